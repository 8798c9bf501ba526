"""The desk over HTTP: orders and answers, tables that are not sent twice, the report of a day, a list with twins."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import Workbook, load_workbook

from tests.unit.server.desk_drawn import DESK, DeskTown
from tests.unit.server.people import Somebody

DAY = "2026-11-22"
MINUTE_MS = 60_000


@pytest.fixture
def town(tmp_path: Path) -> DeskTown:
    return DeskTown(tmp_path)


@pytest.fixture
def desk(town: DeskTown) -> Somebody:
    one = town.somebody("Olena", "desk")
    assert one.sign_in().status_code == 200
    return one


def ask(one: Somebody, method: str, path: str, body: Any = None, **more: Any) -> Any:
    """The answer."""
    return one.browser.request(method, DESK + path, json=body, **more)


def todo(desk: Somebody, what: str) -> list[Any]:
    """What there is to do of one kind."""
    return [one for one in ask(desk, "GET", "/todo").json()["items"] if one["what"] == what]


def later(town: DeskTown, desk: Somebody, minutes: int) -> None:
    """So much later; the session may be over by then."""
    town.clock.ms += minutes * MINUTE_MS
    assert desk.sign_in().status_code == 200


# orders -----------------------------------------------------------------------------------------------------
def answers(town: DeskTown, desk: Somebody) -> dict[str, str]:
    rows = ask(desk, "GET", f"/orders/{town.order.hex()}").json()["rows"]
    return {row["point"]["names"]["en"]: row["answer"] for row in rows}


def test_ordered_is_not_open_until_the_place_says_so(town: DeskTown, desk: Somebody) -> None:
    # School was open when the order came; Hall stands ready and has not answered.
    assert answers(town, desk) == {"School": "opened", "Hall": "silent"}
    table = ask(desk, "GET", "/points").json()
    at = table["id"].index(town.hall.hex())
    assert (table["shown"][at], table["ordered"][at]) == ("ready", "open")
    (one,) = todo(desk, "ordered")
    assert (one["point"]["id"], one["values"]["answer"], one["urgency"]) == (town.hall.hex(), "", "soon")
    later(town, desk, 121)  # nobody named a time: two hours
    (one,) = todo(desk, "ordered")
    assert one["urgency"] == "now"
    town.ledger.say(
        "activation.acknowledged", {"acknowledged": town.order.hex(), "opens_within_min": 30}, about=town.hall
    )
    assert answers(town, desk)["Hall"] == "confirmed"
    assert todo(desk, "ordered") == []  # it has half an hour
    later(town, desk, 31)
    (one,) = todo(desk, "ordered")
    assert (one["values"]["answer"], one["urgency"]) == ("acknowledged", "now")  # said, and did not
    town.ledger.say("point.opened", {}, about=town.hall)
    assert (answers(town, desk)["Hall"], todo(desk, "ordered")) == ("opened", [])


def test_who_cannot_open_is_told_with_the_reason(town: DeskTown, desk: Somebody) -> None:
    body = {"refused": town.order.hex(), "refused_because": "fuel"}
    town.ledger.say("activation.refused", body, about=town.hall)
    (one,) = todo(desk, "ordered")
    assert (one["values"]["answer"], one["values"]["because"], one["urgency"]) == ("refused", "fuel", "now")


def test_the_newest_order_is_in_force(town: DeskTown, desk: Somebody) -> None:
    town.ledger.say("activation.ordered", {"order": "stand_down"}, about=town.centre)
    # Hall stands ready: that is what was ordered. School is open: it has not stood down.
    assert [one["point"]["id"] for one in todo(desk, "ordered")] == [town.school.hex()]
    orders = ask(desk, "GET", f"/orders?area={town.centre.hex()}").json()
    assert [one["order"] for one in orders] == ["stand_down", "open"]
    assert ask(desk, "GET", f"/orders?area={town.harbour.hex()}").json() == []


def test_a_preview_names_whom_it_would_reach(town: DeskTown, desk: Somebody) -> None:
    whole = {"area": town.centre.hex(), "district": None, "points": None, "order": "open"}
    told = ask(desk, "POST", "/orders/preview", whole).json()
    assert {row["names"]["en"] for row in told["rows"]} == {"School", "Hall"}
    assert (told["counts"], told["without_phone"], told["already"]) == ({"open": 1, "ready": 1}, 1, 1)
    north = ask(desk, "POST", "/orders/preview", whole | {"district": "North"}).json()
    assert [row["names"]["en"] for row in north["rows"]] == ["School"]
    chosen = ask(desk, "POST", "/orders/preview", whole | {"points": [town.hall.hex()]}).json()
    assert [row["names"]["en"] for row in chosen["rows"]] == ["Hall"]


# to do ------------------------------------------------------------------------------------------------------
def test_it_settles_itself_once_somebody_spoke(town: DeskTown, desk: Somebody) -> None:
    assert todo(desk, "silent") == []
    later(town, desk, 4 * 60)
    assert {one["point"]["id"] for one in todo(desk, "silent")} == {town.school.hex(), town.pier.hex()}
    town.ledger.say("status.reported", {"band": "some", "via": "phone"}, about=town.pier)  # what they said
    assert [one["point"]["id"] for one in todo(desk, "silent")] == [town.school.hex()]
    for _ in range(2):
        town.ledger.say("visitor.said", {"state": "shut"}, about=town.school)
    (silent,) = todo(desk, "silent")  # visitors do not break the silence
    (against,) = todo(desk, "contradicted")
    assert silent["point"]["id"] == against["point"]["id"] == town.school.hex()
    assert against["values"]["against"][0] | {"last_at_min": 0} == {
        "state": "shut", "n": 2, "last_at_min": 0, "who": "visitor",
    }  # fmt: skip
    town.ledger.say("point.closed", {"via": "phone"}, about=town.school)
    assert (todo(desk, "silent"), todo(desk, "contradicted")) == ([], [])


def test_needs_and_dangers(town: DeskTown, desk: Somebody) -> None:
    (need,) = todo(desk, "need")
    assert (need["values"]["short_of"], need["urgency"], need["phone"]) == ("wood", "soon", "+380000000001")
    town.ledger.say("need.met", {"met_by": "own"}, about=town.need)
    assert todo(desk, "need") == []
    # Danger was reported by headquarters itself, which has spoken of the place since: nothing is left to look at.
    assert todo(desk, "incident") == []
    host = town.somebody("host", "host", town.hall)
    assert host.key
    _say_as(town, host, "incident.reported", {"incident": "fire"}, town.hall)
    (danger,) = todo(desk, "incident")
    assert (danger["urgency"], danger["values"]["incident"]) == ("now", "fire")
    assert ask(desk, "GET", "/todo").json()["items"][0]["what"] == "incident"  # before everything else
    town.ledger.say("status.reported", {"band": "free", "via": "phone"}, about=town.hall)
    assert todo(desk, "incident") == []


def _say_as(town: DeskTown, one: Somebody, kind: str, body: dict[str, Any], about: bytes) -> None:
    """Somebody says something on a device of their own, and it arrives."""
    from shanyrak.facts.ledger import Ledger
    from shanyrak.facts.stores.memory import MemoryStore
    from tests.ledgers import all_facts, replayed

    own = Ledger(MemoryStore(), town.ledger.rules, signer=one.signer, now_ms=town.clock, random=replayed(kind))
    own.accept(all_facts(town.ledger))
    own.say(kind, body, about=about)
    town.ledger.accept(all_facts(own))


def test_a_report_that_does_not_count_is_looked_at_and_settled(town: DeskTown, desk: Somebody) -> None:
    stranger = town.somebody("stranger")
    _say_as(town, stranger, "point.closed", {}, town.school)
    (one,) = todo(desk, "quarantine")
    assert (one["values"]["kind"], one["point"]["id"]) == ("point.closed", town.school.hex())
    body = {"fact": one["values"]["record"], "cause": "never_happened"}
    town.ledger.say("correction.made", body, about=town.school)
    assert todo(desk, "quarantine") == []


def test_wood_runs_out(town: DeskTown, desk: Somebody) -> None:
    # 5 l at first; 2 l twelve hours later: 6 l a day, 2 l last 8 hours.
    later(town, desk, 12 * 60)
    town.ledger.say("stock.counted", {"fuel_ml": 2_000}, about=town.school)
    (one,) = todo(desk, "runs_out")
    assert (one["values"]["what"], one["values"]["unit"], one["values"]["left"]) == ("fuel", "ml", 2_000)
    assert (one["values"]["out_at_min"] - town.clock.ms // MINUTE_MS, one["urgency"]) == (480, "soon")
    later(town, desk, 3 * 60)
    (one,) = todo(desk, "runs_out")
    assert one["urgency"] == "now"


# the table --------------------------------------------------------------------------------------------------
def test_an_unchanged_table_is_not_sent_again(town: DeskTown, desk: Somebody) -> None:
    first = ask(desk, "GET", "/points")
    again = ask(desk, "GET", "/points", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    town.ledger.say("point.closed", {}, about=town.pier)
    changed = ask(desk, "GET", "/points", headers={"if-none-match": first.headers["etag"]})
    at = changed.json()["id"].index(town.pier.hex())
    assert (changed.status_code, changed.json()["state"][at]) == (200, "closed")


def test_of_a_table_that_is_there_already_only_what_is_different_is_sent(town: DeskTown, desk: Somebody) -> None:
    more = [
        town.ledger.say("point.described", {"names": {"uk": f"Зал {k}"}, "area": town.centre.hex()}) for k in range(9)
    ]
    first = ask(desk, "GET", "/points")
    tag = first.headers["etag"]
    town.ledger.say("point.opened", {}, about=more[4].id)
    told = ask(desk, "GET", "/points", params={"since": tag})
    assert told.headers["etag"] != tag
    changes = told.json()
    (at,) = changes["at"]
    assert (changes["since"], first.json()["id"][at], changes["rows"]["id"]) == (
        tag,
        more[4].id.hex(),
        [more[4].id.hex()],
    )

    # Put in, they make the table that is sent whole.
    whole = ask(desk, "GET", "/points").json()
    merged = {name: list(column) for name, column in first.json().items() if isinstance(column, list)}
    for name, column in merged.items():
        column[at] = changes["rows"][name][0]
    assert merged == {name: column for name, column in whole.items() if isinstance(column, list)}

    # A place came, or the tag is of no table that is kept here: all of it.
    for since in (tag, '"of another day"', ""):
        town.ledger.say("point.described", {"names": {"uk": "Ще один"}, "area": town.centre.hex()})
        assert len(ask(desk, "GET", "/points", params={"since": since}).json()["id"]) > 12
    # Everything grows old at once: the whole is shorter than the rows one by one.
    for one in more:
        town.ledger.say("point.opened", {}, about=one.id)
    tag = ask(desk, "GET", "/points").headers["etag"]
    later(town, desk, 181)
    assert "at" not in ask(desk, "GET", "/points", params={"since": tag}).json()


def test_by_a_tag_nobody_learns_of_places_that_are_not_theirs(town: DeskTown, desk: Somebody) -> None:
    """Everybody's table was sent to an admin; the inspector of the centre names its tag."""
    admin = town.somebody("Adam", "admin", town.ledger.net)
    assert admin.sign_in().status_code == 200
    tag = ask(admin, "GET", "/points").headers["etag"]
    town.ledger.say("point.closed", {}, about=town.pier)
    inspector = town.somebody("Inna", "inspector", town.centre)
    assert inspector.sign_in().status_code == 200
    assert town.pier.hex() not in ask(inspector, "GET", "/points", params={"since": tag}).text


def test_growing_old_is_a_change(town: DeskTown, desk: Somebody) -> None:
    first = ask(desk, "GET", "/points")
    later(town, desk, 181)
    second = ask(desk, "GET", "/points", headers={"if-none-match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.json()["shown"].count("not_confirmed") == 2


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
def test_packed_or_not_it_is_the_same_table(town: DeskTown, desk: Somebody, encoding: str) -> None:
    answer = ask(desk, "GET", "/points", headers={"accept-encoding": encoding})
    assert answer.headers.get("content-encoding", "identity") == encoding
    columns = {name: value for name, value in answer.json().items() if isinstance(value, list)}
    assert {len(column) for column in columns.values()} == {3}
    assert columns["id"] == sorted(columns["id"])


# papers -----------------------------------------------------------------------------------------------------
def test_a_selection_as_a_workbook(town: DeskTown, desk: Somebody) -> None:
    town.ledger.say("point.described", {"names": {"uk": "=1+1"}}, about=town.hall)
    wanted = {"ids": [town.school.hex(), town.hall.hex(), "f" * 64], "language": "en"}
    answer = ask(desk, "POST", "/points.xlsx", wanted)
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = rows[0]
    by_id = {row[head.index("Id")]: dict(zip(head, row, strict=True)) for row in rows[1:]}
    assert by_id.keys() == {town.school.hex(), town.hall.hex()}
    assert by_id[town.school.hex()]["Duty phone"] == "+380000000001"
    assert by_id[town.school.hex()]["Seats"] is None  # not known is empty, not nought
    assert sheet.cell(rows.index(list(by_id[town.hall.hex()].values())) + 1, 1).data_type == "s"  # text, no formula


def test_an_audit_file_is_the_same_until_more_is_said_and_its_hash_is_printed(town: DeskTown, desk: Somebody) -> None:
    path = f"/points/{town.school.hex()}/file"
    file = ask(desk, "GET", f"{path}.json")
    assert hashlib.sha256(file.content).hexdigest() == file.headers["x-content-sha256"]
    later(town, desk, 60)
    paper = ask(desk, "GET", f"{path}.pdf?language=en")
    assert paper.content.startswith(b"%PDF")
    assert paper.headers["x-content-sha256"] == file.headers["x-content-sha256"]
    kinds = {entry["kind"] for entry in file.json()["entries"]}
    assert {"point.described", "point.opened", "visit.counted", "incident.reported", "need.raised"} <= kinds
    town.ledger.say("point.closed", {}, about=town.school, sealed={"note": "Олена сказала"})
    after = ask(desk, "GET", f"{path}.json")
    assert after.headers["x-content-sha256"] != file.headers["x-content-sha256"]
    assert "Олена" in after.text
    assert "Олена" not in ask(desk, "GET", f"{path}.json?people=false").text


def test_every_signature_in_an_audit_file_can_be_checked_by_whoever_has_it(town: DeskTown, desk: Somebody) -> None:
    from shanyrak.facts.fact import Fact
    from shanyrak.facts.intake import examine
    from shanyrak.facts.signing import verify_all

    told = ask(desk, "GET", f"/points/{town.school.hex()}/file.json").json()
    facts = [Fact(one["signed"].encode(), bytes.fromhex(one["signature"])) for one in told["entries"]]
    assert [fact.id.hex() for fact in facts] == [one["record"] for one in told["entries"]]
    assert all(one.header is not None for one in examine(facts, town.ledger.net, verify_all))


def test_the_report_of_a_day_counts_a_silent_place_as_no_word(town: DeskTown, desk: Somebody) -> None:
    area = town.centre.hex()
    total = ask(desk, "GET", f"/reports/{DAY}?area={area}").json()["total"]
    assert (total["points"], total["working"], total["ready"], total["no_word"]) == (2, 1, 1, 0)
    assert (total["visits_24h"], total["open_needs"]) == (12, 1)
    harbour = ask(desk, "GET", f"/reports/{DAY}?area={town.harbour.hex()}").json()["total"]
    assert harbour["visits_24h"] is None  # nobody counted: not nought
    later(town, desk, 200)
    total = ask(desk, "GET", f"/reports/{DAY}?area={area}").json()["total"]
    assert (total["working"], total["no_word"], total["not_working"]) == (0, 1, 0)


def test_figures_that_have_moved_cannot_be_approved_unseen(town: DeskTown, desk: Somebody) -> None:
    area = town.centre.hex()
    seen = ask(desk, "GET", f"/reports/{DAY}?area={area}").json()
    later(town, desk, 5)
    assert ask(desk, "GET", f"/reports/{DAY}?area={area}").json()["hash"] == seen["hash"]  # time alone moves nothing
    town.ledger.say("point.paused", {"cause": "heat"}, about=town.school)
    assert ask(desk, "POST", f"/reports/{DAY}/approve", {"area": area, "hash": seen["hash"]}).status_code == 409
    assert ask(desk, "PUT", f"/reports/{DAY}/notes", {"area": area, "notes": "Heat failed"}).status_code == 200
    again = ask(desk, "GET", f"/reports/{DAY}?area={area}").json()
    assert again["not_working"] == [{"point": again["not_working"][0]["point"], "cause": "heat"}]
    done = ask(desk, "POST", f"/reports/{DAY}/approve", {"area": area, "hash": again["hash"]}).json()
    assert (done["approved_by"], done["notes"]) == ("Olena", "Heat failed")
    town.ledger.say("point.opened", {}, about=town.school)
    assert ask(desk, "GET", f"/reports/{DAY}?area={area}").json() == done  # what was approved stays
    for form in ("pdf", "xlsx"):
        assert ask(desk, "GET", f"/reports/{DAY}.{form}?area={area}").status_code == 200, "on paper too"
    assert ask(desk, "GET", f"/reports/{DAY}?area={area}&current=true").json()["total"]["working"] == 1


def test_the_report_on_one_page_and_as_a_workbook(town: DeskTown, desk: Somebody) -> None:
    for language in ("uk", "en", "de", "kk", "ru"):
        page = ask(desk, "GET", f"/reports/{DAY}.pdf?language={language}")
        assert page.content.count(b"/Type /Page\n") + page.content.count(b"/Type/Page/") <= 1
        assert page.content.startswith(b"%PDF")
    book = load_workbook(io.BytesIO(ask(desk, "GET", f"/reports/{DAY}.xlsx?language=en").content))
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    assert rows[0][:3] == ["District", "Places", "Working"]
    assert rows[-1][0] == "All" and rows[-1][1] == 3
    south = next(row for row in rows if row[0] == "South")
    assert south[6] == "not counted"


def test_a_day_that_is_over_is_told_as_it_was_at_its_end(town: DeskTown, desk: Somebody) -> None:
    before = ask(desk, "GET", f"/reports/{DAY}").json()
    # 14:00 UTC is 16:00 in Kyiv; at midnight the words of the afternoon are older than three hours.
    later(town, desk, 24 * 60)
    town.ledger.say("point.closed", {}, about=town.school)
    told = ask(desk, "GET", f"/reports/{DAY}").json()
    assert before["total"]["working"] == 2
    assert (told["total"]["points"], told["total"]["no_word"], told["total"]["ready"]) == (3, 2, 1)
    assert told["total"]["not_working"] == 0  # that was said the day after
    assert told["total"]["visits_24h"] == 12


# lists ------------------------------------------------------------------------------------------------------
HEAD = ["№", "Назва", "Адреса", "Широта", "Довгота"]


def book_of(*rows: list[Any]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEAD, *rows):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring(desk: Somebody, content: bytes, name: str = "список.xlsx", area: str = "") -> Any:
    headers = {"x-file-name": quote(name), "content-type": "application/octet-stream"}
    return desk.browser.post(f"{DESK}/lists", params={"name": "City", "area": area}, content=content, headers=headers)


@pytest.fixture
def known(town: DeskTown) -> bytes:
    """A school that the record has, and the list has by another number."""
    body = {"names": {"uk": "Школа № 7"}, "address": "вул. Садова, 5", "lon_e7": 305_000_000, "lat_e7": 504_000_000}
    return town.ledger.say("point.described", body, scope=town.centre).id


def test_twins_are_settled_before_anything_is_written(town: DeskTown, desk: Somebody, known: bytes) -> None:
    content = book_of(
        [1, "Школа №7", "вул. Садова, 5", 50.4, 30.5],  # the same, ten times as likely
        [2, "Бібліотека", "вул. Паркова, 9", 50.41, 30.52],
        [3, None, None, None, None],
    )
    count = town.ledger.store.count()
    preview = bring(desk, content, area=town.centre.hex()).json()
    assert town.ledger.store.count() == count
    assert (preview["rows"], preview["new"], len(preview["twins"]), len(preview["problems"])) == (3, 1, 1, 1)
    (twin,) = preview["twins"]
    assert (twin["other"]["id"], twin["distance_m"], twin["row"]) == (known.hex(), 0, 2)
    taken = ask(desk, "POST", f"/lists/{preview['token']}/take", {"twins": [{"row": 2, "same": True}]})
    assert taken.status_code == 200
    table = ask(desk, "GET", "/points").json()
    assert len(table["id"]) == 5  # 3, the school that was known, the library
    at = table["id"].index(known.hex())
    assert ask(desk, "GET", f"/points/{known.hex()}").json()["lists"] == {"City": "1"}
    assert table["area"][at] == town.centre.hex()
    again = bring(desk, content, area=town.centre.hex()).json()  # a second time says nothing new
    assert (again["new"], again["changed"], again["same"], again["twins"]) == (0, 0, 2, [])


def test_another_place_is_said_to_be_another(town: DeskTown, desk: Somebody, known: bytes) -> None:
    content = book_of([1, "Школа №7", "вул. Садова, 5", 50.4, 30.5])
    token = bring(desk, content).json()["token"]
    ask(desk, "POST", f"/lists/{token}/take", {"twins": [{"row": 2, "same": False}]})
    assert len(ask(desk, "GET", "/points").json()["id"]) == 5
    assert todo(desk, "twin") == []
    assert [row.kind for _, row in town.ledger.store.arrived() if row.kind == "not.same.as"] == ["not.same.as"]


def test_what_nobody_settled_is_doubtful_and_waits_on_the_list_of_things_to_do(
    town: DeskTown, desk: Somebody, known: bytes
) -> None:
    token = bring(desk, book_of([1, "Школа №7", "вул. Садова, 5", 50.4, 30.5])).json()["token"]
    assert ask(desk, "POST", f"/lists/{token}/take", {"twins": []}).json()["doubtful"] == 1
    (twin,) = todo(desk, "twin")
    assert (twin["values"]["other"]["id"], twin["values"]["distance_m"]) == (known.hex(), 0)
    town.ledger.say("same.as", {"same_as": known.hex()}, about=bytes.fromhex(twin["point"]["id"]))
    assert todo(desk, "twin") == []


def test_a_list_is_taken_in_once_by_whoever_brought_it(town: DeskTown, desk: Somebody) -> None:
    token = bring(desk, book_of([1, "Бібліотека", "вул. Паркова, 9", 50.41, 30.52])).json()["token"]
    other = town.somebody("Taras", "desk")
    other.sign_in()
    assert ask(other, "POST", f"/lists/{token}/take", {"twins": []}).status_code == 404
    assert ask(desk, "POST", f"/lists/{token}/take", {"twins": [{"row": 2, "same": True}]}).status_code == 400
    assert ask(desk, "POST", f"/lists/{token}/take", {"twins": []}).status_code == 200
    assert ask(desk, "POST", f"/lists/{token}/take", {"twins": []}).status_code == 404


def test_a_list_waits_for_an_hour(town: DeskTown, desk: Somebody) -> None:
    token = bring(desk, book_of([1, "Бібліотека", "вул. Паркова, 9", 50.41, 30.52])).json()["token"]
    later(town, desk, 61)
    assert ask(desk, "POST", f"/lists/{token}/take", {"twins": []}).status_code == 404


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.xlsx"),
        (b"PK\x03\x04 broken", "a.xlsx"),
        (b"\x00\x01", "a.csv"),
        (b"x", "a.exe"),
        (b"one;two\n1;2", "a.csv"),
        (b"x", "../../etc/passwd"),
    ],
)
def test_what_is_no_list(town: DeskTown, desk: Somebody, content: bytes, name: str) -> None:
    answer = bring(desk, content, name)
    assert answer.status_code == 400
    assert answer.json()["error"]["what"]
    assert json.loads(answer.content)["error"].keys() == {"what", "where", "mend"}
