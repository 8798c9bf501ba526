"""The one door to numba: kernels are compiled once per machine and never served stale.

numba's own cache looks at the file of the kernel only. When a function it calls, in another file,
changes, it goes on serving the old machine code (measured). So the cache folder carries a hash of
the sources of all rooms that hold kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from shanyrak.core.caches import cache_folder

F = TypeVar("F", bound=Callable[..., Any])


def kernel_folder() -> Path:
    """Where the machine code of these very sources lies."""
    return cache_folder("kernels", "walk", "plan")


def _configure() -> Any:
    import numba
    from numba.core import config

    config.CACHE_DIR = str(kernel_folder())  # type: ignore[attr-defined]
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
