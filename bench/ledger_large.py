"""A ledger of 1,000,000 facts in 20,000 chains: taken in, opened, folded anew, and exchanged with its twin.

Each step is a process of its own, so that what it needs of time and memory is its own. The facts are made
once (signing a million takes minutes) and kept in the system's temporary folder.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.ledger_network import COUNTRY, LATEST, SMALL, Plan, batches, folder
from bench.measure import Finished, Row, whole_process
from shanyrak.facts.answering import Responder
from shanyrak.facts.exchange import sync
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.stores.sql import open_store

_FIRST_ANSWER = """
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.stores.sql import open_store
import sys
ledger = Ledger(open_store("sqlite:///" + sys.argv[1]), load_rules(), now_ms=lambda: 0)
print(ledger.thing(bytes.fromhex(sys.argv[2])).now)
"""


def run(smoke: bool = False) -> list[Row]:
    """Rows for a country's ledger."""
    plan = SMALL if smoke else COUNTRY
    with tempfile.TemporaryDirectory(dir=folder()) as scratch:
        path = Path(scratch) / "ledger.db"
        taken, facts = _step("take_in", path, plan)
        point, differing = facts["point"], facts["facts"]
        times = 1 if smoke else 5
        answers = [whole_process([sys.executable, "-c", _FIRST_ANSWER, str(path), point]) for _ in range(times)]
        assert len({one.output for one in answers}) == 1
        rebuilt, again = _step("rebuild", path, plan)
        assert again["state"] == facts["state"]
        exchanged, moved = _step("exchange", path, plan)
        return [
            {
                "what": f"{differing:,} facts taken in, signatures not verified",
                "value": differing / facts["seconds"],
                "unit": "facts/s",
                "memory_mb": taken.memory_mb,
                "note": f"{facts['bytes'] / 2**20:,.0f} MB in the file",
            },
            {
                "what": "first answer of a fresh process",
                "value": statistics.median(one.seconds for one in answers),
                "unit": "s",
                "target": "<= 1",
                "memory_mb": max(one.memory_mb for one in answers),
            },
            {
                "what": "folded anew, whole",
                "value": again["seconds"],
                "unit": "s",
                "target": "<= 60",
                "memory_mb": rebuilt.memory_mb,
            },
            {
                "what": f"two that differ in {LATEST} facts exchange",
                "value": moved["bytes"] / 2**20,
                "unit": "MB",
                "target": "<= 1",
                "memory_mb": exchanged.memory_mb,
                "note": f"{moved['chains']:,} chains, {moved['requests']} requests, {moved['seconds']:.1f} s",
            },
        ]


def _step(what: str, path: Path, plan: Plan) -> tuple[Finished, dict[str, Any]]:
    size = [str(plan.facts), str(plan.points), str(plan.drivers_per_point)]
    done = whole_process([sys.executable, "-m", "bench.ledger_large", what, str(path), *size])
    return done, json.loads(done.output)


# one step a process -------------------------------------------------------------------------------------
def _yes(triples: Sequence[tuple[bytes, bytes, bytes]]) -> list[bool]:
    return [True] * len(triples)


def _open(path: Path) -> Ledger:
    return Ledger(open_store(f"sqlite:///{path}"), load_rules(), now_ms=lambda: 0, verifier=_yes)


def take_in(path: Path, plan: Plan) -> dict[str, Any]:
    """Take in all but the latest facts."""
    ledger = _open(path)
    seconds, left = 0.0, plan.facts - LATEST
    for batch in batches(plan):
        begun = time.perf_counter()
        ledger.accept(batch[:left])
        seconds += time.perf_counter() - begun
        left -= len(batch[:left])
    answer = {
        "seconds": seconds,
        "facts": ledger.store.count(),
        "point": next(ledger.things("point")).id.hex(),
        "state": ledger.state_hash().hex(),
    }
    ledger.store.close()
    return answer | {"bytes": path.stat().st_size}


def rebuild(path: Path, plan: Plan) -> dict[str, Any]:
    """Fold everything anew."""
    ledger = _open(path)
    begun = time.perf_counter()
    ledger.rebuild()
    return {"seconds": time.perf_counter() - begun, "state": ledger.state_hash().hex()}


def exchange(path: Path, plan: Plan) -> dict[str, Any]:
    """Let each of two copies hear one half of the latest facts; then make them equal."""
    twin = path.with_name("twin.db")
    shutil.copy(path, twin)
    ours, theirs = _open(path), _open(twin)
    for last in batches(plan):  # noqa: B007  # one in memory at a time
        pass
    half = LATEST // 2
    ours.accept(last[-LATEST:-half])
    theirs.accept(last[-half:])
    responder = Responder(theirs)
    requests = 0

    def ask(request: bytes) -> bytes:
        nonlocal requests
        requests += 1
        return responder.answer(request)

    begun = time.perf_counter()
    report = sync(ours, ask)
    seconds = time.perf_counter() - begun
    assert (report.sent, report.received) == (half, half), report
    assert ours.state_hash() == theirs.state_hash()
    moved = report.bytes_out + report.bytes_in
    chains = len(ours.store.all_chains())
    return {"bytes": moved, "seconds": seconds, "requests": requests, "chains": chains}


if __name__ == "__main__":
    step, where, *size = sys.argv[1:]
    print(json.dumps(globals()[step](Path(where), Plan(*map(int, size)))))
