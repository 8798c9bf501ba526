"""The rule book of walking, as tables that run: tags on the left, what a walker may do on the right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.area.walking_rules import (
    HIGHWAYS,
    WAY_KEYS,
    NodeRule,
    area_rule,
    node_rule,
    slope_pct,
    way_rule,
    words,
)
from shanyrak.walk.graph import FORWARD_ONLY, RAMP, RESIDENTIAL, WHEELS_NO, WayClass


def tags(text: str) -> dict[str, str]:
    """'highway=steps foot=yes' as a dict."""
    return dict(pair.split("=", 1) for pair in text.split())


@pytest.mark.parametrize(
    ("way", "way_class"),
    [
        ("highway=residential", WayClass.STREET),
        ("highway=living_street", WayClass.STREET),
        ("highway=unclassified", WayClass.STREET),
        ("highway=service", WayClass.STREET),
        ("highway=service service=driveway", WayClass.STREET),
        ("highway=primary", WayClass.ROAD),
        ("highway=trunk", WayClass.ROAD),
        ("highway=tertiary_link", WayClass.ROAD),
        ("highway=footway", WayClass.FOOTWAY),
        ("highway=footway footway=crossing", WayClass.FOOTWAY),
        ("highway=pedestrian", WayClass.FOOTWAY),
        ("highway=cycleway", WayClass.FOOTWAY),
        ("highway=path", WayClass.PATH),
        ("highway=track", WayClass.PATH),
        ("highway=bridleway", WayClass.PATH),
        ("highway=steps", WayClass.STEPS),
        ("highway=corridor", WayClass.CORRIDOR),
        ("highway=footway indoor=yes", WayClass.CORRIDOR),
        ("highway=elevator", WayClass.LIFT),
        ("highway=platform", WayClass.PLATFORM),
        ("railway=platform", WayClass.PLATFORM),
        ("public_transport=platform", WayClass.PLATFORM),
        ("man_made=pier", WayClass.FOOTWAY),
    ],
)
def test_what_is_walked(way: str, way_class: WayClass) -> None:
    rule = way_rule(tags(way))
    assert rule is not None
    assert rule.way_class == way_class


@pytest.mark.parametrize(
    "way",
    sorted(
        words("""
        highway=motorway highway=motorway_link highway=construction highway=proposed highway=abandoned highway=razed
        highway=raceway highway=escape highway=via_ferrata highway=rest_area highway=services highway=bus_guideway
        highway=busway highway=bus_stop highway=spaceport route=ferry railway=rail railway=abandoned building=yes
        public_transport=stop_position
    """)
    ),
)
def test_what_is_not_walked(way: str) -> None:
    assert way_rule(tags(way)) is None


@pytest.mark.parametrize(
    ("way", "walked"),
    [
        # foot is the more special word and wins over access
        ("highway=residential access=private", False),
        ("highway=residential access=no", False),
        ("highway=residential access=private foot=yes", True),
        ("highway=residential access=no foot=permissive", True),
        ("highway=residential access=yes foot=no", False),
        ("highway=residential foot=private", False),
        ("highway=residential access=destination", True),
        ("highway=service access=customers", True),
        ("highway=service access=delivery", False),
        ("highway=service access=permit", False),
        ("highway=track access=agricultural", False),
        ("highway=track access=forestry foot=yes", True),
        ("highway=residential access=military", False),
        ("highway=residential access=unknown", True),
        # of vehicles only
        ("highway=residential vehicle=no", True),
        ("highway=residential motor_vehicle=private", True),
        ("highway=residential oneway=yes", True),
        # the walk is beside it
        ("highway=primary foot=use_sidepath", False),
        ("highway=cycleway foot=use_sidepath", False),
        ("highway=cycleway foot=no", False),
        ("highway=primary sidewalk=no", True),
        ("highway=residential sidewalk=separate", True),
        # roads for motors
        ("highway=trunk motorroad=yes", False),
        ("highway=primary motorroad=yes", False),
        ("highway=trunk motorroad=yes foot=yes", True),
        ("highway=trunk motorroad=yes sidewalk=both", True),
        ("highway=trunk motorroad=yes sidewalk:right=yes", True),
        ("highway=motorway foot=yes", False),
        # only where it is said
        ("highway=busway foot=yes", True),
        ("highway=bus_guideway foot=designated", True),
        # private ways out
        ("highway=service service=private", False),
        ("highway=service service=driveway access=private", False),
        # not there
        ("highway=footway abandoned=yes", False),
        ("highway=footway disused=yes", False),
        ("highway=construction construction=footway foot=yes", False),
        # not to be relied on
        ("highway=track winter_road=yes", False),
        ("highway=service ice_road=yes", False),
        ("highway=path sac_scale=mountain_hiking", True),
        ("highway=path sac_scale=alpine_hiking", False),
        ("highway=footway route=ferry", False),
        # left to others
        ("highway=path surface=mud smoothness=impassable", True),
    ],
)
def test_access(way: str, walked: bool) -> None:
    assert (way_rule(tags(way)) is not None) == walked


@pytest.mark.parametrize(
    ("way", "flags"),
    [
        ("highway=residential", RESIDENTIAL),
        ("highway=pedestrian", RESIDENTIAL),
        ("highway=footway", 0),
        ("highway=footway wheelchair=no", WHEELS_NO),
        ("highway=footway wheelchair=limited", 0),
        ("highway=steps ramp=yes", RAMP),
        ("highway=steps ramp=separate", 0),
        ("highway=steps ramp:stroller=yes", RAMP),
        ("highway=steps ramp:wheelchair=yes wheelchair=no", RAMP | WHEELS_NO),
        ("highway=steps ramp:wheelchair=no ramp=yes", 0),
        ("highway=steps ramp:bicycle=yes", 0),
        ("highway=steps wheelchair=yes", RAMP),
        ("highway=footway ramp=yes", 0),
        ("highway=ladder", WHEELS_NO),
        ("highway=steps conveying=forward", FORWARD_ONLY),
        ("highway=footway oneway:foot=yes", FORWARD_ONLY),
        ("highway=footway oneway=yes", 0),
    ],
)
def test_flags(way: str, flags: int) -> None:
    rule = way_rule(tags(way))
    assert rule is not None
    assert rule.flags == flags


@pytest.mark.parametrize(
    ("way", "steps"),
    [
        ("highway=steps", -1),
        ("highway=steps step_count=12", 12),
        ("highway=steps step_count=0", -1),
        ("highway=steps step_count=many", -1),
        ("highway=steps step_count=12;14", -1),
        ("highway=steps step_count=99999999999999999999", -1),
        ("highway=steps step_count=٣", -1),
        ("highway=footway step_count=12", 0),
        ("highway=steps area=yes step_count=12", -1),
    ],
)
def test_number_of_steps(way: str, steps: int) -> None:
    rule = way_rule(tags(way))
    assert rule is not None
    assert rule.steps == steps


@pytest.mark.parametrize(
    ("text", "pct"),
    [
        ("5%", 5),
        ("-8 %", -8),
        ("−8%", -8),
        ("+12%", 12),
        ("3,4%", 3),
        ("0%", 0),
        ("10", 10),
        ("5°", 9),  # tan 5° = 0.0875
        ("-45°", -100),
        ("89°", 100),
        ("250%", 100),
        ("up", 5),
        ("down", -5),
        ("Up", 5),
        ("", 0),
        ("yes", 0),
        ("steep", 0),
        ("1:10", 0),
        ("nan", 0),
        ("%", 0),
    ],
)
def test_incline(text: str, pct: int) -> None:
    assert slope_pct(text) == pct


def test_steps_that_lead_up_are_steep() -> None:
    assert slope_pct("up", on_steps=True) == 50
    assert slope_pct("down", on_steps=True) == -50


@given(st.text())
def test_any_text_is_a_slope_within_reason(text: str) -> None:
    assert -100 <= slope_pct(text) <= 100


@pytest.mark.parametrize(
    ("way", "area", "way_class"),
    [
        ("highway=pedestrian area=yes", True, WayClass.SQUARE),
        ("highway=footway area=yes", True, WayClass.SQUARE),
        ("highway=pedestrian", False, WayClass.FOOTWAY),
        ("highway=pedestrian place=square", True, WayClass.SQUARE),
        ("highway=pedestrian place=square area=no", False, WayClass.FOOTWAY),
        ("railway=platform", True, WayClass.PLATFORM),
        ("railway=platform area=no", False, WayClass.PLATFORM),
        ("highway=elevator", True, WayClass.LIFT),
        ("highway=corridor area=yes", True, WayClass.CORRIDOR),
        ("highway=steps area=yes", True, WayClass.STEPS),
    ],
)
def test_what_is_ground_if_it_is_closed(way: str, area: bool, way_class: WayClass) -> None:
    rule = way_rule(tags(way))
    assert rule is not None
    assert (rule.area, rule.way_class) == (area, way_class)


def test_a_multipolygon_is_ground_without_saying_so() -> None:
    rule = area_rule(tags("type=multipolygon highway=pedestrian"))
    assert rule is not None
    assert rule.way_class == WayClass.SQUARE
    assert area_rule(tags("type=multipolygon highway=pedestrian access=private")) is None


def test_ground_has_no_direction() -> None:
    rule = way_rule(tags("highway=pedestrian area=yes oneway:foot=yes incline=10%"))
    assert rule is not None
    assert rule.flags & FORWARD_ONLY == 0
    assert rule.slope_pct == 0


@pytest.mark.parametrize(
    ("node", "rule"),
    [
        ("barrier=gate", None),
        ("barrier=lift_gate", None),
        ("barrier=bollard", None),
        ("barrier=kerb", None),
        ("barrier=entrance", None),
        ("barrier=cattle_grid", None),
        ("barrier=gate access=no", NodeRule.BLOCKED),
        ("barrier=gate access=private", NodeRule.BLOCKED),
        ("barrier=gate access=private foot=yes", None),
        ("barrier=gate foot=no", NodeRule.BLOCKED),
        ("barrier=gate locked=yes", NodeRule.BLOCKED),
        ("barrier=gate locked=yes foot=yes", None),
        ("barrier=gate locked=no", None),
        ("barrier=lift_gate access=private", NodeRule.BLOCKED),
        ("barrier=bollard access=no", None),
        ("barrier=block access=private", None),
        ("barrier=bollard foot=no", NodeRule.BLOCKED),
        ("barrier=wall", NodeRule.BLOCKED),
        ("barrier=fence", NodeRule.BLOCKED),
        ("barrier=hedge access=yes", None),
        ("barrier=wall foot=yes", None),
        ("barrier=wall access=yes foot=no", NodeRule.BLOCKED),
        ("barrier=stile", NodeRule.WHEELS_NO),
        ("barrier=kissing_gate", NodeRule.WHEELS_NO),
        ("barrier=turnstile", NodeRule.WHEELS_NO),
        ("barrier=turnstile access=private", NodeRule.BLOCKED),
        ("barrier=gate wheelchair=no", NodeRule.WHEELS_NO),
        ("highway=elevator", None),
        ("highway=elevator access=private", NodeRule.BLOCKED),
        ("highway=elevator foot=no", NodeRule.BLOCKED),
        ("highway=crossing foot=no", None),
        ("amenity=bench access=private", None),
    ],
)
def test_barriers(node: str, rule: NodeRule | None) -> None:
    assert node_rule(tags(node)) is rule


TAGS = st.dictionaries(
    st.sampled_from(sorted(WAY_KEYS | {"name", "surface"})),
    st.sampled_from(["yes", "no", "private", "1", "-1", "up", "platform", "ferry", "pier", *HIGHWAYS]) | st.text(),
)


@given(TAGS)
def test_only_the_listed_keys_count(some: dict[str, str]) -> None:
    assert way_rule(some) == way_rule({key: value for key, value in some.items() if key in WAY_KEYS})


@given(TAGS)
def test_foot_no_closes_everything(some: dict[str, str]) -> None:
    assert way_rule({**some, "foot": "no"}) is None
