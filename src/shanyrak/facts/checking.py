"""Checking a ledger from the ground: every hash, signature, chain and folded state, and what is wrong where.

Nothing that was kept up on the way is believed: headers are read again, hashes and signatures reckoned again,
chains walked again, and all is folded again in memory from the facts alone. Nothing is written. A gap (earlier
facts still coming) and a fork (a device that was restored or cloned) are no faults; they are noted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from shanyrak.core.progress import Progress, silent
from shanyrak.facts.chains import chain_of, forks
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.intake import examine, row_of
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import Rules
from shanyrak.facts.signing import Verifier, verify_all
from shanyrak.facts.store import ChainState, Mark, Row, Store
from shanyrak.facts.stores.memory import MemoryStore

BATCH = 2_000


class Fault(NamedTuple):
    """Something that is wrong, and where."""

    where: str
    what: str


class Checked(NamedTuple):
    """What a check found. ``notes`` are worth knowing and no faults."""

    records: int
    chains: int
    faults: list[Fault]
    notes: list[str]


def check(store: Store, rules: Rules, verifier: Verifier = verify_all, progress: Progress = silent) -> Checked:
    """Check everything a store holds; ``faults`` is empty where all is well.

    Parameters
    ----------
    verifier : checks signatures; the plain one, one after the other, where nothing else is given
    """
    net = store.get_value("net") or b""
    faults = list(_check_records(store, net, verifier, progress))
    chains = store.all_chains()
    notes: list[str] = []
    seen = 0
    for done, chain in enumerate(chains):
        rows = store.of_chain(chain.key)
        seen += len(rows)
        faults += _check_chain(chain, rows)
        notes += _notes(chain, rows)
        if done % 500 == 0:
            progress("walking chains", done, len(chains))
    records = store.count()
    if seen != records:
        faults.append(Fault("chains", f"{records} records are here, and {seen} of them lie in the chains known here"))
    if not faults:
        found, said = _check_fold(store, rules, net, progress)
        faults += found
        notes += said
    elif net:
        notes.append("What was folded out of the records was not compared, because the records have faults.")
    return Checked(records, len(chains), faults, notes)


# records ---------------------------------------------------------------------------------------------------
def _check_records(store: Store, net: bytes, verifier: Verifier, progress: Progress) -> Iterator[Fault]:
    total, done = store.count(), 0
    if total and not net:
        yield Fault("ledger", "records are here, and it is not known of which network")
    for rows in _batches(row for _, row in store.arrived()):
        examined = examine([row.fact for row in rows], net, verifier)
        for row, one in zip(rows, examined, strict=True):
            if one.id != row.id:
                yield Fault(_record(row), "its hash is another: the header was changed")
            elif one.header is None:
                yield Fault(_record(row), one.reason)
            else:
                wrong = _columns(row, row_of(one.id, row.fact, one.header))
                if wrong:
                    yield Fault(_record(row), f"it is found under a {wrong} that is not its own")
        done += len(rows)
        progress("checking signatures", done, total)


def _columns(row: Row, fresh: Row) -> str:
    """The first column that says something else than the header; empty where none does."""
    for name in ("key", "seq", "prev", "kind", "v", "about", "at_ms", "at_counter"):
        if getattr(row, name) != getattr(fresh, name):
            return name
    return ""


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


# chains ----------------------------------------------------------------------------------------------------
def _check_chain(kept: ChainState, rows: list[Row]) -> Iterator[Fault]:
    where = _chain(kept.key)
    fresh = chain_of(rows)
    if fresh is None:
        yield Fault(where, "it is listed, and none of its records is here")
        return
    for name in ("count", "top_seq", "heads", "missing"):
        if getattr(kept, name) != getattr(fresh, name):
            yield Fault(where, f"its {name.replace('_', ' ')} was kept up wrongly")
    by_id = {row.id: row for row in rows}
    for row in rows:
        before = by_id.get(row.prev)
        if before is not None and before.seq != row.seq - 1:
            yield Fault(_record(row), f"it follows number {before.seq}, and its own number is {row.seq}")


def _notes(chain: ChainState, rows: list[Row]) -> Iterator[str]:
    if chain.missing:
        yield f"{_chain(chain.key)}: earlier records are still coming ({len(chain.missing)} gaps)."
    split = len(forks(rows))
    if split:
        yield f"{_chain(chain.key)}: it forks {split} times: the device was restored or cloned. Both branches count."


# the fold --------------------------------------------------------------------------------------------------
def _check_fold(store: Store, rules: Rules, net: bytes, progress: Progress) -> tuple[list[Fault], list[str]]:
    """Compare what was folded on the way with a fold of the same facts from nothing."""
    if not net:
        return [], []
    if store.get_value("rules") != rules.version:
        return [], ["It was folded by other rules, and will be folded anew when it is opened."]
    with_all = Ledger(MemoryStore(), rules, now_ms=lambda: 0, verifier=lambda triples: [True] * len(triples))
    with_all.join(net)
    total, done = store.count(), 0
    for rows in _batches(row for _, row in store.arrived()):
        with_all.accept([row.fact for row in rows])
        done += len(rows)
        progress("folding anew", done, total)
    fresh = with_all.store
    faults = list(_compare_things(store, fresh))
    for kept, anew in zip(_by_id(store), _by_id(fresh), strict=True):
        if (kept.eff_ms, kept.eff_counter) != (anew.eff_ms, anew.eff_counter):
            faults.append(Fault(_record(kept), "its effective time was kept up wrongly"))
    faults += _compare_marks(store, fresh)
    if faults:
        faults.append(Fault("ledger", "the records are sound; what was folded out of them is not: fold it anew"))
    return faults, []


def _compare_things(store: Store, fresh: Store) -> Iterator[Fault]:
    kept = {thing.id: thing for thing in store.all_things()}
    anew = {thing.id: thing for thing in fresh.all_things()}
    for thing in sorted(kept.keys() | anew.keys()):
        here, there = kept.get(thing), anew.get(thing)
        if here is None:
            yield Fault(f"thing {thing.hex()}", "it is missing in what was folded")
        elif there is None:
            yield Fault(f"thing {thing.hex()}", "it was folded out of no record that is here")
        elif (here.type, here.state, here.hash) != (there.type, there.state, there.hash):
            yield Fault(f"thing {thing.hex()}", "its state is not what its records give")


def _compare_marks(store: Store, fresh: Store) -> Iterator[Fault]:
    kept = {mark.fact: mark for mark in store.marks()}
    anew = {mark.fact: mark for mark in fresh.marks()}
    for fact in sorted(kept.keys() | anew.keys()):
        here, there = kept.get(fact), anew.get(fact)
        if here != there:
            yield Fault(f"record {fact.hex()}", f"it is marked {_named(here)} and should be {_named(there)}")


def _named(mark: Mark | None) -> str:
    return f"{mark.mark!r} ({mark.reason})" if mark is not None else "nothing"


def _by_id(store: Store) -> list[Row]:
    return sorted((row for _, row in store.arrived()), key=lambda row: row.id)


# places ----------------------------------------------------------------------------------------------------
def _record(row: Row) -> str:
    return f"record {row.id.hex()} ({row.kind}, number {row.seq} in {_chain(row.key)})"


def _chain(key: ChainKey) -> str:
    return f"chain {key.chain.hex()[:8]} of device {key.origin.hex()[:8]} in {key.scope.hex()[:8] or 'no scope'}"
