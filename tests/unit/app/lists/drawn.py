"""Small lists, written as files, and a record in memory that takes what an import says."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from shanyrak.app.lists.comparing import KnownPoint
from shanyrak.facts.rules import load_rules

STATES = {"point.ready": "ready", "point.opened": "open", "point.closed": "closed", "point.paused": "paused",
          "point.planned": "planned", "point.equipping": "equipping"}  # fmt: skip


class Record:
    """A record that folds as plainly as can be, and takes no body that does not fit its kind."""

    def __init__(self) -> None:
        self.points: dict[bytes, KnownPoint] = {}
        self.said: list[tuple[str, dict[str, Any], bytes, dict[str, Any]]] = []
        self.rules = load_rules()

    def known_points(self) -> Sequence[KnownPoint]:
        return list(self.points.values())

    def say(self, kind: str, body: dict[str, Any], *, about: bytes, sealed: dict[str, Any]) -> bytes:
        known = self.rules.kinds[kind]
        assert known.fault(body) == "", (kind, body, known.fault(body))
        assert known.sealed_fault(sealed) == "", (kind, sealed, known.sealed_fault(sealed))
        assert (about == b"") <= (known.creates == "point")
        self.said.append((kind, body, about, sealed))
        own = hashlib.sha256(str(len(self.said)).encode()).digest()
        point = self.points.get(about) or KnownPoint(own, sealed={})
        plain = {k: v for k, v in body.items() if k not in ("via", "happened")}
        if kind == "point.described":
            texts = {k: v if k == "note" else next(iter(v.values())) for k, v in sealed.items()}
            point = replace(point, names=plain.pop("names", point.names), sealed={**(point.sealed or {}), **texts})
        if kind == "list.entered":
            point = replace(point, list_numbers={**point.list_numbers, plain["list"]: plain["number"]})
        elif kind in STATES:
            point = replace(point, state=STATES[kind], said=body.get("happened", ""))
        else:
            point = replace(point, fields={**point.fields, **plain})
        self.points[point.id] = point
        return own

    def kinds(self) -> list[str]:
        return [kind for kind, _, _, _ in self.said]

    def point(self, name: str) -> KnownPoint:
        [found] = [point for point in self.points.values() if name in point.names.values()]
        return found


def workbook(path: Path, *rows: Sequence[object], title: str = "Пункти", **sheets: Sequence[Sequence[object]]) -> Path:
    """A workbook with one sheet of these rows, and others by name."""
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = title
    for row in rows:
        first.append(list(row))
    for name, content in sheets.items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(list(row))
    book.save(path)
    return path


def text_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path
