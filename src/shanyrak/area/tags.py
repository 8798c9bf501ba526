"""Tags of many nodes or ways as columns, and which of them have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shanyrak.area.blocks import Strings
from shanyrak.core.units import BoolArray, LongArray

if TYPE_CHECKING:
    import numpy.typing as npt


class TagTable(NamedTuple):
    """Tags of a group's nodes or ways: three columns of the block's strings, and what the keys are for."""

    strings: Strings
    owner: LongArray
    key: LongArray
    value: LongArray
    use: npt.NDArray[np.uint8]

    def owners_with(self, use: int, size: int) -> BoolArray:
        """By owner: it has a key of that use."""
        found = np.zeros(size, np.bool_)
        found[self.owner[self.use & use > 0]] = True
        return found

    def where(self, chosen: BoolArray) -> TagTable:
        """Some of the tags."""
        return TagTable(self.strings, self.owner[chosen], self.key[chosen], self.value[chosen], self.use[chosen])

    def dicts(self) -> dict[int, dict[str, str]]:
        """Owner -> its tags."""
        strings = self.strings
        found: dict[int, dict[str, str]] = {}
        for owner, key, value in zip(self.owner.tolist(), self.key.tolist(), self.value.tolist()):
            found.setdefault(owner, {})[strings[key]] = strings[value]
        return found


def alike(table: TagTable) -> tuple[LongArray, LongArray, list[tuple[tuple[str, str], ...]]]:
    """Owners with the same tags put together: owners (o,), their kind (o,), and the tags of each kind."""
    begin = np.flatnonzero(np.diff(table.owner, prepend=-1))
    count = np.diff(np.append(begin, len(table.owner)))
    tag = table.key * len(table.strings) + table.value
    # A sum of scrambled numbers tells the kinds apart; that it does is checked, tag by tag.
    scrambled = (tag.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    scrambled ^= scrambled >> np.uint64(29)
    scrambled *= np.uint64(0xBF58476D1CE4E5B9)
    total = np.add.reduceat(scrambled, begin) if len(begin) else scrambled
    _, at, kind = np.unique(total, return_index=True, return_inverse=True)
    model = begin[at][kind]
    within = np.arange(len(tag)) - np.repeat(begin, count)
    same = np.array_equal(count, count[at][kind]) and np.array_equal(tag[np.repeat(model, count) + within], tag)
    if not same:
        at = kind = np.arange(len(begin))
    first, size = begin[at], count[at]
    end = np.cumsum(size)
    place = np.arange(end[-1] if len(end) else 0) + np.repeat(first - (end - size), size)
    keys, values = (table.strings.all_of(column[place].tolist()) for column in (table.key, table.value))
    pairs = list(zip(keys, values))
    examples = [tuple(pairs[stop - long : stop]) for stop, long in zip(end.tolist(), size.tolist())]
    return table.owner[begin], kind, examples
