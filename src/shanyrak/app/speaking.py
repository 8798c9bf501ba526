"""Who said something, in words: the person named in the sealed part, else the device by its role."""

from __future__ import annotations

from shanyrak.app.wording import one_line
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import Row

_SPEAKER_FIELDS = ("said_by", "who")


def said_by(ledger: Ledger, row: Row) -> str:
    """Whose word a fact is."""
    sealed = row.fact.sealed_value() or {}
    for field in _SPEAKER_FIELDS:
        if sealed.get(field):
            role = sealed.get("role")
            return one_line(f"{sealed[field]} ({role})" if role else str(sealed[field]))
    return device(ledger, row.key.origin)


def device(ledger: Ledger, origin: bytes) -> str:
    """A device by its role and the beginning of its key; a key nobody admitted is only that."""
    roles = sorted({admission.role for admission in ledger.trust.authority.roles_of(origin)})
    trusted = ", ".join(roles) or "not admitted"
    if ledger.signer is not None and origin == ledger.signer.public:
        return f"this device ({trusted})"
    return f"device {origin.hex()[:8]} ({trusted})"
