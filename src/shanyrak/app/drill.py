"""The drill: headquarters is gone; can the network be had again, how fast, and what would be missing?

    the real ledger ──read only──> yesterday's backup ──sheet──> an empty machine
                                └> what each device holds ──exchange──> the same machine

Everything happens on scratch copies in a folder of its own, with the code that would do it in earnest: the backup
is encrypted and opened, every signature checked, the devices exchange with the new machine. The real ledger is
only read. Without the real paper key a stand-in plays its part: then the sheet itself was not tried, and the new
machine is not admitted, which changes nothing in what is regained.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from shanyrak.app.backups import encrypt, restore
from shanyrak.app.carrying import accept_all
from shanyrak.app.network import NetworkFolder
from shanyrak.core.errors import Damaged, InvalidInput, NotFound
from shanyrak.core.progress import Clock, Progress, silent
from shanyrak.facts.exchange import Responder, sync
from shanyrak.facts.framing import file_place
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.ledger_file import ledger_pieces
from shanyrak.facts.paper import PaperKey
from shanyrak.facts.store import Row
from shanyrak.facts.stores.memory import MemoryStore
from shanyrak.facts.trust import RECEIPT

DAY_MS = 86_400_000
NEWEST_SHARE = 10
"""Where all records are of one day, or all are older, the newest tenth plays what the backup lacks."""
MOST_LISTED = 20


class _Device(NamedTuple):
    """What one device would hold: what was said in the places it speaks in."""

    origin: bytes
    scopes: frozenset[bytes]
    rows: list[Row]


def drill(
    ledger: Ledger,
    scratch: Path,
    *,
    now_ms: Callable[[], int],
    seconds: Clock,
    random: Callable[[int], bytes],
    key: str = "",
    progress: Progress = silent,
) -> dict[str, Any]:
    """Play the loss of headquarters and its return; says what was regained, what was not, and how long it took.

    Parameters
    ----------
    scratch : an empty folder for the copies; whoever made it removes it
    seconds : a clock that only grows
    key : the recovery key as typed, to try the real sheet too

    Raises
    ------
    InvalidInput
        The key is mistyped, or not this network's.
    Damaged
        What came out is not what went in; says what.
    """
    if not ledger.net:
        raise NotFound("no network was founded or joined here", mend="Found one: shanyrak init")
    paper = _paper(ledger, key, random)
    progress("reading", 0, None)
    rows = [row for _, row in ledger.store.arrived()]
    before = ledger.state_hash()
    gone = ledger.trust.authority.headquarters
    kept, of_yesterday = _yesterday(rows, ledger.net, now_ms() - DAY_MS)
    as_of_ms = max(row.at_ms for row in kept)
    devices = _devices(rows, kept, gone, ledger.net)
    path = scratch / "yesterday.shanyrak.age"
    path.write_bytes(encrypt(_plain(kept, ledger.net), [paper.recipient]))

    start = seconds()
    machine = NetworkFolder(scratch / "machine", now_ms, random)
    back = restore(machine, path, paper.text, rules=ledger.rules, progress=progress)
    restored_s = seconds() - start
    with machine.open() as new:
        for done, device in enumerate(devices):
            progress("devices", done, len(devices))
            _refill(new, device)
        refilled_s = seconds() - start
        state = new.state_hash()
        _compare(new, rows, kept, devices, now_ms)
        here = {row.id for _, row in new.store.arrived()}
    had = {row.id for row in kept}
    lost = [row for row in rows if row.id not in here]
    told = {
        "records": len(rows),
        "in_backup": len(kept),
        "of_yesterday": of_yesterday,
        "as_of": datetime.fromtimestamp(as_of_ms / 1000, UTC).isoformat(),
        "devices": len(devices),
        "regained": sum(row.id in here and row.id not in had for row in rows),
        "lost": sum(row.kind != RECEIPT for row in lost),
        "lost_receipts": sum(row.kind == RECEIPT for row in lost),
        "lost_records": [
            {"id": row.id.hex(), "kind": row.kind, "origin": row.key.origin.hex()}
            for row in lost
            if row.kind != RECEIPT
        ][:MOST_LISTED],
        "restore_s": round(restored_s, 3),
        "refill_s": round(refilled_s - restored_s, 3),
        "minutes": round(refilled_s / 60, 2),
        "sheet_tried": bool(key),
        "admitted": back["admitted"],
        "state": state.hex(),
        "state_before": before.hex(),
        "equal": True,
        "as_before": state == before,
    }
    return told | {"lines": _lines(told)}


def _paper(ledger: Ledger, key: str, random: Callable[[int], bytes]) -> PaperKey:
    if not key:
        return PaperKey.generate(random)
    paper = PaperKey.read(key)
    if paper.signer.public != ledger.trust.authority.recovery:
        raise InvalidInput("this is the recovery key of another network", where="--key", mend="Compare the marks")
    return paper


def _yesterday(rows: Sequence[Row], net: bytes, as_of_ms: int) -> tuple[list[Row], bool]:
    """What a backup of a day ago would hold, the founding record always; or else the oldest nine tenths."""
    kept = [row for row in rows if row.at_ms <= as_of_ms or row.id == net]
    if len(kept) not in (1, len(rows)):
        return kept, True
    by_time = sorted(rows, key=lambda row: (row.at_ms, row.at_counter, row.id))
    newest = {row.id for row in by_time[len(rows) - len(rows) // NEWEST_SHARE :]} - {net}
    return [row for row in rows if row.id not in newest], False


def _devices(rows: Sequence[Row], kept: Sequence[Row], gone: frozenset[bytes], net: bytes) -> list[_Device]:
    """The devices that hold something the backup lacks: all but the headquarters that is gone."""
    had = {row.id for row in kept}
    scopes: dict[bytes, set[bytes]] = defaultdict(set)
    of_scope: dict[bytes, list[Row]] = defaultdict(list)
    for row in rows:
        if row.id == net:
            continue
        of_scope[row.key.scope].append(row)
        if row.key.origin not in gone:
            scopes[row.key.origin].add(row.key.scope)
    founding = [row for row in rows if row.id == net]
    devices = []
    for origin, spoken in sorted(scopes.items()):
        held = [row for scope in sorted(spoken) for row in of_scope[scope]]
        if any(row.id not in had for row in held):
            devices.append(_Device(origin, frozenset(spoken), founding + held))
    return devices


def _plain(rows: Sequence[Row], net: bytes) -> bytes:
    return b"".join(ledger_pieces(sorted(rows, key=file_place), net))


def _replica(ledger: Ledger, rows: Sequence[Row], now_ms: Callable[[], int]) -> Ledger:
    """A ledger in memory with these records, all of them checked."""
    replica = Ledger(MemoryStore(), ledger.rules, now_ms=now_ms)
    replica.join(ledger.net)
    refused = [one for one in accept_all(replica, [row.fact for row in rows]) if one.what == "refused"]
    if refused:
        raise Damaged(
            f"{len(refused)} records are not sound, the first: {refused[0].reason}",
            where=refused[0].id.hex(),
            mend="Find them: shanyrak ledger verify",
        )
    return replica


def _refill(new: Ledger, device: _Device) -> None:
    phone = _replica(new, device.rows, lambda: 0)
    report = sync(phone, Responder(new).answer, scopes=device.scopes)
    if report.refused:
        fact, reason = report.refused[0]
        raise Damaged(f"a record of device {device.origin.hex()[:8]} was refused: {reason}", where=fact.hex())


def _compare(
    new: Ledger, rows: Sequence[Row], kept: Sequence[Row], devices: Sequence[_Device], now_ms: Callable[[], int]
) -> None:
    """The new machine against a fold of the same records from nothing, and against a replica that asks it for all."""
    state = new.state_hash()
    wanted = {row.id: row for source in (kept, *(device.rows for device in devices)) for row in source}
    here = {row.id: row for _, row in new.store.arrived()}
    missing = [row for fact, row in wanted.items() if fact not in here]
    if missing:
        raise Damaged(f"{len(missing)} records that were held somewhere did not arrive", where=missing[0].id.hex())
    if _replica(new, list(here.values()), now_ms).state_hash() != state:
        raise Damaged("the new machine folds the same records to another state", where=state.hex())
    other = Ledger(MemoryStore(), new.rules, now_ms=now_ms)
    other.join(new.net)
    sync(other, Responder(new).answer)
    if other.state_hash() != state:
        raise Damaged("a replica that took everything over has another state", where=state.hex())


def _lines(told: dict[str, Any]) -> list[str]:
    lines = [
        f"Headquarters is gone. The backup, up to {told['as_of'][:16].replace('T', ' ')} UTC, holds "
        f"{told['in_backup']:,} of {told['records']:,} records"
        + ("." if told["of_yesterday"] else "; a day ago divides nothing, so the newest tenth is left out."),
        f"Restored on an empty machine in {told['restore_s']:.1f} s, refilled by its devices ({told['devices']:,}) "
        f"in {told['refill_s']:.1f} s: {told['minutes']:.2f} minutes in all, without finding machine, file and sheet.",
        f"Regained from devices: {told['regained']:,} records. "
        f"Gone for good: {told['lost']:,} that only headquarters had, and {told['lost_receipts']:,} of its receipts.",
    ]
    lines += [f"  gone: {one['kind']} {one['id'][:8]}" for one in told["lost_records"]]
    if told["lost"]:
        lines.append("Keep them by backing up more often, or by a second machine that exchanges with headquarters.")
    lines.append(
        "The state is the same as before."
        if told["as_before"]
        else "All machines that met have one state; it lacks what is gone."
    )
    if not told["sheet_tried"]:
        lines.append("A stand-in played the paper key. The real sheet was not tried: only who holds it can.")
    return lines
