"""The ledger, read like a specification: what it keeps, what it refuses, what it shows.

The people of every example: a headquarters that founds the network, a host at School 12, a giver with a phone.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from shanyrak.core.errors import InvalidInput, NotFound, Unavailable
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.store import ChainState
from tests.ledgers_drawn import DAY_MS, HOUR_MS, NOON_MS, People, facts, give, only, seen
from tests.simulation.poison import HELD, REFUSED, Forger


class Scene:
    """Headquarters, a point, its host, and everybody has everything."""

    def __init__(self) -> None:
        self.people = People()
        self.hq = self.people.founded()
        self.point = self.hq.say("point.described", {"names": {"en": "School 12"}, "seats": 40}).id
        self.people.admit(self.hq, "host", "host", self.point)
        self.host = self.people.ledger("host")
        give(self.hq, self.host)

    def receipt(self) -> None:
        """Everything goes to headquarters, which says so; the host gets that."""
        give(self.host, self.hq)
        self.hq.note_receipts([chain.key for chain in self.hq.store.all_chains()])
        give(self.hq, self.host)

    def chain_of_host(self) -> ChainState:
        """What headquarters has of the host's one chain for the point."""
        (chain,) = [one for one in self.hq.store.all_chains([self.point]) if one.key.origin == self.host_key]
        return chain

    @property
    def host_key(self) -> bytes:
        """The host's public key."""
        return self.people.key("host").public

    def mark(self, ledger: Ledger, fact: bytes) -> str:
        """Why a fact does not count as it stands."""
        marks = ledger.store.marks_of([fact])
        return marks[fact].mark if fact in marks else ""


@pytest.fixture
def scene() -> Scene:
    return Scene()


# Saying ------------------------------------------------------------------------------------------------
def test_what_is_said_is_kept_when_it_was_said(scene: Scene) -> None:
    said = scene.host.say("point.opened", {"open_until": "2026-01-10T20:00Z"}, about=scene.point)
    assert (said.mark, said.reason) == ("", "")
    thing = scene.host.thing(scene.point)
    assert thing is not None
    assert (thing.type, thing.now, thing.get("open_until"), thing.get("seats")) == (
        "point",
        "open",
        "2026-01-10T20:00Z",
        40,
    )
    assert scene.host.standing(said.id) == "kept"


def test_facts_of_one_device_and_scope_are_one_chain(scene: Scene) -> None:
    ids = [scene.host.say("visit.counted", {"visits": n}, about=scene.point).id for n in (3, 4, 5)]
    rows = scene.host.store.get(ids)
    assert [rows[one].seq for one in ids] == [0, 1, 2]
    assert [rows[one].prev for one in ids] == [b"", ids[0], ids[1]]
    assert len({rows[one].key for one in ids}) == 1


def test_another_scope_is_another_chain(scene: Scene) -> None:
    here = scene.host.say("visit.counted", {"visits": 3}, about=scene.point).id
    around = scene.host.say("pledge.made", {"what": "wood"}).id
    rows = scene.host.store.get([here, around])
    assert rows[here].key.scope == scene.point
    assert rows[around].key.scope == scene.host.net
    assert rows[around].seq == 0


@pytest.mark.parametrize(
    ("kind", "body", "about", "words"),
    [
        ("point.open", {}, True, "there is no kind"),
        ("point.opened", {}, False, "it must say what it is about"),
        ("stock.used", {"fuel_l": 3}, True, "fuel_l is no field"),
        ("stock.used", {"fuel_ml": -3}, True, "-3 is less than 0"),
        ("stock.used", {"fuel_ml": 1.5}, True, "a whole number is needed"),
        ("need.raised", {}, False, "short_of must be said"),
    ],
)
def test_what_does_not_fit_is_not_said(scene: Scene, kind: str, body: dict[str, Any], about: bool, words: str) -> None:
    before = scene.host.store.count()
    with pytest.raises(InvalidInput, match=words):
        scene.host.say(kind, body, about=scene.point if about else b"")
    assert scene.host.store.count() == before


def test_without_a_network_or_a_key_nothing_is_said(scene: Scene) -> None:
    with pytest.raises(NotFound, match="no network was founded"):
        scene.people.ledger("anybody").say("pledge.made", {"what": "wood"})
    keyless = scene.people.ledger()
    give(scene.hq, keyless)
    with pytest.raises(Unavailable, match="has no key"):
        keyless.say("pledge.made", {"what": "wood"})
    with pytest.raises(InvalidInput, match="already"):
        scene.hq.found("Another", recovery=scene.people.paper.public)


# Accepting ---------------------------------------------------------------------------------------------
def test_an_empty_ledger_joins_the_network_of_the_first_founding_fact(scene: Scene) -> None:
    new = scene.people.ledger()
    assert new.net == b""
    assert [outcome.what for outcome in new.accept(facts(scene.hq))] == ["new"] * scene.hq.store.count()
    assert new.net == scene.hq.net
    assert seen(new) == seen(scene.hq)
    assert {outcome.what for outcome in new.accept(facts(scene.hq))} == {"known"}


def test_facts_of_another_network_are_refused_and_the_rest_is_kept(scene: Scene) -> None:
    other = People(1).founded()
    said = scene.host.say("pledge.made", {"what": "wood"}).id
    outcomes = scene.hq.accept([*facts(other), scene.host.store.get([said])[said].fact])
    assert [outcome.what for outcome in outcomes] == ["refused", "new"]
    assert "another network" in outcomes[0].reason


@pytest.mark.parametrize("sort", REFUSED)
def test_what_the_door_refuses(scene: Scene, sort: str) -> None:
    forger = Forger(scene.people.draw, scene.people.key("host"), scene.hq.net)
    honest = facts(scene.host)[-1]
    fact = forger.poison(sort, at_ms=NOON_MS, about=scene.point, scope=scene.point, other=honest)
    before = seen(scene.hq)
    (outcome,) = scene.hq.accept([fact])
    assert outcome.what == "refused"
    assert outcome.reason
    assert seen(scene.hq) == before


@pytest.mark.parametrize("sort", HELD)
def test_what_is_validly_signed_is_held_however_odd(scene: Scene, sort: str) -> None:
    forger = Forger(scene.people.draw, scene.people.key("host"), scene.hq.net)
    honest = facts(scene.host)[-1]
    fact = forger.poison(sort, at_ms=NOON_MS, about=scene.point, scope=scene.point, other=honest)
    assert [outcome.what for outcome in scene.hq.accept([fact])] == ["new"]
    before = seen(scene.hq)
    scene.hq.rebuild()
    assert seen(scene.hq) == before


# Chains ------------------------------------------------------------------------------------------------
def test_a_gap_is_no_fault(scene: Scene) -> None:
    # 3 visits, then 4, then 5; the middle one comes last. It counts at once, and the total is right in the end.
    ids = [scene.host.say("visit.counted", {"visits": n}, about=scene.point).id for n in (3, 4, 5)]
    first, middle, last = (scene.host.store.get([one])[one].fact for one in ids)
    scene.hq.accept([first, last])
    of_host = scene.chain_of_host()
    assert of_host.missing == (ids[1],)
    assert totals(scene.hq, scene.point) == {"visits": 3 + 5}
    scene.hq.accept([middle])
    of_host = scene.chain_of_host()
    assert (of_host.count, of_host.missing, of_host.heads) == (3, (), (ids[2],))
    assert totals(scene.hq, scene.point) == {"visits": 3 + 4 + 5}


def test_a_clone_forks_the_chain_and_both_branches_count(scene: Scene) -> None:
    scene.host.say("visit.counted", {"visits": 1}, about=scene.point)
    image = scene.host.store.snapshot()  # type: ignore[attr-defined]
    clone = scene.people.ledger("host", image)
    scene.host.say("visit.counted", {"visits": 10}, about=scene.point)
    clone.say("visit.counted", {"visits": 100}, about=scene.point)
    give(scene.host, scene.hq)
    give(clone, scene.hq)
    chain = scene.chain_of_host()
    assert (chain.count, len(chain.heads), chain.top_seq) == (3, 2, 1)
    assert totals(scene.hq, scene.point) == {"visits": 1 + 10 + 100}


def test_who_meets_the_other_branch_starts_a_new_chain(scene: Scene) -> None:
    scene.host.say("visit.counted", {"visits": 1}, about=scene.point)
    clone = scene.people.ledger("host", scene.host.store.snapshot())  # type: ignore[attr-defined]
    scene.host.say("visit.counted", {"visits": 10}, about=scene.point)
    clone.say("visit.counted", {"visits": 100}, about=scene.point)
    give(scene.host, clone)
    said = clone.say("visit.counted", {"visits": 1000}, about=scene.point).id
    row = clone.store.get([said])[said]
    assert (row.seq, row.prev) == (0, b"")
    again = clone.say("visit.counted", {"visits": 5}, about=scene.point).id
    assert clone.store.get([again])[again].key == row.key


def test_a_restored_server_always_starts_new_chains(scene: Scene) -> None:
    before = {chain.key for chain in scene.hq.store.all_chains()}
    scene.hq.start_new_chains()
    said = scene.hq.say("mode.set", {"mode": "outage"}, about=scene.hq.say("area.described", {}).id).id
    assert scene.hq.store.get([said])[said].key not in before


# Time --------------------------------------------------------------------------------------------------
def test_a_clock_ahead_has_not_the_last_word_for_ever(scene: Scene) -> None:
    # The host's phone is 400 days ahead and says closed; headquarters has that now. In an hour the desk says open.
    ahead = scene.people.ledger("host", ahead_ms=400 * DAY_MS)
    give(scene.hq, ahead)
    closed = ahead.say("point.closed", {}, about=scene.point).id
    give(ahead, scene.hq)
    scene.people.now += HOUR_MS
    scene.hq.say("point.opened", {}, about=scene.point)
    now = scene.hq.thing(scene.point)
    assert now is not None
    assert now.now == "closed"  # nobody has said yet when it came
    scene.people.now -= HOUR_MS
    scene.hq.note_receipts([chain.key for chain in scene.hq.store.all_chains()])
    now = scene.hq.thing(scene.point)
    assert now is not None
    assert now.now == "open"
    assert scene.hq.store.get([closed])[closed].eff_ms == NOON_MS
    assert scene.mark(scene.hq, closed) == "clock"


# Trust -------------------------------------------------------------------------------------------------
def test_who_was_not_admitted_waits_and_counts_from_the_admission_on(scene: Scene) -> None:
    stranger = scene.people.ledger("stranger")
    give(scene.hq, stranger)
    said = stranger.say("point.opened", {}, about=scene.point)
    assert said.mark == "waits"
    give(stranger, scene.hq)
    assert scene.mark(scene.hq, said.id) == "waits"
    scene.people.admit(scene.hq, "stranger", "host", scene.point)
    assert scene.mark(scene.hq, said.id) == ""
    now = scene.hq.thing(scene.point)
    assert now is not None
    assert now.now == "open"


def test_a_revoked_device_counts_as_far_as_it_was_witnessed(scene: Scene) -> None:
    early = scene.host.say("point.opened", {}, about=scene.point).id
    scene.receipt()
    scene.people.now += HOUR_MS
    scene.people.revoke(scene.hq, "host")
    late = scene.host.say("point.paused", {"cause": "water"}, about=scene.point).id
    give(scene.host, scene.hq)
    assert scene.mark(scene.hq, early) == ""
    assert scene.mark(scene.hq, late) == "waits"


# What is kept and marked -------------------------------------------------------------------------------
def test_what_does_not_fit_the_state_is_a_conflict(scene: Scene) -> None:
    pledge = scene.host.say("pledge.made", {"what": "wood"}).id
    scene.host.say("pledge.withdrawn", {}, about=pledge)
    said = scene.host.say("pledge.changed", {"count": 2}, about=pledge)
    assert said.mark == "conflict"
    thing = scene.host.thing(pledge)
    assert thing is not None
    assert thing.state["conflicts"] == [said.id.hex()]
    assert thing.get("count") is None


def test_a_kind_nobody_knows_is_kept_and_passed_on(scene: Scene) -> None:
    forger = Forger(scene.people.draw, scene.people.key("host"), scene.hq.net)
    fact = forger.fact("tea.poured", {"cups": 3}, at_ms=NOON_MS, about=scene.point, scope=scene.point)
    later = forger.fact("status.reported", {"tea": True}, at_ms=NOON_MS, about=scene.point, scope=scene.point, v=7)
    scene.hq.accept([fact, later])
    assert {scene.mark(scene.hq, one.id) for one in (fact, later)} == {"newer"}
    assert fact in facts(scene.hq)
    thing = scene.hq.thing(scene.point)
    assert thing is not None
    assert thing.state["newer"] == sorted([fact.id.hex(), later.id.hex()])


def test_a_body_that_does_not_fit_is_kept_and_does_not_count(scene: Scene) -> None:
    forger = Forger(scene.people.draw, scene.people.key("host"), scene.hq.net)
    fact = forger.fact("visit.counted", {"visits": "many"}, at_ms=NOON_MS, about=scene.point, scope=scene.point)
    scene.hq.accept([fact])
    assert scene.mark(scene.hq, fact.id) == "unfit"
    assert totals(scene.hq, scene.point) == {}


# Words taken back --------------------------------------------------------------------------------------
def test_withheld_words_are_gone_and_do_not_come_back(scene: Scene) -> None:
    secret = scene.host.say("name.given", {"name": "Olena"}, about=scene.point, sealed={"note": "ask for Petro"}).id
    give(scene.host, scene.hq)
    before = facts(scene.hq)
    assert scene.hq.find("olena") == [scene.point]
    scene.hq.say("body.withheld", {"fact": secret.hex(), "reason": "personal"}, about=scene.point)
    for ledger in (scene.hq, scene.host):
        give(scene.hq, ledger)
        ledger.accept(before)
        row = ledger.store.get([secret])[secret]
        assert (row.fact.body, row.fact.sealed) == (None, None)
        assert ledger.find("olena") == []
        thing = ledger.thing(scene.point)
        assert thing is not None
        assert thing.state["withheld"] == [secret.hex()]
        assert b"Olena" not in everything(ledger)
        assert b"Petro" not in everything(ledger)


def test_the_sealed_part_can_be_withheld_alone(scene: Scene) -> None:
    said = scene.host.say("name.given", {"name": "The warm school"}, about=scene.point, sealed={"note": "Petro"}).id
    state = scene.host.state_hash()
    give(scene.host, scene.hq)
    scene.hq.say("body.withheld", {"fact": said.hex(), "part": "sealed", "reason": "asked"}, about=scene.point)
    give(scene.hq, scene.host)
    fact = scene.host.store.get([said])[said].fact
    assert fact.sealed is None
    assert fact.body is not None
    assert scene.host.state_hash() == state


def test_a_body_comes_later(scene: Scene) -> None:
    said = scene.host.say("point.opened", {}, about=scene.point).id
    whole = scene.host.store.get([said])[said].fact
    bare = msgspec.structs.replace(whole, salt=None, body=None)
    assert [outcome.what for outcome in scene.hq.accept([bare])] == ["new"]
    assert [outcome.what for outcome in scene.hq.accept([bare, whole])] == ["known", "body"]
    assert seen(scene.hq) == seen(scene.host)


# Standing ----------------------------------------------------------------------------------------------
def test_the_three_words(scene: Scene) -> None:
    said = scene.host.say("point.opened", {}, about=scene.point).id
    assert scene.host.standing(said) == "kept"
    scene.receipt()
    assert scene.host.standing(said) == "headquarters"
    scene.hq.note_receipts([chain.key for chain in scene.hq.store.all_chains()], "safe")
    give(scene.hq, scene.host)
    assert scene.host.standing(said) == "safe"
    with pytest.raises(NotFound, match="not here"):
        scene.host.standing(bytes(32))


def test_nobody_but_a_headquarters_makes_it_at_headquarters(scene: Scene) -> None:
    said = scene.host.say("point.opened", {}, about=scene.point).id
    assert scene.host.note_receipts([chain.key for chain in scene.host.store.all_chains()]) == []
    forger = Forger(scene.people.draw, scene.people.key("desk"), scene.hq.net)
    other = scene.host.store.get([said])[said].fact
    lie = forger.poison("false receipt", at_ms=NOON_MS, about=scene.point, scope=scene.point, other=other)
    scene.host.accept([lie])
    assert scene.host.standing(said) == "kept"


def test_receipts_are_said_once(scene: Scene) -> None:
    scene.host.say("point.opened", {}, about=scene.point)
    scene.receipt()
    keys = [chain.key for chain in scene.hq.store.all_chains()]
    assert scene.hq.note_receipts(keys) == []
    assert len(only(scene.hq, lambda header: header.kind == "receipt.noted")) == 1


# Names -------------------------------------------------------------------------------------------------
def test_names_are_found_without_case_and_by_the_beginning_of_an_id(scene: Scene) -> None:
    assert scene.hq.find("  school   12 ") == [scene.point]
    assert scene.hq.find(scene.point.hex()[:9]) == [scene.point]
    assert scene.hq.find("school") == []
    twin = scene.hq.say("point.described", {"names": {"en": "SCHOOL 12"}}).id
    assert scene.hq.find("School 12") == sorted([scene.point, twin])


def totals(ledger: Ledger, thing: bytes) -> dict[str, int]:
    """The totals of a thing."""
    found = ledger.thing(thing)
    assert found is not None
    value: dict[str, int] = found.state.get("totals", {})
    return value


def everything(ledger: Ledger) -> bytes:
    """All bytes of a store in memory."""
    return repr({name: value for name, value in vars(ledger.store).items() if type(value) in (dict, list)}).encode()
