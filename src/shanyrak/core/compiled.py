"""The one door to numba: kernels are compiled once per machine and never served stale.

numba's own cache looks at the file of the kernel only. When a function it calls, in another file,
changes, it goes on serving the old machine code (measured). So the cache folder carries a hash of
the sources of all rooms that hold kernels.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

F = TypeVar("F", bound=Callable[..., Any])

_ROOMS = ("walk", "plan")


def kernel_hash() -> str:
    """Hash of every source file of the rooms that hold kernels (hex, 16 digits)."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in _ROOMS:
        for source in sorted((package / room).rglob("*.py")):
            digest.update(source.relative_to(package).as_posix().encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where the machine code of these very sources lies."""
    base = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("shanyrak", appauthor=False)
    return Path(base) / f"kernels-{kernel_hash()}"


def _configure() -> Any:
    import numba
    from numba.core import config

    config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
    return numba


_numba = _configure()
prange = _numba.prange


def kernel(**options: Any) -> Callable[[F], F]:
    """Compile a function with numba: cached, without the interpreter lock.

    Parameters are numba's own (``parallel=True``, ``boundscheck`` ...).
    """
    settings: dict[str, Any] = {"cache": True, "nogil": True, **options}

    def compile_it(function: F) -> F:
        compiled: F = _numba.njit(**settings)(function)
        return compiled

    return compile_it
