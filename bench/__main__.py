"""``python -m bench``: see the top of the package."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.table import Table

import bench
from bench.measure import Row

console = Console(width=150)
_COLUMNS = ("what", "value", "unit", "peer", "ratio", "target", "memory_mb", "note")


def registered() -> dict[str, ModuleType]:
    """Every module of the package that has ``run``."""
    found = {}
    for info in pkgutil.iter_modules(bench.__path__):
        if info.name in {"__main__", "measure"}:
            continue
        module = importlib.import_module(f"bench.{info.name}")
        if callable(getattr(module, "run", None)):
            found[info.name] = module
    return found


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}


def show(name: str, rows: list[Row]) -> None:
    """One table a benchmark."""
    table = Table(title=name, title_justify="left")
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column in {"what", "peer", "note"} else "right")
    for row in rows:
        table.add_row(*(_cell(row.get(column, "")) for column in _COLUMNS))
    console.print(table)


def _cell(value: object) -> str:
    return f"{value:,.3g}" if isinstance(value, float) else str(value)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks beside peers, in one run.")
    parser.add_argument("names", nargs="*", help="which (all unless named)")
    parser.add_argument("--smoke", action="store_true", help="once and small: does it still run?")
    arguments = parser.parse_args()
    known = registered()
    unknown = [n for n in arguments.names if n not in known]
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]!r}; there are {', '.join(known)}")
    results: dict[str, object] = {"machine": machine(), "at": datetime.now(UTC).isoformat(), "smoke": arguments.smoke}
    for name in arguments.names or known:
        begun = time.perf_counter()
        rows = known[name].run(smoke=arguments.smoke)
        show(f"{name} ({time.perf_counter() - begun:.0f} s)", rows)
        results[name] = rows
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    target = folder / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}.json"
    target.write_text(json.dumps(results, indent=1, ensure_ascii=False, default=str))
    console.print(f"written: {target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
