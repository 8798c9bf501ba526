"""Where to open points: numbers in, numbers out.

    from shanyrak.plan import maximal_covering
    siting = maximal_covering(cover, demand, 8)

Kernels and solvers are loaded on first use, so that importing this room is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = [
    "Covering",
    "MatrixDistances",
    "PlaneDistances",
    "Reasons",
    "Siting",
    "SphereDistances",
    "backup_covering",
    "capacitated_covering",
    "covering_from_points",
    "covering_with_floors",
    "curve",
    "expected_covering",
    "explain",
    "fair_covering",
    "gradual_covering",
    "maximal_covering",
    "moved_covering",
    "opening_order",
    "p_center",
    "p_median",
    "partial_covering",
    "reliable_p_median",
    "scenario_covering",
    "stability",
]

if TYPE_CHECKING:
    from shanyrak.plan.center import p_center
    from shanyrak.plan.distances import MatrixDistances, PlaneDistances, SphereDistances
    from shanyrak.plan.front import curve
    from shanyrak.plan.median import p_median
    from shanyrak.plan.partial import partial_covering
    from shanyrak.plan.reasons import Reasons, explain
    from shanyrak.plan.result import Siting
    from shanyrak.plan.siting import maximal_covering
    from shanyrak.plan.steady import stability
    from shanyrak.plan.stream import Covering, covering_from_points
    from shanyrak.plan.variants.backup import backup_covering, expected_covering
    from shanyrak.plan.variants.capacitated import capacitated_covering
    from shanyrak.plan.variants.fair import covering_with_floors, fair_covering
    from shanyrak.plan.variants.gradual import gradual_covering
    from shanyrak.plan.variants.move import moved_covering
    from shanyrak.plan.variants.order import opening_order
    from shanyrak.plan.variants.reliable import reliable_p_median
    from shanyrak.plan.variants.scenarios import scenario_covering

_HOME = {
    "MatrixDistances": "distances",
    "PlaneDistances": "distances",
    "SphereDistances": "distances",
    "p_center": "center",
    "p_median": "median",
    "Covering": "stream",
    "covering_from_points": "stream",
    "partial_covering": "partial",
    "Reasons": "reasons",
    "Siting": "result",
    "backup_covering": "variants.backup",
    "capacitated_covering": "variants.capacitated",
    "covering_with_floors": "variants.fair",
    "curve": "front",
    "expected_covering": "variants.backup",
    "explain": "reasons",
    "fair_covering": "variants.fair",
    "gradual_covering": "variants.gradual",
    "maximal_covering": "siting",
    "moved_covering": "variants.move",
    "opening_order": "variants.order",
    "reliable_p_median": "variants.reliable",
    "scenario_covering": "variants.scenarios",
    "stability": "steady",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(f"shanyrak.plan.{_HOME[name]}"), name)
    raise AttributeError(f"module 'shanyrak.plan' has no attribute {name!r}")
