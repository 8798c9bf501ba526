"""Who may ask what of which place: role x route x object -> status. It is read like a table, and drives the tests.

nobody        not signed in
headquarters  a machine that keeps the record; nobody looks at a screen with its key
host          on duty at School, which lies in the centre
driver, inspector, desk    of the centre
desks, admin  of the whole network
"""

from __future__ import annotations

from typing import Any, NamedTuple

ROLES = ("nobody", "headquarters", "host", "driver", "inspector", "desk", "desks", "admin")
MISSING = "f" * 64


class Line(NamedTuple):
    """One question. ``{school}``, ``{pier}``, ``{centre}``, ``{harbour}`` in it stand for ids; pier is elsewhere."""

    method: str
    route: str
    """as the interface describes it"""
    path: str
    statuses: tuple[int, ...]
    """in the order of ``ROLES``"""
    body: Any = None


def _running(good: int, *, area: int = 0) -> tuple[int, ...]:
    """For who runs the network; ``area``: to the desk of the centre, where that differs."""
    return (401, 403, 403, 403, 403, area or good, good, good)


def _all(good: int, *, around: int = 0) -> tuple[int, ...]:
    """For every role; ``around``: to those who serve in the centre only, where that differs."""
    near = around or good
    return (401, 403, near, near, near, near, good, good)


_D = "/api/v1/desk"
_INSPECTING = (401, 403, 403, 403, 200, 200, 200, 200)
_CARRYING = (401, 403, 403, 200, 200, 200, 200, 200)


def _point(suffix: str, statuses: tuple[tuple[int, ...], ...]) -> list[Line]:
    route = f"{_D}/points/{{id}}{suffix}"
    objects = ("{school}", "{pier}", MISSING)
    return [Line("GET", route, f"{_D}/points/{one}{suffix}", told) for one, told in zip(objects, statuses, strict=True)]


_DAY = f"{_D}/reports/2026-11-22"
_NOTE = {"notes": "Frost."}
_APPROVAL = {"hash": "0" * 64}
LINES: tuple[Line, ...] = (
    Line("GET", "/api/v1/session", "/api/v1/session", (401, 200, 200, 200, 200, 200, 200, 200)),
    Line("GET", f"{_D}/frame", f"{_D}/frame", _all(200)),
    Line("GET", f"{_D}/todo", f"{_D}/todo", _running(200)),
    Line("GET", f"{_D}/points", f"{_D}/points", _INSPECTING),
    *_point("", (_all(200), _all(200, around=404), _all(404))),
    *_point("/file.json", (_running(200), _running(200, area=404), _running(404))),
    # The paper of a place that may be seen takes seconds to set: it is looked at where papers are tested.
    *_point("/file.pdf", ((), _running(200, area=404), _running(404)))[1:],
    Line("POST", f"{_D}/points.xlsx", f"{_D}/points.xlsx", _running(200), {"ids": ["{school}"], "language": "en"}),
    Line("POST", f"{_D}/orders/preview", f"{_D}/orders/preview", _running(200), {"area": "{centre}", "order": "open"}),
    Line(
        "POST", f"{_D}/orders/preview", f"{_D}/orders/preview", _running(200, area=404),
        {"area": "{harbour}", "order": "open"},
    ),
    Line("GET", f"{_D}/orders", f"{_D}/orders", _running(200)),
    Line("GET", f"{_D}/orders/{{id}}", f"{_D}/orders/{MISSING}", _running(404)),
    Line("GET", f"{_D}/equipment", f"{_D}/equipment", _CARRYING),
    Line("GET", f"{_D}/devices", f"{_D}/devices", _running(200)),
    Line("GET", f"{_D}/proposals", f"{_D}/proposals", _running(200)),
    Line("GET", f"{_D}/reports/{{day}}", f"{_DAY}?area={{centre}}", _running(200)),
    Line("GET", f"{_D}/reports/{{day}}", f"{_DAY}?area={{harbour}}", _running(200, area=404)),
    Line("GET", f"{_D}/reports/{{day}}.xlsx", f"{_DAY}.xlsx?area={{harbour}}", _running(200, area=404)),
    Line("GET", f"{_D}/reports/{{day}}.pdf", f"{_DAY}.pdf?area={MISSING}", _running(404)),
    Line("PUT", f"{_D}/reports/{{day}}/notes", f"{_DAY}/notes", _running(200), _NOTE | {"area": "{centre}"}),
    Line("PUT", f"{_D}/reports/{{day}}/notes", f"{_DAY}/notes", _running(200, area=404), _NOTE | {"area": "{harbour}"}),
    Line("POST", f"{_D}/reports/{{day}}/approve", f"{_DAY}/approve", _running(409), _APPROVAL | {"area": "{centre}"}),
    Line(
        "POST", f"{_D}/reports/{{day}}/approve", f"{_DAY}/approve", _running(409, area=404),
        _APPROVAL | {"area": "{harbour}"},
    ),
    Line("POST", f"{_D}/lists", f"{_D}/lists?area={{centre}}", _running(400), b""),
    Line("POST", f"{_D}/lists", f"{_D}/lists?area={{harbour}}", _running(400, area=404), b""),
    Line("POST", f"{_D}/lists/{{token}}/take", f"{_D}/lists/{'0' * 32}/take", _running(404), {"twins": []}),
    Line("GET", f"{_D}/plans", f"{_D}/plans", _running(200)),
    Line("GET", f"{_D}/plans/{{plan_id}}", f"{_D}/plans/none", _running(404)),
    Line("GET", f"{_D}/plans/{{plan_id}}/cells.geojson", f"{_D}/plans/none/cells.geojson", _running(404)),
    Line("GET", f"{_D}/plans/{{plan_id}}/candidates.json", f"{_D}/plans/none/candidates.json", _running(404)),
    Line("POST", f"{_D}/plans/{{plan_id}}/figures", f"{_D}/plans/none/figures", _running(404), {"sites": []}),
    Line("POST", f"{_D}/plans/{{plan_id}}/nearby", f"{_D}/plans/none/nearby", _running(404), {"sites": [], "at": 0}),
    Line("POST", f"{_D}/plans/{{plan_id}}/variants", f"{_D}/plans/none/variants", _running(404), {"aim": "near"}),
    Line("GET", f"{_D}/plans/{{plan_id}}/compare/{{other}}", f"{_D}/plans/none/compare/none", _running(404)),
    Line("GET", f"{_D}/areas/{{name}}/basemap.pmtiles", f"{_D}/areas/none/basemap.pmtiles", _all(404)),
    Line("GET", "/api/v1/invites", "/api/v1/invites", _running(200)),
    Line("POST", "/api/v1/invites", "/api/v1/invites", _running(201), {"role": "host", "scope": "{school}"}),
    Line("POST", "/api/v1/invites", "/api/v1/invites", _running(201, area=404), {"role": "host", "scope": "{pier}"}),
    Line("POST", "/api/v1/invites", "/api/v1/invites", _running(404), {"role": "host", "scope": MISSING}),
    Line(
        "POST", "/api/v1/invites", "/api/v1/invites", (401, 403, 403, 403, 403, 403, 403, 201),
        {"role": "admin", "scope": "{centre}"},
    ),
    Line("DELETE", "/api/v1/invites/{id}", f"/api/v1/invites/{MISSING}", _running(404)),
    Line("POST", "/api/v1/photos", "/api/v1/photos", _all(400), b"no photo"),
    Line("GET", "/api/v1/photos/{hash}", f"/api/v1/photos/{MISSING}", _all(404)),
    Line("DELETE", "/api/v1/photos/{hash}", f"/api/v1/photos/{MISSING}", _running(404)),
)  # fmt: skip

OPEN = frozenset(
    {
        ("POST", "/api/v1/session/challenge"),
        ("POST", "/api/v1/session"),
        ("DELETE", "/api/v1/session"),
        ("POST", "/api/v1/invites/redeem"),
    }
)
"""Asked by those who are not signed in yet, or any more; they have tests of their own."""
LISTENING = ("GET", f"{_D}/events")
"""Never ends where it is allowed: its own test asks it as those to whom it is refused."""
