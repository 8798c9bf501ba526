"""PBF file -> walking graph: whole processes, all rules on, beside osmium's bare decoding and pyrosm.

Bare decoding is ``osmium fileinfo -e``: read, unpack, look at every object, keep nothing. Ours counts
from the start of the interpreter to the end of the process. Ours and a peer run by turns, so that a
busy machine slows both.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from bench.measure import Finished, Row, data_folder, whole_process

_GRAPH = "import sys; from shanyrak.area.osm import read_osm; read_osm(sys.argv[1], features=False)"
_ALL = "import sys; from shanyrak.area.osm import read_osm; read_osm(sys.argv[1])"
_PYROSM = "import sys; from pyrosm import OSM; OSM(sys.argv[1]).get_network('walking', nodes=True)"


def run(smoke: bool = False) -> list[Row]:
    """Rows for heidelberg and, unless ``smoke``, for a made-up town of 600,000 junctions."""
    rows = _beside("heidelberg", data_folder() / "heidelberg" / "heidelberg.osm.pbf", 1 if smoke else 5, 25)
    if not smoke:
        from shanyrak.area.made_up import write_town

        with tempfile.TemporaryDirectory() as folder:
            town = Path(folder) / "town.osm.pbf"
            write_town(town, junctions=600_000, buildings=False)
            rows += _beside("made-up town, 600,000 junctions", town, 3, 15)
    return rows + _pyrosm(smoke)


def _beside(what: str, path: Path, runs: int, most: int) -> list[Row]:
    if shutil.which("osmium") is None:
        raise SystemExit("osmium-tool is missing: install it (Debian: osmium-tool)")
    bare, ours, everything = [], [], []
    for _ in range(runs):
        bare.append(whole_process(["osmium", "fileinfo", "-e", str(path)]))
        ours.append(_python(_GRAPH, path))
        everything.append(_python(_ALL, path))
    decode, graph = _median(bare), _median(ours)
    return [
        {
            "what": f"{what}: osmium fileinfo -e",
            "value": decode.seconds,
            "unit": "s",
            "memory_mb": decode.memory_mb,
        },
        {
            "what": f"{what}: PBF to walking graph",
            "value": graph.seconds,
            "unit": "s",
            "peer": "osmium fileinfo -e",
            "ratio": graph.seconds / decode.seconds,
            "target": f"<= {most}",
            "memory_mb": graph.memory_mb,
        },
        {
            "what": f"{what}: graph and all features",
            "value": _median(everything).seconds,
            "unit": "s",
            "memory_mb": _median(everything).memory_mb,
        },
    ]


def _pyrosm(smoke: bool) -> list[Row]:
    path = data_folder() / "heidelberg" / "heidelberg.osm.pbf"
    theirs, mine = [], []
    for _ in range(1 if smoke else 9):
        theirs.append(_python(_PYROSM, path))
        mine.append(_python(_GRAPH, path))
    peer, ours = _median(theirs), _median(mine)
    return [
        {
            "what": "heidelberg: times faster than pyrosm",
            "value": peer.seconds,
            "unit": "s",
            "peer": "pyrosm get_network('walking', nodes=True)",
            "ratio": peer.seconds / ours.seconds,
            "target": ">= 8",
            "note": f"ours {ours.seconds:.3f} s; by turns {', '.join(_ratios(theirs, mine))}",
            "memory_mb": peer.memory_mb,
        },
        {
            "what": "heidelberg: share of pyrosm's peak memory",
            "value": ours.memory_mb,
            "unit": "MB",
            "peer": "pyrosm",
            "ratio": ours.memory_mb / peer.memory_mb,
            "target": "<= 0.25",
        },
    ]


def _ratios(theirs: list[Finished], mine: list[Finished]) -> list[str]:
    return [f"{ratio:.1f}" for ratio in sorted(a.seconds / b.seconds for a, b in zip(theirs, mine))]


def _python(code: str, path: Path) -> Finished:
    return whole_process([sys.executable, "-c", code, str(path)])


def _median(finished: list[Finished]) -> Finished:
    return Finished(
        statistics.median(one.seconds for one in finished), statistics.median(one.memory_mb for one in finished), ""
    )
