"""Shanyrak: open software for networks of warm points in a blackout.

Nothing of ours is imported when this is loaded; names are resolved on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["__version__", "open_area"]

if TYPE_CHECKING:
    from shanyrak.core.version import __version__
    from shanyrak.wiring import open_area


def __getattr__(name: str) -> Any:
    if name == "open_area":
        from shanyrak.wiring import open_area

        return open_area
    if name == "__version__":
        from shanyrak.core.version import __version__

        return __version__
    raise AttributeError(f"module 'shanyrak' has no attribute {name!r}")
