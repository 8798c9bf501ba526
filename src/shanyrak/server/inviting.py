"""Invitations over HTTP.

POST   /api/v1/invites/redeem   whoever holds a link: this device is admitted
POST   /api/v1/invites          desk and admin: a new one; its token is told once
GET    /api/v1/invites          those still open
DELETE /api/v1/invites/<id>     taken back
"""

from __future__ import annotations

import base64
from typing import Literal

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field

from shanyrak.app.devices import check_role, redeem, scope_name
from shanyrak.app.invites import HOUR_MS, Invites, read_token, token_text
from shanyrak.app.sessions import redeem_message
from shanyrak.core.errors import NotFound
from shanyrak.facts.signing import verify
from shanyrak.facts.signing_in import NotAdmitted, NotSignedIn
from shanyrak.server.http import API
from shanyrak.server.signing_in import HEX_32, HEX_64, Doorkeeper, Strict, refuse_elsewhere


class Redeeming(Strict):
    """An invitation and the key that takes it up; `sig` is over `shanyrak/sign-in/1`, `redeem`, SHA-256(token), key."""

    token: str = Field(min_length=43, max_length=43, pattern="^[A-Za-z0-9_-]+$")
    key: str = Field(pattern=HEX_32)
    sig: str = Field(pattern=HEX_64)


class Redeemed(BaseModel):
    """What the device is now."""

    net: str
    network: str
    server_key: str
    role: str
    scope: str
    scope_name: str
    founding: str
    """stream of spec/exchange.md, base64url"""


class Inviting(Strict):
    """Whom to invite."""

    role: Literal["host", "desk", "driver", "inspector", "admin"]
    scope: str = Field(default="", pattern="^([0-9a-f]{64})?$", description="Place or area; empty: the whole network.")
    name: str = Field(default="", max_length=80)
    until_ms: int = Field(default=0, ge=0, le=2**52, description="Until when the role is given; 0: it goes on.")


class Made(BaseModel):
    """A new invitation; the token is not told again."""

    id: str
    token: str
    path: str
    """what follows the server's address in the link"""
    expires_ms: int


class Open(BaseModel):
    """An invitation nobody took up yet."""

    id: str
    role: str
    scope: str
    scope_name: str
    name: str
    made_ms: int
    expires_ms: int


class OpenList(BaseModel):
    """The newest first."""

    invites: list[Open]


def link_path(role: str, token: bytes) -> str:
    """What follows a server's address in the link of an invitation; the token never reaches a log."""
    return f"{'desk' if role in ('desk', 'admin') else 'host'}/#invite={token_text(token)}"


def add_invites(app: FastAPI, door: Doorkeeper, invites: Invites) -> None:
    """Add the routes."""

    @app.post(f"{API}/invites/redeem")
    def take_up(asked: Redeeming, request: Request, response: Response) -> Redeemed:
        """Admit the device that holds an invitation. Once, within an hour."""
        refuse_elsewhere(request)
        token, key = read_token(asked.token), bytes.fromhex(asked.key)
        if not verify(key, redeem_message(token, key), bytes.fromhex(asked.sig)):
            raise NotSignedIn("the signature does not verify", where="sig", mend="Sign with the key to be admitted")
        with door.turn:
            done = redeem(door.ledger, invites, token, key, now_ms=door.now_ms())
        response.headers["cache-control"] = "no-store"
        signer = door.ledger.signer
        return Redeemed(
            net=done.net.hex(),
            network=done.network,
            server_key=signer.public.hex() if signer else "",
            role=done.role,
            scope=done.scope.hex(),
            scope_name=done.scope_name,
            founding=base64.urlsafe_b64encode(done.founding).decode().rstrip("="),
        )

    @app.post(f"{API}/invites", status_code=201)
    def invite(asked: Inviting, request: Request, response: Response) -> Made:
        """Invite somebody to a role that your own may admit to."""
        viewer = door.allowed(request, "invites")
        with door.turn:
            scope = bytes.fromhex(asked.scope) if asked.scope else door.ledger.net
            if scope != door.ledger.net and (door.ledger.thing(scope) is None or not viewer.runs(scope)):
                raise NotFound("there is no such place", where="scope", mend="Name a place or an area of yours")
            check_role(door.ledger, asked.role, scope)
            if not viewer.admits(asked.role, scope):
                raise NotAdmitted(
                    f"your role may not admit to the role {asked.role} there", where="role", mend="Ask an admin"
                )
        token = invites.make(asked.role, scope, name=asked.name.strip(), by=viewer.key, until_ms=asked.until_ms)
        made = invites.find(token)
        response.headers["cache-control"] = "no-store"
        path = link_path(asked.role, token)
        return Made(id=made.id, token=token_text(token), path=path, expires_ms=made.made_ms + HOUR_MS)

    @app.get(f"{API}/invites")
    def listed(request: Request, response: Response) -> OpenList:
        """Invitations nobody took up yet, as far as you run what they are for."""
        viewer = door.allowed(request, "invites")
        response.headers["cache-control"] = "no-store"
        with door.turn:
            return OpenList(
                invites=[
                    Open(
                        id=one.id,
                        role=one.role,
                        scope=one.scope,
                        scope_name=scope_name(door.ledger, bytes.fromhex(one.scope)),
                        name=one.name,
                        made_ms=one.made_ms,
                        expires_ms=one.made_ms + HOUR_MS,
                    )
                    for one in invites.open()
                    if viewer.runs(bytes.fromhex(one.scope))
                ]
            )

    @app.delete(f"{API}/invites/{{id}}", status_code=204)
    def cancel(id: str, request: Request) -> None:
        """Take an invitation back."""
        viewer = door.allowed(request, "invites")
        with door.turn:
            found = [one for one in invites.open() if one.id == id and viewer.runs(bytes.fromhex(one.scope))]
        if not found:
            raise NotFound("there is no such invitation", where="id", mend=f"GET {API}/invites lists them")
        invites.cancel(id)
