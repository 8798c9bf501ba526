"""A time limit is spent on solving, also on a machine that never solved anything: kernels are made before the clock."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kernels_made import LISTENING

_COUNT = f"""{LISTENING}
import sys
import numpy as np
from shanyrak.plan import MatrixDistances, PlaneDistances, p_center, p_median
from shanyrak.plan.ready_points import center_ready, median_ready
if sys.argv[1] == "p_center":
    center_ready()
    solve = p_center
else:
    median_ready()
    solve = p_median
before = len(compiled)
places = np.random.default_rng(8).integers(0, 3000, (300, 2)).astype(float)
table = np.floor(np.hypot(*(places[:, None] - places[None]).T))
for distances in (PlaneDistances.of(places, places, floor=True), MatrixDistances.of(table)):
    for p in (5, 20):
        solve(distances, None, p, gap=0, time_limit_s=20.0)
print(before, *compiled[before:])
"""


@pytest.mark.slow
@pytest.mark.parametrize("model", ["p_center", "p_median"])
def test_a_solve_compiles_nothing_once_its_model_is_ready(model: str, tmp_path: Path) -> None:
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", _COUNT, model], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    before, *later = done.stdout.split()
    assert int(before) > 50, "the kernels were made for this test, into an empty folder"
    assert later == []
