"""That a share is out of reach, by cases: what groups need by themselves, and how many sites of a kind are open.

Where prices get no better, the case becomes two: with at most m sites of some kind open, and with at least m + 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from shanyrak.plan.variants.part_proof import SCALE
from shanyrak.plan.variants.parted import SPARE, UNIT, Asked, Counted, Parted
from shanyrak.plan.variants.parted_sharing import Sharing

ROUNDS, FIRST = 45, 18
"""Rounds for one case, at most, and where there is only one."""
LOOKED_BACK, HOPE = 6, 3.0
"""A case is split where so many times what the last rounds brought would not be enough."""
PROOFS = 3
"""Times that a proof of one case is begun: sets that cost less may turn up in it."""
ROOM = 0.1
"""Sites beyond those that may be chosen that known sets need so that prices are looked for on and on."""
EARLY = 0.25
"""So much less than hoped for may be done before a share is given up."""
DEEPEST = 30


Timed = Callable[[Callable[[], Any], str], Any]


@dataclass(eq=False)
class PartedCase:
    """One case: so many sites of some kinds, and what is known of it."""

    counts: tuple[Counted, ...]
    asked: Asked | None
    """of the case it was split from"""
    proof: dict[str, Any] | None = None
    above: PartedCase | None = None
    below: PartedCase | None = None


class Refuting:
    """Cases of one share, until all are refuted or there is little hope."""

    def __init__(self, parted: Parted, share: int, patience: int, between: Callable[[], None]) -> None:
        """``patience``: cases, at most; ``between`` is called after each round."""
        self.parted, self.share, self.patience, self.between = parted, share, patience, between
        self.cases, self.done = 0, 0.0

    def go(self, timed: Timed, seconds_left: Callable[[], float]) -> Any:
        """What a certificate says under ``parted``; None where it did not come about.

        ``timed`` calls what it gets, or ends the run where there is no time for what has that name.
        """
        parted = self.parted
        parted.aim(self.share)
        root = PartedCase((), None)
        todo = [root]
        while todo:
            case = todo.pop()
            self.cases += 1
            if self.hopeless():
                return None
            if case.asked is not None:
                parted.enter(case.counts, case.asked)
            case.proof = self._proved(timed, seconds_left)
            if case.proof is not None:
                self.done += 0.5 ** len(case.counts)
                continue
            if self.patience == 1:
                return None
            split = timed(partial(self._split, case), "split of parts")
            if split is None:
                return None
            todo += split
        return {"share": self.share, "unit": UNIT, "scale": SCALE, "cases": _written(root)}

    def _proved(self, timed: Timed, seconds_left: Callable[[], float]) -> dict[str, Any] | None:
        """What proves the case that ``parted`` is in by prices; None where there are none, or it takes too much."""
        for _ in range(PROOFS):
            if not self._dearer(timed, seconds_left):
                return None
            proof: dict[str, Any] | None = timed(partial(self.parted.proof, seconds_left), "proof of parts")
            if proof is not None or not self.parted.relearn():
                return proof
        return None

    def hopeless(self) -> bool:
        """Whether cases are used up, or will be long before all is done."""
        used = (self.cases - 1) / self.patience
        return used >= 1.0 or used - self.done > EARLY + 0.2

    def _dearer(self, timed: Timed, seconds_left: Callable[[], float]) -> bool:
        """Whether prices are found at which groups together cost more than may be paid."""
        parted, way = self.parted, []
        for _ in range(FIRST if self.patience == 1 else ROUNDS):
            if not timed(partial(parted.round, seconds_left), "round of parts"):
                return False
            self.between()
            if parted.best.excess > SPARE:
                return True
            way.append(parted.best.excess)
            if len(way) > LOOKED_BACK and SPARE - way[-1] > HOPE * (way[-1] - way[-1 - LOOKED_BACK]):
                # sets that are known may still leave room for much better prices
                if self.patience == 1 or not self._room(timed):
                    return False
                way.clear()
        return False

    def _room(self, timed: Timed) -> bool:
        """Whether sets that are known cannot be shared by as few sites as may be chosen."""
        value: float = timed(partial(Sharing, self.parted), "sharing").value
        return value > self.parted.problem.choice.k + ROOM

    def _split(self, case: PartedCase) -> list[PartedCase] | None:
        """The two cases, the one that seems harder last."""
        if len(case.counts) >= DEEPEST:
            return None
        found = Sharing(self.parted).split()
        if found is None:
            return None
        sites, at, more_is_harder = found
        asked = self.parted.best
        case.above = PartedCase((*case.counts, Counted(sites, True, at + 1)), asked)
        case.below = PartedCase((*case.counts, Counted(sites, False, at)), asked)
        return [case.below, case.above] if more_is_harder else [case.above, case.below]


def _written(root: PartedCase) -> list[dict[str, Any]]:
    """Each case before its halves, first the one with more sites."""
    steps: list[dict[str, Any]] = []
    todo = [root]
    while todo:
        case = todo.pop()
        if case.proof is not None:
            steps.append(case.proof)
            continue
        assert case.above is not None and case.below is not None, "a case ends with a proof"
        count = case.below.counts[-1]
        steps.append({"split": np.flatnonzero(count.sites).tolist(), "at": count.many})
        todo += [case.below, case.above]
    return steps
