"""An opening order whose every prefix is good.

Most demand over all prefixes together: with K sites opened one after the other, a cell counts once for each step
at which it is covered, K times where the first site covers it. Choosing "candidate j at step t" is a gradual
covering with degree K - t + 1 in which each step has one candidate (the nested covering of Cordeau, Furini and
Ljubic, and of multi-period maximal covering: Gunawardane 1982, European Journal of Operational Research 10(2)).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np

from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import LongArray
from shanyrak.plan.result import Siting
from shanyrak.plan.variants.cells import read_cells
from shanyrak.plan.variants.choice import Options, read_choice
from shanyrak.plan.variants.gradual import Gradual
from shanyrak.plan.variants.savings import Pairs
from shanyrak.plan.variants.solve import solve


@dataclass(eq=False)
class _Steps(Gradual):
    """Columns are (step, candidate): ``step * n + candidate``."""

    n: int = 0
    name: str = "opening_order"

    def told(self, value: int) -> int | float:
        return value if self.unit == 1 else value / self.unit


def opening_order(cover: Any, demand: Any, k: int, **options: Unpack[Options]) -> Siting:
    """Choose k sites and the order in which to open them so that all prefixes together cover most.

    Parameters
    ----------
    cover, demand, k : as in ``maximal_covering``
    **options : see ``Options``; conflicts, places and costs say nothing here

    Returns
    -------
    Siting
        ``sites`` in opening order; ``objective``: demand covered, summed over the k prefixes; ``allocation``:
        (k,) the demand that each prefix covers, in whole units. What this costs against the best set of each size
        is told by ``curve``, which gives these with their bounds.
    """
    if any(options.get(name) for name in ("conflicts", "places", "costs")):
        raise InvalidInput("an order knows neither conflicts nor places nor costs", where="options")
    cells = read_cells(cover, demand)
    n, plain = cells.candidates, read_choice(cells.candidates, k, options)
    steps = plain.k
    # fixed sites cover from the beginning: what they cover counts at every step, whatever is opened
    settled = cells.served(plain.fixed)
    base = int(cells.demand[settled].sum()) * steps
    left = np.where(settled, 0, cells.demand)
    ptr = np.concatenate([[0], np.cumsum(np.repeat(np.diff(cells.row_ptr) * steps, 1))]).astype(np.int64)
    size = np.diff(cells.row_ptr)
    cell = np.repeat(np.arange(cells.count), size * steps)
    place = np.arange(len(cell)) - ptr[cell]
    step, which = np.divmod(place, np.maximum(size[cell], 1))
    site = step * n + cells.row_col[cells.row_ptr[cell] + which]
    pairs = Pairs(ptr, site.astype(np.int32), (steps - step).astype(np.int64), n * steps)
    shut = np.concatenate([plain.forbidden, plain.fixed]).astype(np.int64)
    forbidden = np.sort((np.arange(steps)[:, None] * n + shut[None]).ravel()).astype(np.int32)
    choice = replace(
        plain,
        candidates=n * steps,
        fixed=np.zeros(0, np.int32),
        forbidden=forbidden,
        places=np.repeat(np.arange(steps), n).astype(np.int64),
        conflicts=np.zeros((0, 2), np.int64),
    )
    answer = solve(_Steps(pairs, left, cells.unit, choice, n=n), options)
    return _read(answer, steps, n, base, settled, cells.demand, cells.unit, _reader(cells, plain.free))


def _reader(cells: Any, free: Any) -> Any:
    return lambda j: cells.served(np.array([j], np.int32))


def _read(
    answer: Siting, steps: int, n: int, base: int, settled: Any, demand: LongArray, unit: int, covers: Any
) -> Siting:
    """The answer in terms of candidates: steps in order, bases added."""
    step, site = np.divmod(answer.sites, n)
    order = site[np.argsort(step)]
    known = dict.fromkeys(order.tolist())
    reached, prefixes = settled.copy(), []
    for j in known:
        reached |= covers(j)
        prefixes.append(int(demand[reached].sum()))
    prefixes += [int(demand[reached].sum())] * (steps - len(prefixes))
    more = base if unit == 1 else base / unit
    objective, bound = answer.objective + more, answer.bound + more
    return replace(
        answer,
        sites=np.array(list(known), np.int64),
        objective=objective,
        bound=bound,
        gap=0.0 if answer.proven else (bound - objective) / bound,
        history=[(at, low + more, high + more) for at, low, high in answer.history],
        allocation=np.array(prefixes, np.int64),
    )
