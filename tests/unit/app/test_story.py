"""The story of a point: in the order in which it happened, with what it is tied to, on whose word."""

from __future__ import annotations

from shanyrak.app.giving import follow
from shanyrak.app.points import point_row, point_rows, point_whole
from shanyrak.app.story import story, story_of_key
from shanyrak.app.story_lines import line_of, lines_of
from shanyrak.demo.yurts import tell_of_the_yurts, yurts
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.signing import Signer
from tests.ledgers import all_facts, empty_ledger, founded_ledger, point, replayed


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


def test_a_promise_that_was_taken_back_is_not_waited_for() -> None:
    ledger = founded_ledger()
    pledge = ledger.say("pledge.made", {"what": "running_costs", "costs_until": "2027-04-01"}).id
    assert "paid until 2027-04-01" in "\n".join(follow(ledger, pledge)["lines"])
    ledger.say("pledge.withdrawn", {"cause": "cannot"}, about=pledge)
    told = follow(ledger, pledge)
    assert told["state"] == "withdrawn"
    assert told["lines"][-1] == "The promise was taken back."


def test_a_promise_does_not_tell_of_every_place_of_its_initiative() -> None:
    #   pledge -> initiative <- place (somewhere else)
    ledger = founded_ledger()
    idea = ledger.say("initiative.started", {"names": {"en": "Warm quarter"}}).id
    ledger.say("place.decided", {"names": {"en": "Park"}, "initiative": idea.hex()})
    pledge = ledger.say("pledge.made", {"what": "yurt", "initiative": idea.hex()}).id
    assert kinds(ledger, pledge) == ["initiative.started", "pledge.made"]
    assert "place.decided" in kinds(ledger, idea)


def test_receipts_are_counted_in_a_story_not_told() -> None:
    ledger = founded_ledger()
    phone = empty_ledger("phone")
    phone.join(ledger.net)
    phone.accept(all_facts(ledger))
    phone.say("pledge.made", {"what": "wood"})
    ledger.accept(all_facts(phone))
    assert len(ledger.note_receipts([chain.key for chain in ledger.store.all_chains()])) == 1
    entries = story(ledger, ledger.net)
    assert "receipt.noted" in {entry.row.kind for entry in entries}
    lines = lines_of(ledger, entries, ledger.net)
    assert lines[-1].startswith("Besides: 1 receipt of headquarters")
    assert "chain" not in "\n".join(lines)


def test_what_does_not_fit_or_is_newer_is_told_without_its_values() -> None:
    # Such facts come from others: here a device says what its own rules would refuse.
    ledger = founded_ledger()
    school = point(ledger, "School")
    for kind, body in (("point.opened", {"happened": 5, "via": ["x"]}), ("point.sung", {"happened": {}, "song": 1})):
        with ledger.store.transaction():
            row = ledger._pen.write(kind, 1, body, about=school, scope=school, sealed={"said_by": 7, "note": ["x"]})
            ledger._keeper.keep([row])
    told = text(ledger, school)
    assert "Does not count as it stands (unfit)" in told
    assert "point.sung (newer than this program)" in told
    thing = ledger.thing(school)
    assert thing is not None
    assert point_whole(ledger, thing)["state"] == "unknown"


def test_each_value_of_a_point_stands_under_the_word_it_came_with_newest_first() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School", seats=60, happened="2026-11-01")
    said = {"happened": "2026-11-20", "via": "phone"}
    ledger.say("stock.counted", said | {"fuel_ml": 40_000}, about=school, sealed={"said_by": "the caretaker"})
    ledger.say("stock.used", {"fuel_ml": 5_000}, about=school)
    ledger.say("stock.received", {"wood_g": 5_000}, about=school)
    thing = ledger.thing(school)
    assert thing is not None
    lines = point_whole(ledger, thing)["lines"]
    assert lines == [
        "2026-11-20, the caretaker:",
        "  fuel: 35 l (40 l counted)",
        "2026-11-01, this device (admin, headquarters):",
        "  seats: 60",
        "never counted: wood",
    ]


def test_a_device_has_a_story_by_its_key() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School")
    phone = Signer.generate(replayed("phone")).public.hex()
    ledger.say("device.admitted", {"key": phone, "role": "host", "scope": school.hex()}, about=school)
    ledger.say("device.revoked", {"key": phone, "cause": "lost"}, about=school)
    ledger.say("device.admitted", {"key": "ab" * 32, "role": "desk"}, about=ledger.net)
    told = story_of_key(ledger, phone[:8])
    assert told is not None
    key, entries = told
    assert key.hex() == phone
    assert [entry.row.kind for entry in entries] == ["device.admitted", "device.revoked"]
    assert "lost" in "\n".join(lines_of(ledger, entries))
    assert story_of_key(ledger, "cd" * 4) is None


def test_the_lists_a_point_is_on_are_shown() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School")
    ledger.say("list.entered", {"list": "City register", "number": "12"}, about=school)
    thing = ledger.thing(school)
    assert thing is not None
    whole = point_whole(ledger, thing)
    assert whole["lists"] == {"City register": "12"}
    assert "on the list City register, no. 12" in whole["lines"]


def test_a_count_without_a_number_is_not_the_last_count() -> None:
    #   counted 34, then a count in which nothing is said
    ledger = founded_ledger()
    yurt = point(ledger, "Yurt 1")
    pledge = ledger.say("pledge.made", {"what": "running_costs", "point": yurt.hex()}).id
    ledger.say("visit.counted", {"visits": 34}, about=yurt)
    ledger.say("stock.counted", {}, about=yurt)
    (place,) = follow(ledger, pledge)["points"]
    assert place["last_count"]["text"] == "visits 34"
