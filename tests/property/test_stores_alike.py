"""Whatever is done to them, in whatever order, a database answers as the store in memory does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.store import ChainState, Link, Mark, Part, Receipt, Row, Store, ThingRow
from shanyrak.facts.stores import schema
from shanyrak.facts.stores.memory import MemoryStore
from shanyrak.facts.stores.sql import open_store
from tests.postgres import Server, database_of, running_server

# Few of everything, so that the same one is met again and again; bytes that sort otherwise than text would.
IDS = [bytes(32), b"\x00" * 31 + b"\xff", b"\x7f" * 32, b"\x80" + bytes(31), b"\xff" * 32]
KEYS = [
    ChainKey(origin, chain * 16, scope)
    for origin in IDS[1:3]
    for chain in (b"\x01", b"\xfe")
    for scope in (b"", IDS[4])
]
NAMES = ["", "a", "B", "é", "з", "\U0001f525", "z\x7f"]
KINDS = ["point.opened", "point", "status.reported"]
NUMBERS = [0, 1, 65_535, 2**31, 2**53 - 1]

ids = st.sampled_from(IDS)
keys = st.sampled_from(KEYS)
names = st.sampled_from(NAMES)
numbers = st.sampled_from(NUMBERS)
parts = st.none() | st.binary(min_size=1, max_size=40)
some_bytes = st.binary(max_size=70)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    number, body, sealed = draw(st.integers(0, 12)), draw(parts), draw(parts)
    salt, sealed_salt = body and bytes(16), sealed and b"\xff" * 16
    return Fact(b'{"number":%d}' % number, bytes(64), salt, body, sealed_salt, sealed)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    fact, key = draw(facts()), draw(keys)
    about = draw(ids | st.just(fact.id))
    seq, v, prev = draw(numbers), draw(numbers), draw(st.just(b"") | ids)
    times = [draw(numbers) for _ in range(4)]
    return Row(fact.id, fact, key, seq, prev, draw(st.sampled_from(KINDS)), v, about, *times)


a_few_ids = st.lists(ids | facts().map(lambda fact: fact.id), max_size=6)
chain_states = st.builds(
    ChainState,
    keys,
    numbers,
    st.integers(-1, 2**53 - 1),
    st.lists(ids, max_size=3).map(tuple),
    st.lists(ids, max_size=2).map(tuple),
)
receipts = st.builds(Receipt, ids, ids, keys, numbers, numbers, ids, numbers, st.sampled_from(["headquarters", "safe"]))
things = st.builds(ThingRow, ids, names, some_bytes, ids, some_bytes, some_bytes)
links = st.builds(Link, ids, ids, names, ids)
marks = st.builds(Mark, ids, names, names)
dropped = st.tuples(facts().map(lambda fact: fact.id), st.sampled_from(["body", "sealed"]))


class Failing(Exception):
    """Ends a transaction that is not to be kept."""


class Alike(RuleBasedStateMachine):
    """Every rule does the same to both stores, inside a transaction that is then kept or not."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.plain: Store = MemoryStore()
        self.store = store
        self.transactions: list[Any] = []

    @precondition(lambda self: not self.transactions)
    @rule()
    def begin(self) -> None:
        for store in (self.plain, self.store):
            self.transactions.append(store.transaction())
            self.transactions[-1].__enter__()

    @precondition(lambda self: self.transactions)
    @rule()
    def commit(self) -> None:
        for transaction in self.transactions:
            transaction.__exit__(None, None, None)
        self.transactions.clear()

    @precondition(lambda self: self.transactions)
    @rule()
    def fail(self) -> None:
        for transaction in self.transactions:
            fault = Failing()
            assert not transaction.__exit__(Failing, fault, None)
        self.transactions.clear()

    def teardown(self) -> None:
        if self.transactions:
            self.fail()
        self.store.close()

    def write(self, name: str, *arguments: Any) -> None:
        own = not self.transactions
        if own:
            self.begin()
        for store in (self.plain, self.store):
            getattr(store, name)(*arguments)
        if own:
            self.commit()

    @rule(given=st.lists(rows(), max_size=5))
    def put_facts(self, given: list[Row]) -> None:
        self.write("put_facts", given)

    @rule(given=st.lists(st.tuples(facts().map(lambda fact: fact.id), numbers, numbers), max_size=3))
    def set_effective(self, given: list[tuple[bytes, int, int]]) -> None:
        self.write("set_effective", given)

    @rule(given=st.lists(facts(), max_size=3))
    def put_parts(self, given: list[Fact]) -> None:
        self.write("put_parts", given)

    @rule(given=st.lists(dropped, max_size=4))
    def drop_parts(self, given: list[tuple[bytes, Part]]) -> None:
        self.write("drop_parts", given)

    @precondition(lambda self: not self.transactions)
    @rule()
    def scrub(self) -> None:
        self.plain.scrub()
        self.store.scrub()

    @rule(given=st.lists(chain_states, max_size=3))
    def put_chains(self, given: list[ChainState]) -> None:
        self.write("put_chains", given)

    @rule(given=st.lists(receipts, max_size=3))
    def put_receipts(self, given: list[Receipt]) -> None:
        self.write("put_receipts", given)

    @rule(given=st.lists(things, max_size=3))
    def put_things(self, given: list[ThingRow]) -> None:
        self.write("put_things", given)

    @rule(thing=ids, given=st.lists(names, max_size=3))
    def put_names(self, thing: bytes, given: list[str]) -> None:
        self.write("put_names", thing, given)

    @rule(given=st.lists(links, max_size=3))
    def put_links(self, given: list[Link]) -> None:
        self.write("put_links", given)

    @rule(given=st.lists(ids, max_size=2))
    def drop_links(self, given: list[bytes]) -> None:
        self.write("drop_links", given)

    @rule(given=st.lists(marks, max_size=3))
    def put_marks(self, given: list[Mark]) -> None:
        self.write("put_marks", given)

    @rule(given=st.lists(ids, max_size=2))
    def drop_marks(self, given: list[bytes]) -> None:
        self.write("drop_marks", given)

    @rule()
    def clear_cache(self) -> None:
        self.write("clear_cache")

    @rule(name=names, value=st.none() | some_bytes)
    def put_value(self, name: str, value: bytes | None) -> None:
        self.write("put_value", name, value)

    @rule(asked=a_few_ids, key=keys, first=numbers, last=st.none() | numbers)
    def find(self, asked: list[bytes], key: ChainKey, first: int, last: int | None) -> None:
        self.same("has", asked)
        self.same("get", asked)
        self.same("get_things", asked)
        self.same("marks_of", asked)
        self.same("of_chain", key, first, last)
        self.same("get_chains", [key, KEYS[0]])
        self.same("all_chains", [key.scope])
        self.same("of_origins", [key.origin])
        for id in asked:
            self.same("of_thing", id)
            self.same("links_of", id)

    @rule(prefix=a_few_ids, length=st.integers(0, 33), odd=st.none() | st.integers(0, 15), most=st.integers(0, 4))
    def find_by_beginning(self, prefix: list[bytes], length: int, odd: int | None, most: int) -> None:
        for id in prefix:
            self.same("find_ids", (id + b"\x00")[:length], odd, most)

    @rule(after=st.integers(0, 8), limit=st.none() | st.integers(0, 5))
    def find_by_arrival(self, after: int, limit: int | None) -> None:
        self.same("arrived", after, limit)

    @rule(kinds=st.lists(st.sampled_from(KINDS), max_size=3), since=st.none() | numbers)
    def find_by_kind(self, kinds: list[str], since: int | None) -> None:
        self.same("of_kinds", kinds, since)

    @rule(name=names, type=st.none() | names)
    def find_by_text(self, name: str, type: str | None) -> None:
        self.same("find_names", name)
        self.same("get_value", name)
        self.same("all_things", type)
        self.same("marks", type)

    @invariant()
    def all_is_the_same(self) -> None:
        for question in ("count", "arrived", "grouped", "without_body", "all_chains", "all_things", "marks"):
            self.same(question)
        for key in KEYS[:3]:
            self.same("receipts", key)

    def same(self, question: str, *arguments: Any) -> None:
        plain, other = (getattr(store, question)(*arguments) for store in (self.plain, self.store))
        if isinstance(plain, Iterator):
            plain, other = list(plain), list(other)
        assert other == plain, question


@pytest.mark.slow
def test_sqlite_answers_as_memory_does(tmp_path: Path) -> None:
    count = 0

    def machine() -> Alike:
        nonlocal count
        count += 1
        return Alike(open_store(f"sqlite:///{tmp_path / f'{count}.db'}"))

    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=25))


@pytest.fixture
def postgres() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.mark.slow
def test_postgres_answers_as_memory_does(postgres: Server) -> None:
    url = postgres.new_database()
    open_store(url).close()
    tables = ", ".join(sorted(schema.TABLES - {"ledger"}))

    def machine() -> Alike:
        postgres.run(database_of(url), f"TRUNCATE {tables}")
        return Alike(open_store(url))

    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=20))
