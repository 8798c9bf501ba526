"""Siting instances in files: OR-Library graphs, TSPLIB, CSV, tables of distances or of who covers whom.

    instance = read_instance(path)

looks at what a file says, not at how it is called (npz and parquet apart, which are known by their names).
"""

from shanyrak.app.instances.instance import Instance
from shanyrak.app.instances.reading import is_csv, read_candidates, read_instance

__all__ = ["Instance", "is_csv", "read_candidates", "read_instance"]
