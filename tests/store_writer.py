"""A program that writes to a store until somebody kills it: ``python -m tests.store_writer URL write|hold``.

``write`` adds batch after batch, each in one transaction, and prints a batch's number once its commit has
returned. ``hold`` begins a transaction, says so, and stays in it. ``check_whole`` looks at what is there.
"""

from __future__ import annotations

import sys
import time

from shanyrak.core.errors import ShanyrakError
from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.store import ChainState, Link, Mark, Row, Store, ThingRow
from shanyrak.facts.stores.sql import open_store

FACTS = 12
"""Facts in a batch."""
_KEY = ChainKey(b"\x01" * 32, b"\x02" * 16, b"\x03" * 32)


def row_of(number: int) -> Row:
    body = (b'{"batch":"%d"}' % number) * (1 + number % 90)
    fact = Fact(b'{"number":%d}' % number, bytes(64), bytes(16), body)
    about = (number // FACTS).to_bytes(32, "big")
    return Row(fact.id, fact, _KEY, number, fact.id, "stock.counted", 1, about, number, 0, number, 0)


def write_batch(store: Store, batch: int) -> None:
    """One transaction with something of everything in it."""
    rows = [row_of(number) for number in range(batch * FACTS, (batch + 1) * FACTS)]
    thing = batch.to_bytes(32, "big")
    with store.transaction():
        store.put_facts(rows)
        store.put_chains([ChainState(_KEY, rows[-1].seq + 1, rows[-1].seq, (rows[-1].id,), ())])
        store.put_things([ThingRow(thing, "point", b"{}" * batch, thing, bytes(76), b"")])
        store.put_names(thing, [str(batch)])
        store.put_links([Link(rows[0].id, thing, "kit", rows[0].id)])
        store.put_marks([Mark(rows[0].id, "waits", str(batch))])
        store.set_effective([(rows[0].id, rows[0].eff_ms, 1)])
        store.drop_parts([(rows[1].id, "body")])
        store.put_value("batches", b"%d" % (batch + 1))


def check_whole(store: Store) -> int:
    """How many batches are there; each whole in every table, or an AssertionError."""
    batches = int(store.get_value("batches") or b"0")
    expected = []
    for number in range(batches * FACTS):
        row = row_of(number)
        if number % FACTS == 0:
            row = row._replace(eff_counter=1)
        if number % FACTS == 1:
            row = row._replace(fact=Fact(row.fact.raw, row.fact.sig))
        expected.append((number + 1, row))
    assert list(store.arrived()) == expected
    assert [chain.count for chain in store.all_chains()] == [batches * FACTS][: batches and 1]
    things = list(store.all_things())
    assert [thing.state for thing in things] == [b"{}" * batch for batch in range(batches)]
    assert [store.find_names(str(batch)) for batch in range(batches)] == [[thing.id] for thing in things]
    assert all(len(store.links_of(thing.id)) == 1 for thing in things)
    assert sorted(int(mark.reason) for mark in store.marks()) == list(range(batches))
    assert len(store.without_body()) == batches
    return batches


def main(url: str, act: str) -> int:
    try:
        store = open_store(url, patience_s=20)
        batch = int(store.get_value("batches") or b"0")
        if act == "hold":
            with store.transaction():
                store.put_value("held", b"1")
                sys.stdout.write("holding\n")
                sys.stdout.flush()
                time.sleep(600)
        while True:
            write_batch(store, batch)
            sys.stdout.write(f"{batch}\n")
            sys.stdout.flush()
            batch += 1
            if batch % 40 == 0:
                store.scrub()
    except ShanyrakError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
