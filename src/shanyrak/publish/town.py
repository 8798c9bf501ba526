"""What publishing needs of a town, as plain values: this room knows no area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shanyrak.core.units import FloatArray
from shanyrak.walk.graph import Places, WalkGraph


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A street, stop, landmark or district people can name."""

    kind: str
    """As in the area's gazetteer."""
    name: str
    others: tuple[str, ...]
    """Old and other names, in every script."""
    district: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Town:
    """A town as it is kept; big parts are read when they are first asked for."""

    name: str
    title: str
    content_hash: str
    """64 hex digits."""
    box: tuple[float, float, float, float]
    """West, south, east, north [degree]."""
    made_up: bool
    attribution: str
    graph: WalkGraph
    cell_places: Places
    cell_lon: FloatArray
    cell_lat: FloatArray
    names: tuple[NamedPlace, ...]
    basemap: Path | None
    """PMTiles archive."""
    snap: Callable[[FloatArray, FloatArray], Places]
    """(lon, lat) [degree] of points -> where they meet the streets."""
