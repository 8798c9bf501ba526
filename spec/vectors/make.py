"""Writes the vectors beside this file:  python spec/vectors/make.py

Needs nothing but Python: it shares no line with the programs that the vectors are for, and gives the same
bytes every time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from make_authority import authority  # noqa: E402  # beside this file, which is no package
from make_canonical import canonical  # noqa: E402
from make_exchange import exchange  # noqa: E402
from make_facts import facts  # noqa: E402
from make_happened import happened  # noqa: E402
from make_signatures import signatures  # noqa: E402

FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "authority.json": authority,
    "canonical.json": canonical,
    "exchange.json": exchange,
    "facts.json": facts,
    "happened.json": happened,
    "signatures.json": signatures,
}


def vectors() -> dict[str, bytes]:
    """The bytes of every file, by name."""
    return {name: (json.dumps(make(), indent=1, sort_keys=True) + "\n").encode("ascii") for name, make in FILES.items()}


if __name__ == "__main__":
    for name, data in vectors().items():
        (HERE / name).write_bytes(data)
