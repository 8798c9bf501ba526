"""The digest tree: equal sets give equal digests, and a difference is found without naming what is equal."""

from __future__ import annotations

import hashlib
import random

import pytest

from shanyrak.facts.digest import ChainTable, DigestTree, chain_digest, chain_place
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.store import ChainState
from tests.unit.facts.exchange_drawn import Device, drawn, founding, ledger

NET, FOUNDING, FOUNDER = founding()


def chain(number: int, *heads: str, missing: tuple[str, ...] = ()) -> ChainState:
    key = ChainKey(drawn(f"origin {number}"), drawn(f"chain {number}", 16), drawn(f"scope {number % 7}"))
    named = [tuple(sorted(drawn(name) for name in names)) for names in (heads or (f"head {number}",), missing)]
    return ChainState(key, 5, 4, named[0], named[1])


CHAINS = [chain(number) for number in range(300)]


def test_the_digest_of_a_chain_covers_heads_and_what_is_missing_and_nothing_else() -> None:
    state = chain(1, "a", "b", missing=("c",))
    low, high = sorted((drawn("a"), drawn("b")))
    assert chain_digest(state) == hashlib.sha256(b"\0\0\0\2" + low + high + drawn("c")).digest()
    assert chain_digest(state._replace(count=9, top_seq=8)) == chain_digest(state)
    assert chain_digest(chain(1, "a", missing=("b", "c"))) != chain_digest(state)


def test_the_digest_of_a_bucket_is_over_its_chains_in_order() -> None:
    tree = DigestTree(CHAINS)
    entries = sorted((chain_place(state.key), chain_digest(state)) for state in CHAINS)
    for prefix in ("", "a", "3f", "77c"):
        inside = b"".join(place + digest for place, digest in entries if place.hex().startswith(prefix))
        assert tree.digest(prefix) == hashlib.sha256(inside).digest()


def test_it_depends_on_no_order() -> None:
    assert DigestTree(random.Random(1).sample(CHAINS, 300)).digest() == DigestTree(CHAINS).digest()


def test_the_children_of_a_bucket_hold_its_chains_and_no_others() -> None:
    tree = DigestTree(CHAINS)
    assert sum(tree.size(f"{digit:x}") for digit in range(16)) == len(tree) == 300
    assert [state for digit in range(16) for state in tree.bucket(f"{digit:x}")] == tree.bucket("")


@pytest.mark.parametrize("digit", ["0", "f"])
def test_the_first_and_the_last_place_of_all_are_in_the_tree(digit: str) -> None:
    tree = DigestTree([])
    tree.places, tree.states = [bytes.fromhex(digit * 64)], [CHAINS[0]]
    for depth in (0, 1, 7, 63, 64):
        assert tree.size(digit * depth) == 1


def test_one_changed_chain_changes_exactly_the_buckets_it_lies_in() -> None:
    changed = [chain(7, "other"), *(one for one in CHAINS if one != CHAINS[7])]
    before, after = DigestTree(CHAINS), DigestTree(changed)
    place = chain_place(CHAINS[7].key).hex()
    for depth in range(3):
        for number in range(16**depth):
            prefix = f"{number:x}".rjust(depth, "0") if depth else ""
            assert (before.digest(prefix) != after.digest(prefix)) == place.startswith(prefix)


def test_the_table_of_a_store_is_kept_up_from_what_arrives() -> None:
    host, point = Device("host", NET), drawn("point")
    facts = [host.say(about=point, scope=point) for _ in range(3)]
    of = ledger("one", [FOUNDING, facts[0]])
    table = ChainTable(of.store)
    for fact in (facts[2], facts[1]):  # a gap, then it closes
        of.accept([fact])
        assert table.tree().digest() == ChainTable(of.store).tree().digest()
    assert table.tree(frozenset([point])).digest() == DigestTree(of.store.all_chains([point])).digest()
    assert len(table.tree(frozenset([point]))) == 1
    assert len(table.tree(frozenset())) == 0
