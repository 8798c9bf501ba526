"""A device of a simulated network: a disk, a key, a clock that is never quite right, and the real ledger on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from shanyrak.core.errors import InvalidInput, NotFound, Unavailable
from shanyrak.facts.fact import Fact
from shanyrak.facts.ledger import Ledger, Standing
from shanyrak.facts.rules import Rules
from shanyrak.facts.signing import Signer, verify
from shanyrak.facts.store import Row
from tests.simulation.disk import Disk

DAY_MS = 86_400_000
FAULTS_OF_THE_LEDGER = (Unavailable, InvalidInput, NotFound)
"""What a caller has to expect of the ledger; anything else is a fault of ours and ends the world."""


class Memo:
    """A verifier that checks every (key, message, signature) once for all devices of a world."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes, bytes], bool] = {}

    def __call__(self, asked: Sequence[tuple[bytes, bytes, bytes]]) -> list[bool]:
        known = self._known
        for one in asked:
            if one not in known:
                known[one] = verify(*one)
        return [known[one] for one in asked]


class Device:
    """One device.

    Parameters
    ----------
    full : it holds everything; else only ``places`` (points, areas) and the network
    time_ms : the true time, which the device does not know
    make_ledger : makes its ledger over its disk; a broken variant may stand in
    """

    def __init__(
        self,
        name: str,
        *,
        signer: Signer,
        disk: Disk,
        rules: Rules,
        role: str,
        full: bool,
        draw: Random,
        time_ms: Callable[[], int],
        verifier: Memo,
        make_ledger: Callable[..., Ledger] = Ledger,
    ) -> None:
        self.name = name
        self.signer = signer
        self.disk = disk
        self.rules = rules
        self.role = role
        self.full = full
        self.places: set[bytes] = set()
        self.offset_ms = draw.randint(-90_000, 90_000)
        self.drift_ppm = draw.randint(-50, 50)
        self.alone_until_ms = 0
        self.restarts = 0
        self.kept: dict[int, set[bytes]] = {}
        """What each of its disks has ever kept, by number of the disk."""
        self.own: set[bytes] = set()
        """What was said here and reported as kept, on any of its disks."""
        self._draw = draw
        self._true_ms = time_ms
        self._started_ms = time_ms()
        self._verifier = verifier
        self._make_ledger = make_ledger
        self._seen = 0
        self.ledger = self._open()

    def _open(self) -> Ledger:
        return self._make_ledger(
            self.disk,
            self.rules,
            signer=self.signer,
            now_ms=self.now_ms,
            random=self._draw.randbytes,
            verifier=self._verifier,
        )

    def now_ms(self) -> int:
        """What its clock shows [ms]."""
        true = self._true_ms()
        return max(0, true + self.offset_ms + (true - self._started_ms) * self.drift_ppm // 1_000_000)

    @property
    def headquarters(self) -> bool:
        """Whether it stands at headquarters (whoever still trusts it)."""
        return self.role == "headquarters"

    def restart(self) -> None:
        """The program starts again over what is on the disk."""
        self.restarts += 1
        self.ledger = self._open()

    def put_in(self, disk: Disk) -> None:
        """Another disk, and the program starts again."""
        self.note()
        self.disk = disk
        self._seen = 0
        self.restart()
        self.note()

    def note(self) -> list[Row]:
        """Write down, outside the simulated world, what this disk keeps by now; returns what is new."""
        rows = []
        for number, row in self.disk.arrived(self._seen):
            self._seen = number
            rows.append(row)
        self.kept.setdefault(self.disk.number, set()).update(row.id for row in rows)
        return rows

    def scopes(self) -> frozenset[bytes] | None:
        """What it exchanges: everything, or the places it is for, the network, and whatever else it has."""
        if self.full:
            return None
        return frozenset({*self.places, *(chain.key.scope for chain in self.disk.all_chains()), self.ledger.net, b""})

    def standing(self, fact: bytes) -> Standing | None:
        """What its screen says of a fact; None where it is not here."""
        try:
            return self.ledger.standing(fact)
        except NotFound:
            return None

    def facts(self) -> list[Fact]:
        """All it has, in order of arrival."""
        return [row.fact for _, row in self.disk.arrived()]
