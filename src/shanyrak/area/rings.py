"""Rings out of ways: joining a multipolygon's members, and a point inside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shanyrak.core.units import IntArray, LongArray


def join_rings(pieces: Sequence[LongArray]) -> list[LongArray] | None:
    """Closed rings from pieces of outline that meet at their ends; None where one stays open.

    Pieces may run either way round. Each ring is closed: the last node repeats the first.
    """
    rings = [piece for piece in pieces if len(piece) > 3 and piece[0] == piece[-1]]
    open_pieces = {i: piece for i, piece in enumerate(pieces) if len(piece) > 1 and piece[0] != piece[-1]}
    at_end: dict[int, list[int]] = {}
    for i, piece in open_pieces.items():
        at_end.setdefault(int(piece[0]), []).append(i)
        at_end.setdefault(int(piece[-1]), []).append(i)
    while open_pieces:
        _, piece = open_pieces.popitem()
        chain = [piece]
        first, last = int(piece[0]), int(piece[-1])
        while last != first:
            onward = next((i for i in at_end[last] if i in open_pieces), None)
            if onward is None:
                return None
            piece = open_pieces.pop(onward)
            if int(piece[0]) != last:
                piece = piece[::-1]
            chain.append(piece[1:])
            last = int(piece[-1])
        ring = np.concatenate(chain)
        if len(ring) > 3:
            rings.append(ring)
    return rings or None


def doubled_area(lon_e7: IntArray, lat_e7: IntArray) -> float:
    """Twice the area of a closed ring [degrees * 1e-7, squared]; positive counterclockwise."""
    x = (lon_e7 - lon_e7[0]).astype(np.float64)
    y = (lat_e7 - lat_e7[0]).astype(np.float64)
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def point_inside(lon_e7: IntArray, lat_e7: IntArray) -> tuple[int, int]:
    """A point inside a closed ring: the centre of gravity, or the middle of the widest piece beside it."""
    x = lon_e7.astype(np.float64)
    y = lat_e7.astype(np.float64)
    x0, y0 = x[0], y[0]
    cross = (x[:-1] - x0) * (y[1:] - y0) - (x[1:] - x0) * (y[:-1] - y0)
    area = cross.sum()
    if area == 0:
        return int(x[:-1].mean()), int(y[:-1].mean())
    at_x = x0 + ((x[:-1] + x[1:] - 2 * x0) * cross).sum() / (3 * area)
    at_y = y0 + ((y[:-1] + y[1:] - 2 * y0) * cross).sum() / (3 * area)
    at_y += 0.25  # beside the whole numbers on which corners lie
    crossing = (y[:-1] > at_y) != (y[1:] > at_y)
    if not crossing.any():
        return round(at_x), round(at_y)
    xs, ys, xe, ye = x[:-1][crossing], y[:-1][crossing], x[1:][crossing], y[1:][crossing]
    hit = np.sort(xs + (at_y - ys) / (ye - ys) * (xe - xs))
    left, right = hit[::2], hit[1::2]
    if ((left <= at_x) & (at_x <= right)).any():
        return round(at_x), round(at_y)
    widest = int(np.argmax(right - left))
    return round((left[widest] + right[widest]) / 2), round(at_y)
