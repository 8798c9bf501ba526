"""What a kept area holds beside its streets, as columns: demand cells and candidate sites.

Light on purpose: opening an area for planning needs these and numpy, nothing of what made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import FloatArray, LongArray

How = Literal["raster", "grid", "list", "estimated from buildings", "assumed from streets"]


@dataclass(frozen=True, eq=False)
class Cells:
    """Demand cells."""

    id: tuple[str, ...]
    """H3 id, or r<row>c<column> of a raster (counted from 0)"""
    lon: FloatArray
    lat: FloatArray
    persons_milli: LongArray
    """(c,) people in whole thousandths, above 0"""
    how: How
    source: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.id)

    @property
    def total_milli(self) -> int:
        """All people [thousandths]."""
        return int(self.persons_milli.sum())


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidate sites, as columns."""

    id: tuple[str, ...]
    """n123, w123, r123 (OSM), w123-2 (a further spot on the same ground), j123 (junction), x1 (row of a list)"""
    lon: FloatArray
    lat: FloatArray
    kind: tuple[str, ...]
    """'room', 'ground', 'junction', 'list' or 'existing'"""
    name: tuple[str, ...]
    """its own name, or what it is near; '' where nothing around has a name"""
    named_by: tuple[str, ...]
    """'own', 'near' (a named thing beside it), 'street', 'settlement' or 'nothing'"""
    detail: tuple[str, ...]
    """what it is: 'school', 'library', 'park', 'car_park' ..."""
    asked: tuple[str, ...]
    """'not asked', 'permitted' or 'to inspect'"""

    def __len__(self) -> int:
        return len(self.id)

    def take(self, index: Sequence[int] | npt.NDArray[np.integer]) -> Candidates:
        """Some of them, in the order of ``index``."""
        at = [int(i) for i in index]

        def pick(values: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(values[i] for i in at)

        where = np.asarray(at, np.int64)
        return Candidates(pick(self.id), self.lon[where], self.lat[where], pick(self.kind), pick(self.name),
                          pick(self.named_by), pick(self.detail), pick(self.asked))  # fmt: skip

    def followed_by(self, other: Candidates) -> Candidates:
        """These sites, then the others."""
        return Candidates(
            self.id + other.id, np.concatenate([self.lon, other.lon]), np.concatenate([self.lat, other.lat]),
            self.kind + other.kind, self.name + other.name, self.named_by + other.named_by,
            self.detail + other.detail, self.asked + other.asked,
        )  # fmt: skip

    def of_kinds(self) -> dict[str, int]:
        """How many there are of each kind."""
        return {kind: self.kind.count(kind) for kind in ("room", "ground", "junction", "list") if kind in self.kind}
