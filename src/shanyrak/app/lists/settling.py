"""Doubtful rows that a person settled: the same place as one that is known, or another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shanyrak.app.lists.comparing import Action, KnownPoint, of_known

NOT_THE_SAME = "not.same.as"


def settle(
    actions: Iterable[Action],
    existing: Sequence[KnownPoint],
    settled: Mapping[int, bool],
    *,
    when: str = "",
    confirms: bool = False,
) -> list[Action]:
    """The actions of an import after somebody said of doubtful rows whether they are the same.

    Parameters
    ----------
    settled : row -> whether it is the place it may be; rows that are not in it stay doubtful
    when, confirms : see ``comparing.compare``
    """
    known = {point.id: point for point in existing}
    return [_settled(action, known, settled, when, confirms) for action in actions]


def _settled(
    action: Action, known: Mapping[bytes, KnownPoint], settled: Mapping[int, bool], when: str, confirms: bool
) -> Action:
    same = settled.get(action.row.row)
    if action.what != "twin" or same is None:
        return action
    if not same:
        return replace(action, what="new", why="", twin_of=None, other_than=_bytes(action.twin_of))
    if isinstance(action.twin_of, bytes):
        return of_known(action.row, known[action.twin_of], action.list_name, True, when, confirms)
    return replace(action, what="same", why=f"the same place as row {action.twin_of}", says_state=False, enters=False)


def _bytes(twin: bytes | int | None) -> bytes:
    return twin if isinstance(twin, bytes) else b""
