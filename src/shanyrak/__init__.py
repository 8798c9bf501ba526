"""Shanyrak: open software for networks of warm points in a blackout.

Nothing of ours is imported when this is loaded; ``open_area`` is resolved on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["open_area"]

if TYPE_CHECKING:
    from shanyrak.wiring import open_area


def __getattr__(name: str) -> Any:
    if name == "open_area":
        from shanyrak.wiring import open_area

        return open_area
    raise AttributeError(f"module 'shanyrak' has no attribute {name!r}")
