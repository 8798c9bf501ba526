"""A variant's time limit is spent on solving: its kernels are there before the clock, and only those it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from shanyrak.plan.variants.ready import _SOLVES

_NEW = """
import os, sys
import numpy as np
from numba.core.dispatcher import Dispatcher
from shanyrak import plan
from shanyrak.plan import (backup_covering, expected_covering, capacitated_covering, fair_covering, gradual_covering,
    covering_with_floors, scenario_covering, reliable_p_median, opening_order, moved_covering)
from shanyrak.plan.variants import solve as engine
from shanyrak.plan.variants import large, parted_run
from shanyrak.plan.variants.ready import variant_ready

def kernels():
    found = {}
    for name, module in sys.modules.items():
        if name.startswith("shanyrak.plan"):
            for what, one in vars(module).items():
                if isinstance(one, Dispatcher):
                    found[one.py_func.__module__ + "." + what] = len(one.signatures)
    return found

kind = sys.argv[1]
nothing = kernels()
assert not any(nothing.values()), "nothing is made ready unasked"
variant_ready(kind)
before = kernels()
engine.SMALL = 0
random = np.random.default_rng(3)
homes, sites = random.random((300, 2)) * 1000, random.random((60, 2)) * 1000
walk = np.rint(np.hypot(*(homes[:, None] - sites[None]).T).T).astype(np.int64)
people, near = random.integers(1, 100, 300), walk < 180
district = 2 * (homes[:, 0] > 500).astype(int) + (homes[:, 1] > 500)
twice = np.stack([people, people[::-1]])
o = {"gap": 0, "work_limit": 6_000_000, "time_limit_s": 20.0}
model, _, way = kind.partition(", ")
{
    "backup_covering": lambda: plan.backup_covering(near, people, 7, **o),
    "expected_covering": lambda: plan.expected_covering(near, people, 7, failure=0.2, **o),
    "capacitated_covering": lambda: plan.capacitated_covering(
        near, people, 7, capacity=1000, split=way == "split", **o | {"work_limit": 1_000_000}),
    "fair_covering": lambda: plan.fair_covering(near, people, 7, district=district, **o),
    "covering_with_floors": lambda: plan.covering_with_floors(near, people, 7, district=district, floor=0.3, **o),
    "scenario_covering": lambda: plan.scenario_covering(near, twice, 7, aim={
        "total": "mean", "least": "worst", "level": "likely"}[way], share=0.4 if way == "level" else None, **o),
    "gradual_covering": lambda: plan.gradual_covering(walk, people, 7, full=100, none=300, **o),
    "reliable_p_median": lambda: plan.reliable_p_median(walk, people, 7, failure=0.2, **o),
    "opening_order": lambda: plan.opening_order(near, people, 5, **o),
    "partial_covering": lambda: plan.partial_covering(
        near, people, share=0.8, costs=random.integers(1, 9, 60), **o),
    "moved_covering": lambda: plan.moved_covering(near, people, range(7), spend=4, **o),
}[model]()
after = kernels()
print(sum(before.values()), *[name for name, count in after.items() if count > before.get(name, 0)])
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", _SOLVES)
def test_a_variant_that_is_ready_needs_no_other_kernel(kind: str) -> None:
    done = subprocess.run([sys.executable, "-c", _NEW, kind], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made, *late = done.stdout.split()
    assert int(made) >= 1
    assert late == []
