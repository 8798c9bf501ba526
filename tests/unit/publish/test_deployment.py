"""What belongs to a deployment, and what an operator would write wrongly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shanyrak.core.errors import InvalidInput
from shanyrak.publish.deployment import load_deployment
from shanyrak.publish.model import Region
from shanyrak.publish.regions import is_in_hidden_region, is_inside


def own(folder: Path, **said: Any) -> Path:
    """An operator's file."""
    path = folder / "deployment.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def test_a_new_network_in_ukraine() -> None:
    found = load_deployment()
    assert found.languages == ("uk", "en", "kk", "de")  # Ukrainian first, Russian not switched on
    assert (found.zone, found.emergency, found.crowding) == ("Europe/Kyiv", "112", "full")
    assert len(found.hidden) == 4


def test_an_operator_says_only_what_is_different(tmp_path: Path) -> None:
    said = {"languages": ["de", "en", "uk"], "zone": "Europe/Berlin", "country": "DE", "hidden_oblasts": []}
    found = load_deployment(own(tmp_path, **said))
    assert (found.languages, found.zone, found.hidden) == (("de", "en", "uk"), "Europe/Berlin", ())
    assert found.emergency == "112"


def test_no_file_is_no_difference(tmp_path: Path) -> None:
    assert load_deployment(tmp_path / "deployment.json") == load_deployment()


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"langauges": ["uk"]}, "langauges"),
        ({"languages": ["uk", "fr"]}, "languages"),
        ({"languages": []}, "languages"),
        ({"languages": "uk"}, "languages"),
        ({"zone": "Kyiv"}, "Kyiv"),
        ({"zone": 2}, "zone"),
        ({"country": "Ukraine"}, "Ukraine"),
        ({"crowding": "some"}, "crowding"),
        ({"band_holds_min": 0}, "band_holds_min"),
        ({"band_holds_min": True}, "band_holds_min"),
        ({"report_url": "said.example.org"}, "report_url"),
        ({"hidden_oblasts": ["odesa"]}, "hidden_oblasts"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, said: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput, match=named) as fault:
        load_deployment(own(tmp_path, **said))
    assert "deployment.json" in str(fault.value)


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    path.write_text("languages: uk", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"deployment\.json"):
        load_deployment(path)


def test_inside_an_outline() -> None:
    #   a triangle with corners (0, 0), (10, 0), (0, 10): inside where lon + lat < 10
    triangle = Region(("corner",), ((0, 0), (10, 0), (0, 10)))
    inside = {(lon, lat) for lon in range(-2, 12) for lat in range(-2, 12) if is_inside(triangle, (lon, lat))}
    surely = {(lon, lat) for lon in range(1, 10) for lat in range(1, 10) if lon + lat < 10}
    sides = {(lon, lat) for lon in range(11) for lat in range(11) if 0 in (lon, lat) or lon + lat == 10}
    assert surely <= inside <= surely | sides
    assert {(9 - lon, lat) for lon in range(8) for lat in range(1, lon)} <= inside


def test_a_place_is_hidden_by_the_beginning_of_a_word() -> None:
    region = Region(("донецьк",), ((0, 0), (10, 0), (0, 10)))
    for words, hidden in ((["Донецька область"], True), (["м. Донецьк"], True), (["Новодонецьке"], False), ([], False)):
        assert is_in_hidden_region([region], (50, 50), words) is hidden
    assert is_in_hidden_region([region], (2, 2), [])
    assert not is_in_hidden_region([region], None, ["Kyiv"])


@pytest.mark.parametrize(
    ("lon", "lat", "hidden"),
    [
        (37.55, 47.10, True),  # Mariupol
        (39.30, 48.57, True),  # Luhansk
        (40.13, 49.38, True),  # Milove, on the eastern border
        (35.14, 47.84, True),  # Zaporizhzhia
        (34.66, 47.49, True),  # Enerhodar
        (32.62, 46.64, True),  # Kherson
        (34.81, 46.17, True),  # Henichesk
        (37.59, 48.74, True),  # Kramatorsk
        (30.52, 50.45, False),  # Kyiv
        (36.23, 49.99, False),  # Kharkiv
        (35.05, 48.46, False),  # Dnipro
        (34.39, 47.57, False),  # Nikopol, across the reservoir
        (33.39, 47.91, False),  # Kryvyi Rih
        (31.99, 46.97, False),  # Mykolaiv
        (30.73, 46.48, False),  # Odesa
        (37.26, 49.21, False),  # Izium
    ],
)
def test_the_four_oblasts(lon: float, lat: float, hidden: bool) -> None:
    place = (round(lon * 1e7), round(lat * 1e7))
    assert is_in_hidden_region(load_deployment().hidden, place, []) is hidden
