"""Notes on a day and its approved report, as files beside the ledger.

What was approved stays as it was approved, whatever is learnt later; another look at the figures shows what changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec

from shanyrak.app.desk.model import DayReport, PointRef
from shanyrak.core.errors import Damaged, Unavailable
from shanyrak.core.folders import write_text_atomically

MOST_NOTES = 4_000


class Moved(Unavailable):
    """The figures are not those that were to be approved."""


class KeptReports:
    """The folder of reports.

    Parameters
    ----------
    folder : made when something is first kept
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def shown(self, day: str, area: str, current: Callable[[], DayReport], *, anew: bool = False) -> DayReport:
        """The approved report, else the current figures with the notes that were kept.

        Parameters
        ----------
        anew : the current figures even where a report was approved
        """
        kept = self._read(day, area)
        if kept.get("approved") and not anew:
            return _approved(kept["approved"])
        return replace(current(), notes=str(kept.get("notes", "")))

    def note(self, day: str, area: str, notes: str) -> None:
        """Keep notes; those of an approved report stay as they were approved."""
        kept = self._read(day, area)
        self._write(day, area, kept | {"notes": notes})

    def approve(self, day: str, area: str, current: DayReport, *, hash: str, by: str, at_min: int) -> DayReport:
        """Keep the figures as approved.

        Raises
        ------
        Moved
            They are not the ones that were looked at.
        """
        if current.hash != hash:
            raise Moved("the figures have changed since", where="hash", mend="Look at the report again, then approve")
        kept = self._read(day, area)
        done = replace(current, notes=str(kept.get("notes", "")), approved_by=by, approved_at_min=at_min)
        self._write(day, area, kept | {"approved": asdict(done)})
        return done

    def _path(self, day: str, area: str) -> Path:
        return self._folder / f"{day}-{area[:16] or 'all'}.json"

    def _read(self, day: str, area: str) -> dict[str, Any]:
        path = self._path(day, area)
        if not path.is_file():
            return {}
        try:
            kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise Damaged(
                "a kept report cannot be read", where=path.name, mend="Restore it, or move it away"
            ) from fault
        return kept

    def _write(self, day: str, area: str, kept: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_text_atomically(self._path(day, area), json.dumps(kept, ensure_ascii=False, indent=1) + "\n")


def _approved(kept: dict[str, Any]) -> DayReport:
    """A report as it was kept, with its points as points again."""
    shut = [one | {"point": msgspec.convert(one["point"], PointRef)} for one in kept["not_working"]]
    return msgspec.convert(kept | {"not_working": shut}, DayReport)
