"""Reading an OpenStreetMap extract in one pass: the walking graph and what lies around it.

    PbfFile -> blocks -> Reading (nodes, ways, relations of a block)
                           |- NodeTable, WayTable: all numbers, packed
                           |- walking_rules: which ways are walked, and how
                           '- Collector: buildings, named things, addresses ...
    then: lines.assemble (areas crossed) -> build_graph -> WalkGraph

Nothing is decoded that nobody asks for, and nothing depends on the order within the file.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from shanyrak.area import walking_rules
from shanyrak.area.collecting import NODE_KEYS, RELATION_TYPES, STOP_KEYS, WAY_KEYS, Collector, is_name_key
from shanyrak.area.features import Features, SourceFile, no_features
from shanyrak.area.graph_build import Points, build_graph
from shanyrak.area.lines import AreaRelation, Walked, assemble
from shanyrak.area.pbf import DECODE_FAULTS, Block, Message, Nodes, PbfFile, indices, varints, zigzag
from shanyrak.area.refs import NodeTable, WayTable
from shanyrak.area.walking_rules import NodeRule, WayRule
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Progress, silent
from shanyrak.core.units import E7, LongArray
from shanyrak.walk.graph import WalkGraph, WayClass

_WALK_KEYS = frozenset({"highway", "railway", "public_transport", "man_made"})
"""A way with none of these is not walked."""


@dataclass(frozen=True, eq=False)
class Extract:
    """Everything one reading of an extract gives."""

    graph: WalkGraph
    features: Features
    box: tuple[float, float, float, float]
    """west, south, east, north [degree] of what is walked; the header's box is not trusted"""
    notes: list[str]
    """what a person should know about this file, as sentences"""
    counts: dict[str, int]
    """nodes, ways, relations of the file; walked_ways, junctions, edges, arcs, islands ..."""
    source: SourceFile


def read_osm(path: str | os.PathLike[str], *, progress: Progress = silent, features: bool = True) -> Extract:
    """Read an extract: what a person may walk, and with ``features`` what is there beside it.

    Parameters
    ----------
    path : path
        An ``.osm.pbf`` file (told by its content, whatever it is called). Read once, from front to back.
    features : bool
        False reads the graph only; ``Extract.features`` is then empty.

    Raises
    ------
    InvalidInput
        No such file, a folder, unreadable, empty, not a PBF, cut off, damaged, or with nothing to walk.
    """
    where = Path(path)
    with _opened(where) as file:
        pbf = PbfFile(where, file, os.fstat(file.fileno()).st_size, progress)
        reading = _Reading(where, features)
        for block in pbf:
            try:
                reading.take(block)
            except DECODE_FAULTS as fault:
                raise pbf.damaged(fault) from fault
    header = pbf.header
    source = SourceFile(pbf.sha256, pbf.size_bytes, header.timestamp, header.box, header.generator)
    progress("building the walking graph", 0, None)
    return reading.finish(source)


def _opened(path: Path) -> BinaryIO:
    where = str(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InvalidInput("this is a folder, not a file", where=where, mend="Name the .osm.pbf file in it")
        if stat.S_ISREG(status.st_mode) and not status.st_size:
            raise InvalidInput("the file is empty", where=where, mend="Get the extract again")
        return path.open("rb")
    except FileNotFoundError:
        raise InvalidInput("there is no such file", where=where, mend="Check the path") from None
    except PermissionError:
        raise InvalidInput("you may not read this file", where=where, mend="Change its permissions") from None
    except InvalidInput:
        raise
    except (OSError, ValueError) as fault:
        raise InvalidInput(f"the file cannot be opened ({fault})", where=where, mend="Check the path") from None


@dataclass(frozen=True, slots=True)
class _KeySet:
    """What the keys of a way mean, found once per block for all ways with the same keys."""

    walk: tuple[tuple[int, str], ...] | None
    """(place among the tags, key) of what the walking rules look at; None where it cannot be walked"""
    name: int
    """place of the name, -1 none"""
    collect: bool
    other_names: tuple[tuple[int, str], ...]


class _Reading:
    """One reading: takes blocks, then finishes."""

    def __init__(self, path: Path, features: bool) -> None:
        self._path = path
        self._nodes, self._ways = NodeTable(), WayTable()
        self._collector = Collector() if features else None
        self._node_keys = walking_rules.NODE_KEYS | (NODE_KEYS if features else frozenset())
        self._walked = Walked()
        self._rule_of: dict[tuple[tuple[str, str], ...], int] = {}
        self._index_of: dict[WayRule, int] = {}
        self._key_sets: dict[tuple[str, ...], _KeySet] = {}
        self._names: dict[str, int] = {}
        self._blocked: list[int] = []
        self._no_wheels: list[int] = []
        self._areas: list[AreaRelation] = []
        self._relations = 0

    def take(self, block: Block) -> None:
        """Take everything out of a block that will be needed."""
        for nodes in block.nodes():
            self._nodes.add(nodes.number, nodes.lon_e7, nodes.lat_e7)
            if len(nodes.tag_key):
                self._tagged_nodes(block, nodes)
        self._take_ways(block)
        self._take_relations(block)

    def _tagged_nodes(self, block: Block, nodes: Nodes) -> None:
        strings = block.strings
        wanted = np.fromiter((text in self._node_keys for text in strings), np.bool_, len(strings))
        interesting = np.zeros(len(nodes.number), np.bool_)
        interesting[nodes.tag_node[wanted[nodes.tag_key]]] = True
        chosen = interesting[nodes.tag_node]
        tags_of: dict[int, dict[str, str]] = {}
        for node, key, value in zip(
            nodes.tag_node[chosen].tolist(), nodes.tag_key[chosen].tolist(), nodes.tag_value[chosen].tolist()
        ):
            tags_of.setdefault(node, {})[strings[key]] = strings[value]
        for node, tags in tags_of.items():
            number = int(nodes.number[node])
            rule = walking_rules.node_rule(tags)
            if rule is NodeRule.BLOCKED:
                self._blocked.append(number)
            elif rule is NodeRule.WHEELS_NO:
                self._no_wheels.append(number)
            if self._collector is not None:
                self._collector.node(number, int(nodes.lon_e7[node]), int(nodes.lat_e7[node]), tags)

    def _take_ways(self, block: Block) -> None:
        strings = block.strings
        key_sets: dict[bytes, _KeySet] = {}
        for way in block.ways():
            index = self._ways.add(way.number, way.refs)
            if way.lats:
                self._located(block, way)
            key_set = key_sets.get(way.keys)
            if key_set is None:
                key_set = key_sets[way.keys] = self._key_set(tuple(strings[key] for key in indices(way.keys)))
            if key_set.walk is not None:
                values = indices(way.values)
                rule = self._rule_index(tuple((key, strings[values[at]]) for at, key in key_set.walk))
                if rule >= 0:
                    self._walk(index, rule, strings, values, key_set)
            if key_set.collect and self._collector is not None:
                self._collector.way(index, way.number, block.tags(way.keys, way.values))

    def _key_set(self, keys: tuple[str, ...]) -> _KeySet:
        known = self._key_sets.get(keys)
        if known is not None:
            return known
        present = set(keys)
        walk = tuple((at, key) for at, key in enumerate(keys) if key in walking_rules.WAY_KEYS)
        self._key_sets[keys] = found = _KeySet(
            walk if present & _WALK_KEYS else None,
            keys.index("name") if "name" in present else -1,
            bool(present & WAY_KEYS or present & STOP_KEYS),
            tuple((at, key) for at, key in enumerate(keys) if key != "name" and is_name_key(key)),
        )
        return found

    def _rule_index(self, tags: tuple[tuple[str, str], ...]) -> int:
        """Index of the rule for these tags, -1 where they may not be walked. Towns repeat themselves: told once."""
        found = self._rule_of.get(tags)
        if found is None:
            rule = walking_rules.way_rule(dict(tags))
            found = self._rule_of[tags] = -1 if rule is None else self._kept_rule(rule)
        return found

    def _kept_rule(self, rule: WayRule) -> int:
        index = self._index_of.setdefault(rule, len(self._index_of))
        if index == len(self._walked.rules):
            self._walked.rules.append(rule)
        return index

    def _walk(self, index: int, rule: int, strings: list[str], values: list[int] | bytes, key_set: _KeySet) -> None:
        walked = self._walked
        walked.way.append(index)
        walked.rule.append(rule)
        if key_set.name < 0:
            walked.name.append(-1)
            return
        name = strings[values[key_set.name]]
        walked.name.append(self._names.setdefault(name, len(self._names)))
        if key_set.other_names and self._collector is not None:
            self._collector.street(name, {key: strings[values[at]] for at, key in key_set.other_names})

    def _located(self, block: Block, way: Message) -> None:
        lon, lat = block.way_locations(way)
        number = np.cumsum(zigzag(varints(way.refs)))
        if len(number) != len(lon) or len(lon) != len(lat):
            raise ValueError("a way's nodes and coordinates differ in number")
        self._nodes.add(number, lon, lat)

    def _take_relations(self, block: Block) -> None:
        for number, tags, members in block.relations(RELATION_TYPES):
            self._relations += 1
            if tags["type"] == "multipolygon" and _WALK_KEYS & tags.keys():
                rule = walking_rules.area_rule(tags)
                if rule is not None:
                    name = self._names.setdefault(tags["name"], len(self._names)) if "name" in tags else -1
                    self._areas.append(AreaRelation(number, rule, name, members))
            if self._collector is not None:
                self._collector.relation(number, tags, members)

    def finish(self, source: SourceFile) -> Extract:
        """The graph, the features, and what was noticed."""
        nodes, ways = self._nodes, self._ways
        nodes.close()
        if not len(ways):
            what = "the file holds nodes and no ways" if len(nodes) else "the file holds neither nodes nor ways"
            raise self._nothing(what)
        try:
            blocked = self._positions(self._blocked)
            assembled = assemble(self._walked, self._areas, ways, nodes, blocked)
        except ValueError as fault:
            raise InvalidInput(
                f"a way cannot be read ({fault})", where=str(self._path), mend="Get the file again"
            ) from fault
        points = Points(nodes.number, nodes.lon_e7, nodes.lat_e7, blocked, self._positions(self._no_wheels))
        built = build_graph(assembled.lines, points, tuple(self._names))
        graph = built.graph
        if not graph.edges:
            raise self._nothing(f"none of its {len(ways):,} ways can be walked")
        counts = {
            "nodes": len(nodes),
            "ways": len(ways),
            "area_relations": self._relations,
            "walked_ways": len(self._walked.way),
            "junctions": graph.junctions,
            "edges": graph.edges,
            "arcs": graph.arcs,
            "islands": int(graph.island.max()) + 1,
            "largest_island_junctions": int(np.count_nonzero(graph.island == 0)),
            "squares": assembled.squares,
            "square_lines": assembled.square_lines,
            "incomplete_squares": assembled.incomplete_squares,
            "blocked_nodes": built.blocked_nodes,
            "missing_nodes": built.missing_nodes,
            "cut_ways": built.cut_lines,
            "steps_edges": int(np.count_nonzero(graph.edge_class == WayClass.STEPS)),
            "lift_edges": int(np.count_nonzero(graph.edge_class == WayClass.LIFT)),
        }
        features = no_features()
        if self._collector is not None:
            features = self._collector.finish(nodes, ways)
            counts["incomplete_outlines"] = self._collector.incomplete
        box = (
            float(graph.shape_lon_e7.min()) / E7,
            float(graph.shape_lat_e7.min()) / E7,
            float(graph.shape_lon_e7.max()) / E7,
            float(graph.shape_lat_e7.max()) / E7,
        )
        return Extract(graph, features, box, _notes(counts, source, box), counts, source)

    def _positions(self, numbers: list[int]) -> LongArray:
        found = self._nodes.find(np.array(numbers, np.int64))
        return found[found >= 0]

    def _nothing(self, what: str) -> InvalidInput:
        return InvalidInput(
            what,
            where=str(self._path),
            mend="Give an extract that holds the town's streets with their nodes, such as Geofabrik's",
        )


def _notes(counts: dict[str, int], source: SourceFile, box: tuple[float, float, float, float]) -> list[str]:
    notes = []
    if source.header_box is None:
        notes.append("The file's header names no box: the box is that of the ways.")
    elif not _close(source.header_box, box):
        declared = ", ".join(f"{side:g}" for side in source.header_box)
        notes.append(f"The header's box ({declared}) is not that of the ways: theirs is used.")
    if counts["missing_nodes"]:
        notes.append(
            f"{counts['cut_ways']:,} ways name {counts['missing_nodes']:,} nodes that the file does not hold; "
            "they are cut there."
        )
    if counts["islands"] > 1:
        apart = counts["junctions"] - counts["largest_island_junctions"]
        notes.append(f"{counts['islands'] - 1:,} parts with {apart:,} junctions are not connected to the largest one.")
    if counts["incomplete_squares"]:
        notes.append(
            f"{counts['incomplete_squares']:,} squares are not whole in the file; their outline only is walked."
        )
    return notes


def _close(header: tuple[float, float, float, float], box: tuple[float, float, float, float]) -> bool:
    """Whether a header's box holds the ways and is not much wider (three times their box on every side)."""
    west, south, east, north = box
    wide, high = 3 * (east - west) + 0.01, 3 * (north - south) + 0.01
    return (
        west - wide <= header[0] <= west
        and south - high <= header[1] <= south
        and east <= header[2] <= east + wide
        and north <= header[3] <= north + high
    )
