"""``write_town``: a drawn town for people, or a city of repeated quarters for junctions by the hundred thousand."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import shapely

from shanyrak.area.made_up import plan
from shanyrak.area.made_up.board import Board
from shanyrak.area.made_up.facts import NamedPoint, TownFacts
from shanyrak.area.made_up.skeleton import Skeleton
from shanyrak.area.made_up.town import draw_town, floor_area_m2
from shanyrak.area.made_up.writer import to_degrees, write_board
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Clock, Progress, silent

FEWEST_PERSONS, MOST_DRAWN_PERSONS = 10_000, 120_000
"""Below, the plan's streets would lie on each other; above, a city of quarters is made instead."""


def write_town(
    path: Path | str,
    *,
    persons: int = 30_000,
    junctions: int | None = None,
    buildings: bool = True,
    seed: int = 1,
    progress: Progress = silent,
    clock: Clock = time.perf_counter,
) -> TownFacts:
    """Write a made-up town as ``.osm.pbf``.

    Parameters
    ----------
    path : where to; replaced if it exists
    persons : how many people its homes are built for (23.5 m² of floor area each), at least 10,000
    junctions : a city of about so many junctions instead (within 2 %, or one quarter); ``persons`` then says nothing
    buildings : False leaves out all buildings (to measure graphs alone)
    seed : another seed, another town

    Returns
    -------
    TownFacts

    Raises
    ------
    InvalidInput
        A number is out of range, or the file cannot be written.
    """
    began = clock()
    target = Path(path)
    if junctions is not None or persons > MOST_DRAWN_PERSONS:
        from shanyrak.area.made_up.city import write_city

        return write_city(target, persons=persons, junctions=junctions, buildings=buildings, seed=seed,
                          progress=progress, clock=clock)  # fmt: skip
    if persons < FEWEST_PERSONS:
        raise InvalidInput(f"a made-up town of {persons} people is too small to be drawn", where="persons",
                           mend=f"Take at least {FEWEST_PERSONS}")  # fmt: skip
    progress("made-up town: drawing", 0, None)
    board, bones = draw_town(math.sqrt(persons / plan.NOMINAL_PERSONS), seed, persons=persons)
    counts = write_board(target, board, buildings=buildings, progress=progress)
    streets = np.array([line.shape for line in board.lines if "highway" in line.tags])
    corners = shapely.total_bounds(streets).reshape(2, 2)
    (west, south), (east, north) = to_degrees(corners).tolist()
    area = floor_area_m2(board) if buildings else 0.0
    return TownFacts(
        persons=round(area / plan.M2_PER_PERSON),
        floor_area_m2=area,
        nodes=counts["nodes"],
        ways=counts["ways"],
        relations=counts["relations"],
        buildings=len(board.buildings) if buildings else 0,
        junctions=counts["junctions"],
        box=(west, south, east, north),
        seed=seed,
        seconds=clock() - began,
        existing=_existing(board, bones) if buildings else (),
        counts=counts,
    )


def _existing(board: Board, bones: Skeleton) -> tuple[NamedPoint, ...]:
    """A school and the library: the first of each that the plan names."""
    found = []
    for block in bones.blocks:
        if block.special and block.special.en in {"City Library", "School No. 2"}:
            kind = block.special.kind
            buildings = [patch for patch in board.buildings if patch.tags["building"] in {"school", "public"}]
            home = min(buildings, key=lambda patch: patch.shape.distance(block.shape.centroid))
            point = home.shape.representative_point()
            lon, lat = to_degrees(np.array([[point.x, point.y]]))[0].tolist()
            name = block.special
            found.append(NamedPoint(f"existing-{kind}", kind, name.uk, name.en, round(lon, 7), round(lat, 7)))
    return tuple(sorted(found, key=lambda point: point.id))
