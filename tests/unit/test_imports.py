"""What is loaded when: a command that only reads a town waits for no solver and no compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"numba", "scipy", "pandas", "geopandas", "highspy", "shapely", "rasterio", "fastapi", "osmium", "pyarrow"}


def loaded_by(statement: str) -> set[str]:
    """Heavy packages that a statement loads in a fresh interpreter."""
    code = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return HEAVY & set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import shanyrak", set()),
        ("import shanyrak.walk", set()),
        ("import shanyrak.plan", {"scipy"}),
        ("from shanyrak.area.osm import read_osm", set()),
        ("from shanyrak.plan import maximal_covering", {"scipy", "numba", "highspy"}),
        ("from shanyrak.walk.coverage import coverage", {"scipy", "numba"}),
        ("import shanyrak.cli.main", set()),
        # two functions are called like the modules that hold them: whoever comes first, the function is found
        (
            "import shanyrak.walk.coverage, shanyrak.walk.reach\nfrom shanyrak.walk import coverage, reach\n"
            "assert callable(coverage) and callable(reach) and callable(shanyrak.walk.coverage)",
            set(),
        ),
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(statement: str, allowed: set[str]) -> None:
    assert loaded_by(statement) <= allowed
