"""HiGHS without a word on the screen: what a command prints is its own answer."""

from __future__ import annotations

from functools import cache
from typing import Any


def quiet_highs(**options: str | float) -> Any:
    """A solver that prints nothing, with further options of HiGHS.

    HiGHS greets at the first call it gets, and since 1.16 its constructor makes one (``enableCallbacks``), before
    anybody could ask for silence: so silence is asked for there.
    """
    solver = _quiet()()
    for name, value in {"output_flag": False, **options}.items():
        solver.setOptionValue(name, value)
    return solver


@cache
def _quiet() -> Any:
    import highspy

    loud: Any = highspy.Highs

    def hushed(solver: Any) -> Any:
        solver.setOptionValue("output_flag", False)
        return loud.enableCallbacks(solver)

    return type("QuietHighs", (loud,), {"enableCallbacks": hushed})
