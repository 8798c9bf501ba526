"""The made-up town and its basemap: how long they take to make, and how much memory, as whole processes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.measure import Row, median_process

_WRITE = "import sys; from shanyrak.area.made_up import write_town; write_town(sys.argv[1], {})"
_MAP = (
    "import sys; from shanyrak.area.basemap import write_basemap; write_basemap(sys.argv[1], sys.argv[2], made_up=True)"
)


def run(smoke: bool = False) -> list[Row]:
    """Rows for the demo's town, its basemap and, unless ``smoke``, a graph of 600,000 junctions."""
    towns = [("made-up town of 30,000 people", "persons=30_000", "", 1 if smoke else 3)]
    if not smoke:
        towns.append(("made-up streets, 600,000 junctions", "junctions=600_000, buildings=False", "<= 60", 1))
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for what, arguments, target, runs in towns:
            path = Path(folder) / "town.osm.pbf"
            done = median_process([sys.executable, "-c", _WRITE.format(arguments), str(path)], runs)
            row: Row = {"what": f"{what}: written", "value": done.seconds, "unit": "s", "memory_mb": done.memory_mb}
            rows.append({**row, "target": target, "note": f"{path.stat().st_size / 1e6:.1f} MB of .osm.pbf"})
            if arguments.startswith("persons"):
                tiles = Path(folder) / "town.pmtiles"
                done = median_process([sys.executable, "-c", _MAP, str(path), str(tiles)], runs)
                row = {"what": f"{what}: basemap", "value": done.seconds, "unit": "s", "memory_mb": done.memory_mb}
                rows.append({**row, "note": f"{tiles.stat().st_size / 1e6:.1f} MB of PMTiles"})
    return rows
