"""Photos that were said of a place or of equipment: which wait for somebody to look, which were released.

A photo waits while its file is kept here and nobody released it. Released is a photo of one thing: that of a place for
everybody, that of equipment for those who gave it. Taken back, its file is removed as well (``app.photos.erase``).
"""

from __future__ import annotations

from dataclasses import dataclass

from shanyrak.app.desk.words import body_of, counts
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import Row
from shanyrak.facts.trust import AUTHORITY_KINDS, RECEIPT, WITHHELD

SAID = ("point.described", "kit.described")
RELEASE = "release.decided"
_DECIDING = frozenset({*SAID, RELEASE, WITHHELD, RECEIPT, "correction.made", *AUTHORITY_KINDS})
"""After a word of these kinds, which photos wait is asked anew."""


@dataclass(frozen=True)
class Photo:
    """A photo of one thing, by the entry that says so."""

    hash: str
    row: Row
    alone: bool
    """The entry says nothing but the photo: it can be taken back whole."""
    released: bool
    """of this thing, or of another one that it was given to"""


class Album:
    """The photos of a ledger, followed by the number of the last arrival."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._seen = -1
        self._said: list[bytes] = []
        self._photos: list[Photo] = []

    def photos(self) -> list[Photo]:
        """All that count as they stand and were not taken back, in their order."""
        store = self._ledger.store
        at = store.count()
        if at == self._seen:
            return self._photos
        if self._seen < 0:
            self._said = [row.id for row in store.of_kinds(SAID) if body_of(row).get("photo")]
            self._photos = self._read()
        else:
            came = [row for _, row in store.arrived(self._seen)]
            self._said += [row.id for row in came if row.kind in SAID and body_of(row).get("photo")]
            if any(row.kind in _DECIDING for row in came):
                self._photos = self._read()
        self._seen = at
        return self._photos

    def _read(self) -> list[Photo]:
        rows = self._ledger.store.get(self._said)
        said = counts(self._ledger, (rows[one] for one in self._said if one in rows))
        released = self._released() if said else {}
        found = []
        for row in said:
            body = body_of(row)
            hash = str(body["photo"])
            things = released.get(hash, set())
            every = row.about in released.get("", set())
            found.append(Photo(hash, row, not body.keys() - {"photo", "happened", "via"}, bool(things) or every))
        return found

    def _released(self) -> dict[str, set[bytes]]:
        """Things by the photo that was released of them; under "" those of which every photo was."""
        found: dict[str, set[bytes]] = {}
        for row in counts(self._ledger, self._ledger.store.of_kinds((RELEASE,))):
            body = body_of(row)
            if "photo" in body.get("releases", ()):
                found.setdefault(str(body.get("hash", "")), set()).add(row.about)
        return found


def released_photos(ledger: Ledger, thing: bytes) -> list[str]:
    """Photos of one thing that were released and not taken back, the last first."""
    rows = counts(ledger, ledger.store.of_thing(thing))
    released = {
        str(body_of(row).get("hash", ""))
        for row in rows
        if row.kind == RELEASE and "photo" in body_of(row).get("releases", ())
    }
    said = [str(body_of(row)["photo"]) for row in reversed(rows) if row.kind in SAID and body_of(row).get("photo")]
    return [photo for photo in dict.fromkeys(said) if "" in released or photo in released]
