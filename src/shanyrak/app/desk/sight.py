"""Who sees what, for thousands of points at once: rights as sets of places, met with what is around a point.

It answers as ``permissions.Viewer`` does, without asking the ledger for each point.
"""

from __future__ import annotations

from dataclasses import replace

from shanyrak.app.desk.card import Card
from shanyrak.app.permissions import FUNCTIONS, RUNNING, Viewer


class Sight:
    """The rights of one viewer."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self._running = frozenset(one.scope for one in viewer.roles if one.role in RUNNING)
        self._counting = frozenset(
            one.scope for one in viewer.roles if replace(viewer, roles=(one,)).sees_counts(one.scope)
        )

    def sees(self, card: Card, function: str) -> bool:
        """Whether a point lies where they serve, in a role that has the function."""
        scopes = {one.scope for one in self.viewer.roles if one.role in FUNCTIONS[function]}
        return not scopes.isdisjoint(card.around)

    def people(self, card: Card) -> bool:
        """Whether they are shown names and numbers of people there."""
        return not self._running.isdisjoint(card.around)

    def runs(self, card: Card) -> bool:
        """Whether they run the network there."""
        return not self._running.isdisjoint(card.around)

    def counts(self, card: Card) -> bool:
        """Whether they are told visits, needs and incidents there."""
        return not self._counting.isdisjoint(card.around)
