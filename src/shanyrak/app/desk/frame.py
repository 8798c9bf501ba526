"""What every screen of the desk stands in."""

from __future__ import annotations

from collections.abc import Callable

from shanyrak.app.desk.board import Board, Now
from shanyrak.app.desk.model import AreaFrame, Frame
from shanyrak.app.naming import name_of
from shanyrak.app.permissions import Viewer

Box = Callable[[str], list[int] | None]
"""West, south, east, north [1e-7 degree] of the map of a name; None where none is kept here."""


def frame(board: Board, viewer: Viewer, now: Now, box: Box, *, plans: bool) -> Frame:
    """The network and those areas of it that somebody may see."""
    network = board.ledger.thing(board.ledger.net)
    areas = [area for area in board.areas.values() if viewer.sees(bytes.fromhex(area.id), "frame")]
    if not areas:  # on duty at one place: the area it lies in
        own = {board.cards[one.scope].area for one in viewer.roles if one.scope in board.cards}
        areas = [board.areas[id] for id in sorted(own) if id in board.areas]
    districts: dict[str, set[str]] = {}
    for card in board.cards.values():
        if card.district:
            districts.setdefault(card.area, set()).add(card.district)
    return Frame(
        network=name_of(network) if network is not None else "",
        net=board.ledger.net.hex(),
        made_up=any(area.made_up for area in board.areas.values()),
        zone=board.deployment.zone,
        now_at_min=now.at_min,
        areas=[
            AreaFrame(
                area.id,
                area.names,
                sorted({*area.districts, *districts.get(area.id, ())}),
                area.mode,
                area.mode_said_at_min,
                area.made_up,
                area.map_name if box(area.map_name) is not None else "",
                box(area.map_name),
            )
            for area in areas
        ],
        plans=plans,
    )
