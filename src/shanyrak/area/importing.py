"""From an extract to a kept area: whole, or not at all.

Reading comes first, then people are placed, so that a file that cannot be used is refused at once. Then the basemap is
drawn (its tiler is a program of its own) while candidate sites are found and names are gathered; then everything is
hashed, written and, in one step, made the version in force.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from shanyrak.area.area import Area
from shanyrak.area.boundary import Boundary, read_boundary
from shanyrak.area.candidates import candidates_of
from shanyrak.area.door import must_be_there
from shanyrak.area.gazetteer import Gazetteer
from shanyrak.area.gazetteer_making import gazetteer_of
from shanyrak.area.metric import wider_box
from shanyrak.area.osm import Extract, read_osm
from shanyrak.area.people import cells_of, checked_persons, spread_wide_cells
from shanyrak.area.people_files import read_people
from shanyrak.area.people_guess import guess_people, street_points
from shanyrak.area.snap import FARTHEST_M, snap
from shanyrak.area.store import (
    FORMAT,
    content_hash,
    file_metadata,
    load_area,
    write_candidates,
    write_cells,
    write_gazetteer,
    write_graph,
    write_manifest,
)
from shanyrak.area.tables import Candidates, Cells
from shanyrak.core.folders import Versions, checked_name
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.core.units import MILLI
from shanyrak.walk.graph import Places

VERSION_DIGITS = 16
"""A version is named by so many hex digits of its content hash."""
LARGEST_ISLANDS = 5


class Basemap(Protocol):
    """Draws the map of an extract into one file, as ``basemap.write_basemap`` does."""

    def __call__(
        self,
        osm_file: Path,
        target: Path,
        *,
        box: tuple[float, float, float, float] | None,
        made_up: bool,
        name: str,
        progress: Progress,
    ) -> object: ...


@dataclass
class _Watch:
    """Seconds per stage, and who is told."""

    clock: Clock
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, label: str) -> Iterator[None]:
        self.progress(label, 0, None)
        began = self.clock()
        yield
        self.seconds[name] = round(self.clock() - began, 3)
        self.progress(label, 1, 1)


def import_area(
    name: str,
    osm_file: Path,
    *,
    versions: Versions,
    population: Path | None = None,
    persons: float | None = None,
    boundary: Path | None = None,
    made_up: bool = False,
    basemap: Basemap | None = None,
    clock: Clock = perf_counter,
    progress: Progress = silent,
    read: Callable[..., Extract] = read_osm,
) -> Area:
    """Import an extract and make it the version in force.

    Parameters
    ----------
    name : str
        What the area is called here.
    osm_file : Path
        An ``.osm.pbf`` file.
    versions : Versions
        Where the area is kept.
    population : Path, optional
        GeoTIFF, list or H3 grid; without it people are estimated from buildings or assumed along streets.
    persons : float, optional
        Known number of people (inside the boundary); everything is scaled to it.
    boundary : Path, optional
        GeoJSON polygon: people and candidate sites inside count. Streets outside stay, they can be walked on.
    made_up : bool
        The town does not exist; every file says so.
    basemap : Basemap, optional
        Draws ``basemap.pmtiles``; without it there is none.

    Raises
    ------
    InvalidInput
        A file or number cannot be used. Nothing is left behind then.
    """
    name = checked_name(name)
    persons = checked_persons(persons)
    for given in (population, boundary):
        if given is not None:
            must_be_there(given)
    watch = _Watch(clock, progress)
    began = clock()
    with watch.stage("read", "Reading the extract"):
        extract = read(osm_file, progress=progress)
    box = extract.box
    line = read_boundary(boundary, box) if boundary is not None else None
    with watch.stage("people", "Placing people"):
        cells, cell_places = _people(extract, population, persons, line)
    # whatever somebody gave is read and checked by now; the rest does not refuse anything
    with versions.new() as draft, ThreadPoolExecutor(max_workers=1) as beside:
        # the tiler works beside us; leaving this block waits for it, so that it never writes into a folder that is gone
        drawing = beside.submit(_draw, basemap, Path(osm_file), draft.folder, box, made_up, name, clock, progress)
        with watch.stage("candidates", "Finding places for warm points"):
            candidates, candidate_places, candidate_notes = candidates_of(
                extract.graph, extract.features, cells, boundary=line
            )
        with watch.stage("gazetteer", "Gathering names"):
            gazetteer = gazetteer_of(extract.graph, extract.features)
        with watch.stage("write", "Writing the area"):
            digest = content_hash(
                extract.graph, cells, cell_places, candidates, candidate_places, gazetteer, made_up=made_up
            )
            metadata = file_metadata(name, made_up)
            write_graph(draft.folder, extract.graph, metadata)
            write_cells(draft.folder, cells, cell_places, extract.graph, metadata)
            write_candidates(draft.folder, candidates, candidate_places, extract.graph, metadata)
            write_gazetteer(draft.folder, gazetteer, metadata)
        seconds = drawing.result()
        if seconds is not None:
            watch.seconds["basemap"] = seconds
        watch.seconds["total"] = round(clock() - began, 3)
        manifest = _manifest(
            name,
            Path(osm_file).name,
            extract,
            cells,
            cell_places,
            candidates,
            gazetteer,
            digest,
            made_up,
            line,
            candidate_notes,
        )
        manifest["seconds"] = watch.seconds
        manifest["peak_memory_mb"] = _peak_memory_mb()
        write_manifest(draft.folder, manifest)
        draft.version = manifest["version"]
    return load_area(versions.current())


def _draw(
    basemap: Basemap | None,
    osm_file: Path,
    folder: Path,
    box: tuple[float, float, float, float],
    made_up: bool,
    name: str,
    clock: Clock,
    progress: Progress,
) -> float | None:
    if basemap is None:
        return None
    began = clock()
    basemap(osm_file, folder / "basemap.pmtiles", box=box, made_up=made_up, name=name, progress=progress)
    return round(clock() - began, 3)


def _people(
    extract: Extract, population: Path | None, persons: float | None, boundary: Boundary | None
) -> tuple[Cells, Places]:
    if population is not None:
        people = read_people(population, wider_box(extract.box, FARTHEST_M))
        people = spread_wide_cells(people, street_points(extract.graph))
    else:
        people = guess_people(extract.graph, extract.features, persons=persons, boundary=boundary)
    cells = cells_of(people, persons=persons, boundary=boundary)
    places = snap(extract.graph, cells.lon, cells.lat)
    assert len(places) == len(cells)
    return cells, places


def _manifest(
    name: str,
    osm_name: str,
    extract: Extract,
    cells: Cells,
    cell_places: Places,
    candidates: Candidates,
    gazetteer: Gazetteer,
    digest: str,
    made_up: bool,
    boundary: Boundary | None,
    candidate_notes: tuple[str, ...],
) -> dict[str, Any]:
    graph, features, source = extract.graph, extract.features, extract.source
    reached = cell_places.edge >= 0
    island = graph.island[graph.edge_from[cell_places.edge[reached]]]
    on_island = np.zeros(int(graph.island.max(initial=-1)) + 1, np.int64)
    np.add.at(on_island, island, cells.persons_milli[reached])
    sizes = np.bincount(graph.island)
    unreachable = int(cells.persons_milli[~reached].sum())
    assert int(on_island.sum()) + unreachable == cells.total_milli, "people were lost between the cells and the streets"
    notes = [*extract.notes, *cells.notes, *candidate_notes]
    if unreachable:
        notes.append(
            f"{unreachable / MILLI:,.0f} people live farther than {FARTHEST_M:,.0f} m from any street: not reachable"
        )
    metadata = file_metadata(name, made_up)
    return {
        "format": FORMAT,
        "name": name,
        "made_up": made_up,
        "version": digest[:VERSION_DIGITS],
        "content_hash": digest,
        "box": list(extract.box),
        "persons": cells.total_milli / MILLI,
        "how": cells.how,
        "people": {
            "how": cells.how,
            "source": cells.source,
            "persons_milli": cells.total_milli,
            "reachable_persons_milli": cells.total_milli - unreachable,
            "unreachable_persons_milli": unreachable,
            "notes": list(cells.notes),
        },
        "counts": {
            **extract.counts,
            "junctions": graph.junctions,
            "edges": graph.edges,
            "arcs": graph.arcs,
            "islands": len(sizes),
            "cells": len(cells),
            "unreachable_cells": int((~reached).sum()),
            "candidates": len(candidates),
            "candidates_by_kind": candidates.of_kinds(),
            "buildings": len(features.buildings),
            "addresses": len(features.addresses),
            "names": len(gazetteer),
        },
        "islands": [
            {"island": i, "junctions": int(sizes[i]), "persons_milli": int(on_island[i])}
            for i in range(min(LARGEST_ISLANDS, len(sizes)))
        ],
        "boundary": boundary.name if boundary is not None else None,
        "source": {
            "file": osm_name,
            "sha256": source.sha256,
            "size_bytes": source.size_bytes,
            "timestamp": source.timestamp,
        },
        "attribution": metadata["attribution"],
        "licence": metadata["licence"],
        "notes": notes,
    }


def _peak_memory_mb() -> float | None:
    """Most memory this process held at once since it began [MB]; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)
