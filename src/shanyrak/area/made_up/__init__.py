"""A made-up town as OpenStreetMap data, of any size: for the demo, for tests, for benchmarks.

``write_town`` draws it (deterministic: same arguments, same bytes), ``existing_points`` names two warm
places that are open there already. Nothing in it is taken from a real town.
"""

from shanyrak.area.made_up.facts import TownFacts, existing_points
from shanyrak.area.made_up.write import write_town

__all__ = ["TownFacts", "existing_points", "write_town"]
