"""A ledger carried as a file: out, and in. On an empty home, taking a file in joins that network as a replica."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from shanyrak.app.network import NetworkFolder
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.core.progress import Progress, silent
from shanyrak.facts.fact import FOUNDING, Fact
from shanyrak.facts.happened import bounds_ms, fault
from shanyrak.facts.human_time import read_time
from shanyrak.facts.intake import Verifier
from shanyrak.facts.ledger import Ledger, Outcome
from shanyrak.facts.ledger_file import read_ledger_file, rows_for_file, salvage, write_ledger_file
from shanyrak.facts.verifying import PooledVerifier

BATCH = 5_000
"""Facts taken in by one transaction."""


def export(ledger: Ledger, path: Path, *, since: str = "", now_ms: int = 0, zone: tzinfo = UTC) -> dict[str, Any]:
    """Write the ledger to a file, whole or from a day on (by when it was written down).

    Parameters
    ----------
    since : a day or time as people write it, reckoned from ``now_ms`` in ``zone``
    """
    if not ledger.net:
        raise NotFound("no network was founded or joined here", mend="Found one: shanyrak init")
    written = write_ledger_file(path, rows_for_file(ledger.store, since_ms=_since_ms(since, now_ms, zone)), ledger.net)
    return {"file": str(path), "records": written, "bytes": path.stat().st_size, "net": ledger.net.hex()}


def take_in(folder: NetworkFolder, path: Path, *, damaged: bool, progress: Progress = silent) -> dict[str, Any]:
    """Take a file in: whole, or, where it is ``damaged``, what of it still verifies.

    Nothing is written before the file was read to its end and every byte of it stood the test.
    """
    net, facts, unreadable = _read(path, damaged)
    with folder.open() if folder.exists else folder.beginning() as ledger:
        joined = not ledger.net
        if joined and not any(FOUNDING.encode() in fact.raw and fact.id == net for fact in facts):
            raise InvalidInput(
                "the file holds no founding record, so nothing can be joined with it",
                where=str(path),
                mend="Begin with a whole export: shanyrak ledger export FILE, without --since",
            )
        if ledger.net not in (b"", net):
            raise InvalidInput(
                f"the file is of another network ({net.hex()[:8]}); the one here is {ledger.net.hex()[:8]}",
                where=str(path),
                mend="Networks never mix: set SHANYRAK_HOME to an empty folder to join that one",
            )
        ledger.join(net)
        outcomes = accept_all(ledger, facts, progress)
        return {
            "net": net.hex(),
            "joined": joined,
            "device": ledger.signer.public.hex() if ledger.signer else "",
            "records": len(facts),
            **counted(outcomes),
            "unreadable": unreadable,
            "state": ledger.state_hash().hex(),
        }


def accept_all(
    ledger: Ledger, facts: Sequence[Fact], progress: Progress = silent, *, verifier: Verifier | None = None
) -> list[Outcome]:
    """Take facts in, batch by batch.

    Parameters
    ----------
    verifier : checks the signatures; where none is given, processes beside this one do, if there are many
    """
    outcomes: list[Outcome] = []
    with PooledVerifier() as pooled, _few_collections():
        batches = (facts[first : first + BATCH] for first in range(0, len(facts), BATCH))
        for taken in ledger.accept_all(batches, verifier or pooled):
            outcomes += taken
            progress("taking in", len(outcomes), len(facts))
    return outcomes


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for cyclic garbage seldom: a batch makes none, but looking through its rows takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def counted(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """How many were new, known, refused; the refused with their reasons."""
    return {
        "new": sum(one.what in ("new", "body") for one in outcomes),
        "known": sum(one.what == "known" for one in outcomes),
        "refused": [{"id": one.id.hex(), "reason": one.reason} for one in outcomes if one.what == "refused"],
    }


def _read(path: Path, damaged: bool) -> tuple[bytes, list[Fact], list[str]]:
    if not damaged:
        whole = read_ledger_file(path)
        return whole.net, whole.facts, []
    saved = salvage(path)
    if not saved.facts:
        raise InvalidInput("nothing in it verifies", where=str(path), mend="Give a file made by shanyrak ledger export")
    lost = [f"bytes {one.first} to {one.end} are lost: {one.why}" for one in saved.lost]
    return saved.net, saved.facts, lost


def _since_ms(since: str, now_ms: int, zone: tzinfo) -> int | None:
    if not since:
        return None
    read = read_time(since, now_ms, zone)
    earliest = None if fault(read) else bounds_ms(read)[0]
    if earliest is None:
        raise InvalidInput(
            f"{since!r} is no day or time", where="--since", mend="Write it as 2026-11-22, yesterday 18:00 or 3 d ago"
        )
    return earliest
