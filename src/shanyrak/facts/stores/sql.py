"""The ledger's store in a database: SQLite (one file, the default) or PostgreSQL.

Statements go to the driver as they stand here: building them anew for every question would cost more than
answering it. ``migrations`` holds the tables; ``database`` the connection, its transactions and faults.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.store import ChainState, Link, Mark, Part, Receipt, Row, ThingRow
from shanyrak.facts.stores.absent import Absent
from shanyrak.facts.stores.chain_numbers import ChainNumbers
from shanyrak.facts.stores.database import Database
from shanyrak.facts.stores.memory import ID_BYTES, id_range, order_of

_PAGE_ROWS = 2_000

_FACT_COLUMNS = (
    *("arrival", "id", "raw", "sig", "chain_no", "seq", "prev", "kind", "v", "about"),
    *("at_ms", "at_counter", "eff_ms", "eff_counter", "salt", "body", "sealed_salt", "sealed"),
)
_SELECT = f"SELECT {', '.join(_FACT_COLUMNS)} FROM facts WHERE "
_ABOUT = 9
"""Where ``about`` is among what ``_SELECT`` gives."""
_CHAIN_COLUMNS = "origin, chain, scope, count, top_seq, heads, missing"
_RECEIPT_COLUMNS = "fact, witness, chain_no, first, last, head, time_ms, level"
_THING_COLUMNS = "id, type, state, hash, last, extra"
_ARRIVAL_OF = "(SELECT arrival FROM facts WHERE id = ?)"


def open_store(url: str, *, patience_s: float = 5.0) -> SqlStore:
    """Open a ledger, or begin one where there is none; its tables are brought forward where they are older.

    Parameters
    ----------
    url : str
        ``sqlite:///PATH`` (a fourth slash makes PATH absolute) or ``postgresql://USER:PASSWORD@HOST/DATABASE``.
    patience_s : float
        How long to wait for another program that is writing, and for a database server to answer.

    Raises
    ------
    InvalidInput
        No such kind of address, something that is no ledger, or a ledger of a newer program.
    Unavailable
        Not to be reached, not to be written, locked for longer than ``patience_s``, or the disk is full.
    Damaged
        The database is not what was written.
    """
    scheme, _, rest = url.partition("://")
    database: Database
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from shanyrak.facts.stores.sqlite import SqliteFile

        database = SqliteFile(Path(rest[1:]), patience_s)
    elif scheme in ("postgresql", "postgres"):
        from shanyrak.facts.stores.postgresql import PostgresDatabase

        database = PostgresDatabase("postgresql://" + rest, patience_s)
    else:
        raise InvalidInput(
            "this is no address of a ledger",
            where=scheme or url,
            mend="Write sqlite:///PATH or postgresql://USER@HOST/DATABASE",
        )
    database.open()
    return SqlStore(database)


class SqlStore:
    """See ``store.Store``."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._numbers = ChainNumbers(database)
        self._absent = Absent()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        begun = False
        try:
            with self._db.transaction():
                begun = True
                self._numbers.begin()
                yield
        except BaseException:
            if begun:
                self._numbers.roll_back()
                self._absent.forget()
            raise

    def close(self) -> None:
        self._db.close()

    # facts ---------------------------------------------------------------------------------------------
    def put_facts(self, rows: Sequence[Row]) -> None:
        assert self._db.in_transaction, "writing needs a transaction"
        here = self.has(row.id for row in rows)
        new: dict[bytes, Row] = {}
        for row in rows:
            if row.id not in here:
                new.setdefault(row.id, row)
        numbers = self._numbers.of({row.key for row in new.values()}, make=True)
        count = self.count()
        here_first = list(enumerate(new.values(), start=count + 1))
        self._absent.came(new, count + len(new))
        self._db.insert(
            "facts",
            _FACT_COLUMNS,
            (
                (no, id, f.raw, f.sig, numbers[key], *columns, f.salt, f.body, f.sealed_salt, f.sealed)
                for no, (id, f, key, *columns) in here_first
            ),
        )
        self._db.insert("bodiless", ("arrival",), ((no,) for no, row in here_first if row.fact.body is None))

    def has(self, ids: Iterable[bytes]) -> set[bytes]:
        wanted = self._absent.unknown(ids, self.count())
        here = {found[0] for found in self._db.rows_among("SELECT id FROM facts WHERE ", "id", wanted)}
        self._absent.learn(id for id in wanted if id not in here)
        return here

    def get(self, ids: Iterable[bytes]) -> dict[bytes, Row]:
        return {row.id: row for row in self._to_rows(self._db.rows_among(_SELECT, "id", ids))}

    def of_thing(self, thing: bytes) -> list[Row]:
        return sorted(self._to_rows(self._db.rows(_SELECT + "about = ?", (thing,))), key=order_of)

    def of_chain(self, key: ChainKey, first: int = 0, last: int | None = None) -> list[Row]:
        number = self._numbers.of([key]).get(key)
        if number is None:
            return []
        upto = "" if last is None else " AND seq <= ?"
        values = (number, first) if last is None else (number, first, last)
        sql = _SELECT + f"chain_no = ? AND seq >= ?{upto} ORDER BY seq, id"
        return self._to_rows(self._db.rows(sql, values))

    def of_origins(self, origins: Iterable[bytes]) -> Iterator[Row]:
        numbers = [row[0] for row in self._db.rows_among("SELECT chain_no FROM chains WHERE ", "origin", origins)]
        found = self._db.rows_among("SELECT arrival FROM facts WHERE ", "chain_no", numbers)
        arrivals = sorted(row[0] for row in found)
        for first in range(0, len(arrivals), _PAGE_ROWS):
            page = list(self._db.rows_among(_SELECT, "arrival", arrivals[first : first + _PAGE_ROWS]))
            yield from self._to_rows(sorted(page, key=lambda row: row[0]))

    def of_kinds(self, kinds: Iterable[str], since_ms: int | None = None) -> list[Row]:
        since = "" if since_ms is None else f"eff_ms >= {int(since_ms)} AND "
        return sorted(self._to_rows(self._db.rows_among(_SELECT + since, "kind", kinds)), key=order_of)

    def arrived(self, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, Row]]:
        left = limit
        while left is None or left > 0:
            size = _PAGE_ROWS if left is None else min(left, _PAGE_ROWS)
            page = self._db.rows(_SELECT + "arrival > ? ORDER BY arrival LIMIT ?", (after, size))
            yield from zip((row[0] for row in page), self._to_rows(page))
            if len(page) < size:
                return
            after = page[-1][0]
            left = None if left is None else left - size

    def grouped(self) -> Iterator[Row]:
        last: tuple[bytes, int] = (b"", 0)
        thing: list[Row] = []
        while True:
            sql = _SELECT + "(about, arrival) > (?, ?) ORDER BY about, arrival LIMIT ?"
            page = self._db.rows(sql, (*last, _PAGE_ROWS))
            for row in self._to_rows(page):
                if thing and thing[0].about != row.about:
                    yield from sorted(thing, key=order_of)
                    thing = []
                thing.append(row)
            if len(page) < _PAGE_ROWS:
                break
            last = (page[-1][_ABOUT], page[-1][0])
        yield from sorted(thing, key=order_of)

    def find_ids(self, prefix: bytes, odd_nibble: int | None = None, most: int = 10) -> list[bytes]:
        bounds = id_range(prefix, odd_nibble)
        if bounds is None:
            return []
        found = self._db.rows("SELECT id FROM facts WHERE id >= ? AND id <= ? ORDER BY id LIMIT ?", (*bounds, most))
        return [row[0] for row in found]

    def count(self) -> int:
        # Facts are numbered without a gap and never taken away, so nothing needs counting.
        ((last,),) = self._db.rows("SELECT max(arrival) FROM facts")
        return last or 0

    def set_effective(self, times: Iterable[tuple[bytes, int, int]]) -> None:
        changes = [(ms, counter, id) for id, ms, counter in times]
        self._db.write_many("UPDATE facts SET eff_ms = ?, eff_counter = ? WHERE id = ?", changes)

    # bodies --------------------------------------------------------------------------------------------
    def put_parts(self, facts: Iterable[Fact]) -> None:
        bodies, sealed = [], []
        for fact in facts:
            id = fact.id
            if fact.body is not None:
                bodies.append((fact.salt, fact.body, id))
            if fact.sealed is not None:
                sealed.append((fact.sealed_salt, fact.sealed, id))
        self._db.write_many("UPDATE facts SET salt = ?, body = ? WHERE id = ? AND body IS NULL", bodies)
        self._db.write_many(f"DELETE FROM bodiless WHERE arrival = {_ARRIVAL_OF}", [(id,) for _, _, id in bodies])
        self._db.write_many("UPDATE facts SET sealed_salt = ?, sealed = ? WHERE id = ? AND sealed IS NULL", sealed)

    def drop_parts(self, parts: Iterable[tuple[bytes, Part]]) -> None:
        by_part: dict[str, list[tuple[bytes]]] = {"body": [], "sealed": []}
        for id, part in parts:
            by_part[part].append((id,))
        self._db.write_many("UPDATE facts SET salt = NULL, body = NULL WHERE id = ?", by_part["body"])
        self._db.write_many(
            "INSERT INTO bodiless (arrival) SELECT arrival FROM facts WHERE id = ? ON CONFLICT DO NOTHING",
            by_part["body"],
        )
        self._db.write_many("UPDATE facts SET sealed_salt = NULL, sealed = NULL WHERE id = ?", by_part["sealed"])
        if any(by_part.values()):
            self._db.write("UPDATE ledger SET dropped = dropped + 1")

    def scrub(self) -> None:
        """Rewrite the tables if anything was dropped since the last time.

        That costs a pass over the whole ledger (tens of seconds for a million facts), during which nobody
        else can write, and as much free disk again as the file takes: once after many drops, not after each.
        What is due is remembered in the ledger itself until it was done.

        SQLite: the file is written anew and its log cut, so that no byte of a dropped part, or of what the
        fold made of it before it was folded again, is left in either. PostgreSQL: the tables are written
        anew; its own write-ahead log, its archive and its standbys keep old bytes until they are recycled,
        which is the server's business.
        """
        assert not self._db.in_transaction, "scrub inside a transaction"
        ((dropped,),) = self._db.rows("SELECT dropped FROM ledger")
        if dropped:
            self._db.scrub()
            with self._db.transaction():
                # Only if nothing was dropped meanwhile; else the next scrub has work.
                self._db.write("UPDATE ledger SET dropped = 0 WHERE dropped = ?", (dropped,))

    def without_body(self) -> list[bytes]:
        found = self._db.rows("SELECT id FROM facts WHERE arrival IN (SELECT arrival FROM bodiless) ORDER BY id")
        return [row[0] for row in found]

    # chains, receipts ----------------------------------------------------------------------------------
    def put_chains(self, chains: Iterable[ChainState]) -> None:
        states = list(chains)
        assert self._db.in_transaction, "writing needs a transaction"
        numbers = self._numbers.of([state.key for state in states], make=True)
        self._db.write_many(
            "UPDATE chains SET count = ?, top_seq = ?, heads = ?, missing = ? WHERE chain_no = ?",
            [(s.count, s.top_seq, b"".join(s.heads), b"".join(s.missing), numbers[s.key]) for s in states],
        )

    def get_chains(self, keys: Iterable[ChainKey]) -> dict[ChainKey, ChainState]:
        numbers = self._numbers.of(keys).values()
        found = self._db.rows_among(
            f"SELECT {_CHAIN_COLUMNS} FROM chains WHERE count IS NOT NULL AND ", "chain_no", numbers
        )
        return {state.key: state for state in _to_chains(found)}

    def all_chains(self, scopes: Iterable[bytes] | None = None) -> list[ChainState]:
        sql = f"SELECT {_CHAIN_COLUMNS} FROM chains WHERE count IS NOT NULL"
        found = self._db.rows(sql) if scopes is None else list(self._db.rows_among(sql + " AND ", "scope", scopes))
        return sorted(_to_chains(found), key=lambda state: state.key)

    def put_receipts(self, receipts: Iterable[Receipt]) -> None:
        given = list(receipts)
        assert self._db.in_transaction, "writing needs a transaction"
        numbers = self._numbers.of([receipt.key for receipt in given], make=True)
        self._db.write_many(
            f"INSERT INTO receipts ({_RECEIPT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [(r.fact, r.witness, numbers[r.key], r.first, r.last, r.head, r.time_ms, r.level) for r in given],
        )

    def receipts(self, key: ChainKey) -> list[Receipt]:
        return self.receipts_for([key]).get(key, [])

    def receipts_for(self, keys: Iterable[ChainKey]) -> dict[ChainKey, list[Receipt]]:
        numbers = {number: key for key, number in self._numbers.of(keys).items()}
        found: dict[ChainKey, list[Receipt]] = {}
        sql = f"SELECT {_RECEIPT_COLUMNS} FROM receipts WHERE "
        for fact, witness, number, *rest in self._db.rows_among(sql, "chain_no", numbers):
            key = numbers[number]
            found.setdefault(key, []).append(Receipt(fact, witness, key, *rest))
        for receipts in found.values():
            receipts.sort(key=lambda r: (r.time_ms, r.fact, r.first, r.last, r.head, r.witness, r.level))
        return found

    # the fold's cache ----------------------------------------------------------------------------------
    def put_things(self, things: Iterable[ThingRow]) -> None:
        self._db.write_many(
            f"INSERT INTO things ({_THING_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " type = excluded.type, state = excluded.state, hash = excluded.hash,"
            " last = excluded.last, extra = excluded.extra",
            (tuple(thing) for thing in things),
        )

    def get_things(self, ids: Iterable[bytes]) -> dict[bytes, ThingRow]:
        found = self._db.rows_among(f"SELECT {_THING_COLUMNS} FROM things WHERE ", "id", ids)
        return {row[0]: ThingRow(*row) for row in found}

    def all_things(self, type: str | None = None) -> Iterator[ThingRow]:
        last = b""
        of_type = "" if type is None else "type = ? AND "
        sql = f"SELECT {_THING_COLUMNS} FROM things WHERE {of_type}id > ? ORDER BY id LIMIT ?"
        while True:
            page = self._db.rows(sql, (last, _PAGE_ROWS) if type is None else (type, last, _PAGE_ROWS))
            for row in page:
                yield ThingRow(*row)
            if len(page) < _PAGE_ROWS:
                return
            last = page[-1][0]

    def put_names(self, thing: bytes, names: Iterable[str]) -> None:
        self._db.write("DELETE FROM names WHERE thing = ?", (thing,))
        self._db.write_many(
            "INSERT INTO names (thing, name) VALUES (?, ?) ON CONFLICT DO NOTHING", [(thing, name) for name in names]
        )

    def find_names(self, name: str) -> list[bytes]:
        return [row[0] for row in self._db.rows("SELECT thing FROM names WHERE name = ? ORDER BY thing", (name,))]

    def put_links(self, links: Iterable[Link]) -> None:
        self._db.write_many(
            "INSERT INTO links (fact, source, field, target) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (tuple(link) for link in links),
        )

    def drop_links(self, facts: Iterable[bytes]) -> None:
        self._db.write_many("DELETE FROM links WHERE fact = ?", ((fact,) for fact in facts))

    def links_of(self, thing: bytes) -> list[Link]:
        sql = "SELECT fact, source, field, target FROM links WHERE source = ? OR target = ?"
        return sorted(Link(*row) for row in self._db.rows(sql, (thing, thing)))

    def put_marks(self, marks: Iterable[Mark]) -> None:
        self._db.write_many(
            "INSERT INTO marks (fact, mark, reason) VALUES (?, ?, ?)"
            " ON CONFLICT (fact) DO UPDATE SET mark = excluded.mark, reason = excluded.reason",
            (tuple(mark) for mark in marks),
        )

    def drop_marks(self, facts: Iterable[bytes]) -> None:
        self._db.write_many("DELETE FROM marks WHERE fact = ?", ((fact,) for fact in facts))

    def marks(self, mark: str | None = None) -> list[Mark]:
        sql = "SELECT fact, mark, reason FROM marks"
        if mark is None:
            found = self._db.rows(f"{sql} ORDER BY fact")
        else:
            found = self._db.rows(f"{sql} WHERE mark = ? ORDER BY fact", (mark,))
        return [Mark(*row) for row in found]

    def marks_of(self, facts: Iterable[bytes]) -> dict[bytes, Mark]:
        found = self._db.rows_among("SELECT fact, mark, reason FROM marks WHERE ", "fact", facts)
        return {row[0]: Mark(*row) for row in found}

    def clear_cache(self) -> None:
        for table in ("things", "names", "links", "marks"):
            self._db.write(f"DELETE FROM {table}")

    # small values --------------------------------------------------------------------------------------
    def get_value(self, name: str) -> bytes | None:
        found = self._db.rows("SELECT value FROM small_values WHERE name = ?", (name,))
        return found[0][0] if found else None

    def put_value(self, name: str, value: bytes | None) -> None:
        if value is None:
            self._db.write("DELETE FROM small_values WHERE name = ?", (name,))
        else:
            self._db.write(
                "INSERT INTO small_values (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    # from and to the tables ----------------------------------------------------------------------------
    def _to_rows(self, found: Iterable[Any]) -> list[Row]:
        lines = list(found)
        keys = self._numbers.keys({line[4] for line in lines})
        return [
            Row(id, Fact(raw, sig, salt, body, sealed_salt, sealed), keys[chain_no], *columns)
            for _, id, raw, sig, chain_no, *columns, salt, body, sealed_salt, sealed in lines
        ]


def _to_chains(found: Iterable[Any]) -> Iterator[ChainState]:
    for origin, chain, scope, count, top_seq, heads, missing in found:
        yield ChainState(ChainKey(origin, chain, scope), count, top_seq, _split(heads), _split(missing))


def _split(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[first : first + ID_BYTES] for first in range(0, len(joined), ID_BYTES))
