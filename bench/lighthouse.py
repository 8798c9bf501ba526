"""Lighthouse (mobile) on the finder and the plain first page: performance and accessibility, medians of several runs.

The program is installed from npm into a scratch folder at the first run, the browser is Debian's chromium. Blocking
time swings with whatever else the machine does, so the plain page, which has no script, stands beside as the measure
of the machine: where it is not near 100, nothing else counts.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.demo_site import chromium, served_demo
from bench.measure import Row

VERSION = "12.8.2"
RUNS = 5
_FLAGS = "--headless=new --no-sandbox --disable-background-networking --no-first-run"
_AUDITS = {
    "largest-contentful-paint": ("largest paint", "ms"),
    "total-blocking-time": ("blocking time", "ms"),
    "cumulative-layout-shift": ("layout shift", ""),
}


def run(*, smoke: bool = False) -> list[Row]:
    """Scores (0 to 100) and what they stand on."""
    if smoke:
        return [{"what": "pages", "value": "not judged", "unit": "", "note": "needs a quiet machine and npm"}]
    try:
        program = installed()
    except (OSError, subprocess.CalledProcessError):
        note = "LIGHTHOUSE IS MISSING: npm could not install it. Nothing is judged."
        print(f"*** {note} ***")
        return [{"what": "pages", "value": "missing", "unit": "", "note": note}]
    rows: list[Row] = []
    with served_demo() as address:
        for what, path in {"finder": "/app/", "plain page": "/"}.items():
            reports = [judged(program, address + path) for _ in range(RUNS)]
            for category, target in {"performance": 95, "accessibility": 95}.items():
                scores = [100 * report["categories"][category]["score"] for report in reports]
                spread = f"{min(scores):.0f} to {max(scores):.0f} of {len(scores)} runs"
                rows.append(
                    {
                        "what": f"{what}: {category}",
                        "value": statistics.median(scores),
                        "unit": "of 100",
                        "target": target,
                        "note": spread,
                    }
                )
            for audit, (name, unit) in _AUDITS.items():
                values = [report["audits"][audit]["numericValue"] for report in reports]
                rows.append({"what": f"{what}: {name}", "value": statistics.median(values), "unit": unit})
    return rows


def installed() -> Path:
    """The program, installed where it is not yet."""
    folder = Path(os.environ.get("SHANYRAK_LIGHTHOUSE", Path(tempfile.gettempdir()) / f"shanyrak-lighthouse-{VERSION}"))
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}')
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", f"lighthouse@{VERSION}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return program


def judged(program: Path, address: str) -> dict[str, Any]:
    """One report."""
    with tempfile.TemporaryDirectory(prefix="shanyrak-lighthouse-") as scratch:
        report = Path(scratch) / "report.json"
        command = [
            str(program),
            address,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            "--form-factor=mobile",
            "--only-categories=performance,accessibility",
            f"--chrome-flags={_FLAGS}",
        ]
        env = {**os.environ, "CHROME_PATH": chromium(), "TMPDIR": scratch}
        subprocess.run(command, check=True, capture_output=True, env=env, timeout=300)
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found
