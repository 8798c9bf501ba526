"""Who is silent, and what became of an order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.watch.answers import OPEN, STAND_DOWN, Outcome, Reply, due_at_min, outcome
from shanyrak.watch.silence import Limits, is_silent

LIMITS = Limits(open_min=180, ready_min=1_440, answer_min=120)
NOW = 10_000


@pytest.mark.parametrize(
    ("state", "mode", "minutes_ago", "silent"),
    [
        ("open", "", 180, False),  # the limit belongs to the inside
        ("open", "", 181, True),
        ("open", "", None, True),  # not known when: nobody can be sure of it
        ("ready", "outage", 1_440, False),
        ("ready", "outage", 1_441, True),
        ("ready", "blackout", 1_441, True),
        ("ready", "everyday", 100_000, False),  # nobody needs it now
        ("ready", "", None, False),
        ("paused", "blackout", 100_000, False),
        ("closed", "blackout", 100_000, False),
        ("", "blackout", None, False),
    ],
)
def test_who_is_silent(state: str, mode: str, minutes_ago: int | None, silent: bool) -> None:
    last = None if minutes_ago is None else NOW - minutes_ago
    assert is_silent(state, mode, last, NOW, LIMITS) is silent


BEFORE, ORDERED, AFTER = (100_000, 0), (200_000, 0), (300_000, 0)
YES = Reply(True, 4, opens_within_min=30)
NO = Reply(False, 5, "fuel")


@pytest.mark.parametrize(
    ("order", "state", "said", "replies", "answer"),
    [
        (OPEN, "ready", BEFORE, [], "silent"),
        (OPEN, "ready", BEFORE, [YES], "confirmed"),
        (OPEN, "ready", BEFORE, [YES, NO], "refused"),  # the last word of theirs
        (OPEN, "ready", BEFORE, [NO, YES], "confirmed"),
        (OPEN, "open", AFTER, [], "opened"),
        (OPEN, "open", AFTER, [NO], "opened"),  # they could after all
        (OPEN, "open", BEFORE, [], "opened"),  # it was open when the order came
        (OPEN, "open", BEFORE, [NO], "refused"),  # it was, and they say that it cannot go on
        (OPEN, "paused", AFTER, [], "silent"),
        (OPEN, "closed", AFTER, [YES], "confirmed"),
        (STAND_DOWN, "open", BEFORE, [], "silent"),
        (STAND_DOWN, "open", AFTER, [], "silent"),  # it opened again: that is no standing down
        (STAND_DOWN, "closed", AFTER, [], "closed"),
        (STAND_DOWN, "ready", AFTER, [], "closed"),
        (STAND_DOWN, "ready", BEFORE, [], "closed"),
        (OPEN, "", None, [], "silent"),
    ],
)
def test_what_became_of_an_order(
    order: str, state: str, said: tuple[int, int] | None, replies: list[Reply], answer: str
) -> None:
    assert outcome(order, ORDERED, state, said, replies).answer == answer


def test_the_reason_comes_with_the_refusal_and_the_minutes_with_the_promise() -> None:
    assert outcome(OPEN, ORDERED, "ready", BEFORE, [NO]) == Outcome("refused", 5, "fuel", None)
    assert outcome(OPEN, ORDERED, "ready", BEFORE, [YES]) == Outcome("confirmed", 4, "", 30)


@given(
    state=st.sampled_from(("", "planned", "ready", "open", "paused", "closed", "lost")),
    order=st.sampled_from((OPEN, STAND_DOWN)),
    replies=st.lists(st.sampled_from((YES, NO)), max_size=3),
)
def test_ordered_is_never_open_unless_the_place_says_so(state: str, order: str, replies: list[Reply]) -> None:
    for said in (BEFORE, AFTER):
        found = outcome(order, ORDERED, state, said, replies).answer
        assert (found == "opened") <= (state == "open")
        assert (found == "closed") <= (state in ("closed", "ready"))


def test_by_when() -> None:
    assert due_at_min(1_000, 1_050, 30, LIMITS) == 1_050  # as the order says
    assert due_at_min(1_000, None, 30, LIMITS) == 1_030  # as the place says it can
    assert due_at_min(1_000, None, 0, LIMITS) == 1_000  # at once is not "not said"
    assert due_at_min(1_000, None, None, LIMITS) == 1_120
