"""Whatever two ledgers hold, an exchange makes them equal, and framing and file give back what they were given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.facts.differing import lacking
from shanyrak.facts.digest import DigestTree
from shanyrak.facts.exchange import sync
from shanyrak.facts.fact import Fact
from shanyrak.facts.framing import decode, decode_some, encode, in_file_order
from shanyrak.facts.ledger_file import ledger_pieces, read_ledger_bytes
from shanyrak.facts.messages import read_message
from tests.unit.facts.exchange_drawn import Device, asking, bodiless, drawn, founding, held, ledger, row

NET, FOUNDING, FOUNDER = founding()
POINTS = [drawn(f"point {number}") for number in range(3)]
CHAINS = 4


def trusting(asked: Sequence[tuple[bytes, bytes, bytes]]) -> list[bool]:
    """Signatures are not what is tested here."""
    return [True] * len(asked)


def pool() -> list[Fact]:
    """60 facts in 8 chains, half of them forked after the third fact, with equal times among them."""
    facts = []
    for number in range(CHAINS):
        device = Device(f"device {number}", NET)
        for scope in (POINTS[number % 3], NET):
            facts += [device.say(about=scope, scope=scope, at=(1_000 + k // 2, 0)) for k in range(3)]
            clone = device.copy()
            facts += [device.say("stock.counted", about=scope, scope=scope, body={"n": k}) for k in range(3)]
            if number % 2:
                facts += [clone.say(about=scope, scope=scope, sealed={"note": "ж"}) for _ in range(3)]
    return facts


POOL = pool()
some = st.lists(st.booleans(), min_size=len(POOL), max_size=len(POOL)).map(
    lambda chosen: [fact for fact, here in zip(POOL, chosen, strict=True) if here]
)


@settings(max_examples=60)
@given(some, some, st.integers(100, 5_000))
def test_an_exchange_makes_any_two_ledgers_equal_and_loses_nothing(
    here: list[Fact], there: list[Fact], size: int
) -> None:
    one = ledger("one", [FOUNDING, *here], verifier=trusting)
    other = ledger("other", [FOUNDING, *there], verifier=trusting)
    report = sync(one, asking(other), batch_bytes=size)
    both = {fact.id for fact in (FOUNDING, *here, *there)}
    assert held(one).keys() == held(other).keys() == both
    assert one.state_hash() == other.state_hash()
    common = {fact.id for fact in here} & {fact.id for fact in there}
    assert (report.sent, report.received) == (len(here) - len(common), len(there) - len(common))
    assert sync(one, asking(other))[:2] == (0, 0)


@settings(max_examples=60)
@given(some, some)
def test_what_the_other_lacks_is_told_exactly_or_not_at_all(here: list[Fact], there: list[Fact]) -> None:
    one = ledger("one", [FOUNDING, *here], verifier=trusting)
    other = ledger("other", [FOUNDING, *there], verifier=trusting)
    theirs = {state.key: state for state in other.store.all_chains()}
    for mine in one.store.all_chains():
        state = theirs.get(mine.key)
        found = lacking(one.store, mine, *((state.heads, state.missing) if state else ((), ())))
        ids = {row.id for row in one.store.of_chain(mine.key)}
        ids_there = {row.id for row in other.store.of_chain(mine.key)}
        if ids_there <= ids:
            assert found is not None
            assert {row.id for row in found} == ids - ids_there
        else:
            assert found is None


@settings(max_examples=60)
@given(some, some)
def test_digests_are_equal_exactly_where_the_sets_are(here: list[Fact], there: list[Fact]) -> None:
    trees = []
    for name, facts in (("one", here), ("other", there)):
        trees.append(DigestTree(ledger(name, [FOUNDING, *facts], verifier=trusting).store.all_chains()))
    assert (trees[0].digest() == trees[1].digest()) == (here == there)


@settings(max_examples=100)
@given(st.permutations(POOL[:30]), st.sets(st.integers(0, 29)))
def test_a_stream_gives_back_any_facts_in_any_order(facts: list[Fact], without: set[int]) -> None:
    facts = [bodiless(fact) if k in without else fact for k, fact in enumerate(facts)]
    assert decode(encode(facts, NET), NET) == facts


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_mean_facts_that_encode_to_them(data: bytes) -> None:
    decoded = decode_some(data, NET)
    if not decoded.fault:
        assert encode(decoded.facts, NET) == data


@settings(max_examples=200)
@given(some, st.data())
def test_a_file_that_is_changed_in_any_way_is_refused(facts: list[Fact], data: st.DataObject) -> None:
    whole = b"".join(ledger_pieces(in_file_order(map(row, [FOUNDING, *facts])), NET))
    assert {fact.id for fact in read_ledger_bytes(whole).facts} == {fact.id for fact in (FOUNDING, *facts)}
    first = data.draw(st.integers(0, len(whole)))
    last = data.draw(st.integers(first, min(len(whole), first + 40)))
    changed = whole[:first] + data.draw(st.binary(max_size=40)) + whole[last:]
    if changed == whole:
        return
    try:
        read_ledger_bytes(changed)
    except Exception as refused:  # any other error than ours would be a fault of the reader
        assert type(refused).__name__ == "InvalidInput"
    else:
        raise AssertionError("a changed file was read")


@settings(max_examples=300)
@given(st.integers(0, 130), st.binary(max_size=80))
def test_any_payload_is_a_message_or_refused_as_bad_input(kind: int, payload: bytes) -> None:
    head = b"shx.\1" + bytes((kind,)) + len(payload).to_bytes(4, "big")
    try:
        read_message(head + payload + hashlib.sha256(head + payload).digest())
    except Exception as refused:
        assert type(refused).__name__ in ("InvalidInput", "Newer")
