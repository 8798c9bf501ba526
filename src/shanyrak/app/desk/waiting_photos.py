"""Photos that wait for the desk: somebody must look whether anybody can be recognised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shanyrak.app.album import Album
from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.gear import gear_at
from shanyrak.app.desk.words import labels, said_at_min
from shanyrak.app.permissions import Viewer


def album_of(board: Board) -> Album:
    """The album of the desk's ledger, read once."""
    return board.remembered("album", lambda: Album(board.ledger), version=0)


def waiting(board: Board, viewer: Viewer, kept: Callable[[str], bool], now: Now) -> list[dict[str, Any]]:
    """Photos that nobody decided on, where somebody runs the network, each once, the oldest first.

    Parameters
    ----------
    kept : whether the file of a photo is here
    """
    found: dict[tuple[bytes, str], dict[str, Any]] = {}
    for one in album_of(board).photos():
        row = one.row
        if one.released or not viewer.runs(row.key.scope) or not kept(one.hash):
            continue
        thing = board.ledger.thing(row.about)
        if thing is None:
            continue
        gear = gear_at(board, row.about.hex(), now) if thing.type == "point" else []
        found[row.about, one.hash] = {
            "hash": one.hash,
            "thing": row.about.hex(),
            "type": thing.type,
            "scope": row.key.scope.hex(),
            "names": labels(thing),
            "record": row.id.hex() if one.alone else "",
            "device": board.device_name(row.key.origin),
            "said_at_min": said_at_min(row),
            "kits": [{name: kit[name] for name in ("id", "names", "kind")} for kit in gear],
        }
    return list(found.values())
