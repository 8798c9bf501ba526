"""The same questions go to all three stores: memory, SQLite, PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shanyrak.facts.store import Store
from shanyrak.facts.stores import schema
from shanyrak.facts.stores.memory import MemoryStore
from shanyrak.facts.stores.sql import open_store
from tests.postgres import Server, database_of, running_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: Server) -> str:
    """A database with the tables of a ledger in it; see ``empty``."""
    url = postgres.new_database()
    open_store(url).close()
    return url


@pytest.fixture
def empty_postgres(postgres: Server, postgres_url: str) -> str:
    """An empty ledger in PostgreSQL: emptied for every test, which is quicker than a new one."""
    tables = ", ".join(sorted(schema.TABLES - {"ledger"}))
    postgres.run(database_of(postgres_url), f"TRUNCATE {tables}")
    postgres.run(database_of(postgres_url), "UPDATE ledger SET dropped = 0")
    return postgres_url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty ledger in a database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    address: str = request.getfixturevalue("empty_postgres")
    return address


@pytest.fixture
def opened() -> Iterator[Callable[..., Store]]:
    """``opened(url, patience_s=...)``: a store that is closed when the test ends."""
    stores: list[Store] = []

    def open_one(url: str, **options: float) -> Store:
        stores.append(open_store(url, **options))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, opened: Callable[..., Store]) -> Store:
    """An empty store of each sort."""
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return opened(f"sqlite:///{tmp_path / 'ledger.db'}")
    return opened(request.getfixturevalue("empty_postgres"))
