"""Chains by a small number: what 96 bytes of a chain's key are called inside one database.

A number given once stays, so what is kept in memory here cannot be made wrong by another program; only the
numbers a transaction gave must be forgotten when it is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from shanyrak.facts.fact import ChainKey
from shanyrak.facts.stores.database import Database

_AT_ONCE = 256
_MOST = 100_000
"""Chains whose number is kept in memory."""

_FIND = (
    "WITH asked (scope, chain, origin) AS (VALUES {})"
    " SELECT c.chain_no, c.origin, c.chain, c.scope FROM asked CROSS JOIN chains c"
    " WHERE c.scope = asked.scope AND c.chain = asked.chain AND c.origin = asked.origin"
)


class ChainNumbers:
    """See the top of this file."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._numbers: dict[ChainKey, int] = {}
        self._keys: dict[int, ChainKey] = {}
        self._fresh: list[ChainKey] = []

    def begin(self) -> None:
        """A transaction begins: numbers given from now on hold once it is committed."""
        self._fresh.clear()

    def roll_back(self) -> None:
        """Forget the numbers given since ``begin``."""
        for key in self._fresh:
            number = self._numbers.pop(key, None)
            if number is not None:
                del self._keys[number]
        self._fresh.clear()

    def of(self, keys: Iterable[ChainKey], *, make: bool = False) -> dict[ChainKey, int]:
        """Numbers of those chains that have one; ``make`` gives one to every other."""
        wanted = list(dict.fromkeys(keys))
        numbers = {key: self._numbers[key] for key in wanted if key in self._numbers}
        unknown = iter([key for key in wanted if key not in numbers])
        while chunk := list(islice(unknown, _AT_ONCE)):
            size = 1 if len(chunk) == 1 else _AT_ONCE
            asked = chunk + [chunk[-1]] * (size - len(chunk))
            places = ", ".join(["(?, ?, ?)"] * size)
            found = self._db.rows(
                _FIND.format(places), [part for key in asked for part in (key.scope, key.chain, key.origin)]
            )
            for number, *parts in found:
                key = ChainKey(*parts)
                numbers[key] = number
                self._learn(number, key)
        if make and len(numbers) < len(wanted):
            ((last,),) = self._db.rows("SELECT max(chain_no) FROM chains")
            new = [key for key in wanted if key not in numbers]
            made = list(enumerate(new, start=(last or 0) + 1))
            self._db.insert("chains", ("chain_no", "origin", "chain", "scope"), ((no, *key) for no, key in made))
            self._fresh += new
            for number, key in made:
                numbers[key] = number
                self._learn(number, key)
        return numbers

    def keys(self, numbers: Iterable[int]) -> dict[int, ChainKey]:
        """The chains of these numbers."""
        wanted = list(numbers)
        keys = {number: self._keys[number] for number in wanted if number in self._keys}
        unknown = [number for number in wanted if number not in keys]
        sql = "SELECT chain_no, origin, chain, scope FROM chains WHERE "
        for number, *parts in self._db.rows_among(sql, "chain_no", unknown):
            keys[number] = ChainKey(*parts)
            self._learn(number, keys[number])
        return keys

    def _learn(self, number: int, key: ChainKey) -> None:
        if len(self._numbers) >= _MOST:
            self._numbers.clear()
            self._keys.clear()
        self._numbers[key] = number
        self._keys[number] = key
