"""What an extract offers beside the walking graph: buildings, named things, open ground, addresses.

Numerous things (buildings, addresses) are kept as columns, so that a city of a million people fits
into a laptop; each still reads like a sequence of values. Rare things are plain lists.

Order is always (lon, lat), in whole ten-millionths of a degree. Rings are closed: the last point
repeats the first. An ``osm_id`` is 'n', 'w' or 'r' (node, way, relation) and the number in OSM.
All sequences are in the order of the file (nodes, ways, relations), which makes them deterministic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import overload

import numpy as np
import numpy.typing as npt

from shanyrak.area.pbf import SourceFile as SourceFile
from shanyrak.core.units import IntArray, LongArray

Tags = Mapping[str, str]
NO_TAGS: Tags = MappingProxyType({})


def _no_tags() -> Tags:
    return NO_TAGS


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """A closed line: the last point repeats the first; at least four points."""

    lon_e7: IntArray
    lat_e7: IntArray

    def __len__(self) -> int:
        return len(self.lon_e7)


@dataclass(frozen=True, slots=True, eq=False)
class Building:
    """One building. A multipolygon with several outer rings gives several with one ``osm_id``."""

    osm_id: str
    ring: Ring
    """outer ring; courtyards are not cut out"""
    levels: float
    """building:levels; NaN where not mapped"""
    kind: str
    """value of building=*, such as 'apartments' or 'yes'"""
    tags: Tags
    """amenity, name, addr:* and the like; see ``KEPT_KEYS`` in ``osm.py``"""


@dataclass(frozen=True, eq=False)
class Buildings(Sequence[Building]):
    """All buildings, as columns. b buildings, q points in all their rings."""

    osm_number: LongArray
    """(b,) number in OSM; a relation's is negative"""
    ring_ptr: LongArray
    """(b + 1,) where a building's ring begins in ``lon_e7``"""
    lon_e7: IntArray
    """(q,) rings one after the other, each closed"""
    lat_e7: IntArray
    """(q,) likewise"""
    levels: npt.NDArray[np.float32]
    """(b,) building:levels; NaN where not mapped (a missing value is no number)"""
    kind: tuple[str, ...]
    """(b,) value of building=*"""
    tags: Mapping[int, Tags] = field(default_factory=dict)
    """index of the building -> its further tags, only where it has some"""

    def __len__(self) -> int:
        return len(self.osm_number)

    @overload
    def __getitem__(self, index: int) -> Building: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Building]: ...
    def __getitem__(self, index: int | slice) -> Building | Sequence[Building]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        number = int(self.osm_number[index])
        begin, end = self.ring_ptr[index], self.ring_ptr[index + 1]
        return Building(
            f"r{-number}" if number < 0 else f"w{number}",
            Ring(self.lon_e7[begin:end], self.lat_e7[begin:end]),
            float(self.levels[index]),
            self.kind[index],
            self.tags.get(index, NO_TAGS),
        )

    def __iter__(self) -> Iterator[Building]:
        return (self[i] for i in range(len(self)))


@dataclass(frozen=True, slots=True)
class Address:
    """A house number at a place."""

    lon_e7: int
    lat_e7: int
    street: str
    """addr:street, or addr:place where houses are numbered by the village"""
    housenumber: str


@dataclass(frozen=True, eq=False)
class Addresses(Sequence[Address]):
    """All addresses, as columns (a,). Of a building: the middle of its ring's box."""

    lon_e7: IntArray
    lat_e7: IntArray
    street: tuple[str, ...]
    housenumber: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.lon_e7)

    @overload
    def __getitem__(self, index: int) -> Address: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Address]: ...
    def __getitem__(self, index: int | slice) -> Address | Sequence[Address]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return Address(int(self.lon_e7[index]), int(self.lat_e7[index]), self.street[index], self.housenumber[index])


@dataclass(frozen=True, slots=True, eq=False)
class Poi:
    """A named or useful thing: school, library, station, stop, shelter, square, park ..."""

    osm_id: str
    lon_e7: int
    """representative point: the node, or a point inside the ring"""
    lat_e7: int
    tags: Tags
    """every tag of it that ``KEPT_KEYS`` or the name keys list"""
    ring: Ring | None = None
    """outer ring where it is an area"""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Open ground, or ground where no one may go."""

    osm_id: str
    ring: Ring
    kind: str
    """'square', 'park', 'car_park' or 'pitch'; in ``excluded``: 'military' or 'prison'"""
    name: str
    """'' where it has none"""
    tags: Tags = field(default_factory=_no_tags)
    holes: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """A place people live in or call by a name."""

    osm_id: str
    lon_e7: int
    lat_e7: int
    kind: str
    """value of place=*: city, town, village, suburb, quarter, neighbourhood ..."""
    names: Tags
    """name, name:xx, old_name, alt_name ..."""
    population: int | None
    """population=* where it is a whole number; None is not known"""


@dataclass(frozen=True, slots=True, eq=False)
class District:
    """An administrative unit (boundary=administrative)."""

    osm_id: str
    admin_level: int
    """2 a country ... 8 usually a municipality, 9 and 10 its parts; 0 where not mapped"""
    names: Tags
    rings: tuple[Ring, ...]
    """outer rings; empty where the extract does not hold them whole"""
    holes: tuple[Ring, ...] = ()


@dataclass(frozen=True, eq=False)
class Features:
    """Everything collected beside the graph in the same pass."""

    buildings: Buildings
    pois: list[Poi]
    """candidate rooms, landmarks and stops; an area may be here and in ``grounds`` or ``buildings`` too"""
    grounds: list[Ground]
    excluded: list[Ground]
    addresses: Addresses
    settlements: list[Settlement]
    streets: dict[str, dict[str, str]]
    """name of a street as in ``WalkGraph.names`` -> its further names by key (name:uk, old_name ...)"""
    districts: list[District]


def no_features() -> Features:
    """Features of an extract that was read for its graph only."""
    none_e7 = np.zeros(0, np.int32)
    return Features(
        Buildings(np.zeros(0, np.int64), np.zeros(1, np.int64), none_e7, none_e7, np.zeros(0, np.float32), ()),
        [],
        [],
        [],
        Addresses(none_e7, none_e7, (), ()),
        [],
        {},
        [],
    )
