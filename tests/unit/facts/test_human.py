"""What people write after ``shanyrak say``, and what they are told when it cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.facts.happened import fault as edtf_fault
from shanyrak.facts.human import example, link_for, read_fields, say_value, shown_name
from shanyrak.facts.human_time import read_moment_ms, read_time
from shanyrak.facts.human_units import UNITS, read_number, say_number
from shanyrak.facts.rules import load_rules
from shanyrak.facts.schema import Field

KYIV = ZoneInfo("Europe/Kyiv")
# Sunday 22 November 2026, 16:40 in Kyiv (UTC+2)
NOW_MS = int(datetime(2026, 11, 22, 14, 40, tzinfo=UTC).timestamp() * 1000)
RULES = load_rules()
THINGS = {("School 12", "point"): bytes([1]) * 32, ("Town", "area"): bytes([2]) * 32}


def resolve(text: str, of: str) -> bytes:
    found = {name: thing for (name, type), thing in THINGS.items() if of in (type, "any")}.get(text)
    if found is None:
        raise NotFound(f"no {of} is called {text!r}", mend="shanyrak point list")
    return found


def read(kind: str, *pairs: str, lang: str = "uk") -> tuple[dict[str, Any], dict[str, Any]]:
    return read_fields(RULES.kinds[kind], pairs, resolve=resolve, now_ms=NOW_MS, zone=KYIV, lang=lang)


def refusal(kind: str, *pairs: str) -> str:
    with pytest.raises(InvalidInput) as fault:
        read(kind, *pairs)
    return str(fault.value)


# quantities ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pair", "field", "value"),
    [
        ("fuel=20 l", "fuel_ml", 20_000),
        ("fuel=20l", "fuel_ml", 20_000),
        ("fuel=20 л", "fuel_ml", 20_000),
        ("fuel=1.5 l", "fuel_ml", 1_500),
        ("fuel=1,5 l", "fuel_ml", 1_500),
        ("fuel=1 200 l", "fuel_ml", 1_200_000),
        ("fuel=0 l", "fuel_ml", 0),
        ("fuel_ml=20000", "fuel_ml", 20_000),
        ("fuel-ml=20000", "fuel_ml", 20_000),
        ("fuel_ml=20 l", "fuel_ml", 20_000),
        ("water=0.3 m3", "water_ml", 300_000),
        ("wood=30 kg", "wood_g", 30_000),
        ("wood=0.25 t", "wood_g", 250_000),
        ("indoor=18.5 C", "indoor_mc", 18_500),
        ("indoor=18.5", "indoor_mc", 18_500),
        ("indoor=-3 °C", "indoor_mc", -3_000),
        ("indoor=18,5 С", "indoor_mc", 18_500),
        ("meals=40", "meals", 40),
    ],
)
def test_a_quantity_is_read_in_the_units_people_use(pair: str, field: str, value: int) -> None:
    assert read("stock.counted", pair) == ({field: value}, {})


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("fuel=20", "'20' of what? It needs a unit; units are ml, cl, dl, l"),
        ("fuel=20 kg", "'kg' is no unit for it; units are ml, cl, dl, l"),
        ("fuel=a lot", "'a lot' is no number with a unit, such as 20 l"),
        ("fuel=0.0001 l", "'0.0001 l' is finer than what is kept: 1 ml"),
        ("fuel=1,000 l", "'1,000 l' can mean 1.000 or 1000. Write 1000 or 1.000"),
        ("fuel=-5 l", "-5 l is less than 0 ml"),
        ("indoor=200 C", "200 °C is more than 80 °C"),
        ("meals=40 l", "'40 l' is no whole number: it is a count, without a unit"),
        ("meals=2.5", "'2.5' is finer than what is kept: whole numbers"),
    ],
)
def test_a_quantity_that_cannot_be_read_is_refused(pair: str, said: str) -> None:
    message = refusal("stock.counted", pair)
    assert said in message
    assert message.startswith("stock.counted: ")


def test_degrees_minutes_and_hours() -> None:
    body, _ = read("point.moved", "lon=30.2345678", "lat=50,5")
    assert body == {"lon_e7": 302_345_678, "lat_e7": 505_000_000}
    assert read("point.moved", "lon=30.5 W", "lat=50.5 N")[0] == {"lon_e7": -305_000_000, "lat_e7": 505_000_000}
    assert read("point.ready", "opens-within=2 h")[0] == {"opens_within_min": 120}
    assert read("services.declared", "medical_power=yes", "medical_power_h=1 d")[0]["medical_power_h"] == 24
    assert "95° is more than 90°" in refusal("point.moved", "lon=30", "lat=95")


def test_money_brings_its_currency() -> None:
    assert read("pledge.made", "what=money", "amount=100 EUR")[0] == {
        "what": "money",
        "amount_minor": 10_000,
        "currency": "EUR",
    }
    assert read("pledge.made", "what=money", "amount=1 250,50 ₴")[0]["amount_minor"] == 125_050
    assert read("pledge.made", "what=money", "amount=7", "currency=kzt")[0] == {
        "what": "money",
        "amount_minor": 700,
        "currency": "KZT",
    }
    assert "the currency of the money must be said" in refusal("pledge.made", "what=money", "amount=100")
    assert "two different currencies" in refusal("pledge.made", "what=money", "amount=5 EUR", "amount=5 USD")
    assert "'XYZ' is not one of UAH, EUR, USD" in refusal("pledge.made", "what=money", "amount=5 XYZ")
    assert "no amount of money: write 1250 or 1250.50" in refusal("pledge.made", "what=money", "amount=1,250 EUR")


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("ml", 20_000, "20 l"), ("ml", 1_250, "1.25 l"), ("ml", 250, "250 ml"), ("ml", 0, "0 ml"),
        ("g", 30_000, "30 kg"), ("mc", 18_500, "18.5 °C"), ("mc", -500, "-0.5 °C"), ("mc", 20_000, "20 °C"),
        ("e7", 305_234_000, "30.5234°"), ("min", 90, "1 h 30 min"), ("min", 120, "2 h"), ("min", 0, "0 min"),
        ("h", 8, "8 h"), ("dm2", 6_350, "63.5 m²"), ("w", 5_000, "5 kW"), ("minor", 125_050, "1250.50"), ("", 12, "12"),
    ],
)  # fmt: skip
def test_a_quantity_is_said_as_people_read_it(unit: str, value: int, said: str) -> None:
    assert say_number(value, unit) == said


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_what_is_said_can_be_read_again(unit: str) -> None:
    for value in (0, 1, 7, 60, 999, 1000, 1001, 18_500, 123_456):
        if unit != "min":  # "1 h 30 min" is for reading, not for writing
            assert read_number(say_number(value, unit), unit, raw=False) == value


# times -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("14:30", "2026-11-22T14:30+02:00"),
        ("9.05", "2026-11-22T09:05+02:00"),
        ("16:45", "2026-11-22T16:45+02:00"),  # a clock five minutes ahead
        ("23:50", "2026-11-21T23:50+02:00"),  # later today has not happened: it was yesterday
        ("today 14:30", "2026-11-22T14:30+02:00"),
        ("вчора 14:30", "2026-11-21T14:30+02:00"),
        ("yesterday", "2026-11-21"),
        ("now", "2026-11-22T16:40+02:00"),
        ("20 min ago", "2026-11-22T16:20+02:00"),
        ("2 h ago", "2026-11-22T14:40+02:00"),
        ("7.1.2023", "2023-01-07"),
        ("07.01.2023 17:40", "2023-01-07T17:40+02:00"),
        ("2026-07-01 12:00", "2026-07-01T12:00+03:00"),  # summer time
        ("14:00/15:30", "2026-11-22T14:00+02:00/2026-11-22T15:30+02:00"),
        ("2023-01-07", "2023-01-07"),
        ("2023-01?", "2023-01?"),
        ("[2023-01-06..2023-01-07]", "[2023-01-06..2023-01-07]"),
        ("2023-01/..", "2023-01/.."),
        ("unknown", "unknown"),
        ("2023-01-06T17:40Z", "2023-01-06T17:40Z"),
    ],
)
def test_when_it_happened(written: str, edtf: str) -> None:
    assert read_time(written, NOW_MS, KYIV) == edtf
    assert edtf_fault(edtf) == ""
    assert read("point.opened", f"happened={written}")[0] == {"happened": edtf}


def test_what_is_planned_lies_ahead() -> None:
    assert read("point.opened", "open_until=19:00")[0] == {"open_until": "2026-11-22T19:00+02:00"}
    assert read("point.paused", "back_at=06:00")[0] == {"back_at": "2026-11-23T06:00+02:00"}
    assert read("point.equipping", "expected=in 3 d")[0] == {"expected": "2026-11-25T16:40+02:00"}


@pytest.mark.parametrize("written", ["soon", "25:00", "2026-13-01", "31.02.2026", "2026-02-30", "15:00/2023"])
def test_a_time_that_cannot_be_read_is_refused_with_examples(written: str) -> None:
    message = refusal("point.opened", f"happened={written}")
    assert message.startswith("point.opened: happened: ")
    assert "Write for example 14:30, yesterday 14:30, 20 min ago, 2026-11-22" in message


def test_a_trust_ends_at_a_point_in_time() -> None:
    # the first of April is over at midnight in Kyiv, which is 21:00 UTC
    assert read_moment_ms("2027-04-01", NOW_MS, KYIV) == datetime(2027, 4, 1, 21, tzinfo=UTC).timestamp() * 1000
    assert read_moment_ms("in 30 d", NOW_MS, KYIV) == NOW_MS + 30 * 86_400_000
    key = "AB" * 32
    assert read("device.admitted", f"key={key}", "role=host", "until=2027-04-01 18:00")[0] == {
        "key": key.lower(),
        "role": "host",
        "until_ms": datetime(2027, 4, 1, 15, tzinfo=UTC).timestamp() * 1000,
    }
    assert "is no point in time" in refusal("device.admitted", f"key={key}", "role=host", "until=spring")


# words, choices, things --------------------------------------------------------------------------------------------
def test_a_name_is_in_the_given_language_unless_it_says_another() -> None:
    assert read("point.described", "name=Школа 12", "names.en=School 12")[0] == {
        "names": {"uk": "Школа 12", "en": "School 12"}
    }
    assert read("point.described", "names=School 12", lang="en")[0] == {"names": {"en": "School 12"}}
    assert "two different values" in refusal("point.described", "name=A", "names.uk=B")


def test_what_is_sealed_goes_beside_the_record() -> None:
    body, sealed = read("point.described", "seats=40", "entrance=з двору", "find.en=behind the stop", "note=ask first")
    assert body == {"seats": 40}
    assert sealed == {"entrance": {"uk": "з двору"}, "find": {"en": "behind the stop"}, "note": "ask first"}


@pytest.mark.parametrize(("word", "value"), [("yes", True), ("Так", True), ("ja", True), ("no", False), ("жоқ", False)])
def test_yes_and_no(word: str, value: bool) -> None:
    assert read("services.declared", f"heat={word}") == ({"heat": value}, {})


def test_what_is_not_known_is_left_out() -> None:
    for word in ("unknown", "?", "невідомо"):
        assert "Leave out what is not known" in refusal("services.declared", f"heat={word}")
    assert "Leave out what is not known" in refusal("services.declared", "heat=")
    assert read("status.reported", "found=unknown")[0] == {"found": "unknown"}  # here it is what somebody said


def test_a_choice_is_read_however_it_is_written() -> None:
    assert read("visitor.said", "state=Not here")[0] == {"state": "not_here"}
    assert read("point.described", "kind=fire-station")[0] == {"kind": "fire_station"}
    message = refusal("point.ready", "opens_when=blakout")
    assert "'blakout' is not one of order, outage, blackout, frost, air_alert; did you mean blackout?" in message
    assert "Write for example opens_when=order" in message


def test_a_list_has_commas_or_is_said_again() -> None:
    assert read("services.declared", "languages=uk, en", "languages=kk")[0] == {"languages": ["uk", "en", "kk"]}
    assert read("area.described", "districts=Center, old; Harbour")[0] == {"districts": ["Center, old", "Harbour"]}
    assert "'English'" not in refusal("services.declared", "languages=English")
    items = '[{"item": "stove", "count": 1}]'
    assert read("kit.described", f"items={items}")[0] == {"items": [{"item": "stove", "count": 1}]}
    assert 'Write it as JSON: items=[{"item": "a few words", "count": 12}]' in refusal("kit.described", "items=stove")


def test_a_thing_is_meant_by_its_name() -> None:
    assert read("need.raised", "point=School 12", "short_of=fuel")[0]["point"] == "01" * 32
    with pytest.raises(NotFound) as fault:
        read("need.raised", "point=School 13", "short_of=fuel")
    assert str(fault.value) == "no point is called 'School 13'. shanyrak point list"


def test_an_address_on_the_web_may_hold_any_letter() -> None:
    body, _ = read("initiative.started", "url=https://приклад.example/юрта?a=1")
    assert body["url"].startswith("https://%D0%BF") and body["url"].endswith("?a=1")


# what is wrong ------------------------------------------------------------------------------------------------------
def test_a_field_that_is_not_there_names_the_nearest_and_all() -> None:
    message = refusal("stock.counted", "fual=20 l")
    assert message.startswith("stock.counted: it has no field 'fual'; near it: fuel")
    assert "Fields are fuel, gas, wood, coal, water, meals, blankets, indoor, happened, via, said_by, note" in message


def test_everything_that_must_be_said_is_named_at_once() -> None:
    message = refusal("statement.recorded", "lang=uk")
    assert "who, words must be said" in message
    assert "'who=a few words' 'words=a few words'" in message
    assert "lon_e7, lat_e7 must be said. Add for example lon=30.5234 lat=50.4501" in refusal("point.moved")


def test_what_is_no_pair_is_refused() -> None:
    assert "'fuel' is no FIELD=VALUE. Fields are fuel, gas" in refusal("stock.counted", "fuel")
    assert "it has no languages, so .uk means nothing" in refusal("stock.counted", "fuel.uk=3 l")


def test_a_kind_without_words_takes_none() -> None:
    assert "it has no field 'note'" in refusal("visitor.said", "state=open", "note=a man with a hat")


@pytest.mark.parametrize("kind", RULES.kinds.values(), ids=lambda kind: kind.name)
def test_the_example_of_every_field_can_be_read(kind: Any) -> None:
    """What a message offers as an example is itself understood, wherever it names nothing of this network."""
    for field in (*kind.body.values(), *kind.sealed.values()):
        inner = field.item or field
        if inner.type in ("id", "key", "hash", "chain", "scope") or field.name == "chains":
            continue
        pair = example(field)
        try:
            body, sealed = read(kind.name, pair)
        except InvalidInput as fault:
            assert "must be said" in str(fault), f"{pair}: {fault}"
        else:
            value = {**body, **sealed}[field.name]
            assert say_value(field, value) != ""


# saying --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (Field("fuel_ml", "int", unit="ml"), 20_000, "20 l"),
        (Field("until_ms", "int", unit="ms"), NOW_MS, "2026-11-22T14:40Z"),
        (Field("heat", "bool"), False, "no"),
        (Field("state", "enum", values=("not_here",)), "not_here", "not here"),
        (Field("names", "labels"), {"uk": "Юрта", "en": "Yurt"}, "Yurt (en), Юрта (uk)"),
        (Field("languages", "list", item=Field("languages", "lang"), most=9), ["uk", "en"], "uk, en"),
        (Field("point", "id", of="point"), "ab" * 32, "abababab"),
        (Field("address", "label"), "вул. Шевченка, 1", "вул. Шевченка, 1"),
    ],
)
def test_a_value_is_said_as_people_read_it(field: Field, value: Any, said: str) -> None:
    assert say_value(field, value) == said


def test_a_field_is_shown_without_its_unit() -> None:
    body = RULES.kinds["stock.counted"].body
    assert [shown_name(body[name]) for name in ("fuel_ml", "indoor_mc", "meals")] == ["fuel", "indoor", "meals"]


@pytest.mark.parametrize(
    ("kind", "type", "field"),
    [
        ("need.raised", "point", "point"),
        ("statement.recorded", "point", "about"),
        ("pledge.made", "initiative", "initiative"),
        ("consignment.left", "point", ""),  # from or to: that must be said
        ("point.opened", "point", ""),  # it is simply about the point
    ],
)
def test_what_something_new_is_about_is_one_of_its_fields(kind: str, type: str, field: str) -> None:
    assert link_for(RULES.kinds[kind], type) == field
