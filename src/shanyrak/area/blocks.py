"""A block of a PBF file: strings, and groups of nodes, ways or relations, decoded into arrays.

A group's nodes become arrays at once, and so do its ways: all ways of a group advance together,
field by field, so that the work for one of them is that of an array's element. Their references
stay packed until somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from shanyrak.area.message import as_bytes, as_int, fields, signed, unzigzag, varint
from shanyrak.area.packed import Octets, counts_in, inside_regions, messages_in, varints, varints_at, zigzag
from shanyrak.core.units import IntArray, LongArray

NANO_PER_E7 = 100
"""Coordinates in the file are nanodegrees; ours are ten-millionths of a degree."""


class Member(NamedTuple):
    """A member of a relation."""

    kind: str
    """'n', 'w' or 'r'"""
    number: int
    role: str


class Nodes(NamedTuple):
    """Nodes of one group (n,), with the tags of those that have any."""

    number: LongArray
    lon_e7: IntArray
    lat_e7: IntArray
    tag_key: LongArray
    """(t,) index into the block's strings"""
    tag_value: LongArray
    """(t,) likewise"""
    tag_node: LongArray
    """(t,) which node of the group, ascending"""


class Ways(NamedTuple):
    """Ways of one group (w,), with their tags."""

    number: LongArray
    refs: Octets
    """node numbers of all ways, still packed: zigzag varints, each the difference to the one before"""
    refs_end: LongArray
    """(w,) where a way's bytes end in ``refs``"""
    tag_key: LongArray
    """(t,) index into the block's strings"""
    tag_value: LongArray
    tag_way: LongArray
    """(t,) which way of the group, ascending"""
    located: tuple[LongArray, IntArray, IntArray] | None
    """node numbers, lon_e7, lat_e7 where the file keeps them on ways, else None"""


class Strings:
    """A block's strings: field 1 of a message, over and over. Each is decoded when it is first asked for."""

    def __init__(self, table: bytes) -> None:
        self._table = table
        begin, end = messages_in(np.frombuffer(table, np.uint8), _STRING)
        self._begin, self._end = begin.tolist(), end.tolist()
        self._known: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._begin)

    def __getitem__(self, index: int) -> str:
        known = self._known.get(index)
        if known is None:
            packed = self._table[self._begin[index] : self._end[index]]
            known = self._known[index] = packed.decode("utf-8", "replace")
        return known

    def all_of(self, indices: Iterable[int]) -> list[str]:
        """Several, in order."""
        known = self._known
        return [known[index] if index in known else self[index] for index in indices]

    def packed(self, indices: Iterable[int]) -> list[bytes]:
        """Several as they lie in the file."""
        table, begin, end = self._table, self._begin, self._end
        return [table[begin[index] : end[index]] for index in indices]

    def that_say(self, texts: Iterable[str]) -> list[int]:
        """Indices of some texts, wherever they stand."""
        wanted = {text.encode() for text in texts}
        table, places = self._table, zip(self._begin, self._end)
        return [index for index, (begin, end) in enumerate(places) if table[begin:end] in wanted]


class Block:
    """One decoded block: its strings, and its groups still packed."""

    def __init__(self, data: bytes) -> None:
        self.strings = Strings(b"")
        self._groups: list[bytes] = []
        self._step, self._lat, self._lon = 100, 0, 0
        for field, value in fields(data):
            if field == 1:
                self.strings = Strings(as_bytes(value))
            elif field == 2:
                self._groups.append(as_bytes(value))
            elif field == 17:
                self._step = as_int(value)
            elif field == 19:
                self._lat = signed(as_int(value))
            elif field == 20:
                self._lon = signed(as_int(value))

    def nodes(self) -> Iterator[Nodes]:
        """Nodes, dense or single."""
        for group in self._groups:
            if group[:1] == b"\x12":
                yield from (self._dense(as_bytes(dense)) for field, dense in fields(group) if field == 2)
            elif group[:1] == b"\x0a":
                yield self._single([as_bytes(node) for field, node in fields(group) if field == 1])

    def _e7(self, value: LongArray, offset: int) -> IntArray:
        nano = value * self._step + offset
        return (nano // NANO_PER_E7).astype(np.int32)

    def _dense(self, data: bytes) -> Nodes:
        part = {field: np.frombuffer(as_bytes(value), np.uint8) for field, value in fields(data)}
        nothing = np.zeros(0, np.uint8)
        number, lat, lon = (np.cumsum(zigzag(varints(part.get(field, nothing)))) for field in (1, 8, 9))
        if not len(number) == len(lat) == len(lon):
            raise ValueError("nodes and coordinates differ in number")
        key, value, node = _dense_tags(varints(part.get(10, nothing)).astype(np.int64), len(number), len(self.strings))
        return Nodes(number, self._e7(lon, self._lon), self._e7(lat, self._lat), key, value, node)

    def _single(self, messages: list[bytes]) -> Nodes:
        rows: list[tuple[int, int, int]] = []
        tags: list[tuple[int, int, int]] = []
        for message in messages:
            part = dict(fields(message))
            keys, values = _numbers(as_bytes(part.get(2, b""))), _numbers(as_bytes(part.get(3, b"")))
            tags += ((key, value, len(rows)) for key, value in zip(keys, values, strict=True))
            rows.append((unzigzag(as_int(part[1])), unzigzag(as_int(part[9])), unzigzag(as_int(part[8]))))
        row = np.array(rows, np.int64).reshape(-1, 3)
        tag = np.array(tags, np.int64).reshape(-1, 3)
        return Nodes(
            row[:, 0], self._e7(row[:, 1], self._lon), self._e7(row[:, 2], self._lat), tag[:, 0], tag[:, 1], tag[:, 2]
        )

    def ways(self) -> Iterator[Ways]:
        """Ways, in the order of the file."""
        for group in self._groups:
            if group[:1] == b"\x1a":
                yield self._ways(group)

    def _ways(self, group: bytes) -> Ways:
        ways = _Messages(group, 0x1A)
        tag_key, tag_value, tag_way = ways.tags(len(self.strings))
        refs, refs_end = ways.packed(_REFS)
        located = None
        if ways.length[_LATS].any():
            nodes, _ = undelta(refs, refs_end)
            (lats, _), (lons, _) = undelta(*ways.packed(_LATS)), undelta(*ways.packed(_LONS))
            if not len(nodes) == len(lats) == len(lons):
                raise ValueError("a way's nodes and coordinates differ in number")
            located = nodes, self._e7(lons, self._lon), self._e7(lats, self._lat)
        return Ways(ways.number, refs, refs_end, tag_key, tag_value, tag_way, located)

    def relations(self, types: frozenset[str]) -> Iterator[tuple[int, dict[str, str], Callable[[], list[Member]]]]:
        """Number, tags and, when asked for, members of relations whose type=* is among ``types``."""
        strings = self.strings
        for group in self._groups:
            if group[:1] != b"\x22":
                continue
            relations = _Messages(group, 0x22)
            key, value, owner = relations.tags(len(strings))
            is_type, wanted = np.zeros((2, len(strings)), np.bool_)
            is_type[strings.that_say(("type",))] = True
            wanted[strings.that_say(types)] = True
            is_chosen = np.zeros(len(relations.number), np.bool_)
            is_chosen[owner[is_type[key] & wanted[value]]] = True
            chosen = np.flatnonzero(is_chosen)
            end = np.searchsorted(owner, chosen, side="right")
            for one, first, last in zip(chosen.tolist(), np.searchsorted(owner, chosen).tolist(), end.tolist()):
                pairs = zip(key[first:last].tolist(), value[first:last].tolist())
                yield (
                    int(relations.number[one]),
                    {strings[a]: strings[b] for a, b in pairs},
                    partial(self._members, relations, one),
                )

    def _members(self, relations: _Messages, one: int) -> list[Member]:
        roles, numbers, kinds = (varints(relations.bytes_of(field, one)) for field in (_ROLES, _MEMBERS, _KINDS))
        return [
            Member("nwr"[kind], number, self.strings[role])
            for kind, number, role in zip(
                kinds.tolist(), np.cumsum(zigzag(numbers)).tolist(), roles.tolist(), strict=True
            )
        ]


def _numbers(packed: bytes) -> list[int] | bytes:
    """Numbers of a short packed field. Most are one byte each, and then the field is its own answer."""
    if packed.isascii():
        return packed
    numbers = []
    at, size = 0, len(packed)
    while at < size:
        number, at = varint(packed, at)
        numbers.append(number)
    return numbers


def _dense_tags(packed: LongArray, nodes: int, strings: int) -> tuple[LongArray, LongArray, LongArray]:
    """(key, value)* 0 for each node in turn; nothing at all where no node has tags."""
    if not len(packed):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing
    stop = np.flatnonzero(packed == 0)
    if len(stop) != nodes or packed.max() >= strings:
        raise ValueError("tags do not fit the nodes")
    node = np.repeat(np.arange(nodes), np.diff(stop, prepend=-1) - 1)
    pair = packed[packed != 0]
    if len(pair) % 2 or len(pair) != len(node) or (node[::2] != node[1::2]).any():
        raise ValueError("a key has no value")
    return pair[::2], pair[1::2], node[::2]


_STRING = 0x0A
"""Before each string of a block."""
_KEYS, _VALUES = 2, 3
_REFS, _LATS, _LONS = 8, 9, 10
"""Fields of a way."""
_ROLES, _MEMBERS, _KINDS = 8, 9, 10
"""Fields of a relation."""
_MOST_FIELDS = 64


class _Messages:
    """All ways or all relations of a group: their numbers, and where their packed fields lie.

    They advance together, field by field, so the work for one of them is that of an array's element.
    """

    def __init__(self, group: bytes, tag: int) -> None:
        self.octets = np.frombuffer(group, np.uint8)
        begin, end = messages_in(self.octets, tag)
        self.number = np.zeros(len(begin), np.int64)
        self._begin = {field: np.zeros(len(begin), np.int64) for field in (2, 3, 8, 9, 10)}
        self.length = {field: np.zeros(len(begin), np.int64) for field in self._begin}
        """field -> bytes of each message's field, 0 where it has none"""
        self._advance(np.flatnonzero(begin < end), begin[begin < end], end)

    def _advance(self, which: LongArray, at: LongArray, end: LongArray) -> None:
        for _ in range(_MOST_FIELDS):
            if not len(which):
                return
            tag, at = varints_at(self.octets, at)
            value, at = varints_at(self.octets, at)
            field, is_number, is_packed = tag >> 3, tag & 7 == 0, tag & 7 == 2
            if not (is_number | is_packed).all():
                raise ValueError("a message holds an unknown field")
            after = np.where(is_packed, at + value, at)
            if (is_packed & (value < 0)).any() or (after > end[which]).any():
                raise ValueError("a field is longer than its message")
            own = (field == 1) & is_number
            self.number[which[own]] = value[own]
            for one, begin in self._begin.items():
                these = (field == one) & is_packed
                begin[which[these]] = at[these]
                self.length[one][which[these]] = value[these]
            left = after < end[which]
            which, at = which[left], after[left]
        raise ValueError("a message has too many fields")

    def packed(self, field: int) -> tuple[Octets, LongArray]:
        """A field's bytes of all messages, one after the other, and where each message's end."""
        length = self.length[field]
        return self.octets[inside_regions(len(self.octets), self._begin[field], length)], np.cumsum(length)

    def bytes_of(self, field: int, one: int) -> Octets:
        """A field's bytes of one message."""
        begin = self._begin[field][one]
        return self.octets[begin : begin + self.length[field][one]]

    def tags(self, strings: int) -> tuple[LongArray, LongArray, LongArray]:
        """Key, value and owner of every tag."""
        (keys, keys_end), (values, values_end) = self.packed(_KEYS), self.packed(_VALUES)
        end = counts_in(keys, keys_end)
        key, value = varints(keys).astype(np.int64), varints(values).astype(np.int64)
        if not np.array_equal(end, counts_in(values, values_end)):
            raise ValueError("a key has no value")
        if len(key) and not (min(key.min(), value.min()) >= 0 and max(key.max(), value.max()) < strings):
            raise ValueError("a tag names a string that is not there")
        return key, value, np.repeat(np.arange(len(self.number)), np.diff(end, prepend=0))


def undelta(packed: Octets, end: LongArray) -> tuple[LongArray, LongArray]:
    """Numbers packed as differences, of several ways: the numbers, and where each way's end among them.

    Every way counts from 0 again, so what the ways before it had added up to is taken off.
    """
    number = np.cumsum(zigzag(varints(packed)))
    numbers_end = counts_in(packed, end)
    begin = np.concatenate([[0], numbers_end])[:-1]
    before = np.concatenate([[0], number])[begin]
    number -= np.repeat(before, numbers_end - begin)
    return number, numbers_end
