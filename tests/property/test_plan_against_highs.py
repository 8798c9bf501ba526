"""On towns too large to try every choice, HiGHS on the compact model is the twin."""

from __future__ import annotations

import highspy
import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

from shanyrak.check.certificate import check_certificate
from shanyrak.plan import branch, maximal_covering


def town(seed: int, cells: int, candidates: int, reach: float) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    random = np.random.default_rng(seed)
    homes, sites = random.random((cells, 2)), random.random((candidates, 2))
    near = ((homes[:, None] - sites[None]) ** 2).sum(axis=2) <= reach**2
    return near, random.integers(0, 5000, cells)


def highs_optimum(cover: npt.NDArray[np.bool_], people: npt.NDArray[np.int64], k: int) -> int:
    """max sum w z, z_i <= sum y_j, sum y <= k, y binary."""
    m, n = cover.shape
    highs = highspy.Highs()
    for option, value in (("output_flag", False), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.5)):
        highs.setOptionValue(option, value)
    y = [highs.addBinary() for _ in range(n)]
    z = [highs.addVariable(0, 1, float(-people[i])) for i in range(m)]
    highs.addConstr(sum(y) <= k)
    for i in range(m):
        covering = np.flatnonzero(cover[i])
        highs.addConstr(z[i] <= sum(y[j] for j in covering) if len(covering) else z[i] <= 0)
    highs.run()
    return round(-highs.getInfo().objective_function_value)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("walked", [False, True], ids=["vertices", "walked"])
def test_the_proven_optimum_is_that_of_highs(seed: int, walked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if walked:
        monkeypatch.setattr(branch, "LINEAR_ROWS", -1)
    reach, k = [(0.12, 5), (0.2, 4), (0.3, 3), (0.08, 10)][seed % 4]
    cover, people = town(seed, 150, 40, reach)
    siting = maximal_covering(sp.csr_array(cover), people, k, gap=0)
    assert siting.proven
    assert siting.objective == highs_optimum(cover, people, k)
    cells_of = [np.flatnonzero(column).astype(np.int32) for column in cover.T]
    assert check_certificate(siting.certificate, cells_of, people) == []
