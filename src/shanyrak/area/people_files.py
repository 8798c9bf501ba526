"""Which kind of population file somebody gave: its content says so, not its name."""

from __future__ import annotations

from pathlib import Path

from shanyrak.area.door import read_bytes
from shanyrak.area.people import People
from shanyrak.area.people_raster import read_people_raster
from shanyrak.area.people_table import read_people_table
from shanyrak.core.errors import InvalidInput

_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_OTHERS = {
    b"PK\x03\x04": "a zip archive or spreadsheet",
    b"PAR1": "Parquet",
    b"SQLite format 3": "a GeoPackage or database",
    b"\x89HDF": "HDF5 or netCDF",
    b"CDF": "netCDF",
    b"\x1f\x8b": "a gzip archive",
    b"{": "JSON",
    b"\x00\x00'\n": "a shapefile",
}
_MEND = "Give a GeoTIFF (WorldPop), a CSV lon,lat,persons or an H3 grid id,population"


def read_people(path: Path, box: tuple[float, float, float, float]) -> People:
    """People of a raster, a list or an H3 grid, inside a box (west, south, east, north) [degree].

    Raises
    ------
    InvalidInput
        No such file, another format, or what the readers of each format refuse.
    """
    head = _head(path)
    if head.startswith(_TIFF):
        return read_people_raster(path, box)
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise InvalidInput(f"this is {name}, which is not read here", where=str(path), mend=_MEND)
    return read_people_table(path, box)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError:
        head = b""
    return head or read_bytes(path)  # which says what is wrong with it
