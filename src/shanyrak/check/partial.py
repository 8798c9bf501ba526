"""Does a certificate of the fewest sites for a share of demand hold? No solver; see ``shanyrak.check.certificate``.

That p sites reach a demand is counted. That fewer than b do not is a statement on maximal covering: b - 1 sites
reach less than is needed, at most; its certificate lies inside, under "below", and is checked as such.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shanyrak.check.certificate import FORMAT, Ints, check_certificate
from shanyrak.check.difference import Difference, Differences
from shanyrak.core.errors import Damaged


def check_fewest(
    certificate: dict[str, Any],
    cells_of: list[npt.NDArray[np.int32]],
    demand: Ints,
    share_millionths: int,
    fixed: list[int],
    *,
    where: str = "certificate",
) -> list[Difference]:
    """All in which a certificate differs from what the input gives.

    Parameters
    ----------
    cells_of, demand : as in ``check_certificate``
    share_millionths : the share of all demand that was asked for
    fixed : sites that were open already

    Raises
    ------
    Damaged
        The certificate cannot be read at all.
    """
    found = Differences(where)
    compare = found.compare

    try:
        need = -(-share_millionths * int(demand.sum()) // 1_000_000)
        compare("format", FORMAT, certificate["format"])
        compare("model", "partial_covering", certificate["model"])
        compare("demand needed", need, certificate["need"])
        sites = [int(j) for j in certificate["sites"]]
        near = np.zeros(len(demand), bool)
        for j in (*sites, *fixed):
            near[cells_of[j]] = True
        reached, bound = int(demand[near].sum()), int(certificate["bound"])
        compare("demand reached", reached, certificate["reached"])
        compare("whether it is enough", True, reached >= need)
        compare("sites named twice or open already", 0, len(sites) - len(set(sites) - set(fixed)))
        compare("number of sites", len(sites), certificate["objective"])
        compare("proven", len(sites) == bound, certificate["proven"])
        below = certificate["below"]
        if bound > 0 and below is None:
            compare("proof that fewer are not enough", "a proof", "none")
        elif bound > 0:
            found += check_certificate(below, cells_of, demand, where=f"{where}, below")
            compare("sites open already in the proof", sorted(fixed), sorted(below["fixed"]))
            compare("number of sites in the proof", bound - 1, below["k"])
            compare("whether fewer are not enough", True, int(below["bound"]) < need)
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise Damaged(
            f"the certificate cannot be read ({type(fault).__name__}: {fault})", where=where, mend="Make the plan again"
        ) from fault
    return found
