"""Names of a room that are loaded when they are first used (PEP 562), so that importing a room is quick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy(room: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a room.

    Parameters
    ----------
    room : its ``__name__``
    homes : module of the room -> the names that come from it
    """
    home = {name: module for module, names in homes.items() for name in names}

    def get(name: str) -> Any:
        if name in home:
            return getattr(import_module(f"{room}.{home[name]}"), name)
        raise AttributeError(f"module {room!r} has no attribute {name!r}")

    return get
