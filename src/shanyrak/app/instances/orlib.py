"""OR-Library p-median graphs (J. E. Beasley): ``nodes edges p``, then ``i j length``; shortest paths count.

An edge that is repeated counts with its last length, as the library's page says.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from shanyrak.app.instances.instance import Instance
from shanyrak.core.errors import InvalidInput

_MOST_NODES = 30_000


def is_graph(head: str) -> bool:
    """Whether a text begins like a graph: three whole numbers in its first line, three numbers in each further one."""
    lines = [line for line in head.split("\n") if line.strip()]
    return bool(lines and re.fullmatch(r"\s*\d+\s+\d+\s+\d+\s*", lines[0]))


def read_graph(path: Path) -> Instance:
    """Nodes with demand 1 and all shortest paths between them; inf where there is no way."""
    where = str(path)
    words = path.read_text(encoding="utf-8", errors="replace").split()
    try:
        numbers = np.array(words, np.float64)
    except ValueError:
        odd = next(word for word in words if not re.fullmatch(r"[-+\d.eE]+", word))
        raise InvalidInput(f"{odd!r} is no number", where=where, mend="Lines are: i j length") from None
    nodes, edges, p = (int(value) for value in numbers[:3])
    rest = numbers[3:]
    if len(rest) != 3 * edges:
        raise InvalidInput(
            f"the first line says {edges} edges, and {len(rest) / 3:g} follow", where=where, mend="Is the file cut off?"
        )
    if not 0 < nodes <= _MOST_NODES:
        raise InvalidInput(f"a graph of {nodes} nodes is not read", where=where, mend=f"At most {_MOST_NODES}")
    table = rest.reshape(-1, 3)
    ends = table[:, :2]
    wrong = np.flatnonzero(((ends < 1) | (ends > nodes) | (ends != np.rint(ends))).any(axis=1))
    if len(wrong):
        said = " ".join(f"{value:g}" for value in table[wrong[0]])
        raise InvalidInput(f"{said!r} names a node that is not there", where=f"{where}, edge {wrong[0] + 1}",
                           mend=f"Nodes are numbered from 1 to {nodes}")  # fmt: skip
    short = np.flatnonzero(~(table[:, 2] >= 0) | (table[:, 2] == np.inf))
    if len(short):
        raise InvalidInput(f"a length of {table[short[0], 2]:g} is none", where=f"{where}, edge {short[0] + 1}")
    low, high = np.sort(ends.astype(np.int64) - 1, axis=1).T
    key = low * nodes + high
    _, last = np.unique(key[::-1], return_index=True)
    kept = len(key) - 1 - last
    kept = kept[low[kept] != high[kept]]
    # csgraph takes a stored 0 for no edge: lengths are shifted by a hair that whole lengths cannot feel
    zero = bool((table[kept, 2] == 0).any())
    hair = 1e-9 if zero else 0.0
    graph = sp.csr_array((table[kept, 2] + hair, (low[kept], high[kept])), shape=(nodes, nodes))
    far = dijkstra(graph, directed=False)
    if zero:
        far = np.where(np.isfinite(far), np.round(far, 6), far)
    return Instance(kind="distances", demand=np.ones(nodes, np.int64), table=far, p=p if p else None)
