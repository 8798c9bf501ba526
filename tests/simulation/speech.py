"""What is said in a simulated network: every kind there is, with bodies drawn from its schema.

Texts, labels and codes carry a token that occurs nowhere else (``zqx`` and 16 hex digits), so that a withheld
body that lies anywhere on any disk is found by searching bytes.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from shanyrak.facts.rules import Kind, Rules
from shanyrak.facts.schema import Field

TOKEN = re.compile(rb"zqx[0-9a-f]{16}")
SPECIAL = frozenset(
    {
        "network.founded",
        "device.admitted",
        "device.replaced",
        "device.revoked",
        "receipt.noted",
        "body.withheld",
        "visitor.said",
    }
)
"""Kinds that are said by acts of their own and never drawn."""
WEIGHTS: Mapping[str, int] = {
    "status.reported": 14,
    "stock.counted": 9,
    "stock.received": 9,
    "stock.used": 12,
    "visit.counted": 9,
    "point.opened": 5,
    "point.paused": 3,
    "point.closed": 4,
    "point.ready": 3,
    "point.described": 3,
    "pledge.made": 4,
    "pledge.changed": 3,
    "pledge.withdrawn": 1,
    "kit.described": 2,
    "kit.erected": 2,
    "name.given": 3,
    "need.raised": 2,
    "need.met": 2,
}
"""How often a kind is said; 1 where none is given."""
WORDS = ("fuel for two days", "the door sticks", "on duty until six", "тепло", "жылы", "Öl")
TIMES = ("2026-01-14", "2026-01-14T18:00+02:00", "2026-01", "2026-01-14/2026-01-16", "2026~", "unknown")
EARLIEST_MS = 1_767_225_600_000  # 2026-01-01


class Speaker:
    """Draws what to say.

    Parameters
    ----------
    rules : kinds and their schemas
    draw : the source of all chance
    """

    def __init__(self, rules: Rules, draw: random.Random) -> None:
        self._draw = draw
        self.kinds = {name: kind for name, kind in rules.kinds.items() if name not in SPECIAL}
        self._names = sorted(self.kinds)
        self._weights = [WEIGHTS.get(name, 1) for name in self._names]

    def kind(self) -> Kind:
        """A kind, the everyday ones more often."""
        return self.kinds[self._draw.choices(self._names, self._weights)[0]]

    def token(self) -> str:
        """A word that occurs nowhere else."""
        return f"zqx{self._draw.getrandbits(64):016x}"

    def body(self, fields: Mapping[str, Field], named: Callable[[str], str]) -> dict[str, Any]:
        """A body (or sealed part) that fits these fields.

        Parameters
        ----------
        named : gives the id [hex] of a thing of some type, of ``any`` thing or of a ``fact``
        """
        share = self._draw.choice((0.15, 0.4, 0.8))
        return {
            name: self._value(field, named)
            for name, field in sorted(fields.items())
            if field.required or self._draw.random() < share
        }

    def _value(self, field: Field, named: Callable[[str], str]) -> Any:
        draw = self._draw
        match field.type:
            case "int":
                low, high = max(field.min, -1_000), min(field.max, 100_000)
                return draw.choice((low, high, draw.randint(low, high), draw.randint(low, min(high, low + 40))))
            case "bool":
                return draw.random() < 0.5
            case "enum":
                return draw.choice(field.values)
            case "label" | "text":
                return f"{draw.choice(WORDS)} {self.token()}"[: field.max or 120]
            case "labels" | "texts":
                return {lang: f"{draw.choice(WORDS)} {self.token()}" for lang in draw.sample(("uk", "en", "kk"), 2)}
            case "code":
                return f"AG-{self.token()}"
            case "edtf":
                return draw.choice(TIMES)
            case "lang":
                return draw.choice(("uk", "en", "kk-Cyrl"))
            case "id":
                return named(field.of)
            case "key" | "hash":
                return draw.randbytes(32).hex()
            case "chain":
                return draw.randbytes(16).hex()
            case "scope":
                return ""
            case "url":
                return f"https://example.org/{self.token()}"
            case "list":
                assert field.item is not None
                return [self._value(field.item, named) for _ in range(draw.randint(0, min(3, field.most)))]
            case "object":
                return {
                    name: self._value(inner, named)
                    for name, inner in sorted(field.fields.items())
                    if inner.required or draw.random() < 0.5
                }
        raise AssertionError(f"no value is drawn for the type {field.type}")


def tokens(part: bytes | None) -> set[bytes]:
    """The unique words in a body or sealed part."""
    return set(TOKEN.findall(part)) if part else set()
