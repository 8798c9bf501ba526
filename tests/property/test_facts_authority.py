"""Who may say what: what holds for every set of admissions, revocations and receipts (``spec/authority.md``)."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.facts.authority import Authority, AuthorityFact
from tests.authority_drawn import ADMITS, NET, Seen, admitted, founded, h, replaced, revoked, roles, weigh, within
from tests.authority_twin import holdings

KEYS = ("F", "A", "B", "C", "D", "paper")
STRANGER = "stranger"
SCOPES = ("net", "north", "south", "p1", "p2", "p3")
TIMES = st.integers(0, 12)
KEY = st.sampled_from(KEYS)


@st.composite
def said(draw: st.DrawFn, name: str) -> AuthorityFact:
    """One fact about trust, by and about a handful of keys, so that circles are common."""
    by, key, at = draw(KEY), draw(KEY), draw(TIMES)
    what = draw(st.sampled_from(["admitted"] * 5 + ["revoked"] * 2 + ["replaced"]))
    if what == "revoked":
        return revoked(name, by, key, at)
    if what == "replaced":
        return replaced(name, by, draw(KEY), key, at)
    lifts = draw(st.lists(st.sampled_from([f"fact {n}" for n in range(8)]), max_size=2))
    return admitted(
        name,
        by,
        key,
        draw(st.sampled_from(sorted(ADMITS))),
        at,
        draw(st.sampled_from(SCOPES)),
        until_ms=draw(st.none() | TIMES),
        replaces=draw(st.just("") | KEY),
        lifts=lifts,
    )


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[AuthorityFact], Seen]:
    """A founded network, and who saw what when."""
    count = draw(st.integers(0, 14))
    facts = [founded(), *(draw(said(f"fact {n}")) for n in range(count))]
    seen = Seen()
    for n in range(draw(st.integers(0, 10))):
        fact = draw(
            st.sampled_from([f"fact {k}" for k in range(count)] + [f"note {k}" for k in range(n)] or ["fact 0"])
        )
        seen.add(fact, draw(KEY), draw(TIMES), draw(st.sampled_from(SCOPES)), noted=f"note {n}")
    return facts, seen


@given(networks(), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_the_order_of_arrival_never_matters(network: tuple[list[AuthorityFact], Seen], chance: random.Random) -> None:
    facts, seen = network
    shuffled = list(facts)
    chance.shuffle(shuffled)
    mixed = Seen({fact: chance.sample(found, len(found)) for fact, found in seen.items()})
    assert weigh(facts, seen).to_bytes() == weigh(shuffled, mixed).to_bytes()
    assert weigh(facts + facts, seen).to_bytes() == weigh(facts, seen).to_bytes()


@given(networks())
@settings(max_examples=80, deadline=None)
def test_everybody_who_counts_was_let_in_from_the_founder_or_from_paper(
    network: tuple[list[AuthorityFact], Seen],
) -> None:
    facts, seen = network
    authority = weigh(facts, seen)
    reached = {h("paper")}
    held = {key: authority.roles_of(h(key)) for key in KEYS}
    grown = True
    while grown:
        before = len(reached)
        reached |= {h(key) for key, found in held.items() if any(one.by in reached or one.fact == NET for one in found)}
        grown = len(reached) > before
    for key, found in held.items():
        if key != "paper":
            assert not found or h(key) in reached
        assert all(one.by in reached for one in found)


@given(networks(), st.lists(st.tuples(st.sampled_from(["admit", "revoke", "replace", "see"]), KEY, TIMES), max_size=6))
@settings(max_examples=80, deadline=None)
def test_what_strangers_say_changes_nothing(
    network: tuple[list[AuthorityFact], Seen], words: list[tuple[str, str, int]]
) -> None:
    facts, seen = network
    more, noise = list(facts), Seen({fact: list(found) for fact, found in seen.items()})
    for n, (what, key, at) in enumerate(words):
        name = f"noise {n}"
        if what == "admit":
            more.append(admitted(name, STRANGER, key, "admin", at, replaces="F"))
        elif what == "revoke":
            more.append(revoked(name, STRANGER, key, at))
        elif what == "replace":
            more.append(replaced(name, STRANGER, "F", key, at))
        else:
            noise.add(f"fact {at}", STRANGER, 0)
    quiet, loud = weigh(facts, seen), weigh(more, noise)
    assert all(quiet.roles_of(h(key)) == loud.roles_of(h(key)) for key in (*KEYS, STRANGER))
    assert all(loud.standing.get(fact.id, "") == quiet.standing.get(fact.id, "") for fact in facts)
    assert all(loud.standing[fact.id] for fact in more[len(facts) :])


@given(TIMES, TIMES, st.booleans())
def test_admins_who_revoke_each_other_unseen_are_both_out(first: int, second: int, headquarters: bool) -> None:
    facts = [
        founded(),
        admitted("F+A", "F", "A", "admin", 0),
        revoked("F-A", "F", "A", first),
        revoked("A-F", "A", "F", second),
    ]
    if headquarters:
        facts.append(admitted("p+H", "paper", "H", "headquarters", 0))
    authority = weigh(facts)
    assert roles(authority, "F") == roles(authority, "A") == set()


@given(networks(), said("new"))
@settings(max_examples=80, deadline=None)
def test_adding_one_is_weighing_all(network: tuple[list[AuthorityFact], Seen], new: AuthorityFact) -> None:
    facts, seen = network
    new = new._replace(body={name: value for name, value in new.body.items() if name not in ("replaces", "lifts")})
    for key in (None, "newcomer"):
        if key is not None and "key" in new.body:
            new = new._replace(body={**new.body, "key": h(key).hex()})
        authority = Authority.from_bytes(weigh(facts, seen).to_bytes(), within)
        before = authority.to_bytes()
        if authority.add(new):
            assert authority.differs(weigh([*facts, new], seen)) == frozenset()
        else:
            assert authority.to_bytes() == before


@given(networks())
@settings(max_examples=80, deadline=None)
def test_who_is_revoked_counts_for_nothing_unwitnessed(network: tuple[list[AuthorityFact], Seen]) -> None:
    facts, seen = network
    authority = weigh(facts, seen)
    everything = sorted(ADMITS)
    for key in KEYS:
        found = authority.roles_of(h(key))
        if found and all(one.revoked_ms is not None for one in found):
            for scope in SCOPES:
                assert authority.fault(h(key), everything, h(scope), 0, None) != ""


@given(networks())
@settings(max_examples=120, deadline=None)
def test_it_is_the_rule_as_it_is_written(network: tuple[list[AuthorityFact], Seen]) -> None:
    facts, seen = network
    authority = weigh(facts, seen)
    computed = {
        (h(key), one.role, one.scope, one.until_ms, one.fact, one.revoked_ms)
        for key in KEYS
        for one in authority.roles_of(h(key))
    }
    assert computed == holdings(NET, facts, seen, ADMITS, within)
