"""From what a person types to a sheet or a poster: choices where a name is unknown, and nothing hidden by accident."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from shanyrak.app.papers import checked_url, language_of, places_in, poster_of, sheet_of
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.facts.ledger import Ledger
from shanyrak.publish.deployment import load_deployment
from shanyrak.publish.view import public_view
from tests.ledgers import START_MS, founded_ledger

NOW_MS = START_MS + 3_600_000
UKRAINE = load_deployment()
KYIV = {"lon_e7": 305_000_000, "lat_e7": 504_000_000}


def told(ledger: Ledger, name: str, **body: object) -> bytes:
    """A point with a place."""
    return ledger.say("point.described", {"names": {"uk": name}, **KYIV, **body}).id


@pytest.fixture
def ledger() -> Ledger:
    ledger = founded_ledger()
    told(ledger, "Школа", district="Шевченківський", town="Київ")
    told(ledger, "Бібліотека", district="Подільський", town="Київ", lon_e7=305_020_000)
    secret = told(ledger, "Сховане", district="Подільський", town="Київ", lon_e7=305_010_000)
    ledger.say("visibility.decided", {"place": "hidden"}, about=secret)
    rough = told(ledger, "Розмите", district="Подільський", lon_e7=305_030_000)
    ledger.say("visibility.decided", {"place": "blurred"}, about=rough)
    return ledger


def text(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def a_sheet(ledger: Ledger, district: str, **more: str) -> str:
    return text(sheet_of(ledger, district, town=None, deployment=UKRAINE, phones={}, now_ms=NOW_MS, **more))


def a_poster(ledger: Ledger, name: str, *, hidden: bool = False, **more: str) -> str:
    key = ledger.signer.public if ledger.signer else b""
    return text(
        poster_of(ledger, name, town=None, deployment=UKRAINE, phones={}, key=key, now_ms=NOW_MS, hidden=hidden, **more)
    )


@pytest.mark.parametrize("typed", ["Шевченківський", "шевченківський", "Shevchenkivskyi"])
def test_a_district_may_be_typed_in_either_script(ledger: Ledger, typed: str) -> None:
    places, _, next_place = a_sheet(ledger, typed).partition("Якщо зачинено")
    assert "Школа" in places
    assert "Бібліотека" not in places
    assert "Бібліотека" in next_place


def test_a_town_has_the_places_of_all_its_districts(ledger: Ledger) -> None:
    made = a_sheet(ledger, "Київ")
    assert "Школа" in made
    assert "Бібліотека" in made


def test_an_unknown_district_is_told_those_there_are(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="Подільський, Шевченківський"):
        a_sheet(ledger, "Печерський")
    with pytest.raises(NotFound, match="district called ''"):
        a_sheet(ledger, "")


def test_hidden_places_are_on_no_sheet_and_are_nobodys_next(ledger: Ledger) -> None:
    assert "Сховане" not in a_sheet(ledger, "Подільський")
    # The hidden one is the nearest to the school, the one shown roughly has no public name.
    assert "Сховане" not in a_poster(ledger, "Школа")
    assert "Бібліотека" in a_poster(ledger, "Школа")


@pytest.mark.parametrize("name", ["Сховане", "Розмите"])
def test_the_poster_of_a_hidden_place_is_an_act_of_its_own(ledger: Ledger, name: str) -> None:
    with pytest.raises(InvalidInput, match="--hidden"):
        a_poster(ledger, name)
    made = a_poster(ledger, name, hidden=True)
    assert name in made
    assert "Школа" in made or "Бібліотека" in made  # where to go on to


def test_nobody_is_led_to_what_does_not_stand(ledger: Ledger) -> None:
    gone = told(ledger, "Намет")
    ledger.say("point.lost", {}, about=gone)
    with pytest.raises(InvalidInput, match="does not stand"):
        a_poster(ledger, "Намет", hidden=True)


def test_two_of_a_name_are_a_choice(ledger: Ledger) -> None:
    told(ledger, "Школа", address="вул. Нова, 1")
    with pytest.raises(InvalidInput, match="can mean 2 things"):
        a_poster(ledger, "Школа")
    with pytest.raises(NotFound, match="Бібліотека"):
        a_poster(ledger, "Бібліотка")


def test_only_headquarters_make_the_code_of_a_door(ledger: Ledger) -> None:
    with pytest.raises(InvalidInput, match="headquarters"):
        poster_of(
            ledger, "Школа", town=None, deployment=UKRAINE, phones={}, key=b"\1" * 32, now_ms=NOW_MS, url="https://w.ua"
        )


@pytest.mark.parametrize("url", ["warm.example", "ftp://warm.example", "https://warm.example/#x", "https://a b/"])
def test_an_address_that_a_phone_could_not_open_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="https://NAME/"):
        checked_url(url)


def test_what_is_not_written_here_is_refused(ledger: Ledger) -> None:
    assert language_of(UKRAINE, "") == "uk"
    with pytest.raises(InvalidInput, match="uk, en, kk, de, ru"):
        language_of(UKRAINE, "fr")
    with pytest.raises(InvalidInput, match="left"):
        a_poster(ledger, "Школа", arrow="north")


def test_a_district_before_a_town_of_the_same_name() -> None:
    ledger = founded_ledger()
    told(ledger, "Перша", district="Буча", town="Київ")
    told(ledger, "Друга", town="Буча")
    seen = public_view(ledger, now_ms=NOW_MS, deployment=UKRAINE)
    _, points = places_in(seen, "Буча")
    assert [one.names["uk"] for one in points] == ["Перша"]
