"""Where to open points: numbers in, numbers out.

    from shanyrak.plan import maximal_covering
    siting = maximal_covering(cover, demand, 8)

Kernels and solvers are loaded on first use, so that importing this room is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Reasons", "Siting", "curve", "explain", "maximal_covering", "stability"]

if TYPE_CHECKING:
    from shanyrak.plan.front import curve
    from shanyrak.plan.reasons import Reasons, explain
    from shanyrak.plan.result import Siting
    from shanyrak.plan.siting import maximal_covering
    from shanyrak.plan.steady import stability

_HOME = {
    "Reasons": "reasons",
    "Siting": "result",
    "curve": "front",
    "explain": "reasons",
    "maximal_covering": "siting",
    "stability": "steady",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(f"shanyrak.plan.{_HOME[name]}"), name)
    raise AttributeError(f"module 'shanyrak.plan' has no attribute {name!r}")
