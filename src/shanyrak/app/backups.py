"""Backups: the whole ledger, encrypted for the paper key, read back and checked before anything is called *safe*.

A backup is an age file (https://age-encryption.org/v1) around a ledger file, so that it can be opened without
this program. It is encrypted to two recipients: the paper key, named by the founding fact, and a key of this
machine (``backup.key``), with which the machine itself reads the backup again: all of it is decrypted, every hash
and signature checked, everything folded anew. Only what stood in the file is then noted as safe, not what was
said meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyrage

from shanyrak.app.carrying import accept_all
from shanyrak.app.network import NetworkFolder
from shanyrak.core.errors import Damaged, InvalidInput, NotFound, Unavailable
from shanyrak.core.folders import whole_file, write_secret
from shanyrak.core.progress import Progress, silent
from shanyrak.facts.fact import Fact
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.ledger_file import LedgerFile, ledger_pieces, read_ledger_bytes, rows_for_file
from shanyrak.facts.paper import PaperKey, age_identity
from shanyrak.facts.rules import Rules
from shanyrak.facts.signing import Verifier, verify_all
from shanyrak.facts.store import Row
from shanyrak.facts.stores.memory import MemoryStore

ENDING = ".shanyrak.age"
_AGAIN = "Take another backup"


class Backup(NamedTuple):
    """A backup that was opened and checked."""

    net: bytes
    facts: list[Fact]
    ledger: Ledger
    """All of it, folded in memory."""


# making ----------------------------------------------------------------------------------------------------
def backup(
    ledger: Ledger,
    where: Path,
    *,
    key_file: Path,
    now_ms: Callable[[], int],
    random: Callable[[int], bytes] = os.urandom,
    verifier: Verifier = verify_all,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Write a backup, read it back, check it, and note what is safe now.

    Parameters
    ----------
    where : a file ending in .age, or a folder that gets one named by day and network
    key_file : this machine's own key for backups; made the first time

    Raises
    ------
    InvalidInput
        The network names nobody to encrypt for.
    Damaged
        What was read back is not what was written: no file appears, one that stood there before still
        stands, and nothing is called safe.
    """
    paper = recipient_of(ledger)
    identity = machine_identity(key_file, random)
    path = backup_path(where, ledger.net, now_ms())
    progress("writing", 0, None)
    written: set[bytes] = set()
    data = _encrypt(ledger, [paper, str(pyrage.x25519.Identity.from_str(identity).to_public())], written)

    def check(draft: Path) -> Backup:
        opened = verify_backup(draft, identity, ledger.rules, verifier=verifier, progress=progress)
        if {fact.id for fact in opened.facts} != written:
            raise Damaged("the backup does not hold the records that were written", where=str(path), mend=_AGAIN)
        return opened

    read = write_backup_file(path, data, check)
    said = note_safe(ledger, read.ledger)
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "records": len(read.facts),
        "state": read.ledger.state_hash().hex(),
        "safe": said is not None,
        "receipts": said or 0,
    }


def recipient_of(ledger: Ledger) -> str:
    """Whom backups are encrypted for: the paper key, as the founding fact names it."""
    row = ledger.store.get([ledger.net]).get(ledger.net) if ledger.net else None
    if row is None:
        raise NotFound("no network was founded or joined here", mend="Found one: shanyrak init")
    recipient = (row.fact.body_value() or {}).get("backup", "")
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as fault:
        raise InvalidInput(
            "the founding record names no key that backups are encrypted for",
            where=ledger.net.hex()[:8],
            mend="Keep exports instead, in a safe place: shanyrak ledger export FILE",
        ) from fault
    return str(recipient)


def machine_identity(key_file: Path, random: Callable[[int], bytes] = os.urandom) -> str:
    """This machine's own age identity, made the first time it is asked for, readable by its owner only."""
    if not key_file.is_file():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        write_secret(key_file, age_identity(random(32)) + "\n")
    text = key_file.read_text(encoding="ascii", errors="replace").strip()
    try:
        pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError as fault:
        raise Damaged("this is no key for backups", where=str(key_file), mend="Remove it: a new one is made") from fault
    return text


def backup_path(where: Path, net: bytes, now_ms: int) -> Path:
    """The file meant: ``where`` itself, or one in it named by day and network."""
    if where.suffix == ".age" and not where.is_dir():
        return where
    if where.is_file():
        raise InvalidInput("this file is no backup", where=str(where), mend="Name a folder, or a file ending in .age")
    moment = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y-%m-%dT%H%M%SZ")
    return where / f"{moment}-{net.hex()[:8]}{ENDING}"


def _encrypt(ledger: Ledger, recipients: Sequence[str], written: set[bytes]) -> bytes:
    def noted(rows: Iterable[Row]) -> Iterable[Row]:
        for row in rows:
            written.add(row.id)
            yield row

    plain = b"".join(ledger_pieces(noted(rows_for_file(ledger.store)), ledger.net))
    return encrypt(plain, recipients)


def encrypt(plain: bytes, recipients: Sequence[str]) -> bytes:
    """Bytes encrypted so that each of the recipients can open them alone."""
    data: bytes = pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(one) for one in recipients])
    return data


def write_backup_file(path: Path, data: bytes, check: Callable[[Path], Backup]) -> Backup:
    """Write a file beside its place, compare what is on the disk with what was meant, check it, then put it there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path, mode=0o600) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if hasattr(os, "posix_fadvise"):  # else the reading back would only see what memory still holds
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            draft = Path(file.name)
            if hashlib.sha256(draft.read_bytes()).digest() != hashlib.sha256(data).digest():
                what = "the disk gives back other bytes than were written"
                raise Damaged(what, where=str(path), mend="Use another disk")
            return check(draft)
    except OSError as fault:
        raise Unavailable(f"cannot write here ({fault.strerror})", where=str(path)) from fault


def note_safe(ledger: Ledger, read: Ledger) -> int | None:
    """Say of what stood in a checked backup that it is safe; None where this device is no headquarters."""
    signer = ledger.signer
    if signer is None or signer.public not in ledger.trust.authority.headquarters:
        return None
    return len(ledger.note_receipts((chain.key for chain in read.store.all_chains()), "safe", copy=read.store))


# opening ---------------------------------------------------------------------------------------------------
def open_backup(path: Path, identity: str) -> LedgerFile:
    """The facts of a backup, decrypted and decoded; signatures are not checked yet.

    Raises
    ------
    InvalidInput
        The key does not open it, or the file is damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as fault:
        raise NotFound("there is no such file", where=str(path)) from fault
    except OSError as fault:
        raise Unavailable(f"cannot be read ({fault.strerror})", where=str(path)) from fault
    if not data.startswith(b"age-encryption.org/v1\n"):
        raise InvalidInput("this is no backup, or its beginning is damaged", where=str(path), mend=_AGAIN)
    try:
        plain = pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(identity)])
    except pyrage.DecryptError as fault:
        if "No matching keys" in str(fault):
            raise InvalidInput(
                "this key does not open it: it is of another network, or the beginning of the file is damaged",
                where=str(path),
                mend="Compare the marks on both sheets, or take another backup",
            ) from fault
        raise InvalidInput("the backup is damaged or cut off", where=str(path), mend=_AGAIN) from fault
    try:
        return read_ledger_bytes(plain)
    except InvalidInput as fault:
        raise InvalidInput(fault.what, where=f"{path}, decrypted, {fault.where}", mend=_AGAIN) from fault


def verify_backup(
    path: Path, identity: str, rules: Rules, *, verifier: Verifier = verify_all, progress: Progress = silent
) -> Backup:
    """Open a backup and check all of it: every hash, every signature, and that it folds.

    Raises
    ------
    InvalidInput
        It does not open, or is damaged.
    Damaged
        A record in it does not verify.
    """
    file = open_backup(path, identity)
    replay = Ledger(MemoryStore(), rules, now_ms=lambda: 0, verifier=verifier)
    replay.join(file.net)
    for fact, outcome in zip(file.facts, accept_all(replay, file.facts, progress), strict=True):
        if outcome.what != "new":
            raise Damaged(
                f"record {fact.id.hex()} in it is not sound: {outcome.reason or 'it is there twice'}",
                where=str(path),
                mend=_AGAIN,
            )
    return Backup(file.net, file.facts, replay)


# restoring -------------------------------------------------------------------------------------------------
def restore(
    folder: NetworkFolder, path: Path, key: str, *, rules: Rules, url: str = "", progress: Progress = silent
) -> dict[str, Any]:
    """Restore a backup on an empty machine with the paper key, and make it a headquarters again.

    The machine has a key of its own and speaks in new chains. The paper key, which is at hand, admits it as
    admin and headquarters; then it witnesses everything it restored, so that the old machine can be revoked
    without anything falling that it had said or witnessed before.

    Raises
    ------
    InvalidInput
        The key is mistyped or another network's, the file is damaged, or something is kept here already.
    """
    paper = PaperKey.read(key)
    refuse_filled(folder)
    file = open_backup(path, paper.identity)
    fresh = not folder.root.exists()
    try:
        folder.begin(url)
        with folder.open() as ledger:
            if ledger.store.count() or ledger.net:
                raise _filled(folder.place())
            ledger.join(file.net)
            refused = [one for one in accept_all(ledger, file.facts, progress) if one.what == "refused"]
            if refused:
                raise Damaged(
                    f"{len(refused)} records in the backup are not sound, the first: {refused[0].reason}",
                    where=str(path),
                    mend=_AGAIN,
                )
            state = ledger.state_hash().hex()
            before = sorted(key.hex() for key in ledger.trust.authority.headquarters)
            admitted = admit_with_paper(ledger, paper, rules, folder.now_ms, folder.random)
            ledger.note_receipts([chain.key for chain in ledger.store.all_chains()])
            assert ledger.signer is not None
            return {
                "net": file.net.hex(),
                "records": len(file.facts),
                "state": state,
                "device": ledger.signer.public.hex(),
                "admitted": admitted,
                "headquarters_before": before,
                "folder": str(folder.root),
            }
    except BaseException:
        if fresh:
            shutil.rmtree(folder.root, ignore_errors=True)
        raise


def refuse_filled(folder: NetworkFolder) -> None:
    """Refuse to restore over something: a ledger is never replaced, only exchanged with."""
    if not folder.exists:
        return
    with folder.open() as ledger:
        if ledger.net or ledger.store.count():
            raise _filled(str(folder.root))


def _filled(where: str) -> InvalidInput:
    return InvalidInput(
        "a ledger is kept here already; a backup is restored on an empty machine only",
        where=where,
        mend="Set SHANYRAK_HOME to an empty folder, or exchange with this ledger: shanyrak ledger import",
    )


def admit_with_paper(
    ledger: Ledger, paper: PaperKey, rules: Rules, now_ms: Callable[[], int], random: Callable[[int], bytes]
) -> bool:
    """Let the paper key admit this device as admin and headquarters; False where it is not this network's key."""
    if ledger.signer is None or ledger.trust.authority.recovery != paper.signer.public:
        return False
    as_paper = Ledger(ledger.store, rules, signer=paper.signer, now_ms=now_ms, random=random)
    for role in ("admin", "headquarters"):
        as_paper.say("device.admitted", {"key": ledger.signer.public.hex(), "role": role}, about=ledger.net)
    return ledger.signer.public in ledger.trust.authority.headquarters
