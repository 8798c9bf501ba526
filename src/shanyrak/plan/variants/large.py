"""Programs too large to be handed to HiGHS as they are."""

from __future__ import annotations

from typing import Any


def work_on_large(run: Any) -> None:
    run.start()
    run.branch()
