"""The tables come out the same from wherever one begins, and a ledger from the future is left alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.store import Store
from shanyrak.facts.stores import schema
from shanyrak.facts.stores.sql import open_store
from tests.postgres import Server
from tests.unit.facts.stores.drawn import row

REVISIONS = schema.revisions()


@pytest.fixture(params=["sqlite", "postgresql"])
def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


def engine_of(url: str) -> sa.Engine:
    return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)


def tables_of(url: str) -> dict[str, Any]:
    """Every table with its columns, keys and indexes."""
    engine = engine_of(url)
    look = sa.inspect(engine)
    return {
        name: (
            [(column["name"], repr(column["type"]), column["nullable"]) for column in look.get_columns(name)],
            look.get_pk_constraint(name)["constrained_columns"],
            sorted((str(index["name"]), index["column_names"], index["unique"]) for index in look.get_indexes(name)),
        )
        for name in look.get_table_names()
    }


def test_the_latest_revision_is_the_one_this_program_works_with() -> None:
    assert REVISIONS[-1] == schema.HEAD
    assert [f"{number:04d}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS


def test_opening_nothing_makes_all_tables(nothing: str) -> None:
    open_store(nothing).close()
    assert set(tables_of(nothing)) == schema.TABLES | {schema.VERSION_TABLE}


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_earlier_revision_comes_out_the_same(
    nothing: str, revision: str, postgres: Server, tmp_path: Path, opened: Callable[..., Store]
) -> None:
    fresh = postgres.new_database() if nothing.startswith("postgresql") else f"sqlite:///{tmp_path / 'fresh.db'}"
    opened(fresh)
    with engine_of(nothing).begin() as connection:
        schema.upgrade(connection, revision)
    store = opened(nothing)
    assert tables_of(nothing) == tables_of(fresh)
    with store.transaction():
        store.put_facts([row(1)])
        store.drop_parts([(row(1).id, "body")])
    store.scrub()
    assert store.without_body() == [row(1).id]


def test_written_out_as_sql_it_makes_the_same_tables(
    nothing: str, postgres: Server, tmp_path: Path, opened: Callable[..., Store]
) -> None:
    """For whoever may not let a program make tables."""
    if nothing.startswith("postgresql"):
        fresh = postgres.new_database()
        with psycopg.connect(nothing, autocommit=True) as connection:
            connection.execute(schema.sql("postgresql").encode())
    else:
        fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
        with sqlite3.connect(nothing.removeprefix("sqlite:///")) as file:
            file.executescript(schema.sql("sqlite"))
    opened(fresh)
    assert tables_of(nothing) == tables_of(fresh)
    store = opened(nothing)
    with store.transaction():
        store.put_facts([row(1)])
        store.drop_parts([(row(1).id, "body")])
    store.scrub()
    assert store.count() == 1


def test_many_programs_begin_one_ledger_at_once(nothing: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(nothing, patience_s=60), range(4)))
    with stores[0].transaction():
        stores[0].put_facts([row(1)])
    assert [store.count() for store in stores] == [1, 1, 1, 1]
    for store in stores:
        store.close()


def test_a_ledger_of_a_newer_program_is_refused_and_left_as_it_is(nothing: str) -> None:
    open_store(nothing).close()
    with engine_of(nothing).begin() as connection:
        connection.exec_driver_sql(f"UPDATE {schema.VERSION_TABLE} SET version_num = '0099'")
    before = tables_of(nothing)
    with pytest.raises(InvalidInput, match="newer Shanyrak") as raised:
        open_store(nothing)
    assert "0099" in raised.value.what
    assert "Install the newer version" in raised.value.mend
    assert "a-word-for-tests" not in str(raised.value)
    assert tables_of(nothing) == before


def test_a_database_with_tables_of_somebody_else_is_no_ledger(nothing: str) -> None:
    with engine_of(nothing).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE facts (about_cats TEXT)")
    with pytest.raises(InvalidInput, match="no ledger") as raised:
        open_store(nothing)
    assert "'facts'" in raised.value.what
    assert list(tables_of(nothing)) == ["facts"]


def test_a_server_database_may_be_shared_with_other_tables(postgres: Server, opened: Callable[..., Store]) -> None:
    url = postgres.new_database()
    with engine_of(url).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cats (name TEXT)")
    assert opened(url).count() == 0


def test_what_was_kept_in_the_first_tables_is_kept_whole(nothing: str, opened: Callable[..., Store]) -> None:
    """Then the parts of a fact lay in a table of their own: a body, a sealed part, both, neither, and a dropped one."""
    rows = [row(1), row(2, sealed=b'{"words":"hi"}'), row(3, body=None, sealed=b'{"words":"ho"}'), row(4, body=None)]
    with engine_of(nothing).begin() as connection:
        schema.upgrade(connection, "0001")
        for number, one in enumerate(rows, start=1):
            values = {"arrival": number, "raw": one.fact.raw, "sig": one.fact.sig, "chain_no": 1, **one._asdict()}
            parts = {"arrival": number, **{part: getattr(one.fact, part) for part in PARTS}}
            put(connection, "facts", {name: value for name, value in values.items() if name not in ("fact", "key")})
            put(connection, "parts", parts)
            if one.fact.body is None:
                put(connection, "bodiless", {"arrival": number})
        key = dict(rows[0].key._asdict())
        put(connection, "chains", {"chain_no": 1, "count": 4, "top_seq": 4, "heads": b"", "missing": b"", **key})
    store = opened(nothing)
    assert [one for _, one in store.arrived()] == rows
    assert set(store.without_body()) == {rows[2].id, rows[3].id}
    with store.transaction():
        store.put_parts([rows[3].fact, row(4).fact])
        store.put_facts([row(5)])
    assert [one for _, one in store.arrived()] == [*rows[:3], row(4), row(5)]


PARTS = ("salt", "body", "sealed_salt", "sealed")


def put(connection: sa.Connection, table: str, values: dict[str, Any]) -> None:
    """One row, by whichever columns are given."""
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


@pytest.mark.parametrize("revision", REVISIONS)
def test_going_back_is_refused(revision: str) -> None:
    (module,) = (one.module for one in schema.scripts() if one.revision == revision)
    with pytest.raises(NotImplementedError, match="restore a backup"):
        module.downgrade()
