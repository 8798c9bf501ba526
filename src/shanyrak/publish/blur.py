"""A place that is only roughly public: the middle of a fixed square of 500 m.

The squares lie on a grid of the whole world that knows nothing of the point, and every point of a square gets
the same middle. So neither averaging many looks nor a shift within the square tells more than the square.
"""

from __future__ import annotations

import math
from typing import Final

SIDE_E7: Final = 44_916
"""500 m of latitude: 1e7 * 500 / 111,319.5 (one degree on the sphere of WGS 84's equatorial radius)."""
_WHOLE_TURN_E7: Final = 3_600_000_000


def blurred(lon_e7: int, lat_e7: int) -> tuple[int, int]:
    """The middle (lon, lat) of the square a place lies in; west and south sides belong to the square."""
    middle_lat = lat_e7 // SIDE_E7 * SIDE_E7 + SIDE_E7 // 2
    # As many equal squares around the world as fit at this latitude, so that the last meets the first.
    around = max(1, int(_WHOLE_TURN_E7 / SIDE_E7 * math.cos(math.radians(middle_lat / 1e7))))
    side = _WHOLE_TURN_E7 // around
    return lon_e7 // side * side + side // 2, middle_lat
