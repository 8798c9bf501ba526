"""A list beside the record: what is new, what changed, what may be a twin, and what a list must not overrule."""

from __future__ import annotations

from typing import Any

import pytest

from shanyrak.app.lists.comparing import SAID_BY, Action, KnownPoint, compare, gone_from
from shanyrak.app.lists.points import PointRow, number_key
from shanyrak.app.lists.telling import facts_for
from shanyrak.app.lists.twins import Neighbourhood, Place, address_key, names_alike
from shanyrak.facts.rules import load_rules

POINT = bytes(range(32))
#   0.001 degree of latitude are 111 m: 1,000 units of 1e-7 are 11 m
LON, LAT = 305_000_000, 504_000_000


def row(number: str = "1", name: str = "Школа", *, at: int = 2, **more: Any) -> PointRow:
    described = {"names": {"uk": name}, **more.pop("described", {})}
    return PointRow(at, number, number_key(number), described=described, **more)


def known(number: str = "1", name: str = "Школа", **more: Any) -> KnownPoint:
    numbers = {"list": number} if number else {}
    return KnownPoint(more.pop("id", POINT), {"uk": name}, numbers, **more)


def one(row: PointRow, *points: KnownPoint, **more: Any) -> Action:
    [action] = compare([row], points, "list", **more)
    return action


# Found again -------------------------------------------------------------------------------------------
def test_a_point_is_found_by_list_and_number_however_they_are_written() -> None:
    assert one(row("№ 001"), known("1")).what == "same"
    [action] = compare([row("1")], [known("1")], "LIST ")
    assert action.what == "same"
    assert one(row("1"), KnownPoint(POINT, {"uk": "Інша"}, {"another list": "1"})).what == "new"


def test_an_id_counts_before_a_number_and_does_not_put_a_point_on_a_list() -> None:
    action = one(row("", id=POINT.hex()), known(""))
    assert (action.what, action.enters) == ("same", False)
    assert one(row("5", id="ab" * 32), known()).why.startswith("no point has the id that stands in it")
    other = known("5", "Друга", id=bytes(32))
    taken = one(row("5", id=POINT.hex(), list_name="list"), known("1"), other)
    assert (taken.what, taken.why) == ("refused", "number 5 of the list is that of Друга")


def test_a_point_with_another_number_is_entered_anew() -> None:
    action = one(row("9", id=POINT.hex(), list_name="list"), known("1"))
    assert action.what == "changed" and [c.field for c in action.changes] == ["list"]
    assert facts_for(action) == [("list.entered", {"list": "list", "number": "9", "via": "import"}, {})]


# Changed -----------------------------------------------------------------------------------------------
def test_only_what_changed_is_said() -> None:
    there = known(
        fields={"seats": 50, "address": "вул. Нова, 1", "heat": True, "opening_hours": "24/7"}, sealed={"note": "n"}
    )
    new = row(
        described={"seats": 60, "address": "вул. Нова, 1"}, services={"heat": True, "pets": False}, hours="09:00-18:00",
        sealed={"note": "n", "entrance": "з двору"},
    )  # fmt: skip
    action = one(new, there)
    assert [(c.field, c.old, c.new) for c in action.changes] == [
        ("seats", 50, 60), ("pets", None, False), ("opening_hours", "24/7", "09:00-18:00"),
        ("entrance", None, "з двору"),
    ]  # fmt: skip
    assert facts_for(action) == [
        ("point.described", {"seats": 60, "via": "import"}, {"entrance": {"uk": "з двору"}}),
        ("services.declared", {"pets": False, "via": "import"}, {}),
        ("hours.declared", {"opening_hours": "09:00-18:00", "via": "import"}, {}),
    ]


def test_a_name_in_one_language_keeps_those_in_others() -> None:
    there = KnownPoint(POINT, {"uk": "Школа", "en": "School"}, {"list": "1"})
    [(kind, body, _)] = facts_for(one(row(name="Школа № 12"), there))
    assert kind == "point.described" and body["names"] == {"uk": "Школа № 12", "en": "School"}


def test_an_empty_cell_takes_nothing_back() -> None:
    assert one(row(), known(fields={"seats": 50, "heat": False}, state="open", said="2025-11-20")).what == "same"


def test_a_text_that_was_withdrawn_is_not_brought_back() -> None:
    assert one(row(sealed={"note": "n"}), known(sealed=None)).what == "same"


def test_a_position_with_fewer_digits_is_the_same_and_one_far_off_is_remarked() -> None:
    there = known(fields={"lon_e7": LON, "lat_e7": LAT})
    # 50 units are 0.6 m
    assert one(row(described={"lon_e7": LON, "lat_e7": LAT + 50}), there).what == "same"
    near = one(row(described={"lon_e7": LON, "lat_e7": LAT + 1_000}), there)
    assert near.what == "changed" and near.remarks == ()
    assert facts_for(near)[0][1] == {"lon_e7": LON, "lat_e7": LAT + 1_000, "via": "import"}
    [remark] = one(row(described={"lon_e7": LON, "lat_e7": LAT + 100_000}), there).remarks
    assert remark == "its position changed by 1,112 m: is it still the same place?"


# The last word -----------------------------------------------------------------------------------------
def test_a_state_that_differs_is_said_with_its_date() -> None:
    action = one(row(state="closed"), known(state="open", said="2025-11-01"), when="2025-11-20")
    assert facts_for(action) == [("point.closed", {"happened": "2025-11-20", "via": "import"}, {})]


@pytest.mark.parametrize("date", ["2025-11-19", "2025-11-20"])  # a date alone begins at midnight
def test_a_list_never_overrules_a_word_that_is_newer(date: str) -> None:
    action = one(row(state="open"), known(state="closed", said="2025-11-20T18:00Z"), when=date, confirms=True)
    assert action.what == "same" and "left out: the record has 'closed'" in action.remarks[0]


def test_a_state_that_is_known_is_said_again_only_by_a_list_with_a_later_date_of_its_own() -> None:
    there = known(state="open", said="2025-11-01")
    assert one(row(state="open"), there, when="2025-11-20").what == "same"  # the date of the file is a guess
    assert [c.field for c in one(row(state="open"), there, when="2025-11-20", confirms=True).changes] == ["last word"]
    assert one(row(state="open", said="2025-11-02"), there).says_state
    assert not one(row(state="open", said="2025-11-01"), there).says_state


def test_what_the_rules_do_not_allow_is_left_out() -> None:
    assert "cannot say it of a new point" in one(row(state="lost")).remarks[0]
    lost = one(row(state="open"), known(state="lost", said="2025-01-01"), when="2025-11-20")
    assert lost.what == "same" and "a point that is lost" in lost.remarks[0]
    planned = one(row(state="planned"), known(state="open", said="2025-01-01"), when="2025-11-20")
    assert planned.what == "same" and "a point that is open" in planned.remarks[0]


def test_the_kinds_lead_to_the_states_they_stand_for() -> None:
    moves = load_rules().things["point"].moves
    assert {state: moves[kind][1] for state, kind in SAID_BY.items()} == {state: state for state in SAID_BY}


# Twins -------------------------------------------------------------------------------------------------
def test_a_new_point_near_a_known_one_of_a_like_name_is_a_doubtful_twin() -> None:
    there = known("7", "Школа № 12", fields={"lon_e7": LON, "lat_e7": LAT})
    # 4,000 units of latitude are 44 m, 6,000 are 67 m
    near = one(row("1", "ЗОШ №12", described={"lon_e7": LON, "lat_e7": LAT + 4_000}), there)
    assert (near.what, near.twin_of) == (
        "twin",
        POINT,
    ) and near.why == "may be the same as Школа № 12: 44 m away, a name like it"
    assert one(row("1", "Школа № 12", described={"lon_e7": LON, "lat_e7": LAT + 6_000}), there).what == "new"
    assert one(row("1", "Школа № 21", described={"lon_e7": LON, "lat_e7": LAT}), there).what == "new"


def test_the_same_address_is_a_twin_without_a_position() -> None:
    there = known("7", "Їдальня", fields={"address": "Київ, вулиця Шкільна, будинок 4-А", "town": "Київ"})
    assert one(row("1", "Юрта", described={"address": "вул.Шкільна 4а"}), there).what == "twin"
    assert one(row("1", "Юрта", described={"address": "вул. Шкільна, 4а", "town": "Буча"}), there).what == "new"
    assert one(row("1", "Юрта", described={"address": "вул. Шкільна, 14"}), there).what == "new"


def test_a_row_may_be_the_twin_of_an_earlier_row() -> None:
    place = {"lon_e7": LON, "lat_e7": LAT}
    first, second = compare([row("1", described=place), row("2", described=place, at=3)], [], "list")
    assert (first.what, second.what, second.twin_of) == ("new", "twin", 2)


def test_a_twin_is_marked_when_it_enters_the_list() -> None:
    action = one(row("1", "Школа"), known("7", "Школа", fields={}))
    assert action.what == "new"  # a name alone, with nothing to say where, is no reason
    twin = Action("twin", row("1"), list_name="list", enters=True, twin_of=2)
    described, entered = facts_for(twin, twin=lambda of: POINT)
    assert described[0] == "point.described"
    assert entered == ("list.entered", {"list": "list", "number": "1", "twin_of": POINT.hex(), "via": "import"}, {})


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Школа № 12", "ЗОШ №12", True), ("Школа № 12", "Школа № 21", False),
        ("Бібліотека ім. Шевченка", "бібліотека імені Шевченка", True),
        ("Буча, юрта", "Юрта Буча", True), ("Shkola", "Школа", True), ("Лікарня", "Школа", False), ("", "", False),
    ],
)  # fmt: skip
def test_names_that_are_alike(one: str, other: str, alike: bool) -> None:
    assert names_alike(one, other) is names_alike(other, one) is alike


def test_addresses_are_one_however_they_are_written() -> None:
    same = ("вул. Хрещатик, 22", "вулиця Хрещатик, буд. 22", "м. Київ, вул. Хрещатик, 22", "Khreshchatyk street 22")
    assert len({address_key(text) for text in same}) == 1
    assert address_key("с. Іванівка") is None and address_key("") is None
    assert address_key("Hauptstr. 5") == address_key("Hauptstraße 5") != address_key("Hauptstraße 5a")


def test_thousands_of_places_are_compared_with_their_neighbours_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def counted(place: Place, other: Place) -> str:
        nonlocal asked
        asked += 1
        return ""

    monkeypatch.setattr("shanyrak.app.lists.twins.alike", counted)
    near = Neighbourhood()
    # 3,000 places in a row, 50 m apart (4,500 units of latitude): each has at most one within 60 m before it
    for i in range(3_000):
        place = Place(i, ("Школа",), lon_e7=LON, lat_e7=LAT + 4_500 * i)
        near.twin_of(place)
        near.add(place)
    assert asked == 2_999


# Gone --------------------------------------------------------------------------------------------------
def test_points_of_the_list_that_are_not_in_the_file_are_named() -> None:
    points = [known("1"), known("2", "Друга", id=bytes(32)), KnownPoint(b"\1" * 32, {"uk": "Чужа"}, {"other": "3"})]
    actions = compare([row("1")], points, "list")
    assert [(number, point.name) for number, point in gone_from(actions, points, "list")] == [("2", "Друга")]


def test_a_refused_row_is_still_in_the_file() -> None:
    points = [known("1")]
    actions = compare([row("1", refused="bad number")], points, "list")
    assert gone_from(actions, points, "list") == []
