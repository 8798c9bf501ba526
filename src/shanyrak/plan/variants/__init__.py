"""Siting models beside maximal covering, p-median and p-center: see ``docs/reference/models``.

Every model is a *problem* (``problem.py``): what a set of sites is worth, reckoned directly, and a compact
program (``program.py``) whose duals bound what any set can be worth. ``solve.py`` brings the two together.
"""
