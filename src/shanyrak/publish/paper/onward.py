"""Where to go on to from a shut door, as papers say it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shanyrak.core.texts import Texts
from shanyrak.core.units import E7
from shanyrak.publish.model import PublicPoint, PublicView
from shanyrak.publish.pages.naming import plain, point_name
from shanyrak.publish.pages.place import NOT_LED_TO, aged
from shanyrak.publish.pages.walks import Leg, Nearest, Walks

NEXT = 2


def ways_on(view: PublicView, points: Sequence[PublicPoint], walks: Walks | None, now_at_min: int) -> Nearest:
    """The ways between points. Those said to be shut, on a break or not open yet come after the others.

    Parameters
    ----------
    points : those of the view, and maybe one more that only its operator may print
    """
    last = frozenset(
        one.id
        for one in view.points
        if aged(one, view.status[one.id], now_at_min).shown in NOT_LED_TO or view.status[one.id].visitors.contradict
    )
    lon, lat = (np.array([getattr(one, name) for one in points], np.float64) / E7 for name in ("lon_e7", "lat_e7"))
    return Nearest([one.id for one in points], lon, lat, walks, last)


def in_words(point: PublicPoint, leg: Leg, t: Texts) -> dict[str, str]:
    """Name, how far, and address of a place to go on to."""
    far = t("walk.min", n=leg.minutes) if leg.minutes is not None else t("walk.line_m", n=leg.metres)
    return {"name": point_name(point, t).text, "far": far, "where": plain(point.address, t.language)}
