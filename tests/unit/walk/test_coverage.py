"""What is covered: rules on drawn towns, each tried on the fast search and on its plain twin."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from scipy import sparse

import shanyrak.walk as fast
from shanyrak.walk import twin
from shanyrak.walk.graph import FORWARD_ONLY
from tests.walk_towns import Edge, places, town

BOTH = pytest.mark.parametrize("walk", [fast, twin], ids=["fast", "twin"])

#   0 --100-- 1 --50-- 2        3      junction 3 has no edge
#             |                        lengths in decimetres
#            30
#             |
#             4
DRAWN = town(5, [(0, 1, 100), (1, 2, 50), (1, 4, 30)])
DRAWN_MATRIX = sparse.csr_array(([100, 100, 50, 30, 50, 30], ([0, 1, 1, 1, 2, 4], [1, 0, 2, 4, 1, 1])), shape=(5, 5))


def covered(cover: sparse.csr_array) -> list[list[int]]:
    """Per candidate: its cells."""
    return [np.flatnonzero(column).tolist() for column in cover.toarray().T]


@BOTH
class TestJunctions:
    @pytest.mark.parametrize("graph", [DRAWN, DRAWN_MATRIX], ids=["graph", "matrix"])
    @pytest.mark.parametrize(
        ("limit", "cells_of_0", "cells_of_2"),
        [
            (0, [0], [2]),
            (49, [0], [2]),
            (50, [0], [1, 2]),  # d <= limit: the boundary is covered
            (79, [0], [1, 2]),
            (80, [0], [1, 2, 4]),  # 2 - 1 - 4: 50 + 30
            (150, [0, 1, 2, 4], [0, 1, 2, 4]),
            (10**9, [0, 1, 2, 4], [0, 1, 2, 4]),  # 3 is never reached
        ],
    )
    def test_a_cell_is_covered_when_its_walk_is_at_most_the_limit(
        self, walk: ModuleType, graph: object, limit: int, cells_of_0: list[int], cells_of_2: list[int]
    ) -> None:
        assert covered(walk.coverage(graph, [0, 2], limit)) == [cells_of_0, cells_of_2]

    def test_a_junction_without_edges_covers_itself_only(self, walk: ModuleType) -> None:
        assert covered(walk.coverage(DRAWN, [3], 1000)) == [[3]]

    def test_the_same_candidate_twice_gives_the_same_column_twice(self, walk: ModuleType) -> None:
        assert covered(walk.coverage(DRAWN, [2, 2], 50)) == [[1, 2], [1, 2]]

    def test_rows_are_the_cells_in_their_order_even_repeated(self, walk: ModuleType) -> None:
        cover = walk.coverage(DRAWN, [2], 50, cells=[4, 1, 2, 1])
        assert cover.toarray()[:, 0].tolist() == [False, True, True, True]

    @pytest.mark.parametrize(
        ("candidates", "cells", "shape"), [([], None, (5, 0)), ([0], [], (0, 1)), ([], [], (0, 0))]
    )
    def test_nothing_asked_gives_an_empty_answer(
        self, walk: ModuleType, candidates: list[int], cells: list[int] | None, shape: tuple[int, int]
    ) -> None:
        cover = walk.coverage(DRAWN, candidates, 100, cells=cells)
        assert (cover.shape, cover.nnz, cover.dtype) == (shape, 0, np.bool_)

    def test_people_walk_to_the_candidate_not_from_it(self, walk: ModuleType) -> None:
        # 0 --10--> 1, one way
        one_way = town(2, [Edge(0, 1, 10, flags=FORWARD_ONLY)])
        assert covered(walk.coverage(one_way, [0, 1], 10)) == [[0], [0, 1]]

    def test_of_parallel_ways_the_shorter_counts(self, walk: ModuleType) -> None:
        assert covered(walk.coverage(town(2, [(0, 1, 90), (0, 1, 20)]), [0], 20)) == [[0, 1]]
        twice = sparse.csr_array(([90, 20], [1, 1], [0, 2, 2]), shape=(2, 2))
        listed = sparse.coo_array(([90, 20], ([0, 0], [1, 1])), shape=(2, 2))
        for matrix in (twice, listed, twice.tocsc()):
            assert covered(walk.coverage(matrix, [1], 20)) == [[0, 1]]

    def test_a_way_back_to_the_same_junction_changes_nothing(self, walk: ModuleType) -> None:
        assert covered(walk.coverage(town(2, [(0, 0, 5), (0, 1, 7)]), [0], 7)) == [[0, 1]]

    def test_an_arc_may_cost_nothing(self, walk: ModuleType) -> None:
        free = sparse.csr_array((np.zeros(2, np.int64), [1, 2], [0, 1, 2, 2]), shape=(3, 3))
        assert covered(walk.coverage(free, [2], 0)) == [[0, 1, 2]]

    def test_longer_detours_are_found_where_they_are_shorter(self, walk: ModuleType) -> None:
        # 0 --100-- 1 directly; 0 - 2 - 3 - 1: 3 * 33 = 99
        graph = town(4, [(0, 1, 100), (0, 2, 33), (2, 3, 33), (3, 1, 33)])
        cell, impedance = walk.walks(graph, [1], 100).of(0)
        assert dict(zip(cell.tolist(), impedance.tolist(), strict=True)) == {0: 99, 1: 0, 2: 66, 3: 33}


#          offset 0        40        100
#   0 --------c---------------s-------- 1      edge 0: 100 dm, c at 20, s at 60
#   |                                   |
#   +--------------- 10 ----------------+      edge 1
LOOP = town(2, [(0, 1, 100), (0, 1, 10)])


@BOTH
class TestPlacesOnEdges:
    def walk_dm(self, walk: ModuleType, graph: object, cell: tuple[int, int, int], site: tuple[int, int, int]) -> int:
        """The one walk from a cell to a site; -1 where there is none."""
        found = walk.walks(graph, places(site), 10**6, cells=places(cell))
        return int(found.impedance_dm[0]) if found.pairs else -1

    @pytest.mark.parametrize(
        ("cell", "site", "walk_dm"),
        [
            ((0, 20, 0), (0, 60, 0), 40),  # along the edge itself: 60 - 20
            ((0, 60, 0), (0, 20, 0), 40),  # the same way back
            ((0, 20, 3), (0, 60, 4), 47),  # both step to the edge: 3 + 40 + 4
            ((0, 5, 0), (0, 95, 0), 20),  # round the other edge: 5 + 10 + 5, not 90
            ((0, 20, 0), (1, 5, 0), 25),  # over junction 0: 20 + 5
            ((0, 50, 7), (0, 50, 8), 15),  # the same spot of the edge: 7 + 0 + 8
            ((-1, 0, 0), (0, 60, 0), -1),  # a cell without an edge walks nowhere
            ((0, 20, 0), (-1, 0, 0), -1),  # nobody walks to a site without an edge
            ((-1, 0, 0), (-1, 0, 0), -1),
        ],
    )
    def test_the_shortest_of_all_ways_counts(
        self, walk: ModuleType, cell: tuple[int, int, int], site: tuple[int, int, int], walk_dm: int
    ) -> None:
        assert self.walk_dm(walk, LOOP, cell, site) == walk_dm

    @pytest.mark.parametrize(
        ("cell", "site", "walk_dm"),
        [
            ((0, 20, 0), (0, 60, 0), 40),  # with the arrow
            ((0, 60, 0), (0, 20, 0), 70),  # against it, so on to junction 1 and round: 40 + 10 + 20
        ],
    )
    def test_a_one_way_edge_is_walked_with_its_arrow_only(
        self, walk: ModuleType, cell: tuple[int, int, int], site: tuple[int, int, int], walk_dm: int
    ) -> None:
        one_way = town(2, [Edge(0, 1, 100, flags=FORWARD_ONLY), Edge(0, 1, 10)])
        assert self.walk_dm(walk, one_way, cell, site) == walk_dm

    def test_parts_of_a_sloping_edge_are_rounded_to_the_nearest_half_up(self, walk: ModuleType) -> None:
        # 10 dm at +10 %: up 10 * 1.419 -> 14, down 10 * 1.000 = 10 (Tobler)
        hill = town(2, [Edge(0, 1, 10, slope=10)])
        # 5 of 10 dm up to junction 1: (14 * 5 + 5) // 10 = 7; down to junction 0: (10 * 5 + 5) // 10 = 5
        found = walk.walks(hill, [1, 0], 100, cells=places((0, 5, 0)))
        assert [found.of(j)[1].tolist() for j in (0, 1)] == [[7], [5]]
        # 3 of 10 dm up, along the edge: (14 * 3 + 5) // 10 = 4
        assert self.walk_dm(walk, hill, (0, 2, 0), (0, 5, 0)) == 4

    def test_a_candidate_on_an_edge_covers_junctions_too(self, walk: ModuleType) -> None:
        # from junction 0: 5 on edge 0; from junction 1: 10 + 5 round edge 1
        found = walk.walks(LOOP, places((0, 5, 2)), 17)
        assert [v.tolist() for v in found.of(0)] == [[0, 1], [7, 17]]

    def test_the_limit_holds_for_the_whole_walk(self, walk: ModuleType) -> None:
        for limit, nnz in ((46, 0), (47, 1)):
            assert walk.coverage(LOOP, places((0, 60, 4)), limit, cells=places((0, 20, 3))).nnz == nnz

    def test_both_ways_into_a_dead_end_street_lead_through_its_mouth(self, walk: ModuleType) -> None:
        # 0 --50-- 1, cell at 30, site at junction 1 and at junction 0
        dead_end = town(2, [(0, 1, 50)])
        found = walk.walks(dead_end, [1, 0], 100, cells=places((0, 30, 0)))
        assert [found.of(j)[1].tolist() for j in (0, 1)] == [[20], [30]]


@BOTH
class TestSums:
    def test_people_within_the_limit_of_every_junction(self, walk: ModuleType) -> None:
        #        persons   1    2    4    8   16 at junctions 0..4 of DRAWN
        weight = np.array([1, 2, 4, 8, 16])
        # limit 80: 0 -> 0 alone (1 is 100 away); 1 -> 1,2,4; 2 -> 1,2,4 (80); 3 alone; 4 -> 1,2,4
        assert walk.reach(DRAWN, weight, 80).tolist() == [1, 22, 22, 8, 22]

    def test_a_cell_counts_once_however_many_ways_lead_there(self, walk: ModuleType) -> None:
        assert walk.reach(LOOP, np.array([1000]), 200, cells=places((0, 50, 0))).tolist() == [1000, 1000]

    def test_thousandths_of_millions_of_people_are_exact(self, walk: ModuleType) -> None:
        weight = np.array([2**52 + 1, 2**52 + 2])  # beyond what a double can add
        assert walk.reach(town(2, [(0, 1, 5)]), weight, 5).tolist() == [2**53 + 3, 2**53 + 3]


@BOTH
class TestNearest:
    def test_the_nearest_place_and_the_walk_to_it(self, walk: ModuleType) -> None:
        found = walk.distances_from(DRAWN, [0, 4], 80)
        # 0: itself; 1: 4 is 30 away (0 is 100); 2: 4 over 1, 80; 3: none
        assert found.impedance_dm.tolist() == [0, 30, 80, -1, 0]
        assert found.place.tolist() == [0, 1, 1, -1, 1]

    def test_of_two_as_near_the_first_counts(self, walk: ModuleType) -> None:
        middle = town(3, [(0, 1, 40), (1, 2, 40)])
        for sites in ([0, 2], [2, 0]):
            assert walk.distances_from(middle, sites, 40).place[1] == 0

    def test_a_cell_may_be_nearest_along_its_own_edge(self, walk: ModuleType) -> None:
        found = walk.distances_from(LOOP, places((0, 60, 0), (0, 0, 0)), 100, cells=places((0, 45, 0), (0, 5, 0)))
        assert (found.impedance_dm.tolist(), found.place.tolist()) == ([15, 5], [0, 1])

    def test_without_places_nothing_is_near(self, walk: ModuleType) -> None:
        assert walk.distances_from(DRAWN, [], 80).place.tolist() == [-1] * 5


def test_rows_are_sorted_and_do_not_depend_on_threads() -> None:
    # a ring of 2000 junctions, 700 candidates in no order: more than two batches
    ring = town(2000, [(i, (i + 1) % 2000, 10) for i in range(2000)])
    candidates = np.random.default_rng(3).permutation(2000)[:700]
    one, two = (fast.coverage(ring, candidates, 250, threads=t) for t in (1, 2))
    assert one.nnz == 700 * 51  # 25 on either side and itself
    assert one.has_sorted_indices and one.sorted_indices().indices.tolist() == one.indices.tolist()
    assert one.indices.tolist() == two.indices.tolist()
    assert one.indptr.tolist() == two.indptr.tolist()
    lists = [fast.walks(ring, candidates, 250, threads=t) for t in (1, 2)]
    assert lists[0].begin.tolist() == lists[1].begin.tolist()
    assert lists[0].impedance_dm.tolist() == lists[1].impedance_dm.tolist()
    assert fast.reach(ring, np.ones(2000, np.int64), 250, threads=2).tolist() == [51] * 2000


def test_limits_around_the_change_from_narrow_to_wide_lanes() -> None:
    # 0 --32767-- 1 --32767-- 2 --1-- 3: lanes of 16 bits hold limits up to 65 534
    line = town(4, [(0, 1, 32767), (1, 2, 32767), (2, 3, 1)])
    for limit, cells in ((32766, 1), (32767, 2), (65533, 2), (65534, 3), (65535, 4), (65536, 4)):
        found = fast.walks(line, [0], limit)
        assert found.impedance_dm.tolist() == [0, 32767, 65534, 65535][:cells]


def test_the_sum_of_a_far_lane_and_a_long_arc_does_not_wrap_round() -> None:
    # from 1 to 0 are 60 000, and 50 000 more from 2: 110 000 - 65 536 would be within the limit
    line = town(3, [(0, 1, 60_000), (1, 2, 50_000)])
    assert fast.walks(line, [0, 2], 65_000).size.tolist() == [2, 2]


def test_impedances_near_the_end_of_32_bits_do_not_wrap_round() -> None:
    huge = 2**31 - 1
    far = sparse.csr_array(([huge, huge, 5], ([0, 1, 2], [1, 2, 3])), shape=(4, 4))
    for limit in (10, 32766, 10**9):
        assert covered(fast.coverage(far, [2, 3], limit)) == [[2], [2, 3]]


@pytest.mark.parametrize("threads", [1, 2])
def test_rows_written_in_parts_are_the_same(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = town(500, [(i, (i + 1) % 500, 10) for i in range(500)])
    candidates = np.random.default_rng(4).permutation(500)[:90]
    whole = fast.coverage(ring, candidates, 70)
    monkeypatch.setattr("shanyrak.walk.search._PAIRS_AT_ONCE", 100)  # 1350 pairs: 14 parts
    parts = fast.coverage(ring, candidates, 70, threads=threads)
    assert whole.nnz == 90 * 15
    assert parts.indices.tolist() == whole.indices.tolist()
    assert parts.indptr.tolist() == whole.indptr.tolist()


def test_progress_is_told_per_batch() -> None:
    told: list[tuple[str, int, int | None]] = []
    ring = town(600, [(i, (i + 1) % 600, 10) for i in range(600)])
    fast.coverage(ring, np.arange(600), 100, progress=lambda label, done, total=None: told.append((label, done, total)))
    assert told == [("coverage", 0, 600), *(("coverage", done, 600) for done in (128, 256, 384, 512, 600))]


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupt_between_batches_gets_out(threads: int) -> None:
    ring = town(3000, [(i, (i + 1) % 3000, 10) for i in range(3000)])

    def interrupt(label: str, done: int, total: int | None = None) -> None:
        if done >= 512:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fast.coverage(ring, np.arange(3000), 100, threads=threads, progress=interrupt)


def test_a_group_larger_than_the_first_buffer_is_written_again_with_more_room() -> None:
    # a star of 70 000 rays: one group alone fills more than 65 536 places
    rays = 70_000
    hub = np.zeros(rays, np.int64)
    tips = np.arange(1, rays + 1)
    star = sparse.csr_array(
        (np.ones(2 * rays, np.int64), (np.concatenate([hub, tips]), np.concatenate([tips, hub]))),
        shape=(rays + 1, rays + 1),
    )
    cover = fast.coverage(star, [0, 1], 1)
    assert cover.sum(axis=0).tolist() == [rays + 1, 2]
    everybody = fast.walks(star, np.arange(32), 2)
    assert set(everybody.size.tolist()) == {rays + 1}
    assert np.bincount(everybody.of(1)[1]).tolist() == [1, 1, rays - 1]
