"""The same graph in pandana: arcs reversed, so that ranges are walks *to* a junction; whole decimetres."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from shanyrak.walk import ADULT
from shanyrak.walk.graph import WalkGraph
from shanyrak.walk.profile import arc_impedance_dm


def pandana_network(graph: WalkGraph) -> Any:
    """A network of one thread, its preparation (contraction) done and not part of any time taken."""
    os.environ["OMP_NUM_THREADS"] = "1"
    import pandana
    import pandas as pd

    network = pandana.Network(
        pd.Series(graph.lon_e7 / 1e7),
        pd.Series(graph.lat_e7 / 1e7),
        pd.Series(graph.arc_to.astype(np.int64)),
        pd.Series(graph.arc_from.astype(np.int64)),
        pd.DataFrame({"impedance_dm": arc_impedance_dm(graph, ADULT).astype(np.float64)}),
        twoway=False,
    )
    return network
