"""A country's network is published: 1,400 points, 200,000 facts, five languages. How long until phones can read a fact?

Facts come in one after the other while the folder is watched as ``shanyrak publish --watch`` does it. What phones
read (status and content) is written first; then the plain pages follow. A fact that comes while pages are being made
waits for them at worst, so both together are held against the limit.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.ledger_network import BATCH, BEGUN_MS, SMALL, WINTER_MS, Chain, Plan, batches, folder, headquarters_of
from bench.measure import Row
from shanyrak.app.publishing import Published, Publisher
from shanyrak.facts.fact import Fact
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.stores.sql import open_store
from shanyrak.publish.model import Deployment

NETWORK = Plan(facts=200_000, points=1_400)
LANGUAGES = ("uk", "en", "kk", "de", "ru")
FACTS = 7
LIMIT_S = 10


def run(*, smoke: bool = False) -> list[Row]:
    """Seconds of processor and of the clock, medians over several facts."""
    plan, count = (SMALL, 2) if smoke else (NETWORK, FACTS)
    with tempfile.TemporaryDirectory(dir=folder()) as scratch:
        network = _Network(Path(scratch), plan)
        first, first_s = network.published()
        told, whole = [], []
        for which in range(count):
            network.say(which)
            done, seconds = network.published()
            assert done.changed
            told.append(network.told_s)
            whole.append(seconds)
        quarter, quarter_s = network.quarter()
        return [
            {"what": f"first publication of {plan.points:,} points", "value": first_s, "unit": "s", "note": _of(first)},
            {
                "what": "a fact, until phones can read it",
                "value": statistics.median(told),
                "unit": "s",
                "target": f"<= {LIMIT_S}",
                "note": f"longest of {count}: {max(told):.2f} s, {plan.facts:,} facts",
            },
            {
                "what": "a fact, until all plain pages follow",
                "value": statistics.median(whole),
                "unit": "s",
                "target": f"<= {LIMIT_S}",
                "note": f"longest {max(whole):.2f} s; {_of(done)}",
            },
            {"what": "the next quarter of an hour, nothing new", "value": quarter_s, "unit": "s", "note": _of(quarter)},
        ]


def _of(done: Published) -> str:
    return f"{len(done.files):,} files written, {sum(done.files.values()) / 1e6:.1f} MB"


class _Network:
    """A network taken in, and what publishes it."""

    def __init__(self, home: Path, plan: Plan) -> None:
        self.now_ms = BEGUN_MS + WINTER_MS + 60_000
        self.told_s = 0.0
        self._folder = home / "public"
        self._dice = random.Random(3)
        ledger = Ledger(
            open_store(f"sqlite:///{home / 'ledger.db'}"),
            load_rules(),
            now_ms=lambda: self.now_ms,
            verifier=_yes,
        )
        for batch in batches(plan):
            ledger.accept(batch)
        assert len(batch) <= BATCH
        self._ledger = ledger
        self._points = [thing.id for thing in ledger.things("point")]
        self._describe()
        self._publisher = Publisher(
            ledger,
            None,
            self._folder,
            signer=headquarters_of(),
            deployment=Deployment(languages=LANGUAGES),
            now_ms=lambda: self.now_ms,
            seconds=self._seconds,
        )

    def _seconds(self) -> float:
        return time.perf_counter()

    def _describe(self) -> None:
        """Each point with its name and place, in one of 30 districts of a square of 30 km."""
        facts = []
        for k, point in enumerate(self._points):
            body = {
                "names": {"uk": f"Школа {k}", "en": f"School {k}"},
                "kind": "school",
                "address": f"Центральна {k}",
                "district": f"Район {k % 30}",
                "lon_e7": 305_000_000 + self._dice.randrange(4_000_000),
                "lat_e7": 504_000_000 + self._dice.randrange(2_700_000),
                "seats": 20 + k % 90,
            }
            facts.append(self._word("point.described", body, point))
        self._ledger.accept(facts)

    def _word(self, kind: str, body: dict[str, Any], point: bytes) -> Fact:
        chain = Chain(headquarters_of(), self._dice.randbytes(16), self._ledger.net, point)
        return chain.say(kind, body, (self.now_ms, 0), self._dice.randbytes(16), point)

    def say(self, which: int) -> None:
        """One word of headquarters: a point opens or closes."""
        point = self._points[self._dice.randrange(len(self._points))]
        self.now_ms += 61_000
        kind = ("point.closed", "point.opened")[which % 2]
        body = {"cause": "hours"} if kind == "point.closed" else {"checked": ["heat"]}
        self._ledger.accept([self._word(kind, body, point)])

    def published(self) -> tuple[Published, float]:
        """Publish; when the signed status was replaced is told by its file."""
        status = [self._folder / "data" / name for name in ("delta.shy", "base.shy")]
        begun, at_ns = time.perf_counter(), time.time_ns()
        done = self._publisher.publish()
        seconds = time.perf_counter() - begun
        changed = [one.stat().st_ctime_ns for one in status if one.stat().st_ctime_ns >= at_ns]
        self.told_s = (min(changed) - at_ns) / 1e9 if changed else seconds
        return done, seconds

    def quarter(self) -> tuple[Published, float]:
        """The next line of the grid, with nothing new."""
        self.now_ms += 15 * 60_000
        return self.published()


def _yes(triples: Sequence[tuple[bytes, bytes, bytes]]) -> list[bool]:
    return [True] * len(triples)
