"""Writes walk_table.json beside this file:  python spec/vectors/make_walk_table.py

Needs nothing but Python: it shares no line with the programs that the vectors are for, and gives the same bytes
every time. Bodies are put into stored blocks of deflate, which look the same whatever library reads them; a program
that writes files compares bodies.
"""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path
from typing import Any

HALF_MINUTE_DM = {"adult": 375, "slow": 291}
LIMIT_DM = {"adult": 45_000, "slow": 34_920}
FAR = math.inf
AREA = bytes(range(32))


class Numbers:
    """A row of numbers that looks drawn and is always the same (a linear congruence of Knuth's)."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, top: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % top


def drawn_town(seed: int, *, wide: int, cells: int, points: int) -> dict[str, Any]:
    """Streets in a grid, some one-way, some missing.

    Edges are [from, to, length_dm, one_way], places [edge, offset_dm, access_dm].
    No position is half-way between units.
    """
    draw = Numbers(seed)
    edges = []
    for y in range(wide):
        for x in range(wide):
            for to in ([y * wide + x + 1] if x + 1 < wide else []) + ([(y + 1) * wide + x] if y + 1 < wide else []):
                length, kind = 300 + draw.below(7_000), draw.below(8)
                if kind != 0:
                    edges.append([y * wide + x, to, length, 1 if kind == 1 else 0])

    def place() -> list[int]:
        edge = draw.below(len(edges))
        return [edge, draw.below(edges[edge][2] + 1), draw.below(4) * 25]

    def position(least_e7: int, span_e7: int) -> int:
        found = least_e7 + draw.below(span_e7)
        return found + (found % 100 == 50)

    where = sorted(place() for _ in range(cells))
    return {
        "junctions": wide * wide,
        "edges": edges,
        "cells": where,
        "cells_e7": [[position(305_000_000, 600_000), position(504_000_000, 400_000)] for _ in where],
        "points": [place() for _ in range(points - 1)] + [[-1, 0, 0]],
        "ids": ["".join(f"{draw.below(256):02x}" for _ in range(32)) for _ in range(points)],
    }


def junction_walks(town: dict[str, Any]) -> list[list[float]]:
    """From each junction to each, by Floyd and Warshall."""
    n = town["junctions"]
    far = [[0.0 if i == j else FAR for j in range(n)] for i in range(n)]
    for begin, end, length, one_way in town["edges"]:
        far[begin][end] = min(far[begin][end], length)
        if not one_way:
            far[end][begin] = min(far[end][begin], length)
    for k in range(n):
        for i in range(n):
            for j in range(n):
                far[i][j] = min(far[i][j], far[i][k] + far[k][j])
    return far


def walk(town: dict[str, Any], far: list[list[float]], start: list[int], goal: list[int]) -> float:
    """The walk between two places [dm]: access, along the edge to its ends, between ends, and likewise in."""
    if start[0] < 0 or goal[0] < 0:
        return FAR
    begin, end, length, one_way = town["edges"][start[0]]
    leave = [(end, length - start[1])] + ([] if one_way else [(begin, start[1])])
    to_begin, to_end, to_length, to_one_way = town["edges"][goal[0]]
    arrive = [(to_begin, goal[1])] + ([] if to_one_way else [(to_end, to_length - goal[1])])
    best = min(a + far[i][j] + b for i, a in leave for j, b in arrive)
    if start[0] == goal[0] and (goal[1] >= start[1] or not one_way):
        best = min(best, abs(goal[1] - start[1]))
    return start[2] + best + goal[2]


def number(value: int) -> bytes:
    out = bytearray()
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes([*out, value])


def zigzag(value: int) -> bytes:
    return number(2 * value if value >= 0 else -2 * value - 1)


def cells_body(area: bytes, positions: list[tuple[int, int]]) -> bytes:
    body = area + number(len(positions)) + number(100)
    for axis in (0, 1):
        before = 0
        for position in positions:
            body += zigzag(position[axis] - before)
            before = position[axis]
    return body


Walk = tuple[int, int]
BlockLists = tuple[list[Walk], list[Walk], list[Walk]]
"""(cells, to, from), each (number, half-minutes)."""


def blocks_of(town: dict[str, Any], base: int, profile: str) -> list[BlockLists]:
    far = junction_walks(town)
    points = town["points"]

    def twelve(start: list[int], known: int, without: int) -> list[tuple[float, int]]:
        rows = [(walk(town, far, start, points[p]), p) for p in range(known) if p != without]
        return sorted(row for row in rows if row[0] <= LIMIT_DM[profile])[:12]

    def half(length_dm: float) -> int:
        return math.ceil(int(length_dm) / HALF_MINUTE_DM[profile])

    found = []
    for point in range(len(points)):
        first, known = (0, base) if point < base else (point, point + 1)
        cells = [(c, half(d)) for c, s in enumerate(town["cells"]) for d, p in twelve(s, known, -1) if p == point]
        to = [(p, half(d)) for d, p in twelve(points[point], known, point)]
        since = [(o, half(d)) for o in range(first) for d, p in twelve(points[o], known, o) if p == point]
        found.append((cells, to, since))
    return found


def pack_body(
    tie: bytes, profile: str, first: int, before: list[str], ids: list[str], blocks: list[BlockLists], limit: int = 120
) -> bytes:
    body = zlib.crc32(tie).to_bytes(4, "big") + zlib.crc32(bytes.fromhex("".join(before))).to_bytes(4, "big")
    body += number(len(profile)) + profile.encode()
    body += number(HALF_MINUTE_DM[profile] * 100) + number(limit) + number(first) + number(len(ids))
    body += bytes.fromhex("".join(ids))
    for column in range(3):
        for block in blocks:
            body += number(len(block[column]))
    for cells, _, _ in blocks:
        end, at = 0, 0
        while at < len(cells):
            length = 1
            while at + length < len(cells) and cells[at + length][0] == cells[at][0] + length:
                length += 1
            body += number(cells[at][0] - end) + number(length)
            end, at = cells[at][0] + length, at + length
    for cells, _, _ in blocks:
        before_half = 0
        for _, half in cells:
            body += bytes([(half - before_half) % 256])
            before_half = half
    for _, to, _ in blocks:
        body += b"".join(number(p) for p, _ in to)
    for _, to, _ in blocks:
        body += bytes(half for _, half in to)
    for _, _, since in blocks:
        last = 0
        for p, _ in since:
            body += number(p - last)
            last = p
    for _, _, since in blocks:
        body += bytes(half for _, half in since)
    return body


def stored(body: bytes) -> bytes:
    """Deflate without compressing: blocks of at most 65,535 bytes."""
    parts = [body[i : i + 65_535] for i in range(0, len(body), 65_535)] or [b""]
    out = b""
    for i, part in enumerate(parts):
        size = len(part).to_bytes(2, "little")
        out += bytes([i + 1 == len(parts)]) + size + bytes(b ^ 255 for b in size) + part
    return out


def file(mark: str, body: bytes, *, version: int = 1, deflated: bytes | None = None) -> str:
    rest = stored(body) if deflated is None else deflated
    return (mark.encode() + bytes([version]) + zlib.crc32(rest).to_bytes(4, "big") + rest).hex()


def answers(blocks: list[BlockLists], cells: int) -> dict[str, Any]:
    def by_half(walks: list[Walk]) -> list[Walk]:
        return sorted(walks, key=lambda w: (w[1], w[0]))

    from_cell = [[(p, h) for p, b in enumerate(blocks) for k, h in b[0] if k == c] for c in range(cells)]
    between = [
        block[1] + [(later, h) for later, b in enumerate(blocks) for o, h in b[2] if o == p]
        for p, block in enumerate(blocks)
    ]
    return {"walks_from": [by_half(w) for w in from_cell], "between": [by_half(w) for w in between]}


def good() -> list[dict[str, Any]]:
    out = []
    for name, seed, size, base, profile in (
        ("a base pack and three points added later", 1, (6, 40, 19), 16, "adult"),
        ("the same walked slowly", 1, (6, 40, 19), 16, "slow"),
        ("all in the base pack", 2, (4, 25, 8), 8, "adult"),
        ("nothing in the base pack", 3, (3, 10, 4), 0, "adult"),
        ("no cell at all", 4, (3, 0, 4), 3, "adult"),
    ):
        wide, cells, points = size
        town = drawn_town(seed, wide=wide, cells=cells, points=points)
        units = [((x + 50) // 100, (y + 50) // 100) for x, y in town["cells_e7"]]
        body = cells_body(AREA, units)
        blocks = blocks_of(town, base, profile)
        ids = town["ids"]
        cuts = [(0, base), *((p, p + 1) for p in range(base, points))]
        packs = [pack_body(body, profile, a, ids[:a], ids[a:b], blocks[a:b]) for a, b in cuts]
        out.append(
            {
                "name": name,
                "profile": profile,
                "town": town,
                "base": base,
                "area": AREA.hex(),
                "cells": file("SHWC", body),
                "packs": [file("SHWP", pack) for pack in packs],
                "answers": answers(blocks, cells),
            }
        )
    return out


def nearest() -> dict[str, Any]:
    """Positions whose nearest cell is plain to see: a grid of 0.001 degrees."""
    units = [(3_050_000 + 100 * x, 5_040_000 + 100 * y) for y in range(5) for x in range(5)]
    draw = Numbers(9)
    asked = [[30.5, 50.4], [30.5004, 50.4], [29.0, 50.402], [30.502, 60.0], [31.7, 40.1]]
    asked += [[30.5 + draw.below(5_000_000) / 1e9, 50.4 + draw.below(5_000_000) / 1e9] for _ in range(20)]
    rows = []
    for lon, lat in asked:
        narrow = math.cos(math.radians(lat))
        x, y = math.floor(lon * 1e7 + 0.5), math.floor(lat * 1e7 + 0.5)
        off = [math.hypot((east * 100 - x) * narrow, north * 100 - y) for east, north in units]
        cell = off.index(min(off))
        assert sorted(off)[1] - off[cell] > 1e-3, "a vector must not hang on the last bit of a cosine"
        metres = off[cell] / 1e7 * math.pi / 180 * 6_371_008.8
        assert metres == 0 or abs(metres - round(metres)) > 1e-6
        rows.append({"lon": lon, "lat": lat, "cell": cell, "metres": math.ceil(metres)})
    return {"cells": file("SHWC", cells_body(AREA, units)), "asked": rows}


IDS = [f"{i:02x}" * 32 for i in range(1, 5)]


def bad() -> dict[str, list[dict[str, Any]]]:
    cells = cells_body(AREA, [(3_050_000 + 7 * i, 5_040_000) for i in range(5)])
    fine: list[BlockLists] = [([(0, 3), (1, 4), (4, 2)], [(1, 5)], []), ([(2, 120)], [(0, 6)], [])]

    def pack(blocks: list[BlockLists], ids: list[str] = IDS[:2], **more: int) -> bytes:
        return pack_body(cells, "adult", 0, [], ids, blocks, **more)

    base = pack(fine)
    later = pack_body(cells, "adult", 2, IDS[:2], IDS[2:3], [([(3, 1)], [(0, 2)], [(0, 2), (1, 3)])])
    head = len(pack([], [])) - 1  # up to the number of points
    one = pack([([(0, 3)], [], [])], IDS[:1])
    size = head + 1 + 32  # where a pack of one point says how many cells it has

    def one_with(sizes: bytes, rest: bytes) -> bytes:
        return one[:size] + sizes + rest

    bad_cells = {
        "of another kind": file("SHWP", cells),
        "of another version": file("SHWC", cells, version=2),
        "empty": "",
        "head only": file("SHWC", b"", deflated=b""),
        "no deflate": file("SHWC", b"", deflated=b"\xff" * 8),
        "deflate without an end": file("SHWC", b"", deflated=stored(cells)[:-1]),
        "more after the last cell": file("SHWC", cells + b"\0"),
        "one byte short": file("SHWC", cells[:-1]),
        "wrong check": file("SHWC", cells)[:10] + "00000000" + file("SHWC", cells)[18:],
        "another unit": file("SHWC", AREA + number(1) + number(10) + zigzag(1) + zigzag(1)),
        "east of 180 degrees": file("SHWC", cells_body(AREA, [(18_000_001, 0)])),
        "beyond the pole": file("SHWC", cells_body(AREA, [(0, -9_000_001)])),
        "more cells than may be": file("SHWC", AREA + number(2**20 + 1) + number(100)),
        "a number not in its shortest form": file("SHWC", AREA + b"\x81\x00" + number(100) + zigzag(1) + zigzag(1)),
        "a number of six bytes": file("SHWC", AREA + number(1) + number(100) + b"\x80\x80\x80\x80\x80\x01" + zigzag(1)),
    }
    bad_packs = {
        "a cells file": file("SHWC", cells),
        "of another version": file("SHWP", base, version=0),
        "one byte short": file("SHWP", base[:-1]),
        "more after the end": file("SHWP", base + b"\0"),
        "a point twice": file("SHWP", pack(fine, [IDS[0], IDS[0]])),
        "a walk beyond the limit": file("SHWP", pack(fine, limit=119)),
        "a walk between points beyond the limit": file("SHWP", pack([fine[0], ([], [(0, 121)], [])])),
        "a point it does not have": file("SHWP", pack([([], [(2, 5)], []), ([], [], [])])),
        "a point told of itself": file("SHWP", pack([([], [(0, 5)], []), ([], [], [])])),
        "a point told of another twice": file("SHWP", pack([([], [(1, 5), (1, 5)], []), ([], [], [])])),
        "the farther point first": file(
            "SHWP", pack_body(cells, "adult", 2, IDS[:2], IDS[2:3], [([], [(0, 5), (1, 4)], [])])
        ),
        "earlier points not ascending": file(
            "SHWP", pack_body(cells, "adult", 2, IDS[:2], IDS[2:3], [([], [], [(1, 5), (1, 4)])])
        ),
        "an earlier point that is not earlier": file(
            "SHWP", pack_body(cells, "adult", 2, IDS[:2], IDS[2:3], [([], [], [(2, 5)])])
        ),
        "more earlier points than there are": file("SHWP", pack([([], [], [(0, 1)]), ([], [], [])])),
        "thirteen points": file(
            "SHWP",
            pack_body(
                cells,
                "adult",
                14,
                [f"{i:02x}" * 32 for i in range(40, 54)],
                IDS[:1],
                [([], [(p, 1) for p in range(13)], [])],
            ),
        ),
        "a run of no cells": file("SHWP", one_with(b"\1\0\0", b"\0\0\1")),
        "a run that touches the one before": file("SHWP", one_with(b"\2\0\0", b"\0\1\0\1\0\0")),
        "a run longer than the block": file("SHWP", one_with(b"\1\0\0", b"\0\2\0")),
        "a profile that is no ASCII": file("SHWP", base[:9] + b"\xc3\xa4ult" + base[14:]),
    }
    named = {"bad_cells": bad_cells, "bad_packs": bad_packs}
    found = {key: [{"name": n, "bytes": data} for n, data in files.items()] for key, files in named.items()}
    elsewhere = cells_body(bytes(32), [(3_050_000 + 7 * i, 5_040_000) for i in range(5)])
    fewer = cells_body(AREA, [(3_050_000, 5_040_000)] * 3)
    found["bad_together"] = [
        {"name": name, "cells": file("SHWC", c), "packs": [file("SHWP", p) for p in packs]}
        for name, c, packs in (
            ("another area", elsewhere, [base]),
            ("other cells", fewer, [base]),
            ("no base pack", cells, [later]),
            ("the base pack twice", cells, [base, base]),
            ("another base pack", cells, [pack(fine, IDS[1:3]), later]),
            ("another profile", cells, [base, pack_body(cells, "slow", 2, IDS[:2], IDS[2:3], [([], [], [])])]),
            (
                "a point of the base pack again",
                cells,
                [base, pack_body(cells, "adult", 2, IDS[:2], IDS[:1], [([], [], [])])],
            ),
            ("a cell that there is not", cells, [pack([([(5, 1)], [], []), ([], [], [])])]),
        )
    ]
    found["good_together"] = [
        {"name": "as they should be", "cells": file("SHWC", cells), "packs": [file("SHWP", p) for p in (base, later)]}
    ]
    return found


def walk_table() -> dict[str, Any]:
    return {"towns": good(), "nearest": nearest(), **bad()}


def written() -> bytes:
    """The bytes of the file."""
    return (json.dumps(walk_table(), indent=None, sort_keys=True, separators=(",", ":")) + "\n").encode("ascii")


if __name__ == "__main__":
    (Path(__file__).resolve().parent / "walk_table.json").write_bytes(written())
