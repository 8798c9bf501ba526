"""Recompute a plan folder from its area folder with plain code, and say what differs.

Nothing is taken over from the rooms that made the plan: no kernel, no solver, none of their code. What is
recomputed: the area's content hash, the cost of every edge for the plan's walker, the limit, who reaches which
candidate (all of them), what each site adds, backs up and reaches, each cell's nearest point, the totals, the
files against each other, and the proof of the bound.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from shanyrak.check.area_hash import content_hash
from shanyrak.check.certificate import check_certificate
from shanyrak.check.difference import Difference
from shanyrak.check.folders import Columns, read_arrow, read_json, read_table
from shanyrak.check.geometry import distance_dm, point_along
from shanyrak.check.plan_figures import check_figures
from shanyrak.check.plan_models import Ground, check_model
from shanyrak.check.walks import Spots, Streets, Walker, impedances, limit_dm
from shanyrak.core.errors import Damaged
from shanyrak.core.progress import Progress, silent

__all__ = ["Difference", "check_plan"]

FORMAT = "shanyrak-plan/1"
MOST_SHOWN = 5
"""So many differences of one kind are listed one by one; the others are counted."""
_EDGE_COLUMNS = (
    "edge_from", "edge_to", "edge_length_dm", "edge_class", "edge_steps", "edge_slope_pct", "edge_flags",
    "shape_points",
)  # fmt: skip
_PLACE = ("edge", "offset_dm", "access_dm")
_SLACK_DM = 11
"""An access may be so much shorter than the straight way: a metre, and the rounding of both."""


class _Found:
    """Differences, at most a few of each kind in full."""

    def __init__(self) -> None:
        self.all: list[Difference] = []
        self._count: dict[tuple[str, str], int] = {}

    def compare(self, what: str, where: str, expected: object, found: object, *, at: object = "") -> None:
        """Keep a difference if there is one."""
        if expected == found:
            return
        key = (what, where)
        self._count[key] = self._count.get(key, 0) + 1
        if self._count[key] <= MOST_SHOWN:
            self.all.append(Difference(what, f"{where}{f' {at}' if at != '' else ''}", str(expected), str(found)))

    def close(self, *, near: float, what: str, where: str, expected: float | None, found: Any, at: object = "") -> None:
        """Keep a difference of numbers farther apart than ``near`` (or one of them missing)."""
        both = isinstance(found, int | float) and expected is not None and not isinstance(found, bool)
        if not (both and abs(found - expected) <= near):
            self.compare(what, where, expected, found, at=at)

    def finish(self) -> list[Difference]:
        """All of them, with a line for those only counted."""
        for (what, where), count in self._count.items():
            if count > MOST_SHOWN:
                self.all.append(Difference(what, where, "no difference", f"{count - MOST_SHOWN} more like these"))
        return self.all


def check_plan(plan_folder: Path, area_folder: Path, *, progress: Progress = silent) -> list[Difference]:
    """All in which a plan differs from what plain code makes of its area; empty where it holds.

    Parameters
    ----------
    plan_folder : folder with plan.json, sites.geojson, cells.parquet, candidates.parquet, certificate.json
    area_folder : folder of the area version that the plan names

    Raises
    ------
    NotFound, Damaged
        A file is missing or cannot be read.
    """
    plan = read_json(plan_folder / "plan.json")
    manifest = read_json(area_folder / "area.json")
    certificate = read_json(plan_folder / "certificate.json")
    sites_json = read_json(plan_folder / "sites.geojson")
    try:
        check = _Check(plan_folder, area_folder, plan, manifest, certificate)
        check.area()
        check.places()
        check.walk(progress)
        check.people()
        check.files(sites_json)
        check.proof(progress)
        return check.found.finish()
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as fault:
        raise Damaged(
            f"the plan cannot be read ({type(fault).__name__}: {fault})", where=str(plan_folder),
            mend="Make the plan again",
        ) from fault  # fmt: skip


class _Check:
    def __init__(self, plan_folder: Path, area_folder: Path, plan: Any, manifest: Any, certificate: Any) -> None:
        self.found = _Found()
        self.plan, self.summary, self.manifest, self.certificate = plan, plan["summary"], manifest, certificate
        self.area_folder = area_folder
        self.found.compare("format", "plan.json", FORMAT, plan["format"])
        self.edges = read_table(area_folder / "edges.parquet", _EDGE_COLUMNS)
        self.area_cells = read_table(area_folder / "cells.parquet", ("id", "persons_milli", *_PLACE))
        self.cells = read_table(
            plan_folder / "cells.parquet",
            ("id", "persons", "persons_milli", "covered", "minutes", "rank", "times_covered"),
        )
        self.sites = read_table(
            plan_folder / "candidates.parquet", ("id", "kind", "role", "name", "lon", "lat", *_PLACE)
        )
        self.demand = np.array(self.area_cells["persons_milli"], np.int64)
        self.other = "first" in plan
        """whether the plan is another than the first choice"""
        if self.other:
            place = {site: j for j, site in enumerate(self.sites["id"])}
            self.chosen = [place[row["id"]] for row in self.summary["sites"]]
        else:
            self.chosen = [int(j) for j in certificate["sites"]]
        self.plan_folder = plan_folder
        self.existing = [j for j, role in enumerate(self.sites["role"]) if role == "existing"]

    def area(self) -> None:
        """The plan is made for this very area."""
        say = self.plan["area"]["content_hash"]
        self.found.compare("content hash of the area", "plan.json", self.manifest["content_hash"], say)
        real = content_hash(self.area_folder, self.manifest)
        self.found.compare("content hash", str(self.area_folder.name), real, self.manifest["content_hash"])
        for name in ("id", "persons_milli"):
            for at, (expected, found) in enumerate(zip(self.area_cells[name], self.cells[name], strict=False)):
                self.found.compare(name, "cells.parquet", expected, found, at=f"row {at}")
        self.found.compare("number of cells", "cells.parquet", len(self.demand), len(self.cells["id"]))

    def places(self) -> None:
        """Where the sites meet the streets: on the edge, and no nearer than they can be."""
        shapes = read_arrow(self.area_folder / "shapes.arrow", ("shape_lon_e7", "shape_lat_e7"))
        ends = np.cumsum([0, *self.edges["shape_points"]]).tolist()
        known = _own_candidates(self.area_folder)
        for j, (site, edge, offset, access) in enumerate(zip(*(self.sites[n] for n in ("id", *_PLACE)), strict=True)):
            where = "candidates.parquet"
            if self.sites["kind"][j] in ("room", "ground", "junction"):
                self.found.compare("place of a candidate", where, known.get(site), (edge, offset, access), at=site)
            if edge < 0:
                continue
            length = self.edges["edge_length_dm"][edge]
            self.found.compare("offset beyond its edge", where, False, not 0 <= offset <= length, at=site)
            line = slice(ends[edge], ends[edge + 1])
            foot = point_along(shapes["shape_lon_e7"][line], shapes["shape_lat_e7"][line], offset / max(length, 1))
            straight = distance_dm(self.sites["lon"][j], self.sites["lat"][j], *foot)
            if access < 0.99 * straight - _SLACK_DM:
                expected = f"at least {straight:.0f}"
                self.found.compare("walk to the street [dm]", where, expected, access, at=site)
        self.found.compare(
            "number of candidates", "plan.json", len(self.sites["id"]) - len(self.existing), self.summary["candidates"]
        )

    def walk(self, progress: Progress) -> None:
        """Who reaches what: every candidate searched anew."""
        profile = self.plan["profile"]
        limit = limit_dm(profile["speed_dm_per_s"], self.summary["minutes"])
        self.found.compare("limit_dm", "plan.json", limit, self.plan["limit_dm"])
        forward, backward = impedances(profile, self.edges)
        edges = self.edges
        junctions = 1 + max([*edges["edge_from"], *edges["edge_to"]], default=-1)
        self.streets = streets = Streets(
            junctions, edges["edge_from"], edges["edge_to"], edges["edge_length_dm"], forward, backward
        )
        walker = Walker(streets, Spots(*(self.area_cells[name] for name in _PLACE)), limit)
        open_sites = {*self.chosen, *self.existing}
        self.cells_of: list[Any] = []
        self.walks: dict[int, dict[int, int]] = {}
        total = len(self.sites["id"])
        for j, place in enumerate(zip(*(self.sites[name] for name in _PLACE), strict=True)):
            reached = walker.reach(*place)
            self.cells_of.append(np.array(sorted(reached), np.int32))
            if j in open_sites:
                self.walks[j] = reached
            if j % 50 == 0:
                progress("checking walks", j, total)
        progress("checking walks", total, total)

    def people(self) -> None:
        """Totals, what each site brings, and each cell's nearest point."""
        summary, demand, found = self.summary, self.demand, self.found
        times = np.zeros(len(demand), np.int64)
        for j in (*self.existing, *self.chosen):
            times[self.cells_of[j]] += 1
        near = np.zeros(len(demand), bool)
        for j in self.existing:
            near[self.cells_of[j]] = True
        totals = {"demand_persons": int(demand.sum()), "existing_persons": int(demand[near].sum())}
        rows = summary["sites"]
        found.compare("number of new sites", "plan.json", summary["k"], len(rows))
        if not self.other:
            found.compare("number of new sites", "certificate.json", summary["k"], len(self.chosen))
        for rank, (row, j) in enumerate(zip(rows, self.chosen, strict=False), 1):
            cells = self.cells_of[j]
            own = demand[cells]
            new = cells[~near[cells]]
            near[new] = True
            alone = int(own[times[cells] == 1].sum())
            served = [self.walks[j][c] for c in cells.tolist() if demand[c] and self._nearest(c) == j]
            found.compare("rank", "plan.json", rank, row["rank"])
            found.compare("site", "plan.json", self.sites["id"][j], row["id"], at=f"rank {rank}")
            found.compare("role of a chosen site", "candidates.parquet", "candidate", self.sites["role"][j], at=j)
            amounts = {"adds": int(demand[new].sum()), "covers": int(own.sum()), "backup": int(own.sum()) - alone}
            for name, amount in amounts.items():
                self._persons(f"{name}_persons", amount, row[f"{name}_persons"], at=f"rank {rank}")
            farthest = self._minutes(max(served)) if served else None
            self._same_minutes("farthest_walk_min", "plan.json", farthest, row["farthest_walk_min"], f"rank {rank}")
        for row, j in zip(self.plan["existing"], self.existing, strict=False):
            found.compare("existing point", "plan.json", self.sites["id"][j], row["id"])
            self._persons("covers_persons", int(demand[self.cells_of[j]].sum()), row["covers_persons"], at=row["id"])
        found.compare("number of existing points", "plan.json", len(self.existing), len(self.plan["existing"]))
        covered = int(demand[times > 0].sum())
        unreachable = int(demand[np.array(self.area_cells["edge"]) < 0].sum())
        totals["covered_persons"] = covered
        for name, amount in totals.items():
            self._persons(name, amount, summary[name])
        self._persons("unreachable_persons", unreachable, self.plan["unreachable_persons"])
        self._persons(
            "unserved_persons", totals["demand_persons"] - covered - unreachable, self.plan["unserved_persons"]
        )
        found.compare("demand_cells", "plan.json", len(demand), summary["demand_cells"])
        self._cells(times)

    def _cells(self, times: Any) -> None:
        rank_of = {j: rank for rank, j in enumerate(self.chosen, 1)}
        for c in range(min(len(self.demand), len(self.cells["id"]))):
            at = self.cells["id"][c]
            nearest = self._nearest(c)
            self.found.compare("covered", "cells.parquet", bool(times[c]), self.cells["covered"][c], at=at)
            self.found.compare("times_covered", "cells.parquet", int(times[c]), self.cells["times_covered"][c], at=at)
            rank = None if nearest is None else rank_of.get(nearest)
            self.found.compare("rank", "cells.parquet", rank, self.cells["rank"][c], at=at)
            minutes = None if nearest is None else self._minutes(self.walks[nearest][c])
            self._same_minutes("minutes", "cells.parquet", minutes, self.cells["minutes"][c], at)
            self._persons("persons", int(self.demand[c]), self.cells["persons"][c], where="cells.parquet", at=at)

    def _nearest(self, cell: int) -> int | None:
        """The open point with the shortest walk; new ones before existing ones where equal."""
        best, which = None, None
        for j in (*self.chosen, *self.existing):
            walk = self.walks[j].get(cell)
            if walk is not None and (best is None or walk < best):
                best, which = walk, j
        return which

    def _minutes(self, walk_dm: int) -> float:
        return walk_dm / (60 * float(self.plan["profile"]["speed_dm_per_s"]))

    def _same_minutes(self, what: str, where: str, expected: float | None, found: Any, at: object) -> None:
        if expected is None:
            self.found.compare(what, where, None, found, at=at)
        else:
            self.found.close(near=0.0051, what=what, where=where, expected=expected, found=found, at=at)

    def _persons(self, what: str, milli: int, found: Any, *, where: str = "plan.json", at: object = "") -> None:
        self.found.close(near=1e-6, what=what, where=where, expected=milli / 1000, found=found, at=at)

    def files(self, sites_json: Any) -> None:
        """sites.geojson says what plan.json says."""
        said = {("new", row["id"]): row for row in self.summary["sites"]}
        said |= {("existing", row["id"]): row for row in self.plan["existing"]}
        drawn = {}
        for feature in sites_json["features"]:
            values = feature["properties"]
            lon, lat = feature["geometry"]["coordinates"]
            drawn[(values["role"], values["id"])] = {**values, "lon": lon, "lat": lat}
        where = "sites.geojson"
        self.found.compare("sites", where, sorted(said), sorted(drawn))
        for key in said.keys() & drawn.keys():
            for name in ("rank", "lon", "lat", "name", "adds_persons", "backup_persons", "covers_persons"):
                self.found.compare(name, where, said[key].get(name), drawn[key].get(name), at=key[1])
        place = {site: j for j, site in enumerate(self.sites["id"])}
        for (_, site), row in said.items():
            j = place.get(site)
            self.found.compare("a site that is no candidate", "plan.json", False, j is None, at=site)
            for name in ("lon", "lat"):
                if j is not None:
                    expected = self.sites[name][j]
                    self.found.close(
                        near=1e-6, what=name, where="plan.json", expected=expected, found=row[name], at=site
                    )

    def proof(self, progress: Progress) -> None:
        """The certificate holds for these walks, and the plan says what it proves."""
        certificate, summary, found = self.certificate, self.summary, self.found
        where = "certificate.json"
        if "figures" in self.plan:
            found.all += check_figures(self.ground(progress))
        if self.other:
            found.all += check_model(self.ground(progress), self.plan_folder)
            self.curve()
            return
        found.compare("fixed sites", where, self.existing, sorted(certificate["fixed"]))
        found.compare("k", where, summary["k"], certificate["k"])
        found.all += check_certificate(certificate, self.cells_of, self.demand, where=where)
        bound, objective = int(certificate["bound"]), int(certificate["objective"])
        self._persons("bound_persons", bound, summary["bound_persons"])
        self._persons("covered_persons", objective, summary["covered_persons"])
        gap = 0.0 if bound == objective else (bound - objective) / bound
        found.close(near=1e-12, what="gap", where="plan.json", expected=gap, found=summary["gap"])
        found.compare("proven", "plan.json", bound == objective, summary["proven"])
        self.curve()

    def curve(self) -> None:
        """People against points: the plan's own number where it is the first choice, and nothing beyond the bound."""
        summary, found = self.summary, self.found
        for row in self.plan.get("curve", []):
            if row["k"] == summary["k"] and not self.other:
                for name in ("covered_persons", "bound_persons"):
                    found.compare(f"{name} of the curve", "plan.json", summary[name], row[name], at=f"k {row['k']}")
            over = row["covered_persons"] > row["bound_persons"]
            found.compare("more reached than the bound", "plan.json curve", False, over, at=f"k {row['k']}")

    def ground(self, progress: Progress) -> Ground:
        """What models and figures are checked against."""
        columns = {name: self.sites[name] for name in ("id", "lon", "lat")}
        if "cost" in self.summary:
            columns |= read_table(self.plan_folder / "candidates.parquet", ("cost",))
        of_cells = read_table(self.plan_folder / "cells.parquet", ("district", "counted"))

        def walks(limit: int, only: list[int] | None = None) -> list[dict[int, int]]:
            walker = Walker(self.streets, Spots(*(self.area_cells[name] for name in _PLACE)), limit)
            places = list(zip(*(self.sites[name] for name in _PLACE), strict=True))
            out = []
            for at, j in enumerate(range(len(places)) if only is None else only):
                progress("checking long walks", at, len(places) if only is None else len(only))
                out.append(walker.reach(*places[j]))
            return out

        return Ground(
            self.plan, self.certificate, self.cells_of, self.demand, self.chosen, self.existing, columns,
            of_cells["district"], of_cells["counted"], walks,
        )  # fmt: skip


def _own_candidates(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What the area itself offers: id -> (edge, offset, access)."""
    table: Columns = read_table(folder / "candidates.parquet", ("id", *_PLACE))
    return dict(zip(table["id"], zip(*(table[name] for name in _PLACE), strict=True), strict=True))
