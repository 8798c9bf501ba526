"""On small random tasks the proven answer is the best of all choices, and its certificate holds."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from shanyrak.check.certificate import check_certificate
from shanyrak.plan import curve, explain, maximal_covering


@dataclass(frozen=True)
class Case:
    cover: npt.NDArray[np.bool_]
    demand: npt.NDArray[np.int64]
    k: int
    fixed: list[int]
    forbidden: list[int]
    seed: int

    def sparse(self) -> sp.csr_array:
        return sp.csr_array(self.cover)

    def best(self, k: int | None = None) -> int:
        """Twin: every choice of k candidates, one after the other."""
        free = [j for j in range(self.cover.shape[1]) if j not in self.fixed and j not in self.forbidden]
        k = self.k if k is None else k
        return max(self.reached(list(choice)) for choice in itertools.combinations(free, k))

    def reached(self, sites: list[int]) -> int:
        near = self.cover[:, [*self.fixed, *sites]].any(axis=1)
        return int(self.demand[near].sum())


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n = draw(st.integers(1, 9))
    m = draw(st.integers(0, 14))
    density = draw(st.sampled_from([0.1, 0.3, 0.5, 0.9]))
    largest = draw(st.sampled_from([1, 3, 1000, 10**9]))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cover = random.random((m, n)) < density
    if draw(st.booleans()) and n > 1:
        cover[:, -1] = cover[:, 0]  # twins
    demand = random.integers(0, largest + 1, m)
    order = random.permutation(n).tolist()
    fixed = order[: draw(st.integers(0, min(2, n)))]
    forbidden = order[len(fixed) : len(fixed) + draw(st.integers(0, min(2, n - len(fixed))))]
    k = draw(st.integers(0, min(5, n - len(fixed) - len(forbidden))))
    return Case(cover, demand, k, fixed, forbidden, draw(st.integers(0, 3)))


def cells_of(case: Case) -> list[npt.NDArray[np.int32]]:
    return [np.flatnonzero(column).astype(np.int32) for column in case.cover.T]


@given(cases())
@settings(max_examples=300, deadline=None)
def test_the_proven_answer_is_the_best_of_all_choices(case: Case) -> None:
    siting = maximal_covering(
        case.sparse(), case.demand, case.k, fixed=case.fixed, forbidden=case.forbidden, gap=0, seed=case.seed
    )
    assert siting.proven
    assert siting.stopped_by == "proven"
    assert siting.gap == 0
    assert siting.objective == siting.bound == case.best() == case.reached(siting.sites.tolist())
    assert len(set(siting.sites.tolist())) == case.k
    assert not {*siting.sites.tolist()} & {*case.fixed, *case.forbidden}
    certificate = json.loads(json.dumps(siting.certificate))
    assert check_certificate(certificate, cells_of(case), case.demand) == []


@given(cases(), st.integers(0, 3000))
@settings(max_examples=150, deadline=None)
def test_wherever_it_is_stopped_the_bound_holds(case: Case, work: int) -> None:
    siting = maximal_covering(
        case.sparse(), case.demand, case.k, fixed=case.fixed, forbidden=case.forbidden, gap=0, work_limit=work
    )
    assert case.reached(siting.sites.tolist()) == siting.objective <= case.best() <= siting.bound
    assert siting.proven == (siting.objective == siting.bound)
    assert check_certificate(siting.certificate, cells_of(case), case.demand) == []


@given(cases())
@settings(max_examples=100, deadline=None)
def test_the_curve_encloses_the_best_of_every_number_of_sites(case: Case) -> None:
    siting = maximal_covering(case.sparse(), case.demand, case.k, fixed=case.fixed, forbidden=case.forbidden)
    most = case.cover.shape[1] - len(case.fixed) - len(case.forbidden)
    points = curve(case.sparse(), case.demand, most, fixed=case.fixed, forbidden=case.forbidden, start=siting)
    assert [k for k, _, _ in points] == list(range(most + 1))
    for k, objective, bound in points:
        assert objective <= case.best(k) <= bound
    assert points[case.k][1:] == (siting.objective, siting.bound)
    for before, after in itertools.pairwise(points):
        assert before[1] <= after[1]
        assert before[2] <= after[2]


@given(cases())
@settings(max_examples=100, deadline=None)
def test_what_sites_add_sums_to_what_is_reached(case: Case) -> None:
    siting = maximal_covering(case.sparse(), case.demand, case.k, fixed=case.fixed, forbidden=case.forbidden)
    reasons = explain(case.sparse(), case.demand, siting, fixed=case.fixed, forbidden=case.forbidden)
    assert reasons.existing == case.reached([])
    assert int(np.sum(reasons.adds)) == siting.objective - reasons.existing
    assert (np.diff(reasons.adds) <= 0).all()  # opening order
    sites = siting.sites.tolist()
    for at, site in enumerate(sites):
        others = sites[:at] + sites[at + 1 :]
        assert reasons.alone[at] == siting.objective - case.reached(others)
        assert reasons.covers[at] == int(case.demand[case.cover[:, site]].sum())
        assert reasons.backup[at] == reasons.covers[at] - reasons.alone[at]
        if reasons.next_best[at] >= 0:
            swapped = case.reached([*others, int(reasons.next_best[at])])
            assert reasons.next_best_adds[at] == swapped - case.reached(others)
        assert reasons.next_best_adds[at] <= reasons.alone[at]  # no single swap brings more
