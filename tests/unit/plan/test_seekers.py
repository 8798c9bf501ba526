"""The search from further starts: what it looks at, what it hands on, and that it is the same each time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from shanyrak.plan import seekers
from shanyrak.plan.bound import Bound, certify
from shanyrak.plan.model import Model, build_model
from shanyrak.plan.restarts import Restarts, weight_shared
from shanyrak.plan.seekers import Seekers

WIDE, HIGH, REACH = 12, 5, 1
SCALE = 1 << 20


def streets(k: int) -> tuple[Model, Bound, npt.NDArray[np.int32]]:
    """A town of 12 x 5 crossings; a point at any of them serves it and those next to it. People: 1 to 9, drawn."""
    crossing = [(x, y) for y in range(HIGH) for x in range(WIDE)]
    near = [[j for j, (a, b) in enumerate(crossing) if abs(a - x) + abs(b - y) <= REACH] for x, y in crossing]
    ptr = np.cumsum([0, *map(len, near)]).astype(np.int64)
    col = np.array(list(itertools.chain(*near)), np.int32)
    people = np.random.default_rng(4).integers(1, 10, len(crossing))
    n = len(crossing)
    model = build_model(ptr, col, people, n, np.zeros(n, bool), np.ones(n, bool))
    nobody, everyone = np.zeros(model.columns, bool), np.ones(model.columns, bool)
    lean = np.full(model.columns, k / n)
    share = np.full(model.rows, SCALE // 3, np.int64)
    assert everyone.all() and model.columns == n
    first = np.arange(k, dtype=np.int32)  # the first street: a poor choice
    return model, certify(model, k, nobody, nobody, share, SCALE, lean), first


def never() -> bool:
    return False


@pytest.fixture
def search() -> Iterator[Seekers]:
    model, bound, first = streets(6)
    found = Seekers(model, bound, 6, first, model.covered(first), 1)
    yield found
    found.close()


def best_known(k: int) -> int:
    """What 200 starts of the search itself end with: nothing better was ever seen."""
    model, bound, first = streets(k)
    one = Restarts(model, k, bound.lean, first, model.covered(first), 99)
    for _ in range(100):
        one.go(never)
    one.close()
    return one.covered


def test_it_leaves_a_poor_choice_behind_and_says_what_its_own_covers(search: Seekers) -> None:
    before = search.covered
    assert search.search(2_000_000, never) >= 2_000_000
    model, _, _ = streets(6)
    assert len(set(search.chosen.tolist())) == 6
    assert search.covered == model.covered(search.chosen.astype(np.int32)) > before
    assert search.covered == best_known(6)


def test_the_same_work_ends_with_the_same_choice() -> None:
    ends = []
    for _ in range(2):
        model, bound, first = streets(5)
        one = Seekers(model, bound, 5, first, model.covered(first), 3)
        work = one.start(300_000, never).result()
        ends.append((work, one.covered, one.chosen.tolist()))
        one.close()
    assert ends[0] == ends[1]


def test_few_columns_and_many_take_turns_by_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seekers, "FEW", 24)  # beside four times k = 24; all 60 columns are leant on
    model, bound, first = streets(6)
    both = Seekers(model, bound, 6, first, model.covered(first), 1)
    narrow, wide = both._searches
    assert (narrow.model.columns, wide.model.columns) == (24, 60)
    both.search(3_000_000, never)
    small, large = both._done
    assert small > 0
    assert large == pytest.approx(seekers.WIDE_SHARE * small, rel=0.3)
    assert both.covered == best_known(6)
    both.close()


def test_what_one_finds_the_other_goes_on_from_if_it_knows_the_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seekers, "FEW", 24)
    model, bound, first = streets(6)
    both = Seekers(model, bound, 6, first, model.covered(first), 1)
    narrow, wide = both._searches
    inside = narrow.model.column[:6]
    both.offer(inside, 1_000)  # told to cover more than anything does
    assert narrow.model.column[narrow.best].tolist() == inside.tolist()
    assert (narrow.covered, wide.covered) == (1_000, 1_000)
    outside = np.setdiff1d(wide.model.column, narrow.model.column)[:6]
    both.offer(outside, 2_000)
    assert wide.model.column[wide.best].tolist() == outside.tolist()
    assert narrow.covered == 1_000  # it would not know where to go on
    both.offer(first, 1_500)  # not the best: nobody cares
    assert both.covered == 2_000
    both.close()


def test_closing_ends_a_search_under_way(search: Seekers) -> None:
    under_way = search.start(1 << 60, never)
    search.close()
    assert under_way.result(timeout=60) < 1 << 60


def test_the_clock_ends_it(search: Seekers) -> None:
    looks = itertools.count()
    search.search(1 << 60, lambda: next(looks) > 20)


def test_where_everything_is_chosen_there_is_nothing_to_do() -> None:
    model, bound, _ = streets(60)
    everything = np.arange(60, dtype=np.int32)
    one = Seekers(model, bound, 60, everything, model.covered(everything), 1)
    assert one.search(1_000, never) == 0
    one.close()


def test_weight_is_shared_with_the_columns_next_to_it() -> None:
    model, _, _ = streets(1)
    column = int(np.flatnonzero(model.column == 2 * WIDE + 5)[0])  # in the middle of the town
    one = Restarts(model, 1, np.ones(model.columns), np.array([column], np.int32), 0, 1)
    lists = one._lists
    shared = weight_shared(lists.row_ptr, lists.row_col, model.weight, model.rows_of(column), model.columns)
    x, y = model.column % WIDE, model.column // WIDE
    steps = np.abs(x - 5) + np.abs(y - 2)
    assert ((shared > 0) == (steps <= 2 * REACH)).all()
    assert shared[column] == shared.max() == model.covered(np.array([column], np.int32))
    one.close()


def test_a_neighbourhood_is_cut_out_of_the_choice_and_filled_from_around() -> None:
    model, bound, _ = streets(8)
    chosen = np.arange(0, 60, 7)[:8].astype(np.int32)
    one = Restarts(model, 8, bound.lean, chosen, model.covered(chosen), 5)
    for part in (2, 3, 8):
        near, gone = one._neighbourhood(part)
        assert len(set(gone.tolist())) == part
        assert set(gone.tolist()) <= set(chosen.tolist())
        assert near[gone[0]]  # the one in its middle is near itself
    one._number = 1
    starts = [one._start() for _ in range(50)]
    assert all(len(set(start.tolist())) == 8 for start in starts)
    kept = [len(np.intersect1d(start, chosen)) for start in starts]
    assert max(kept) >= 6  # a quarter of eight is taken out at most, but for starts drawn without it
    one.close()
