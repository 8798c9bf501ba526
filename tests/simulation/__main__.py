"""Replay one world, or run many: ``python -m tests.simulation --seed N``."""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.faults import MUST_OCCUR
from tests.simulation.run import Report, run_many, run_world, shrink, total
from tests.simulation.world import PLANS


def main() -> int:
    """Exit 0: every promise held. 1: one did not; what, and the command that replays it."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the world to run, or the first of many")
    parser.add_argument("--world", choices=sorted(PLANS), default="small", help="how large")
    parser.add_argument("--seeds", type=int, default=1, help="how many worlds, one after the other seed")
    parser.add_argument("--long", action="store_true", help="winters of hundreds of devices")
    parser.add_argument("--without", action="append", default=[], metavar="FAULT", help="leave a fault out")
    parser.add_argument("--shrink", action="store_true", help="leave out every fault a failing world can do without")
    chosen = parser.parse_args()
    plan = "winter" if chosen.long else chosen.world
    started = time.perf_counter()
    if chosen.seeds == 1:
        reports = [run_world(chosen.seed, PLANS[plan], without=chosen.without)]
    else:
        reports = run_many(plan, range(chosen.seed, chosen.seed + chosen.seeds))
    say(f"{len(reports)} worlds ({plan}), {sum(one.facts for one in reports)} facts said, ", end="")
    say(f"{time.perf_counter() - started:.1f} s")
    for name, count in sorted(total(reports).items()):
        say(f"  {count:7d}  {name}")
    missing = [name for name in MUST_OCCUR if not total(reports)[name]]
    if missing:
        say(f"never happened: {', '.join(missing)}")
    broken = [one for one in reports if one.broken]
    for one in broken[:20]:
        tell(one)
    if broken:
        say(f"{len(broken)} of {len(reports)} worlds failed")
    if broken and chosen.shrink:
        left = shrink(broken[0].seed, PLANS[plan])
        say(f"seed {broken[0].seed} fails with these faults alone: {', '.join(left) or 'none'}")
    return 1 if broken else 0


def tell(one: Report) -> None:
    """A world that failed."""
    say(f"\n{one.broken}\n{one.where}\nreplay: {one.replay}")


def say(text: str, end: str = "\n") -> None:
    """Print a line."""
    sys.stdout.write(text + end)


if __name__ == "__main__":
    sys.exit(main())
