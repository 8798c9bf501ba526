"""Checks of signatures with one point of the rule left out, each caught by a vector (``spec/facts.md``, section 4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from shanyrak.core.spec import spec_folder
from shanyrak.facts.signing import SMALL_ORDER_Y, L, P

VECTORS = json.loads((spec_folder() / "vectors" / "signatures.json").read_text(encoding="ascii"))["vectors"]
Point = Callable[[bytes, bytes, dict[str, Any]], bool]


def y(encoded: bytes) -> int:
    return int.from_bytes(encoded, "little") % 2**255


RULE: dict[str, Point] = {
    "lengths": lambda a, s, v: len(a) == 32 and len(s) == 64,
    "A below p": lambda a, s, v: y(a) < P,
    "R below p": lambda a, s, v: y(s[:32]) < P,
    "A not of small order": lambda a, s, v: y(a) not in SMALL_ORDER_Y,
    "R not of small order": lambda a, s, v: y(s[:32]) not in SMALL_ORDER_Y,
    "S below L": lambda a, s, v: int.from_bytes(s[32:], "little") < L,
    "equation": lambda a, s, v: v["equation"],
}
"""Vectors say of each signature whether the equation holds, worked out with big integers."""


def wrong_by(rule: dict[str, Point]) -> list[str]:
    """Names of the vectors that a rule gets wrong."""
    return [
        vector["name"]
        for vector in VECTORS
        if vector["good"]
        != all(point(bytes.fromhex(vector["public"]), bytes.fromhex(vector["sig"]), vector) for point in rule.values())
    ]


def test_the_whole_rule_gets_every_vector_right() -> None:
    assert wrong_by(RULE) == []


@pytest.mark.parametrize(
    "left_out", ["A below p", "R below p", "A not of small order", "R not of small order", "S below L", "equation"]
)
def test_a_rule_without_one_of_its_points_is_caught(left_out: str) -> None:
    assert wrong_by({name: point for name, point in RULE.items() if name != left_out})


def test_the_equation_with_the_cofactor_is_caught() -> None:
    caught = wrong_by({**RULE, "equation": lambda a, s, v: v["equation_times_8"]})
    assert "R = [r]B + 1 T" in caught
    assert any(name.startswith("A = [a]B + T") for name in caught)


def test_points_of_small_order_known_by_four_numbers_only_are_caught() -> None:
    for forgotten in SMALL_ORDER_Y:
        known = set(SMALL_ORDER_Y) - {forgotten}
        rule = {**RULE, "A not of small order": lambda a, s, v, known=known: y(a) not in known}
        assert wrong_by(rule), f"{forgotten:#x} may be left out"
