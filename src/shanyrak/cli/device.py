"""``shanyrak device``: invite people to a role, see who is trusted, shut a lost phone out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shanyrak.cli.network import Demo, Json
from shanyrak.cli.plan import PORT
from shanyrak.cli.screen import print_json, say

app = typer.Typer(help="Devices: invite, list, revoke.", no_args_is_help=True)


class Role(StrEnum):
    """What somebody can be invited to."""

    host = "host"
    desk = "desk"
    driver = "driver"
    inspector = "inspector"
    admin = "admin"


@app.command("invite")
def invite(
    role: Annotated[Role, typer.Option("--role", help="What they are trusted with.")],
    point: Annotated[str, typer.Option("--point", metavar="PLACE", help="Name or id of a place.")] = "",
    area: Annotated[str, typer.Option("--area", metavar="AREA", help="Name or id of an area.")] = "",
    name: Annotated[str, typer.Option("--name", metavar="WHO", help="Whom it is for; can be taken back.")] = "",
    at: Annotated[
        str, typer.Option("--at", metavar="URL", help="Address of the server as their phone reaches it.")
    ] = f"http://127.0.0.1:{PORT}",
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Print a link and its code: opened on a device within an hour, it admits that device, once."""
    from shanyrak import wiring_desk

    made = wiring_desk.invite(role.value, point=point, area=area, name=name, at=at, demo=demo)
    if json:
        print_json(made)
        return
    import segno

    segno.make(made["link"], error="m").terminal(compact=True)
    whom = f"{made['name']}: " if made["name"] else ""
    say(f"{whom}{made['role']}, {made['for'] or 'the whole network'}")
    say(made["link"])
    say(f"Once, until {datetime.fromtimestamp(made['expires_ms'] / 1000).astimezone():%H:%M}.")


@app.command("list")
def list_(demo: Demo = False, json: Json = False) -> None:
    """Devices of the network and what they are trusted with."""
    from shanyrak import wiring_desk

    rows = wiring_desk.list_devices(demo=demo)
    if json:
        print_json(rows)
        return
    for row in rows:
        roles = ", ".join(
            f"{one['role']} ({one['scope_name'] or 'network'})" + ("" if one["in_effect"] else ", ended")
            for one in row["roles"]
        )
        say(f"{row['key'][:12]}  {row['name'] or '-':20}  {roles}{'  (this device)' if row['this'] else ''}")


@app.command("revoke")
def revoke(
    device: Annotated[str, typer.Argument(metavar="NAME|KEY", help="As in shanyrak device list.")],
    cause: Annotated[str, typer.Option("--cause", help="lost, stolen, left, misused, mistake, other.")] = "lost",
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Shut a device out of everything, at once: what it says from now on does not count."""
    from shanyrak import wiring_desk

    done = wiring_desk.revoke(device, cause=cause, demo=demo)
    if json:
        print_json(done)
        return
    say(f"Shut out: {done['key'][:12]} ({', '.join(done['shut_out_of'])})")


@app.command("codes")
def codes(
    point: Annotated[str, typer.Argument(metavar="PLACE", help="Name or id of a place.")],
    sheet: Annotated[
        Path | None, typer.Option("--sheet", metavar="FILE", help="Write them as a page for A4 (.html), to print.")
    ] = None,
    at: Annotated[
        str, typer.Option("--at", metavar="URL", help="Address of the server as phones there reach it.")
    ] = f"http://127.0.0.1:{PORT}",
    language: Annotated[str, typer.Option("--language", help="uk, en, kk, de, ru.")] = "uk",
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Print one-time codes for reports from a door where no app works; the old sheet serves no more."""
    from shanyrak import wiring_desk

    made = wiring_desk.paper_codes(point, sheet=sheet, at=at, language=language, demo=demo)
    if json:
        print_json(made)
        return
    if sheet is not None:
        say(f"{made['name']}: {len(made['codes'])} codes, {sheet}")
        return
    say(f"{made['name']}: each code serves once, on the page /report of the server. Cross out what was used.")
    for first in range(0, len(made["codes"]), 4):
        say("   ".join(made["codes"][first : first + 4]))
