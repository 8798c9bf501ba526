"""The main job end to end, as a planner runs it: import, plan, check, and the demo the first and the second time."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from bench.measure import Row, data_folder, whole_process

_PROGRAM = [sys.executable, "-m", "shanyrak"]


def run(smoke: bool = False) -> list[Row]:
    """Rows for heidelberg (import + plan, check) and the demo (kernels compiled now, and cached)."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        env = {"SHANYRAK_HOME": f"{folder}/home", "NUMBA_CACHE_DIR": f"{folder}/kernels"}
        for what, target in (("demo --once, kernels compiled now", 30), ("demo --once, later", 10)):
            demo = whole_process([*_PROGRAM, "demo", "--once"], env=env)
            rows.append(
                {
                    "what": what,
                    "value": demo.seconds,
                    "unit": "s",
                    "target": f"<= {target}",
                    "memory_mb": demo.memory_mb,
                }
            )
        osm = data_folder() / "heidelberg" / "heidelberg.osm.pbf"
        brought = whole_process(
            [*_PROGRAM, "area", "import", "heidelberg", "--osm", str(osm), "--persons", "160000", "--json"], env=env
        )
        plan = whole_process(
            [*_PROGRAM, "plan", "heidelberg", "--open", "10", "--out", f"{folder}/plan", "--json"], env=env
        )
        summary = json.loads(plan.output)
        rows.append(
            {"what": "area import heidelberg", "value": brought.seconds, "unit": "s", "memory_mb": brought.memory_mb}
        )
        rows.append(
            {
                "what": "plan heidelberg --open 10",
                "value": plan.seconds,
                "unit": "s",
                "memory_mb": plan.memory_mb,
                "note": "gap {gap:.2g}, {candidates} candidates, {demand_cells} cells".format(**summary),
            }
        )
        rows.append({"what": "both together", "value": brought.seconds + plan.seconds, "unit": "s", "target": "<= 20"})
        if not smoke:
            check = whole_process([*_PROGRAM, "plan", "check", f"{folder}/plan"], env=env)
            rows.append(
                {"what": "plan check, plain code", "value": check.seconds, "unit": "s", "memory_mb": check.memory_mb}
            )
        assert Path(folder, "plan", "report.html").is_file()
    return rows
