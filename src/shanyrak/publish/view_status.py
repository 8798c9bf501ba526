"""What changes fast at a point: its state as said last, what visitors said since, and how full it is."""

from __future__ import annotations

from collections.abc import Mapping

from shanyrak.facts.ledger import Thing
from shanyrak.facts.store import Row
from shanyrak.publish.grid import MINUTE_MS, quarter_line_ms
from shanyrak.publish.known import known_by
from shanyrak.publish.model import BANDS, STATES, Deployment, PointStatus, Visitors
from shanyrak.publish.record import Record, said_at_min, until_min
from shanyrak.publish.view_points import Shown

_UNTIL = {"open": "open_until", "paused": "back_at"}


def public_status(record: Record, shown: Shown, deployment: Deployment, now_ms: int) -> Mapping[str, PointStatus]:
    """The state of each point that stands, by id."""
    record.read(word for point in shown.standing for word in _words(point))
    bands = _bands(record, shown, deployment, now_ms)
    return {point.id.hex(): _status(record, point, bands.get(point.id, "")) for point in shown.standing}


def _words(point: Thing) -> list[str]:
    """The facts its state and its visitors' words stand on."""
    state = point.state.get("state")
    return [fact for _, fact in point.state.get("recent", {}).get("state", ())] + ([state[1]] if state else [])


def _status(record: Record, point: Thing, band: str) -> PointStatus:
    state = point.state.get("state")
    visitors = visitors_since(record, point)
    if state is None or state[0] not in STATES:
        return PointStatus(visitors=visitors)
    row = record.row(state[1])
    until = (row.fact.body_value() or {}).get(_UNTIL.get(state[0], ""))
    return PointStatus(state[0], said_at_min(row), record.who(row), until_min(until), band, visitors)


def visitors_since(record: Record, point: Thing) -> Visitors:
    """Visitors' words after the last word about the state; the record keeps the last eight."""
    state = point.state.get("state")
    last = record.row(state[1]).order if state else None
    said: dict[str, int] = {}
    latest: int | None = None
    for value, fact in point.state.get("recent", {}).get("state", ()):
        row = record.row(fact)
        if last is None or row.order > last:
            said[value] = said.get(value, 0) + 1
            latest = max(latest or 0, said_at_min(row))
    return Visitors(**said, last_at_min=latest)


def _bands(record: Record, shown: Shown, deployment: Deployment, now_ms: int) -> dict[bytes, str]:
    """How full each open point was by what was known at the last quarter of an hour, as far as it is shown."""
    line_ms = quarter_line_ms(now_ms)
    oldest_min = line_ms // MINUTE_MS - deployment.band_holds_min
    wanted = {
        point.id: crowding
        for point in shown.standing
        if point.now == "open" and (crowding := point.get("crowding") or deployment.crowding) != "off"
    }
    recent = record.secret("status.reported", since_ms=oldest_min * MINUTE_MS)
    said: list[Row] = [row for row in recent if row.about in wanted]
    found = {}
    for row in known_by(record.ledger, said, line_ms):
        band = (row.fact.body_value() or {}).get("band", "")
        if band in BANDS and band and said_at_min(row) >= oldest_min:
            found[row.about] = band if wanted[row.about] == "bands" or band == "full" else ""
    return found
