"""Plain forms: a report by a code from paper, a proposed place, a promise. No script, no key, nothing half-written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from shanyrak.app.initiatives import write_beginning, write_support
from shanyrak.app.paper_codes import PaperCodes, normal
from shanyrak.app.visitors import Limits
from shanyrak.app.written_for import write_promise, write_proposal, write_report
from shanyrak.core.errors import Unavailable
from shanyrak.core.texts import LANGUAGES, texts
from shanyrak.facts.ledger import Ledger
from shanyrak.server.plain_forms import Desk, add_plain_forms
from tests.ledgers import START_MS, founded_ledger, point, replayed

HERE = "http://127.0.0.1:8765"


class Office:
    """Headquarters with one place, and its forms."""

    def __init__(self, folder: Path) -> None:
        self.ledger: Ledger = founded_ledger()
        self.area = self.ledger.say("area.described", {"name": "town"}).id
        self.school = point(self.ledger, "School")
        self.codes = PaperCodes(folder / "codes.json", replayed("codes"))
        self.seconds = 0.0
        self.broken = False
        app = FastAPI()

        def report(place: bytes, said: Any) -> str:
            if self.broken:
                raise Unavailable("the disk is full")
            write_report(self.ledger, place, said, now_ms=START_MS)
            return "School"

        def promise(said: Any, language: str) -> str:
            return f"/giver/{write_promise(self.ledger, said, language=language).hex()[:8]}"

        def propose(said: Any, language: str) -> None:
            write_proposal(self.ledger, said, language=language)

        self.public: dict[str, str] = {}

        def begin(said: Any, language: str) -> None:
            write_beginning(self.ledger, said, language=language)

        def support(said: Any, language: str) -> None:
            write_support(self.ledger, said, language=language)

        add_plain_forms(
            app,
            Desk(report, propose, promise, begin, support, lambda _: self.public),
            self.codes,
            Limits(lambda: self.seconds, b"k" * 32),
            languages=lambda: ("uk", "en"),
            address=lambda request: "192.0.2.1",
            now_ms=lambda: START_MS,
        )
        self.browser = TestClient(app, base_url=HERE)

    def send(self, path: str, **values: str) -> Any:
        return self.browser.post(path, data=values)

    def said(self) -> list[str]:
        return [row.kind for _, row in self.ledger.store.arrived()][3:]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


REPORT = {"state": "open", "short": ""}
PROPOSAL = {"name": "Canteen", "indoors": "yes", "agrees": ""}
PROMISE = {"what": "wood", "publish": "nothing"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/report", "/propose", "/promise", "/initiative"])
def test_a_form_is_one_page_without_a_script_in_the_readers_language(office: Office, path: str, language: str) -> None:
    page = office.browser.get(path, params={"lang": language})
    assert page.status_code == 200 and f'<html lang="{language}">' in page.text
    assert texts(language, "forms")(f"{path[1:]}.title") in page.text.replace("&#x27;", "'")
    assert "<script" not in page.text and page.text.count("<label") >= 4
    assert "form-action 'self'" in page.headers["content-security-policy"]


def test_a_language_that_is_none_is_the_deployments_first(office: Office) -> None:
    assert '<html lang="uk">' in office.browser.get("/report?lang=xx").text


# a report by a code ---------------------------------------------------------------------------------------------
def test_a_report_by_code_is_written_down_by_headquarters_as_text(office: Office) -> None:
    code, *_ = office.codes.sheet(office.school)
    done = office.send("/report", code=code, **REPORT | {"visits": "12", "fuel": "40", "short": "wood"}, lang="en")
    assert done.status_code == 200 and "School" in done.text
    assert office.said() == ["point.opened", "stock.counted", "visit.counted", "need.raised"]
    school = office.ledger.thing(office.school)
    assert school is not None and school.now == "open" and school.state["sums"]["fuel_ml"]["base"] == 40_000
    rows = [row for _, row in office.ledger.store.arrived()][3:]
    assert all(b'"via":"text"' in (row.fact.body or b"") for row in rows)


def test_what_is_left_empty_is_not_known_and_nought_is_nought(office: Office) -> None:
    first, second, *_ = office.codes.sheet(office.school)
    office.send("/report", code=first, **REPORT)
    assert office.said() == ["point.opened"]
    office.send("/report", code=second, **REPORT | {"visits": "0"})
    assert office.said() == ["point.opened", "point.opened", "visit.counted"]


@pytest.mark.parametrize(
    ("state", "kinds", "now"),
    [
        ("full", ["point.opened", "status.reported"], "open"),
        ("paused", ["point.paused"], "paused"),
        ("closed", ["point.closed"], "closed"),
    ],
)
def test_each_state_is_what_it_says(office: Office, state: str, kinds: list[str], now: str) -> None:
    first, second, *_ = office.codes.sheet(office.school)
    office.send("/report", code=first, **REPORT)
    office.send("/report", code=second, **REPORT | {"state": state})
    assert office.said() == ["point.opened", *kinds]
    school = office.ledger.thing(office.school)
    assert school is not None and school.now == now


def test_a_code_serves_once(office: Office) -> None:
    code, *_ = office.codes.sheet(office.school)
    assert office.send("/report", code=code, **REPORT).status_code == 200
    assert office.send("/report", code=code, **REPORT).status_code == 403
    assert office.said() == ["point.opened"]


def test_a_code_may_be_typed_as_people_type(office: Office) -> None:
    code, *_ = office.codes.sheet(office.school)
    assert office.send("/report", code=f" {code.lower().replace('-', ' ')} ", **REPORT).status_code == 200
    assert normal("abcde-fghjk") == normal("ABCDE FGHJK") == "ABCDEFGHJK"


def test_a_form_that_misses_something_uses_no_code_and_keeps_what_was_typed(office: Office) -> None:
    code, *_ = office.codes.sheet(office.school)
    back = office.send("/report", code=code, **REPORT | {"visits": "twelve"}, lang="en")
    assert back.status_code == 422 and "A whole number, please." in back.text and f'value="{code}"' in back.text
    assert office.codes.left(office.school) == 40 and office.said() == []


def test_where_it_cannot_be_written_down_the_code_stays_good(office: Office) -> None:
    code, *_ = office.codes.sheet(office.school)
    office.broken = True
    assert office.send("/report", code=code, **REPORT).status_code == 503
    office.broken = False
    assert office.send("/report", code=code, **REPORT).status_code == 200


def test_a_new_sheet_makes_the_old_one_worthless(office: Office) -> None:
    old, *_ = office.codes.sheet(office.school)
    new, *_ = office.codes.sheet(office.school)
    assert office.send("/report", code=old, **REPORT).status_code == 403
    assert office.send("/report", code=new, **REPORT).status_code == 200


def test_the_file_tells_nobody_a_code(office: Office, tmp_path: Path) -> None:
    codes = office.codes.sheet(office.school)
    kept = (tmp_path / "codes.json").read_text()
    assert len(set(codes)) == 40
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_codes_cannot_be_guessed_at_leisure(office: Office) -> None:
    tries = [office.send("/report", code=f"AAAAA-AAAA{k}", **REPORT).status_code for k in range(2, 9)]
    assert tries == [403] * 5 + [429] * 2
    office.seconds += 3601
    code, *_ = office.codes.sheet(office.school)
    assert office.send("/report", code=code, **REPORT).status_code == 200


# a proposal -----------------------------------------------------------------------------------------------------
def test_a_proposal_reaches_the_desk_with_what_was_said_beside_it(office: Office) -> None:
    done = office.send("/propose", **PROPOSAL | {"why": "Warm\r\nand dry", "who": "Ivan"}, lang="en")
    assert done.status_code == 200
    (place,) = office.ledger.things("place")
    assert (place.now, place.get("indoors"), place.get("names")) == ("proposed", True, {"en": "Canteen"})
    assert place.get("owner_agrees") is None, "not known is not no"
    assert place.get("area") == office.area.hex()
    (row,) = [row for _, row in office.ledger.store.arrived() if row.kind == "place.proposed"]
    assert b"Ivan" not in (row.fact.body or b"") and b"Ivan" in (row.fact.sealed or b"")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": ""}, "Please fill this in."),
        ({"name": "x" * 121}, "That is too long."),
        ({"name": "a\u202eb"}, "Plain words on one line, please."),
        ({"indoors": "perhaps"}, "Please fill this in."),
    ],
)
def test_what_cannot_be_used_comes_back_with_a_word_beside_it(
    office: Office, change: dict[str, str], word: str
) -> None:
    back = office.send("/propose", **PROPOSAL | change, lang="en")
    assert back.status_code == 422 and word in back.text and 'role="alert"' in back.text
    assert office.said() == []


def test_what_was_typed_is_shown_as_text_never_as_markup(office: Office) -> None:
    back = office.send("/propose", **PROPOSAL | {"name": "", "who": '"><b>x</b>'})
    assert "<b>x</b>" not in back.text and "&quot;&gt;&lt;b&gt;" in back.text


# a promise ------------------------------------------------------------------------------------------------------
def test_a_promise_leads_to_the_givers_own_page_and_publishes_nothing_unless_chosen(office: Office) -> None:
    done = office.send("/promise", **PROMISE | {"count": "3", "goods": "Dry logs", "until": "2026-12-01"}, lang="en")
    assert done.status_code == 200 and 'href="/giver/' in done.text
    (pledge,) = office.ledger.things("pledge")
    assert (pledge.get("what"), pledge.get("count"), pledge.get("publish")) == ("wood", 3, "nothing")
    assert pledge.get("deliver_by") == "2026-12-01"


def test_running_costs_are_paid_until_a_day(office: Office) -> None:
    office.send("/promise", **PROMISE | {"what": "running_costs", "until": "2027-03-31"})
    (pledge,) = office.ledger.things("pledge")
    assert pledge.get("costs_until") == "2027-03-31" and pledge.get("deliver_by") is None


@pytest.mark.parametrize(("publish", "missing"), [("chosen", "f-chosen-fault"), ("name", "f-giver-fault")])
def test_a_name_that_is_to_be_published_must_be_given(office: Office, publish: str, missing: str) -> None:
    back = office.send("/promise", **PROMISE | {"publish": publish})
    assert back.status_code == 422 and missing in back.text
    assert office.said() == []


def test_yesterday_is_no_day_to_promise_for(office: Office) -> None:
    assert office.send("/promise", **PROMISE | {"until": "2026-11-21"}).status_code == 422
    assert office.send("/promise", **PROMISE | {"until": "2026-11-22"}).status_code == 200


@pytest.mark.parametrize("body", [b"\xff\xfe", b"", b"a" * 9_000, b"&".join(b"k%d=1" % k for k in range(60))])
def test_what_is_no_form_is_answered_in_words(office: Office, body: bytes) -> None:
    for path in ("/report", "/propose", "/promise"):
        back = office.browser.post(path, content=body, headers={"content-type": "application/x-www-form-urlencoded"})
        assert back.status_code in (413, 422) and "<h1>" in back.text
    assert office.said() == []


# undertakings ----------------------------------------------------------------------------------------------------
BEGUN = {"name": "Yurts for the hill", "idea": "Two yurts.\nOne stove each.", "wants": "2", "who": "Aigerim"}


def last(office: Office) -> Any:
    return [row for _, row in office.ledger.store.arrived()][-1].fact


def test_an_undertaking_is_written_down_in_its_beginners_words(office: Office) -> None:
    assert office.send("/initiative", **BEGUN, lang="en").status_code == 200
    assert office.said() == ["initiative.started"]
    said = last(office)
    assert said.body_value() == {
        "names": {"en": "Yurts for the hill"}, "area": office.area.hex(), "wants": 2, "via": "text",
    }  # fmt: skip
    assert said.sealed_value() == {"idea": {"en": "Two yurts.\nOne stove each."}, "who": "Aigerim"}


@pytest.mark.parametrize("lacks", ["name", "idea"])
def test_an_undertaking_without_a_name_or_an_idea_comes_back(office: Office, lacks: str) -> None:
    assert office.send("/initiative", **BEGUN | {lacks: ""}).status_code == 422
    assert office.said() == []


def test_one_stands_behind_what_everybody_may_read_and_nothing_else(office: Office) -> None:
    office.send("/initiative", **BEGUN)
    initiative = next(iter(office.ledger.things("initiative"))).id.hex()
    support = {"of": initiative, "support": "person", "publish": "nothing"}
    assert texts("en", "forms")("support.none.title") in office.browser.get("/support?lang=en").text
    assert office.send("/support", **support).status_code == 422  # nobody released it yet
    office.public = {initiative: "Yurts for the <hill>"}
    page = office.browser.get("/support", params={"of": initiative, "lang": "en"}).text
    assert "Yurts for the &lt;hill&gt;" in page and f'value="{initiative}" selected' in page
    assert office.send("/support", **support).status_code == 200
    assert last(office).body_value() == {"support": "person", "publish": "nothing", "via": "text"}
    assert last(office).sealed_value() is None


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"support": "town", "publish": "name"}, 422),  # which town?
        ({"support": "person", "publish": "name"}, 422),  # whose name?
        ({"support": "town", "publish": "name", "organisation": "Bucha"}, 200),
        ({"support": "person", "publish": "name", "who": "Aigerim"}, 200),
        ({"support": "king", "publish": "nothing"}, 422),
    ],
)
def test_who_wants_to_be_named_says_the_name(office: Office, more: dict[str, str], status: int) -> None:
    office.send("/initiative", **BEGUN)
    initiative = next(iter(office.ledger.things("initiative"))).id.hex()
    office.public = {initiative: "Yurts"}
    assert office.send("/support", of=initiative, **more).status_code == status
