"""What is particular to a database server: it can be away, refuse, or go away in the middle."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable

import pytest

from shanyrak.core.errors import Unavailable
from shanyrak.facts.store import Store
from shanyrak.facts.stores.sql import open_store
from tests.postgres import Server, database_of
from tests.unit.facts.stores.drawn import row

Opener = Callable[..., Store]


def cut_off(server: Server, url: str) -> None:
    """End all connections to a database, as a restart of the server does."""
    name = database_of(url)
    server.run("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def test_a_server_that_is_away_is_one_clear_line() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unavailable, match="cannot be reached") as raised:
        open_store(f"postgresql://somebody:secret@127.0.0.1:{port}/ledger", patience_s=1)
    assert str(raised.value).count("\n") == 0
    assert "secret" not in str(raised.value)
    assert f"127.0.0.1:{port}" in str(raised.value)


def test_a_wrong_password_is_named_and_not_shown(postgres: Server, empty_postgres: str) -> None:
    with pytest.raises(Unavailable, match="user or password") as raised:
        open_store(postgres.url(database_of(empty_postgres), password="mistyped"))
    assert "mistyped" not in str(raised.value)


def test_a_database_that_is_not_there_is_named(postgres: Server) -> None:
    with pytest.raises(Unavailable, match='"nowhere" does not exist') as raised:
        open_store(postgres.url("nowhere"))
    assert "createdb" in raised.value.mend


def test_a_user_who_may_not_write_is_told_so(postgres: Server, empty_postgres: str, opened: Opener) -> None:
    database = database_of(empty_postgres)
    postgres.run("postgres", "CREATE USER reader PASSWORD 'reads'")
    postgres.run(database, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    store = opened(postgres.url(database, user="reader", password="reads"))
    assert store.count() == 0
    with pytest.raises(Unavailable, match="may not be written"), store.transaction():
        store.put_facts([row(1)])
    assert store.count() == 0


def test_a_user_who_may_not_make_tables_is_told_so(postgres: Server) -> None:
    url = postgres.new_database()
    postgres.run("postgres", "CREATE USER guest PASSWORD 'looks'")
    with pytest.raises(Unavailable, match="may not be written"):
        open_store(postgres.url(database_of(url), user="guest", password="looks"))


def test_a_connection_lost_in_a_transaction_keeps_nothing_and_comes_back(
    postgres: Server, empty_postgres: str, opened: Opener
) -> None:
    store = opened(empty_postgres)
    with store.transaction():
        store.put_facts([row(1)])
    with pytest.raises(Unavailable, match="went away"), store.transaction():
        store.put_facts([row(2)])
        cut_off(postgres, empty_postgres)
        store.put_facts([row(3)])
    assert [said.id for _, said in store.arrived()] == [row(1).id]
    with store.transaction():
        store.put_facts([row(2)])
    assert store.count() == 2


def test_a_connection_lost_between_two_transactions_is_one_fault(
    postgres: Server, empty_postgres: str, opened: Opener
) -> None:
    store = opened(empty_postgres)
    cut_off(postgres, empty_postgres)
    with pytest.raises(Unavailable, match="went away"):
        store.count()
    assert store.count() == 0
    cut_off(postgres, empty_postgres)
    with pytest.raises(Unavailable, match="went away"), store.transaction():
        pytest.fail("there is no connection")
    with store.transaction():
        store.put_facts([row(1)])
    assert store.count() == 1


def test_ledgers_in_two_schemas_of_one_database_do_not_meet(postgres: Server, opened: Opener) -> None:
    url = postgres.new_database()
    postgres.run(database_of(url), "CREATE SCHEMA north")
    postgres.run(database_of(url), "CREATE SCHEMA south")
    north, south = (opened(f"{url}?options=-csearch_path%3D{name}", patience_s=0.2) for name in ("north", "south"))
    with north.transaction(), south.transaction():  # neither waits for the other
        north.put_facts([row(1)])
        south.put_facts([row(2), row(3)])
    assert (north.count(), south.count()) == (1, 2)


def test_a_commit_is_on_disk_even_where_the_server_is_told_otherwise(postgres: Server, opened: Opener) -> None:
    url = postgres.new_database()
    postgres.run("postgres", f"ALTER DATABASE {database_of(url)} SET synchronous_commit = off")
    database = opened(url)._db  # type: ignore[attr-defined]
    assert database.rows("SHOW synchronous_commit")[0][0] == "on"


def test_dropped_parts_are_gone_from_the_tables(postgres: Server, empty_postgres: str, opened: Opener) -> None:
    """The files of the tables are written anew; what the server's own log keeps is its business."""
    store = opened(empty_postgres)
    with store.transaction():
        draw = random.Random(1)  # so that the server cannot pack them
        store.put_facts([row(n, body=b'{"a":"%s"}' % draw.randbytes(6_000).hex().encode()) for n in range(50)])
        store.drop_parts([(row(n).id, "body") for n in range(50)])
    size = "SELECT pg_total_relation_size('facts')"
    assert postgres.run(database_of(empty_postgres), size)[0][0] > 50 * 6_000
    store.scrub()
    assert postgres.run(database_of(empty_postgres), size)[0][0] < 50 * 3_000
    assert len(store.without_body()) == 50
