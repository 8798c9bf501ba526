"""The ledger's speed beside PouchDB with LevelDB under Node, which stores the same documents and verifies nothing.

Ours: verify, store (SQLite, a file, synced at every commit) and fold. The peer: ``_bulk_docs``, not synced.
Both take batches of 5,000; they run in turns, each from an empty database, and medians count. The peer's
packages are installed from ``bench/peers`` into a folder of their own (no scripts: its binaries are in them).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bench.ledger_network import BATCH, BEGUN_MS, CITY, SMALL, WINTER_MS, Plan, batches, folder, headquarters_of
from bench.measure import Row
from shanyrak.app.carrying import accept_all
from shanyrak.facts.fact import Fact, read_header
from shanyrak.facts.fold import Entry, ThingState, in_order, type_of
from shanyrak.facts.intake import Verifier, row_of
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.stores.sql import open_store

_PEERS = Path(__file__).parent / "peers"


def run(smoke: bool = False) -> list[Row]:
    """Rows for taking a city's facts in, beside the peer, and for one new fact."""
    plan = SMALL if smoke else CITY
    given = [fact for batch in batches(plan) for fact in batch]
    with tempfile.TemporaryDirectory(dir=folder()) as scratch:
        rows = _taken_in(plan, given, Path(scratch), 1 if smoke else 5)
        return rows + _one_fact(given, Path(scratch), 100 if smoke else 500)


# many facts ---------------------------------------------------------------------------------------------
def _taken_in(plan: Plan, given: Sequence[Fact], scratch: Path, runs: int) -> list[Row]:
    documents = _documents(given, scratch)
    packages = _packages()
    both: list[float] = []
    rest: list[tuple[float, float]] = []
    peer: list[dict[str, float]] = []
    for number in range(runs):
        both.append(_ours(given, scratch / f"both-{number}.db", None)[0])
        rest.append(_ours(given, scratch / f"rest-{number}.db", _yes))
        peer.append(_peer(documents, scratch / f"peer-{number}", packages))
    seconds = statistics.median(both)
    peer_s = statistics.median(one["seconds"] for one in peer)
    rest_s = statistics.median(cpu for _, cpu in rest)
    return [
        {
            "what": f"{plan.facts:,} facts: verify, store, fold, two cores",
            "value": plan.facts / seconds,
            "unit": "facts/s",
            "peer": f"PouchDB _bulk_docs {plan.facts / peer_s:,.0f}/s",
            "ratio": peer_s / seconds,
            "target": ">= 12,000; faster than the peer",
            "note": f"runs {_range(plan.facts / one for one in both)}",
        },
        {
            "what": "all but verification, one core",
            "value": plan.facts / rest_s,
            "unit": "facts/CPU s",
            "peer": f"PouchDB {plan.facts / statistics.median(one['cpu_s'] for one in peer):,.0f}/CPU s",
            "target": ">= 25,000",
            "note": f"by the clock {plan.facts / statistics.median(wall for wall, _ in rest):,.0f}/s",
        },
    ]


def _range(values: Iterable[float]) -> str:
    found = sorted(values)
    return f"{found[0]:,.0f} to {found[-1]:,.0f}/s"


def _yes(triples: Sequence[tuple[bytes, bytes, bytes]]) -> list[bool]:
    return [True] * len(triples)


def _ours(given: Sequence[Fact], path: Path, verifier: Verifier | None) -> tuple[float, float]:
    """Wall and CPU seconds of this process, as an import takes the facts in."""
    store = open_store(f"sqlite:///{path}")
    try:
        ledger = Ledger(store, load_rules(), now_ms=lambda: 0)
        begun, cpu = time.perf_counter(), time.process_time()
        assert all(one.what == "new" for one in accept_all(ledger, given, verifier=verifier))
        return time.perf_counter() - begun, time.process_time() - cpu
    finally:
        store.close()
        for file in path.parent.glob(path.name + "*"):
            file.unlink()


def _packages() -> Path:
    """A folder with the peer's packages, installed once for each lock file."""
    names = ("package.json", "package-lock.json", ".npmrc")
    where = folder() / f"peers-{_named(b''.join((_PEERS / name).read_bytes() for name in names))}"
    if not (where / "node_modules").is_dir():
        draft = Path(tempfile.mkdtemp(dir=folder()))
        for name in names:
            shutil.copy(_PEERS / name, draft)
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=draft, check=True, capture_output=True)
        draft.replace(where)
    return where


def _named(data: bytes) -> str:
    """A short name for some bytes."""
    return hashlib.sha256(data).hexdigest()[:16]


def _documents(given: Sequence[Fact], scratch: Path) -> Path:
    """The same facts as documents, one on a line."""
    path = scratch / "documents.jsonl"
    with path.open("w") as file:
        for fact in given:
            assert fact.salt is not None
            document = {
                "_id": fact.id.hex(),
                "header": json.loads(fact.raw),
                "sig": fact.sig.hex(),
                "salt": fact.salt.hex(),
                "body": fact.body_value(),
            }
            file.write(json.dumps(document) + "\n")
    return path


def _peer(documents: Path, database: Path, packages: Path) -> dict[str, float]:
    command = ["node", str(_PEERS / "bulk_docs.mjs"), str(documents), str(database), str(BATCH)]
    done = subprocess.run(command, cwd=packages, check=True, capture_output=True, text=True)
    shutil.rmtree(database)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


# one fact -----------------------------------------------------------------------------------------------
def _one_fact(facts: Sequence[Fact], scratch: Path, times: int) -> list[Row]:
    """What one more fact costs: its fold alone, and all of ``accept`` and ``say``, on disk when they return."""
    fold = _fold_alone(facts)
    store = open_store(f"sqlite:///{scratch / 'one.db'}")
    ledger = Ledger(store, load_rules(), signer=headquarters_of(), now_ms=lambda: BEGUN_MS + WINTER_MS)
    before, rest = facts[:-times], facts[-times:]
    accept_all(ledger, before)
    accept = _median_us(lambda fact: ledger.accept([fact]), rest)
    point = next(thing.id for thing in ledger.things("point"))
    say = _median_us(lambda fact: ledger.say("status.reported", {"seats_free": 3}, about=point), rest)
    assert not store.marks("waits")
    store.close()
    return [
        {
            "what": "a new fact is folded in: step, state row, hash",
            "value": fold,
            "unit": "us",
            "target": "<= 50",
            "note": f"into a thing of {_largest(facts)[1]:,} facts",
        },
        {"what": "accept one fact, all of it, on disk", "value": accept, "unit": "us"},
        {"what": "say one fact, all of it, on disk", "value": say, "unit": "us"},
    ]


def _median_us(act: Callable[[Fact], object], facts: Sequence[Fact]) -> float:
    taken = []
    for fact in facts:
        begun = time.perf_counter()
        act(fact)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1e6


def _largest(facts: Sequence[Fact]) -> tuple[str, int]:
    """The thing most is said of, and how much."""
    counts: dict[str, int] = {}
    for fact in facts:
        about = fact.header().about
        counts[about] = counts.get(about, 0) + 1
    counts.pop("", None)
    return max(counts.items(), key=lambda item: item[1])


def _fold_alone(facts: Sequence[Fact]) -> float:
    """Median of: read the state, one step, write the state and its hash; for each fact of the largest thing."""
    rules = load_rules()
    thing = bytes.fromhex(_largest(facts)[0])
    rows = [row_of(one.id, one, read_header(one.raw)) for one in facts]
    entries = in_order(Entry(row, row.fact.body_value(), "") for row in rows if row.about == thing)
    creating = next(entry.row for entry in entries if entry.row.id == thing)
    state = ThingState(thing, type_of(rules, creating))
    state.step(rules, entries[0])
    kept = state.to_row()
    taken = []
    for entry in entries[1:]:
        begun = time.perf_counter()
        state = ThingState.of_row(kept)
        state.step(rules, Entry(entry.row, entry.row.fact.body_value(), ""))
        kept = state.to_row()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1e6
