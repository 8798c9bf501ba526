"""What many phones give at the same time is kept in one transaction: one write to the disk for all of them.

Whoever has the turn takes what all others brought meanwhile along with their own; those find their answer when their
turn comes. Nobody is answered before what they gave is on disk. Each record is still accepted or refused alone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from shanyrak.facts.answering import take
from shanyrak.facts.fact import Fact
from shanyrak.facts.ledger import Ledger, Outcome
from shanyrak.facts.messages import Give

MOST_FACTS = 500
"""Records kept in one go: what a phone that was alone for a month brings waits for nobody and delays few."""
_TYPE = 5
"""Where the type of a message stands: after its mark and version."""


@dataclass(eq=False)
class _Given:
    ledger: Ledger
    facts: Sequence[Fact]
    outcomes: list[Outcome] | None = field(default=None)


class Giving:
    """Takes facts in for several threads.

    Parameters
    ----------
    turn : lets one at a time at the ledger; ``take`` is called without it
    """

    def __init__(self, turn: threading.Lock) -> None:
        self._turn = turn
        self._queue = threading.Lock()
        self._waiting: list[_Given] = []

    def take(self, ledger: Ledger, facts: Sequence[Fact]) -> list[Outcome]:
        """As ``facts.answering.take``, together with what others give at this moment."""
        mine = _Given(ledger, facts)
        with self._queue:
            self._waiting.append(mine)
        with self._turn:
            if mine.outcomes is None:
                self._take(self._next(mine))
        assert mine.outcomes is not None
        return mine.outcomes

    def _next(self, mine: _Given) -> list[_Given]:
        """Those that are kept now: this one, and the others in the order they came, as far as there is room."""
        with self._queue:
            self._waiting.remove(mine)
            room = MOST_FACTS - len(mine.facts)
            batch = [mine]
            for one in list(self._waiting):
                if len(one.facts) > room or one.ledger is not mine.ledger:
                    break
                room -= len(one.facts)
                batch.append(one)
                self._waiting.remove(one)
            return batch

    def _take(self, batch: Sequence[_Given]) -> None:
        try:
            outcomes = iter(take(batch[0].ledger, [fact for one in batch for fact in one.facts]))
        except Exception:
            if len(batch) == 1:
                raise
            # Nothing was kept, and it may be the fault of one: each tries alone, the others when their turn comes.
            with self._queue:
                self._waiting[:0] = batch[1:]
            self._take(batch[:1])
            return
        for one in batch:
            one.outcomes = [next(outcomes) for _ in one.facts]


def is_give(message: bytes) -> bool:
    """Whether a message gives facts."""
    return len(message) > _TYPE and message[_TYPE] == Give.type
