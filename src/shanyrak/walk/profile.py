"""Who walks, and in what weather: what a piece of way costs.

An impedance is a length in *flat decimetres*: the walk on the flat, without steps, that takes as
long. So a limit in minutes is one integer for the whole town, and for an adult on the flat an edge
costs exactly its length. All of this is a pure function of the edge's integers.

**Slope.** Tobler (1993): walking speed is proportional to exp(-3.5 |s + 0.05|) where s is the slope
in the direction of the walk. Relative to the flat, a metre takes exp(3.5 (|s + 0.05| - 0.05)) times
as long: 1.42 times up 10 %, 0.84 times down 5 % (the fastest), 1.00 times down 10 %.

**Steps.** Weidmann (1993) gives horizontal speeds of 0.610 m/s up stairs and 0.694 m/s down where
it is 1.34 m/s on the flat. We know the number of steps but seldom the direction, so both ways cost
as much as up: a tread of 3 dm takes as long as 3 * 1.34 / 0.610 = 6.6 dm, that is 3.6 dm more than
its length, rounded up to 4. The slope of steps is in this number already.

References
----------
Knoblauch, Pietrucha, Nitzburg (1996), Field studies of pedestrian walking speed and start-up time,
    Transportation Research Record 1538, 27-38, doi:10.1177/0361198196153800104.
Tobler (1993), Three presentations on geographical analysis and modeling, NCGIA report 93-1.
Weidmann (1993), Transporttechnik der Fussgaenger, Schriftenreihe des IVT 90, ETH Zurich.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from types import MappingProxyType
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import BoolArray, IntArray, LongArray
from shanyrak.walk.graph import FORWARD_ONLY, RAMP, WHEELS_NO, WalkGraph, WayClass

NOT_PASSABLE = -1
STEEPEST_PCT = 40
"""Steeper slopes count as this one (our own assumption: streets are not steeper, elevation models err)."""
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Profile:
    """One kind of walker. Every number names its source in ``sources``."""

    name: str
    speed_dm_per_s: float
    """Walking speed on the flat [dm/s]."""
    step_extra_dm: int = 4
    """What each step adds to the length of the way [flat dm]."""
    lift_extra_dm: int = 0
    """What waiting for and riding a lift adds [flat dm]."""
    wheels: bool = False
    """Whether steps without a ramp, and what is marked as not for wheels, are shut."""
    downhill_helps: bool = True
    """Whether a walk down may be quicker than on the flat (Tobler); if not, it costs as much as up."""
    sources: tuple[tuple[str, str], ...] = ()
    """(field, where its number comes from)"""

    def __post_init__(self) -> None:
        if not self.name:
            raise InvalidInput("a profile needs a name", where="Profile(name)")
        if not (math.isfinite(self.speed_dm_per_s) and self.speed_dm_per_s > 0):
            raise InvalidInput(
                f"speed {self.speed_dm_per_s!r} is not a number above 0", where=f"profile {self.name!r}, speed_dm_per_s"
            )
        for field in ("step_extra_dm", "lift_extra_dm"):
            if getattr(self, field) < 0:
                raise InvalidInput(f"{getattr(self, field)} is negative", where=f"profile {self.name!r}, {field}")

    def numbers(self) -> dict[str, object]:
        """All its numbers and their sources, for a plan's record (keys sorted by the order above)."""
        found: dict[str, object] = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "sources"}
        return found | {"steepest_pct": STEEPEST_PCT, "sources": dict(self.sources)}


_STEP = "Weidmann 1993: 0.610 m/s up stairs, 1.34 m/s on the flat; treads of 0.3 m; rounded up"
_LIFT = "our own assumption: 30 s"
_SLOPE = "Tobler 1993"

ADULT = Profile(
    name="adult",
    speed_dm_per_s=12.5,
    lift_extra_dm=375,
    sources=(
        (
            "speed_dm_per_s",
            "Knoblauch et al. 1996: 1.25 m/s is the mean of people over 65, and what 85 % of the younger reach",
        ),
        ("step_extra_dm", _STEP),
        ("lift_extra_dm", _LIFT),
        ("downhill_helps", _SLOPE),
        ("steepest_pct", "our own assumption"),
    ),
)
"""An adult, of whom older people are the measure."""

SLOW = Profile(
    name="slow",
    speed_dm_per_s=9.7,
    lift_extra_dm=291,
    wheels=True,
    downhill_helps=False,
    sources=(
        (
            "speed_dm_per_s",
            "Knoblauch et al. 1996: 0.97 m/s is what 85 % of people over 65 reach; for wheels our own assumption",
        ),
        ("step_extra_dm", "not used: steps are shut, and a ramp beside steps costs its length (our own assumption)"),
        ("lift_extra_dm", _LIFT),
        ("downhill_helps", "our own assumption: wheels must be held back; uphill as Tobler 1993"),
        ("steepest_pct", "our own assumption"),
    ),
)
"""Slow, or with a wheelchair, a pram, a walking frame: no steps without a ramp; lifts are taken."""

FROST = Profile(
    name="frost",
    speed_dm_per_s=10.0,
    step_extra_dm=8,
    lift_extra_dm=300,
    downhill_helps=False,
    sources=(
        ("speed_dm_per_s", "our own assumption: 80 % of the adult's speed on an icy pavement"),
        ("step_extra_dm", "our own assumption: twice the adult's"),
        ("lift_extra_dm", _LIFT),
        ("downhill_helps", "our own assumption: on ice a slope costs as much down as up; uphill as Tobler 1993"),
        ("steepest_pct", "our own assumption"),
    ),
)
"""An adult on an icy pavement."""

PROFILES: Mapping[str, Profile] = MappingProxyType({p.name: p for p in (ADULT, SLOW, FROST)})


def slope_permille(profile: Profile) -> LongArray:
    """Cost of a length on a slope, in thousandths of the flat: (256,) for slopes -128 .. 127 %."""
    slope = np.clip(np.arange(-128, 128), -STEEPEST_PCT, STEEPEST_PCT) / 100
    if not profile.downhill_helps:
        slope = np.abs(slope)
    factor = np.exp(3.5 * (np.abs(slope + 0.05) - 0.05))
    factor[128] = 1.0
    rounded: LongArray = np.rint(1000 * factor).astype(np.int64)
    return rounded


def edge_impedance_dm(graph: WalkGraph, profile: Profile) -> tuple[IntArray, IntArray]:
    """What each edge costs in either direction.

    Returns
    -------
    forward, backward : (e,) int32
        Impedance [flat dm] from ``edge_from`` to ``edge_to`` and back, at least 1;
        -1 where a person of this profile cannot pass.

    Raises
    ------
    InvalidInput
        An impedance does not fit 32 bits (an edge of more than 50,000 km).
    """
    forward, backward = graph.edge_length_dm.copy(), graph.edge_length_dm.copy()
    # most edges of a town cost their length either way: only the others are looked at
    other = np.flatnonzero(_not_plain(graph))
    slope = graph.edge_slope_pct[other].astype(np.int64)
    forward[other] = _directed(graph, profile, other, slope)
    backward[other] = _directed(graph, profile, other, -slope)
    backward[(graph.edge_flags & FORWARD_ONLY) != 0] = NOT_PASSABLE
    return forward, backward


def _not_plain(graph: WalkGraph) -> BoolArray:
    """(e,) whether an edge is anything but flat and open to all."""
    found = (graph.edge_slope_pct != 0) | (graph.edge_steps != 0) | ((graph.edge_flags & WHEELS_NO) != 0)
    return np.asarray(found | (graph.edge_class == WayClass.STEPS) | (graph.edge_class == WayClass.LIFT))


def _directed(graph: WalkGraph, profile: Profile, edges: LongArray, slope_pct: LongArray) -> IntArray:
    length = graph.edge_length_dm[edges].astype(np.int64)
    way, steps = graph.edge_class[edges], graph.edge_steps[edges].astype(np.int64)
    stairs = (way == WayClass.STEPS) | (steps > 0)
    permille = slope_permille(profile)[np.clip(slope_pct, -128, 127) + 128]
    sloping = np.maximum((length * permille + 500) // 1000, 1)
    impedance = np.where(stairs, length + steps * (0 if profile.wheels else profile.step_extra_dm), sloping)
    impedance += np.where(way == WayClass.LIFT, profile.lift_extra_dm, 0)
    if len(impedance) and impedance.max() > _LARGEST:
        worst = int(impedance.argmax())
        raise InvalidInput(
            f"an impedance of {impedance[worst]} dm does not fit 32 bits",
            where=f"edge {edges[worst]}",
            mend="Check its length",
        )
    return np.where(_passable(profile, stairs, graph.edge_flags[edges]), impedance, NOT_PASSABLE).astype(np.int32)


def _passable(profile: Profile, stairs: BoolArray, flags: npt.NDArray[np.uint8]) -> BoolArray:
    if not profile.wheels:
        return np.ones(len(flags), np.bool_)
    return np.asarray(((flags & WHEELS_NO) == 0) & (~stairs | ((flags & RAMP) != 0)))


def arc_impedance_dm(graph: WalkGraph, profile: Profile) -> IntArray:
    """What each arc costs [flat dm]: (m,) int32, at least 1; -1 where not passable.

    For an adult on the flat, without steps and lifts, this is the length in decimetres.
    """
    return arcs_of_edges_dm(graph, edge_impedance_dm(graph, profile))


def arcs_of_edges_dm(graph: WalkGraph, edge_impedance: tuple[IntArray, IntArray]) -> IntArray:
    """(m,) what each arc costs, given what each edge costs forward and backward."""
    forward, backward = edge_impedance
    back = np.flatnonzero(graph.arc_backward)
    cost = forward[graph.arc_edge]
    cost[back] = backward[graph.arc_edge[back]]
    return cost


def limit_dm(profile: Profile, minutes: float) -> int:
    """The longest walk of so many minutes [flat dm], rounded down: 15 minutes of an adult are 11250.

    Numbers are taken as they are written in decimals: 15 minutes at 9.7 dm/s are 8730, whatever
    binary fractions make of it.
    """
    if isinstance(minutes, bool) or not isinstance(minutes, (int, float, np.integer, np.floating)):
        raise InvalidInput(f"minutes {minutes!r} is not a number", where="minutes", mend="Give a number above 0")
    value = float(minutes)
    if not math.isfinite(value) or value < 0:
        raise InvalidInput(f"minutes {minutes!r} is not a number of 0 or more", where="minutes")
    return math.floor(Fraction(repr(value)) * 60 * Fraction(repr(float(profile.speed_dm_per_s))))


def minutes(profile: Profile, impedance_dm: SupportsIndex) -> float:
    """How long a walk of so many flat decimetres takes [min]."""
    return operator.index(impedance_dm) / (60 * profile.speed_dm_per_s)
