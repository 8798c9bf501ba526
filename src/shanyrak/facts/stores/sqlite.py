"""A ledger in one SQLite file, which several programs on one machine may use at the same time.

Write-ahead log, and synced to the disk at every commit: what was committed survives a pulled plug.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from shanyrak.core.errors import InvalidInput, ShanyrakError, Unavailable
from shanyrak.facts.stores.database import Database, Values

_SIZES = (1, 4, 16, 64, 512)
"""How many values a condition takes: few different statements, so that the driver keeps them prepared."""
_CACHE_KIB = 65_536
_PAGE_BYTES = 8_192
_LEAST_BYTES = 512
"""No SQLite file is smaller; a smaller one that is not empty would be taken for empty and written over."""
_CHECKPOINT_PAGES = 4_096

# Python's driver asks the registered adapters, and then the value itself, how each bytes and each None is to be
# stored, because only other types pass unasked: a failed search of 0.9 microseconds for each of a row's ten values.
# These adapters end it at once, and change nothing.
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(type(None), lambda nothing: nothing)


class SqliteFile(Database):
    """See ``Database``; ``path`` is made where it is not there yet, readable by its user alone."""

    begin = ("BEGIN IMMEDIATE",)

    def __init__(self, path: Path, patience_s: float) -> None:
        self._path = path
        engine = sa.create_engine(
            "sqlite://", creator=self._connect, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT"
        )
        super().__init__(engine, str(path), patience_s)

    def open(self) -> None:
        # A file that is there is opened by SQLite alone: closing any other descriptor of it drops the locks of every
        # connection of this process (sqlite.org/howtocorrupt.html, 2.2). The next program to close the file would
        # think itself the last one and take the log away under a server that goes on writing into it.
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            if self._path.is_dir():
                raise Unavailable("a folder cannot be used as a file", where=self.where, mend="Name a file") from None
            if not os.access(self._path, os.R_OK | os.W_OK):
                raise self.read_only() from None
            if 0 < self._path.stat().st_size < _LEAST_BYTES:
                raise self._no_ledger() from None
        except PermissionError as raised:
            raise self.read_only() from raised
        except FileNotFoundError as raised:
            raise Unavailable(
                "there is no such folder", where=str(self._path.parent), mend="Make it, or name another"
            ) from raised
        except OSError as raised:
            fault = self.fault(raised)
            assert fault is not None
            raise fault from raised
        super().open()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=self.patience_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        try:
            for pragma in (
                f"page_size={_PAGE_BYTES}",
                "journal_mode=WAL",
                "synchronous=FULL",
                "secure_delete=ON",
                f"cache_size=-{_CACHE_KIB}",
                f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
                f"journal_size_limit={_CHECKPOINT_PAGES * _PAGE_BYTES}",
                "trusted_schema=OFF",
            ):
                connection.execute(f"PRAGMA {pragma}").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
        assert self.in_transaction, "writing needs a transaction"
        places = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
        self._asked(self._run_many, sql, rows)

    def among(self, column: str, values: Iterable[Any]) -> Iterator[tuple[str, Values]]:
        left = iter(values)
        while chunk := list(islice(left, _SIZES[-1])):
            size = next(size for size in _SIZES if size >= len(chunk))
            places = ", ".join("?" * size)
            yield f"{column} IN ({places})", chunk + [chunk[-1]] * (size - len(chunk))

    def scrub(self) -> None:
        with self._mine():
            # ``secure_delete`` zeroes what is deleted, but not the copies that stay behind in the unused part
            # of a page when rows move to its neighbour: only writing the file anew takes those away.
            self._run("VACUUM")
            self.empty_log()

    def empty_log(self) -> None:
        """Move the write-ahead log into the file and cut it to nothing."""
        with self._mine():
            ((busy, _, _),) = self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            if busy:
                raise self.busy("another program is reading, so old bytes stay in the log")

    def _broken(self, driver: Any) -> bool:
        return False  # a file does not hang up

    def _open_transaction(self, driver: Any) -> bool:
        return bool(driver.in_transaction)

    def _no_ledger(self) -> InvalidInput:
        return InvalidInput("this file is no ledger", where=self.where, mend="Name another file")

    def fault(self, raised: BaseException) -> ShanyrakError | None:
        if isinstance(raised, OSError):
            return Unavailable(
                f"this file cannot be used ({raised.strerror})", where=self.where, mend="Name a file that can"
            )
        if not isinstance(raised, sqlite3.Error):
            return None
        extended = getattr(raised, "sqlite_errorcode", 0)
        code = extended & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return self.busy("another program is writing")
        if code == sqlite3.SQLITE_FULL:
            return self.full()
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
            return self.read_only()
        if code == sqlite3.SQLITE_NOTADB:
            return self._no_ledger()
        if code == sqlite3.SQLITE_CORRUPT:
            return self.damaged(str(raised))
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM):
            return Unavailable(
                f"the disk does not answer as it should ({raised}); what was being written was not kept",
                where=self.where,
                mend="Check that the disk is there, has room and may be written, and try again",
            )
        return None
