"""Who stands behind this: promises, deliveries by the month, what stands, what it served, and words side by side."""

from __future__ import annotations

from typing import Any

import pytest

from shanyrak.facts.ledger import Ledger
from shanyrak.publish.model import Account, Deployment, Step
from shanyrak.publish.totals import rounded
from shanyrak.publish.view import public_view
from tests.ledgers import START_MS, empty_ledger, founded_ledger

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
MONDAY_MS = START_MS + 10 * 3_600_000
"""2026-11-23 00:00 UTC; the network is told of on Sunday, 14:00."""


class Network:
    """A headquarters whose clock is set, with an initiative and a point of it."""

    def __init__(self) -> None:
        self.now_ms = START_MS
        self.ledger = founded_ledger(now_ms=lambda: self.now_ms)
        self.idea = self.say("initiative.started", sealed={"idea": {"en": "Warmth"}}, names={"en": "A warm quarter"})
        self.point = self.place(initiative=self.idea.hex())

    def place(self, **body: Any) -> bytes:
        """A point."""
        return self.say("point.described", lon_e7=305_000_000, lat_e7=504_000_000, names={"en": "Yurt"}, **body)

    def say(self, fact: str, on: bytes = b"", /, sealed: dict[str, Any] | None = None, **body: Any) -> bytes:
        """Said at headquarters."""
        return self.ledger.say(fact, body, about=on, sealed=sealed).id

    def account(self, thing: bytes, now_ms: int | None = None) -> Account:
        """As everybody reads it."""
        seen = public_view(self.ledger, now_ms=now_ms or self.now_ms, deployment=Deployment())
        return next(one for one in seen.accounts if one.id == thing.hex())

    def steps(self, thing: bytes, now_ms: int | None = None) -> list[tuple[str, str]]:
        """(step, when) in its account, without the point's own standing."""
        steps = self.account(thing, now_ms).steps
        return [(one.step, one.happened) for one in steps if one.step != "standing"]


@pytest.fixture
def network() -> Network:
    return Network()


def promised(account: Account) -> Step:
    """The one promise."""
    (step,) = (one for one in account.steps if one.step == "promised")
    return step


# promises ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("publish", "name"), [("name", "Anna Petrenko"), ("chosen", "A baker"), ("nothing", ""), (None, "")]
)
def test_a_giver_is_named_only_as_they_chose(network: Network, publish: str | None, name: str) -> None:
    sealed = {"giver": "Anna Petrenko", "chosen_name": "A baker", "contact": "anna@example.org"}
    body = {"publish": publish} if publish else {}
    where = {"initiative": network.idea.hex(), "point": network.point.hex()}
    pledge = network.say("pledge.made", sealed=sealed, what="yurt", count=1, happened="2026-11-02", **where, **body)
    for thing in (network.idea, network.point):
        step = promised(network.account(thing))
        assert (step.what, step.count, step.happened, step.name) == ("yurt", 1, "2026-11-02", name)
        assert [source.id for source in step.sources] == [pledge.hex()]
        assert step.point == network.point.hex()
    (point,) = public_view(network.ledger, now_ms=network.now_ms, deployment=Deployment()).points
    assert point.given_by == ((name,) if name else ())


def test_a_giver_can_change_their_mind(network: Network) -> None:
    sealed = {"giver": "Anna Petrenko"}
    pledge = network.say("pledge.made", sealed=sealed, what="yurt", initiative=network.idea.hex(), publish="name")
    network.say("pledge.changed", pledge, publish="nothing")
    assert promised(network.account(network.idea)).name == ""
    assert "Petrenko" not in repr(public_view(network.ledger, now_ms=network.now_ms, deployment=Deployment()))


def test_taken_back_stands_beside_the_promise(network: Network) -> None:
    where = {"initiative": network.idea.hex(), "point": network.point.hex()}
    pledge = network.say("pledge.made", what="fuel", happened="2026-11-01", costs_until="2027-03", **where)
    assert network.account(network.point).paid_until == "2027-03"
    network.say("pledge.withdrawn", pledge, happened="2026-11-20", cause="cannot")
    for thing in (network.idea, network.point):
        assert network.steps(thing) == [("promised", "2026-11-01"), ("taken_back", "2026-11-20")]
        assert network.account(thing).paid_until == ""


def test_paid_until_is_the_last_day_promised(network: Network) -> None:
    for until in ("2027-01", "2027-02-20", "2026-12"):
        network.say("pledge.made", what="running_costs", point=network.point.hex(), costs_until=until)
    assert network.account(network.point).paid_until == "2027-02-20"
    (point,) = public_view(network.ledger, now_ms=network.now_ms, deployment=Deployment()).points
    assert point.paid_until == "2027-02-20"


def test_a_strangers_promise_is_read_once_a_person_released_it(network: Network) -> None:
    stranger = empty_ledger("stranger", now_ms=lambda: network.now_ms)
    stranger.join(network.ledger.net)
    stranger.accept([row.fact for _, row in network.ledger.store.arrived()])
    said = stranger.say("pledge.made", {"what": "yurt", "initiative": network.idea.hex()}).id
    network.ledger.accept([stranger.store.get([said])[said].fact])
    assert network.steps(network.idea) == []
    network.say("release.decided", said, releases=["photo"])
    assert network.steps(network.idea) == []
    network.say("release.decided", said, releases=["words"])
    assert [step for step, _ in network.steps(network.idea)] == ["promised"]


# deliveries --------------------------------------------------------------------------------------------
def test_of_a_delivery_the_month_is_told_when_it_is_over(network: Network) -> None:
    lorry = network.say("consignment.left", initiative=network.idea.hex(), happened="2026-11-20")
    network.say("consignment.arrived", lorry, happened="2026-11-21")
    december = START_MS + 8 * DAY_MS + 10 * 3_600_000  # 1 December, 00:00 UTC
    assert network.steps(network.idea, december - 1) == []
    assert network.steps(network.idea, december) == [("on_the_way", "2026-11"), ("arrived", "2026-11")]
    assert all(not step.sources for step in network.account(network.idea, december).steps if step.step == "arrived")


def test_how_many_went_in_a_month_is_not_told(network: Network) -> None:
    for day in ("2026-10-03", "2026-10-04", "2026-10-30"):
        network.say("consignment.left", initiative=network.idea.hex(), happened=day)
    assert network.steps(network.idea) == []  # written down in November: told in December
    assert network.steps(network.idea, START_MS + 9 * DAY_MS) == [("on_the_way", "2026-10")]


def test_a_released_date_is_told_at_once(network: Network) -> None:
    lorry = network.say("consignment.left", initiative=network.idea.hex(), happened="2026-11-20")
    network.say("release.decided", lorry, releases=["date"])
    assert network.steps(network.idea) == [("on_the_way", "2026-11-20")]


def test_a_delivery_belongs_where_its_equipment_stands(network: Network) -> None:
    pledge = network.say(
        "pledge.made", what="yurt", initiative=network.idea.hex(), publish="chosen", happened="2026-10"
    )
    kit = network.say("kit.described", kind="yurt")
    network.say("kit.assembled", kit, pledges=[pledge.hex()])
    network.say("consignment.left", kits=[kit.hex()], happened="2026-11-20")
    later = START_MS + 9 * DAY_MS
    assert ("on_the_way", "2026-11") in network.steps(network.idea, later)
    assert network.steps(network.point, later) == []
    network.say("kit.erected", kit, point=network.point.hex(), happened="2026-11-21")
    assert ("on_the_way", "2026-11") in network.steps(network.point, later)
    (standing,) = (one for one in network.account(network.point).steps if one.step == "standing")
    assert (standing.happened, standing.what) == ("2026-11-21", "yurt")


# served ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("visits", "shown"), [(10, 10), (14, 10), (15, 20), (24, 20), (95, 100), (104, 100)])
def test_tens(visits: int, shown: int) -> None:
    assert rounded(visits) == shown


def test_visits_are_told_a_week_late(network: Network) -> None:
    # Counted for Sunday 22 November: its week is over on the 23rd, and a week later everybody may know.
    network.say("visit.counted", network.point, visits=34, happened="2026-11-22")
    seen = [network.account(network.point, MONDAY_MS + after).served_visits for after in (0, WEEK_MS - 1, WEEK_MS)]
    assert seen == [None, None, 30]
    account = network.account(network.point, MONDAY_MS + WEEK_MS)
    assert account.served_until == "2026-11-22"
    assert [(one.happened, one.count) for one in account.steps if one.step == "served"] == [("/2026-11-22", 30)]


def test_under_ten_nothing_is_told(network: Network) -> None:
    network.say("visit.counted", network.point, visits=9, happened="2026-11-01")
    account = network.account(network.point, MONDAY_MS + WEEK_MS)
    assert (account.served_visits, account.served_until) == (None, "")


def test_what_comes_late_counts_from_the_next_week_on(network: Network) -> None:
    network.say("visit.counted", network.point, visits=20, happened="2026-11-01")
    network.now_ms = MONDAY_MS + 3 * DAY_MS
    network.say("visit.counted", network.point, visits=50, happened="2026-11-01")
    seen = [network.account(network.point, MONDAY_MS + days * DAY_MS).served_visits for days in (1, 4, 6, 7)]
    assert seen == [20, 20, 20, 70]


def test_a_sum_tells_no_more_than_its_parts(network: Network) -> None:
    # 14 + 14 + 9 are 37; told are 10, 10 and nothing, so the initiative says 20.
    others = [network.place(initiative=network.idea.hex()) for _ in range(2)]
    for point, visits in zip([network.point, *others], (14, 14, 9), strict=True):
        network.say("visit.counted", point, visits=visits, happened="2026-11-01")
    assert network.account(network.idea, MONDAY_MS).served_visits == 20


def test_visits_of_a_hidden_point_are_in_no_sum(network: Network) -> None:
    network.say("visit.counted", network.point, visits=500, happened="2026-11-01")
    network.say("visibility.decided", network.point, place="hidden")
    assert network.account(network.idea, MONDAY_MS).served_visits is None


# words -------------------------------------------------------------------------------------------------
def statement(network: Network, words: str, **body: Any) -> bytes:
    """Somebody's public words."""
    return network.say("statement.recorded", sealed={"who": "A mayor", "words": {"en": words}}, **body)


def test_words_and_replies_stand_side_by_side(network: Network) -> None:
    said = statement(network, "Twelve of them stand.", about=network.idea.hex(), happened="2026-11-01")
    reply = statement(network, "We count nine.", in_reply_to=said.hex(), happened="2026-11-02")
    answer = statement(network, "Three are on the way.", in_reply_to=reply.hex(), happened="2026-11-03")
    found = network.account(network.idea).statements
    assert [one.id for one in found] == [said.hex(), reply.hex(), answer.hex()]
    assert [one.in_reply_to for one in found] == ["", said.hex(), reply.hex()]
    assert {one.who for one in found} == {"A mayor"}


def test_words_about_a_hidden_point_are_not_told(network: Network) -> None:
    statement(network, "It is warm there.", about=network.point.hex())
    assert network.account(network.point).statements
    network.say("visibility.decided", network.point, place="hidden")
    assert "warm there" not in repr(public_view(network.ledger, now_ms=network.now_ms, deployment=Deployment()))


def test_thanks_name_what_they_are_for(network: Network) -> None:
    pledge = network.say("pledge.made", what="wood", initiative=network.idea.hex(), happened="2026-11-01")
    network.say(
        "thanks.said", network.idea, {"words": {"en": "Thank you!"}}, pledge=pledge.hex(), happened="2026-11-05"
    )
    assert network.steps(network.idea) == [("promised", "2026-11-01"), ("thanks", "2026-11-05")]
    assert network.account(network.idea).steps[-1].what in ("wood", "")


def test_planned_points_are_told_of_and_lost_ones_are_not(network: Network) -> None:
    planned, lost = (network.place(initiative=network.idea.hex()) for _ in range(2))
    network.say("point.planned", planned, plan="ab" * 32)
    network.say("point.lost", lost, {"cause": "destroyed"})
    account = network.account(network.idea)
    assert {*account.points} == {network.point.hex(), planned.hex()}
    assert account.names_of[planned.hex()] == {"en": "Yurt"}
    seen = repr(public_view(network.ledger, now_ms=network.now_ms, deployment=Deployment()))
    assert "destroyed" not in seen
    assert "ab" * 32 not in seen


def test_told_from_sources_with_its_end(network: Network) -> None:
    past = network.say("initiative.started", archive=True)
    then = network.place(initiative=past.hex())
    network.say("point.opened", then, happened="2023-01-14", via="observed")
    network.say("point.closed", then, happened="2023-03", via="observed")
    (standing,) = network.account(past).steps
    assert (standing.step, standing.happened, len(standing.sources)) == ("standing", "2023-01-14/2023-03", 2)


def test_equal_ledgers_have_equal_views_whatever_order_they_heard_it_in(network: Network) -> None:
    network.say("pledge.made", what="wood", point=network.point.hex())
    statement(network, "It is warm.", about=network.idea.hex())
    other: Ledger = empty_ledger("reader")
    other.join(network.ledger.net)
    other.accept([row.fact for _, row in network.ledger.store.arrived()][::-1])
    seen = [public_view(one, now_ms=network.now_ms, deployment=Deployment()) for one in (network.ledger, other)]
    assert seen[0] == seen[1]
