"""What changes fast: state, visitors' words, crowding on the quarter of an hour, and as of when."""

from __future__ import annotations

from typing import Any

import pytest

from shanyrak.facts.ledger import Ledger
from shanyrak.publish.grid import MINUTE_MS, QUARTER_MS, day_of, month_line_ms, month_of, quarter_line_ms, week_line_ms
from shanyrak.publish.model import Deployment, PointStatus, Visitors
from shanyrak.publish.view import public_view
from tests.ledgers import START_MS, empty_ledger, founded_ledger

START_MIN = START_MS // MINUTE_MS
"""14:00 UTC."""


class Evening:
    """A headquarters whose clock is set, with one point."""

    def __init__(self, deployment: Deployment) -> None:
        self.at_min = -60
        self.deployment = deployment
        self.ledger = founded_ledger(now_ms=self._now_ms)
        body = {"names": {"en": "School"}, "lon_e7": 305_000_000, "lat_e7": 504_000_000}
        self.point = self.ledger.say("point.described", body).id

    def _now_ms(self) -> int:
        return START_MS + self.at_min * MINUTE_MS

    def say(self, at_min: int, kind: str, **body: Any) -> bytes:
        """Said at a minute after 14:00."""
        self.at_min = at_min
        return self.ledger.say(kind, body, about=self.point).id

    def status(self, at_min: float) -> PointStatus:
        """As everybody sees it."""
        now_ms = START_MS + int(at_min * MINUTE_MS)
        return public_view(self.ledger, now_ms=now_ms, deployment=self.deployment).status[self.point.hex()]

    def as_of(self, at_min: int) -> int:
        """As of how many minutes after 14:00."""
        now_ms = START_MS + at_min * MINUTE_MS
        return public_view(self.ledger, now_ms=now_ms, deployment=self.deployment).as_of_at_min - START_MIN

    def device(self, name: str, role: str = "") -> Ledger:
        """Another device, admitted for the point."""
        device = empty_ledger(name, now_ms=self._now_ms)
        assert device.signer is not None
        if role:
            key = device.signer.public.hex()
            self.ledger.say("device.admitted", {"key": key, "role": role}, about=self.point)
        device.join(self.ledger.net)
        device.accept([row.fact for _, row in self.ledger.store.arrived()])
        return device

    def hear(self, at_min: int, device: Ledger) -> None:
        """What a device said arrives, and its arrival is witnessed."""
        self.at_min = at_min
        assert device.signer is not None
        rows = list(device.store.of_origins([device.signer.public]))
        self.ledger.accept([row.fact for row in rows])
        self.ledger.note_receipts({row.key for row in rows})


@pytest.fixture
def evening() -> Evening:
    return Evening(Deployment(crowding="bands", band_holds_min=90))


def test_nobody_said_is_unknown(evening: Evening) -> None:
    assert evening.status(5) == PointStatus()


def test_the_state_is_what_was_said_last_and_when_it_was_so(evening: Evening) -> None:
    evening.say(0, "point.opened", open_until="2026-11-22T19:00Z")
    assert evening.status(1) == PointStatus("open", START_MIN, "desk", START_MIN + 300)
    evening.say(30, "point.paused", happened="2026-11-22T14:20Z", back_at="2026-11-22T16:00+01:00")
    assert evening.status(31) == PointStatus("paused", START_MIN + 20, "desk", START_MIN + 60)
    evening.say(40, "point.closed")
    assert evening.status(41) == PointStatus("closed", START_MIN + 40, "desk")


@pytest.mark.parametrize(("happened", "minutes"), [("2026-11-22", -840), ("2026-11-23", 10), ("unknown", 10)])
def test_a_word_is_as_old_as_it_can_be_and_never_from_the_future(evening: Evening, happened: str, minutes: int) -> None:
    # The day began 14 hours before; what is said of tomorrow or of no time counts from when it was written down.
    evening.say(10, "point.opened", happened=happened)
    assert evening.status(11).said_at_min == START_MIN + minutes


@pytest.mark.parametrize(("role", "by"), [("host", "duty"), ("desk", "desk"), ("inspector", "inspector")])
def test_whose_word_it_is(evening: Evening, role: str, by: str) -> None:
    device = evening.device("device", role)
    device.say("point.closed" if role == "inspector" else "point.opened", {}, about=evening.point)
    evening.hear(1, device)
    assert evening.status(2).by == by


def test_a_list_that_was_taken_over_is_a_list(evening: Evening) -> None:
    evening.say(0, "point.opened", via="import")
    assert evening.status(1).by == "list"


def test_visitors_contradict_and_change_nothing(evening: Evening) -> None:
    evening.say(0, "visitor.said", state="shut")
    evening.say(1, "point.opened")
    for at_min in range(2, 6):
        evening.say(at_min, "visitor.said", state="shut")
    evening.say(6, "visitor.said", state="open")
    status = evening.status(7)
    assert (status.state, status.by) == ("open", "desk")
    assert status.visitors == Visitors(open=1, shut=4, last_at_min=START_MIN + 6)
    assert status.visitors.contradict
    evening.say(8, "point.opened")
    assert evening.status(9).visitors == Visitors()


def test_of_visitors_words_the_last_eight_are_kept(evening: Evening) -> None:
    evening.say(0, "point.opened")
    for at_min in range(1, 12):
        evening.say(at_min, "visitor.said", state="shut" if at_min < 8 else "open")
    assert evening.status(13).visitors == Visitors(open=4, shut=4, last_at_min=START_MIN + 11)


# crowding ----------------------------------------------------------------------------------------------
def test_crowding_stands_on_the_quarter_of_an_hour(evening: Evening) -> None:
    evening.say(0, "point.opened")
    evening.say(3, "status.reported", band="some")
    evening.say(20, "status.reported", band="full")
    seen = [evening.status(at_min).band for at_min in (2, 3, 14.99, 15, 20, 29.99, 30)]
    assert seen == ["", "", "", "some", "some", "some", "full"]


def test_crowding_is_shown_as_long_as_it_holds(evening: Evening) -> None:
    evening.say(0, "point.opened")
    evening.say(3, "status.reported", band="some")
    # Said at 3: 90 minutes later it is 93, so the line at 90 still has it, the line at 105 no more.
    assert [evening.status(at_min).band for at_min in (90, 104, 105)] == ["some", "some", ""]


@pytest.mark.parametrize(("crowding", "seen"), [("bands", ["some", "full"]), ("full", ["", "full"]), ("off", ["", ""])])
def test_how_much_of_it_is_shown(evening: Evening, crowding: str, seen: list[str]) -> None:
    evening.deployment = Deployment(crowding="bands" if crowding == "off" else "off")
    evening.say(0, "visibility.decided", crowding=crowding)  # somebody decided otherwise than the deployment
    evening.say(0, "point.opened")
    evening.say(1, "status.reported", band="some")
    first = evening.status(15).band
    evening.say(16, "status.reported", band="full")
    assert [first, evening.status(30).band] == seen


def test_a_shut_point_is_not_crowded(evening: Evening) -> None:
    evening.say(0, "point.opened")
    evening.say(1, "status.reported", band="full")
    assert evening.status(15).band == "full"
    evening.say(16, "point.closed")
    assert evening.status(17).band == ""


def test_what_comes_late_does_not_change_a_line_that_is_over(evening: Evening) -> None:
    # Written down at 5 on a phone without a network, at headquarters at 20: the line at 15 did not know it.
    evening.say(0, "point.opened")
    phone = evening.device("phone", "host")
    evening.at_min = 5
    phone.say("status.reported", {"band": "full"}, about=evening.point)
    evening.hear(20, phone)
    assert [evening.status(at_min).band for at_min in (15, 29, 30)] == ["", "", "full"]


def test_what_nobody_witnessed_is_not_known_yet(evening: Evening) -> None:
    evening.say(0, "point.opened")
    phone = evening.device("phone", "host")
    said = phone.say("status.reported", {"band": "full"}, about=evening.point).id
    evening.ledger.accept([phone.store.get([said])[said].fact])
    assert evening.status(30).band == ""


# as of -------------------------------------------------------------------------------------------------
def test_as_of_is_the_line_or_the_last_public_word_since(evening: Evening) -> None:
    assert [evening.as_of(at_min) for at_min in (0, 14, 15, 44)] == [0, 0, 15, 30]
    evening.say(17, "point.opened")
    assert [evening.as_of(at_min) for at_min in (17, 29, 30)] == [17, 17, 30]
    evening.say(33, "visitor.said", state="open")
    assert evening.as_of(40) == 33


def test_secret_words_do_not_move_it(evening: Evening) -> None:
    evening.say(16, "stock.counted", fuel_ml=5)
    evening.say(17, "status.reported", band="full", short_of=["fuel"])
    evening.say(18, "visibility.decided", crowding="off")
    evening.say(19, "incident.reported", incident="co")
    assert evening.as_of(20) == 15


def test_lines_of_time() -> None:
    # 2026-11-22 is a Sunday: its week began on Monday 16th.
    assert quarter_line_ms(START_MS + QUARTER_MS - 1) == START_MS
    assert day_of(week_line_ms(START_MS)) == "2026-11-16"
    assert week_line_ms(week_line_ms(START_MS)) == week_line_ms(START_MS)
    assert (day_of(month_line_ms(START_MS)), month_of(START_MS)) == ("2026-11-01", "2026-11")
