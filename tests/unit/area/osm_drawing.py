"""Towns drawn in letters, written as real ``.osm.pbf`` files.

    town = Town('''
        a  b  c
           d
    ''')
    path = town.write(tmp_path, [("abc", {"highway": "residential"}), ("bd", {"highway": "steps"})])

Each letter is a node, one character wide and one line high is ``metres`` metres; the first letter's
corner lies near (30, 50) degrees. The node's OSM number is the letter's code: a is 97.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium

from shanyrak.core.units import EARTH_RADIUS_M
from shanyrak.walk.graph import WalkGraph

Tags = Mapping[str, str]
LON, LAT = 30.0, 50.0


class Town:
    """Letters on a grid."""

    def __init__(self, drawing: str, *, metres: float = 10.0) -> None:
        self.at: dict[str, tuple[float, float]] = {}
        north = math.degrees(metres / EARTH_RADIUS_M)
        east = north / math.cos(math.radians(LAT))
        for row, line in enumerate(drawing.splitlines()):
            for column, letter in enumerate(line):
                if letter.isalpha():
                    assert letter not in self.at, f"{letter} is drawn twice"
                    self.at[letter] = (LON + column * east, LAT - row * north)

    def write(
        self,
        folder: Path,
        ways: Sequence[tuple[str, Tags]] = (),
        *,
        nodes: Mapping[str, Tags] | None = None,
        relations: Sequence[tuple[Sequence[tuple[int, str]], Tags]] = (),
        leave_out: str = "",
        name: str = "town.osm.pbf",
        header: osmium.io.Header | None = None,
    ) -> Path:
        """Write the file: ways numbered 1, 2, ... in order; relations 1, 2, ... with (way number, role)."""
        path = folder / name
        tags_of = nodes or {}
        with osmium.SimpleWriter(str(path), header=header or osmium.io.Header(), overwrite=True) as writer:
            for letter in sorted(self.at, key=ord):
                if letter not in leave_out:
                    writer.add_node(
                        osmium.osm.mutable.Node(
                            id=ord(letter), location=self.at[letter], tags=dict(tags_of.get(letter, {}))
                        )
                    )
            for number, (letters, tags) in enumerate(ways, 1):
                refs = [ord(letter) for letter in letters]
                writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags=dict(tags)))
            for number, (members, tags) in enumerate(relations, 1):
                writer.add_relation(
                    osmium.osm.mutable.Relation(
                        id=number, members=[("w", way, role) for way, role in members], tags=dict(tags)
                    )
                )
        return path


def edges(graph: WalkGraph) -> dict[str, int]:
    """Edges by the letters of their ends, in alphabetical order, and their length [dm]; '?' is a point of our own."""
    found: dict[str, int] = {}
    for i in range(graph.edges):
        ends = sorted(letter(graph, int(end)) for end in (graph.edge_from[i], graph.edge_to[i]))
        found["".join(ends)] = int(graph.edge_length_dm[i])
    return found


def letter(graph: WalkGraph, junction: int) -> str:
    """The letter of a junction."""
    number = int(graph.osm_node_id[junction])
    return chr(number) if number > 0 else "?"


def arcs(graph: WalkGraph) -> set[str]:
    """Arcs as two letters: from, to."""
    return {letter(graph, int(a)) + letter(graph, int(b)) for a, b in zip(graph.arc_from, graph.arc_to)}
