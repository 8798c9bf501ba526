"""The kinds that come with the program: every one is there, and what all of them promise."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest

from shanyrak.core.spec import spec_folder
from shanyrak.facts.canonical import canonical
from shanyrak.facts.fact import MAX_BODY_BYTES
from shanyrak.facts.human import shown_name
from shanyrak.facts.kinds_page import kinds_page
from shanyrak.facts.rules import Kind, load_rules
from shanyrak.facts.schema import PATTERNS, TYPES, Field

RULES = load_rules()
KINDS = list(RULES.kinds.values())
ALL_KINDS = """
network.founded device.admitted device.replaced device.revoked receipt.noted body.withheld checkpoint.made name.given
same.as not.same.as correction.made
initiative.started initiative.supported place.proposed place.decided statement.recorded event.announced thanks.said
pledge.made pledge.changed pledge.withdrawn
kit.described kit.assembled kit.inspected kit.erected kit.dismantled kit.damaged kit.repaired custody.transferred
consignment.left consignment.passed consignment.arrived
point.described point.planned point.equipping point.ready point.opened point.paused point.closed point.moved point.lost
services.declared hours.declared list.entered list.left visibility.decided
area.described notice.given release.decided mode.set activation.ordered activation.acknowledged activation.refused
status.reported stock.counted stock.received stock.used visit.counted need.raised need.met incident.reported
inspection.done visitor.said
"""
SERVICES = """
seats lying_places sockets high_power_charging medical_power medical_power_h medicine_cooling drinking_water hot_drink
hot_food heat internet mobile_signal toilet accessible_toilet step_free mother_and_child quiet_corner pets psychologist
languages through_curfew air_alert overnight shelter shelter_address
"""
ID = "ab" * 32
UNITS = {"e7", "ml", "g", "w", "mc", "dm2", "min", "h", "ms", "minor"}
by_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def within(field: Field) -> list[Field]:
    """A field and all that lies inside it."""
    inner = [*field.fields.values(), *([field.item] if field.item is not None else [])]
    return [field, *(deep for one in inner for deep in within(one))]


def body_fields(kind: Kind) -> list[Field]:
    return [deep for field in kind.body.values() for deep in within(field)]


def test_all_kinds_are_there_and_no_other() -> None:
    assert sorted(RULES.kinds) == sorted(ALL_KINDS.split())
    assert {kind.v for kind in KINDS} == {1}


def test_the_families_hold_what_they_are_called() -> None:
    families = {kind.family for kind in KINDS}
    assert families == {"network", "initiative", "giving", "equipment", "point", "running"}
    assert families == {path.stem for path in (spec_folder() / "kinds").glob("*.json")} - {"common"}


@by_kind
def test_no_body_holds_free_text(kind: Kind) -> None:
    assert not {field.type for field in body_fields(kind)} & {"text", "texts"}
    # A body's one-line label names a place, a thing, an organisation: never a person.
    persons = {"who", "giver", "driver", "contact", "given_by", "taken_by", "said_by", "chosen_name", "owner_name"}
    assert not {field.name for field in body_fields(kind)} & persons


@by_kind
def test_a_unit_is_the_last_part_of_the_name(kind: Kind) -> None:
    for field in body_fields(kind):
        last = field.name.rpartition("_")[2]
        assert field.unit == (last if field.type == "int" and last in UNITS else "")


@by_kind
def test_every_field_and_kind_says_what_it_is(kind: Kind) -> None:
    assert kind.help.endswith(".")
    for field in (*kind.body.values(), *kind.sealed.values()):
        assert field.help.endswith("."), field.name


@by_kind
def test_a_person_can_name_each_field_without_its_unit(kind: Kind) -> None:
    fields = (*kind.body.values(), *kind.sealed.values())
    shown = [shown_name(field) for field in fields]
    assert len(set(shown)) == len(shown)


@by_kind
def test_what_is_longest_fits_into_a_body(kind: Kind) -> None:
    """Every field at its longest in Latin letters: lists and names are bounded so that a body stays below its limit."""
    body = {field.name: longest(field) for field in kind.body.values() if field.type != "labels"}
    size = {name: len(canonical({name: value})) for name, value in body.items()}
    # Each field alone fits, and all of them together, except long lists that nobody fills at once.
    assert max(size.values()) < MAX_BODY_BYTES
    assert sum(n for name, n in size.items() if kind.body[name].type != "list") < MAX_BODY_BYTES


def longest(field: Field) -> Any:
    match field.type:
        case "int":
            return field.max
        case "bool":
            return False
        case "enum":
            return max(field.values, key=len)
        case "label":
            return "x" * min(field.max, 60) if field.name == "districts" else "x" * field.max
        case "list":
            assert field.item is not None
            # A headquarters writes receipts of fewer lines where running numbers are as long as this.
            return [longest(field.item)] * (38 if field.name == "chains" else field.most)
        case "object":
            return {name: longest(one) for name, one in field.fields.items()}
        case "url":
            return "https://" + "x" * 1000
        case _:
            return ID + "x" * 16


def test_one_name_means_one_thing_in_the_state_of_a_thing() -> None:
    """Two kinds about one type of thing that merge one name merge it alike (a count and its deltas belong together)."""
    merged: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    for kind in KINDS:
        types = RULES.things if kind.about == ("any",) else {*kind.about, *([kind.creates] if kind.creates else [])}
        for type in types:
            for field in kind.body.values():
                if field.merge != "none":
                    merge = "sum" if field.merge in ("count", "plus", "minus") else field.merge
                    entry = field.item.type if field.item is not None else ""
                    merged[type, field.name].add((merge, field.type, entry, field.of))
    assert {where: ways for where, ways in merged.items() if len(ways) > 1} == {}


def test_every_move_is_of_a_kind_about_that_thing_and_every_state_can_be_reached() -> None:
    for thing in RULES.things.values():
        assert {to for _, to in thing.moves.values()} == set(thing.states)
        reached = {""}
        for _ in thing.states:
            reached |= {to for before, to in thing.moves.values() if before & reached}
        assert reached == {"", *thing.states}


def test_every_thing_begins_somewhere() -> None:
    assert {kind.creates for kind in KINDS if kind.creates} == set(RULES.things)
    for kind in KINDS:
        if kind.creates and kind.name != "network.founded":
            assert kind.creates in kind.about  # what began can be described anew


POINT_MOVES = """
              nothing planned equipping ready open paused closed lost
planned       x       x       -         -     -    -      x      -
equipping     x       x       x         x     -    -      x      -
ready         x       x       x         x     x    x      x      -
opened        x       x       x         x     x    x      x      -
paused        x       -       -         x     x    x      -      -
closed        x       x       x         x     x    x      x      -
lost          x       x       x         x     x    x      x      x
"""


def test_the_life_of_a_point() -> None:
    lines = [line.split() for line in POINT_MOVES.strip().splitlines()]
    states = ["" if state == "nothing" else state for state in lines[0]]
    drawn = {
        f"point.{name}": {s for s, mark in zip(states, marks, strict=True) if mark == "x"} for name, *marks in lines[1:]
    }
    assert {name: set(before) for name, (before, _) in RULES.things["point"].moves.items()} == drawn


@pytest.mark.parametrize(
    ("thing", "life"),
    [
        ("kit", ["kit.assembled", "kit.erected", "kit.dismantled", "kit.assembled", "kit.erected"]),
        ("consignment", ["consignment.left", "consignment.passed", "consignment.passed", "consignment.arrived"]),
        ("pledge", ["pledge.made", "pledge.changed", "pledge.withdrawn", "pledge.made"]),
        ("place", ["place.proposed", "place.decided", "place.decided"]),
        ("need", ["need.raised", "need.met", "need.raised"]),
        ("point", ["point.planned", "point.equipping", "point.ready", "point.opened", "point.paused", "point.opened",
                   "point.closed", "point.opened", "point.ready", "point.closed", "point.planned", "point.lost"]),
    ],
)  # fmt: skip
def test_a_life_without_conflict(thing: str, life: list[str]) -> None:
    state = ""
    for name in life:
        before, after = RULES.things[thing].moves[name]
        assert state in before, f"{name} after {state!r}"
        state = after


@pytest.mark.parametrize(
    ("thing", "state", "name"),
    [
        ("point", "lost", "point.opened"),
        ("kit", "standing", "kit.assembled"),
        ("pledge", "withdrawn", "pledge.changed"),
        ("consignment", "arrived", "consignment.passed"),
        ("place", "decided", "place.proposed"),
    ],
)
def test_what_does_not_follow_is_a_conflict(thing: str, state: str, name: str) -> None:
    assert state not in RULES.things[thing].moves[name][0]


def test_ordered_is_not_open() -> None:
    moved_by = set(RULES.things["point"].moves)
    assert all(name.startswith("point.") for name in moved_by)


def test_stock_is_deltas_and_counts_of_the_same_fields() -> None:
    counted, received, used = (RULES.kinds[f"stock.{word}"].body for word in ("counted", "received", "used"))
    sums = {name for name, field in counted.items() if field.merge == "count"}
    assert {"fuel_ml", "wood_g", "water_ml"} <= sums
    assert sums == {name for name, field in received.items() if field.merge == "plus"}
    assert sums == {name for name, field in used.items() if field.merge == "minus"}


def test_a_report_may_say_as_little_as_it_knows() -> None:
    for name in ("status.reported", "stock.counted", "services.declared", "visit.counted", "point.described"):
        assert RULES.kinds[name].fault({}) == ""


def test_what_visitors_say_and_what_goes_wrong_has_no_words_and_no_key_of_theirs() -> None:
    for name in ("visitor.said", "incident.reported", "visit.counted"):
        kind = RULES.kinds[name]
        assert kind.wordless and not kind.sealed
        assert "anyone" not in kind.by
        assert not {field.type for field in body_fields(kind)} & {"label", "labels", "code", "key", "hash", "url", "id"}


def test_not_public_until_a_person_releases_it() -> None:
    for name in (
        "consignment.left", "consignment.passed", "consignment.arrived", "custody.transferred", "place.proposed",
        "activation.ordered", "activation.refused", "incident.reported", "visibility.decided", "stock.counted",
        "stock.received", "visit.counted", "status.reported", "inspection.done", "need.raised", "same.as",
    ):  # fmt: skip
        kind = RULES.kinds[name]
        assert not kind.public
        assert not any(field.public for field in (*kind.body.values(), *kind.sealed.values()))
    lost = RULES.kinds["point.lost"]
    assert lost.public and not lost.sealed["cause"].public and not lost.sealed["how"].public
    assert not RULES.kinds["point.described"].body["photo"].public
    assert not RULES.kinds["point.planned"].body["plan"].public


def test_a_giver_is_named_only_where_they_chose_so() -> None:
    pledge = RULES.kinds["pledge.made"]
    assert pledge.by == ("anyone",)
    assert not pledge.body["publish"].required
    assert not any(pledge.sealed[name].public for name in ("giver", "chosen_name", "contact"))


def test_the_table_of_services_is_whole() -> None:
    own = RULES.kinds["services.declared"].body.keys() - RULES.common
    assert own == set(SERVICES.split())


def test_devices_are_admitted_to_the_roles_there_are() -> None:
    assert set(RULES.kinds["device.admitted"].body["role"].values) == set(RULES.roles)
    assert set(RULES.roles["admin"].admits) == set(RULES.roles)
    assert RULES.roles["host"].admits == ("host",)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("network.founded", {"name": "Warm Bucha", "recovery": ID, "backup": "age1" + "q" * 58}),
        ("device.admitted", {"key": ID, "role": "host", "scope": ID, "until_ms": 1_800_000_000_000}),
        (
            "receipt.noted",
            {
                "level": "safe",
                "time_ms": 1_700_000_000_000,
                "chains": [{"origin": ID, "chain": "0" * 32, "scope": "", "first": 0, "last": 0, "head": ID}] * 40,
            },
        ),
        ("body.withheld", {"fact": ID, "part": "sealed", "reason": "personal"}),
        ("statement.recorded", {"happened": "2023-01-09", "lang": "uk", "about": ID, "quoted_via": "RIA; infokava"}),
        (
            "pledge.made",
            {"what": "running_costs", "amount_minor": 120_000, "currency": "EUR"},
        ),
        ("point.described", {"names": {"uk": "Юрта незламності"}, "lon_e7": 302_000_000, "lat_e7": 505_000_000}),
        ("point.opened", {"happened": "[2023-01-06..2023-01-07]", "via": "import"}),
        ("stock.counted", {"fuel_ml": 40_000, "via": "radio"}),
        ("visitor.said", {"state": "not_here", "happened": "2026-11-22T14:30Z"}),
    ],
)
def test_what_people_say_fits(name: str, body: dict[str, Any]) -> None:
    kind = RULES.kinds[name]
    assert kind.fault(body) == ""
    assert len(canonical(body)) <= MAX_BODY_BYTES


def test_the_reference_of_all_kinds_is_up_to_date() -> None:
    page = spec_folder().parent / "docs" / "reference" / "kinds.md"
    assert page.read_text() == kinds_page(RULES), "write it again: it is kinds_page(load_rules())"


def test_the_page_for_strangers_gives_the_expressions_that_are_used() -> None:
    text = (spec_folder() / "kinds.md").read_text()
    for pattern in PATTERNS.values():
        assert f"`{pattern.pattern.removesuffix(chr(92) + 'Z')}`" in text
    rows = set(re.findall(r"^\| ([a-z, ()]+) \|", text, re.MULTILINE))
    named = {word.strip() for row in rows for word in row.split(",")}
    assert set(TYPES) <= named
