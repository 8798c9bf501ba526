"""Files as they come: odd, cut, damaged, packed in other ways. Never a library's traceback."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.area.blocks import undelta
from shanyrak.area.osm import read_osm
from shanyrak.area.packed import counts_in, inside_regions, messages_in, varints, varints_at, zigzag
from shanyrak.area.pbf import PbfFile
from shanyrak.core.errors import InvalidInput
from tests.unit.area.osm_drawing import Town, edges

TOWN = Town("""
    a  b  c
       d
""")
WAYS = [("abc", {"highway": "residential", "name": "Schulstraße"}), ("bd", {"highway": "steps"})]
NODES = {"b": {"barrier": "bollard"}, "d": {"amenity": "library", "name": "Бібліотека"}}
EXPECTED = {"ab": 300, "bc": 300, "bd": 100}


def refused(path: Path) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read_osm(path)
    assert caught.value.where == str(path)
    assert caught.value.mend
    return caught.value


def test_no_such_file(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "absent.osm.pbf").what


def test_a_folder(tmp_path: Path) -> None:
    assert "folder" in refused(tmp_path).what


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.osm.pbf"
    path.touch()
    assert "empty" in refused(path).what


def test_a_path_that_no_system_takes(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        read_osm("a\0b.osm.pbf")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_file_one_may_not_read(tmp_path: Path) -> None:
    path = TOWN.write(tmp_path, WAYS)
    path.chmod(0)
    try:
        assert "may not read" in refused(path).what
    finally:
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def test_permission_refused_by_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = TOWN.write(tmp_path, WAYS)

    def refuses(where: str, *_: object) -> None:
        raise PermissionError(13, "Permission denied", where)

    monkeypatch.setattr("shanyrak.area.osm.open", refuses, raising=False)
    assert "may not read" in refused(path).what


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"PK\x03\x04" + bytes(100),
        b'<?xml version="1.0"?><osm version="0.6"><node id="1" lat="1" lon="1"/></osm>',
        b"\x00\x00\x00\x0dhello, world!" + bytes(50),
        b"\xff" * 200,
        bytes(200),
        "Straße".encode() * 40,
    ],
)
def test_what_is_not_a_pbf(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "town.osm.pbf"
    path.write_bytes(content)
    fault = refused(path)
    assert "PBF" in fault.what or "cut off" in fault.what


def test_a_pbf_under_another_name_is_read(tmp_path: Path) -> None:
    path = TOWN.write(tmp_path, WAYS)
    odd = tmp_path / "Бу ча '\"; rm -rf $(x) %20.txt"
    path.rename(odd)
    assert edges(read_osm(odd).graph) == EXPECTED
    assert edges(read_osm(str(odd)).graph) == EXPECTED


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = TOWN.write(tmp_path, WAYS, nodes=NODES).read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    for size in range(1, len(whole)):
        cut.write_bytes(whole[:size])
        refused(cut)


def test_a_flipped_byte_is_refused_or_read_but_never_a_traceback(tmp_path: Path) -> None:
    whole = TOWN.write(tmp_path, WAYS, nodes=NODES).read_bytes()
    damaged = tmp_path / "damaged.osm.pbf"
    told = 0
    for at in range(len(whole)):
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            read_osm(damaged)
        except InvalidInput:
            told += 1
    assert told > len(whole) / 2  # zlib's checksum sees nearly all


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_inside_a_block_that_is_not_packed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    # Without zlib no checksum protects the content: every byte may be wrong, and still no traceback.
    folder = tmp_path_factory.mktemp("bare")
    path = rewritten(TOWN.write(folder, WAYS, nodes=NODES), folder / "bare.osm.pbf", "pbf,pbf_compression=none")
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        read_osm(path)
    except InvalidInput as fault:
        assert fault.mend


def rewritten(path: Path, target: Path, form: str, *, locations: bool = False) -> Path:
    with osmium.SimpleWriter(osmium.io.File(str(target), form), overwrite=True) as writer:
        things = osmium.FileProcessor(str(path))
        for thing in things.with_locations() if locations else things:
            if not (locations and thing.is_node()):
                writer.add(thing)
    return target


@pytest.mark.parametrize(
    "form",
    [
        "pbf",
        "pbf,pbf_compression=none",
        "pbf,pbf_dense_nodes=false",
        "pbf,add_metadata=false",
        "pbf,pbf_dense_nodes=false,add_metadata=false,pbf_compression=none",
    ],
)
def test_every_way_of_packing_reads_the_same(tmp_path: Path, form: str) -> None:
    path = rewritten(TOWN.write(tmp_path, WAYS, nodes=NODES), tmp_path / "again.osm.pbf", form)
    extract = read_osm(path)
    assert edges(extract.graph) == EXPECTED
    assert [poi.tags["name"] for poi in extract.features.pois] == ["Бібліотека"]


def test_locations_kept_on_ways_are_used(tmp_path: Path) -> None:
    path = rewritten(
        TOWN.write(tmp_path, WAYS), tmp_path / "on_ways.osm.pbf", "pbf,locations_on_ways=true", locations=True
    )
    assert edges(read_osm(path).graph) == EXPECTED


def test_packed_with_something_rare_says_how_to_repack(tmp_path: Path) -> None:
    path = TOWN.write(tmp_path, WAYS)
    try:
        lz4 = rewritten(path, tmp_path / "lz4.osm.pbf", "pbf,pbf_compression=lz4")
    except Exception:
        pytest.skip("this osmium has no lz4")
    fault = refused(lz4)
    assert "lz4" in fault.what
    assert "osmium cat" in fault.mend


def test_ways_before_their_nodes(tmp_path: Path) -> None:
    path = TOWN.write(tmp_path, WAYS)
    backwards = tmp_path / "backwards.osm.pbf"
    with osmium.SimpleWriter(str(backwards)) as writer:
        for kind in (osmium.osm.RELATION, osmium.osm.WAY, osmium.osm.NODE):
            for thing in osmium.FileProcessor(str(path), kind):
                writer.add(thing)
    assert edges(read_osm(backwards).graph) == EXPECTED


def test_what_the_header_says(tmp_path: Path) -> None:
    header = osmium.io.Header()
    header.set("generator", "a pencil")
    header.set("osmosis_replication_timestamp", "2026-04-04T20:21:22Z")
    source = read_osm(TOWN.write(tmp_path, WAYS, header=header)).source
    assert source.timestamp == "2026-04-04T20:21:22Z"
    assert source.generator == "a pencil"
    assert len(source.sha256) == 64
    assert source.size_bytes == (tmp_path / "town.osm.pbf").stat().st_size


def test_progress_is_told_to_the_last_byte(tmp_path: Path) -> None:
    path = TOWN.write(tmp_path, WAYS)
    told: list[tuple[str, int, int | None]] = []
    read_osm(path, progress=lambda label, done, total=None: told.append((label, done, total)))
    size = path.stat().st_size
    assert ("reading the map", size, size) in told


# ---- numbers as they are packed


def plain_varints(packed: bytes) -> list[int]:
    numbers, value, shift = [], 0, 0
    for octet in packed:
        value |= (octet & 0x7F) << shift
        shift += 7
        if octet < 0x80:
            numbers.append(value)
            value = shift = 0
    return numbers


def pack(numbers: list[int]) -> bytes:
    out = bytearray()
    for number in numbers:
        while number > 0x7F:
            out.append(number & 0x7F | 0x80)
            number >>= 7
        out.append(number)
    return bytes(out)


def octets(data: bytes) -> np.ndarray:  # type: ignore[type-arg]
    return np.frombuffer(data, np.uint8)


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_varints_all_at_once_are_the_plain_ones(numbers: list[int]) -> None:
    assert varints(octets(pack(numbers))).tolist() == numbers == plain_varints(pack(numbers))


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1))
def test_varints_at_several_places(numbers: list[int]) -> None:
    end = np.cumsum([len(pack([number])) for number in numbers])
    begin = np.concatenate([[0], end[:-1]])
    value, after = varints_at(octets(pack(numbers)), begin)
    assert value.tolist() == numbers
    assert after.tolist() == end.tolist()


@given(st.lists(st.integers(-(2**62), 2**62 - 1)))
def test_zigzag_there_and_back(numbers: list[int]) -> None:
    packed = np.array([number << 1 ^ number >> 63 for number in numbers], np.int64).view(np.uint64)
    assert zigzag(packed).tolist() == numbers


@given(st.lists(st.lists(st.integers(-(2**40), 2**40), max_size=5), max_size=6))
def test_differences_start_anew_with_every_way(ways: list[list[int]]) -> None:
    packed, end = b"", []
    for way in ways:
        steps = np.diff(np.array(way, np.int64), prepend=0).tolist()
        packed += pack([step << 1 ^ step >> 63 for step in steps])
        end.append(len(packed))
    number, number_end = undelta(octets(packed), np.array(end, np.int64))
    assert number.tolist() == [one for way in ways for one in way]
    assert number_end.tolist() == np.cumsum([len(way) for way in ways]).astype(int).tolist()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_bytes_inside_regions(gaps_and_lengths: list[tuple[int, int]]) -> None:
    inside: list[bool] = []
    begin, length = [], []
    for gap, size in gaps_and_lengths:
        inside += [False] * gap
        begin.append(len(inside))
        length.append(size)
        inside += [True] * size
    inside += [False]
    found = inside_regions(len(inside), np.array(begin, np.int64), np.array(length, np.int64))
    assert found.tolist() == inside


@given(st.lists(st.binary(max_size=300)))
def test_messages_one_after_another(contents: list[bytes]) -> None:
    # contents hold the tag's byte too, so that a message seems to begin where none does
    contents = [content.replace(b"\0", b"\x1a") for content in contents]
    packed = b"".join(b"\x1a" + pack([len(content)]) + content for content in contents)
    begin, end = messages_in(octets(packed), 0x1A)
    assert [packed[a:b] for a, b in zip(begin.tolist(), end.tolist())] == contents


@pytest.mark.parametrize(
    "packed", [b"\x1a\x01", b"\x1a", b"\x0a\x00", b"\x1a\x00\x0a\x00", b"\x1a\xff\xff\xff", b"\x1a" + b"\xff" * 12]
)
def test_messages_cut_off_or_mixed(packed: bytes) -> None:
    with pytest.raises(ValueError, match="piece"):
        messages_in(octets(packed), 0x1A)


@pytest.mark.parametrize("packed", [b"\x80", b"\x01\xff", b"\xff" * 11 + b"\x01"])
def test_a_packed_field_that_ends_within_a_number(packed: bytes) -> None:
    with pytest.raises(ValueError, match="number"):
        varints(octets(packed))
    with pytest.raises((ValueError, IndexError)):
        varints_at(octets(packed[-1:] if len(packed) < 3 else packed), np.array([0]))


def test_a_field_that_ends_within_a_number_of_the_next() -> None:
    with pytest.raises(ValueError, match="ends within a number"):
        counts_in(octets(pack([300, 5])), np.array([1, 3]))


# ---- the same as osmium reads


@pytest.mark.data
@pytest.mark.parametrize("name", ["monaco/monaco", "helsinki-centre/helsinki", "porto-alegre/poa"])
def test_decoded_as_osmium_decodes(data_dir: Path, name: str) -> None:
    path = data_dir / f"{name}.osm.pbf"
    nodes, ways, relations, tags = [], [], 0, 0
    with path.open("rb") as file:
        for block in PbfFile(path, file, path.stat().st_size):
            for part in block.nodes():
                nodes += zip(part.number.tolist(), part.lon_e7.tolist(), part.lat_e7.tolist())
                tags += len(part.tag_key)
            for group in block.ways():
                refs, end = undelta(group.refs, group.refs_end)
                of: dict[int, dict[str, str]] = {}
                for way, key, value in zip(group.tag_way.tolist(), group.tag_key, group.tag_value):
                    of.setdefault(way, {})[block.strings[key]] = block.strings[value]
                for i, (number, piece) in enumerate(zip(group.number.tolist(), np.split(refs, end[:-1]))):
                    ways.append((number, piece.tolist(), of.get(i, {})))
            relations += sum(1 for _ in block.relations(frozenset({"multipolygon"})))
    plain_nodes, plain_ways, plain_relations, plain_tags = [], [], 0, 0
    for thing in osmium.FileProcessor(str(path)):
        if thing.is_node():
            plain_nodes.append((thing.id, thing.location.x, thing.location.y))
            plain_tags += len(thing.tags)
        elif thing.is_way():
            plain_ways.append((thing.id, [node.ref for node in thing.nodes], {tag.k: tag.v for tag in thing.tags}))
        else:
            plain_relations += thing.tags.get("type") == "multipolygon"
    assert nodes == plain_nodes
    assert ways == plain_ways
    assert (relations, tags) == (plain_relations, plain_tags)
