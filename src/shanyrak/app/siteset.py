"""The places a plan may choose from, and those that stand already, tied to the streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.area.tables import Candidates
from shanyrak.walk.graph import Places


@dataclass(frozen=True, eq=False)
class SiteSet:
    """Sites and where each meets the streets."""

    table: Candidates
    places: Places

    def __len__(self) -> int:
        return len(self.table)

    def take(self, index: npt.NDArray[np.integer]) -> SiteSet:
        """The sites at ``index``."""
        return SiteSet(self.table.take(index), self.places.take(index))

    def followed_by(self, other: SiteSet) -> SiteSet:
        """These sites, then the others."""
        return SiteSet(self.table.followed_by(other.table), self.places.followed_by(other.places))

    @classmethod
    def none(cls) -> SiteSet:
        """No sites."""
        degrees, whole = np.zeros(0), np.zeros(0, np.int32)
        return cls(Candidates((), degrees, degrees, (), (), (), (), ()), Places(whole, whole, whole))
