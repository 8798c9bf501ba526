"""Names of the made-up town: romanised as the law says, each given once."""

from __future__ import annotations

import pytest

from shanyrak.area.made_up.names import STREETS, StreetNames, romanise


# The examples that the table of KMU-55 itself gives, one or two per letter with a rule of its own.
@pytest.mark.parametrize(
    ("uk", "latin"),
    [
        ("Алушта", "Alushta"),
        ("Борщагівка", "Borshchahivka"),
        ("Гадяч", "Hadiach"),
        ("Ґалаґан", "Galagan"),
        ("Єнакієве", "Yenakiieve"),
        ("Гаєвич", "Haievych"),
        ("Житомир", "Zhytomyr"),
        ("Їжакевич", "Yizhakevych"),
        ("Кадиївка", "Kadyivka"),
        ("Йосипівка", "Yosypivka"),
        ("Стрий", "Stryi"),
        ("Щербухи", "Shcherbukhy"),
        ("Юрій", "Yurii"),
        ("Корюківка", "Koriukivka"),
        ("Яготин", "Yahotyn"),
        ("Костянтин", "Kostiantyn"),
        ("Згорани", "Zghorany"),
        ("Розгон", "Rozghon"),
        ("Знам'янка", "Znamianka"),
        ("Русь", "Rus"),
        ("Біла Церква", "Bila Tserkva"),
        ("ЩУКА", "SHCHUKA"),
    ],
)
def test_names_are_romanised_as_kmu_55_says(uk: str, latin: str) -> None:
    assert romanise(uk) == latin


def test_what_is_not_cyrillic_stays() -> None:
    assert romanise("Школа № 1, «A»") == "Shkola № 1, «A»"


def test_every_street_gets_a_name_of_its_own_even_when_the_words_run_out() -> None:
    names = StreetNames()
    given = [names.next().uk for _ in range(3 * len(STREETS))]
    assert len(set(given)) == len(given)


def test_a_name_taken_by_hand_is_not_given_again() -> None:
    names = StreetNames()
    names.named(STREETS[0])
    assert names.next().uk == f"{STREETS[1]} вулиця"


def test_lanes_are_masculine_and_later_rounds_are_numbered() -> None:
    names = StreetNames()
    lane = names.next(lane=True)
    assert (lane.uk, lane.en) == ("Шкільний провулок", "Shkilnyi Lane")
    for _ in STREETS[1:]:
        names.next()
    assert names.next().en == "2nd Shkilna Street"
    assert names.next(lane=True).uk == "2-й Вишневий провулок"


def test_a_renamed_street_tells_its_former_name() -> None:
    names = StreetNames()
    given = [names.next().tags() for _ in range(20)]
    renamed = [tags for tags in given if "old_name" in tags]
    assert len(renamed) == 2  # every ninth
    assert all(tags["old_name"] != tags["name"] for tags in renamed)
