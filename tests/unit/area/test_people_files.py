"""Population files as cities have them: rasters, lists and grids, in order and spoilt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from h3.api import basic_str as h3
from pyproj import Transformer
from rasterio.transform import Affine, from_origin

from shanyrak.area import people_raster
from shanyrak.area.people import cells_of
from shanyrak.area.people_files import read_people
from shanyrak.core.errors import InvalidInput

BOX = (30.0, 50.0, 30.1, 50.1)


def table(tmp_path: Path, text: str | bytes, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def raster(
    tmp_path: Path, values: Any, *, transform: Affine | None = None, crs: str | None = "EPSG:4326", **options: Any
) -> Path:
    bands = np.asarray(values)
    bands = bands if bands.ndim == 3 else bands[None]
    path = tmp_path / "people.tif"
    with rasterio.open(
        path, "w", driver="GTiff", count=bands.shape[0], height=bands.shape[1], width=bands.shape[2], dtype=bands.dtype,
        crs=crs, transform=transform if transform is not None else from_origin(30.0, 50.1, 0.01, 0.01), **options,
    ) as file:  # fmt: skip
        file.write(bands)
    return path


# ---- lists


LISTS = {
    "plain": "lon,lat,persons\n30.01,50.02,12.5\n30.03,50.04,7\n",
    "any order, any case, further columns": "At,Population,LATITUDE,Longitude\nA,12.5,50.02,30.01\nB,7,50.04,30.03\n",
    "semicolon and decimal comma": "lon;lat;persons\n30,01;50,02;12,5\n30,03;50,04;7\n",
    "tab": "lon\tlat\tpersons\n30.01\t50.02\t12.5\n30.03\t50.04\t7\n",
    "byte order mark": "\ufefflon,lat,persons\r\n30.01,50.02,12.5\r\n30.03,50.04,7\r\n",
    "quoted, blank lines": '"lon","lat","persons"\n\n"30.01"," 50.02 ","12.5"\n30.03,50.04,7\n\n',
    "Ukrainian": "назва;довгота;широта;населення\n«А; Б»;30,01;50,02;12,5\nВ;30,03;50,04;7\n".replace(
        "«А; Б»", '"А; Б"'
    ),
    "an id that is no hexagon": "id,lon,lat,persons\n1,30.01,50.02,12.5\n2,30.03,50.04,7\n",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS.keys())
def test_lists_come_in_many_forms(tmp_path: Path, text: str) -> None:
    people = read_people(table(tmp_path, text), BOX)
    assert people.how == "list"
    assert list(zip(people.lon.tolist(), people.lat.tolist(), people.persons.tolist(), strict=True)) == [
        (30.01, 50.02, 12.5),
        (30.03, 50.04, 7.0),
    ]


def test_a_spreadsheet_writes_utf_16(tmp_path: Path) -> None:
    assert read_people(table(tmp_path, LISTS["tab"].encode("utf-16")), BOX).persons.tolist() == [12.5, 7.0]


def test_rows_outside_the_area_are_left_out_with_their_people(tmp_path: Path) -> None:
    people = read_people(table(tmp_path, "lon,lat,persons\n30.01,50.02,12\n36.2,49.9,1000\n"), BOX)
    assert people.persons.tolist() == [12.0]
    assert people.notes == ("1 rows of people.csv with 1,000 people lie outside the area and are left out",)


BAD_LISTS = {
    "swapped": ("lat,lon,persons\n30.01,50.02,5\n30.02,50.03,5\n", "lon and lat are swapped"),
    "not a number": ("lon,lat,persons\n30.01,50.02,NaN\n", r"row 2, column 'persons': 'NaN' is not a number"),
    "infinite": ("lon,lat,persons\n30.01,50.02,inf\n", "row 2, column 'persons': 'inf' is not a number"),
    "underscore": ("lon,lat,persons\n30.01,50.02,1_000\n", "'1_000' is not a number"),
    "missing value": ("lon,lat,persons\n30.01,50.02,\n", "row 2, column 'persons': an empty field is not a number"),
    "negative": ("lon,lat,persons\n30.01,50.02,4\n30.01,50.02,-3\n", "row 3, column 'persons': -3 is below 0"),
    "text": ("lon,lat,persons\n30.01,50.02,many\n", "row 2, column 'persons': 'many' is not a number"),
    "no column of people": ("lon,lat,name\n30.01,50.02,A\n", "no column for persons; there is 'lon', 'lat', 'name'"),
    "no position": ("name,persons\nA,5\n", "no column for lon and lat"),
    "no header": ("30.01,50.02,5\n30.02,50.03,5\n", "no column for lon and lat and persons"),
    "header only": ("lon,lat,persons\n", "a header and no row"),
    "short row": ("lon,lat,persons\n30.01,50.02\n", "row 2: 2 columns under a header of 3"),
    "decimal comma under commas": ("lon,lat,persons\n30,01,50,02,5\n", "row 2: 5 columns under a header of 3"),
    "elsewhere": ("lon,lat,persons\n10,10,5\n", "no row lies in the area"),
    "no latitude": ("lon,lat,persons\n30.01,50.02,5\n30.01,95,5\n", "row 3, column 'lat': 95 is no latitude"),
    "no longitude": ("lon,lat,persons\n30.01,50.02,5\n300,50,5\n", "row 3, column 'lon': 300 is above 180"),
    "open quotation": ('lon,lat,persons\n"30.01,50.02,5\n', "quoted wrongly"),
    "empty": ("", "the file is empty"),
    "blank": (" \n\n", "the file is empty"),
    "windows-1251": ("lon,lat,persons,назва\n".encode("cp1251") + b"30.01,50.02,5,a\n", "not in UTF-8"),
    "parquet": (b"PAR1" + bytes(20), "this is Parquet"),
    "spreadsheet": (b"PK\x03\x04" + bytes(20), "a zip archive or spreadsheet"),
    "json": ('{"type": "FeatureCollection"}', "this is JSON"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(20), "not (in UTF-8|a text file)"),
}


@pytest.mark.parametrize(("text", "message"), BAD_LISTS.values(), ids=BAD_LISTS.keys())
def test_lists_that_cannot_be_used_are_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refusal:
        read_people(table(tmp_path, text), BOX)
    assert "people.csv" in str(refusal.value)


def test_all_faults_are_found_in_one_pass(tmp_path: Path) -> None:
    rows = "".join("30.01,50.02,x\n" for _ in range(20))
    with pytest.raises(InvalidInput, match=r"row 2,.*row 3,.*row 6,.*and 15 more") as refusal:
        read_people(table(tmp_path, "lon,lat,persons\n" + rows), BOX)
    assert "row 7" not in str(refusal.value)


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match=r"no such file|a folder"):
        read_people(tmp_path / name, BOX)


# ---- H3 grids


def cells_at(*resolutions: int) -> list[str]:
    return [h3.latlng_to_cell(50.02 + 0.01 * i, 30.01, resolution) for i, resolution in enumerate(resolutions)]


def test_a_grid_stands_where_its_hexagons_are_whatever_its_columns_say(tmp_path: Path) -> None:
    cell = cells_at(9)[0]
    people = read_people(table(tmp_path, f"id,lon,lat,population\n{cell},1,1,40\n"), BOX)
    lat, lon = h3.cell_to_latlng(cell)
    assert (people.how, people.id) == ("grid", (cell,))
    assert (people.lon[0], people.lat[0]) == (lon, lat)


def test_a_grid_may_write_its_ids_as_whole_numbers(tmp_path: Path) -> None:
    cell = cells_at(10)[0]
    people = read_people(table(tmp_path, f"h3;population\n{h3.str_to_int(cell)};40\n"), BOX)
    assert people.id == (cell,)


def test_mixed_resolutions_are_read_and_said(tmp_path: Path) -> None:
    a, b = cells_at(9, 10)
    people = read_people(table(tmp_path, f"hex_id,pop\n{a},1\n{b},2\n"), BOX)
    assert people.persons.tolist() == [1.0, 2.0]
    assert "the grid mixes H3 resolutions 9, 10" in people.notes


def test_a_wide_hexagon_knows_which_streets_it_holds(tmp_path: Path) -> None:
    cell = cells_at(7)[0]
    people = read_people(table(tmp_path, f"id,population\n{cell},40\n"), BOX)
    lat, lon = h3.cell_to_latlng(cell)
    assert people.wide_m == pytest.approx(2435, rel=0.01)  # edge of resolution 7: 1,406 m; times sqrt(3)
    assert people.locate is not None
    assert people.locate(np.asarray([lon, 30.09]), np.asarray([lat, 50.09])).tolist() == [0, -1]


BAD_GRIDS = {
    "invalid id": ("89a901291abffff,5\n8900000000000ff,5\n", "row 3, column 'id': '8900000000000ff' is no H3 cell"),
    "an edge, not a cell": (
        "89a901291abffff,5\n115283473fffffff,5\n",
        "row 3, column 'id': '115283473fffffff' is no H3 cell",
    ),
    "twice": ("89a901291abffff,5\n89a901291abffff,5\n", "row 3, column 'id': 89a901291abffff stands in row 2 already"),
    "negative": ("89a901291abffff,-5\n", "row 2, column 'population': -5 is below 0"),
    "elsewhere": ("89a901291abffff,5\n", "no row lies in the area"),
}


@pytest.mark.parametrize(("rows", "message"), BAD_GRIDS.values(), ids=BAD_GRIDS.keys())
def test_grids_that_cannot_be_used_are_refused(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_people(table(tmp_path, "id,population\n" + rows), BOX)


@pytest.mark.data
def test_porto_alegre_keeps_everybody(data_dir: Path) -> None:
    path = data_dir / "porto-alegre" / "poa_hexgrid.csv"
    total = sum(float(line.split(",")[3]) for line in path.read_text().splitlines()[1:])
    cells = cells_of(read_people(path, (-51.28, -30.13, -51.12, -29.98)))
    assert (cells.how, cells.total_milli) == ("grid", round(total * 1000))


# ---- rasters


def test_a_pixel_is_a_cell_at_its_own_centre(tmp_path: Path) -> None:
    # pixels of 0.01 degree from (30.0, 50.1): row 2, column 1 has its centre at (30.015, 50.075)
    values = np.zeros((10, 10), np.float32)
    values[2, 1] = 12.5
    people = read_people(raster(tmp_path, values), BOX)
    assert (people.how, people.id) == ("raster", ("r2c1",))
    assert (people.lon[0], people.lat[0], people.persons[0]) == (pytest.approx(30.015), pytest.approx(50.075), 12.5)


def test_pixels_without_data_hold_nobody(tmp_path: Path) -> None:
    values = np.full((10, 10), -99999, np.float32)
    values[0, 0], values[5, 5] = 4, np.nan
    people = read_people(raster(tmp_path, values, nodata=-99999), BOX)
    assert people.persons.tolist() == [4.0]
    assert any("99 pixels of people.tif over the area have no data" in note for note in people.notes)


def test_reading_in_strips_gives_the_same_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(3).uniform(0, 9, (10, 10))
    path = raster(tmp_path, values)
    whole = read_people(path, BOX)
    monkeypatch.setattr(people_raster, "STRIP_PIXELS", 25)
    strips = read_people(path, BOX)
    assert strips.id == whole.id
    assert strips.persons.tolist() == whole.persons.tolist() == values.ravel().tolist()


def test_only_the_window_over_the_area_is_read(tmp_path: Path) -> None:
    # a country of 1000 x 1000 pixels around an area of 10 x 10
    values = np.ones((1000, 1000), np.uint8)
    people = read_people(raster(tmp_path, values, transform=from_origin(25.0, 55.0, 0.01, 0.01)), BOX)
    assert people.persons.sum() == 100
    assert "people.tif reaches beyond the area; what lies outside is left out" in people.notes


def test_another_coordinate_system_keeps_people_pixel_by_pixel(tmp_path: Path) -> None:
    # UTM zone 36: 100 m pixels; every pixel's centre is transformed, nobody is resampled
    x, y = Transformer.from_crs(4326, 32636, always_xy=True).transform(30.05, 50.05)
    values = np.arange(1, 10, dtype=np.float64).reshape(3, 3)
    people = read_people(
        raster(tmp_path, values, transform=from_origin(x - 150, y + 150, 100, 100), crs="EPSG:32636"), BOX
    )
    assert people.persons.tolist() == values.ravel().tolist()
    assert (people.lon[4], people.lat[4]) == (pytest.approx(30.05, abs=1e-9), pytest.approx(50.05, abs=1e-9))
    assert any("EPSG:32636" in note for note in people.notes)


def test_a_raster_that_is_turned_is_read_rightly(tmp_path: Path) -> None:
    # row 0 is the southernmost here: pixel (0, 0) has its centre at (30.005, 50.005)
    values = np.zeros((10, 10), np.float32)
    values[0, 0] = 3
    people = read_people(raster(tmp_path, values, transform=Affine(0.01, 0, 30.0, 0, 0.01, 50.0)), BOX)
    assert (people.lon[0], people.lat[0]) == (pytest.approx(30.005), pytest.approx(50.005))


def test_the_first_of_several_bands_is_people_and_it_is_said(tmp_path: Path) -> None:
    values = np.stack([np.full((10, 10), 2.0), np.full((10, 10), 9.0)])
    people = read_people(raster(tmp_path, values), BOX)
    assert people.persons.sum() == 200
    assert "people.tif has 2 bands; people are read from band 1" in people.notes


def test_a_pixel_finds_the_streets_inside_it(tmp_path: Path) -> None:
    values = np.zeros((10, 10), np.float32)
    values[2, 1], values[9, 9] = 5, 6
    people = read_people(raster(tmp_path, values), BOX)
    assert people.locate is not None
    where = people.locate(np.asarray([30.011, 30.099, 30.05, 29.0]), np.asarray([50.079, 50.001, 50.05, 50.05]))
    assert where.tolist() == [0, 1, -1, -1]


def test_a_raster_without_a_coordinate_system_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"names no coordinate system.*gdal_edit"):
        read_people(raster(tmp_path, np.ones((10, 10)), crs=None), BOX)


def test_a_raster_of_another_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not overlap the area"):
        read_people(raster(tmp_path, np.ones((10, 10)), transform=from_origin(-70.0, 12.6, 0.01, 0.01)), BOX)


@pytest.mark.parametrize("value", [-1.0, float("inf")])
def test_people_that_cannot_be_are_refused(tmp_path: Path, value: float) -> None:
    values = np.ones((10, 10), np.float32)
    values[3, 4] = value
    with pytest.raises(InvalidInput, match=r"pixel in row 3, column 4: (-1|inf) people"):
        read_people(raster(tmp_path, values), BOX)


def test_a_raster_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = raster(tmp_path, np.random.default_rng(1).uniform(size=(200, 200)))
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_people(path, BOX)
    path.write_bytes(b"II*\x00garbage")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_people(path, BOX)


@pytest.mark.data
def test_aruba_keeps_everybody(data_dir: Path) -> None:
    # 106,766 people says the data's own README
    path = data_dir / "worldpop-aruba" / "abw_ppp_2020_UNadj_constrained.tif"
    people = read_people(path, (-70.2, 12.3, -69.7, 12.8))
    with rasterio.open(path) as file:
        band = file.read(1, masked=True).astype(np.float64)
    assert people.persons.sum() == pytest.approx(float(band.sum()), rel=1e-12)
    assert cells_of(people).total_milli == pytest.approx(106_766_000, abs=1_000)


@pytest.mark.data
def test_aruba_in_another_coordinate_system_keeps_everybody_too(data_dir: Path, tmp_path: Path) -> None:
    # the same pixels written as if they lay on a UTM grid of 90 m: whoever warped them would lose or make people
    with rasterio.open(data_dir / "worldpop-aruba" / "abw_ppp_2020_UNadj_constrained.tif") as file:
        band = file.read(1)
    path = raster(tmp_path, band, transform=from_origin(390_000, 1_395_000, 90, 90), crs="EPSG:32619", nodata=-99999)
    people = read_people(path, (-70.5, 12.0, -69.5, 13.0))
    assert people.persons.sum() == pytest.approx(float(band[band > 0].astype(np.float64).sum()), rel=1e-12)
