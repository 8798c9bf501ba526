"""A p-center whose sites are few beside its places: a few demand points at a time, the shortest radius first.

Where each site serves hundreds, lists of who reaches whom are long, and nearly everybody is reached as a matter of
course. So only rows are looked at, demand points that are hard to reach together, and the radius is the shortest that
they allow: sites that reach the rows within it leave others out, the farthest of those join, and the radius grows as
little as that asks for (Chen and Chen 2009; Contardo, Iori and Kramer 2019). Rows stay few that way, since each was
needed at a radius that no choice beats. Each choice met is moved a little, every site to the middle of those it
serves, and is a candidate for the best.

References
----------
Chen and Chen (2009), New relaxation-based algorithms for the optimal solution of the continuous and discrete p-center
problems, Computers and Operations Research 36(5), 1646-1655, doi:10.1016/j.cor.2008.03.009.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shanyrak.core.units import FloatArray, IntArray, LongArray
from shanyrak.plan.center_cover import CoverQuestion
from shanyrak.plan.distances import nearest
from shanyrak.plan.median_proof import dual_of
from shanyrak.plan.proof import Case

if TYPE_CHECKING:
    from shanyrak.plan.center_run import CenterRun

_ROUNDS = 8
"""Times all sites are moved to the middle of those they serve."""
_MIDDLE = 24
"""Demand points a middle is found over, at most."""
_FIRST_NODES, _FEW = 120, 6
_FINE = 400
"""The relaxation's radius is found to this part of the best."""


def close_in(run: CenterRun) -> None:
    """Until it is proven (or Stop): by sites that the relaxation rounds to, then by whole choices.

    Where those take too many cases, demand points that a relaxed choice does not reach become rows as well.
    """
    relax(run, whole_only=True)
    nodes, relaxed = _FIRST_NODES, False
    while True:
        undecided, top = run.best, False
        while True:
            run.stop_if_done()
            undecided = min(undecided, run.best)
            left = undecided - run.bound
            if left <= 0:
                break
            # where a radius was refuted the longest is asked for next: its "no" ends all
            radius = undecided - 1 if top or left <= _FEW else run.bound + left // 2
            answer = run.try_radius(radius, relaxed=False, most_nodes=nodes)
            top = answer is False
            if answer is None:
                undecided = radius
                if not relaxed:
                    relax(run, whole_only=False)
                    relaxed = True
        nodes *= 2


def relax(run: CenterRun, *, whole_only: bool) -> None:
    """Raise the bound to what the relaxation over the rows leaves, where rows join at that radius only.

    ``whole_only``: as long as rounding gives sites that reach the rows.
    """
    step = max(1, run.best // (8 if whole_only else _FINE))
    while True:
        question, lean, radius = _open_radius(run, step)
        step = max(1, run.best // _FINE)
        sites = run.rounded(question, lean)
        run.work += question.work
        before = len(run.rows)
        if sites is not None:
            take_moved(run, sites, radius)
        if len(run.rows) == before:
            spread = np.zeros(run.task.candidates)
            spread[question.site] = lean
            if whole_only or not run.join_least(run.reached(spread, radius), 0.999):
                return


def _open_radius(run: CenterRun, step: int) -> tuple[CoverQuestion, FloatArray, int]:
    """The shortest radius, to a part of ``_FINE``, that the relaxation over the rows leaves open.

    Steps up from the bound double from ``step`` on until a radius is open, then halve.
    """
    found: tuple[CoverQuestion, FloatArray, int] | None = None
    while True:
        run.stop_if_done()
        if found is None:
            radius = min(run.bound + step - 1, run.best - 1)
        else:
            left = found[2] - run.bound
            if left <= run.best // _FINE:
                return found
            radius = run.bound + left // 2
        question = run.question(radius)
        y, u, multiplier = question.relaxed(run.forced, question.banned, run.seconds_left())
        run.work += question.work
        question.work = 0
        if question.refutes(u, multiplier, run.forced, run.banned):
            run.too_short(radius, Case(by=dual_of(question.spread(u), multiplier)))
            step *= 2
        else:
            found = question, y, radius


def take_moved(run: CenterRun, sites: npt.NDArray[np.integer], radius: int) -> bool:
    """Try sites, and what becomes of them when each moves to its middle; whether everybody is within a radius.

    Where not, the farthest join the rows.
    """
    far = run.take(sites)
    if far.max() <= radius:
        return True
    moved = in_the_middle(run, sites)
    again = run.take(moved)
    if again.max() <= radius:
        return True
    run.join_left_out(far, radius)
    worst = int(again.argmax())
    if worst not in run.rows:
        run.join(worst)
    return False


def in_the_middle(run: CenterRun, sites: npt.NDArray[np.integer]) -> LongArray:
    """Sites, each moved to where the farthest of those it serves is nearest, as long as that helps."""
    task = run.task
    best = np.asarray(sites, np.int64)
    if task.sides.any:
        return best
    everyone = task.clients
    which, far = nearest(task.distances, best)
    longest = int(far[everyone].max())
    for _ in range(_ROUNDS):
        moved = best.copy()
        for at, site in enumerate(best.tolist()):
            served = everyone[which[everyone] == site]
            if len(served) and not run.forced[site]:
                moved[at] = _middle(run, served, site, moved)
        run.work += len(best) * (len(far) + _MIDDLE * task.candidates // 4)
        which, far = nearest(task.distances, moved)
        now = int(far[everyone].max())
        if now >= longest:
            break
        best, longest = moved, now
        if run.seconds_left() <= 0:
            break
    return best


def _middle(run: CenterRun, served: LongArray, site: int, others: LongArray) -> int:
    """The candidate whose farthest of ``served`` is nearest, over a few of them at a time."""
    distances = run.task.distances
    shut = run.banned.copy()
    shut[others] = True
    shut[site] = False
    here: IntArray = distances.columns(np.array([site]))[0][served]
    best, longest = site, int(here.max())
    client = int(served[here.argmax()])
    reach = np.where(shut, np.iinfo(np.int32).max, 0).astype(np.int32)
    for _ in range(_MIDDLE):
        np.maximum(reach, distances.rows(client, client + 1)[0], out=reach)
        new = int(reach.argmin())
        if int(reach[new]) >= longest:
            break
        here = distances.columns(np.array([new]))[0][served]
        if int(here.max()) < longest:
            best, longest = new, int(here.max())
        client = int(served[here.argmax()])
    return best
