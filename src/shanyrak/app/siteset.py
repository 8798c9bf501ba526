"""The places a plan may choose from, and those that stand already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import FloatArray
from shanyrak.walk.graph import Places


@dataclass(frozen=True, eq=False)
class SiteSet:
    """Sites as columns, all of one length, tied to the streets."""

    id: list[str]
    lon: FloatArray
    lat: FloatArray
    kind: list[str]
    name: list[str]
    detail: list[str]
    asked: list[str]
    places: Places

    def __len__(self) -> int:
        return len(self.id)

    def take(self, index: npt.NDArray[np.integer]) -> SiteSet:
        """The sites at ``index``."""
        return SiteSet(
            _at(self.id, index),
            self.lon[index],
            self.lat[index],
            _at(self.kind, index),
            _at(self.name, index),
            _at(self.detail, index),
            _at(self.asked, index),
            self.places.take(index),
        )

    def followed_by(self, other: SiteSet) -> SiteSet:
        """These sites, then the others."""
        mine, theirs = self.places, other.places
        return SiteSet(
            self.id + other.id,
            np.concatenate([self.lon, other.lon]),
            np.concatenate([self.lat, other.lat]),
            self.kind + other.kind,
            self.name + other.name,
            self.detail + other.detail,
            self.asked + other.asked,
            Places(
                np.concatenate([mine.edge, theirs.edge]),
                np.concatenate([mine.offset_dm, theirs.offset_dm]),
                np.concatenate([mine.access_dm, theirs.access_dm]),
            ),
        )

    @classmethod
    def none(cls) -> SiteSet:
        """No sites."""
        whole, degrees = np.zeros(0, np.int32), np.zeros(0)
        return cls([], degrees, degrees, [], [], [], [], Places(whole, whole, whole))


def _at(values: list[str], index: Iterable[int]) -> list[str]:
    return [values[i] for i in index]
