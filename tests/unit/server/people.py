"""People of a drawn network, and their devices, for tests of what they may ask over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from shanyrak.app.invites import Invites, token_text
from shanyrak.app.sessions import Sessions, redeem_message, session_message
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.signing import Signer
from shanyrak.server.inside import create_inside
from shanyrak.server.signing_in import Doorkeeper
from tests.ledgers import START_MS, founded_ledger, point, replayed

HERE = "http://127.0.0.1:8765"


class Clock:
    """Stands where it is put; each look is a millisecond later."""

    def __init__(self) -> None:
        self.ms = START_MS

    def __call__(self) -> int:
        self.ms += 1
        return self.ms


class Town:
    """Two areas: the centre with School and Hall, the harbour with Pier. One headquarters, which is also admin."""

    def __init__(self, folder: Path, *further: Any) -> None:
        import threading

        self.clock = Clock()
        self.ledger: Ledger = founded_ledger(now_ms=self.clock)
        say = self.ledger.say
        self.centre = say("area.described", {"name": "centre", "names": {"en": "Centre"}}).id
        self.harbour = say("area.described", {"name": "harbour", "names": {"en": "Harbour"}}).id
        self.school = self._point("School", self.centre)
        self.hall = self._point("Hall", self.centre)
        self.pier = self._point("Pier", self.harbour)
        self.invites = Invites(folder / "invites.json", now_ms=self.clock, random=replayed("invites"))
        self.sessions = Sessions(self.clock, replayed("sessions"))
        self.door = Doorkeeper(self.ledger, self.sessions, threading.RLock(), self.clock)
        self.app: FastAPI = create_inside(self.door, self.invites, *further)

    def _point(self, name: str, area: bytes) -> bytes:
        return point(self.ledger, name, area=area.hex())

    def somebody(self, name: str, role: str = "", scope: bytes | None = None) -> Somebody:
        """A person with a device; admitted by headquarters where a role is given (everywhere without a scope)."""
        one = Somebody(self, name)
        if role:
            where = self.ledger.net if scope is None else scope
            thing = self.ledger.thing(where)
            about = where if thing is not None and thing.type in ("point", "area") else self.ledger.net
            body = {"key": one.key.hex(), "role": role, "scope": where.hex()}
            self.ledger.say("device.admitted", body, about=about, scope=where, sealed={"name": name})
        return one


class Somebody:
    """A device of a person, with a browser of its own."""

    def __init__(self, town: Town, name: str) -> None:
        self.town = town
        self.signer = Signer.generate(replayed(name))
        self.key = self.signer.public
        self.browser = TestClient(town.app, base_url=HERE, raise_server_exceptions=False)

    def sign_in(self) -> Any:
        """Ask for a challenge, sign it; the answer."""
        asked = self.browser.post("/api/v1/session/challenge", json={"key": self.key.hex()}).json()
        return self.prove(asked["challenge"])

    def prove(self, challenge: str) -> Any:
        """Sign a challenge; the answer."""
        sig = self.signer.sign(session_message(self.town.ledger.net, bytes.fromhex(challenge)))
        body = {"key": self.key.hex(), "challenge": challenge, "sig": sig.hex()}
        return self.browser.post("/api/v1/session", json=body)

    def redeem(self, token: bytes) -> Any:
        """Take an invitation up; the answer."""
        sig = self.signer.sign(redeem_message(token, self.key))
        body = {"token": token_text(token), "key": self.key.hex(), "sig": sig.hex()}
        return self.browser.post("/api/v1/invites/redeem", json=body)

    def invite(self, role: str, scope: bytes = b"", **more: Any) -> Any:
        """Invite somebody; the answer."""
        return self.browser.post("/api/v1/invites", json={"role": role, "scope": scope.hex(), **more})

    def get(self, path: str) -> Any:
        """Ask."""
        return self.browser.get(path)
