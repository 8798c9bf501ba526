"""Rivals in maximal covering, each on the rows we merged, each with two threads and the same time limit.

HiGHS is always there; PySCIPOpt, ortools (CP-SAT) and spopt are asked where they are installed
(``pip install pyscipopt ortools spopt pulp``). Each gives (seconds, covered, bound), None where there is no bound.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np

from shanyrak.plan.linear import LinearModel
from shanyrak.plan.model import Model, build_model
from shanyrak.plan.task import read_task

Told = tuple[float, float, float | None]


def model_of(cover: Any, demand: Any) -> Model:
    """The merged model of a cover."""
    task = read_task(cover, demand, 0)
    everyone = np.ones(task.candidates, bool)
    return build_model(task.row_ptr, task.row_col, task.demand, task.candidates, task.covered_by_fixed, everyone)


def highs(model: Model, k: int, limit_s: float) -> Told:
    """HiGHS on the compact model: y whole, z between 0 and 1."""
    begun = time.perf_counter()
    highspy.Highs.resetGlobalScheduler(True)
    solver = LinearModel(model, k)._highs
    whole = np.full(model.columns, highspy.HighsVarType.kInteger)
    solver.changeColsIntegrality(model.columns, np.arange(model.columns, dtype=np.int32), whole)
    settings = {"mip_rel_gap": 0.0, "time_limit": limit_s, "threads": 2, "presolve": "on", "solver": "choose"}
    for option, value in {**settings, "parallel": "on"}.items():
        solver.setOptionValue(option, value)
    solver.run()
    info, unit = solver.getInfo(), float(model.weight.sum()) / 1e4
    return time.perf_counter() - begun, -info.objective_function_value * unit, -info.mip_dual_bound * unit


def highs_relaxation(model: Model, k: int, method: str, limit_s: float) -> tuple[float, float, str]:
    """Seconds of one of HiGHS's LP methods, the value it found, and the status it ended with."""
    begun = time.perf_counter()
    highspy.Highs.resetGlobalScheduler(True)
    solver = LinearModel(model, k)._highs
    settings = {"time_limit": limit_s, "threads": 2, "presolve": "on", "solver": method, "parallel": "on"}
    if method == "pdlp":
        settings["pdlp_optimality_tolerance"] = 1e-4
    elif method == "ipm":
        settings |= {"ipm_optimality_tolerance": 1e-4, "run_crossover": "off"}
    for option, value in settings.items():
        solver.setOptionValue(option, value)
    solver.run()
    status = solver.modelStatusToString(solver.getModelStatus())
    value = -solver.getInfo().objective_function_value * float(model.weight.sum()) / 1e4
    return time.perf_counter() - begun, value, str(status)


def scip(model: Model, k: int, limit_s: float) -> Told:
    """SCIP on the compact model."""
    pyscipopt: Any = importlib.import_module("pyscipopt")
    begun = time.perf_counter()
    scip_model = pyscipopt.Model()
    scip_model.hideOutput()
    scip_model.setParams({"limits/time": limit_s, "lp/threads": 2})
    y = [scip_model.addVar(vtype="B") for _ in range(model.columns)]
    z = [scip_model.addVar(lb=0, ub=1, obj=-float(w)) for w in model.weight]
    covering = _rows(model)
    scip_model.addCons(pyscipopt.quicksum(y) <= k)
    for i, columns in enumerate(covering):
        scip_model.addCons(z[i] <= pyscipopt.quicksum(y[j] for j in columns))
    scip_model.optimize()
    return time.perf_counter() - begun, -scip_model.getObjVal(), -scip_model.getDualbound()


def cp_sat(model: Model, k: int, limit_s: float) -> Told:
    """CP-SAT, everything Boolean."""
    cp_model: Any = importlib.import_module("ortools.sat.python.cp_model")
    begun = time.perf_counter()
    cp = cp_model.CpModel()
    y = [cp.new_bool_var("") for _ in range(model.columns)]
    z = [cp.new_bool_var("") for _ in range(model.rows)]
    cp.add(sum(y) <= k)
    for i, columns in enumerate(_rows(model)):
        cp.add_bool_or([y[j] for j in columns] + [z[i].negated()])
    cp.maximize(sum(int(w) * z[i] for i, w in enumerate(model.weight)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = 2
    solver.solve(cp)
    return time.perf_counter() - begun, solver.objective_value, solver.best_objective_bound


def spopt(homes: Any, sites: Any, demand: Any, radius: float, k: int) -> Told | None:
    """PySAL spopt from coordinates, its distance matrix included, with HiGHS; None where it is not installed."""
    if importlib.util.find_spec("spopt") is None or importlib.util.find_spec("pulp") is None:
        return None
    from scipy.spatial.distance import cdist

    pulp: Any = importlib.import_module("pulp")
    locate: Any = importlib.import_module("spopt.locate")
    begun = time.perf_counter()
    model = locate.MCLP.from_cost_matrix(cdist(homes, sites), np.asarray(demand, float), np.nextafter(radius, 0), k)
    solver = pulp.HiGHS(msg=False) if "HiGHS" in pulp.listSolvers(onlyAvailable=True) else pulp.PULP_CBC_CMD(msg=False)
    model.solve(solver)
    return time.perf_counter() - begun, float(pulp.value(model.problem.objective)), None


def _rows(model: Model) -> list[list[int]]:
    from shanyrak.plan.model import row_lists

    ptr, col = row_lists(model)
    return [col[a:b].tolist() for a, b in itertools.pairwise(ptr.tolist())]


def installed() -> dict[str, Callable[[Model, int, float], Told]]:
    """Exact rivals by name."""
    found: dict[str, Callable[[Model, int, float], Told]] = {"HiGHS": highs}
    if importlib.util.find_spec("pyscipopt"):
        found["SCIP"] = scip
    if importlib.util.find_spec("ortools"):
        found["CP-SAT"] = cp_sat
    return found
