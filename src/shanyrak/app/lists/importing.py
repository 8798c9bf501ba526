"""Take over a list: say in the record what it says and the record does not know yet, and report row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Protocol

from shanyrak.app.lists.columns import ColumnMap, map_columns, read_columns
from shanyrak.app.lists.comparing import Action, KnownPoint, compare, gone_from
from shanyrak.app.lists.points import MOST_LABEL, read_points
from shanyrak.app.lists.positions import Box
from shanyrak.app.lists.settling import settle
from shanyrak.app.lists.table import Table, clean, read_table
from shanyrak.app.lists.telling import facts_for
from shanyrak.app.lists.values import moment
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Progress, silent

WHATS = ("new", "twin", "changed", "same", "refused")
_WORDS = {
    "new": "new", "twin": "doubtful twin", "changed": "changed", "same": "unchanged", "refused": "refused",
}  # fmt: skip
MOST_LINES = 40
"""Rows a person is shown of one sort before the rest is counted."""


class PointLedger(Protocol):
    """What an import needs of the record."""

    def known_points(self) -> Sequence[KnownPoint]:
        """Every point, with what lists say of it."""

    def say(self, kind: str, body: dict[str, Any], *, about: bytes, sealed: dict[str, Any]) -> bytes:
        """Say a fact; ``about`` is empty where it creates the point. Its id, once it is kept."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or with ``dry_run`` would do."""

    list_name: str
    dry_run: bool
    table: Table
    mapping: ColumnMap
    actions: tuple[Action, ...]
    gone: tuple[tuple[str, KnownPoint], ...]
    """(number, point) on the list and not in this file any more; nothing is done about them"""
    ids: dict[int, bytes] = field(default_factory=dict)
    """row -> its point, where it has one"""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows became what."""
        counted = Counter(action.what for action in self.actions)
        return {what: counted[what] for what in WHATS}  # type: ignore[index]

    @property
    def nothing_read(self) -> bool:
        """Whether not one row could be used: then the exit code is 2."""
        return all(action.what == "refused" for action in self.actions)

    @property
    def notes(self) -> list[str]:
        """What holds for the whole file."""
        notes = list(self.table.notes)
        if self.mapping.not_used:
            notes.append("columns not used: " + ", ".join(repr(header) for header in self.mapping.not_used))
        if self.mapping.kept_out:
            headers = ", ".join(repr(header) for header in self.mapping.kept_out)
            notes.append(
                f"columns kept out: {headers} (a telephone number of a person on duty belongs outside the record)"
            )
        if header := self.mapping.used.get("generator"):
            notes.append(f"column {header!r} is not taken over: a generator is equipment, with a record of its own")
        return notes

    def as_dict(self) -> dict[str, Any]:
        """For programs: the same as plain JSON values."""
        return {
            "list": self.list_name,
            "dry_run": self.dry_run,
            "file": str(self.table.path),
            "sheet": self.table.sheet,
            "encoding": self.table.encoding,
            "columns": dict(self.mapping.used),
            "not_used": list(self.mapping.not_used),
            "kept_out": list(self.mapping.kept_out),
            "notes": self.notes,
            "counts": self.counts,
            "rows": [self._row(action) for action in self.actions],
            "not_in_file": [{"id": p.id.hex(), "number": number, "name": p.name} for number, p in self.gone],
        }

    def _row(self, action: Action) -> dict[str, Any]:
        point = self.ids.get(action.row.row)
        twin = action.twin_of
        other = self.ids.get(twin) if isinstance(twin, int) else twin
        return {
            "row": action.row.row,
            "what": action.what,
            "number": action.row.number,
            "name": action.row.name,
            "why": action.why,
            "id": point.hex() if point else None,
            "twin_of": other.hex() if other else None,
            "twin_of_row": twin if isinstance(twin, int) else None,
            "changes": [{"field": c.field, "old": c.old, "new": c.new} for c in action.changes],
            "remarks": list(action.remarks),
        }

    def lines(self, most: int = MOST_LINES) -> list[str]:
        """For people: the rows that need a look, then the counts."""
        out: list[str] = []
        for what in ("refused", "twin", "changed"):
            rows = [action for action in self.actions if action.what == what]
            out += [f"row {a.row.row}: {_WORDS[what]}: {_said(a)}" for a in rows[:most]]
            if len(rows) > most:
                out.append(f"... and {len(rows) - most:,} more {_WORDS[what]}")
        remarks: dict[str, list[int]] = {}
        for action in self.actions:
            for remark in action.remarks if action.what != "refused" else ():
                remarks.setdefault(remark, []).append(action.row.row)
        for remark, numbers in list(remarks.items())[:most]:
            where = f"row {numbers[0]}" if len(numbers) == 1 else f"{len(numbers):,} rows, first {numbers[0]}"
            out.append(f"{where}: {remark}")
        if len(remarks) > most:
            out.append(f"... and {len(remarks) - most:,} more remarks")
        out += self.notes
        if self.gone:
            shown = ", ".join(f"{number} {point.name}".strip() for number, point in self.gone[:10])
            rest = f" and {len(self.gone) - 10:,} more" if len(self.gone) > 10 else ""
            out.append(f"not in this file any more: {len(self.gone):,} ({shown}{rest}); nothing was closed")
        counted = ", ".join(f"{n:,} {_WORDS[what]}" for what, n in self.counts.items() if n)
        would = "would be " if self.dry_run else ""
        out.append(f"list {self.list_name!r}, {len(self.actions):,} rows: {would}{counted}")
        return out


def _said(action: Action) -> str:
    whom = " ".join(part for part in (action.row.number, action.row.name) if part)
    changes = "; ".join(
        f"{c.field} {_value(c.old)} -> {_value(c.new)}" if c.old is not None else f"{c.field} {_value(c.new)}"
        for c in action.changes
    )
    return ": ".join(part for part in (whom, action.why or changes) if part)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def import_points(
    ledger: PointLedger,
    path: Path,
    *,
    own_columns: Path | None = None,
    list_name: str = "",
    sheet: str = "",
    dry_run: bool = False,
    happened: str = "",
    around: Box | None = None,
    language: str = "uk",
    zone: tzinfo = UTC,
    settled: Mapping[int, bool] | None = None,
    progress: Progress = silent,
) -> ImportReport:
    """Import a list of points.

    Parameters
    ----------
    ledger : PointLedger
    path : Path
        .xlsx, delimited text or GeoJSON.
    own_columns : Path
        Headers and words of one's own (``--map``).
    list_name : str
        Else the name of the file without its ending.
    sheet : str
        Of a workbook; else the one with most known headers.
    dry_run : bool
        Report the same and say nothing.
    happened : str
        When the states in the list were so: a date or time. Else the row's own date, the date in the title above
        the header, what the document says of its last change, the time of the file, in this order.
    around, language, zone : see ``points.read_points``
    settled : dict
        Doubtful rows that a person settled: row -> whether it is the place it may be.

    Raises
    ------
    InvalidInput
        The file cannot be read as a list, or a column for name and address is missing.
    """
    columns = read_columns(own_columns)
    table = read_table(path, columns, sheet=sheet)
    mapping = map_columns(table.headers, columns, where=str(path))
    name = clean(list_name) or clean(path.stem)
    if len(name) > MOST_LABEL:
        raise InvalidInput(f"the name of a list has at most {MOST_LABEL} characters", where="--list")
    given = moment(happened, zone) if happened else table.as_of
    if given is None:
        raise InvalidInput(f"{happened!r} is neither a date nor a time", where="--happened",
                           mend="Write it like 2025-11-20 or 2025-11-20T17:40")  # fmt: skip
    when = given or table.made or f"{datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y-%m-%dT%H:%M}Z"
    rows = read_points(table, mapping, around=around, language=language, zone=zone)
    existing = ledger.known_points()
    actions = compare(rows, existing, name, when=when, confirms=bool(given))
    if settled:
        actions = settle(actions, existing, settled, when=when, confirms=bool(given))
    ids = {action.row.row: action.known.id for action in actions if action.known is not None}
    if not dry_run:
        for done, action in enumerate(actions):
            progress("points", done, len(actions))
            _carry_out(ledger, action, ids)
    return ImportReport(name, dry_run, table, mapping, tuple(actions), tuple(gone_from(actions, existing, name)), ids)


def _carry_out(ledger: PointLedger, action: Action, ids: dict[int, bytes]) -> None:
    about = action.known.id if action.known else b""
    for kind, body, sealed in facts_for(action, twin=lambda of: of if isinstance(of, bytes) else ids[of]):
        said = ledger.say(kind, body, about=about, sealed=sealed)
        if not about:
            about = ids[action.row.row] = said
