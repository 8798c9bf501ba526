"""Worlds from beginning to end, many of them, and the smallest set of faults with which a bad one still fails."""

from __future__ import annotations

import os
import traceback
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.simulation import acts
from tests.simulation.checks import Broken, check
from tests.simulation.device import DAY_MS, Device
from tests.simulation.faults import FAULTS, one_fault
from tests.simulation.line import FAULTS as LINE_FAULTS
from tests.simulation.world import PLANS, SMALL, START_MS, Plan, Variant, World

ROUNDS = 8
"""Rounds in which everybody meets everybody before rest must be reached."""


@dataclass
class Report:
    """What became of one world."""

    seed: int
    plan: str
    broken: str = ""
    """Which promise did not hold; empty where all did."""
    where: str = ""
    devices: int = 0
    facts: int = 0
    """Said by people and machines, receipts not counted."""
    days: int = 0
    """True time that passed."""
    faults: Counter[str] = field(default_factory=Counter)
    state: str = ""
    """State hash of headquarters."""

    @property
    def replay(self) -> str:
        """The command that replays this world."""
        return f"python -m tests.simulation --world {self.plan} --seed {self.seed}"


def live(world: World) -> None:
    """The life of a world: founding, then acts and faults until enough was said."""
    acts.found(world)
    plan = world.plan
    for _ in range(plan.acts):
        if world.said >= world.wanted:
            break
        world.pass_time()
        chance = world.draw.random()
        if chance < plan.fault_rate:
            one_fault(world)
        elif chance < plan.fault_rate + plan.sync_rate:
            acts.exchange(world)
        elif chance < plan.fault_rate + plan.sync_rate + 0.03:
            acts.visitors(world)
        elif chance < plan.fault_rate + plan.sync_rate + 0.04 and len(world.backups) < 12:
            acts.back_up(world)
        else:
            device = world.draw.choice(world.devices)
            if device.ledger.net:
                acts.speak(world, device)
            else:
                world.sync(device, world.draw.choice(world.at_headquarters()))


def rest(world: World) -> None:
    """Faults stop, what was held back arrives, backups are read again, and everybody meets everybody."""
    world.calm, plan = True, world.plan
    for device in world.devices:
        device.disk.steady()
        device.alone_until_ms = 0
        if device.rules is not world.rules and world.draw.random() < 0.5:
            device.rules = world.rules
            device.restart()
    for device, request in world.in_flight:
        world.arrive(device, request)
    centre = world.at_headquarters()
    for disk in world.checked:
        world.hand_over(centre[0], [row.fact for _, row in disk.arrived()])
    met: dict[tuple[int, int], tuple[object, object, object]] = {}
    for _ in range(ROUNDS):
        moved = False
        for device in world.devices:
            # In a large world what reached one headquarters reaches the other when these two meet.
            for peer in centre if plan is SMALL or device.headquarters else centre[:1]:
                pair, scopes = (id(device), id(peer)), device.scopes()
                if device is peer or met.get(pair) == (scopes, _holds(device), _holds(peer)):
                    continue  # they have met about this, and neither has learnt anything since
                moved = True
                if not world.sync(device, peer, rate=0.0):
                    raise Broken(f"{device.name} cannot exchange with {peer.name} although nothing is in the way")
                # A phone that lost its storage learns only by meeting what it should ask for.
                met[pair] = (scopes, _holds(device), _holds(peer))
        if not moved:
            return
    raise Broken(f"no rest after {ROUNDS} rounds of exchange")


def _holds(device: Device) -> tuple[int, int]:
    """How many facts a device has, and of how many the body is not there."""
    return device.disk.count(), len(device.disk.without_body())


def run_world(seed: int, plan: Plan = SMALL, variant: Variant | None = None, without: Iterable[str] = ()) -> Report:
    """One world; a promise that did not hold is in the report, a fault of the program with where it arose."""
    report = Report(seed, plan.name)
    world = World(seed, plan, variant=variant, without=frozenset(without))
    try:
        live(world)
        rest(world)
        check(world)
        report.state = world.at_headquarters()[0].ledger.state_hash().hex()
    except AssertionError as fault:
        report.broken, report.where = str(fault) or "an assertion of the program", traceback.format_exc()
    except Exception as fault:
        report.broken, report.where = f"{type(fault).__name__}: {fault}", traceback.format_exc()
    report.devices, report.facts, report.faults = len(world.devices), world.said, world.faults
    report.days = (world.now - START_MS) // DAY_MS
    return report


def run_small(seed: int) -> Report:
    """One small world (for other processes)."""
    return run_world(seed)


def run_large(seed: int) -> Report:
    """One large world (for other processes)."""
    return run_world(seed, PLANS["large"])


def run_winter(seed: int) -> Report:
    """One winter (for other processes)."""
    return run_world(seed, PLANS["winter"])


RUNNERS = {"small": run_small, "large": run_large, "winter": run_winter}


def run_many(plan: str, seeds: Iterable[int], *, processes: int | None = None) -> list[Report]:
    """Worlds of one plan, spread over processes, in the order of their seeds."""
    with ProcessPoolExecutor(processes or min(2, os.cpu_count() or 1)) as pool:
        return list(pool.map(RUNNERS[plan], seeds, chunksize=8 if plan == "small" else 1))


def run_small_beside_large(seeds: Iterable[int], large: int) -> tuple[list[Report], Report]:
    """Many small worlds and one large one at the same time, on two processes."""
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        beside = pool.submit(run_large, large)
        return list(pool.map(run_small, seeds, chunksize=4)), beside.result()


def total(reports: Iterable[Report]) -> Counter[str]:
    """How often each fault happened in all of them."""
    counted: Counter[str] = Counter()
    for report in reports:
        counted.update(report.faults)
    return counted


def shrink(seed: int, plan: Plan, variant: Variant | None = None) -> list[str]:
    """Faults without which this world no longer fails, the rest left out one after the other."""
    out: set[str] = set()
    names = [*FAULTS, *LINE_FAULTS]
    for name in names:
        if run_world(seed, plan, variant, out | {name}).broken:
            out.add(name)
    return [name for name in names if name not in out]


__all__ = ["Device", "Report", "run_many", "run_world", "shrink", "total"]
