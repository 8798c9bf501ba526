"""The port behind which a ledger is kept. Three stores stand behind it: memory, SQLite, PostgreSQL.

A store knows nothing of signatures, rules or trust: it keeps rows, finds them again, and makes a
transaction appear whole or not at all, on disk before ``transaction`` returns. All ids, keys and hashes are
raw bytes and sort as bytes in every store. Facts are never changed; only their bodies can be taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Literal, NamedTuple, Protocol

from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.order import Order

Part = Literal["body", "sealed"]


class Row(NamedTuple):
    """A fact and the columns a store finds it by."""

    id: bytes
    fact: Fact
    key: ChainKey
    seq: int
    prev: bytes
    """Empty at seq 0."""
    kind: str
    v: int
    about: bytes
    """The thing it speaks of: the header's ``about``, or the fact's own id where that is empty."""
    at_ms: int
    at_counter: int
    eff_ms: int
    """Effective time (``order.effective``); the one column that may be set again (``set_effective``)."""
    eff_counter: int

    @property
    def order(self) -> Order:
        """Its place among all facts."""
        return Order(self.eff_ms, self.eff_counter, self.key.origin, self.id)


class ChainState(NamedTuple):
    """What is here of one chain. ``heads`` and ``missing`` together name the exact set of its facts.

    heads : facts no other fact here follows, sorted; two or more are a fork
    missing : ``prev`` named by a fact here and not here itself, sorted; one or more are a gap
    """

    key: ChainKey
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody calls on it
    top_seq: int
    heads: tuple[bytes, ...]
    missing: tuple[bytes, ...]


class Receipt(NamedTuple):
    """One line of a ``receipt.noted``: a witness had ``key`` from ``first`` to ``last``, ending in ``head``."""

    fact: bytes
    """The ``receipt.noted`` itself."""
    witness: bytes
    """Who signed it."""
    key: ChainKey
    first: int
    last: int
    head: bytes
    time_ms: int
    level: str
    """``headquarters`` or ``safe``."""


class ThingRow(NamedTuple):
    """The folded state of one thing: a cache, rebuilt whenever the rules change."""

    id: bytes
    type: str
    state: bytes
    """Canonical JSON; its SHA-256 is ``hash``."""
    hash: bytes
    last: bytes
    """``Order`` of the last fact folded in, as 8 + 4 + 32 + 32 big-endian bytes."""
    extra: bytes
    """What the fold needs to go on from here and no state hash covers (free for the fold)."""


class Mark(NamedTuple):
    """Why a fact is kept and does not count as it stands, e.g. ``waits``, ``conflict``, ``newer``, ``unfit``."""

    fact: bytes
    mark: str
    reason: str


class Link(NamedTuple):
    """A typed link between things, said by a fact."""

    fact: bytes
    source: bytes
    field: str
    target: bytes


class Store(Protocol):
    """See the top of this file. Reading needs no transaction; every ``put_``, ``set_``, ``drop_`` does.

    Reads inside a transaction see its own writes. One transaction at a time; a second one waits for at most
    the store's patience and then raises Unavailable ("another program is writing").
    """

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing. A disk that is full or gone raises Unavailable, and nothing was kept."""
        ...

    def close(self) -> None: ...

    # facts ---------------------------------------------------------------------------------------------
    def put_facts(self, rows: Sequence[Row]) -> None:
        """Keep rows; those whose id is here already are left as they are. Order of arrival is kept."""
        ...

    def has(self, ids: Iterable[bytes]) -> set[bytes]:
        """Those of ``ids`` that are here."""
        ...

    def get(self, ids: Iterable[bytes]) -> dict[bytes, Row]:
        """The rows of ``ids`` that are here."""
        ...

    def of_thing(self, thing: bytes) -> list[Row]:
        """All facts about a thing, its creating fact too, sorted by ``Order``."""
        ...

    def of_chain(self, key: ChainKey, first: int = 0, last: int | None = None) -> list[Row]:
        """Facts of a chain with ``first <= seq <= last``, sorted by (seq, id)."""
        ...

    def of_origins(self, origins: Iterable[bytes]) -> Iterator[Row]:
        """All facts signed by any of these keys, in order of arrival."""
        ...

    def of_kinds(self, kinds: Iterable[str], since_ms: int | None = None) -> list[Row]:
        """All facts of these kinds (of an effective time not before ``since_ms``), sorted by ``Order``."""
        ...

    def arrived(self, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, Row]]:
        """Facts with their running number of arrival here, from ``after`` (excluded) on, in that order."""
        ...

    def grouped(self) -> Iterator[Row]:
        """All facts sorted by thing, then by ``Order``; read in a stream, so that a million fit (for rebuilding)."""
        ...

    def find_ids(self, prefix: bytes, odd_nibble: int | None = None, most: int = 10) -> list[bytes]:
        """Ids that begin with ``prefix`` (and then with the half byte ``odd_nibble``, 0 to 15), sorted."""
        ...

    def count(self) -> int:
        """How many facts are here."""
        ...

    def set_effective(self, times: Iterable[tuple[bytes, int, int]]) -> None:
        """Set (id, eff_ms, eff_counter)."""
        ...

    # bodies --------------------------------------------------------------------------------------------
    def put_parts(self, facts: Iterable[Fact]) -> None:
        """Put back bodies or sealed parts that were absent; parts that are here already stay."""
        ...

    def drop_parts(self, parts: Iterable[tuple[bytes, Part]]) -> None:
        """Take bodies or sealed parts away for good: no byte of them stays in the store's files after ``scrub``."""
        ...

    def scrub(self) -> None:
        """Make sure that dropped bytes are gone from the files (outside any transaction)."""
        ...

    def without_body(self) -> list[bytes]:
        """Facts whose body is not here, sorted."""
        ...

    # chains, receipts ----------------------------------------------------------------------------------
    def put_chains(self, chains: Iterable[ChainState]) -> None: ...

    def get_chains(self, keys: Iterable[ChainKey]) -> dict[ChainKey, ChainState]: ...

    def all_chains(self, scopes: Iterable[bytes] | None = None) -> list[ChainState]:
        """All chains (of these scopes), sorted by key."""
        ...

    def put_receipts(self, receipts: Iterable[Receipt]) -> None: ...

    def receipts(self, key: ChainKey) -> list[Receipt]:
        """Receipts for a chain, sorted by (time_ms, fact, first)."""
        ...

    def receipts_for(self, keys: Iterable[ChainKey]) -> dict[ChainKey, list[Receipt]]:
        """The same for many chains at once; those without a receipt are left out."""
        ...

    # the fold's cache ----------------------------------------------------------------------------------
    def put_things(self, things: Iterable[ThingRow]) -> None: ...

    def get_things(self, ids: Iterable[bytes]) -> dict[bytes, ThingRow]: ...

    def all_things(self, type: str | None = None) -> Iterator[ThingRow]:
        """All things (of a type), sorted by id."""
        ...

    def put_names(self, thing: bytes, names: Iterable[str]) -> None:
        """Replace the names by which a thing is found (already folded for comparison)."""
        ...

    def find_names(self, name: str) -> list[bytes]:
        """Things with exactly this folded name, sorted."""
        ...

    def put_links(self, links: Iterable[Link]) -> None: ...

    def drop_links(self, facts: Iterable[bytes]) -> None:
        """Forget the links said by these facts."""
        ...

    def links_of(self, thing: bytes) -> list[Link]:
        """Links from or to a thing, sorted."""
        ...

    def put_marks(self, marks: Iterable[Mark]) -> None:
        """Set the mark of a fact; a fact has at most one."""
        ...

    def drop_marks(self, facts: Iterable[bytes]) -> None: ...

    def marks(self, mark: str | None = None) -> list[Mark]:
        """All marks (of a sort), sorted by fact."""
        ...

    def marks_of(self, facts: Iterable[bytes]) -> dict[bytes, Mark]: ...

    def clear_cache(self) -> None:
        """Forget things, names, links and marks: the fold will be made anew."""
        ...

    # small values --------------------------------------------------------------------------------------
    def get_value(self, name: str) -> bytes | None: ...

    def put_value(self, name: str, value: bytes | None) -> None:
        """Keep a small value by name; None forgets it."""
        ...
