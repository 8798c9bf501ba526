"""Checking a ledger from the ground: whatever was changed behind its back is found, and where."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from shanyrak.facts.checking import Checked, check
from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import ChainState, Mark, Row
from shanyrak.facts.stores.memory import MemoryStore
from shanyrak.facts.stores.sql import open_store
from tests.care_drawn import START_MS, chance, clock, device, found, rules


def drawn() -> tuple[Ledger, list[bytes]]:
    """A founded network with three points in memory."""
    ledger = Ledger(MemoryStore(), rules(), signer=device("here"), now_ms=clock(), random=chance("drawn"))
    return ledger, found(ledger)


def faults(checked: Checked) -> list[str]:
    return [f"{fault.where}: {fault.what}" for fault in checked.faults]


class Altered(MemoryStore):
    """A store that gives back something else than was put in."""

    def __init__(self, of: Ledger, alter: Callable[[Row], Row]) -> None:
        super().__init__()
        self._alter = alter
        with self.transaction():
            self.put_value("net", of.net)
            self.put_value("rules", of.rules.version)
            self.put_facts([alter(row) for _, row in of.store.arrived()])
            self.put_chains(of.store.all_chains())
            self.put_things(of.store.all_things())
            self.put_marks(of.store.marks())


def test_a_sound_ledger_has_no_faults() -> None:
    ledger, _ = drawn()
    assert check(ledger.store, ledger.rules) == Checked(records=4, chains=2, faults=[], notes=[])


def test_an_empty_store_has_none_either() -> None:
    assert check(MemoryStore(), rules()) == Checked(0, 0, [], [])


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda fact: Fact(fact.raw, bytes(64), fact.salt, fact.body), "the signature does not verify"),
        (lambda fact: Fact(fact.raw, fact.sig, fact.salt, fact.body + b" "), "the body is not the one that was signed"),
        (
            lambda fact: Fact(fact.raw.replace(b'"v":1', b'"v":2'), fact.sig, fact.salt, fact.body),
            "its hash is another",
        ),
    ],
)
def test_a_changed_record_is_named(change: Callable[[Fact], Fact], found: str) -> None:
    ledger, points = drawn()
    store = Altered(ledger, lambda row: row._replace(fact=change(row.fact)) if row.id == points[1] else row)
    (only,) = faults(check(store, ledger.rules))
    assert only.startswith(f"record {points[1].hex()} (point.described, number 1 in chain ")
    assert found in only


@pytest.mark.parametrize(
    ("column", "value"), [("seq", 7), ("prev", bytes(32)), ("kind", "point.closed"), ("about", bytes(32)), ("at_ms", 5)]
)
def test_a_record_under_a_wrong_column_is_named(column: str, value: object) -> None:
    ledger, points = drawn()
    store = Altered(ledger, lambda row: row._replace(**{column: value}) if row.id == points[2] else row)
    found = faults(check(store, ledger.rules))
    assert any(f"it is found under a {column} that is not its own" in fault for fault in found)


def test_a_record_of_another_network_is_named() -> None:
    ledger, _ = drawn()
    other = Ledger(MemoryStore(), rules(), signer=device("other"), now_ms=clock(), random=chance("other"))
    strange = found(other)[0]
    row = other.store.get([strange])[strange]
    with ledger.store.transaction():
        ledger.store.put_facts([row])
        ledger.store.put_chains([ChainState(row.key, 1, row.seq, (row.id,), (row.prev,) if row.prev else ())])
    assert any("it belongs to another network" in fault for fault in faults(check(ledger.store, ledger.rules)))


def test_a_record_that_is_gone_is_a_wrong_chain() -> None:
    ledger, points = drawn()
    store = MemoryStore()
    with store.transaction():
        store.put_value("net", ledger.net)
        store.put_value("rules", ledger.rules.version)
        store.put_facts([row for _, row in ledger.store.arrived() if row.id != points[1]])
        store.put_chains(ledger.store.all_chains())
    found = faults(check(store, ledger.rules))
    assert any("its count was kept up wrongly" in fault for fault in found)
    assert any("its missing was kept up wrongly" in fault for fault in found)


def test_a_chain_without_records_and_records_without_a_chain() -> None:
    ledger, _ = drawn()
    with ledger.store.transaction():
        ledger.store.put_chains([ChainState(ChainKey(bytes(32), bytes(16), bytes(32)), 3, 2, (), ())])
    assert any("none of its records is here" in fault for fault in faults(check(ledger.store, ledger.rules)))
    store = MemoryStore()
    with store.transaction():
        store.put_value("net", ledger.net)
        store.put_facts([row for _, row in ledger.store.arrived()])
    assert "chains: 4 records are here, and 0 of them lie in the chains known here" in faults(check(store, rules()))


def test_records_of_no_known_network() -> None:
    ledger, _ = drawn()
    store = MemoryStore()
    with store.transaction():
        store.put_facts([row for _, row in ledger.store.arrived()])
    assert any("it is not known of which network" in fault for fault in faults(check(store, rules())))


def test_a_gap_and_a_fork_are_noted_and_are_no_faults() -> None:
    ledger, points = drawn()
    rows = {row.id: row for _, row in ledger.store.arrived()}
    other = Ledger(MemoryStore(), rules(), signer=device("reader"), now_ms=clock())
    other.accept([row.fact for fact, row in rows.items() if fact != points[0]])
    checked = check(other.store, other.rules)
    assert checked.faults == []
    assert len(checked.notes) == 1 and "earlier records are still coming (1 gaps)" in checked.notes[0]


def test_a_state_that_its_records_do_not_give_is_found() -> None:
    ledger, points = drawn()
    (thing,) = ledger.store.get_things([points[0]]).values()
    with ledger.store.transaction():
        ledger.store.put_things([thing._replace(state=thing.state.replace(b"School 0", b"School 9"))])
        ledger.store.put_marks([Mark(points[1], "waits", "made up")])
        ledger.store.set_effective([(points[2], 5, 0)])
    found = faults(check(ledger.store, ledger.rules))
    assert f"thing {points[0].hex()}: its state is not what its records give" in found
    assert f"record {points[1].hex()}: it is marked 'waits' (made up) and should be nothing" in found
    assert any(points[2].hex() in fault and "its effective time was kept up wrongly" in fault for fault in found)
    assert found[-1].endswith("fold it anew")


def test_a_thing_that_is_missing_or_of_no_record() -> None:
    ledger, points = drawn()
    things = ledger.store.get_things(points)
    with ledger.store.transaction():
        ledger.store.clear_cache()
        ledger.store.put_things([things[points[0]], things[points[0]]._replace(id=bytes(32))])
    found = faults(check(ledger.store, ledger.rules))
    assert f"thing {bytes(32).hex()}: it was folded out of no record that is here" in found
    assert f"thing {points[1].hex()}: it is missing in what was folded" in found


def test_folded_by_other_rules_is_a_note() -> None:
    ledger, _ = drawn()
    with ledger.store.transaction():
        ledger.store.put_value("rules", bytes(32))
    checked = check(ledger.store, ledger.rules)
    assert (checked.faults, len(checked.notes)) == ([], 1)


def test_a_byte_changed_in_the_file_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    store = open_store(url)
    ledger = Ledger(store, rules(), signer=device("here"), now_ms=clock(), random=chance("file"))
    found(ledger)
    assert check(store, rules()).faults == []
    store.close()
    path = tmp_path / "ledger.sqlite"
    with sqlite3.connect(path) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        changed = 0
        for table in tables:
            for _, column, kind, *_ in raw.execute(f"PRAGMA table_info({table})").fetchall():
                if column in ("sig", "signature") and kind.upper() == "BLOB":
                    changed += raw.execute(f"UPDATE {table} SET {column} = zeroblob(64)").rowcount
    assert changed == 4
    store = open_store(url)
    assert len(check(store, rules()).faults) == 4
    store.close()


def test_checking_writes_nothing() -> None:
    ledger, _ = drawn()
    before = (ledger.state_hash(), ledger.store.count(), ledger.store.get_value("trust"), ledger.store.marks())
    check(ledger.store, ledger.rules)
    assert before == (ledger.state_hash(), ledger.store.count(), ledger.store.get_value("trust"), ledger.store.marks())


def test_a_ledger_that_lived_has_no_faults() -> None:
    """Receipts, a clock far ahead, a fact that waits, words taken back, a device revoked after it was witnessed."""
    ledger, points = drawn()
    host = Ledger(MemoryStore(), rules(), signer=device("host"), now_ms=clock(), random=chance("host"))
    ahead = Ledger(
        MemoryStore(), rules(), signer=device("ahead"), now_ms=clock(START_MS + 4 * 10**10), random=chance("a")
    )
    for name in ("host", "ahead"):
        ledger.say("device.admitted", {"key": device(name).public.hex(), "role": "host"}, about=points[0])
    for other in (host, ahead):
        other.accept([row.fact for _, row in ledger.store.arrived()])
        said = other.say("point.opened", {}, about=points[0], sealed={"note": "Anna has the key"})
        ledger.accept([row.fact for row in other.store.get([said.id]).values()])
    ledger.note_receipts([chain.key for chain in ledger.store.all_chains()])
    ledger.say("body.withheld", {"fact": said.id.hex(), "reason": "asked"}, about=points[0])
    ledger.say("device.revoked", {"key": device("host").public.hex()}, about=points[0])
    late = host.say("point.closed", {}, about=points[0])
    ledger.accept([row.fact for row in host.store.get([late.id]).values()])
    assert {mark.mark for mark in ledger.store.marks()} >= {"waits", "clock"}
    assert check(ledger.store, ledger.rules).faults == []
