"""Benchmarks: our programs beside their peers, on the same work, in one run, on the same machine.

    python -m bench                 everything, with medians of several runs
    python -m bench walk_lists      one of them
    python -m bench --smoke         everything once and small: does it still run?

Every module here but this package's own registers itself by having ``run(smoke: bool) -> list[Row]``.
Results go to the terminal and to ``bench/results/<time>.json`` (never committed); medians of a quiet
machine are copied into ``docs/performance.md`` by hand, with the machine named.
"""
