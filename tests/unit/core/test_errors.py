"""One error family: what, where, how to mend."""

from __future__ import annotations

from shanyrak.core import errors


def test_the_message_says_where_what_and_how_to_mend() -> None:
    fault = errors.InvalidInput(
        "weight 'x' is not a number", where="people.csv, row 7", mend="Write 0 where nobody lives"
    )
    assert str(fault) == "people.csv, row 7: weight 'x' is not a number. Write 0 where nobody lives"


def test_parts_that_are_not_known_leave_no_punctuation_behind() -> None:
    assert str(errors.NotFound("no area is called 'bucha'")) == "no area is called 'bucha'"


def test_every_fault_is_of_the_one_family() -> None:
    family = [v for v in vars(errors).values() if isinstance(v, type) and issubclass(v, Exception)]
    assert all(issubclass(kind, errors.ShanyrakError) for kind in family)
    assert len(family) == 5
