"""Facts that were asked for and are not here: they need not be looked for again as long as nothing came.

Facts are numbered without a gap as they come and never taken away, so the last number tells whether a fact
that was absent is absent still, whoever else writes.
"""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 200_000
"""Facts remembered."""


class Absent:
    """See the top of this file. ``count`` is the number of the last fact, read before the facts were looked for."""

    def __init__(self) -> None:
        self._ids: set[bytes] = set()
        self._count = -1

    def unknown(self, ids: Iterable[bytes], count: int) -> list[bytes]:
        """Those of the ids that must be looked for."""
        if count != self._count:
            self._ids.clear()
            self._count = count
        return [fact for fact in ids if fact not in self._ids]

    def learn(self, ids: Iterable[bytes]) -> None:
        """These were looked for after ``unknown`` and are not here."""
        if len(self._ids) > _MOST:
            self._ids.clear()
        self._ids.update(ids)

    def came(self, ids: Iterable[bytes], count: int) -> None:
        """These are here now, by this program, which alone wrote in between; the last has this number."""
        self._ids.difference_update(ids)
        self._count = count

    def forget(self) -> None:
        """A transaction was undone."""
        self._ids.clear()
        self._count = -1
