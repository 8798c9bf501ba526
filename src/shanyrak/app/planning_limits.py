"""What limits a choice beside the number of points: what they cost, and how near to each other they may stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from shanyrak.app.sites import KINDS
from shanyrak.app.siteset import SiteSet
from shanyrak.area.door import Faults, read_table
from shanyrak.area.metric import mercator, true_metres
from shanyrak.area.sites import is_geojson
from shanyrak.core.errors import InvalidInput
from shanyrak.core.units import LongArray

COST = ("cost", "costs", "вартість", "стоимость")
"""Names of the column of a list of candidates that says what each costs."""
_MOST_COST = 1 << 40


def costs_of(sites: SiteSet, candidates: int, by_kind: str | None, listed: Path | None) -> LongArray | None:
    """(sites,) what opening each costs, nothing for those that stand; None where nothing is said of cost.

    Parameters
    ----------
    by_kind : "rooms=2,ground=5,junctions=5"
    listed : the file of ``--candidates``, whose column ``cost`` counts

    Raises
    ------
    InvalidInput
        A cost that is not a whole number from 0, or a kind without one.
    """
    out = np.zeros(len(sites), np.int64)
    if by_kind is not None:
        price = _prices(by_kind)
        for at, kind in enumerate(sites.table.kind[:candidates]):
            if kind not in price:
                raise InvalidInput(f"nothing says what a candidate of kind {kind!r} costs", where="--costs",
                                   mend="Name every kind that may be chosen")  # fmt: skip
            out[at] = price[kind]
        return out
    column = None if listed is None or is_geojson(listed) else _column(listed)
    if column is None:
        return None
    for at, site in enumerate(sites.table.id[:candidates]):
        out[at] = column[int(site[1:]) - 1]  # ids of a list are x1, x2 ... by the row of the file
    return out


def _prices(text: str) -> dict[str, int]:
    kinds = {**KINDS, "list": "list"}
    price: dict[str, int] = {}
    for part in text.split(","):
        word, _, number = (piece.strip() for piece in part.partition("="))
        if word not in kinds or not number.isdecimal() or int(number) > _MOST_COST:
            raise InvalidInput(f"{part.strip()!r} is no cost", where="--costs",
                               mend="Write rooms=2,ground=5,junctions=5 in whole numbers")  # fmt: skip
        price[kinds[word]] = int(number)
    return price


def _column(path: Path) -> LongArray | None:
    table = read_table(path)
    name = table.find(COST)
    if name is None:
        return None
    faults = Faults(str(path), "Write whole numbers from 0")
    values = np.asarray(table.numbers(name, faults, least=0, most=_MOST_COST))
    for row, value in zip(table.rows, values.tolist(), strict=True):
        if value != int(value):
            faults.add(f"row {row}, column {name!r}: {value:g} is not whole")
    faults.refuse_if_any()
    return values.astype(np.int64)


def too_near(sites: SiteSet, candidates: int, spacing_m: float | None) -> list[tuple[int, int]]:
    """Pairs of sites nearer to each other than so many metres, as the crow flies; two existing points are no pair."""
    from scipy.spatial import cKDTree

    if spacing_m is None or not len(sites):
        return []
    if not np.isfinite(spacing_m) or spacing_m <= 0:
        raise InvalidInput(f"{spacing_m:g} m is no distance", where="--spacing", mend="Give more than 0")
    x, y = mercator(sites.table.lon, sites.table.lat)
    scale = true_metres(np.asarray([float(np.mean(sites.table.lat))]))[0]
    place = np.column_stack([x, y]) * scale
    pairs = cKDTree(place).query_pairs(spacing_m * (1 - 1e-12))
    return sorted((min(a, b), max(a, b)) for a, b in pairs if min(a, b) < candidates)
