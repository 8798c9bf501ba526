"""The solver beside us prints nothing: on the screen is our own answer, which may be read as JSON."""

from __future__ import annotations

import subprocess
import sys

_SOLVE = """
from shanyrak.plan.highs import quiet_highs
for _ in range(2):
    solver = quiet_highs(presolve="off")
    x = solver.addVariable(0, 3, -1.0)
    solver.addConstr(x <= 2)
    solver.run()
    assert list(solver.getSolution().col_value) == [2.0]
    assert solver.getOptionValue("presolve")[1] == "off"
"""


def test_a_program_solved_in_a_new_process_leaves_the_screen_alone() -> None:
    # HiGHS greets once a process: only a new one shows it
    done = subprocess.run([sys.executable, "-c", _SOLVE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
