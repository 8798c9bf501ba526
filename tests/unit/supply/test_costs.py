"""Until when running costs are paid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.supply.costs import Span, paid_until, span_of

JAN, FEB, MAR = (Span(date(2027, m, 1), date(2027, m, d)) for m, d in ((1, 31), (2, 28), (3, 31)))


@pytest.mark.parametrize(
    ("spans", "today", "until"),
    [
        ([JAN], date(2027, 1, 1), date(2027, 1, 31)),
        ([JAN], date(2027, 1, 31), date(2027, 1, 31)),
        ([JAN, FEB], date(2027, 1, 10), date(2027, 2, 28)),  # the next day is the next promise's
        ([FEB, JAN], date(2027, 1, 10), date(2027, 2, 28)),
        ([JAN, MAR], date(2027, 1, 10), date(2027, 1, 31)),  # nobody pays in February
        ([JAN, MAR], date(2027, 3, 5), date(2027, 3, 31)),  # a gap of the past is not asked for
        ([JAN], date(2027, 2, 10), date(2027, 1, 31)),  # it has ended
        ([MAR], date(2027, 1, 10), None),  # it has not begun
        ([], date(2027, 1, 10), None),
        ([Span(date.min, date(2027, 1, 31))], date(2026, 1, 10), date(2027, 1, 31)),
    ],
)
def test_until_when(spans: list[Span], today: date, until: date | None) -> None:
    assert paid_until(spans, today) == until


def test_days_as_they_are_written() -> None:
    assert span_of("2027-01-01", "2027-01-31") == JAN
    assert span_of("2027-02", "2027-02") == FEB  # a month is all of its days
    assert span_of("", "2027-01-31") == Span(date.min, date(2027, 1, 31))
    assert span_of("2027-01-01", "") is None  # nobody said an end: that is no promise for ever


DAYS = st.dates(date(2027, 1, 1), date(2027, 3, 1))
SPANS = st.lists(st.builds(lambda day, n: Span(day, day + timedelta(days=n)), DAYS, st.integers(0, 20)), max_size=6)


@given(spans=SPANS, today=DAYS)
def test_every_day_from_today_to_then_is_paid_and_the_next_is_not(spans: list[Span], today: date) -> None:
    """Against plain counting of days."""
    until = paid_until(spans, today)

    def is_paid(day: date) -> bool:
        return any(span.first <= day <= span.last for span in spans)

    if not is_paid(today):
        past = [span.last for span in spans if span.last < today]
        assert until == max(past, default=None)
        return
    assert until is not None
    assert all(is_paid(today + timedelta(days=n)) for n in range((until - today).days + 1))
    assert not is_paid(until + timedelta(days=1))
