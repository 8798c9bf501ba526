"""That no k sites give every group a share: do the prices of a certificate prove it? Whole numbers and NumPy.

The proof is by cases, each of which says of some sets of sites that at least, or at most, so many of them are open:

{"split": P, "at": m}     the case becomes two: with at least m + 1 of sites P open (treated next), and with at most m
{"tolls": q, "groups"}    prices prove the case

In a case each site has a price p_dj >= 0 in each group d (a fixed site none), and each set a toll q >= 0. The prices of
a site add up to no more than ``unit``, and q more for each set it is in of which at most m are open, q less where at
least m are. So k sites pay k unit at most, and m q more, or m q less, for each set. For each group a proof says that no
sites that reach the share in it cost less than ``costs``; where these add up to more than is paid, the share is out of
reach. The proof of a group:

"instead"    pairs (a, b): b reaches all that a reaches in this group and costs no more, and is replaced by none. So
             the cheapest sites may be looked for without the first ones.
{"split": j} the case becomes two: with j open (treated next), and with j shut
{"leaf": d}  duals d: a worth u_i >= 0 of each cell that no fixed site reaches, and a rate R, the last. Sets S of
             sites of the case that reach the need T (without what fixed sites reach) then have

    scale p(S)  >=  R T - sum_i max(0, R w_i - u_i) where n_i > 0  +  sum over S of r_j
                    +  sum_i u_i (n_i - 1 where n_i > 1),
    r_j = scale p_j - sum of u_i over the cells of j,    n_i: how many of S reach cell i.

             All sets are built up site by site, those that reach most first; one is built further as long as this
             right side (with all r_j below 0, and all cells, that may still come in) is less than scale costs.
             No set may reach T and cost less.

Sums are of whole numbers below 2^53, so products of matrices in floating point are exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.check.certificate import Ints, Unproven, unpacked

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
MILLION = 1_000_000
EXACT = 2.0**52
CHUNK = 2048
"""Sets that are built further at once."""


class Group:
    """Who reaches whom in one group; cells that the same sites reach are one."""

    def __init__(self, cell: Ints, site: Ints, own: Ints, people: Ints, fixed: list[int], shut: list[int]) -> None:
        """``own`` are the cells of the group, ascending, ``people`` how many each counts."""
        place = np.full(int(max(cell.max(initial=-1), own.max(initial=-1))) + 1, -1)
        place[own] = np.arange(len(own))
        here = place[cell] >= 0
        at, who = place[cell[here]], site[here]
        settled = np.zeros(len(own), bool)
        settled[at[np.isin(who, fixed)]] = True
        self.base, self.settled = int(people[settled].sum()), settled
        free = ~settled[at] & ~np.isin(who, [*fixed, *shut])
        self.sites = np.unique(who[free])
        self.table = np.zeros((len(own), len(self.sites)), bool)
        self.table[at[free], np.searchsorted(self.sites, who[free])] = True
        self.people = np.where(settled, 0, people)

    def number(self, site: int) -> int:
        """The place of a site among those of the group."""
        at = int(np.searchsorted(self.sites, site))
        if at == len(self.sites) or int(self.sites[at]) != site:
            raise Unproven(f"site {site} reaches nobody new in the group")
        return at

    def replaced(self, pairs: list[list[int]], price: Ints) -> Bools:
        """(sites,) which of them another makes needless; Unproven where one does not."""
        out = np.zeros(len(self.sites), bool)
        numbers = [(self.number(int(a)), self.number(int(b))) for a, b in pairs]
        out[[a for a, _ in numbers]] = True
        for a, b in numbers:
            if out[b] or price[b] > price[a] or bool((self.table[:, a] & ~self.table[:, b]).any()):
                raise Unproven(f"site {self.sites[b]} does not replace site {self.sites[a]}")
        return out

    def sought(
        self, u: Ints, rate: int, need: int, price: Ints, goal: int, scale: int, low: Bools, high: Bools
    ) -> None:
        """Unproven where sites in ``high``, all those of ``low`` among them, may do with less than the goal."""
        if (u < 0).any() or rate < 0 or len(u) != len(self.people):
            raise Unproven("there is not one worth, 0 or more, for each cell")
        u = np.where(self.settled, 0, u)
        size = float(rate) * float(self.people.sum()) + float(u.sum()) * len(self.sites) + scale * float(price.sum())
        if size >= EXACT:
            raise Unproven("sums of this size would not be exact")
        reduced = scale * price - u @ self.table
        start = rate * need - int(np.maximum(rate * self.people - u, 0).sum())
        inside = np.flatnonzero(low)
        times = self.table[:, inside].sum(axis=1)
        start += int(reduced[inside].sum()) + int(u @ np.maximum(times - 1, 0))
        spent, near = int(price[inside].sum()), times > 0
        if int(self.people[near].sum()) >= need:
            if spent < goal:
                raise Unproven("sites that reach the need cost less than is said")
            return
        free = np.flatnonzero(high & ~low)
        start += int(np.minimum(reduced[free], 0).sum())
        free = free[start + reduced[free] < scale * goal]  # others cannot be in a set that matters
        order = free[np.argsort(-(self.people @ self.table[:, free]), kind="stable")]
        worth = (u, np.maximum(rate * self.people - u, 0))
        sets = _Sets(self.table[:, order], near, worth, self.people, price[order] * scale, reduced[order])
        if sets.cheap(need, scale * goal, start, scale * spent):
            raise Unproven("sites that reach the need cost less than is said")


class _Sets:
    """All sets of a case that might cost too little, built up site by site; prices in parts of the scale."""

    def __init__(
        self, lists: Bools, near: Bools, worth: tuple[Ints, Ints], people: Ints, price: Ints, reduced: Ints
    ) -> None:
        """``lists`` (cells, sites) who reaches whom; ``near`` (cells,) reached already.

        ``worth`` (cells,) what a cell counts where it is reached once more, and where it is not reached at all.
        """
        packed = np.packbits(np.column_stack([lists, near]), axis=1)
        _, first, kind = np.unique(packed, axis=0, return_index=True, return_inverse=True)
        kind, count, sites = kind.ravel(), len(first), lists.shape[1]
        again, never, who = (np.bincount(kind, weights=v.astype(np.float64), minlength=count) for v in (*worth, people))
        self.lists, self.near = lists[first], near[first]
        self.again, self.who = again[:, None] * self.lists, who[:, None] * self.lists
        last = np.where(self.lists.any(axis=1), sites - 1 - np.argmax(self.lists[:, ::-1], axis=1), -1) if sites else -1
        self.lost = float(never[(last < 0) & ~self.near].sum())
        self.late = np.where(np.arange(sites) == np.reshape(last, (-1, 1)), never[:, None], 0.0)
        self.reached = int(people[near].sum())
        self.price, self.reduced = price.astype(np.float64), reduced.astype(np.float64)
        self.below = np.concatenate([[0.0], np.cumsum(np.minimum(self.reduced, 0.0))])

    def cheap(self, need: int, goal: int, start: int, spent: int) -> bool:
        """Whether a set reaches the need for less than the goal; ``start`` bounds all of them from below."""
        first = (self.near[None, :], np.zeros(1, np.int64), np.array([start + self.lost]), np.array([float(spent)]))
        todo = [(*first, np.array([float(self.reached)]))]
        while todo:
            covered, at, bound, cost, reached = todo.pop()
            if len(at) > CHUNK:
                cuts = (slice(CHUNK, None), slice(CHUNK))
                todo += [(covered[cut], at[cut], bound[cut], cost[cut], reached[cut]) for cut in cuts]
                continue
            now = covered.astype(np.float64)
            gain = self.who.sum(axis=0) - now @ self.who
            late = np.cumsum((1.0 - now) @ self.late, axis=1)
            late = np.column_stack([np.zeros(len(at)), late])  # lost with the sites before each, if none of them is in
            lost = late[:, :-1] - late[np.arange(len(at)), at][:, None]
            then = bound[:, None] + (self.below[at][:, None] - self.below[:-1]) + now @ self.again + lost
            then += np.maximum(self.reduced, 0.0)
            pays = cost[:, None] + self.price
            later = np.arange(len(self.price)) >= at[:, None]
            which, site = np.nonzero(later & (then < goal) & (pays < goal) & (gain > 0))
            reach = reached[which] + gain[which, site]
            if (reach >= need).any():
                return True
            if len(which):
                wider = covered[which] | self.lists[:, site].T
                todo.append((wider, site + 1, then[which, site], pays[which, site], reach))
        return False


def refuted(parted: dict[str, Any], certificate: dict[str, Any], cell: Ints, site: Ints, groups: Ints) -> int:
    """The share, in millionths, that is proved to be out of reach of the worst group; Unproven where it is not.

    ``groups`` (n, 3): group, cell, people; ``cell``, ``site`` are the pairs in reach of each other.
    """
    share, unit, scale = int(parted["share"]), int(parted["unit"]), int(parted["scale"])
    if share < 0 or unit < 1 or scale < 1:
        raise Unproven("a share, a unit or a scale is none")
    prices = _Prices(certificate, (share, unit, scale), cell, site, groups)
    todo: list[list[tuple[Ints, bool, int]]] = [[]]
    for step in parted["cases"]:
        if not todo:
            raise Unproven("there are steps after the last case of a share")
        counts = todo.pop()
        if "split" in step:
            sites, many = prices.some(step["split"]), int(step["at"])
            todo += [[*counts, (sites, False, many)], [*counts, (sites, True, many + 1)]]
        else:
            prices.prove(step, counts)
    if todo:
        raise Unproven(f"{len(todo)} cases of a share are without prices")
    return share


class _Prices:
    """What prices of a case have to prove."""

    def __init__(
        self, certificate: dict[str, Any], numbers: tuple[int, int, int], cell: Ints, site: Ints, groups: Ints
    ) -> None:
        self.share, self.unit, self.scale = numbers
        self.k, self.candidates = int(certificate["k"]), int(certificate["candidates"])
        self.fixed, self.shut = ([int(j) for j in certificate[name]] for name in ("fixed", "forbidden"))
        self.cell, self.site, self.groups = cell, site, groups
        self.known: dict[int, tuple[Group, int]] = {}

    def some(self, sites: list[int]) -> Ints:
        """(candidates,) 1 for each of some sites that are not open already, since those are not paid for."""
        some = np.zeros(self.candidates, np.int64)
        for j in sites:
            if not 0 <= int(j) < self.candidates or int(j) in self.fixed:
                raise Unproven(f"site {j} is counted, and is none that may be chosen")
            some[int(j)] = 1
        return some

    def group(self, g: int) -> tuple[Group, int]:
        """A group, and how many people of it are yet to be reached."""
        if g not in self.known:
            own = self.groups[self.groups[:, 0] == g]
            if not len(own):
                raise Unproven(f"there is nobody in group {g}")
            order = np.argsort(own[:, 1])
            group = Group(self.cell, self.site, own[order, 1], own[order, 2], self.fixed, self.shut)
            self.known[g] = group, -(-self.share * int(own[:, 2].sum()) // MILLION) - group.base
        return self.known[g]

    def prove(self, step: dict[str, Any], counts: list[tuple[Ints, bool, int]]) -> None:
        """Unproven where the prices of a case do not refute the share; counts are sites, whether at least, how many."""
        tolls = [int(q) for q in step["tolls"]]
        if len(tolls) != len(counts) or any(q < 0 for q in tolls):
            raise Unproven("there is not one toll, 0 or more, for each count")
        most, pays = np.full(self.candidates, self.unit), self.k * self.unit
        for (sites, least, many), q in zip(counts, tolls, strict=True):
            sign = -1 if least else 1
            most, pays = most + sign * q * sites, pays + sign * q * many
        paid, costs, seen = np.zeros(self.candidates, np.int64), 0, set()
        for entry in step["groups"]:
            g, goal, price = int(entry["group"]), int(entry["costs"]), unpacked(entry["price"])
            if g in seen or len(price) != len(paid) or (price < 0).any() or price[self.fixed].any():
                raise Unproven(f"group {g} has no prices, or two lists of them")
            seen.add(g)
            paid += price
            costs += goal
            group, need = self.group(g)
            if need <= 0 and goal > 0:
                raise Unproven(f"group {g} needs nobody, and costs")
            _by_cases(group, entry, price[group.sites], need, goal, self.scale)
        free = np.ones(self.candidates, bool)
        free[self.fixed] = False
        if (paid > most)[free].any() or costs <= pays:
            raise Unproven("sites are paid for twice, or groups together cost no more than may be paid")


def _by_cases(group: Group, entry: dict[str, Any], price: Ints, need: int, goal: int, scale: int) -> None:
    duals = [unpacked(u) for u in entry["duals"]]
    todo = [(np.zeros(len(group.sites), bool), ~group.replaced(entry["instead"], price))]
    for step in entry["proof"]:
        if not todo:
            raise Unproven("there are steps after the last case")
        low, high = todo.pop()
        if "split" in step:
            at = group.number(int(step["split"]))
            if low[at] or not high[at]:
                raise Unproven(f"a case is split by site {step['split']}, which is decided already")
            opened, shut = low.copy(), high.copy()
            opened[at], shut[at] = True, False
            todo += [(low, shut), (opened, high)]
        elif "leaf" in step:
            u = duals[int(step["leaf"])]
            group.sought(u[:-1], int(u[-1]), need, price, goal, scale, low, high)
        else:
            raise Unproven("a step is of no kind")
    if todo:
        raise Unproven(f"{len(todo)} cases are without a bound")
