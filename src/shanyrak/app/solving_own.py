"""What a covering model wants to know beside who covers whom: districts, scenarios, room, failures, points that stand.

All of it comes from options, or from columns of the file: ``district`` (any names) and ``demand_...`` (one for each
scenario) of every row; ``capacity``, ``failure`` and ``existing`` (1: stands now) of every candidate.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from shanyrak.app.instances import Instance, is_csv
from shanyrak.app.instances import more as columns
from shanyrak.app.instances.instance import whole_where_whole
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import LongArray

if TYPE_CHECKING:
    from shanyrak.app.solving import SolveRequest

BY_CELL = frozenset({"fair_covering", "covering_with_floors", "scenario_covering"})
"""Models that tell cells apart which the same candidates cover."""


def own_of(request: SolveRequest, instance: Instance) -> dict[str, Any]:
    """Arguments that are the model's own.

    Raises
    ------
    InvalidInput
        Neither an option nor the file says what the model needs.
    """
    model = request.model
    if model == "expected_covering":
        return {"failure": of_candidates(request, instance, "failure", request.failure, 1.0)}
    if model == "capacitated_covering":
        capacity = of_candidates(request, instance, "capacity", request.capacity, np.inf)
        return {"capacity": capacity, "split": not request.unsplit}
    if model == "fair_covering":
        return {"district": district_of(request)}
    if model == "covering_with_floors":
        return {"district": district_of(request), "floor": said(request.least, "--least")}
    if model == "scenario_covering":
        if (request.aim == "likely") != (request.share is not None):
            raise InvalidInput("a share belongs to the aim 'likely', and to no other", where="--share",
                               mend="Give --aim likely --share X")  # fmt: skip
        return {"aim": request.aim or "mean", "share": request.share}
    if model == "moved_covering":
        now = existing_of(request, instance)
        wanted = len(now) if request.p is None else request.p
        if wanted < len(now):
            raise InvalidInput(f"{len(now)} points stand now, and {wanted} are to stand", where="-p",
                               mend="Give as many as stand now, or more")  # fmt: skip
        return {"existing": now.tolist(), "spend": said(request.moves, "--moves"), "new": wanted - len(now)}
    return {}


def said(value: float | None, name: str) -> float | int:
    """A number that a model cannot do without."""
    if value is None:
        raise InvalidInput("this model needs it", where=name, mend=f"Give {name} X")
    return int(value) if value == int(value) else value


def of_candidates(request: SolveRequest, instance: Instance, name: str, given: float | None, most: float) -> Any:
    """One number for all candidates as an option says, else (candidates,) as a column does."""
    if given is not None:
        return said(given, f"--{name}")
    path = where_candidates_are(request)
    each = columns.numbers(path, name, most)
    if each is None:
        raise InvalidInput("this model needs it", where=f"--{name}", mend=f"Give --{name} X, or a column `{name}`")
    return whole_where_whole(_of_rows(path, name, each, instance))


def _of_rows(path: Path, name: str, each: Any, instance: Instance) -> Any:
    values = each if instance.rows is None else each[instance.rows]
    if len(values) != instance.candidates:
        raise InvalidInput(f"there are {len(values)} numbers for {instance.candidates} candidates",
                           where=f"{path}, column {name!r}")  # fmt: skip
    return values


def where_candidates_are(request: SolveRequest) -> Path:
    """The file with the columns of candidates: that with their places."""
    return request.candidates if request.candidates is not None and is_csv(request.candidates) else request.file


def district_of(request: SolveRequest) -> LongArray:
    """(cells,) districts by number, -1 for none."""
    found = columns.districts(request.file)
    if found is None or not found[1]:
        raise InvalidInput("nothing says which district a row belongs to", where=str(request.file),
                           mend="Add a column `district`")  # fmt: skip
    return found[0]


def scenarios_of(request: SolveRequest) -> Any:
    """(scenarios, cells) demand."""
    found = columns.scenarios(request.file)
    if found is None:
        raise InvalidInput("nothing says what demand there is in each scenario", where=str(request.file),
                           mend=f"Add columns `{columns.SCENARIO}...`, one for each")  # fmt: skip
    return whole_where_whole(found)


def existing_of(request: SolveRequest, instance: Instance) -> LongArray:
    """Candidates that stand now."""
    path = where_candidates_are(request)
    each = columns.numbers(path, "existing", 1.0)
    if each is None:
        raise InvalidInput("nothing says which points stand now", where=str(path),
                           mend="Add a column `existing`: 1 where one stands, 0 elsewhere")  # fmt: skip
    return np.flatnonzero(_of_rows(path, "existing", each, instance) > 0).astype(np.int64)
