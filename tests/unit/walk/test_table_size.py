"""A phone carries a table: 5,000 cells and 150 points, one profile, are at most 150 kB."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shanyrak.core.folders import Versions
from shanyrak.walk import ADULT, SLOW, Profile
from shanyrak.walk.graph import Places
from shanyrak.walk.table import TableMaker, cells_for_table
from tests.walk_towns import places, town

BUDGET_BYTES = 150_000
IDS = [np.random.default_rng(i).bytes(32).hex() for i in range(150)]


def test_a_drawn_town_of_five_thousand_cells() -> None:
    """A grid of 51 by 51 junctions, blocks of 60 to 180 m: 5,100 edges, a cell in the middle of 5,000 of them."""
    rng = np.random.default_rng(5)
    wide = 51
    ends = [(y * wide + x, y * wide + x + 1) for y in range(wide) for x in range(wide - 1)]
    ends += [(y * wide + x, (y + 1) * wide + x) for y in range(wide - 1) for x in range(wide)]
    graph = town(wide * wide, [(a, b, int(rng.integers(600, 1_800))) for a, b in sorted(ends)])
    half = [(e, int(graph.edge_length_dm[e]) // 2, 50) for e in range(5_000)]
    cells = cells_for_table(places(*half), 30 + rng.random(5_000) / 10, 50 + rng.random(5_000) / 10, area="ab" * 32)
    points = places(*[(int(e), 0, 50) for e in rng.choice(graph.edges, 150, replace=False)])
    (pack,) = TableMaker(graph, cells).packs(points, IDS, 150)
    assert sum(len(b.cell) for b in pack.blocks) == 12 * 5_000, "every cell has twelve points within an hour here"
    assert len(pack.to_bytes()) <= BUDGET_BYTES


@pytest.mark.data
@pytest.mark.parametrize("profile", [ADULT, SLOW], ids=lambda p: p.name)
def test_heidelberg(profile: Profile, data_dir: Path, tmp_path: Path) -> None:
    from shanyrak.area.importing import import_area

    extract = data_dir / "heidelberg" / "heidelberg.osm.pbf"
    area = import_area("heidelberg", extract, versions=Versions(tmp_path), persons=160_000)
    cells = cells_for_table(area.cell_places, area.cell_lon, area.cell_lat, area=area.manifest["content_hash"])
    assert 4_000 < len(cells) <= 5_000
    chosen = np.random.default_rng(1).choice(len(area.candidate_places), 150, replace=False)
    points: Places = area.candidate_places.take(chosen)
    (pack,) = TableMaker(area.graph, cells, profile).packs(points, IDS, 150)
    assert sum(len(b.cell) for b in pack.blocks) > 9 * len(cells)
    assert len(pack.to_bytes()) <= BUDGET_BYTES
