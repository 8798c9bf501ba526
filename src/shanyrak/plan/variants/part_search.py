"""All cheap sets of sites that reach what one group needs, found by looking at each set that may be cheap.

Shares v_i of what is reached and its price l, from the relaxation, say of each set S of sites with prices p_j

    p(S) = l (T - sum_i w_i (1 - v_i))  +  sum over S of r_j  +  l sum_i w_i v_i (n_i - 1 where n_i > 1)
           + l sum_i w_i (1 - v_i) where n_i = 0  +  l (reached by S - T),       r_j = p_j - l sum_i w_i v_i

where n_i is how many of S cover row i. None of the later terms is below 0 in a set that reaches T, so sets whose
reduced costs, overlaps and rows for which it is too late already add up to too much need not be gone into. Sites
that reach most are decided on first: without them it is soon too late.
"""

from __future__ import annotations

import numpy as np

from shanyrak.core.compiled import kernel
from shanyrak.core.units import FloatArray, IntArray, LongArray

DEEPEST = 64
"""Sites in one set, at most."""


@kernel(error_model="numpy")
def cheap_sets(
    ptr: LongArray, row: IntArray, weight: FloatArray, value: FloatArray, free: FloatArray, need: float,
    reduced: FloatArray, order: LongArray, inside: LongArray, price: FloatArray, start: float, known: float,
    window: float, most_nodes: int, most_deep: int, sets: IntArray, size: LongArray, cost: FloatArray,
) -> tuple[int, bool, int, float]:  # fmt: skip
    """Write sets that cost at most ``window`` more than the cheapest, ``inside`` among them.

    ``value`` and ``free`` are l w_i v_i and l w_i (1 - v_i) for each row; ``order`` has the sites that may come in,
    ``reduced`` is r_j; ``start`` is the first term above, with all r_j of ``order`` below 0 added; ``known`` is a cost
    that a set is known to have, or that is enough. It ends where as many as ``most_nodes`` were looked at, or
    ``most_deep`` gone into. Returns nodes, whether it came to the end, sets written, and what the cheapest costs.
    """
    rows, many, own = weight.shape[0], order.shape[0], inside.shape[0]
    times = np.zeros(rows, np.int32)
    way, bounds = np.empty(DEEPEST, np.int64), np.empty(DEEPEST)
    reaches, costs = np.empty(DEEPEST), np.empty(DEEPEST)
    best, bound, reached, spent = known, start, 0.0, 0.0
    depth, nodes, deep, written, at = 0, 0, 0, 0, 0
    for j in inside:
        bound += reduced[j]
        spent += price[j]
        for t in range(ptr[j], ptr[j + 1]):
            if times[row[t]] > 0:
                bound += value[row[t]]
            else:
                reached += weight[row[t]]
            times[row[t]] += 1
    if reached >= need:  # whatever comes in beside them is not needed
        if spent <= known + window + 1e-9:
            sets[0, :own] = inside
            size[0], cost[0] = own, spent
            return 0, True, 1, min(known, spent)
        return 0, True, 0, known
    last = np.full(rows, -1)  # from which place on it is too late for a row
    for p in range(many):
        for t in range(ptr[order[p]], ptr[order[p] + 1]):
            last[row[t]] = p
    late_ptr, late = np.zeros(many + 1, np.int64), np.empty(rows, np.int64)
    for i in range(rows):
        if last[i] >= 0:
            late_ptr[last[i] + 1] += 1
        elif times[i] == 0:
            bound += free[i]
    for p in range(many):
        late_ptr[p + 1] += late_ptr[p]
    place = late_ptr[:-1].copy()
    for i in range(rows):
        if last[i] >= 0:
            late[place[last[i]]] = i
            place[last[i]] += 1
    while nodes < most_nodes and deep < most_deep:
        limit = best + window + 1e-9
        if at >= many or bound > limit:
            if depth == 0:
                return nodes, True, written, best
            depth -= 1  # back, and on without the last one
            at, bound, reached, spent = way[depth], bounds[depth], reaches[depth], costs[depth]
            for t in range(ptr[order[at]], ptr[order[at] + 1]):
                times[row[t]] -= 1
        else:
            j = order[at]
            nodes += 1
            if bound + reduced[j] <= limit and spent + price[j] <= limit:
                more, gain = max(reduced[j], 0.0), 0.0
                for t in range(ptr[j], ptr[j + 1]):
                    if times[row[t]] > 0:
                        more += value[row[t]]
                    else:
                        gain += weight[row[t]]
                if gain > 0.0 and bound + more <= limit:
                    if reached + gain < need:
                        if own + depth == DEEPEST - 2:
                            return nodes, False, written, best
                        way[depth], bounds[depth], reaches[depth], costs[depth] = at, bound, reached, spent
                        depth, deep, at = depth + 1, deep + 1, at + 1
                        for t in range(ptr[j], ptr[j + 1]):
                            times[row[t]] += 1
                        bound, reached, spent = bound + more, reached + gain, spent + price[j]
                        continue
                    if written < sets.shape[0]:
                        sets[written, :own] = inside
                        for s in range(depth):
                            sets[written, own + s] = order[way[s]]
                        sets[written, own + depth] = j
                        size[written], cost[written] = own + depth + 1, spent + price[j]
                        written += 1
                    best = min(best, spent + price[j])
        bound -= min(reduced[order[at]], 0.0)
        for q in range(late_ptr[at], late_ptr[at + 1]):
            if times[late[q]] == 0:
                bound += free[late[q]]
        at += 1
    return nodes, False, written, best


@kernel(error_model="numpy")
def sums(ptr: LongArray, row: IntArray, value: FloatArray) -> FloatArray:
    """For each site the sum over its rows."""
    out = np.zeros(ptr.shape[0] - 1)
    for j in range(out.shape[0]):
        for t in range(ptr[j], ptr[j + 1]):
            out[j] += value[row[t]]
    return out


@kernel(error_model="numpy")
def contained(ptr: LongArray, row: IntArray, rows: int) -> tuple[IntArray, IntArray]:
    """Pairs (a, b) of sites where b covers all that a covers, a itself left out."""
    n = ptr.shape[0] - 1
    inside = np.zeros(rows, np.bool_)
    small, large = [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)]
    low, high = np.full(n, rows), np.full(n, -1)
    for j in range(n):
        for t in range(ptr[j], ptr[j + 1]):
            low[j], high[j] = min(low[j], row[t]), max(high[j], row[t])
    for b in range(n):
        for t in range(ptr[b], ptr[b + 1]):
            inside[row[t]] = True
        for a in range(n):
            length = ptr[a + 1] - ptr[a]
            if a == b or length > ptr[b + 1] - ptr[b] or low[a] < low[b] or high[a] > high[b]:
                continue
            every = True
            for t in range(ptr[a], ptr[a + 1]):
                if not inside[row[t]]:
                    every = False
                    break
            if every:
                small.append(np.int32(a))
                large.append(np.int32(b))
        for t in range(ptr[b], ptr[b + 1]):
            inside[row[t]] = False
    return np.array(small, np.int32), np.array(large, np.int32)
