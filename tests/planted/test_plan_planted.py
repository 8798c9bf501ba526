"""Plans and proofs broken on purpose: the checker catches every one.

The true plan is the one of ``tests/tiny_plan.py``; each test plants one fault in it.
"""

from __future__ import annotations

import base64
import copy
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from shanyrak.check.certificate import check_certificate, unpacked
from shanyrak.check.plan_folder import check_plan
from shanyrak.check.walks import limit_dm
from shanyrak.plan import maximal_covering
from tests.tiny_plan import LIMIT, SITES, Lies, write_area, write_plan

Certificate = dict[str, Any]


def found(tmp_path: Path, lies: Lies) -> set[str]:
    """What the checker says of a plan with these lies."""
    write_plan(tmp_path / "plan", write_area(tmp_path / "area"), lies)
    return {difference.what for difference in check_plan(tmp_path / "plan", tmp_path / "area")}


def test_without_a_lie_nothing_is_found(tmp_path: Path) -> None:
    assert found(tmp_path, Lies()) == set()


def test_strictly_nearer_than_the_limit(tmp_path: Path) -> None:
    # d < S: cell 2, which A reaches in just 2 minutes, is lost
    what = found(tmp_path, Lies(covers=lambda walk: walk < LIMIT))
    assert {"covered", "covered_persons", "hash of the input (pattern_sha256)"} <= what


def test_a_limit_rounded_in_floating_point(tmp_path: Path) -> None:
    # 8.2 dm/s for 15 min are 7380 dm; in binary fractions they are a hair less, and rounded down 7379
    assert int(8.2 * 60 * 15) == 7379
    assert limit_dm(8.2, 15) == 7380
    what = found(tmp_path, Lies(limit=LIMIT - 1, covers=lambda walk: walk <= LIMIT - 1))
    assert {"limit_dm", "covered_persons"} <= what


def test_a_person_counted_twice(tmp_path: Path) -> None:
    def twice(totals: dict[str, int]) -> None:
        totals["covered"] = totals["covers"] + totals["existing"] + 4000

    assert {"covered_persons", "unserved_persons"} <= found(tmp_path, Lies(persons=twice))


def test_backup_counted_as_added(tmp_path: Path) -> None:
    assert "adds_persons" in found(tmp_path, Lies(persons=lambda t: t.update(adds=t["adds"] + 4000)))


def _flip(values: list[Any]) -> list[Any]:
    return [not values[0], *values[1:]]


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("covered", _flip),
        ("times_covered", lambda v: [v[0] + 1, *v[1:]]),
        ("minutes", lambda v: [0.0 if m is None else m for m in v]),  # missing is not zero
        ("minutes", lambda v: [v[0] + 0.02, *v[1:]]),
        ("rank", lambda v: [1 for _ in v]),
        ("persons_milli", lambda v: [v[0] + 1, v[1] - 1, *v[2:]]),
        ("id", lambda v: [v[1], v[0], *v[2:]]),
        ("persons", lambda v: [v[0] + 0.5, *v[1:]]),
    ],
)
def test_a_wrong_cell(tmp_path: Path, column: str, change: Callable[[list[Any]], list[Any]]) -> None:
    assert column in found(tmp_path, Lies(cells={column: change}))


@pytest.mark.parametrize(
    ("sites", "what"),
    [
        ({"edge": [0, 3, 4]}, "place of a candidate"),
        ({"offset_dm": [0, 10, 1000]}, "place of a candidate"),
        ({"access_dm": [0, 0, 80]}, "walk to the street [dm]"),  # X stands 100 dm from the street
        ({"offset_dm": [0, 0, 900]}, "walk to the street [dm]"),
        ({"offset_dm": [0, 0, 1200]}, "offset beyond its edge"),
        ({"role": ["candidate"] * 3}, "fixed sites"),
        ({"role": ["existing", "candidate", "existing"]}, "role of a chosen site"),
        ({"id": ["w1", "w2", "x9"]}, "existing point"),
        ({"lon": [SITES["lon"][0] + 1e-5, *SITES["lon"][1:]]}, "lon"),
    ],
)
def test_a_wrong_candidate(tmp_path: Path, sites: dict[str, list[Any]], what: str) -> None:
    assert what in found(tmp_path, Lies(sites=sites))


def _edit(*path: str | int, value: Any) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for key in path[:-1]:
            content = content[key]
        content[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_edit("area", "content_hash", value="0" * 64), "content hash of the area"),
        (_edit("summary", "k", value=2), "number of new sites"),
        (_edit("summary", "minutes", value=3), "limit_dm"),
        (_edit("profile", "speed_dm_per_s", value=12.4), "limit_dm"),
        (_edit("summary", "gap", value=0.01), "gap"),
        (_edit("summary", "proven", value=False), "proven"),
        (_edit("summary", "bound_persons", value=12.6), "bound_persons"),
        (_edit("summary", "candidates", value=3), "number of candidates"),
        (_edit("summary", "demand_persons", value=15.0), "demand_persons"),
        (_edit("summary", "sites", 0, "id", value="w2"), "site"),
        (_edit("summary", "sites", 0, "rank", value=2), "rank"),
        (_edit("summary", "sites", 0, "farthest_walk_min", value=1.5), "farthest_walk_min"),
        (_edit("unreachable_persons", value=0.0), "unreachable_persons"),
        (_edit("unserved_persons", value=None), "unserved_persons"),
        (_edit("existing", value=[]), "number of existing points"),
        (_edit("curve", 0, "covered_persons", value=13.0), "covered_persons of the curve"),
    ],
)
def test_a_wrong_figure_in_the_plan(tmp_path: Path, change: Callable[[Any], None], what: str) -> None:
    assert what in found(tmp_path, Lies(plan=change))


def test_an_edge_made_shorter_after_the_import(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    write_plan(tmp_path / "plan", write_area(tmp_path / "area"))
    edges = pq.read_table(tmp_path / "area" / "edges.parquet")
    at = edges.column_names.index("edge_length_dm")
    pq.write_table(edges.set_column(at, "edge_length_dm", pa.array([1000, 1000, 900, 1000, 1000])),
                   tmp_path / "area" / "edges.parquet")  # fmt: skip
    what = {difference.what for difference in check_plan(tmp_path / "plan", tmp_path / "area")}
    assert "content hash" in what


# --- proofs: the Fano plane (7 cells, 7 candidates of 3, k = 2) needs cases: the relaxation gives 6, the truth is 5

FANO = np.zeros((7, 7), bool)
for _j in range(7):
    FANO[[_j, (_j + 1) % 7, (_j + 3) % 7], _j] = True
CELLS = [np.flatnonzero(column).astype(np.int32) for column in FANO.T]
DEMAND = np.ones(7, np.int64)
TRUE = json.loads(json.dumps(maximal_covering(sp.csr_array(FANO), DEMAND, 2, gap=0).certificate))


def hole(change: Callable[[Certificate], None]) -> set[str]:
    certificate = copy.deepcopy(TRUE)
    change(certificate)
    return {difference.what for difference in check_certificate(certificate, CELLS, DEMAND)}


def test_the_true_proof_holds() -> None:
    assert hole(lambda certificate: None) == set()
    assert sum("leaf" in step for step in TRUE["proof"]) > 2


def test_the_incumbent_given_out_as_the_bound() -> None:
    siting = maximal_covering(sp.csr_array(FANO), DEMAND, 2, gap=0.2)
    assert (siting.objective, siting.bound) == (5, 6)
    lie = {**siting.certificate, "bound": 5, "proven": True}
    assert {d.what for d in check_certificate(lie, CELLS, DEMAND)} == {"bound"}


def test_every_leaf_is_needed() -> None:
    for at, step in enumerate(TRUE["proof"]):
        if "leaf" in step:
            assert "the proof has a hole" in hole(lambda c: c["proof"].pop(at))  # noqa: B023


def test_a_step_after_the_end() -> None:
    assert "the proof has a hole" in hole(lambda c: c["proof"].append({"leaf": 0}))


def test_a_case_split_twice_by_the_same_candidate() -> None:
    at = next(i for i, step in enumerate(TRUE["proof"]) if "split" in step)
    split = TRUE["proof"][at]
    assert "the proof has a hole" in hole(lambda c: c["proof"].insert(at + 1, dict(split)))


def _packed(values: Any) -> dict[str, Any]:
    array = np.asarray(values, "<i8")
    return {"dtype": "<i8", "size": len(array), "zlib": base64.b64encode(zlib.compress(array.tobytes())).decode()}


@pytest.mark.parametrize("share", [-1, (1 << 32) + 1])
def test_a_share_below_nothing_or_above_all(share: int) -> None:
    def change(certificate: Certificate) -> None:
        for dual in certificate["duals"]:
            values = unpacked(dual["share"])
            values[0] = share
            dual["share"] = _packed(values)

    assert "the proof has a hole" in hole(change)


def test_shares_that_prove_less() -> None:
    def change(certificate: Certificate) -> None:
        for dual in certificate["duals"]:
            dual["share"] = _packed(np.zeros(len(unpacked(dual["share"])), np.int64))

    assert "bound" in hole(change)  # nothing but "at most everybody" is left: 7


def test_a_candidate_left_away_without_reason() -> None:
    assert "bound" in hole(lambda c: c["proof"].insert(0, {"out": [_never_split(c)], "in": [], "by": _trivial(c)}))
    assert "the proof has a hole" in hole(lambda c: c["proof"].insert(0, {"instead": [[0, 1]]}))


def _never_split(certificate: Certificate) -> int:
    """A candidate that no later step decides: otherwise that step would be the fault that is found."""
    decided = {step.get("split") for step in certificate["proof"]}
    for step in certificate["proof"]:
        decided |= {*step.get("out", ()), *step.get("in", ())}
    return next(j for j in range(certificate["candidates"]) if j not in decided)


def _trivial(certificate: Certificate) -> int:
    certificate["duals"].append({"map": 0, "share": _packed(np.zeros(7, np.int64))})
    return len(certificate["duals"]) - 1


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_edit("k", value=3), "number of new sites"),
        (_edit("sites", value=[0, 0]), "sites named twice"),
        (_edit("sites", value=[0, 7]), "sites that are no candidates"),
        (_edit("forbidden", value=TRUE["sites"][:1]), "sites that were not to be chosen"),
        (_edit("fixed", value=[TRUE["sites"][0]]), "demand reached by the fixed sites"),
        (_edit("objective", value=6), "demand reached"),
        (_edit("base", value=1), "demand reached by the fixed sites"),
        (_edit("bound", value=4), "bound"),
        (_edit("proven", value=False), "proven"),
        (_edit("cells", value=8), "number of cells"),
        (_edit("candidates", value=6), "number of candidates"),
        (_edit("format", value="other/1"), "format"),
        (_edit("scale", value=1 << 61), "the proof has a hole"),
        (_edit("input", "demand_sha256", value=""), "hash of the input (demand_sha256)"),
        (_edit("input", "pattern_sha256", value=""), "hash of the input (pattern_sha256)"),
    ],
)
def test_a_wrong_entry_in_the_certificate(change: Callable[[Any], None], what: str) -> None:
    assert what in hole(change)


def test_two_coverages_with_one_hash_of_rows_only_would_not_do() -> None:
    """The proof of one town does not hold for another with the same people."""
    other = [np.roll(cells, 1) for cells in CELLS]
    other[0] = np.array([0, 1, 2], np.int32)
    what = {d.what for d in check_certificate(TRUE, [np.sort(c) for c in other], DEMAND)}
    assert "hash of the input (pattern_sha256)" in what
