"""What is particular to the file: what it forgets, who may read it, and what is said when it cannot be used."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shanyrak.core.errors import Damaged, InvalidInput, NotFound, ShanyrakError, Unavailable
from shanyrak.facts.store import ChainState, Store, ThingRow
from shanyrak.facts.stores.sql import open_store
from tests.unit.facts.stores.drawn import chain, fact, id_of, row, thing

Opener = Callable[..., Store]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def bytes_beside(path: Path) -> bytes:
    """Every byte of the file, its log and whatever else begins with its name."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(path.name + "*")))


def word(number: int, size: int) -> bytes:
    """Text that is nowhere else, of some size."""
    return (b'{"note":"' + b"secret-%d-" % number * (size // 10 + 1))[:size] + b'"}'


def test_dropped_parts_leave_no_byte_behind(path: Path, opened: Opener) -> None:
    """Small ones, and ones longer than a page; while many others around them move to other pages."""
    store = opened(f"sqlite:///{path}")
    sizes = (30, 200, 3_000, 40_000)
    rows = [row(n, body=word(n, sizes[n % 4]), sealed=word(1_000 + n, sizes[n % 3])) for n in range(400)]
    bare = [row(n, body=None) for n in range(500, 600)]
    with store.transaction():
        for before, after in zip(rows, bare * 4):
            store.put_facts([before, after])
    with store.transaction():  # rows that grow push their neighbours aside
        store.put_parts([fact(n, body=word(n, 2_000)) for n in range(500, 600)])
    gone = rows[::3]
    with store.transaction():
        store.drop_parts([(one.id, "body") for one in gone] + [(one.id, "sealed") for one in gone])
    store.scrub()
    left = bytes_beside(path)
    for one in gone:
        assert one.fact.body is not None
        assert one.fact.sealed is not None
        assert one.fact.body[9:30] not in left
        assert one.fact.sealed[9:30] not in left
    for one in rows[1::3]:
        assert one.fact.body is not None
        assert one.fact.body[9:30] in left
    assert store.get([rows[1].id])[rows[1].id] == rows[1]


def test_copies_left_behind_when_rows_moved_are_gone_too(tmp_path: Path, opened: Opener) -> None:
    """Rows that grow and shrink push others to neighbouring pages, where SQLite alone leaves copies of them."""
    left_by_sqlite = 0
    for seed in range(12):
        path, chance = tmp_path / f"{seed}.db", random.Random(seed)
        store = opened(f"sqlite:///{path}")

        def state(number: int, chance: random.Random = chance) -> ThingRow:
            return thing(1, state=word(number, chance.randrange(20, 900)))._replace(id=id_of(number))

        with store.transaction():
            store.put_facts([row(1)])
            store.put_things([state(number) for number in range(600)])
        for _ in range(10):
            with store.transaction():
                store.put_things([state(number) for number in chance.sample(range(600), 60)])
        with store.transaction():
            store.put_things([thing(1)._replace(id=id_of(number)) for number in range(300)])
            store.drop_parts([(row(1).id, "body")])
        store._db.empty_log()  # type: ignore[attr-defined]
        left = bytes_beside(path)
        left_by_sqlite += sum(b"secret-%d-" % number in left for number in range(300))
        store.scrub()
        left = bytes_beside(path)
        assert not [number for number in range(300) if b"secret-%d-" % number in left]
        if left_by_sqlite:
            break
    assert left_by_sqlite > 0  # else nothing ever moved, and nothing was shown


def test_what_the_fold_had_made_of_it_is_gone_too(path: Path, opened: Opener) -> None:
    store = opened(f"sqlite:///{path}")
    with store.transaction():
        store.put_facts([row(1)])
        store.put_things([thing(n)._replace(id=id_of(n), state=word(n, 50 + n)) for n in range(1, 120)])
        store.put_names(id_of(1), ["the name of a person"])
    with store.transaction():
        store.put_things([thing(n)._replace(id=id_of(n), state=b"{}") for n in range(1, 120)])
        store.put_names(id_of(1), [])
        store.drop_parts([(row(1).id, "body")])
    store.scrub()
    assert b"secret-" not in bytes_beside(path)
    assert b"the name of a person" not in bytes_beside(path)


def test_a_rolled_back_secret_is_gone_after_the_next_scrub(path: Path, opened: Opener) -> None:
    store = opened(f"sqlite:///{path}")
    with pytest.raises(ValueError), store.transaction():
        store.put_facts([row(n, body=word(n, 3_000)) for n in range(5_000)])  # too much to be kept in memory
        raise ValueError
    with store.transaction():
        store.put_facts([row(1)])
        store.drop_parts([(row(1).id, "body")])
    store.scrub()
    assert b"secret-" not in bytes_beside(path)


def test_a_scrub_that_was_held_up_is_made_up_for(path: Path, opened: Opener) -> None:
    """Another program that is reading keeps old bytes in the log: that is said, and not forgotten."""
    store = opened(f"sqlite:///{path}", patience_s=0.1)
    with store.transaction():
        store.put_facts([row(n, body=word(n, 300)) for n in range(50)])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM facts").fetchall()
    with store.transaction():
        store.drop_parts([(row(n).id, "body") for n in range(50)])
    with pytest.raises(Unavailable, match="reading"):
        store.scrub()
    assert store.count() == 50
    reader.close()
    store.close()
    again = opened(f"sqlite:///{path}")
    again.scrub()
    assert b"secret-" not in bytes_beside(path)


def test_a_new_file_can_be_read_by_its_user_alone(path: Path, opened: Opener) -> None:
    store = opened(f"sqlite:///{path}")
    with store.transaction():
        store.put_facts([row(1)])
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob(path.name + "*")}
    assert modes == {0o600}


def test_the_file_is_synced_at_every_commit(path: Path, opened: Opener) -> None:
    store = opened(f"sqlite:///{path}")
    database = store._db  # type: ignore[attr-defined]
    assert database.rows("PRAGMA synchronous")[0][0] == 2  # FULL
    assert database.rows("PRAGMA journal_mode")[0][0] == "wal"
    assert database.rows("PRAGMA secure_delete")[0][0] == 1


def test_opening_again_finds_everything(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    with store.transaction():
        store.put_facts([row(1, key=chain(scope=7))])
    store.close()
    store = open_store(f"sqlite:///{path}")
    assert list(store.arrived()) == [(1, row(1, key=chain(scope=7)))]
    store.close()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 a spreadsheet", "no ledger"),
        (b"x", "no ledger"),
        (b"SQLite format 3\x00" + b"\xff" * 4_096, "no ledger|damaged"),
    ],
)
def test_a_file_that_is_something_else_is_refused_and_left_alone(path: Path, content: bytes, said: str) -> None:
    path.write_bytes(content)
    with pytest.raises(ShanyrakError, match=said) as raised:
        open_store(f"sqlite:///{path}")
    assert str(path) in str(raised.value)
    assert path.read_bytes() == content


def test_an_empty_file_becomes_a_ledger(path: Path, opened: Opener) -> None:
    path.touch()
    assert opened(f"sqlite:///{path}").count() == 0


def test_a_file_with_a_torn_page_is_damaged(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    with store.transaction():
        store.put_facts([row(number) for number in range(500)])
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:16_384] + b"\xa5" * (len(whole) - 16_384))
    with pytest.raises(Damaged, match="damaged") as raised:
        list(open_store(f"sqlite:///{path}").arrived())
    assert "Restore a backup" in raised.value.mend


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises((Unavailable, NotFound), match="no such folder") as raised:
        open_store(f"sqlite:///{tmp_path / 'nowhere' / 'ledger.db'}")
    assert str(tmp_path / "nowhere") in str(raised.value)


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be used"):
        open_store(f"sqlite:///{tmp_path}")


def test_a_server_that_opened_the_file_twice_keeps_its_log_when_another_program_comes_and_goes(path: Path) -> None:
    """Closing a descriptor drops the locks of a whole process: then the other program, thinking itself the last one,
    would take the log away, and all that the server writes from then on would be lost."""
    url = f"sqlite:///{path}"
    server, publishing = open_store(url), open_store(url)
    begin = "import sys; from shanyrak.facts.stores.sql import open_store; store = open_store(sys.argv[1]); "
    subprocess.run([sys.executable, "-c", begin + "store.close()", url], check=True, timeout=120)
    with server.transaction():
        server.put_value("said", b"after the visit")
    look = [sys.executable, "-c", begin + "print(store.get_value('said'))", url]
    seen = subprocess.run(look, capture_output=True, text=True, check=True, timeout=120)
    assert seen.stdout.strip() == "b'after the visit'"
    publishing.close()
    server.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_of_somebody_else_is_named(path: Path) -> None:
    open_store(f"sqlite:///{path}").close()
    path.chmod(0o400)
    with pytest.raises(Unavailable, match="may not be written"):
        open_store(f"sqlite:///{path}")


def test_a_ledger_that_may_only_be_read_says_so(path: Path, opened: Opener) -> None:
    store = opened(f"sqlite:///{path}")
    database = store._db  # type: ignore[attr-defined]
    database.rows("PRAGMA query_only = ON")
    with pytest.raises(Unavailable, match="may not be written"), store.transaction():
        store.put_facts([row(1)])
    database.rows("PRAGMA query_only = OFF")
    with store.transaction():
        store.put_facts([row(1)])
    assert store.count() == 1


def test_no_question_but_for_everything_reads_a_whole_table(path: Path, opened: Opener) -> None:
    """SQLite says how it would answer each statement the store asks: by an index, or by reading a table through."""
    store = opened(f"sqlite:///{path}")
    keys = [chain(scope=number) for number in range(5)]
    asked: list[str] = []
    with store.transaction():
        store.put_facts([row(number, key=key) for number, key in enumerate(keys)])
    again = opened(f"sqlite:///{path}")  # it remembers nothing of chains yet
    driver = again._db._driver  # type: ignore[attr-defined]
    driver.set_trace_callback(asked.append)
    two = [row(1).id, row(2).id]
    again.has(two), again.get(two), again.of_thing(two[0]), again.find_ids(b"a"), again.count()
    again.of_chain(keys[0]), again.of_chain(keys[1], 1, 2), again.get_chains(keys), again.receipts(keys[4])
    again.all_chains([keys[0].scope]), again.of_kinds(["a", "b"]), again.without_body()
    list(again.of_origins(two)), list(again.arrived(2)), list(again.grouped())
    again.get_things(two), list(again.all_things()), list(again.all_things("point")), again.find_names("a")
    again.links_of(two[0]), again.marks("waits"), again.marks_of(two), again.get_value("a")
    with again.transaction():
        again.put_facts([row(9, key=chain(scope=9))])
        again.set_effective([(two[0], 1, 1)])
        again.put_parts([fact(1)])
        again.drop_parts([(two[0], "body")])
        again.put_chains([ChainState(keys[0], 1, 0, (), ())])
        again.put_names(two[0], ["a"])
        again.drop_links(two)
        again.drop_marks(two)
        again.put_value("a", None)
    driver.set_trace_callback(None)
    asked = [sql for sql in asked if sql.split()[0] in ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")]
    assert len(asked) > 35
    plans = {sql: [step[3] for step in driver.execute("EXPLAIN QUERY PLAN " + sql)] for sql in asked}
    whole = ("SCAN asked", "SCAN 2 CONSTANT", "SCAN ledger", "SCAN bodiless")  # values given, one row, few rows
    scans = {
        sql: steps
        for sql, steps in plans.items()
        if any(step.startswith("SCAN") and not step.startswith(whole) and "CONSTANT" not in step for step in steps)
    }
    assert scans == {}


@pytest.mark.parametrize("url", ["", "ledger.db", "sqlite://", "sqlite:///", "mysql://host/db", "sqlite:ledger.db"])
def test_other_addresses_are_refused_with_the_right_form(url: str) -> None:
    with pytest.raises(InvalidInput, match="no address") as raised:
        open_store(url)
    assert "sqlite:///PATH" in raised.value.mend


def test_a_caught_fault_does_not_let_half_a_transaction_through(path: Path, opened: Opener) -> None:
    """A failed statement fails the whole, even for a caller who goes on as if nothing had happened."""
    store = opened(f"sqlite:///{path}")
    database = store._db  # type: ignore[attr-defined]
    with store.transaction():
        store.put_value("a", b"before")
    database.rows("PRAGMA max_page_count = 40")  # a full disk, for SQLite
    with pytest.raises(Unavailable, match="full"), store.transaction():
        store.put_value("a", b"after")
        with pytest.raises(Unavailable, match="full"):
            store.put_facts([row(number, body=word(number, 10_000)) for number in range(100)])
        with pytest.raises(Unavailable, match="full"):
            store.put_value("b", b"later")
    assert (store.get_value("a"), store.get_value("b"), store.count()) == (b"before", None, 0)
    database.rows("PRAGMA max_page_count = 4000000")
    with store.transaction():
        store.put_facts([row(1)])
    assert store.count() == 1
