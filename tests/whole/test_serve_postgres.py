"""``shanyrak serve --db postgresql://...``, whole: founded there, a sign-in, a report, what it makes of the place."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shanyrak.app.invites import token_text
from shanyrak.app.network import Networks
from shanyrak.app.sessions import redeem_message, session_message
from shanyrak.facts.framing import encode
from shanyrak.facts.messages import Give, Taken, read_message, write_message
from shanyrak.facts.signing_in import sign_in
from shanyrak.wiring_desk import invites_of
from tests.conftest import run_program
from tests.postgres import Server, database_of, running_server
from tests.unit.facts.exchange_drawn import Device
from tests.whole.test_serve_first import serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with running_server() as server:
        yield server


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class OnDuty:
    """A phone of the school, as its app speaks: invited, signed in, reporting."""

    def __init__(self, browser: httpx.Client, token: bytes) -> None:
        self._browser = browser
        # Its key is needed before the network's id is known, which the invitation tells.
        signer = Device("phone", b"").signer
        sig = signer.sign(redeem_message(token, signer.public)).hex()
        body = {"token": token_text(token), "key": signer.public.hex(), "sig": sig}
        self.member = browser.post("/api/v1/invites/redeem", json=body).raise_for_status().json()
        self.device = Device("phone", bytes.fromhex(self.member["net"]))

    def sign_in(self) -> dict[str, object]:
        """A session for reading."""
        key = self.device.signer.public.hex()
        asked = self._browser.post("/api/v1/session/challenge", json={"key": key}).json()
        message = session_message(self.device.net, bytes.fromhex(asked["challenge"]))
        proof = {"key": key, "challenge": asked["challenge"], "sig": self.device.signer.sign(message).hex()}
        return dict(self._browser.post("/api/v1/session", json=proof).raise_for_status().json())

    def report(self, kind: str, point: bytes, **body: object) -> Taken:
        """Say and give."""
        fact = self.device.say(kind, dict(body), about=point, scope=point, at=(now_ms(), 0))
        give = write_message(Give(self.device.net, encode([fact], self.device.net)))
        headers = {"content-type": "application/octet-stream"} | sign_in(
            self.device.signer, self.device.net, give, now_ms()
        )
        answer = read_message(self._browser.post("/api/v1/exchange", content=give, headers=headers).content)
        assert isinstance(answer, Taken)
        return answer


def test_a_network_kept_in_postgresql_is_founded_signed_into_reported_to_and_published(
    postgres: Server, tmp_path: Path
) -> None:
    home, url = tmp_path / "home", postgres.new_database()
    with serving(home, "--db", url) as (address, said):
        assert said[0].startswith("Founded 'Warm points'")
        assert not list((home / "network").glob("*.sqlite*")), "nothing of the record lies beside it"
        network = Networks(home, now_ms).real
        with network.open() as ledger:
            body = {"names": {"en": "School"}, "kind": "school", "lon_e7": 305_000_000, "lat_e7": 504_000_000}
            point = ledger.say("point.described", body).id
        with httpx.Client(base_url=address, trust_env=False, timeout=30) as browser:
            phone = OnDuty(browser, invites_of(network).make("host", point))
            assert phone.member["role"] == "host"
            session = phone.sign_in()
            assert session["roles"] == [{"role": "host", "scope": point.hex(), "until_ms": None}]
            assert phone.report("point.opened", point).new == 1
            assert phone.report("visit.counted", point, visits=12).new == 1

            whole = browser.get(f"/api/v1/desk/points/{point.hex()}").raise_for_status().json()
            assert (whole["ref"]["state"], whole["ref"]["by"], whole["visits_24h"]) == ("open", "duty", 12)
            for _ in range(300):  # everybody is told as well
                told = browser.get(f"/api/v1/public/points/{point.hex()}")
                if told.status_code == 200 and "open" in told.text:
                    break
                time.sleep(0.1)
            assert "open" in told.text
        kept = postgres.run(database_of(url), "SELECT count(*) FROM facts")
        assert kept[0][0] >= 5

    # Another program over the same record sees the same, and its state is what the facts fold to.
    shown = json.loads(run_program("point", "show", point.hex(), "--json", home=home).stdout)
    assert shown["state"] == "open"
    checked = run_program("ledger", "verify", home=home)
    assert checked.returncode == 0, checked.stderr + checked.stdout
    with serving(home) as (address, said), httpx.Client(base_url=address, trust_env=False) as browser:
        assert not any(line.startswith("Founded") for line in said), "the next time it is there"
        challenge = browser.post("/api/v1/session/challenge", json={"key": "ab" * 32}).json()
        assert challenge["net"] == phone.device.net.hex()
