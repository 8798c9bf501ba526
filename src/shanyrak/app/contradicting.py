"""Contradicted points in rows, for the terminal and the desk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from shanyrak.app.points import point_row
from shanyrak.facts.ledger import Ledger
from shanyrak.watch.contradicted import contradicted


def contradicted_rows(ledger: Ledger, language: str = "") -> list[dict[str, Any]]:
    """Points that contradict, as ``point_row`` has them, with ``against``: who said what when; newest first."""
    rows = []
    for one in contradicted(ledger):
        point = ledger.thing(one.point)
        assert point is not None
        rows.append(point_row(ledger, point, language) | {"against": [asdict(found) for found in one.against]})
    return rows
