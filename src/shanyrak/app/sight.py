"""What a device is told by the exchange: who runs the network everything there, others what they need where they serve.

A phone at a door holds the record of its own place and what concerns it from around: who is trusted, orders, notices,
receipts for what it said. Counts of other places, deliveries and promises are not among it, nor names of people.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from shanyrak.app.permissions import RUNNING, Viewer, viewer_of
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import Row

_AROUND = frozenset(
    {
        "network.founded", "device.admitted", "device.replaced", "device.revoked", "name.given", "body.withheld",
        "checkpoint.made", "area.described", "mode.set", "notice.given", "activation.ordered",
    }
)  # fmt: skip
"""What is told of the area and the network around a place."""
_ADDRESSED = frozenset({"activation.ordered", "notice.given"})
"""Of these the words too: they are written for whoever is on duty."""
_CARRYING = frozenset({"kit", "consignment", "custody", "need"})
"""Families that drivers and inspectors work with, wherever they are said around them."""
_RECEIPT = "receipt.noted"


@dataclass(frozen=True)
class Narrow:
    """What a host, a driver or an inspector is told."""

    key: bytes
    scopes: frozenset[bytes]
    """where they serve and what is around that"""
    whole: frozenset[bytes]
    """where they serve"""
    carries: bool

    def row(self, row: Row) -> Row | None:
        """A fact as it is told; None where it is not."""
        # What describes a place at first is said around it: the place is made by it.
        if row.key.origin == self.key or row.key.scope in self.whole or not self.whole.isdisjoint((row.id, row.about)):
            return row
        family = row.kind.partition(".")[0]
        if row.kind == _RECEIPT:
            return row if self._concerns(row) else None
        if row.kind in _ADDRESSED:
            return row
        if row.kind in _AROUND or (self.carries and family in _CARRYING):
            return row._replace(fact=msgspec.structs.replace(row.fact, sealed_salt=None, sealed=None))
        return None

    def _concerns(self, receipt: Row) -> bool:
        """Whether a receipt is for this device, or for a place it serves at."""
        if receipt.fact.body is None:
            return False
        lines = msgspec.json.decode(receipt.fact.body).get("chains", [])
        own = self.key.hex()
        places = {scope.hex() for scope in self.whole}
        return any(line.get("origin") == own or line.get("scope") in places for line in lines)


@dataclass(frozen=True)
class Wide:
    """What a desk of an area is told: the area, everything in it, and the network around."""

    scopes: frozenset[bytes]

    def row(self, row: Row) -> Row | None:
        """A fact, as it is."""
        return row


def sight_of(ledger: Ledger, key: bytes, now_ms: int) -> Narrow | Wide | None:
    """What a key is told; None is everything, which headquarters, admins and desks of the whole network are."""
    viewer = viewer_of(ledger, key, now_ms)
    if any(one.role in RUNNING | {"headquarters"} and one.scope == ledger.net for one in viewer.roles):
        return None
    if not viewer.roles:
        return Narrow(key, frozenset(), frozenset(), carries=False)
    around = frozenset(place for one in viewer.roles for place in ledger.trust.within(one.scope))
    if any(one.role in RUNNING for one in viewer.roles):
        return Wide(around | _inside(ledger, viewer))
    own = frozenset(one.scope for one in viewer.roles if one.scope != ledger.net)
    carries = any(one.role in ("driver", "inspector") for one in viewer.roles)
    return Narrow(key, around, own, carries)


def _inside(ledger: Ledger, viewer: Viewer) -> frozenset[bytes]:
    """All places that lie where they run the network."""
    places = [thing.id for type_ in ("area", "point") for thing in ledger.things(type_)]
    return frozenset(place for place in places if viewer.runs(place))
