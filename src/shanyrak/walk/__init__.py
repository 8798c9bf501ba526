"""Walking: graph arrays, profiles, bounded searches. Numbers in, numbers out.

Kernels are compiled on first use, so importing this costs little.
"""

from shanyrak.walk.coverage import Walks, coverage, walks
from shanyrak.walk.graph import Places, WalkGraph, WayClass
from shanyrak.walk.nearest import Nearest, Pieces, covered_pieces, distances_from
from shanyrak.walk.profile import ADULT, FROST, PROFILES, SLOW, Profile, limit_dm, minutes
from shanyrak.walk.reach import reach

__all__ = [
    "ADULT",
    "FROST",
    "PROFILES",
    "SLOW",
    "Nearest",
    "Pieces",
    "Places",
    "Profile",
    "WalkGraph",
    "Walks",
    "WayClass",
    "coverage",
    "covered_pieces",
    "distances_from",
    "limit_dm",
    "minutes",
    "reach",
    "walks",
]
