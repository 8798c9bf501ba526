"""A disk that is full in the middle of it: nothing was kept, on the disk as in memory, and the program goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shanyrak.core.errors import Unavailable
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.stores.memory import MemoryStore
from tests.ledgers_drawn import NOON_MS, People, give, seen


@pytest.mark.parametrize("write", range(14))
def test_a_full_disk_keeps_nothing_and_leaves_no_trace_in_memory(write: int) -> None:
    # The disk is full at some write of an admission. The same program goes on, and nobody was admitted.
    people = People()
    store = Filling()
    hq = Ledger(
        store, people.ledger().rules, signer=people.key("hq"), now_ms=lambda: NOON_MS, random=people.draw.randbytes
    )
    hq.found("Warm places", recovery=people.paper.public)
    point = hq.say("point.described", {}).id
    host = people.ledger("host")
    give(hq, host)
    opened = host.say("point.opened", {}, about=point).id
    give(host, hq)
    before = seen(hq)
    with store.full_after(write) as happened, suppress_unavailable():
        people.admit(hq, "host", "host", point)
    if happened():
        assert seen(hq) == before
        assert hq.store.marks_of([opened])[opened].mark == "waits"
        hq.rebuild()
        assert seen(hq) == before
    people.admit(hq, "host", "host", point)
    assert hq.store.marks_of([opened]) == {}


class Filling(MemoryStore):
    """A store that is full after some writes."""

    left: int | None = None
    failed = False

    @contextmanager
    def full_after(self, writes: int) -> Iterator[Any]:
        """Full from then on, until the end of the block."""
        self.left = writes
        yield lambda: self.failed
        self.left = None

    def put_value(self, name: str, value: bytes | None) -> None:
        self._spend()
        super().put_value(name, value)

    def put_things(self, things: Any) -> None:
        self._spend()
        super().put_things(things)

    def put_marks(self, marks: Any) -> None:
        self._spend()
        super().put_marks(marks)

    def put_chains(self, chains: Any) -> None:
        self._spend()
        super().put_chains(chains)

    def _spend(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.failed = True
                raise Unavailable("the disk is full")


@contextmanager
def suppress_unavailable() -> Iterator[None]:
    """A full disk is expected here."""
    try:
        yield
    except Unavailable:
        return
