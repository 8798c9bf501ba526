"""A kept area as publishing sees it, and its walk tables: made once, and grown by one pack a new point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from shanyrak.area.area import Area
from shanyrak.area.snap import snap
from shanyrak.core.attribution import MADE_UP_ATTRIBUTION, OSM_ATTRIBUTION
from shanyrak.core.units import E7
from shanyrak.publish.bundle import Content, MapFacts, content
from shanyrak.publish.bundle_content import write_names
from shanyrak.publish.model import PublicPoint
from shanyrak.publish.town import NamedPlace, Town
from shanyrak.walk.profile import ADULT, SLOW
from shanyrak.walk.table import TableCells, TableMaker, cells_for_table
from shanyrak.walk.table_answers import Table
from shanyrak.walk.table_bytes import Pack

_PROFILES = (ADULT, SLOW)
_WEEK_MIN = 7 * 1440
_FIRST_MONDAY_MIN = 4 * 1440
"""1970-01-05 00:00 UTC."""
_NOT_NAMES = ("address",)
"""House numbers stay on the machine: they are many times as long as everything else, and a street is enough."""


def town_of(area: Area) -> Town:
    """What publishing needs of a kept area."""
    names = area.gazetteer
    made_up = bool(area.manifest.get("made_up", False))
    west, south, east, north = area.manifest["box"]
    basemap = area.folder / "basemap.pmtiles"
    rows = [k for k in range(len(names)) if names.kind[k] not in _NOT_NAMES]
    places = (
        NamedPlace(
            names.kind[k],
            names.name[k],
            tuple(part for part in names.alternatives[k].split("; ") if part),
            "",
            float(names.lon[k]),
            float(names.lat[k]),
        )
        for k in rows
    )
    return Town(
        name=area.name,
        title=str(area.manifest.get("title") or area.name),
        content_hash=str(area.manifest["content_hash"]),
        box=(west, south, east, north),
        made_up=made_up,
        attribution=MADE_UP_ATTRIBUTION if made_up else OSM_ATTRIBUTION,
        graph=area.graph,
        cell_places=area.cell_places,
        cell_lon=area.cell_lon,
        cell_lat=area.cell_lat,
        names=tuple(sorted(places, key=lambda one: (one.kind, one.name, one.lon, one.lat))),
        basemap=basemap if basemap.is_file() else None,
        snap=lambda lon, lat: snap(area.graph, lon, lat),
    )


def week_line_min(at_min: int) -> int:
    """The Monday 00:00 UTC at or before a moment [minutes since 1970]."""
    return at_min - (at_min - _FIRST_MONDAY_MIN) % _WEEK_MIN


@dataclass
class TownFiles:
    """The contents that a town brings into a bundle. What was made once is remembered.

    Cells, names and basemap are made the first time; a new point adds one pack; the packs are made again where
    points left or moved, and at the week line.
    """

    town: Town
    _lasting: list[Content] = field(default_factory=list)
    _cells: list[TableCells] = field(default_factory=list)
    _makers: list[TableMaker] = field(default_factory=list)
    _asked: tuple[object, ...] = ()
    _packs: dict[str, list[Content]] = field(default_factory=dict)
    _walks: Table | None = None
    _packed: dict[Pack, Content] = field(default_factory=dict)

    def contents(self, points: Sequence[PublicPoint], as_of_min: int) -> list[Content]:
        """All contents for these public points at a moment."""
        self._make_lasting()
        # The order of publishing; who came since the last week line gets a pack each.
        ordered = sorted(points, key=lambda one: (one.since_at_min, one.id))
        line = week_line_min(as_of_min)
        base = sum(one.since_at_min < line for one in ordered)
        asked = (base, tuple((one.id, one.lon_e7, one.lat_e7) for one in ordered))
        if asked != self._asked:
            self._make_packs(ordered, base)
            self._asked = asked
        return [*self._lasting, *(one for packs in self._packs.values() for one in packs)]

    def facts(self) -> MapFacts:
        """What the manifest says of the map, after ``contents``."""
        west, south, east, north = (round(at * E7) for at in self.town.box)
        return MapFacts(
            content_hash=self.town.content_hash,
            box_e7=(west, south, east, north),
            attribution=self.town.attribution,
            walk_cells="cells",
            walk_packs={profile: tuple(one.role for one in packs) for profile, packs in self._packs.items()},
        )

    def walks(self) -> Table | None:
        """The adult's table as plain pages read it, after ``contents``."""
        return self._walks

    def _make_lasting(self) -> None:
        if self._lasting:
            return
        town = self.town
        cells = cells_for_table(town.cell_places, town.cell_lon, town.cell_lat, area=town.content_hash)
        self._makers = [TableMaker(town.graph, cells, profile) for profile in _PROFILES]
        made = [content("cells", "bin", cells.to_bytes()), content("names", "z", write_names(town.names))]
        if town.basemap is not None:
            made.append(content("basemap", "pmtiles", town.basemap))
        self._cells, self._lasting = [cells], made

    def _make_packs(self, ordered: Sequence[PublicPoint], base: int) -> None:
        lon, lat = (np.array([getattr(one, name) for one in ordered], np.float64) / E7 for name in ("lon_e7", "lat_e7"))
        places = self.town.snap(lon, lat)
        ids = [one.id for one in ordered]
        packs = [maker.packs(places, ids, base) for maker in self._makers]
        before, self._packed = self._packed, {}
        self._packs = {}
        for profile, made in zip(_PROFILES, packs, strict=True):
            for k, pack in enumerate(made):
                self._packed[pack] = before.get(pack) or content(f"walk-{profile.name}-{k}", "bin", pack.to_bytes())
            self._packs[profile.name] = [self._packed[pack] for pack in made]
        self._walks = Table(self._cells[0].file, packs[0])
