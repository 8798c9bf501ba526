"""What a person types leads to the one thing they mean, or to a clear question."""

from __future__ import annotations

import pytest

from shanyrak.app.naming import describe, find_thing, name_of
from shanyrak.core.errors import InvalidInput, NotFound
from tests.ledgers import founded_ledger, point


def test_a_name_is_found_whatever_its_case_and_spaces() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School  12")
    assert find_thing(ledger, "school 12") == school


def test_a_name_in_any_language_is_found() -> None:
    ledger = founded_ledger()
    school = ledger.say("point.described", {"names": {"uk": "Школа № 12", "en": "School 12"}}).id
    assert find_thing(ledger, "школа № 12") == find_thing(ledger, "School 12") == school


def test_a_given_name_is_found_beside_the_first_one_and_is_shown() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School 12")
    ledger.say("name.given", {"name": "sch-12"}, about=school)
    assert find_thing(ledger, "sch-12") == find_thing(ledger, "School 12") == school
    thing = ledger.thing(school)
    assert thing is not None and name_of(thing) == "sch-12"


def test_the_beginning_of_an_id_is_enough_also_an_odd_number_of_digits() -> None:
    ledger = founded_ledger()
    school = point(ledger, "School 12")
    for digits in (4, 7, 8, 64):
        assert find_thing(ledger, school.hex()[:digits].upper()) == school


def test_two_things_with_one_name_are_a_question_with_both_choices() -> None:
    ledger = founded_ledger()
    one, two = point(ledger, "School 1"), point(ledger, "School 1")
    with pytest.raises(InvalidInput) as fault:
        find_thing(ledger, "School 1")
    assert one.hex()[:8] in str(fault.value) and two.hex()[:8] in str(fault.value)


def test_what_is_not_there_is_said_and_what_else_is_called_so() -> None:
    ledger = founded_ledger()
    point(ledger, "School 12")
    with pytest.raises(NotFound, match="'School 13'"):
        find_thing(ledger, "School 13")
    with pytest.raises(NotFound, match="point 'School 12' is"):
        find_thing(ledger, "School 12", types=("pledge",))


def test_a_thing_without_a_name_is_called_by_its_id() -> None:
    ledger = founded_ledger()
    pledge = ledger.say("pledge.made", {"what": "wood"}).id
    thing = ledger.thing(pledge)
    assert thing is not None and describe(thing) == f"pledge {pledge.hex()[:8]}"


@pytest.mark.parametrize("typed", ["Кав'ярня", "Кав’ярня", "кавʼярня", "Кав`ярня"])
@pytest.mark.parametrize("named", ["Кав'ярня", "Кав’ярня", "Кавʼярня"])
def test_whichever_apostrophe_is_typed_the_name_is_found(named: str, typed: str) -> None:
    ledger = founded_ledger()
    cafe = point(ledger, named)
    assert find_thing(ledger, typed) == cafe


def test_a_name_that_is_nearly_right_leads_to_those_like_it() -> None:
    ledger = founded_ledger()
    point(ledger, "Кав'ярня «П'ять»")
    point(ledger, "Library")
    with pytest.raises(NotFound, match="Did you mean Кав'ярня «П'ять»"):
        find_thing(ledger, "Кав'ярня")
    with pytest.raises(NotFound, match="point list"):
        find_thing(ledger, "Something else")


def test_things_of_one_name_are_told_apart_by_more_than_their_ids() -> None:
    ledger = founded_ledger()
    point(ledger, "School 12", kind="school", address="Main Street 1")
    point(ledger, "School 12", kind="hall")
    with pytest.raises(InvalidInput) as caught:
        find_thing(ledger, "School 12")
    assert ", school, Main Street 1)" in str(caught.value) and ", hall)" in str(caught.value)
