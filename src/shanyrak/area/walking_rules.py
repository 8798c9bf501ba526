"""Where a person may walk, told from OpenStreetMap tags alone.

Pure: tags in, a rule out. The tables are the rules; each line says why. They follow the practice of
the OSM wiki (Key:highway, Key:access, Key:foot, Key:barrier, OSM tags for routing) for somebody who
walks in a blackout: what is closed by right or by a wall is closed, what is merely unpleasant is not.
Surface and smoothness are left to the profile of the walker and to the map.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from shanyrak.walk.graph import FORWARD_ONLY, RAMP, RESIDENTIAL, WHEELS_NO, WayClass

Tags = Mapping[str, str]


def words(text: str) -> frozenset[str]:
    """The words of a text, as tables below list them."""
    return frozenset(text.split())


UNSTATED_SLOPE_PCT = 5
"""Slope taken for incline=up or down without a number: mappers mark a slope only where it is felt."""
STEPS_SLOPE_PCT = 50
"""The same on steps: 17 cm of rise on 30 cm of tread, rounded down."""
METRES_PER_STEP = 0.3
"""Tread of a step whose number is not mapped."""


class WayRule(NamedTuple):
    """How a way that may be walked is walked."""

    way_class: WayClass
    flags: int = 0
    """bits of ``WalkGraph.edge_flags``"""
    backwards: bool = False
    """with FORWARD_ONLY: only from the way's end to its beginning"""
    slope_pct: int = 0
    """along the way as drawn, up is positive; 0 not known"""
    steps: int = 0
    """number of steps of the whole way; 0 where there are none, -1 where there are but uncounted"""
    area: bool = False
    """if it is closed, it is ground that may be crossed in any direction"""


class NodeRule(Enum):
    """What a node on a way does to a walker."""

    BLOCKED = "nobody passes"
    WHEELS_NO = "passable on foot, not with wheels"


class _Kind(NamedTuple):
    way_class: WayClass
    flags: int = 0
    needs_foot: bool = False
    """walked only where foot=* says so"""


_S, _R, _F, _P = WayClass.STREET, WayClass.ROAD, WayClass.FOOTWAY, WayClass.PATH

HIGHWAYS: dict[str, _Kind] = {
    "residential": _Kind(_S, RESIDENTIAL),  # houses along it
    "living_street": _Kind(_S, RESIDENTIAL),  # walkers come first
    "unclassified": _Kind(_S),  # small public road
    "service": _Kind(_S),  # yards and alleys: the usual way between blocks of flats
    "road": _Kind(_S),  # kind not yet known, but a public road
    "tertiary": _Kind(_R),  # pavement or verge
    "tertiary_link": _Kind(_R),
    "secondary": _Kind(_R),
    "secondary_link": _Kind(_R),
    "primary": _Kind(_R),
    "primary_link": _Kind(_R),
    "trunk": _Kind(_R),  # in many countries the main street of a village; motorroad=yes closes it
    "trunk_link": _Kind(_R),
    "pedestrian": _Kind(_F, RESIDENTIAL),  # shopping street, people live above
    "footway": _Kind(_F),
    "crossing": _Kind(_F),  # old spelling of footway=crossing
    "cycleway": _Kind(_F),  # open to walkers unless foot=no says otherwise
    "path": _Kind(_P),
    "track": _Kind(_P),  # fields and woods
    "bridleway": _Kind(_P),  # open to walkers in most countries
    "steps": _Kind(WayClass.STEPS),
    "ladder": _Kind(WayClass.STEPS, WHEELS_NO),
    "platform": _Kind(WayClass.PLATFORM),  # old spelling of public_transport=platform
    "elevator": _Kind(WayClass.LIFT),
    "corridor": _Kind(WayClass.CORRIDOR),
    "busway": _Kind(_R, needs_foot=True),  # buses only
    "bus_guideway": _Kind(_R, needs_foot=True),  # a track, not a road
}
"""Not listed and so not walked: motorway (forbidden everywhere), construction, proposed, abandoned,
razed and the like (not there), raceway, escape, via_ferrata, rest_area, services."""

OTHER_WAYS: tuple[tuple[str, frozenset[str], _Kind], ...] = (
    ("railway", frozenset({"platform"}), _Kind(WayClass.PLATFORM)),
    ("public_transport", frozenset({"platform"}), _Kind(WayClass.PLATFORM)),
    ("man_made", frozenset({"pier"}), _Kind(_F)),  # a pier is walked like a footway
)
"""Ways that are walked without highway=*."""

REFUSED = words(
    "no private permit military restricted delivery agricultural forestry agricultural;forestry emergency "
    "residents residential employees service staff use_sidepath"
)
"""Values of foot and access that keep a passer-by out; use_sidepath: the walk is on the way beside it.
Everything else lets in (yes, designated, permissive, destination, customers, discouraged, unknown)."""

ALLOWED = words("yes designated permissive official destination customers")
"""Values of foot that open what is closed by default."""

GONE = ("abandoned", "disused", "razed", "demolished", "removed", "construction", "proposed")
"""key=yes: the way is not there (the values of highway that say so are simply not listed above)."""

_GONE = frozenset(GONE)

NOT_A_WALK = frozenset({"alpine_hiking", "demanding_alpine_hiking", "difficult_alpine_hiking"})
"""sac_scale from T4: hands, exposure, ice. No way to a warm place."""

SIDEWALK_THERE = frozenset({"both", "left", "right", "yes", "separate"})

AREA_CLASS = {
    WayClass.STEPS: WayClass.STEPS,
    WayClass.PLATFORM: WayClass.PLATFORM,
    WayClass.LIFT: WayClass.LIFT,
    WayClass.CORRIDOR: WayClass.CORRIDOR,
}
"""What the lines across an area are; every other class becomes a SQUARE."""

GATES = words(
    "gate lift_gate swing_gate sliding_gate sliding_beam wicket_gate hampshire_gate bump_gate "
    "turnstile full-height_turnstile sally_port toll_booth border_control checkpoint door"
)
"""Somebody opens and shuts it: access=* counts, locked=yes shuts it. Passable where nothing is said."""

WALLS = words("wall fence hedge retaining_wall city_wall ditch guard_rail cable_barrier")
"""A way drawn through a wall has no opening there, unless foot=* says so."""

NO_WHEELS = words("stile kissing_gate turnstile full-height_turnstile horse_stile log debris")
"""Passable on foot, not with a pram, a walking frame or a wheelchair."""

WAY_KEYS = words(
    "highway railway public_transport man_made place route area foot access sidewalk sidewalk:both sidewalk:left "
    "sidewalk:right motorroad service indoor sac_scale winter_road ice_road oneway:foot conveying incline step_count "
    "wheelchair ramp ramp:wheelchair ramp:stroller"
) | frozenset(GONE)
"""Keys that ``way_rule`` looks at, and so the only ones that need to be handed in."""

NODE_KEYS = frozenset({"barrier", "highway"})
"""A node with none of these has no ``node_rule``."""
NODE_RULE_KEYS = NODE_KEYS | words("foot access locked wheelchair")
"""Keys that ``node_rule`` looks at."""


def way_rule(tags: Tags) -> WayRule | None:
    """How a way with these tags is walked; None where it is not.

    Pure in ``tags`` restricted to ``WAY_KEYS``. Whether the way is closed is for the caller to see.
    """
    kind = _kind(tags)
    if kind is None or not _may_walk(tags, kind):
        return None
    way_class = WayClass.CORRIDOR if kind.way_class == _F and tags.get("indoor", "no") != "no" else kind.way_class
    flags = kind.flags
    area = _is_area(tags, way_class)
    if tags.get("wheelchair") == "no":
        flags |= WHEELS_NO
    steps = 0
    if way_class == WayClass.STEPS:
        steps = _count(tags.get("step_count"))
        if _has_ramp(tags):
            flags |= RAMP
    slope = slope_pct(tags.get("incline", ""), on_steps=way_class == WayClass.STEPS)
    direction = 0 if area else _one_way(tags)
    if area:
        way_class = AREA_CLASS.get(way_class, WayClass.SQUARE)
        slope, steps = 0, -1 if steps else 0  # a line across it has its own length, and no known direction
    if direction:
        flags |= FORWARD_ONLY
    return WayRule(way_class, flags, direction < 0, slope, steps, area)


def area_rule(tags: Tags) -> WayRule | None:
    """The same for a multipolygon, which is an area without area=yes saying so."""
    return way_rule({**tags, "area": "yes"})


def node_rule(tags: Tags) -> NodeRule | None:
    """What a node with these tags does to walkers; None where they pass as if it were not there."""
    foot, access = tags.get("foot"), tags.get("access")
    barrier = tags.get("barrier", "")
    if foot in REFUSED and (barrier or tags.get("highway") == "elevator"):
        return NodeRule.BLOCKED
    if tags.get("highway") == "elevator" or barrier in GATES:
        if foot is None and access in REFUSED:
            return NodeRule.BLOCKED
        if tags.get("locked") == "yes" and foot not in ALLOWED:
            return NodeRule.BLOCKED
    elif barrier in WALLS:
        return None if foot in ALLOWED or (foot is None and access in ALLOWED) else NodeRule.BLOCKED
    # A bollard, block or cycle barrier stops cars: its access=no speaks of them unless foot=* is said too.
    if barrier in NO_WHEELS or (barrier and tags.get("wheelchair") == "no"):
        return NodeRule.WHEELS_NO
    return None


def _kind(tags: Tags) -> _Kind | None:
    highway = tags.get("highway")
    if tags.get("route") == "ferry":
        return None
    if highway is not None and (highway in HIGHWAYS or highway not in ("no", "bus_stop")):
        return HIGHWAYS.get(highway)
    for key, values, kind in OTHER_WAYS:
        if tags.get(key) in values:
            return kind
    return None


def _may_walk(tags: Tags, kind: _Kind) -> bool:
    foot = tags.get("foot")
    allowed = foot in ALLOWED
    if not _GONE.isdisjoint(tags) and any(tags.get(key) == "yes" for key in GONE):
        return False
    if tags.get("winter_road") == "yes" or tags.get("ice_road") == "yes":  # over a frozen river: not to be relied on
        return False
    if tags.get("sac_scale") in NOT_A_WALK:
        return False
    if (foot if foot is not None else tags.get("access")) in REFUSED:  # foot=* is the more special word
        return False
    if tags.get("service") == "private" and not allowed:
        return False
    if kind.needs_foot and not allowed:
        return False
    return not (tags.get("motorroad") == "yes" and not allowed and not _has_sidewalk(tags))


def _has_sidewalk(tags: Tags) -> bool:
    keys = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
    return any(tags.get(key) in SIDEWALK_THERE for key in keys)


def _is_area(tags: Tags, way_class: WayClass) -> bool:
    said = tags.get("area")
    if said is not None:
        return said == "yes"
    # A closed platform or lift shaft is ground, a closed footway is a loop; place=square names the ground of a square.
    return way_class in (WayClass.PLATFORM, WayClass.LIFT) or tags.get("place") == "square"


def _has_ramp(tags: Tags) -> bool:
    if tags.get("wheelchair") == "yes":
        return True
    if tags.get("ramp:wheelchair", tags.get("ramp:stroller")) is not None:
        return "yes" in (tags.get("ramp:wheelchair"), tags.get("ramp:stroller"))
    return tags.get("ramp") == "yes"


def _one_way(tags: Tags) -> int:
    # oneway=* speaks of vehicles; only its foot form and a moving stair bind a walker.
    said = tags.get("oneway:foot")
    if said in ("yes", "1", "true"):
        return 1
    if said in ("-1", "reverse"):
        return -1
    return {"forward": 1, "backward": -1}.get(tags.get("conveying", ""), 0)


def _count(text: str | None) -> int:
    """Number of steps; -1 where it is not a number from 1 to 65,535."""
    if text is not None and text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 65_535:
        return int(text[:6])
    return -1


_SLOPE = r"([+-]?\d+(?:[.,]\d+)?)\s*(%|°|deg)?"


def slope_pct(text: str, *, on_steps: bool = False) -> int:
    """Slope in per cent of incline=*: '5%', '-8 %', '5°', 'up', 'down'. 0 where it says nothing usable.

    Held to -100..100 (45 degrees).
    """
    if not text:
        return 0
    text = text.strip().lower()
    unstated = STEPS_SLOPE_PCT if on_steps else UNSTATED_SLOPE_PCT
    if text in ("up", "yes", "steep"):
        return unstated if text == "up" else 0
    if text == "down":
        return -unstated
    match = re.fullmatch(_SLOPE, text.replace("−", "-"))
    if match is None:
        return 0
    value = float(match[1].replace(",", "."))
    if match[2] in ("°", "deg"):
        value = math.tan(math.radians(max(-45.0, min(45.0, value)))) * 100
    return round(max(-100.0, min(100.0, value)))
