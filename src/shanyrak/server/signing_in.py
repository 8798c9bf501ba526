"""Who asks: a session for reading (a cookie), its beginning and its end.

    POST   /api/v1/session/challenge   32 bytes to sign
    POST   /api/v1/session             signed: a session begins
    GET    /api/v1/session             who I am, by the ledger as it is now
    DELETE /api/v1/session             sign out

Nothing of it is written anywhere. A request that changes something must come from a page of this server: browsers say
so themselves, and the cookie is sent to no other site's requests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from shanyrak.app.devices import names_of_devices
from shanyrak.app.permissions import Viewer, viewer_of
from shanyrak.app.sessions import WHOLE_MS, Sessions
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.signing_in import NotAdmitted, NotSignedIn
from shanyrak.server.http import API

COOKIE = "shanyrak_session"
HEX_32 = "^[0-9a-f]{64}$"
HEX_64 = "^[0-9a-f]{128}$"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Strict(BaseModel):
    """A body in which nothing is taken for something else."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Asking(Strict):
    """Whose challenge it is."""

    key: str = Field(pattern=HEX_32)


class Challenge(BaseModel):
    """What to sign."""

    challenge: str
    net: str
    time_ms: int


class Proof(Strict):
    """A signed challenge."""

    key: str = Field(pattern=HEX_32)
    challenge: str = Field(pattern=HEX_32)
    sig: str = Field(pattern=HEX_64)


class RoleHeld(BaseModel):
    """A role in effect."""

    role: str
    scope: str
    until_ms: int | None


class Session(BaseModel):
    """Who is signed in."""

    key: str
    net: str
    name: str
    roles: list[RoleHeld]
    until_ms: int


@dataclass(frozen=True)
class Doorkeeper:
    """Knows who asks; the one place where a session becomes a key and a key its rights.

    Parameters
    ----------
    ledger : read under ``turn``, one at a time
    """

    ledger: Ledger
    sessions: Sessions
    turn: threading.RLock
    now_ms: Callable[[], int]

    def viewer(self, request: Request) -> Viewer:
        """Who asks, and may at all.

        Raises
        ------
        NotSignedIn
            No session, or it is over: 401.
        NotAdmitted
            Another page asks in this one's name, or the network has not (or no longer) admitted the key: 403.
        """
        if request.method not in SAFE:
            refuse_elsewhere(request)
        secret = secret_of(request)
        key = self.sessions.key_of(secret) if secret else None
        if key is None:
            raise NotSignedIn("nobody is signed in", where=f"cookie {COOKIE}", mend="Sign in with this device's key")
        with self.turn:
            viewer = viewer_of(self.ledger, key, self.now_ms())
        if not viewer.roles:
            self.sessions.end_of_key(key)
            raise NotAdmitted(
                "this device is not trusted with anything here (any more)",
                where=key.hex()[:12],
                mend="Ask an admin or the desk to admit it",
            )
        return viewer

    def allowed(self, request: Request, function: str) -> Viewer:
        """Who asks, where their role has the function; else NotAdmitted."""
        viewer = self.viewer(request)
        if not viewer.may(function):
            raise NotAdmitted("this is not for your role", where=function, mend="Ask the desk")
        return viewer


def refuse_elsewhere(request: Request) -> None:
    """NotAdmitted where a browser says that another site's page sends this."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not ours:
        raise NotAdmitted("another page asks for this", where="header Origin", mend="Do it on this server's own page")


def secret_of(request: Request) -> bytes:
    """The session's secret of the cookie; empty where there is none."""
    try:
        return bytes.fromhex(request.cookies.get(COOKIE, ""))
    except ValueError:
        return b""


def add_session(app: FastAPI, door: Doorkeeper) -> None:
    """Add the four routes."""

    def told(key: bytes, secret: bytes) -> Session:
        with door.turn:
            viewer = viewer_of(door.ledger, key, door.now_ms())
            name = names_of_devices(door.ledger).get(key, "")
        roles = [RoleHeld(role=one.role, scope=one.scope.hex(), until_ms=one.until_ms) for one in viewer.roles]
        until_ms = door.sessions.until_ms(secret)
        return Session(key=key.hex(), net=door.ledger.net.hex(), name=name, roles=roles, until_ms=until_ms)

    @app.post(f"{API}/session/challenge")
    def challenge(asking: Asking, response: Response) -> Challenge:
        """32 bytes to sign, once, within two minutes; and this server's clock, for a device whose own is wrong."""
        response.headers["cache-control"] = "no-store"
        made = door.sessions.challenge(bytes.fromhex(asking.key))
        return Challenge(challenge=made.hex(), net=door.ledger.net.hex(), time_ms=door.now_ms())

    @app.post(f"{API}/session")
    def begin(proof: Proof, request: Request, response: Response) -> Session:
        """A signed challenge begins a session: Ed25519 over `shanyrak/sign-in/1`, `session`, network and challenge."""
        refuse_elsewhere(request)
        key = bytes.fromhex(proof.key)
        secret = door.sessions.begin(key, bytes.fromhex(proof.challenge), bytes.fromhex(proof.sig), door.ledger.net)
        with door.turn:
            admitted = bool(viewer_of(door.ledger, key, door.now_ms()).roles)
        if not admitted:
            door.sessions.end(secret)
            raise NotAdmitted(
                "this network has not admitted this device", where=proof.key[:12], mend="Ask for an invitation"
            )
        response.headers["cache-control"] = "no-store"
        response.set_cookie(
            COOKIE,
            secret.hex(),
            max_age=WHOLE_MS // 1000,
            path=API,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return told(key, secret)

    @app.get(f"{API}/session")
    def who(request: Request, response: Response) -> Session:
        """Who is signed in, with the roles they have now."""
        response.headers["cache-control"] = "no-store"
        return told(door.viewer(request).key, secret_of(request))

    @app.delete(f"{API}/session", status_code=204)
    def end(request: Request, response: Response) -> None:
        """Sign out; nothing is wrong where nobody was signed in."""
        refuse_elsewhere(request)
        door.sessions.end(secret_of(request))
        response.delete_cookie(COOKIE, path=API)
