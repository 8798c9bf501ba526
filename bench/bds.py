"""Very large covering instances after the recipe of Cordeau, Furini and Ljubic (EJOR 275, 2019, 882-896).

Numbers come as from ``srand(seed)`` and ``rand()`` of the GNU C library, written here from its description: an
additive feedback generator, r_i = r_(i-3) + r_(i-31) modulo 2^32, output without its lowest bit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numba
import numpy as np
import numpy.typing as npt

SIDE = 30.0
MOST = 2147483647
PAIRS = (
    [(10, r) for r in (5.5, 5.75, 6.0, 6.25)]
    + [(15, r) for r in (4.0, 4.25, 4.5, 4.75, 5.0)]
    + [(20, r) for r in (3.25, 3.5, 3.75, 4.0, 4.25)]
)
"""(budget, radius) of maximal covering with 100 locations"""


@numba.njit(cache=True, nogil=True)
def _next(state: npt.NDArray[np.uint32], out: npt.NDArray[np.int32]) -> None:
    """Fill ``out``; ``state`` (31,) is a ring whose oldest value comes first."""
    at = 0
    for i in range(out.shape[0]):
        back = at - 3
        if back < 0:
            back += 31
        state[at] = state[at] + state[back]
        out[i] = state[at] >> np.uint32(1)
        at += 1
        if at == 31:
            at = 0
    turned = np.empty(31, np.uint32)
    for i in range(31):
        turned[i] = state[(at + i) % 31]
    state[:] = turned


class GlibcRandom:
    """The stream of ``rand()`` after ``srand(seed)``."""

    def __init__(self, seed: int) -> None:
        first = [seed]
        for _ in range(30):  # Lehmer's generator, whose remainder has the sign of the dividend in C
            high, low = int(first[-1] / 127773), 0
            low = first[-1] - high * 127773
            value = 16807 * low - 2836 * high
            first.append(value + MOST if value < 0 else value)
        self.state = np.array(first, np.int64).astype(np.uint32)
        # the generator feeds back from 3 and from 31 places before; it begins with r_31 .. r_33 = r_0 .. r_2
        self.state = np.concatenate([self.state[3:], self.state[:3]])
        self.take(310)

    def take(self, count: int) -> npt.NDArray[np.int32]:
        """The next numbers, 0 to 2^31 - 1."""
        out = np.empty(count, np.int32)
        _next(self.state, out)
        return out

    def skip(self, count: int) -> None:
        """Leave numbers out."""
        for at in range(0, count, 1 << 20):
            self.take(min(1 << 20, count - at))

    def copy(self) -> GlibcRandom:
        """Another stream that goes on from here."""
        other = GlibcRandom.__new__(GlibcRandom)
        other.state = self.state.copy()
        return other


def _places(numbers: npt.NDArray[np.int32], digits: bool = True) -> npt.NDArray[np.float64]:
    values = numbers / float(MOST) * SIDE
    return (np.round(values, 6) if digits else values).reshape(-1, 2)


def instance(
    locations: int, customers: int, seed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Locations (n, 2), customers (m, 2) and their demand (m,)."""
    random = GlibcRandom(seed)
    sites = _places(random.take(2 * locations))
    homes = np.concatenate([_places(random.take(2 * b)) for b in _sizes(customers)])
    random.take(locations)  # costs, all 1 here, are drawn nevertheless
    people = np.concatenate([random.take(b) % 100 + 1 for b in _sizes(customers)])
    return sites, homes, people.astype(np.int64)


def _sizes(customers: int, block: int = 1 << 20) -> list[int]:
    return [min(block, customers - at) for at in range(0, customers, block)]


def streamed(
    locations: int, customers: int, seed: int
) -> tuple[npt.NDArray[np.float64], Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]]]:
    """The same instance with its customers in blocks, made one after the other."""
    random = GlibcRandom(seed)
    sites = _places(random.take(2 * locations))
    demands = random.copy()
    demands.skip(2 * customers + locations)

    def blocks() -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]]:
        for size in _sizes(customers):
            yield _places(random.take(2 * size)), (demands.take(size) % 100 + 1).astype(np.int64)

    return sites, blocks()
