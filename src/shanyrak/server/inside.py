"""What only people of the network may ask, as one application: sessions, invitations, the desk.

Every request proves who asks, so it is answered under every name of this machine.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from shanyrak.app.invites import Invites
from shanyrak.core.version import __version__
from shanyrak.server.door import Door
from shanyrak.server.events import add_events
from shanyrak.server.http import API, FaultAnswer, handle_faults
from shanyrak.server.inviting import add_invites
from shanyrak.server.signing_in import Doorkeeper, add_session

OF_INSIDE = (f"{API}/session", f"{API}/invites", f"{API}/desk/", f"{API}/photos")
"""Where its addresses begin."""


def create_inside(door: Doorkeeper, invites: Invites, *further: Callable[[FastAPI, Doorkeeper], None]) -> FastAPI:
    """The application.

    Parameters
    ----------
    further : adds more routes: those of the desk, of photos
    """
    app = FastAPI(
        title="Shanyrak for people on duty and at the desk",
        version=__version__,
        openapi_url=f"{API}/desk/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses={"default": {"model": FaultAnswer}},
    )
    app.add_middleware(Door, any_host=True, discreet=True)
    handle_faults(app)
    add_session(app, door)
    add_invites(app, door, invites)
    add_events(app, door)
    for add in further:
        add(app, door)
    return app
