"""Shared by all tests: where the real extracts lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of real extracts: SHANYRAK_TEST_DATA, else ../shared/data beside the repository.

    Missing data is said loudly: a skip on a developer's machine, a failure in CI.
    """
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SHANYRAK_TEST_DATA", default))
    if not (folder / "monaco" / "monaco.osm.pbf").is_file():
        message = "REAL DATA IS MISSING: set SHANYRAK_TEST_DATA to the folder with monaco/, heidelberg/ ..."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder
