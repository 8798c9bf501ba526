"""TSPLIB files with plane coordinates (G. Reinelt; EUC_2D): nodes are demand and candidates.

Distances are straight lines in double precision, or rounded down where asked; the rounding to the nearest whole
number that TSPLIB uses for tours is not applied, since siting studies of these files do not use it.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from shanyrak.app.instances.instance import Instance
from shanyrak.core.errors import InvalidInput

_PLANE = ("EUC_2D", "CEIL_2D")


def is_tsplib(head: str) -> bool:
    """Whether a text begins like TSPLIB."""
    return bool(re.search(r"^\s*(NODE_COORD_SECTION|EDGE_WEIGHT_TYPE\s*:|DIMENSION\s*:)", head, re.M))


def read_tsplib(path: Path) -> Instance:
    """Nodes in the order of the file, demand 1 each; InvalidInput names the line at fault."""
    said: dict[str, str] = {}
    places: list[tuple[float, float]] = []
    names: set[str] = set()
    inside = False
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            text = line.strip()
            if not text:
                continue
            if inside and (text[0].isdigit() or text[0] in "+-."):
                parts = text.split()
                try:
                    name, x, y = parts
                    place = (float(x), float(y))
                except ValueError:
                    raise InvalidInput(
                        f"{text!r} is no node", where=f"{path}, line {number}", mend="A node is: number x y"
                    ) from None
                if name in names:
                    raise InvalidInput(f"node {name} is there twice", where=f"{path}, line {number}")
                names.add(name)
                places.append(place)
                continue
            inside = text.startswith("NODE_COORD_SECTION")
            if text == "EOF":
                break
            key, _, value = text.partition(":")
            said[key.strip()] = value.strip()
    where = str(path)
    weights = said.get("EDGE_WEIGHT_TYPE", "EUC_2D")
    if weights not in _PLANE:
        raise InvalidInput(f"distances of type {weights} are not read", where=where,
                           mend="Give EUC_2D, or a table of distances (.npz)")  # fmt: skip
    if not places:
        raise InvalidInput("there is no NODE_COORD_SECTION with nodes", where=where)
    if said.get("DIMENSION", str(len(places))) != str(len(places)):
        raise InvalidInput(f"DIMENSION is {said['DIMENSION']}, and there are {len(places)} nodes", where=where,
                           mend="Is the file cut off?")  # fmt: skip
    points = np.array(places)
    if not np.isfinite(points).all():
        raise InvalidInput("a coordinate is no number", where=where)
    return Instance(kind="plane", demand=np.ones(len(points), np.int64), places=points, sites=points)
