"""A HOME with a drawn town and its plan, and a client that asks the server under its own name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shanyrak.app.shelf import Shelf
from shanyrak.server.http import create_app
from tests.unit.server.small_town import write_home

BASEMAP = bytes(range(200)) * 5  # 1,000 bytes; byte i is i % 200


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return write_home(tmp_path / "home", basemap=BASEMAP)


@pytest.fixture
def webapp(tmp_path: Path) -> Path:
    """A built app as far as the server sees it: an index and one file with a hash in its name."""
    folder = tmp_path / "webapp"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Shanyrak</title>", encoding="utf-8")
    (folder / "assets" / "main-AbC123.js").write_text("export const x = 1;\n" * 100, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("not for everybody", encoding="utf-8")
    return folder


@pytest.fixture
def client(home: Path, webapp: Path) -> Iterator[TestClient]:
    app = create_app(Shelf(home), webapp=webapp)
    with TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as client:
        yield client
