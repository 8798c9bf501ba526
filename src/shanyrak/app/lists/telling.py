"""What is said in the record for an action: kinds and bodies, only what is new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shanyrak.app.lists.cells import name_language
from shanyrak.app.lists.comparing import SAID_BY, Action

Telling = tuple[str, dict[str, Any], dict[str, Any]]
"""kind, body, sealed part"""
_POSITION = ("lon_e7", "lat_e7")


def facts_for(
    action: Action, *, via: str = "import", twin: Callable[[bytes | int], bytes] | None = None
) -> list[Telling]:
    """The facts of one row, in the order in which they have to be said; none for 'same' and 'refused'.

    The first of a new point is the one that creates it; the entry in the list follows at once, so that an import
    that is cut off finds its points again.

    Parameters
    ----------
    action : Action
    via : str
        How the word came.
    twin : callable
        Id of the point that a row of this import became (or the id itself).
    """
    if action.what in ("same", "refused"):
        return []
    row, known = action.row, action.known
    changed = {change.field for change in action.changes}
    described = dict(row.described)
    services = dict(row.services)
    sealed: dict[str, Any] = dict(row.sealed)
    hours = row.hours
    if known is not None:
        names = {k: v for k, v in described.pop("names", {}).items() if f"name ({k})" in changed}
        place = {k: described[k] for k in _POSITION if "position" in changed}
        described = {k: v for k, v in described.items() if k in changed} | place
        if names:
            described["names"] = {**known.names, **names}
        services = {k: v for k, v in services.items() if k in changed}
        sealed = {k: v for k, v in sealed.items() if k in changed}
        hours = hours if "opening_hours" in changed else ""
    facts: list[Telling] = []
    if described or sealed:
        facts.append(("point.described", described, _sealed(sealed)))
    if action.enters:
        entered: dict[str, Any] = {"list": action.list_name, "number": row.number or row.key}
        if action.twin_of is not None and twin is not None:
            entered["twin_of"] = twin(action.twin_of).hex()
        facts.append(("list.entered", entered, {}))
    if services:
        facts.append(("services.declared", services, {}))
    if hours:
        facts.append(("hours.declared", {"opening_hours": hours}, {}))
    if action.says_state:
        facts.append((SAID_BY[row.state], {"happened": action.when} if action.when else {}, {}))
    if action.other_than:
        facts.append(("not.same.as", {"not_same_as": action.other_than.hex()}, {}))
    return [(kind, {**body, "via": via}, part) for kind, body, part in facts]


def _sealed(values: dict[str, Any]) -> dict[str, Any]:
    """Entrance and how to find it by language; the note as it is."""
    return {k: v if k == "note" else {name_language(v, "en"): v} for k, v in values.items()}
