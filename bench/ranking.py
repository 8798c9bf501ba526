"""Ranking 200 places with 12 legs each, and searching 10,000 names while typing: Python here, the phone's code in Node.

The phone's code is bundled by the web build's own tool as its tests are (``web/bench/ranking.bench.ts``).
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from pathlib import Path

from bench.measure import Row, median_seconds
from shanyrak.find.ranking import Leg, Place, rank
from shanyrak.find.trust import default_table

_WEB = Path(__file__).resolve().parent.parent / "web"


def town(places: int = 200, legs: int = 12) -> list[Place]:
    """Places on a square of 3 km; walks are straight lines at 37.5 m a half-minute."""
    draw = random.Random(1)
    at = [(draw.randrange(3000), draw.randrange(3000)) for _ in range(places)]

    def walk(a: tuple[int, int], b: tuple[int, int]) -> int:
        return int(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 / 37.5) + 1

    def nearest(i: int) -> list[int]:
        return sorted((j for j in range(places) if j != i), key=lambda j: walk(at[i], at[j]))[:legs]

    return [
        Place(
            index=i,
            id=f"{draw.randrange(16**8):08x}",
            shown=draw.choice(("open", "open", "not_confirmed", "unknown")),
            chance_permille=draw.choice((950, 900, 800, 500)),
            walk_hmin=walk((1500, 1500), at[i]),
            closes_at_min=draw.choice((None, 60, 300)),
            legs=tuple(Leg(j, walk(at[i], at[j])) for j in nearest(i)),
        )
        for i in range(places)
    ]


def run(smoke: bool = False) -> list[Row]:
    """Milliseconds for one order."""
    places, table = town(), default_table()
    mine = median_seconds(lambda: rank(places, 0, table), 1 if smoke else 5)
    rows: list[Row] = [{"what": "rank 200 places x 12 legs, Python", "value": round(1000 * mine, 1), "unit": "ms"}]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "vite.config.mjs"
        options = {
            "ssr": True,
            "outDir": folder,
            "rolldownOptions": {"input": str(_WEB / "bench" / "ranking.bench.ts")},
        }
        config.write_text(f"export default {json.dumps({'root': str(_WEB), 'build': options})}", encoding="utf-8")
        npx = ["npx", "vite", "build", "--config", str(config), "--logLevel", "error"]
        subprocess.run(npx, cwd=_WEB, check=True, capture_output=True)
        (Path(folder) / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        made = Path(folder) / "ranking.bench.js"
        said = subprocess.run(["node", str(made)], check=True, capture_output=True, text=True).stdout
    for what, value in json.loads(said).items():
        rows.append({"what": f"{what}, Node", "value": value, "unit": "ms", "target": "5" if "rank" in what else ""})
    return rows
