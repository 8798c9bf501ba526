"""Whose receipts are heeded: the part of authority that time rests on (``spec/authority.md``, rules 10 to 12).

A receipt counts when its signer is a headquarters there. When that headquarters was revoked since, its
receipts count only as any other fact of a revoked key does: each must itself have been witnessed, by another
headquarters that was not revoked, before the revocation. Nobody's receipt protects their own facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from shanyrak.facts.store import Receipt

HEADQUARTERS = "headquarters"

Within = Callable[[bytes], Collection[bytes]]
"""A scope and all that is around it, the network last: (point, area, network)."""
Receipts = Callable[[bytes], Iterable[Receipt]]
"""All receipts here for a fact, by its id, whoever signed them."""


class Admission(NamedTuple):
    """One role of one key, in effect or ended."""

    role: str
    scope: bytes
    until_ms: int | None
    """Last effective time it covers, None where it is open."""
    by: bytes
    """Who gave it: a key; the founding key gave itself its own."""
    fact: bytes
    """The fact that says so."""
    revoked_ms: int | None
    """Effective time of the earliest revocation that ended it, None while it is in effect."""


class Witnesses:
    """Answers whose receipts count, from the headquarters as far as they are known.

    Parameters
    ----------
    admissions : admissions by key; those of other roles are passed over
    within : surroundings of a scope
    """

    def __init__(self, admissions: Mapping[bytes, Sequence[Admission]], within: Within) -> None:
        self._admissions = admissions
        self._within = within

    def heeds(self, receipt: Receipt, receipts: Receipts) -> bool:
        """Whether a receipt counts; ``receipts`` finds the receipts for the ``receipt.noted`` it stands in."""
        for admission in self._covering(receipt):
            ended = admission.revoked_ms
            if ended is None:
                return True
            if any(
                over.time_ms < ended and over.witness != receipt.witness and self._in_effect(over)
                for over in receipts(receipt.fact)
            ):
                return True
        return False

    def first_ms(self, origin: bytes, found: Iterable[Receipt], receipts: Receipts) -> int | None:
        """Earliest time [ms] at which a headquarters other than the signer had a fact; None where none says so."""
        times = [one.time_ms for one in found if one.witness != origin and self.heeds(one, receipts)]
        return min(times, default=None)

    def _covering(self, receipt: Receipt) -> list[Admission]:
        around = self._within(receipt.key.scope)
        return [
            admission
            for admission in self._admissions.get(receipt.witness, ())
            if admission.role == HEADQUARTERS
            and admission.scope in around
            and (admission.until_ms is None or receipt.time_ms <= admission.until_ms)
        ]

    def _in_effect(self, receipt: Receipt) -> bool:
        return any(admission.revoked_ms is None for admission in self._covering(receipt))
