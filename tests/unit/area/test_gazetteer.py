"""Names as people type them, say them on the phone, and remember them."""

from __future__ import annotations

import pytest

from shanyrak.area.fold_text import house_number, romanised, split_number, words_of
from shanyrak.area.gazetteer import Gazetteer, find_in_gazetteer
from shanyrak.area.gazetteer_making import gazetteer_of, other_names
from tests.drawn_area import e7, features_of, graph_of, lon_lat, poi

# three streets of Bucha, two of them with one name far apart
STREETS = graph_of(
    [(0, 0), (300, 0), (0, 200), (300, 200), (9000, 0), (9300, 0), (0, 400), (300, 400), (0, 600), (300, 600)],
    [
        [(0, 0), (300, 0)],
        [(0, 200), (300, 200)],
        [(9000, 0), (9300, 0)],
        [(0, 400), (300, 400)],
        [(0, 600), (300, 600)],
    ],
    ends=[(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)],
    names=["вулиця Шкільна", "вулиця Ґонти", "вулиця Шкільна", "вулиця 8 Березня", "Hauptstraße"],
)
FEATURES = features_of(
    pois=[
        poi("n1", 50, 50, amenity="library", name="Бібліотека Лесі Українки", **{"name:en": "Lesia Ukrainka Library"}),
        poi("n2", 10, 10, highway="bus_stop", name="Вокзал"),
        poi("n3", 30, 12, highway="bus_stop", name="Вокзал"),
    ],
    addresses=[
        (20, 10, "вулиця Шкільна", "12"), (60, 10, "вулиця Шкільна", "14"), (90, 10, "вулиця Шкільна", "15"),
        (70, 10, "вулиця Шкільна", "12-А"), (9020, 10, "вулиця Шкільна", "12"), (40, 410, "вулиця 8 Березня", "3"),
    ],
    streets={"вулиця Ґонти": {"old_name": "вулиця Леніна;Свердлова", "name:en": "Gonta Street"}},
)  # fmt: skip
BUCHA = gazetteer_of(STREETS, FEATURES)


def names(text: str) -> list[str]:
    return [place.name for place in find_in_gazetteer(BUCHA, text)]


@pytest.mark.parametrize("typed", [
    "вулиця Шкільна", "шкільна", "ШКІЛЬНА", "вул. Шкільна", "вул Шкільна", "шкіл", "Shkilna", "shkil'na",
    "vul. Shkilna", "шкильна", "shkilna street", "ul. Shkilna",
])  # fmt: skip
def test_a_street_is_found_however_it_is_typed(typed: str) -> None:
    assert names(typed)[0] == "вулиця Шкільна"


@pytest.mark.parametrize(
    "typed", ["ґонти", "гонти", "Gonty", "Honty", "вулиця Леніна", "свердлова", "gonta street", "Lenina"]
)
def test_old_and_other_names_lead_to_the_street(typed: str) -> None:
    assert names(typed)[0] == "вулиця Ґонти"


@pytest.mark.parametrize("typed", ["Hauptstraße", "hauptstrasse", "Hauptstr.", "haupt str", "HAUPT"])
def test_german_streets_are_glued_and_shortened(typed: str) -> None:
    assert names(typed)[0] == "Hauptstraße"


def test_two_streets_of_one_name_are_two_answers() -> None:
    assert len([n for n in names("шкільна") if n == "вулиця Шкільна"]) == 2


@pytest.mark.parametrize(
    "typed", ["шкільна 12", "вул. Шкільна, 12", "Shkilna 12", "шкільна буд. 12", "12 Shkilna street"]
)
def test_a_house_is_found_by_its_number(typed: str) -> None:
    first = find_in_gazetteer(BUCHA, typed)[0]
    assert (first.name, first.kind, first.exact) == ("вулиця Шкільна 12", "address", True)
    lon, lat = (v / 1e7 for v in e7(20, 10))
    assert (first.lon, first.lat) in ((lon, lat), tuple(v / 1e7 for v in e7(9020, 10)))


@pytest.mark.parametrize("typed", ["шкільна 12а", "шкільна 12-А", "шкільна 12 А", "shkilna 12a"])
def test_letters_behind_the_number_are_written_in_many_ways(typed: str) -> None:
    first = find_in_gazetteer(BUCHA, typed)[0]
    assert (first.name, first.exact) == ("вулиця Шкільна 12-А", True)


def test_a_number_not_on_the_map_leads_to_the_nearest_and_says_so() -> None:
    # 16 is as near to 14 as ... 15 is nearer by number: |15 - 16| = 1, |14 - 16| = 2
    first = find_in_gazetteer(BUCHA, "шкільна 16")[0]
    assert (first.name, first.exact) == ("вулиця Шкільна 15", False)
    assert "nearest number" in first.label


def test_of_two_equally_near_numbers_the_same_side_counts() -> None:
    # 13 lies between 12 and 14; 15 is farther
    assert find_in_gazetteer(BUCHA, "шкільна 13")[0].name in (
        "вулиця Шкільна 12",
        "вулиця Шкільна 14",
        "вулиця Шкільна 12-А",
    )


def test_a_street_with_a_number_in_its_name_keeps_it() -> None:
    assert names("8 Березня")[0] == "вулиця 8 Березня"
    assert names("8 березня 3")[0] == "вулиця 8 Березня 3"


def test_a_street_without_houses_is_the_answer_itself() -> None:
    first = find_in_gazetteer(BUCHA, "ґонти 5")[0]
    assert (first.name, first.exact) == ("вулиця Ґонти", False)
    assert "number not on the map" in first.label


def test_stops_and_landmarks_are_there_once() -> None:
    assert names("вокзал") == ["Вокзал"]
    assert names("ukrainka library")[0] == "Бібліотека Лесі Українки"
    assert [p.kind for p in find_in_gazetteer(BUCHA, "Лесі Українки")] == ["landmark"]


def test_a_better_fit_comes_first() -> None:
    g = Gazetteer(("Park Lane North", "Park Lane", "Parkway"), ("street",) * 3, ("",) * 3, ("",) * 3, ("",) * 3,
                  BUCHA.lon[:3], BUCHA.lat[:3])  # fmt: skip
    assert [p.name for p in find_in_gazetteer(g, "park lane")] == ["Park Lane", "Park Lane North", "Parkway"]


@pytest.mark.parametrize("typed", ["", "   ", "?!", "вул.", "xyzzy", "12", "a" * 5000, "шкільна xyzzy"])
def test_odd_questions_have_no_answer_and_do_no_harm(typed: str) -> None:
    assert names(typed) == []


def test_the_number_of_answers_is_limited() -> None:
    assert len(find_in_gazetteer(BUCHA, "шкільна", most=1)) == 1


def test_an_answer_is_a_plain_object() -> None:
    answer = find_in_gazetteer(BUCHA, "вокзал")[0].as_dict()
    assert answer["label"] == "Вокзал (stop)"
    assert (answer["lon"], answer["lat"]) == pytest.approx(lon_lat(10, 10), abs=1e-6)


# official examples of the romanisation, Resolution 55 of the Cabinet of Ministers of Ukraine, 27 January 2010
@pytest.mark.parametrize(("name", "latin"), [
    ("Алушта", "alushta"), ("Борщагівка", "borshchahivka"), ("Вінниця", "vinnytsia"), ("Гадяч", "hadiach"),
    ("Ґалаґан", "galagan"), ("Донецьк", "donetsk"), ("Єнакієве", "yenakiieve"), ("Житомир", "zhytomyr"),
    ("Згорани", "zghorany"), ("Розгон", "rozghon"), ("Їжакевич", "yizhakevych"), ("Кадиївка", "kadyivka"),
    ("Йосипівка", "yosypivka"), ("Стрий", "stryi"), ("Щербухи", "shcherbukhy"), ("Юрій", "yurii"),
    ("Яготин", "yahotyn"),
    ("Костянтин", "kostiantyn"), ("Знам'янка", "znamianka"), ("Комп’ютерна", "kompiuterna"),
])  # fmt: skip
def test_ukrainian_is_romanised_as_the_resolution_says(name: str, latin: str) -> None:
    assert romanised(name) == latin


@pytest.mark.parametrize(("text", "street", "number"), [
    ("шкільна 12", "шкільна", "12"), ("шкільна, 12-а", "шкільна", "12a"), ("Шкільна 12/3", "Шкільна", "12/3"),
    ("8 березня", "березня", "8"),  # taken for a house; the question as a whole is asked besides
    ("8 березня 12", "8 березня", "12"), ("12 Bridge Street", "Bridge Street", "12"),
    ("вокзал", "вокзал", ""), ("", "", ""), ("12", "12", ""),
])  # fmt: skip
def test_street_and_number_are_told_apart(text: str, street: str, number: str) -> None:
    assert split_number(text) == (street, number)


def test_house_numbers_have_one_form() -> None:
    assert {house_number(n) for n in ("12А", "12-а", "12 a", "12.A")} == {"12a"}


def test_words_that_tell_and_words_that_do_not() -> None:
    assert words_of("вул. Шкільна") == words_of("Shkilna street")
    assert words_of("Площа")[0] == words_of("ploshcha")[0] != ()


def test_other_names_are_every_name_but_the_first() -> None:
    tags = {"name": "A", "name:uk": "А", "old_name": "B; C", "name:en": "A", "amenity": "x"}
    assert other_names(tags) == ("А", "B", "C")
