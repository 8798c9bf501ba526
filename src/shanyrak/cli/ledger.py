"""``shanyrak ledger``: the story of a thing; export, import, exchange; backup, restore, check, drill."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from shanyrak.app.wording import some
from shanyrak.cli.network import Demo, Json
from shanyrak.cli.screen import note, print_json, progress_bar, say
from shanyrak.core.errors import InvalidInput

EXIT_DIFFERENT = 1
"""A check ran and found something wrong."""

app = typer.Typer(
    help="What was said: its story, its exchange with others, its backups.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

File = Annotated[Path, typer.Argument(metavar="FILE")]


@app.command()
def log(
    about: Annotated[str, typer.Option("--about", metavar="NAME|ID", help="Whose story; a device by its key.")],
    demo: Demo = False,
    json: Json = False,
) -> None:
    """The story of a thing: what, when, on whose word, how it came. Its initiative and equipment are part of it."""
    from shanyrak import wiring

    told = wiring.tell_story(about, demo=demo)
    if json:
        print_json(told["entries"])
        return
    say(told["title"])
    for line in told["lines"]:
        say(line)


@app.command()
def export(
    file: File,
    since: Annotated[
        str,
        typer.Option("--since", metavar="DATE", help="Only what was written down from then on: 2026-11-22, 3 d ago."),
    ] = "",
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Write the ledger to one file that other replicas, and the plain reader in spec/, can read."""
    from shanyrak import wiring

    with progress_bar(not json) as progress:
        done = wiring.export_ledger(file, since=since, demo=demo, progress=progress)
    if json:
        print_json(done)
        return
    say(f"{some(done['records'], 'record')} in {done['file']} ({done['bytes']:,} bytes)")


@app.command("import")
def import_(
    file: File,
    salvage: Annotated[
        bool, typer.Option("--salvage", help="From a damaged file, take what still verifies and list the rest.")
    ] = False,
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Take in a ledger file. On an empty home this joins that network as a replica."""
    from shanyrak import wiring

    with progress_bar(not json) as progress:
        done = wiring.import_ledger(file, salvage=salvage, demo=demo, progress=progress)
    if json:
        print_json(done)
        return
    if done["joined"]:
        say(f"Joined the network {done['net'][:8]}. This device's key is {done['device']}")
        note("Until an admin admits this key, what this device says waits for an admin.")
    _counted(done)


@app.command()
def sync(
    url: Annotated[str, typer.Argument(metavar="URL", help="A server of the same network, e.g. http://10.0.0.5:8765")],
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Exchange with a server until both hold the same."""
    from shanyrak import wiring

    with progress_bar(not json) as progress:
        done = wiring.sync_ledger(url, demo=demo, progress=progress)
    if json:
        print_json(done)
        return
    say(f"{done['sent']:,} sent, {done['received']:,} received ({done['bytes_out'] + done['bytes_in']:,} bytes)")
    _refused(done["refused"])


@app.command()
def backup(
    where: Annotated[
        Path | None, typer.Argument(metavar="[FILE|DIR]", help="Where to; else the home's backups.")
    ] = None,
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Write an encrypted backup, read it back and check it. What is in it is safe from then on."""
    from shanyrak import wiring

    with progress_bar(not json) as progress:
        done = wiring.backup_ledger(where, demo=demo, progress=progress)
    if json:
        print_json(done)
        return
    say(f"{some(done['records'], 'record')} in {done['file']}: written, read back and checked")
    if done["safe"]:
        say("They are safe.")
    else:
        note("Nothing is called safe by it: this device is no headquarters.")


@app.command()
def restore(
    file: File,
    key: Annotated[str, typer.Option("--key", metavar="KEY", help="The recovery key from the first sheet.")] = "",
    key_file: Annotated[
        Path | None, typer.Option("--key-file", metavar="FILE", help="A file with the recovery key.")
    ] = None,
    db: Annotated[str, typer.Option("--db", metavar="URL", help="Keep the ledger there; else one file.")] = "",
    json: Json = False,
) -> None:
    """Restore a backup on an empty machine, with the paper key. The machine becomes a headquarters again."""
    from shanyrak import wiring

    if not key and key_file is None:
        key = _asked_for_key()
    with progress_bar(not json) as progress:
        done = wiring.restore_ledger(file, key=key, key_file=key_file, url=db, progress=progress)
    if json:
        print_json(done)
        return
    say(f"{some(done['records'], 'record')} restored from {file}; state {done['state'][:8]}")
    say("This machine speaks in new chains, and the paper key admitted it as admin and headquarters.")
    for key in done["headquarters_before"]:
        say(f"If the old machine is lost or stolen: shanyrak say device.revoked key={key} cause=lost")


@app.command()
def verify(demo: Demo = False, json: Json = False) -> None:
    """Walk every chain, hash and signature, and fold everything anew: says what is wrong where."""
    from shanyrak import wiring

    with progress_bar(not json) as progress:
        found = wiring.verify_ledger(demo=demo, progress=progress)
    if json:
        print_json(found)
    elif not found["faults"]:
        say(f"{some(found['records'], 'record')} in {some(found['chains'], 'chain')}: every hash and signature holds.")
    else:
        for fault in found["faults"]:
            say(f"{fault['where']}: {fault['what']}")
    for line in [] if json else found["notes"]:
        note(line)
    if found["faults"]:
        raise typer.Exit(EXIT_DIFFERENT)


@app.command()
def drill(
    key: Annotated[
        str, typer.Option("--key", metavar="KEY", help="The recovery key, to try the real first sheet too.")
    ] = "",
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Play the loss of headquarters: yesterday's backup on an empty machine, refilled by the devices."""
    from shanyrak import wiring

    with progress_bar(not json) as progress:
        done = wiring.drill_ledger(key=key, demo=demo, progress=progress)
    if json:
        print_json(done)
    else:
        for line in done["lines"]:
            say(line)
    if not done["equal"]:
        raise typer.Exit(EXIT_DIFFERENT)


@app.command()
def device(demo: Demo = False, json: Json = False) -> None:
    """This device: its public key, what it is trusted with, and its network."""
    from shanyrak import wiring

    about = wiring.this_device(demo=demo)
    if json:
        print_json(about)
        return
    held = f"{some(about['records'], 'record')}, state {about['state'][:8]}"
    say(f"Network {about['name']!r} ({about['net'][:8]}), {held}")
    say(f"This device: {about['key']}")
    say(f"Trusted as: {', '.join(about['roles']) or 'nothing yet; an admin must admit this key'}")


def _asked_for_key() -> str:
    """The key, typed by the person who holds the sheet."""
    if not sys.stdin.isatty():
        raise InvalidInput("the recovery key is missing", where="--key", mend="Give --key KEY or --key-file FILE")
    try:
        typed: str = typer.prompt("Recovery key", hide_input=True)
    except typer.Abort as stopped:
        raise KeyboardInterrupt from stopped
    return typed


def _counted(done: dict[str, Any]) -> None:
    say(f"{done['new']:,} new, {done['known']:,} known, {len(done['refused']):,} refused")
    _refused(done["refused"])
    for line in done.get("unreadable", []):
        note(line)


def _refused(refused: list[dict[str, str]]) -> None:
    for one in refused[:20]:
        note(f"refused {one['id'][:8]}: {one['reason']}")
    if len(refused) > 20:
        note(f"and {len(refused) - 20} more; --json lists all")
