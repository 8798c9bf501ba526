"""``shanyrak init`` and ``shanyrak say``: found a network, and say something in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from shanyrak.cli.screen import note, print_json, say
from shanyrak.core.errors import InvalidInput

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for programs.")]
Demo = Annotated[bool, typer.Option("--demo", help="Work on the demo's network.")]

_OF_ALL = {
    "happened": "--happened (when it was so)",
    "via": "--via (how the word came)",
    "said_by": "said_by=... (whose word it is)",
    "note": "note=... (anything else)",
}
"""Fields that most kinds have."""
KEPT = {"kept": "kept here", "headquarters": "kept here, and at headquarters", "safe": "kept here, and safe"}
"""What became of a record that was just said."""


def init(
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the network is called.")] = "Warm points",
    db: Annotated[
        str, typer.Option("--db", metavar="URL", help="Keep the ledger there (postgresql://...); else one file.")
    ] = "",
    sheets: Annotated[
        Path | None, typer.Option("--sheets", metavar="DIR", help="Where the two sheets for printing are written.")
    ] = None,
    json: Json = False,
) -> None:
    """Found a network on this machine. Asks nothing; writes two sheets to print: one has the recovery key."""
    from shanyrak import wiring

    made = wiring.init_network(name=name, url=db, sheets=sheets)
    if json:
        print_json(made)
        return
    tell_founded(made)


def tell_founded(made: dict[str, Any]) -> None:
    """What was founded, and what to do with its two sheets."""
    say(f"Founded {made['name']!r}: network {made['net'][:8]}, kept in {made['folder']}")
    say("Print these two sheets, then delete the files:")
    for sheet in made["sheets"]:
        say(f"  {sheet}")
    say("Whoever holds the first sheet can restore the network. Keep it away from this machine.")


def say_command(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What is said, e.g. point.opened.")] = "",
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="[FIELD=VALUE ...]", help="Its values, in units people use.")
    ] = None,
    about: Annotated[str, typer.Option("--about", metavar="NAME|ID", help="The thing it is said of.")] = "",
    within: Annotated[str, typer.Option("--in", metavar="NAME|ID", help="For something new: the area it is in.")] = "",
    happened: Annotated[
        str,
        typer.Option(
            "--happened", metavar="WHEN", help="When it was so: 14:30, yesterday 18:00, 2026-11-22, unknown (EDTF)."
        ),
    ] = "",
    via: Annotated[
        str,
        typer.Option(
            "--via", metavar="WAY", help="How the word came: self, phone, radio, paper, text, observed, import."
        ),
    ] = "",
    kinds: Annotated[bool, typer.Option("--kinds", help="List what can be said; with KIND, its fields.")] = False,
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Say something: it is signed and kept here, on disk, when the id is printed.

    For example: shanyrak say stock.counted --about "School 12" "fuel=40 l"
    """
    from shanyrak import wiring

    if kinds or not kind:
        listed = wiring.list_kinds(kind)
        if json:
            print_json(listed)
        else:
            _show_kinds(listed)
        return
    said = wiring.say(kind, fields or [], about=about, within=within, happened=happened, via=via, demo=demo)
    if json:
        print_json(said)
        return
    say(f"{said['id']}  {KEPT[said['standing']]}")
    if said["mark"]:
        note(f"It is kept, and does not count as it stands ({said['mark']}): {said['reason']}")


def _show_kinds(listed: list[dict[str, Any]]) -> None:
    """All kinds by family; or one, with who says it of what, and its fields."""
    family = ""
    for kind in listed:
        if "fields" in kind:
            _show_kind(kind)
            continue
        if kind["family"] != family:
            family = kind["family"]
            say(f"{family}:")
        say(f"  {kind['kind']:<23} {kind['help']}")
    if family:
        note("Fields of one: shanyrak say KIND --kinds")


def _show_kind(kind: dict[str, Any]) -> None:
    say(f"{kind['kind']}: {kind['help']}")
    begins = "; without --about it begins a new one" if kind["begins"] else ""
    say(f"Said of: {', '.join(kind['about']) or 'nothing yet'}{begins}. By: {', '.join(kind['by'])}.")
    for field in kind["fields"]:
        if field["field"] in _OF_ALL:
            continue
        words = f" One of {', '.join(field['values'])}." if field["values"] else ""
        needed = " (needed)" if field["required"] else ""
        kept_apart = " (kept apart, can be taken back)" if field["sealed"] else ""
        say(f"  {field['example']:<27} {field['help']}{words}{needed}{kept_apart}")
    common = [field["field"] for field in kind["fields"] if field["field"] in _OF_ALL]
    say(f"Besides, where it matters: {', '.join(_OF_ALL[name] for name in common)}.")


def language_fault(language: str) -> InvalidInput:
    """A language that nothing is written in."""
    return InvalidInput(f"{language!r} is no language here", where="--language", mend="Use en or uk")
