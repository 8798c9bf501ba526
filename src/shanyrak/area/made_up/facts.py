"""What is known of a made-up town without reading its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shanyrak.area.made_up.names import TOWN_EN, TOWN_UK


@dataclass(frozen=True)
class NamedPoint:
    """A place in the town with its name in both languages."""

    id: str
    kind: str
    uk: str
    en: str
    lon: float
    lat: float


@dataclass(frozen=True)
class TownFacts:
    """What was written."""

    persons: int
    """people that the homes are built for; 0 where there are no buildings"""
    floor_area_m2: float
    """of all dwellings: outline times storeys"""
    nodes: int
    ways: int
    relations: int
    buildings: int
    junctions: int
    """nodes where ways that can be walked or driven on meet or end"""
    box: tuple[float, float, float, float]
    """west, south, east, north of the streets, outlying villages included [degrees]"""
    seed: int
    seconds: float
    existing: tuple[NamedPoint, ...] = ()
    name_uk: str = TOWN_UK
    name_en: str = TOWN_EN
    counts: dict[str, int] = field(default_factory=dict)


def existing_points(town: TownFacts) -> dict[str, Any]:
    """The two warm places that are open already (a school and a library) as GeoJSON.

    Properties: ``id``, ``name`` (Ukrainian), ``name:uk``, ``name:en``, ``kind``, ``made_up``. A town without
    buildings has none, and a big city of quarters neither.
    """
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]},
                "properties": {
                    "id": point.id,
                    "name": point.uk,
                    "name:uk": point.uk,
                    "name:en": point.en,
                    "kind": point.kind,
                    "made_up": True,
                },
            }
            for point in town.existing
        ],
    }
