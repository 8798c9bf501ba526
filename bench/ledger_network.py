"""A drawn network for the ledger's benchmarks: points, devices and what they say through a winter, all signed.

    100 points x (2 hosts)               200 devices,   200 chains: what a city says
    2,000 points x (2 hosts + 8 drivers) 4,200 devices, 20,000 chains: what a country says

Facts come in the order in which they were written down. Signing takes the time here, so a network is made
once and kept in the system's temporary folder, as the rows that a ledger takes in.
"""

from __future__ import annotations

import hashlib
import random as drawn
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from shanyrak.facts.fact import FORMAT, Fact, Header, make_part, signed_bytes, write_header
from shanyrak.facts.signing import Signer

BEGUN_MS = 1_764_547_200_000
"""2025-12-01T00:00Z, when the first fact is written down."""
WINTER_MS = 90 * 86_400_000
_MIX = (
    ("status.reported", 50),
    ("visit.counted", 15),
    ("stock.counted", 12),
    ("stock.used", 9),
    ("stock.received", 4),
    ("point.opened", 5),
    ("point.closed", 5),
)
"""Of a hundred facts about a point."""
_PASSING = (("status.reported", 75), ("stock.counted", 20), ("stock.received", 5))
"""The same of a driver, who passes."""
_DRIVERS = 200


@dataclass(frozen=True)
class Plan:
    """How large a network is."""

    facts: int
    points: int
    drivers_per_point: int = 0

    @property
    def chains(self) -> int:
        """Chains in which points are spoken of."""
        return self.points * (2 + self.drivers_per_point)


LATEST = 100
"""Facts at the end of a network that not everybody has yet."""
CITY = Plan(facts=100_000, points=100)
COUNTRY = Plan(facts=1_000_000 + LATEST, points=2_000, drivers_per_point=8)
SMALL = Plan(facts=3_000, points=20)


class Chain:
    """A chain that is being written."""

    def __init__(self, signer: Signer, chain: bytes, net: bytes, scope: bytes) -> None:
        self.signer, self.chain, self.net, self.scope = signer, chain, net, scope
        self.seq, self.prev = 0, b""

    def say(self, kind: str, body: dict[str, Any], at: tuple[int, int], salt: bytes, about: bytes = b"") -> Fact:
        """The next fact of the chain."""
        data, body_hash = make_part(body, salt)
        header = Header(
            about=about.hex(),
            at=at,
            body_hash=body_hash.hex(),
            chain=self.chain.hex(),
            f=FORMAT,
            kind=kind,
            net=self.net.hex(),
            origin=self.signer.public.hex(),
            prev=self.prev.hex(),
            scope=self.scope.hex(),
            sealed_hash="",
            seq=self.seq,
            v=1,
        )
        raw = write_header(header)
        said = Fact(raw, self.signer.sign(signed_bytes(raw)), salt, data)
        self.seq, self.prev = self.seq + 1, said.id
        return said


def headquarters_of(seed: int = 1) -> Signer:
    """The key that founds the network: the first one drawn."""
    return Signer(drawn.Random(seed).randbytes(32))


def network(plan: Plan, seed: int = 1) -> Iterator[Fact]:
    """The facts of a network, in the order in which they were written down."""
    dice = drawn.Random(seed)

    def signer() -> Signer:
        return Signer(dice.randbytes(32))

    at = _clock(plan.facts)
    said = 0
    headquarters = signer()
    founding = Chain(headquarters, dice.randbytes(16), b"", b"")
    founded = founding.say(
        "network.founded",
        {"name": "Winter network", "recovery": signer().public.hex()},
        (BEGUN_MS, 0),
        dice.randbytes(16),
    )
    yield founded
    net = founded.id
    desk = Chain(headquarters, dice.randbytes(16), net, net)
    area = desk.say("area.described", {"name": "The town"}, next(at), dice.randbytes(16))
    yield area
    office = Chain(headquarters, dice.randbytes(16), net, area.id)
    drivers = [signer() for _ in range(_DRIVERS if plan.drivers_per_point else 0)]
    for driver in drivers:
        body = {"key": driver.public.hex(), "role": "driver"}
        yield office.say("device.admitted", body, next(at), dice.randbytes(16), area.id)
        said += 1
    chains: list[tuple[bytes, Chain, tuple[tuple[str, int], ...]]] = []
    for number in range(plan.points):
        described = office.say("point.described", _point(dice, number), next(at), dice.randbytes(16))
        yield described
        point = described.id
        local = Chain(headquarters, dice.randbytes(16), net, point)
        for _ in range(2):
            host = signer()
            body = {"key": host.public.hex(), "role": "host"}
            yield local.say("device.admitted", body, next(at), dice.randbytes(16), point)
            chains.append((point, Chain(host, dice.randbytes(16), net, point), _MIX))
        for driver in dice.sample(drivers, plan.drivers_per_point):
            chains.append((point, Chain(driver, dice.randbytes(16), net, point), _PASSING))
        said += 3
    is_open = {point: False for point, _, _ in chains}
    for number in range(plan.facts - said - 2):
        # Every chain speaks at least once; after that, who speaks is drawn.
        point, chain, mix = chains[number] if number < len(chains) else dice.choice(chains)
        kind = dice.choices([name for name, _ in mix], [weight for _, weight in mix])[0]
        if kind in ("point.opened", "point.closed"):
            kind = "point.closed" if is_open[point] else "point.opened"
            is_open[point] = not is_open[point]
        yield chain.say(kind, _body(dice, kind), next(at), dice.randbytes(16), point)


def _clock(facts: int) -> Iterator[tuple[int, int]]:
    step = WINTER_MS // facts
    return ((BEGUN_MS + step * number, 0) for number in range(1, facts + 1))


def _point(dice: drawn.Random, number: int) -> dict[str, Any]:
    return {
        "name": f"Punkt nezlamnosti {number}",
        "address": f"Tsentralna St {number}",
        "kind": dice.choice(("school", "tent", "yurt", "library", "hall")),
        "lon_e7": 305_000_000 + dice.randrange(10_000_000),
        "lat_e7": 504_000_000 + dice.randrange(5_000_000),
        "seats": dice.randrange(20, 200),
    }


def _body(dice: drawn.Random, kind: str) -> dict[str, Any]:
    """A body as a screen makes it: some 60 to 150 bytes."""
    happened = f"2025-12-{dice.randrange(1, 29):02}T{dice.randrange(24):02}:{dice.randrange(60):02}Z"
    common = {"happened": happened, "via": dice.choice(("self", "phone", "radio"))}
    said: dict[str, Any]
    if kind == "status.reported":
        seats = dice.randrange(80)
        band = ("full", "crowded", "some", "free")[min(3, seats // 10)]
        said = {"band": band, "heat_works": True, "indoor_mc": dice.randrange(12_000, 24_000), "seats_free": seats}
    elif kind == "visit.counted":
        said = {"visits": dice.randrange(60), "devices_charged": dice.randrange(40)}
    elif kind == "stock.counted":
        said = {"fuel_ml": dice.randrange(200_000), "wood_g": dice.randrange(500_000), "meals": dice.randrange(99)}
    elif kind in ("stock.used", "stock.received"):
        said = {"fuel_ml": dice.randrange(20_000), "water_ml": dice.randrange(90_000)}
    elif kind == "point.opened":
        said = {"checked": ["heat", "co_alarm", "fuel"], "open_until": "2026-02-28"}
    else:
        said = {"cause": dice.choice(("hours", "supplies", "order"))}
    return said | common


# kept -----------------------------------------------------------------------------------------------------
BATCH = 5_000
"""Facts taken in by one transaction, and documents by one ``_bulk_docs``."""


def folder() -> Path:
    """Where benchmarks of the ledger keep what takes long to make."""
    found = Path(tempfile.gettempdir()) / "shanyrak-bench"
    found.mkdir(exist_ok=True)
    return found


def kept(plan: Plan) -> Path:
    """The facts of a network in a file, made once."""
    name = hashlib.sha256(Path(__file__).read_bytes() + repr(plan).encode()).hexdigest()[:16]
    path = folder() / f"network-{name}.facts"
    if not path.is_file():
        draft = path.with_name(f"draft-{path.name}")
        facts = network(plan)
        with draft.open("wb") as file:
            while chunk := [[one.raw, one.sig, one.salt, one.body] for one in islice(facts, BATCH)]:
                packed = msgspec.msgpack.encode(chunk)
                file.write(len(packed).to_bytes(8, "big") + packed)
        draft.replace(path)
    return path


def batches(plan: Plan) -> Iterator[list[Fact]]:
    """The facts of a network, batch by batch, in the order in which they were written down."""
    with kept(plan).open("rb") as file:
        while size := file.read(8):
            packed = file.read(int.from_bytes(size, "big"))
            found = msgspec.msgpack.decode(packed, type=list[tuple[bytes, bytes, bytes, bytes]])
            yield [Fact(*parts) for parts in found]
