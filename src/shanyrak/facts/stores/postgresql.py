"""A ledger in a PostgreSQL database, reached through psycopg 3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

import psycopg
import sqlalchemy as sa

from shanyrak.core.errors import InvalidInput, ShanyrakError, Unavailable
from shanyrak.facts.stores.database import Database, Values

_CHUNK = 5_000
_NUMBERS = ("arrival", "chain_no", "seq", "v", "at_ms", "at_counter", "eff_ms", "eff_counter")
_TYPES = {**dict.fromkeys(_NUMBERS, "int8"), "kind": "text"}
"""Columns that are copied in and do not hold bytes."""
_SCRUBBED = ("facts", "things", "names", "links", "marks", "small_values")
_WRITERS = 0x53686179
"""Names the queue of writers among PostgreSQL's advisory locks; any number will do that nobody else uses."""


class _BinaryCursor(psycopg.Cursor[Any]):
    """Bytes come as bytes, not as text of twice the length."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.format = psycopg.pq.Format.BINARY


class PostgresDatabase(Database):
    """See ``Database``; ``url`` is ``postgresql://user:password@host:port/database``."""

    # One writer at a time, as in SQLite: facts are numbered in the order of their arrival. The lock goes with
    # the transaction; readers never wait for it.
    begin = ("BEGIN", f"SELECT pg_advisory_xact_lock({_WRITERS}, hashtext(current_schema()))")

    def __init__(self, url: str, patience_s: float) -> None:
        try:
            address = sa.make_url(url).set(drivername="postgresql+psycopg")
            engine = sa.create_engine(
                address,
                poolclass=sa.NullPool,
                isolation_level="AUTOCOMMIT",
                connect_args={
                    "connect_timeout": max(2, round(patience_s)),
                    "application_name": "shanyrak",
                    "cursor_factory": _BinaryCursor,
                },
            )
        except (sa.exc.ArgumentError, ValueError) as raised:
            raise InvalidInput(
                "this is no address of a database", where=url, mend="Write postgresql://USER@HOST/DATABASE"
            ) from raised
        super().__init__(engine, address.set(drivername="postgresql").render_as_string(hide_password=True), patience_s)
        self.greeting = (
            # Set here, not trusted to the server's defaults: a commit is on disk when it returns.
            "SET synchronous_commit = on",
            f"SET lock_timeout = {max(1, round(patience_s * 1000))}",
            # Every question here is for a few rows by an index. Before the tables were ever analysed, the
            # planner thinks otherwise and reads them whole.
            "SET enable_seqscan = off",
            "SET enable_hashjoin = off",
            "SET enable_mergejoin = off",
        )

    def in_dialect(self, sql: str) -> str:
        return _with_percent(sql)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
        assert self.in_transaction, "writing needs a transaction"
        self._asked(self._copy_in, table, columns, rows)

    def _copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
        sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        with self._driver.cursor() as cursor, cursor.copy(sql) as copy:
            copy.set_types([_TYPES.get(column, "bytea") for column in columns])
            for row in rows:
                copy.write_row(row)

    def among(self, column: str, values: Iterable[Any]) -> Iterator[tuple[str, Values]]:
        left = iter(values)
        while chunk := list(islice(left, _CHUNK)):
            yield f"{column} = ANY(?)", [chunk]

    def scrub(self) -> None:
        for table in _SCRUBBED:
            with self._mine():
                self._run(f"VACUUM (FULL) {table}")

    def _broken(self, driver: Any) -> bool:
        return bool(driver.closed)

    def _open_transaction(self, driver: Any) -> bool:
        return bool(driver.info.transaction_status != psycopg.pq.TransactionStatus.IDLE)

    def fault(self, raised: BaseException) -> ShanyrakError | None:
        if not isinstance(raised, psycopg.Error):
            return None
        state, said = raised.sqlstate or "", str(raised).strip().splitlines()
        detail = said[0] if said else type(raised).__name__
        if state == "53100":
            return self.full()
        if state in ("55P03", "40P01"):
            return self.busy("another program is writing")
        if state in ("42501", "25006"):
            return self.read_only()
        if state in ("XX001", "XX002"):
            return self.damaged(detail)
        if state[:2] in ("08", "53", "57", "58"):
            return self._lost(detail)
        if isinstance(raised, psycopg.OperationalError):
            return self._lost(detail) if "failed" not in detail or "closed" in detail else self._refused(detail)
        return None

    def _refused(self, detail: str) -> Unavailable:
        if "password" in detail or "authentication" in detail:
            return Unavailable(
                "the database refused this user or password", where=self.where, mend="Check both in the address"
            )
        if "does not exist" in detail:
            return Unavailable(
                f"the database server says: {detail.rpartition('FATAL:')[2].strip()}",
                where=self.where,
                mend="Make it (createdb, createuser), or name another in the address",
            )
        return Unavailable(
            f"the database cannot be reached ({detail})",
            where=self.where,
            mend="Check the address, and that the server is running",
        )

    def _lost(self, detail: str) -> Unavailable:
        return Unavailable(
            f"the database went away ({detail}); what was being written counts as not kept",
            where=self.where,
            mend="Try again when it is back; to write a fact a second time does no harm",
        )


@cache
def _with_percent(sql: str) -> str:
    return sql.replace("?", "%s")
