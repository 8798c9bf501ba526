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
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from shanyrak.area import walking_rules
from shanyrak.area.blocks import Block, Nodes, Strings, Ways
from shanyrak.area.graph_build import Points, build_graph
from shanyrak.area.lines import AreaRelation, Walked, assemble
from shanyrak.area.message import DECODE_FAULTS
from shanyrak.area.pbf import PbfFile, SourceFile
from shanyrak.area.refs import NodeTable, WayTable
from shanyrak.area.tags import TagTable, alike
from shanyrak.area.walking_rules import NodeRule, WayRule
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Progress, silent
from shanyrak.core.units import E7, IntArray, LongArray
from shanyrak.walk.graph import WalkGraph, WayClass

if TYPE_CHECKING:
    from shanyrak.area.collecting import Collector
    from shanyrak.area.features import Features

_WALK_KEYS = frozenset({"highway", "railway", "public_transport", "man_made"})
"""A way with none of these is not walked."""
_RELATION_TYPES = frozenset({"multipolygon", "boundary"})


class Extract:
    """Everything one reading of an extract gives."""

    def __init__(
        self,
        graph: WalkGraph,
        features: Features | None,
        box: tuple[float, float, float, float],
        notes: list[str],
        counts: dict[str, int],
        source: SourceFile,
    ) -> None:
        self.graph = graph
        self._features = features
        self.box = box
        """west, south, east, north [degree] of what is walked; the header's box is not trusted"""
        self.notes = notes
        """what a person should know about this file, as sentences"""
        self.counts = counts
        """nodes, ways, relations of the file; walked_ways, junctions, edges, arcs, islands ..."""
        self.source = source

    @cached_property
    def features(self) -> Features:
        """What lies around the graph; empty where only the graph was read."""
        if self._features is not None:
            return self._features
        from shanyrak.area.features import no_features  # who asks for the graph alone does not wait for it

        return no_features()


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
    where = os.fspath(path)
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


def _opened(where: str) -> BinaryIO:
    try:
        status = os.stat(where)  # noqa: PTH116 - pathlib takes longer to load than this file to decompress
        if stat.S_ISDIR(status.st_mode):
            raise InvalidInput("this is a folder, not a file", where=where, mend="Name the .osm.pbf file in it")
        if stat.S_ISREG(status.st_mode) and not status.st_size:
            raise InvalidInput("the file is empty", where=where, mend="Get the extract again")
        return open(where, "rb")  # noqa: PTH123
    except FileNotFoundError:
        raise InvalidInput("there is no such file", where=where, mend="Check the path") from None
    except PermissionError:
        raise InvalidInput("you may not read this file", where=where, mend="Change its permissions") from None
    except InvalidInput:
        raise
    except (OSError, ValueError) as fault:
        raise InvalidInput(f"the file cannot be opened ({fault})", where=where, mend="Check the path") from None


_HINDERS, _FOR_NODE_RULE, _MAY_WALK, _FOR_RULE = 1, 2, 4, 8
"""What a key is looked at for, as bits: a node with it may stop a walker, the rules for nodes look at it; a way
with it may be walked, the rules for ways look at it ..."""
_NAME, _OTHER_NAME, _THING, _AT_NODE = 16, 32, 64, 128
"""... it is the name, or holds another name; a way or a node with it may be a thing to collect."""


class _Reading:
    """One reading: takes blocks, then finishes."""

    def __init__(self, path: str, features: bool) -> None:
        self._path = path
        self._nodes, self._ways = NodeTable(), WayTable()
        self._collector: Collector | None = None
        if features:
            from shanyrak.area.collecting import Collector  # not needed, so not loaded, for the graph alone

            self._collector = Collector()
        self._use_of: dict[bytes, int] = {}
        self._walked: list[tuple[LongArray, LongArray, IntArray]] = []
        self._rules: list[WayRule] = []
        self._rule_of: dict[tuple[tuple[str, str], ...], int] = {}
        self._index_of: dict[WayRule, int] = {}
        self._names: dict[str, int] = {}
        self._node_rule_of: dict[tuple[tuple[str, str], ...], NodeRule | None] = {}
        self._blocked: list[LongArray] = []
        self._no_wheels: list[LongArray] = []
        self._areas: list[AreaRelation] = []
        self._relations = 0

    def take(self, block: Block) -> None:
        """Take everything out of a block that will be needed."""
        for nodes in block.nodes():
            self._nodes.add(nodes.number, nodes.lon_e7, nodes.lat_e7)
            if len(nodes.tag_key):
                self._tagged_nodes(block, nodes)
        for ways in block.ways():
            self._take_ways(block, ways)
        self._take_relations(block)

    def _table(self, strings: Strings, owner: LongArray, key: LongArray, value: LongArray) -> TagTable:
        use = np.zeros(len(strings), np.uint8)
        known = self._use_of
        is_used = np.zeros(len(strings), np.bool_)
        is_used[key] = True
        used = np.flatnonzero(is_used)
        keys = strings.packed(used.tolist())
        for packed in keys:
            if packed not in known:
                known[packed] = self._use(packed.decode("utf-8", "replace"))
        use[used] = [known[packed] for packed in keys]
        return TagTable(strings, owner, key, value, use[key])

    def _use(self, key: str) -> int:
        collector = self._collector
        use = 0
        use |= _HINDERS if key in walking_rules.NODE_KEYS else 0
        use |= _FOR_NODE_RULE if key in walking_rules.NODE_RULE_KEYS else 0
        use |= _MAY_WALK if key in _WALK_KEYS else 0
        use |= _FOR_RULE if key in walking_rules.WAY_KEYS else 0
        use |= _NAME if key == "name" else 0
        if collector is not None:
            use |= _AT_NODE if collector.looks_at_node(key) else 0
            use |= _THING if collector.looks_at_way(key) else 0
            use |= _OTHER_NAME if key != "name" and collector.is_name_key(key) else 0
        return use

    def _tagged_nodes(self, block: Block, nodes: Nodes) -> None:
        table = self._table(block.strings, nodes.tag_node, nodes.tag_key, nodes.tag_value)
        hinders = table.owners_with(_HINDERS, len(nodes.number))
        node, kind, example = alike(table.where(hinders[table.owner] & (table.use & _FOR_NODE_RULE > 0)))
        rules = [self._node_rule(tags) for tags in example]
        for rule, numbers in ((NodeRule.BLOCKED, self._blocked), (NodeRule.WHEELS_NO, self._no_wheels)):
            if rule in rules:
                numbers.append(nodes.number[node[np.array([one is rule for one in rules])[kind]]])
        if self._collector is not None:
            looked_at = table.owners_with(_AT_NODE, len(nodes.number))
            for one, tags in table.where(looked_at[table.owner]).dicts().items():
                self._collector.node(int(nodes.number[one]), int(nodes.lon_e7[one]), int(nodes.lat_e7[one]), tags)

    def _node_rule(self, tags: tuple[tuple[str, str], ...]) -> NodeRule | None:
        if tags not in self._node_rule_of:
            self._node_rule_of[tags] = walking_rules.node_rule(dict(tags))
        return self._node_rule_of[tags]

    def _take_ways(self, block: Block, ways: Ways) -> None:
        first = self._ways.add(ways.number, ways.refs, ways.refs_end)
        if ways.located is not None:
            self._nodes.add(*ways.located)
        table = self._table(block.strings, ways.tag_way, ways.tag_key, ways.tag_value)
        self._walk(table, first, len(ways.number))
        if self._collector is not None:
            thing = table.owners_with(_THING, len(ways.number))
            for way, tags in table.where(thing[table.owner]).dicts().items():
                self._collector.way(first + way, int(ways.number[way]), tags)

    def _walk(self, table: TagTable, first: int, size: int) -> None:
        """Find the ways that are walked, their rules and names."""
        may_walk = table.owners_with(_MAY_WALK, size)
        ruling = table.where(may_walk[table.owner] & (table.use & _FOR_RULE > 0))
        way, kind, example = alike(ruling)
        rule = np.array([self._rule_index(tags) for tags in example], np.int64)[kind]
        walked = rule >= 0
        way, rule = way[walked], rule[walked]
        name = np.full(size, -1, np.int64)
        named = table.use & _NAME > 0
        name[table.owner[named]] = table.value[named]
        self._walked.append((way + first, rule, self._name_index(table.strings, name[way])))
        if self._collector is not None:
            is_walked = np.zeros(size, np.bool_)
            is_walked[way] = True
            other = (table.use & _OTHER_NAME > 0) & is_walked[table.owner] & (name[table.owner] >= 0)
            for one, names in table.where(other).dicts().items():
                self._collector.street(table.strings[name[one]], names)

    def _rule_index(self, tags: tuple[tuple[str, str], ...]) -> int:
        """Index of the rule for these tags, -1 where they may not be walked. Towns repeat themselves: told once."""
        found = self._rule_of.get(tags)
        if found is None:
            rule = walking_rules.way_rule(dict(tags))
            found = self._rule_of[tags] = -1 if rule is None else self._kept_rule(rule)
        return found

    def _kept_rule(self, rule: WayRule) -> int:
        index = self._index_of.setdefault(rule, len(self._index_of))
        if index == len(self._rules):
            self._rules.append(rule)
        return index

    def _name_index(self, strings: Strings, value: LongArray) -> IntArray:
        """Indices into the names, in the order in which they first come."""
        each, at, inverse = np.unique(value, return_index=True, return_inverse=True)
        index = np.full(len(each), -1, np.int32)
        come = np.argsort(at)
        come = come[each[come] >= 0]
        names = self._names
        index[come] = [names.setdefault(text, len(names)) for text in strings.all_of(each[come].tolist())]
        return index[inverse]

    def _take_relations(self, block: Block) -> None:
        for number, tags, members in block.relations(_RELATION_TYPES):
            self._relations += 1
            if tags["type"] == "multipolygon" and _WALK_KEYS & tags.keys():
                rule = walking_rules.area_rule(tags)
                if rule is not None:
                    name = self._names.setdefault(tags["name"], len(self._names)) if "name" in tags else -1
                    self._areas.append(AreaRelation(number, rule, name, members()))
            if self._collector is not None:
                self._collector.relation(number, tags, members())

    def finish(self, source: SourceFile) -> Extract:
        """The graph, the features, and what was noticed."""
        nodes, ways = self._nodes, self._ways
        nodes.close()
        ways.close()
        if not len(ways):
            what = "the file holds nodes and no ways" if len(nodes) else "the file holds neither nodes nor ways"
            raise self._nothing(what)
        try:
            blocked = self._positions(self._blocked)
            walked = Walked(self._rules, *(np.concatenate(columns) for columns in zip(*self._walked)))
            assembled = assemble(walked, self._areas, ways, nodes, blocked)
        except ValueError as fault:
            raise InvalidInput(
                f"a way cannot be read ({fault})", where=self._path, mend="Get the file again"
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
            "walked_ways": len(walked.way),
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
        features = None
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

    def _positions(self, numbers: list[LongArray]) -> LongArray:
        found = self._nodes.find(np.concatenate([np.zeros(0, np.int64), *numbers]))
        return found[found >= 0]

    def _nothing(self, what: str) -> InvalidInput:
        return InvalidInput(
            what,
            where=self._path,
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
