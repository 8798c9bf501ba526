"""One connection to a database, used by any thread, one at a time; its transactions and its faults.

Statements are written once, with ``?`` for what is filled in, in the SQL both databases understand; where
they differ, ``sqlite.py`` and ``postgresql.py`` say how.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

import sqlalchemy as sa

from shanyrak.core.errors import Damaged, ShanyrakError, Unavailable
from shanyrak.facts.stores import schema

Values = Sequence[Any]


class Database(ABC):
    """See the top of this file.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Makes connections that commit by themselves; transactions are begun and ended here.
    where : str
        How faults name this database: a path, or an address without its password.
    patience_s : float
        How long to wait for whoever else is writing.
    """

    greeting: Sequence[str] = ()
    """Said on every new connection."""
    begin: Sequence[str]
    """Begins a transaction that nobody else can write beside."""

    def __init__(self, engine: sa.Engine, where: str, patience_s: float) -> None:
        self.where = where
        self.patience_s = patience_s
        self._engine = engine
        self._turn = threading.RLock()
        self._connection: sa.Connection | None = None
        self._closed = False
        self._writing = False
        self._failed: ShanyrakError | None = None

    def open(self) -> None:
        """Connect, and bring the tables forward where they are older than this program."""
        try:
            with self._mine():
                connection = self._connected()
                if not self._asked(schema.is_current, connection, self.where):
                    with self.transaction():
                        # Another program may have done it while this one waited for its turn.
                        if not self._asked(schema.is_current, connection, self.where):
                            self._asked(schema.upgrade, connection)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        with self._turn:
            self._closed = True
            self._drop_connection()
            self._engine.dispose()

    # reading and writing -------------------------------------------------------------------------------
    def rows(self, sql: str, values: Values = ()) -> Sequence[Any]:
        """All rows a statement finds."""
        with self._mine():
            found: Sequence[Any] = self._asked(self._read, self.in_dialect(sql), values)
            return found

    def rows_among(self, sql: str, column: str, values: Iterable[Any]) -> Iterator[Any]:
        """Rows where a column is one of the values, however many those are; ``sql`` ends before the condition."""
        for condition, chunk in self.among(column, dict.fromkeys(values)):
            yield from self.rows(sql + condition, chunk)

    def write(self, sql: str, values: Values = ()) -> None:
        """Run one statement that changes something."""
        assert self.in_transaction, "writing needs a transaction"
        self._run(sql, values)

    def write_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each of ``rows``."""
        assert self.in_transaction, "writing needs a transaction"
        self._asked(self._run_many, self.in_dialect(sql), rows)

    @abstractmethod
    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
        """Put many rows, none of them there yet, into a table by the fastest way there is."""

    @abstractmethod
    def among(self, column: str, values: Iterable[Any]) -> Iterator[tuple[str, Values]]:
        """Conditions "column is one of these", each with its values, for as many values as fit one statement."""

    @abstractmethod
    def scrub(self) -> None:
        """Rewrite the tables so that nothing deleted stays behind in them."""

    @abstractmethod
    def fault(self, raised: BaseException) -> ShanyrakError | None:
        """What a driver's error means; None where it is a fault of our own."""

    # transactions --------------------------------------------------------------------------------------
    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside a transaction (another thread's is no business of this one)."""
        if not self._turn.acquire(blocking=False):
            return False
        try:
            return self._writing
        finally:
            self._turn.release()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on disk when it ends. A failed statement fails the whole, even if its error was caught."""
        with self._mine():
            assert not self._writing, "a transaction inside a transaction"
            self._failed = None
            self._begin()
            self._writing = True
            try:
                yield
                if self._failed is not None:
                    raise self._failed
                self._run("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._writing = False
                self._failed = None

    def _begin(self) -> None:
        try:
            for statement in self.begin:
                self._run(statement)
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        """Back to before; where even that fails, the connection goes, and with it all that it had not committed."""
        self._failed = None
        try:
            if self._connection is not None and self._open_transaction(self._driver):
                self._run("ROLLBACK")
        except Exception:
            self._drop_connection()

    @abstractmethod
    def _broken(self, driver: Any) -> bool:
        """Whether nothing can be asked over this connection any more."""

    @abstractmethod
    def _open_transaction(self, driver: Any) -> bool:
        """Whether the database holds a transaction of this connection open (a full disk may have ended it)."""

    # the connection ------------------------------------------------------------------------------------
    @contextmanager
    def _mine(self) -> Iterator[None]:
        """The connection belongs to this thread for a while."""
        if not self._turn.acquire(timeout=self.patience_s):
            raise self.busy("another program is writing")
        try:
            yield
        finally:
            self._turn.release()

    def _connected(self) -> sa.Connection:
        if self._connection is None:
            assert not self._closed, "the store was closed"
            self._connection = self._asked(self._engine.connect)
            for statement in self.greeting:
                self._run(statement)
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.invalidate()
            with suppress(Exception):
                connection.close()

    @property
    def _driver(self) -> Any:
        """The driver's own connection: a statement through SQLAlchemy takes several times as long."""
        return self._connected().connection.dbapi_connection

    def _run(self, sql: str, values: Values = ()) -> None:
        self._asked(self._execute, self.in_dialect(sql), values)

    def _execute(self, sql: str, values: Values) -> None:
        self._driver.execute(sql, values).close()

    def _run_many(self, sql: str, rows: Iterable[Values]) -> None:
        with closing(self._driver.cursor()) as cursor:
            cursor.executemany(sql, rows)

    def _read(self, sql: str, values: Values) -> Sequence[Any]:
        # Reading a row may fail as much as asking for it.
        cursor = self._driver.execute(sql, values)
        try:
            found: Sequence[Any] = cursor.fetchall()
            return found
        finally:
            cursor.close()

    def in_dialect(self, sql: str) -> str:
        """The statement as the driver wants it."""
        return sql

    def _asked(self, act: Any, *arguments: Any) -> Any:
        """Do something with the database; its errors come out as ours, and fail the transaction for good."""
        if self._failed is not None:
            raise self._failed
        try:
            return act(*arguments)
        except Exception as raised:
            fault = raised if isinstance(raised, ShanyrakError) else self._fault_of(raised)
            if fault is None:
                raise
            if self._writing:
                self._failed = fault
            elif self._connection is not None and self._broken(self._driver):
                self._drop_connection()
            if fault is raised:
                raise
            raise fault from raised

    def _fault_of(self, raised: BaseException) -> ShanyrakError | None:
        return self.fault(raised.orig) if isinstance(raised, sa.exc.DBAPIError) and raised.orig else self.fault(raised)

    # faults --------------------------------------------------------------------------------------------
    def busy(self, what: str) -> Unavailable:
        """Somebody else has it."""
        return Unavailable(
            f"{what}, and did not finish within {self.patience_s:g} s", where=self.where, mend="Try again in a moment"
        )

    def full(self) -> Unavailable:
        """No room."""
        return Unavailable(
            "the disk is full; what was being written was not kept",
            where=self.where,
            mend="Make room and try again; all that was kept before is still there",
        )

    def read_only(self) -> Unavailable:
        """May not be written."""
        return Unavailable(
            "this ledger may not be written by this user, or its disk is read-only",
            where=self.where,
            mend="Give this user the right to write it and the folder it lies in",
        )

    def damaged(self, detail: str) -> Damaged:
        """Not what was written."""
        return Damaged(
            f"the database is damaged ({detail})",
            where=self.where,
            mend="Restore a backup beside it (shanyrak ledger restore); then exchange with every device that has more",
        )
