"""Ledgers for tests: in memory, with a clock that ticks a second a fact and keys that replay."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.signing import Signer
from shanyrak.facts.stores.memory import MemoryStore

START_MS = 1_795_356_000_000
"""2026-11-22 14:00 UTC."""


def ticking(start_ms: int = START_MS, step_ms: int = 1_000) -> Callable[[], int]:
    """A clock that moves on by ``step_ms`` each time it is read."""
    now = start_ms

    def read() -> int:
        nonlocal now
        now += step_ms
        return now

    return read


def replayed(name: str) -> Callable[[int], bytes]:
    """Random bytes that are the same at each run."""
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{name} {count}".encode()).digest(size)

    return draw


def empty_ledger(name: str = "device", *, now_ms: Callable[[], int] | None = None) -> Ledger:
    """A ledger in which nothing was founded."""
    random = replayed(name)
    return Ledger(
        MemoryStore(), load_rules(), signer=Signer.generate(random), now_ms=now_ms or ticking(), random=random
    )


def founded_ledger(name: str = "headquarters", *, now_ms: Callable[[], int] | None = None) -> Ledger:
    """A ledger with a network of its own; its device is admin and headquarters."""
    ledger = empty_ledger(name, now_ms=now_ms)
    ledger.found("Drawn town", recovery=Signer.generate(replayed("paper")).public)
    return ledger


def point(ledger: Ledger, name: str, **body: Any) -> bytes:
    """A point by its name."""
    return ledger.say("point.described", {"names": {"en": name}} | body).id


def all_facts(ledger: Ledger) -> list[Any]:
    """Everything a ledger holds, in order of arrival."""
    return [row.fact for _, row in ledger.store.arrived()]
