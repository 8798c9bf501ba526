"""Where to go on to: the nearest that are open, and those said to be shut only where there are no others."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.publish.pages.walks import Nearest

#   A . B . . C . . . D          metres along a street, as degrees of latitude
STREET_M = (0, 20, 50, 90)
IDS = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)
METRE = 1 / 111_195


def nearest(metres: tuple[int, ...], ids: tuple[str, ...], last: frozenset[str]) -> Nearest:
    return Nearest(ids, np.full(len(metres), 30.0), np.array(metres) * METRE + 50.0, None, last)


def test_open_ones_first_however_near_the_shut_are() -> None:
    found = nearest(STREET_M, IDS, frozenset({IDS[1], IDS[2]})).to_point(IDS[0], 2)
    assert [leg.point for leg in found] == [IDS[3], IDS[1]]  # D is open; of the shut B is nearer than C


def test_nobody_is_open_the_nearest_two() -> None:
    found = nearest(STREET_M, IDS, frozenset(IDS)).to_point(IDS[3], 2)
    assert [leg.point for leg in found] == [IDS[2], IDS[1]]


@given(
    st.lists(st.integers(1, 5_000), max_size=25, unique=True),
    st.sets(st.integers(0, 24)),
    st.integers(1, 4),
)
def test_as_if_all_were_sorted(away: list[int], shut: set[int], most: int) -> None:
    metres = (0, *away)
    ids = tuple(f"{k:064x}" for k in range(len(metres)))
    last = frozenset(ids[k] for k in shut if k < len(ids))
    found = nearest(metres, ids, last).to_point(ids[0], most)
    everyone = sorted((ids[k] in last, metres[k], ids[k]) for k in range(1, len(ids)))
    assert [leg.point for leg in found] == [one for _, _, one in everyone[:most]]
