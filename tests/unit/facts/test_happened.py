"""``happened``: what the messages say, and that grammar and page are one. The vectors hold the forms."""

from __future__ import annotations

import re

import pytest

from shanyrak.core.spec import spec_folder
from shanyrak.facts.happened import HAPPENED, MAX_CHARACTERS, MOMENT, bounds_ms, fault

HOUR_MS = 3_600_000


def test_the_grammar_is_the_one_of_the_page() -> None:
    page = (spec_folder() / "facts.md").read_text(encoding="utf-8")
    moment = re.search(r"^    MOMENT    (.+)$", page, re.MULTILINE)
    happened = re.search(r"^    HAPPENED  (.+)$", page, re.MULTILINE)
    assert moment and happened
    assert moment[1] == MOMENT
    assert happened[1].replace("MOMENT", MOMENT) == HAPPENED


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "no date or time"),
        ("2023-02-29", "2023-02 has no day 29"),
        ("2022/2023-04-31", "2023-04 has no day 31"),
        ("2023-03/2023-01", "ends before it begins"),
        ("[2023-01-15..2023-01-14]", "ends before it begins"),
        ("2023-01-14T17:40", "no date or time"),  # whose 17:40?
    ],
)
def test_one_clear_message(text: str, says: str) -> None:
    assert says in fault(text)


def test_a_very_long_text_does_not_make_a_very_long_message() -> None:
    assert len(fault("9" * 100_000)) < 3 * MAX_CHARACTERS


def test_an_hour_of_an_hour() -> None:
    #  17:00 +02:00 .. 17:59:59.999 +02:00 begins at 15:00 UTC and lasts an hour to the millisecond
    first, last = bounds_ms("1970-01-01T17:00+02:00/1970-01-01T17:59+02:00")
    assert (first, last) == (15 * HOUR_MS, 16 * HOUR_MS - 1)


def test_an_interval_may_begin_and_end_in_one_moment() -> None:
    assert bounds_ms("2023/2023") == bounds_ms("2023")


def test_doubt_does_not_change_the_bounds() -> None:
    assert {bounds_ms("2023-01-14" + mark) for mark in ("", "?", "~", "%")} == {bounds_ms("2023-01-14")}


def test_a_list_has_no_order_but_a_range_has() -> None:
    assert bounds_ms("[2023,2021]") == bounds_ms("[2021..2023]")
    assert fault("[2023..2021]") != ""


def test_missing_is_not_zero() -> None:
    assert bounds_ms("unknown") == (None, None)
    assert bounds_ms("1970-01-01/..") == (0, None)
