"""An area's manifest as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def lines(manifest: dict[str, Any]) -> Iterator[str]:
    """What ``area show`` prints without ``--json``."""
    counts = manifest["counts"]
    west, south, east, north = manifest["box"]
    yield f"{manifest['name']}{' (made-up town)' if manifest['made_up'] else ''}"
    yield f"  people      {manifest['persons']:,.0f}, {manifest['how']}"
    yield f"  streets     {counts['junctions']:,} junctions, {counts['edges']:,} edges, {counts['islands']:,} islands"
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in counts["candidates_by_kind"].items())
    yield f"  candidates  {counts['candidates']:,}{f' ({kinds})' if kinds else ''}"
    yield f"  cells       {counts['cells']:,}"
    yield f"  box         {west:.5f},{south:.5f},{east:.5f},{north:.5f}"
    yield f"  source      {manifest['source']['file']}, {manifest['attribution']}"
    yield f"  version     {manifest['content_hash'][:16]}"
    for note in manifest["notes"]:
        yield f"  note        {note}"
