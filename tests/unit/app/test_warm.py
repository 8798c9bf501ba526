"""Compiling beside other work compiles all that a plan needs, and nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Demo
from tests.kernels_made import LISTENING

_COUNT = f"""{LISTENING}
import sys
from shanyrak.cli.main import _run
assert _run(["plan", "made-up-town", "--open", "8", "--out", sys.argv[1]]) == 0
print(" ".join(compiled), file=sys.stderr)
"""


@pytest.mark.slow
def test_after_warming_a_plan_compiles_nothing(demo: Demo, tmp_path: Path) -> None:
    env = {**os.environ, "SHANYRAK_HOME": str(demo.home), "NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    for arguments in (["-m", "shanyrak.app.warm"], ["-c", _COUNT, str(tmp_path / "plan")]):
        done = subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == ""
