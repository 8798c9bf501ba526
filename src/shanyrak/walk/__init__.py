"""Walking: graph arrays, profiles, bounded searches. Numbers in, numbers out.

Each name is loaded when it is first asked for, and kernels are compiled on first use: who only reads
a town takes the graph from here and waits for no search.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_NAMES_IN = {
    "shanyrak.walk.coverage": ("Walks", "coverage", "walks"),
    "shanyrak.walk.graph": ("Places", "WalkGraph", "WayClass"),
    "shanyrak.walk.nearest": ("Nearest", "Pieces", "covered_pieces", "distances_from"),
    "shanyrak.walk.profile": ("ADULT", "FROST", "PROFILES", "SLOW", "Profile", "limit_dm", "minutes"),
    "shanyrak.walk.reach": ("reach",),
}
_MODULE_OF = {name: module for module, names in _NAMES_IN.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_MODULE_OF[name]), name)
    return found


class _Room(ModuleType):
    """This package. ``coverage`` and ``reach`` are functions here, and the modules that hold them are called the same.

    Python ties a module to its package under its name once it is loaded. Here the function keeps that
    name, whoever loads the module first and however.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in _MODULE_OF):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Room
