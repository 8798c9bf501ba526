"""A small network on a disk: its folder, its paper key, a clock that goes a second a look, chance that repeats."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path

from shanyrak.app.network import NetworkFolder
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.paper import PaperKey
from shanyrak.facts.rules import Rules, load_rules
from shanyrak.facts.signing import Signer

START_MS = 1_763_800_000_000
PAPER = PaperKey(hashlib.sha256(b"the sheet in the safe").digest())


def rules() -> Rules:
    """The rules as they are shipped."""
    return load_rules()


def clock(start_ms: int = START_MS) -> Callable[[], int]:
    """A clock that goes on by a second each time somebody looks."""
    seconds = itertools.count()
    return lambda: start_ms + 1_000 * next(seconds)


def chance(seed: str) -> Callable[[int], bytes]:
    """Bytes that look like chance and are the same each time."""
    count = itertools.count()
    return lambda size: hashlib.shake_256(f"{seed} {next(count)}".encode()).digest(size)


def folder(root: Path, *, start_ms: int = START_MS) -> NetworkFolder:
    """Where a network lies."""
    return NetworkFolder(root, clock(start_ms), chance(root.name))


def found(ledger: Ledger, points: int = 3) -> list[bytes]:
    """Found a network with a few points; returns their ids."""
    ledger.found("Drawn", recovery=PAPER.signer.public, backup=PAPER.recipient)
    return [ledger.say("point.described", {"names": {"en": f"School {n}"}}, scope=ledger.net).id for n in range(points)]


def device(name: str) -> Signer:
    """A device's key."""
    return Signer.from_seed(hashlib.sha256(name.encode()).digest())
