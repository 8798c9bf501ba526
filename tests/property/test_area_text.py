"""Whatever people type or put into a file, the answer is a place or a refusal, never a fault of ours."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.area.boundary import read_boundary
from shanyrak.area.fold_text import romanised, split_number
from shanyrak.area.gazetteer import find_in_gazetteer
from shanyrak.area.gazetteer_making import gazetteer_of
from shanyrak.area.people_files import read_people
from shanyrak.core.errors import InvalidInput
from tests.drawn_area import features_of, grid_town

BOX = (29.9, 49.9, 30.1, 50.1)
NAMES = gazetteer_of(grid_town(), features_of(addresses=[(20, 10, "Row 0 Street", "12")]))

numbers = st.one_of(
    st.floats(allow_nan=True).map(str), st.integers().map(str), st.text(max_size=8), st.just("30"), st.just("50")
)
lines = st.lists(st.lists(numbers, min_size=0, max_size=5), max_size=6)


def outcome(content: bytes) -> bool:
    """Read as people, or refused with the file's name; anything else is an error of the test."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given"
        path.write_bytes(content)
        try:
            people = read_people(path, BOX)
        except InvalidInput as refusal:
            assert "given" in str(refusal)
            return False
        assert (people.persons >= 0).all()
        return True


@settings(deadline=None)
@given(lines, st.sampled_from([",", ";", "\t"]))
def test_any_table_is_read_or_refused(rows: list[list[str]], delimiter: str) -> None:
    text = "\n".join([delimiter.join(["lon", "lat", "persons"]), *(delimiter.join(row) for row in rows)])
    outcome(text.encode("utf-8", "surrogatepass"))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    outcome(content)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_after_a_raster_s_first_four_are_refused(content: bytes) -> None:
    assert not outcome(b"II*\x00" + content)


keys = st.sampled_from(["type", "coordinates", "features", "geometry", "properties", "crs", "x"])
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(keys, json_values, max_size=5),
       st.sampled_from(["Polygon", "MultiPolygon", "Feature", "FeatureCollection", "Point", None]))  # fmt: skip
def test_any_json_is_a_boundary_or_refused(content: dict[str, object], kind: str | None) -> None:
    import json

    if kind is not None:
        content["type"] = kind
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given.geojson"
        path.write_text(json.dumps(content), encoding="utf-8", errors="surrogatepass")
        try:
            read_boundary(path, BOX)
        except InvalidInput as refusal:
            assert "given.geojson" in str(refusal)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_question_gets_an_answer(text: str) -> None:
    for place in find_in_gazetteer(NAMES, text):
        assert place.label and -180 <= place.lon <= 180
    split_number(text)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_one_form_is_its_own_form(text: str) -> None:
    assert romanised(romanised(text)) == romanised(text)
