"""Whatever stands in a list: what reaches the record fits its kinds, a second import says nothing, nothing is lost."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanyrak.app.lists.columns import COLUMNS, read_columns
from shanyrak.app.lists.exporting import export_points
from shanyrak.app.lists.importing import import_points
from shanyrak.app.lists.table import read_table
from shanyrak.core.errors import InvalidInput
from tests.unit.app.lists.drawn import Record

WORDS = sorted(
    text for name, forms in read_columns().written.items() if name.startswith("words.") for text in forms.values()
)
CELL = st.one_of(
    st.none(), st.text(max_size=20), st.text("0123456789.,:;-°' абв", max_size=12), st.sampled_from(WORDS),
    st.integers(), st.floats(), st.booleans(), st.text("ж\x00\u202e\u2028 '=", min_size=100, max_size=300),
    st.sampled_from(["24/7", "пн-пт 9-18", "50.4, 30.5", "вул. Нова, 1", "20.11.2025", "uk, en", "2 поверх"]),
)  # fmt: skip
READ = [column for column in COLUMNS if column != "id"]
ROWS = st.lists(st.dictionaries(st.sampled_from(READ), CELL, max_size=12), min_size=1, max_size=4)


def imported(record: Record, rows: list[dict[str, object]], folder: Path) -> None:
    named = [*({"name": f"A{i}", **row} for i, row in enumerate(rows)), {"name": "the last"}]
    features = [{"type": "Feature", "geometry": None, "properties": row} for row in named]
    path = folder / "list.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    import_points(record, path, happened="2025-11-20")


@pytest.mark.slow
@given(ROWS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_said_fits_and_is_said_once_and_comes_back_from_an_export(rows: list[dict[str, object]]) -> None:
    record = Record()  # takes no body that does not fit its kind
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        imported(record, rows, folder)
        said = len(record.said)
        imported(record, rows, folder)
        assert record.said[said:] == []
        for form in (".xlsx", ".csv"):
            export_points(record.known_points(), folder / f"out{form}")
            if record.points:
                report = import_points(record, folder / f"out{form}")
                assert {action.what for action in report.actions} == {"same"}, report.lines()
        assert record.said[said:] == []


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{", "Назва;Адреса\n".encode()])
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_table_or_a_refusal(content: bytes, begins: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "list.xlsx"
        path.write_bytes(begins + content)
        try:
            assert read_table(path).rows
        except InvalidInput as refusal:
            assert str(path) in str(refusal)
