"""One simulated world: devices, what connects them, the true time, and what an observer knows who sees everything.

Everything is drawn from one seed. The same seed, plan and set of faults give the same world to the byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple, Protocol

from shanyrak.core.errors import NotFound, Unavailable
from shanyrak.facts.exchange import Responder, sync
from shanyrak.facts.fact import Fact
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import Rules, load_rules
from shanyrak.facts.signing import Signer
from shanyrak.facts.store import Row
from tests.simulation.device import FAULTS_OF_THE_LEDGER, Device, Memo
from tests.simulation.disk import Disk, Killed
from tests.simulation.line import FAULTS as LINE_FAULTS
from tests.simulation.line import Line
from tests.simulation.speech import Speaker, tokens

START_MS = 1_768_003_200_000  # 2026-01-10
GATHER = 24
"""Facts in one batch of a file that is handed from device to device."""


class Answering(Protocol):
    """The side of an exchange that is asked."""

    def answer(self, request: bytes) -> bytes:
        """The answer to a request."""
        ...


class RealExchange:
    """The exchange as it is."""

    def responder(self, ledger: Ledger) -> Answering:
        """The side that is asked."""
        return Responder(ledger)

    def sync(self, ledger: Ledger, ask: Callable[[bytes], bytes], scopes: Iterable[bytes] | None) -> object:
        """The side that asks."""
        return sync(ledger, ask, scopes=scopes)


def visitor_word(visitor: bytes, state: str, at_ms: int) -> dict[str, Any]:
    """What is written down of a visitor's word: the state, and the hour. Nothing of the visitor."""
    moment = datetime.fromtimestamp(at_ms // 3_600_000 * 3_600, UTC)
    return {"state": state, "happened": f"{moment:%Y-%m-%dT%H}:00Z", "via": "text"}


@dataclass(frozen=True)
class Variant:
    """What the world is made of: the real code, or something broken on purpose in its place."""

    name: str = "real"
    ledger: Callable[..., Ledger] = Ledger
    exchange: Any = field(default_factory=RealExchange)
    visitor_word: Callable[[bytes, str, int], dict[str, Any]] = visitor_word
    rules: Callable[[Rules], Rules] = lambda rules: rules


@dataclass(frozen=True)
class Plan:
    """How large a world is and how hard it is on its people.

    devices, facts : least and most; ``facts`` are those said, receipts not counted
    acts : most acts before the end, whatever was said by then
    pause_ms : least and most true time between two acts
    line_rate : share of requests that suffer a fault
    fault_rate : share of acts that are faults
    checks : how many phones are compared with a fold from scratch at the end
    """

    name: str
    devices: tuple[int, int]
    facts: tuple[int, int]
    acts: int
    pause_ms: tuple[int, int]
    line_rate: float
    fault_rate: float
    sync_rate: float
    checks: int


SMALL = Plan("small", (3, 12), (50, 300), 2_000, (60_000, 6 * 3_600_000), 0.06, 0.16, 0.2, 2)
LARGE = Plan("large", (300, 300), (1_900, 2_000), 12_000, (60_000, 1_300_000), 0.02, 0.06, 0.25, 4)  # 14 days
WINTER = Plan("winter", (150, 400), (20_000, 40_000), 120_000, (30_000, 180_000), 0.02, 0.05, 0.4, 6)
PLANS = {plan.name: plan for plan in (SMALL, LARGE, WINTER)}


class Visit(NamedTuple):
    """What the observer knows of a visitor's word; ``who`` must be nowhere in the network."""

    fact: bytes
    who: bytes
    state: str
    at_ms: int


def newer_rules(rules: Rules) -> Rules:
    """Rules of a later program: a kind nobody knew, and a second version of one that is known."""
    old = rules.kinds["status.reported"]
    tea = replace(old, name="tea.poured", body={**old.body})
    again = replace(old, v=2)
    version = sha256(b"a later program" + rules.version).digest()
    return replace(
        rules,
        version=version,
        kinds={**rules.kinds, "tea.poured": tea, "status.reported": again},
        versions={**rules.versions, ("tea.poured", 1): tea, ("status.reported", 2): again},
    )


class World:
    """See the top of this file."""

    def __init__(
        self, seed: int, plan: Plan = SMALL, *, variant: Variant | None = None, without: frozenset[str] = frozenset()
    ) -> None:
        self.seed = seed
        self.plan = plan
        self.variant = variant or Variant()
        self.without = without
        self.draw = Random(f"{plan.name}:{seed}")
        self.rules = self.variant.rules(load_rules())
        self.newer = newer_rules(self.rules)
        self.speaker = Speaker(self.rules, self.draw)
        self.newer_speaker = Speaker(self.newer, self.draw)
        self.now = START_MS
        self.verifier = Memo()
        self.paper = self.signer()
        self.devices: list[Device] = []
        self.net = b""
        self.areas: list[bytes] = []
        self.things: dict[str, list[bytes]] = {}
        self.around: dict[bytes, bytes] = {}
        self.images: list[tuple[Device, Disk]] = []
        self.backups: list[tuple[Device, Disk]] = []
        self.checked: list[Disk] = []
        self.in_flight: list[tuple[Device, bytes]] = []
        self.dead_disks: set[int] = set()
        self.faults: Counter[str] = Counter()
        self.said = 0
        self.disks = 0
        self.rows: dict[bytes, Row] = {}
        self.tokens: dict[bytes, tuple[set[bytes], set[bytes]]] = {}
        self.witnessed: set[bytes] = set()
        self.safe: set[bytes] = set()
        self.shown: dict[bytes, set[int]] = {}
        self.revoked: set[bytes] = set()
        self.visits: list[list[Visit]] = []
        self.withheld_once: list[Fact] = []
        # Small worlds are mostly nearer the least; the largest occur too.
        self.wanted = min(self.draw.randint(*plan.facts) for _ in range(8 if plan is SMALL else 1))
        self.calm = False
        self._responders: dict[int, tuple[Ledger, Answering]] = {}

    # making --------------------------------------------------------------------------------------------
    def signer(self) -> Signer:
        """A new key."""
        return Signer.from_seed(self.draw.randbytes(32))

    def disk(self, image: Disk | None = None) -> Disk:
        """A new disk, empty or with what an image holds."""
        self.disks += 1
        return Disk(self.disks) if image is None else Disk.from_image(image, self.disks)

    def device(
        self, name: str, role: str, *, full: bool, signer: Signer | None = None, disk: Disk | None = None
    ) -> Device:
        """A new device in this world."""
        made = Device(
            name,
            signer=signer or self.signer(),
            disk=disk or self.disk(),
            rules=self.rules,
            role=role,
            full=full,
            draw=self.draw,
            time_ms=lambda: self.now,
            verifier=self.verifier,
            make_ledger=self.variant.ledger,
        )
        self.devices.append(made)
        return made

    def at_headquarters(self) -> list[Device]:
        """The devices that stand at a headquarters."""
        return [device for device in self.devices if device.headquarters]

    def happens(self, fault: str) -> None:
        """A fault happened."""
        self.faults[fault] += 1

    def may(self, fault: str) -> bool:
        """Whether this fault may happen in this world."""
        return not self.calm and fault not in self.without

    def pass_time(self) -> None:
        """True time goes on; what was held back on the way may arrive."""
        self.now += self.draw.randint(*self.plan.pause_ms)
        while self.in_flight and self.draw.random() < 0.3:
            device, request = self.in_flight.pop(self.draw.randrange(len(self.in_flight)))
            self.arrive(device, request)

    def arrive(self, device: Device, request: bytes) -> None:
        """A request that was held back arrives after all; nobody waits for its answer."""
        with suppress(*FAULTS_OF_THE_LEDGER):
            self.responder(device).answer(request)
        self.see(device)

    # what the observer sees ----------------------------------------------------------------------------
    def see(self, *devices: Device) -> None:
        """Write down what came onto these devices' disks."""
        for device in devices:
            for row in device.note():
                if row.id not in self.rows or self.rows[row.id].fact.body is None:
                    self.rows[row.id] = row
                    self.tokens[row.id] = (tokens(row.fact.body), tokens(row.fact.sealed))
                if device.headquarters:
                    self.witnessed.add(row.id)

    def screen(self, device: Device) -> None:
        """A person looks at what the device says of their own facts."""
        for fact in sorted(device.own - self.safe):
            standing = device.standing(fact)
            if standing in ("headquarters", "safe"):
                if fact not in self.witnessed:
                    raise AssertionError(
                        f"{device.name} shows {fact.hex()[:12]} as {standing}; no headquarters ever had it"
                    )
                holders = {d.disk.number for d in self.at_headquarters() if fact in d.kept.get(d.disk.number, ())}
                self.shown.setdefault(fact, set()).update(holders)
            if standing == "safe":
                self.safe.add(fact)

    # connecting ----------------------------------------------------------------------------------------
    def responder(self, device: Device) -> Answering:
        """The side of a device that is asked."""
        kept = self._responders.get(id(device))
        if kept is None or kept[0] is not device.ledger:
            kept = self._responders[id(device)] = (device.ledger, self.variant.exchange.responder(device.ledger))
        return kept[1]

    def sync(self, device: Device, peer: Device, *, rate: float | None = None) -> bool:
        """One exchange, over a line with faults; True where it came to its end."""
        faults = tuple(fault for fault in LINE_FAULTS if self.may(fault))
        line = Line(
            lambda request: self.responder(peer).answer(request),
            peer.disk,
            self.draw,
            rate=self.plan.line_rate if rate is None else rate,
            faults=faults,
            happened=self.happens,
            hold_back=lambda request: self.in_flight.append((peer, request)),
            restart=peer.restart,
        )
        scopes = device.scopes()
        if scopes is None:
            scopes = peer.scopes()  # a phone is asked only for what it is there for
        try:
            self.variant.exchange.sync(device.ledger, line.ask, scopes)
            return True
        except FAULTS_OF_THE_LEDGER as fault:
            if self.calm and not isinstance(fault, Unavailable):
                raise
            return False
        except Killed:
            device.restart()
            return False
        finally:
            peer.disk.kill_when_written = False
            self.see(device, peer)
            self.screen(device)

    def hand_over(self, device: Device, facts: list[Fact], *, size: int = GATHER) -> None:
        """Give facts to a device in batches, as from a file."""
        for first in range(0, len(facts), size):
            try:
                device.ledger.accept(facts[first : first + size])
            except FAULTS_OF_THE_LEDGER:
                continue
            except Killed:
                device.restart()
        self.see(device)

    # saying --------------------------------------------------------------------------------------------
    def say(self, device: Device, kind: str, body: dict[str, Any], **where: Any) -> bytes | None:
        """A device says something; its id once it was reported as kept."""
        before = device.disk.count()
        try:
            said = device.ledger.say(kind, body, **where)
        except (Unavailable, NotFound):
            if device.disk.count() != before:
                raise AssertionError("what could not be kept was kept") from None
            return None
        except Killed:
            device.restart()
            return None
        finally:
            self.see(device)
        device.own.add(said.id)
        self.said += 1
        if device.signer.public in self.revoked and device.alone_until_ms > self.now:
            self.happens("revoked device speaks on")
        rule = device.rules.kinds[kind]
        if rule.creates and not where.get("about"):
            self.things.setdefault(rule.creates, []).append(said.id)
            self.around[said.id] = device.disk.get([said.id])[said.id].key.scope
        return said.id
