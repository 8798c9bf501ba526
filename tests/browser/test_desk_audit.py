"""What leaves the desk on paper and as files: a point's file for an audit, the report of the day as a workbook."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, expect
from pypdf import PdfReader

from shanyrak.app.desk.paper_words import words
from tests.browser.desk import Desk, Town, copied, served_town
from tests.conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def town(demo: Demo, tmp_path: Path) -> Iterator[Town]:
    with served_town(copied(demo.home, tmp_path / "desk-home")) as town:
        yield town


@pytest.fixture
def desk(chromium: Browser, town: Town) -> Iterator[Desk]:
    desk = Desk(chromium).join(town.invite("desk", name="Оксана"))
    yield desk
    desk.context.close()
    assert desk.complaints == []


def saved(desk: Desk, button: Locator) -> Path:
    """The file that a button saves."""
    with desk.page.expect_download() as coming:
        button.click()
    return coming.value.path()


def test_the_paper_names_the_file_it_speaks_of(desk: Desk, town: Town) -> None:
    """The hash printed in the PDF is that of the JSON saved beside it, and the file holds every word on the place."""
    point = town.points["Садок"]
    desk.go("place", point.hex())
    as_json, as_paper = (desk.page.get_by_role("button", name=name, exact=True) for name in ("JSON", "PDF"))
    entries = saved(desk, as_json).read_bytes()
    paper = saved(desk, as_paper)
    printed = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(paper).pages))
    assert hashlib.sha256(entries).hexdigest() in printed

    said = json.loads(entries)
    assert said["point"]["id"] == point.hex()
    kinds = [one["kind"] for one in said["entries"]]
    assert kinds.count("visitor.said") == 2
    assert {"point.described", "point.opened"} <= set(kinds)
    for one in said["entries"]:
        assert hashlib.sha256(one["signed"].encode()).hexdigest() == one["record"], (
            "an id is the hash of what was signed"
        )

    # One more word, and the file is another.
    town.ledger.say("point.closed", {"cause": "hours"}, about=point)
    later = saved(desk, as_json).read_bytes()
    assert later != entries
    assert len(json.loads(later)["entries"]) == len(kinds) + 1


def test_a_silent_place_is_no_word_in_the_workbook(desk: Desk, town: Town) -> None:
    """South has five places: hall and kindergarten work, tent and fire station do not, of the culture house no word.

    Nobody counted visitors anywhere: that is said in words, and is no nought.
    """
    desk.go("day")
    expect(desk.page.locator("[data-day='no_word']")).to_have_attribute("data-n", "1")
    file = saved(desk, desk.page.get_by_role("button", name=".xlsx", exact=True))
    book = openpyxl.load_workbook(BytesIO(file.read_bytes()))
    head, *rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    told = {str(row[0]): dict(zip(head[1:], row[1:], strict=True)) for row in rows}
    paper = words("uk")
    name = {one: paper(f"day.{one}") for one in ("points", "working", "ready", "not_working", "no_word", "visits")}
    south = told["Південь"]
    assert (south[name["points"]], south[name["no_word"]]) == (5, 1)
    assert south[name["working"]] + south[name["not_working"]] == 4
    assert south[name["visits"]] == paper("day.not_counted")
    assert told["Північ"][name["ready"]] == 4
    assert told[paper("day.total")][name["points"]] == 9
    expect(desk.page.locator("td.no-word").first).to_have_text("1")
