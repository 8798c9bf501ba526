"""From drawn towns to graphs: what is a junction, what is an edge, how long it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import pytest

from shanyrak.area.graph_build import hilbert, islands
from shanyrak.area.osm import Extract, read_osm
from shanyrak.core.errors import InvalidInput
from shanyrak.walk.graph import FORWARD_ONLY, RAMP, RESIDENTIAL, WHEELS_NO, WayClass
from tests.unit.area.graph_checks import check_graph
from tests.unit.area.osm_drawing import Town, arcs, edges

STREET = {"highway": "residential"}
FOOT = {"highway": "footway"}


def read(path: Path) -> Extract:
    extract = read_osm(path)
    check_graph(extract.graph)
    return extract


def test_a_way_is_split_where_another_meets_it(tmp_path: Path) -> None:
    # a to b 30 m, b to c 30 m, b to d 20 m
    town = Town("""
        a  b  c

           d
    """)
    extract = read(town.write(tmp_path, [("abc", STREET), ("bd", FOOT)]))
    assert edges(extract.graph) == {"ab": 300, "bc": 300, "bd": 200}
    assert extract.counts["junctions"] == 4
    assert arcs(extract.graph) == {"ab", "ba", "bc", "cb", "bd", "db"}


def test_ways_that_cross_without_a_shared_node_do_not_meet(tmp_path: Path) -> None:
    # a bridge a-c over the street d-e: two islands
    town = Town("""
           d
        a     c
           e
    """)
    extract = read(town.write(tmp_path, [("ac", {**STREET, "bridge": "yes", "layer": "1"}), ("de", STREET)]))
    assert edges(extract.graph) == {"ac": 600, "de": 200}
    assert extract.counts["islands"] == 2
    assert any("not connected" in note for note in extract.notes)


def test_bends_are_kept_as_geometry_and_are_no_junctions(tmp_path: Path) -> None:
    # a - b 30 m east, b - c 20 m south: 50 m along
    town = Town("""
        a  b

           c
    """)
    graph = read(town.write(tmp_path, [("abc", STREET)])).graph
    assert edges(graph) == {"ac": 500}
    assert len(graph.shape_lon_e7) == 3


def test_a_loop_keeps_one_junction_and_both_directions(tmp_path: Path) -> None:
    town = Town("""
        a  b  c
           e  d
    """)
    graph = read(town.write(tmp_path, [("ab", STREET), ("bcdeb", STREET)])).graph
    assert edges(graph) == {"ab": 300, "bb": 800}
    assert sorted(arcs(graph)) == ["ab", "ba", "bb"]
    assert graph.arcs == 4


def test_two_ways_between_the_same_junctions_stay_two(tmp_path: Path) -> None:
    town = Town("""
           b
        a     c
           d
    """)
    graph = read(town.write(tmp_path, [("abc", STREET), ("adc", FOOT)])).graph
    assert graph.edges == 2
    assert sorted(graph.edge_class.tolist()) == [WayClass.STREET, WayClass.FOOTWAY]


def test_places_that_coincide_are_one_decimetre_apart(tmp_path: Path) -> None:
    town = Town("ab  c")
    town.at["b"] = town.at["a"]
    assert edges(read(town.write(tmp_path, [("abc", STREET), ("b", FOOT), ("bc", FOOT)])).graph)["ab"] == 1


def test_a_node_repeated_at_once_is_one_place(tmp_path: Path) -> None:
    town = Town("a  b  c")
    assert edges(read(town.write(tmp_path, [("abbc", STREET)])).graph) == {"ac": 600}


def test_a_way_is_cut_where_the_file_lacks_a_node_and_that_is_said(tmp_path: Path) -> None:
    town = Town("a  b  c  d  e")
    extract = read(town.write(tmp_path, [("abcde", STREET)], leave_out="c"))
    assert edges(extract.graph) == {"ab": 300, "de": 300}
    assert extract.counts["missing_nodes"] == 1
    assert any("1 ways name 1 nodes" in note for note in extract.notes)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, {"ab", "ba"}),
        ({"oneway": "yes"}, {"ab", "ba"}),  # of cars
        ({"oneway:foot": "yes"}, {"ab"}),
        ({"oneway:foot": "-1"}, {"ba"}),
        ({"conveying": "forward"}, {"ab"}),  # an escalator
        ({"conveying": "backward"}, {"ba"}),
        ({"conveying": "reversible"}, {"ab", "ba"}),
    ],
)
def test_one_way_for_walkers(tmp_path: Path, tags: dict[str, str], expected: set[str]) -> None:
    graph = read(Town("a  b").write(tmp_path, [("ab", {**FOOT, **tags})])).graph
    assert arcs(graph) == expected
    assert bool(graph.edge_flags[0] & FORWARD_ONLY) == (len(expected) == 1)


def test_slope_follows_the_geometry_even_where_that_was_turned(tmp_path: Path) -> None:
    # drawn from a to b, uphill 8 per cent, but walked from b to a only: the edge runs down
    graph = read(Town("a  b").write(tmp_path, [("ab", {**FOOT, "oneway:foot": "-1", "incline": "8%"})])).graph
    assert graph.edge_slope_pct.tolist() == [-8]


def test_counted_steps_are_shared_out_and_their_sum_stays(tmp_path: Path) -> None:
    # 31 steps over a-b-c, 10 m and 20 m: 10 and 21
    town = Town("""
        a b   c
          d
    """)
    stairs = {"highway": "steps", "step_count": "31", "ramp:stroller": "yes", "wheelchair": "no"}
    graph = read(town.write(tmp_path, [("abc", stairs), ("bd", FOOT)])).graph
    steps = graph.edge_class == WayClass.STEPS
    assert sorted(graph.edge_steps[steps].tolist()) == [10, 21]
    assert set((graph.edge_flags[steps] & (RAMP | WHEELS_NO)).tolist()) == {RAMP | WHEELS_NO}


def test_two_stairs_each_keep_their_own_number(tmp_path: Path) -> None:
    # a-b-c: 10 + 20 m, 31 steps; d-e-f: 20 + 10 m, 7 steps: 5 and 2
    town = Town("""
        a b   c
          x
        d   e f
            y
    """)
    stairs = [("abc", {"highway": "steps", "step_count": "31"}), ("def", {"highway": "steps", "step_count": "7"})]
    graph = read(town.write(tmp_path, [*stairs, ("bx", FOOT), ("ey", FOOT)])).graph
    found = {way: sorted(graph.edge_steps[graph.edge_osm_way_id == way].tolist()) for way in (1, 2)}
    assert found == {1: [10, 21], 2: [2, 5]}


def test_uncounted_steps_are_estimated_from_their_length(tmp_path: Path) -> None:
    # 30 m at 0.3 m a step
    graph = read(Town("a  b").write(tmp_path, [("ab", {"highway": "steps"})])).graph
    assert graph.edge_steps.tolist() == [100]


def test_names_and_residential_streets(tmp_path: Path) -> None:
    town = Town("a  b  c  d")
    ways = [("ab", {**STREET, "name": "вулиця Шкільна"}), ("bc", {**FOOT}), ("cd", {**FOOT, "name": "вулиця Шкільна"})]
    graph = read(town.write(tmp_path, ways)).graph
    named = {int(way): int(name) for way, name in zip(graph.edge_osm_way_id, graph.edge_name)}
    assert named == {1: 0, 2: -1, 3: 0}
    assert graph.names == ("вулиця Шкільна",)
    assert (
        np.flatnonzero(graph.edge_flags & RESIDENTIAL).tolist() == np.flatnonzero(graph.edge_osm_way_id == 1).tolist()
    )


# ---- barriers at nodes


@pytest.mark.parametrize(
    ("tags", "passable"),
    [
        ({"barrier": "gate"}, True),
        ({"barrier": "gate", "access": "private"}, False),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, True),
        ({"barrier": "gate", "locked": "yes"}, False),
        ({"barrier": "bollard", "access": "no"}, True),
        ({"barrier": "bollard", "foot": "no"}, False),
        ({"barrier": "wall"}, False),
        ({"barrier": "fence"}, False),
        ({"barrier": "fence", "foot": "yes"}, True),
        ({"highway": "elevator"}, True),
        ({"highway": "elevator", "access": "private"}, False),
        ({"highway": "crossing", "access": "no"}, True),  # says nothing of walking through
    ],
)
def test_barrier_on_a_way(tmp_path: Path, tags: dict[str, str], passable: bool) -> None:
    graph = read(Town("a  b  c").write(tmp_path, [("abc", STREET)], nodes={"b": tags})).graph
    assert (graph.island.max() == 0) == passable
    if not passable:
        # one can walk up to it from either side
        assert sorted(graph.edge_length_dm.tolist()) == [300, 300]


def test_nobody_turns_a_corner_at_a_locked_gate(tmp_path: Path) -> None:
    town = Town("""
        a  b  c
           d
    """)
    gate = {"b": {"barrier": "gate", "locked": "yes"}}
    graph = read(town.write(tmp_path, [("abc", STREET), ("bd", STREET)], nodes=gate)).graph
    assert graph.island.max() + 1 == 3


@pytest.mark.parametrize("barrier", ["stile", "kissing_gate", "turnstile"])
def test_a_stile_keeps_wheels_off_the_edges_beside_it(tmp_path: Path, barrier: str) -> None:
    # d is far from the stile b: the edge c-d is free
    town = Town("""
        a  b  c  d
              e
    """)
    graph = read(town.write(tmp_path, [("abcd", STREET), ("ce", STREET)], nodes={"b": {"barrier": barrier}})).graph
    no_wheels = {key for key, i in zip(edges(graph), range(graph.edges)) if graph.edge_flags[i] & WHEELS_NO}
    assert no_wheels == {"ac"}
    assert graph.island.max() == 0


# ---- areas


SQUARE = """
        a  b  c

        h     d

        g  f  e
"""


def test_a_square_is_crossed_straight_between_its_entrances(tmp_path: Path) -> None:
    # x-b and f-y lead onto the square: b to f is 40 m straight, 30+40+30 = 100 m around
    town = Town("""
           x
        a  b  c

        h     d

        g  f  e
           y
    """)
    ways = [("abcdefgha", {"highway": "pedestrian", "area": "yes"}), ("xb", FOOT), ("fy", FOOT)]
    extract = read(town.write(tmp_path, ways))
    graph = extract.graph
    across = [
        i for i in range(graph.edges) if graph.edge_class[i] == WayClass.SQUARE and graph.edge_length_dm[i] == 400
    ]
    assert len(across) == 1
    assert graph.edge_osm_way_id[across[0]] == 1
    assert extract.counts["squares"] == 1
    assert extract.counts["square_lines"] == 1


def test_nobody_walks_through_a_hole(tmp_path: Path) -> None:
    # the fountain p-q-r-s lies on the straight line from b to f; its corners take the walk around it
    town = Town("""
              x
        a     b     c

            p   q

            s   r

        g     f     e
              y
    """)
    ways = [("abcefga", {}), ("pqrsp", {}), ("xb", FOOT), ("fy", FOOT)]
    square = ([(1, "outer"), (2, "inner")], {"type": "multipolygon", "highway": "pedestrian"})
    graph = read(town.write(tmp_path, ways, relations=[square])).graph
    found = edges(graph)
    assert "bf" not in {key for key in found if found[key] == 600}
    assert {"bp", "bq", "fr", "fs"} <= set(found)  # by way of the fountain's corners
    assert graph.island.max() == 0
    assert set(graph.edge_osm_way_id.tolist()) == {-1, 3, 4}  # the area is relation 1


def test_a_square_that_is_not_whole_is_said(tmp_path: Path) -> None:
    town = Town(SQUARE)
    ways = [("abcde", {"highway": "footway"})]
    square = ([(1, "outer"), (99, "outer")], {"type": "multipolygon", "highway": "pedestrian"})
    extract = read(town.write(tmp_path, ways, relations=[square]))
    assert extract.counts["incomplete_squares"] == 1
    assert any("not whole" in note for note in extract.notes)


@pytest.mark.parametrize(
    ("tags", "way_class"),
    [
        ({"highway": "pedestrian", "area": "yes"}, WayClass.SQUARE),
        ({"highway": "footway", "area": "yes"}, WayClass.SQUARE),
        ({"highway": "pedestrian", "place": "square"}, WayClass.SQUARE),
        ({"railway": "platform"}, WayClass.PLATFORM),
        ({"public_transport": "platform"}, WayClass.PLATFORM),
        ({"highway": "elevator"}, WayClass.LIFT),
        ({"highway": "pedestrian"}, None),  # a street that runs in a ring
        ({"highway": "footway"}, None),
    ],
)
def test_which_closed_ways_are_crossed(tmp_path: Path, tags: dict[str, str], way_class: WayClass | None) -> None:
    town = Town("""
           x
        a  b  c

        g  f  e
           y
    """)
    extract = read(town.write(tmp_path, [("abcefga", tags), ("xb", FOOT), ("fy", FOOT)]))
    across = extract.graph.edge_class[extract.graph.edge_length_dm == 200]
    assert extract.counts["square_lines"] == (way_class is not None)
    if way_class is not None:
        assert way_class in across.tolist()


# ---- numbering


def test_the_hilbert_curve_visits_every_cell_once_and_steps_to_a_neighbour() -> None:
    side = 16
    x, y = (axis.ravel().astype(np.int64) for axis in np.meshgrid(np.arange(side), np.arange(side)))
    order = np.argsort(hilbert(x, y, 4))
    assert sorted(hilbert(x, y, 4).tolist()) == list(range(side * side))
    assert (np.abs(np.diff(x[order])) + np.abs(np.diff(y[order])) == 1).all()


def test_islands_are_numbered_by_size() -> None:
    # 0-1  2-3-4  5
    found = islands(6, np.array([0, 2, 4], np.int32), np.array([1, 3, 3], np.int32))
    assert found.tolist() == [1, 1, 0, 0, 0, 2]


def test_a_long_chain_is_one_island_whatever_its_numbers() -> None:
    rng = np.random.default_rng(7)
    chain = rng.permutation(5000).astype(np.int32)
    assert islands(5000, chain[:-1], chain[1:]).max() == 0


def test_reading_twice_gives_the_same_arrays(tmp_path: Path) -> None:
    path = Town(SQUARE).write(tmp_path, [("abcdefgha", {"highway": "pedestrian", "area": "yes"}), ("ae", FOOT)])
    one, two = read(path).graph, read(path).graph
    for name, value in vars(one).items():
        assert np.array_equal(value, getattr(two, name)), name


# ---- boxes


@pytest.mark.parametrize("declared", [None, (0.0, 0.0, 180.0, 90.0), (29.99, 49.99, 30.01, 50.01)])
def test_the_box_is_that_of_what_is_walked(tmp_path: Path, declared: tuple[float, float, float, float] | None) -> None:
    header = osmium.io.Header()
    if declared is not None:
        header.add_box(osmium.osm.Box(*declared))
    town = Town("a  b", metres=100)
    extract = read(town.write(tmp_path, [("ab", STREET)], header=header))
    assert extract.box == pytest.approx((*town.at["a"], *town.at["b"]), abs=1e-7)
    assert extract.source.header_box == declared
    assert any("box" in note for note in extract.notes) == (declared is None or declared[0] == 0)


# ---- nothing to walk


@pytest.mark.parametrize(
    ("ways", "says"),
    [
        ([], "nodes and no ways"),
        ([("ab", {"highway": "motorway"})], "none of its 1 ways can be walked"),
        ([("ab", {"building": "yes"})], "none of its 1 ways"),
        ([("a", STREET)], "none of its 1 ways"),
    ],
)
def test_nothing_to_walk_is_refused(tmp_path: Path, ways: list[tuple[str, dict[str, str]]], says: str) -> None:
    path = Town("a  b").write(tmp_path, ways)
    with pytest.raises(InvalidInput, match=says) as refused:
        read_osm(path)
    assert refused.value.where == str(path)
    assert refused.value.mend
