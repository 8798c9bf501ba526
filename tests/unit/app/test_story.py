"""The story of a point: in the order in which it happened, with what it is tied to, on whose word."""

from __future__ import annotations

from shanyrak.app.giving import follow
from shanyrak.app.points import point_row, point_rows
from shanyrak.app.story import story
from shanyrak.app.story_lines import line_of
from shanyrak.demo.yurts import tell_of_the_yurts, yurts
from shanyrak.facts.ledger import Ledger
from tests.ledgers import founded_ledger, point


def kinds(ledger: Ledger, thing: bytes) -> list[str]:
    return [entry.row.kind for entry in story(ledger, thing)]


def text(ledger: Ledger, thing: bytes) -> str:
    return "\n".join(line for entry in story(ledger, thing) for line in line_of(ledger, entry))


def test_it_is_told_in_the_order_in_which_it_happened_not_in_which_it_was_written_down() -> None:
    ledger = founded_ledger()
    school = ledger.say("point.described", {"names": {"en": "School"}, "happened": "2026-11-01"}).id
    ledger.say("point.closed", {"happened": "2026-11-22T12:00Z", "via": "paper"}, about=school)
    ledger.say("point.opened", {"happened": "2026-11-22T08:00Z", "via": "paper"}, about=school)
    assert kinds(ledger, school) == ["point.described", "point.opened", "point.closed"]


def test_a_points_story_tells_of_its_initiative_its_kit_and_its_pledge() -> None:
    #   pledge <- kit -> point -> initiative <- statement
    ledger = founded_ledger()
    idea = ledger.say("initiative.started", {"names": {"en": "Warm quarter"}}).id
    yurt = point(ledger, "Yurt 1", initiative=idea.hex())
    pledge = ledger.say("pledge.made", {"what": "yurt"}).id
    kit = ledger.say("kit.assembled", {"pledges": [pledge.hex()]}).id
    ledger.say("kit.erected", {"point": yurt.hex()}, about=kit)
    ledger.say("statement.recorded", {"about": idea.hex()}, sealed={"who": "A mayor", "words": {"en": "We thank."}})
    other = point(ledger, "Another point", initiative=idea.hex())
    told = kinds(ledger, yurt)
    assert {"initiative.started", "pledge.made", "kit.assembled", "kit.erected", "statement.recorded"} <= set(told)
    assert all(entry.row.about != other for entry in story(ledger, yurt)), "a neighbour has a story of its own"
    assert "A mayor" in text(ledger, yurt)


def test_an_entry_says_what_when_on_whose_word_and_how_it_came() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School")
    said = {"happened": "2026-11-22T08:00Z", "via": "phone"}
    ledger.say("point.opened", said, about=school, sealed={"said_by": "the caretaker"})
    entry = next(entry for entry in story(ledger, school) if entry.row.kind == "point.opened").as_dict(ledger)
    assert entry["said_by"] == "the caretaker"
    assert (entry["kind"], entry["happened"], entry["via"]) == ("point.opened", "2026-11-22T08:00Z", "phone")
    assert entry["id"] in {row.id.hex() for _, row in ledger.store.arrived()}


def test_withheld_words_are_not_told_and_that_they_were_withheld_is() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School")
    said = ledger.say("point.opened", {}, about=school, sealed={"note": "Olena has the key"}).id
    ledger.say("body.withheld", {"fact": said.hex(), "part": "both", "reason": "personal"}, about=school)
    told = text(ledger, school)
    assert "Olena" not in told
    assert "withheld" in told


def test_the_story_of_bucha_has_the_three_versions_each_with_its_source() -> None:
    ledger = founded_ledger()
    tell_of_the_yurts(ledger)
    (bucha,) = ledger.find("yurt-bucha")
    told = text(ledger, bucha)
    for who in ("Bucha City Council", "Aibek Smadiyarov", "watson.de"):
        assert who in told
    assert "In reply to: Maria Zakharova" in told
    assert "link unknown" in told, "a missing link stays unknown"
    for statement in yurts()["statements"]:
        if statement["about"] in ("yurt-bucha", "yurts-of-invincibility"):
            assert statement["what"] in told
            assert statement["source"].split(" ")[0] in told


def test_remembered_places_are_never_listed_where_someone_looks_and_never_open() -> None:
    ledger = founded_ledger()
    point(ledger, "School")
    tell_of_the_yurts(ledger)
    assert [row["name"] for row in point_rows(ledger)] == ["School"]
    remembered = [row for row in point_rows(ledger, archive=True) if row["archive"]]
    assert len(remembered) == len(yurts()["places"])
    assert {row["state"] for row in remembered} == {"unknown"}


def test_visitors_words_since_the_last_word_of_those_on_duty_stand_beside_it() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School")
    ledger.say("visitor.said", {"state": "open"}, about=school)
    ledger.say("point.opened", {}, about=school)
    ledger.say("visitor.said", {"state": "shut"}, about=school)
    thing = ledger.thing(school)
    assert thing is not None
    row = point_row(ledger, thing)
    assert (row["state"], row["visitors_since"]) == ("open", ["shut"])


def test_nobody_said_is_unknown() -> None:
    ledger = founded_ledger()
    thing = ledger.thing(point(ledger, "School"))
    assert thing is not None
    row = point_row(ledger, thing)
    assert (row["state"], row["since"], row["said_by"]) == ("unknown", None, None)


def test_a_giver_follows_a_pledge_to_the_last_count_of_the_point_it_became() -> None:
    ledger = founded_ledger()
    pledge = ledger.say("pledge.made", {"what": "yurt"}).id
    kit = ledger.say("kit.assembled", {"pledges": [pledge.hex()]}).id
    yurt = point(ledger, "Yurt 1")
    lorry = ledger.say("consignment.left", {"kits": [kit.hex()], "to": yurt.hex()}).id
    ledger.say("consignment.arrived", {"at": yurt.hex()}, about=lorry)
    ledger.say("kit.erected", {"point": yurt.hex()}, about=kit)
    ledger.say("point.opened", {}, about=yurt)
    ledger.say("visit.counted", {"visits": 12}, about=yurt)
    ledger.say("visit.counted", {"visits": 30}, about=yurt)
    way = follow(ledger, pledge)
    steps = [step["kind"] for step in way["steps"]]
    assert steps == ["pledge.made", "kit.assembled", "consignment.left", "consignment.arrived", "kit.erected"]
    (became,) = way["points"]
    assert (became["name"], became["state"]) == ("Yurt 1", "open")
    # The last count is 30; all counts together are 12 + 30 = 42.
    assert became["last_count"]["body"]["visits"] == 30
    assert became["last_count"]["visits_in_all"] == 42


def test_a_pledge_that_led_nowhere_yet_says_so() -> None:
    ledger = founded_ledger()
    way = follow(ledger, ledger.say("pledge.made", {"what": "wood"}).id)
    assert way["points"] == []
    assert "not at a point yet" in way["lines"][-1]
