"""Where things lie that can always be made again, keyed by the sources that made them.

The platform's cache folder for the program; ``NUMBA_CACHE_DIR`` moves it, as it does for every numba program.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs


def cache_folder(kind: str, *rooms: str) -> Path:
    """Folder of a cache: ``kind`` and a hash of every source file of the rooms it depends on (16 hex digits)."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in rooms:
        for source in sorted((package / room).rglob("*.py")):
            digest.update(source.relative_to(package).as_posix().encode())
            digest.update(source.read_bytes())
    base = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("shanyrak", appauthor=False)
    return Path(base) / f"{kind}-{digest.hexdigest()[:16]}"
