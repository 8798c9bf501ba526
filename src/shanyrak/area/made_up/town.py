"""The whole made-up town on the board: bones, blocks, surroundings, house numbers, and as many homes as people need."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import shapely

from shanyrak.area.made_up import plan
from shanyrak.area.made_up.around import (
    draw_banks,
    draw_hamlet,
    draw_landscape,
    draw_limits,
    draw_shops,
    draw_station,
    draw_stops,
)
from shanyrak.area.made_up.board import Board, clear_the_ways, drop_loose_ends
from shanyrak.area.made_up.grounds import fill
from shanyrak.area.made_up.skeleton import Skeleton, draw_skeleton

DWELLINGS = frozenset({"apartments", "residential", "house", "detached"})


def draw_town(scale: float, seed: int, *, persons: float = plan.NOMINAL_PERSONS) -> tuple[Board, Skeleton]:
    """Draw the town; the same arguments give the same town.

    Parameters
    ----------
    scale : how far the plan is stretched in both directions
    persons : the storeys are set so that the homes' floor area fits them
    """
    rng = np.random.default_rng(seed)
    board = Board()
    bones = draw_skeleton(board, scale, rng)
    for block in bones.blocks:
        fill(board, block.shape, block.kind, block.special, rng)
    draw_landscape(board, bones, rng)
    draw_station(board, bones)
    draw_banks(board, bones)
    draw_hamlet(board, bones, rng)
    draw_stops(board, bones)
    drop_loose_ends(board)
    clear_the_ways(board)
    fit_storeys(board, persons * plan.M2_PER_PERSON)
    number_houses(board)
    draw_shops(board, rng)
    draw_limits(board, bones)
    return board, bones


def floor_area_m2(board: Board) -> float:
    """Floor area of all dwellings: outline times storeys [m²]."""
    return math.fsum(
        patch.shape.area * float(patch.tags["building:levels"])
        for patch in board.buildings
        if patch.tags["building"] in DWELLINGS
    )


def fit_storeys(board: Board, wanted_m2: float) -> None:
    """Add or take single storeys, evenly over the town, until the floor area fits (within one storey).

    Apartment houses only, between 2 and 12 storeys; where that is not enough, the rest stays.
    """
    blocks = [patch for patch in board.buildings if patch.tags["building"] == "apartments"]
    missing = wanted_m2 - floor_area_m2(board)
    step = 1 if missing > 0 else -1
    for _ in range(12):
        # a stride that is no divisor spreads the changes over the town instead of filling one end of it
        for index in range(len(blocks)):
            patch = blocks[index * 37 % len(blocks)] if len(blocks) % 37 else blocks[index]
            levels = int(patch.tags["building:levels"])
            if abs(missing) < patch.shape.area or not 2 <= levels + step <= 12:
                continue
            patch.tags = {**patch.tags, "building:levels": str(levels + step)}
            missing -= step * patch.shape.area
        if abs(missing) < 1000:
            return


def number_houses(board: Board) -> None:
    """Addresses: along each street from its beginning, odd numbers on the left, even ones on the right."""
    streets = [
        line
        for line in board.lines
        if "name" in line.tags and line.tags.get("highway") in _WITH_HOUSES and not line.level
    ]
    tree = shapely.STRtree([line.shape for line in streets])
    homes = [
        patch for patch in board.buildings if patch.tags["building"] not in {"shed", "garage", "garages", "grandstand"}
    ]
    nearest = tree.nearest(np.array([patch.shape for patch in homes]))
    sides: dict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
    begins = _where_pieces_begin([(line.tags["name"], line.shape) for line in streets])
    for index, street in enumerate(nearest.tolist()):
        line = streets[street].shape
        middle = homes[index].shape.centroid
        along = line.project(middle)
        a, b = (np.asarray(line.interpolate(along + d).coords[0]) for d in (-0.5, 0.5))
        off = np.asarray(middle.coords[0]) - a
        left = (b - a)[0] * off[1] - (b - a)[1] * off[0] > 0
        place = begins[street][0] + begins[street][1] * along
        sides[streets[street].tags["name"], 1 if left == (begins[street][1] > 0) else 2].append((place, index))
    for (street_name, first), row in sorted(sides.items()):
        for count, (_, index) in enumerate(sorted(row)):
            number = {"addr:street": street_name, "addr:housenumber": str(first + 2 * count)}
            homes[index].tags = {**homes[index].tags, **number}


_WITH_HOUSES = frozenset({"primary", "secondary", "tertiary", "residential", "unclassified", "living_street"})


def _where_pieces_begin(pieces: list[tuple[str, shapely.LineString]]) -> list[tuple[float, int]]:
    """For each piece of a street: its place along the whole street [m], and +1 or -1 for its direction.

    A street's pieces are put in order along the straight line on which they spread most.
    """
    by_name: dict[str, list[int]] = defaultdict(list)
    for index, (name, _) in enumerate(pieces):
        by_name[name].append(index)
    found: list[tuple[float, int]] = [(0.0, 1)] * len(pieces)
    for members in by_name.values():
        ends = np.array([[pieces[m][1].coords[0], pieces[m][1].coords[-1]] for m in members]).reshape(-1, 2)
        spread = np.ptp(ends, axis=0)
        axis = np.array([1.0, 0.0]) if spread[0] >= spread[1] else np.array([0.0, -1.0])  # west to east, north to south
        for member in members:
            line = pieces[member][1]
            start, end = (float(np.asarray(line.coords[k]) @ axis) for k in (0, -1))
            found[member] = (start, 1) if end >= start else (start, -1)
    return found
