"""The ledger as lists of points see it: what is known of each point, and saying what a list adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shanyrak.app.lists.comparing import KnownPoint
from shanyrak.app.points import list_numbers, points, texts_of, word
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.watch.remembered import state_of

_NOT_TOLD = frozenset({"names", "name"})
_TEXTS = ("entrance", "find", "note")


class LedgerPoints:
    """``lists.importing.PointLedger`` over a ledger.

    Parameters
    ----------
    within : area in which new points lie; the network itself where None
    """

    def __init__(self, ledger: Ledger, within: bytes | None = None) -> None:
        self._ledger = ledger
        self._within = within

    def known_points(self) -> Sequence[KnownPoint]:
        """Every point that people are led to, with what lists say of it."""
        return [self._known(point) for point in points(self._ledger)]

    def say(self, kind: str, body: dict[str, Any], *, about: bytes, sealed: dict[str, Any]) -> bytes:
        """Say a fact; ``about`` is empty where it creates the point."""
        scope = None if about else self._within
        return self._ledger.say(kind, body, about=about, sealed=sealed or None, scope=scope).id

    def _known(self, point: Thing) -> KnownPoint:
        ledger = self._ledger
        said = point.state.get("state")
        fields = {name: value for name, (value, _) in point.state.get("fields", {}).items() if name not in _NOT_TOLD}
        return KnownPoint(
            point.id,
            point.get("names") or {},
            list_numbers(ledger, point.id),
            fields,
            self._texts(point),
            state_of(ledger, point) if said else "",
            word(ledger, said[1]).happened if said else "",
        )

    def _texts(self, point: Thing) -> dict[str, str] | None:
        """Entrance, find and note; None where one of them was withdrawn: a list does not bring it back."""
        rows = self._ledger.store.of_thing(point.id)
        if any(row.fact.sealed is None and row.fact.header().sealed_hash for row in rows):
            return None
        texts = texts_of(self._ledger, point.id)
        return {name: _one_text(texts[name]) for name in _TEXTS if name in texts}


def _one_text(text: Any) -> str:
    return text if isinstance(text, str) else str(next(iter(text.values()), ""))
