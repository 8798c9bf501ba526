"""A long list as several pages, each small enough for a bad line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from shanyrak.publish.pages.rendering import LIMIT_BYTES, wire_bytes

Item = TypeVar("Item")


def divide(items: Sequence[Item], make: Callable[[list[Sequence[Item]], int], bytes]) -> list[Sequence[Item]]:
    """Equal parts, as few as keep every page within the limit.

    Parameters
    ----------
    make : (parts, which) -> that page; it also names all the parts
    """
    pieces = 1
    while True:
        parts = _equal(items, pieces)
        sizes = [wire_bytes(make(parts, which)) for which in range(len(parts))]
        if max(sizes) <= LIMIT_BYTES or pieces >= len(items):
            return parts
        # The shell of a page is about a fifth of the limit, so the rest is what divides.
        wanted = -(-sum(sizes) // (LIMIT_BYTES * 9 // 10)) if pieces == 1 else 0
        pieces = min(len(items), max(pieces + 1, wanted))


def _equal(items: Sequence[Item], pieces: int) -> list[Sequence[Item]]:
    cuts = [len(items) * i // pieces for i in range(pieces + 1)]
    return [items[start:end] for start, end in pairwise(cuts)]


def numbered(path: str, which: int) -> str:
    """Path of a part: the first keeps its name, the second is name-2."""
    return path if which == 0 else path.removesuffix(".html") + f"-{which + 1}.html"
