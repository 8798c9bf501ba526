"""From coordinates to merged covering sets: equal to the plain table of distances, always."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.core.errors import InvalidInput
from shanyrak.plan import Covering, covering_from_points, maximal_covering, stream_grid
from shanyrak.plan import stream as stream_file

#  A . . B        sites at (0, 0) and (3, 0), radius 2
#  customers at x = 0, 1, 2, 3 on the line, and one far away
SITES = [[0, 0], [3, 0]]
LINE = [[0, 0], [1, 0], [2, 0], [3, 0], [90, 0]]


def sets(covering: Covering) -> dict[tuple[int, ...], int]:
    """Demand by covering set."""
    c = covering.cover
    return {
        tuple(int(j) for j in c.indices[a:b]): int(w)
        for a, b, w in zip(c.indptr[:-1], c.indptr[1:], covering.demand, strict=True)
    }


def twin(homes: Any, sites: Any, radius: float, demand: Any, strict: bool) -> dict[tuple[int, ...], int]:
    """Slow and plain: every customer with every site."""
    out: dict[tuple[int, ...], int] = {}
    for (x, y), w in zip(np.asarray(homes), demand, strict=True):
        square = [(a - x) * (a - x) + (b - y) * (b - y) for a, b in np.asarray(sites)]
        near = tuple(j for j, d in enumerate(square) if (d < radius * radius if strict else d <= radius * radius))
        if near and w:
            out[near] = out.get(near, 0) + int(w)
    return out


def test_customers_with_the_same_sites_in_reach_are_one_row() -> None:
    covering = covering_from_points(LINE, SITES, 2, demand=[1, 2, 4, 8, 16])
    # 0 is 0 and 3 away, 1 is 1 and 2 away (just covered by both), and so on
    assert sets(covering) == {(0,): 1, (0, 1): 6, (1,): 8}
    assert (covering.customers, covering.uncovered) == (5, 16)


def test_the_boundary_is_covered_unless_strict() -> None:
    assert sets(covering_from_points(LINE, SITES, 2, demand=[1, 2, 4, 8, 16], strict=True)) == {(0,): 3, (1,): 12}


def test_without_demand_every_customer_counts_once() -> None:
    assert sets(covering_from_points(LINE, SITES, 2)) == {(0,): 1, (0, 1): 2, (1,): 1}


def test_demand_in_floats_is_persons() -> None:
    covering = covering_from_points([[0.0, 0.0], [9.0, 0.0]], [[0.0, 1.0]], 1.0, demand=[2.5, 0.25])
    assert covering.demand.tolist() == [2.5]
    assert covering.uncovered == 0.25


def test_it_goes_straight_into_maximal_covering() -> None:
    covering = covering_from_points(LINE, SITES, 2, demand=[1, 2, 4, 8, 16])
    siting = maximal_covering(covering.cover, covering.demand, 1, gap=0)
    assert (siting.sites.tolist(), siting.objective, siting.proven) == ([1], 14, True)


@pytest.mark.parametrize("scale", [1, 1000, 1 << 25])
def test_whole_coordinates_are_compared_exactly(scale: int) -> None:
    # 3-4-5: at 5 exactly covered; one unit farther not, though floats of this size would hardly tell
    homes = np.array([[3 * scale, 4 * scale], [3 * scale, 4 * scale + 1]])
    covering = covering_from_points(homes, np.array([[0, 0]]), 5 * scale)
    assert sets(covering) == {(0,): 1}
    assert covering.uncovered == 1


@st.composite
def towns(draw: st.DrawFn) -> tuple[npt.NDArray[Any], npt.NDArray[Any], float, npt.NDArray[np.int64], bool]:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    m, n = draw(st.integers(0, 60)), draw(st.integers(1, 80))
    whole = draw(st.booleans())  # whole coordinates: many at exactly the radius, many sites at one place
    size = draw(st.sampled_from([3, 10, 1000]))
    homes, sites = random.integers(-size, size + 1, (m, 2)), random.integers(-size, size + 1, (n, 2))
    radius: float = int(random.integers(1, 2 * size + 1))
    if not whole:
        homes, sites = homes + random.random((m, 2)), sites + random.random((n, 2))
        radius = float(radius)
    return homes, sites, radius, random.integers(0, 100, m), draw(st.booleans())


@given(towns(), st.integers(1, 3))
@settings(max_examples=150, deadline=None)
def test_it_equals_the_table_of_all_distances(town: Any, threads: int) -> None:
    homes, sites, radius, demand, strict = town
    covering = covering_from_points(homes, sites, radius, demand=demand, strict=strict, threads=threads)
    assert sets(covering) == twin(homes, sites, radius, demand, strict)
    assert int(covering.demand.sum()) + covering.uncovered == int(demand.sum())


@given(towns())
@settings(max_examples=60, deadline=None)
def test_blocks_and_threads_change_nothing(town: Any) -> None:
    homes, sites, radius, demand, strict = town

    def blocks() -> Iterator[tuple[Any, Any]]:
        for at in range(0, len(homes), 7):
            yield homes[at : at + 7], demand[at : at + 7]

    once = covering_from_points(homes, sites, radius, demand=demand, strict=strict, threads=1)
    streamed = covering_from_points(blocks(), sites, radius, strict=strict, threads=2)
    assert sets(streamed) == sets(once)
    assert (streamed.customers, streamed.uncovered) == (once.customers, once.uncovered)


@pytest.mark.parametrize("tabled", [0, 8])
def test_hash_and_counters_agree_where_tables_grow(tabled: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_grid, "TABLED", tabled)
    monkeypatch.setattr(stream_file, "BLOCK", 1000)
    random = np.random.default_rng(4)
    homes, sites = random.random((8000, 2)), random.random((300, 2))
    demand = random.integers(1, 9, 8000)
    covering = covering_from_points(homes, sites, 0.3, demand=demand, threads=1)
    assert len(covering.demand) > 4000  # a table begins with room for 2,048 entries
    dx, dy = (homes[:, None] - sites[None]).transpose(2, 0, 1)
    found, which = np.unique(dx * dx + dy * dy <= 0.3 * 0.3, axis=0, return_inverse=True)
    people = np.bincount(which.ravel(), weights=demand)
    expected = {tuple(np.flatnonzero(row).tolist()): int(w) for row, w in zip(found, people, strict=True) if row.any()}
    assert sets(covering) == expected


def test_rows_come_in_the_same_order_however_customers_come() -> None:
    random = np.random.default_rng(8)
    homes, sites = random.random((500, 2)), random.random((30, 2))
    there = covering_from_points(homes, sites, 0.3)
    back = covering_from_points(homes[::-1].copy(), sites, 0.3, threads=1)
    assert (there.cover != back.cover).nnz == 0
    assert there.demand.tolist() == back.demand.tolist()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"customers": [[1, 2, 3]]}, "customers"),
        ({"customers": [1, 2]}, "customers"),
        ({"customers": np.array([[0.0, 0.0], [float("nan"), 1.0]]), "radius": 2.0}, "customers[1]"),
        ({"customers": np.array([[0.5, 0.0]])}, "customers"),  # whole sites and radius, customers in between
        ({"customers": [[1 << 31, 0]]}, "customers"),
        ({"sites": []}, "sites"),
        ({"sites": [[0, 0, 0]]}, "sites"),
        ({"sites": [[0.0, float("nan")]]}, "sites"),
        ({"sites": [[1 << 31, 0]]}, "sites"),
        ({"radius": 0}, "radius"),
        ({"radius": -1.0}, "radius"),
        ({"radius": float("nan")}, "radius"),
        ({"radius": "far"}, "radius"),
        ({"demand": [1, 2]}, "demand"),
        ({"demand": [1, 2, -3, 4, 5]}, "demand[2]"),
    ],
)
def test_what_does_not_fit_is_refused_and_named(changes: dict[str, Any], where: str) -> None:
    given: dict[str, Any] = {"customers": LINE, "sites": SITES, "radius": 2, **changes}
    with pytest.raises(InvalidInput) as refusal:
        covering_from_points(given.pop("customers"), given.pop("sites"), given.pop("radius"), **given)
    assert refusal.value.where == where
