"""Two servers whose ledgers are equal in public terms answer alike at every moment: status, headers, bytes, order.

What the ledgers keep secret differs (``tests/twin_ledgers.py``). Both are published and served as they would be; of
each answer everything that goes over the line is compared but the server's ``date``.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient

from shanyrak.app.published import Published
from shanyrak.app.publishing import Publisher
from shanyrak.app.visitors import Limits, Visitors
from shanyrak.facts.signing import Signer
from shanyrak.publish.deployment import load_deployment
from shanyrak.server.public import PublicSide
from shanyrak.server.site import Site, create_everybody
from tests.drawn_publishing import drawn_town
from tests.twin_ledgers import KYIV, Pair, World, twins

DEPLOYMENT = load_deployment()
TOWN = drawn_town(KYIV)
API = ("points", "status", "accounts", "manifest")


class Served:
    """One of the two worlds, published and served."""

    def __init__(self, world: World, folder: Path) -> None:
        signer = world.ledger.signer
        assert isinstance(signer, Signer)
        self.world, self.folder, self.now_ms = world, folder, 0
        self.publisher = Publisher(
            world.ledger, TOWN, folder, signer=signer, deployment=DEPLOYMENT, now_ms=lambda: self.now_ms,
            seconds=lambda: 0.0, served=True,
        )  # fmt: skip
        published = Published(folder)
        limits = Limits(lambda: self.now_ms / 1000, b"k" * 32)
        visitors = Visitors(is_public=published.is_point, write=lambda *_: None, limits=limits)
        everybody = create_everybody(published, visitors, lambda _: None, now_ms=lambda: self.now_ms)
        public = PublicSide(folder)
        self.client = TestClient(Site(public=public, everybody=everybody, plan=public), base_url="http://warm.example")

    def at(self, now_ms: int) -> list[object]:
        """All that can be asked at a moment, and the answers."""
        self.now_ms = now_ms
        self.world.hear_until(now_ms)
        self.publisher.publish()
        files = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
        digests: list[object] = []
        for path in [*files, "", "nothing", *(f"api/v1/public/{one}" for one in API)]:
            for packed in ("gzip", "identity"):
                answer = self.client.get(f"/{path}", headers={"accept-encoding": packed})
                content = hashlib.sha256(answer.content).hexdigest()
                digests.append((path, answer.status_code, answer.headers.raw, content))
        for word in ("shut", "open"):  # the second is too many; of a point that is hidden both are unknown
            for id in ("0" * 64, *sorted(self.world.names)):
                answer = self.client.post("/said", json={"point": id, "state": word})
                digests.append((id, answer.status_code, answer.headers.raw, answer.content))
        return digests


def check(pair: Pair, every: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        one, other = (
            Served(World(pair.public, secret), Path(scratch) / name) for secret, name in ((pair.a, "a"), (pair.b, "b"))
        )
        for now_ms in pair.moments[::every]:
            assert one.at(now_ms) == other.at(now_ms)


@pytest.mark.slow
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(twins())
def test_what_goes_over_the_line_is_equal_at_every_moment(pair: Pair) -> None:
    check(pair, every=18)
