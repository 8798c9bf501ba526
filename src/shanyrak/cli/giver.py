"""``shanyrak giver``: what became of promised help."""

from __future__ import annotations

from typing import Annotated

import typer

from shanyrak.cli.network import Demo, Json
from shanyrak.cli.screen import note, print_json, say
from shanyrak.core.errors import InvalidInput

app = typer.Typer(help="Promised help, and what became of it.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _giver() -> None:
    pass


@app.command()
def follow(
    pledge: Annotated[str, typer.Argument(metavar="PLEDGE", help="Name or id of a promise.")],
    link: Annotated[
        bool, typer.Option("--link", help="Make a link for the giver alone: the same as a page, as far as is public.")
    ] = False,
    at: Annotated[
        str, typer.Option("--at", metavar="URL", help="With --link: address of the server, e.g. https://hq.example.")
    ] = "",
    demo: Demo = False,
    json: Json = False,
) -> None:
    """From the promise to the last count of the point it became."""
    from shanyrak import wiring, wiring_public

    if at and not link:
        raise InvalidInput("an address is of use to a link only", where="--at", mend="Add --link, or leave --at out")
    if link:
        made = wiring_public.giver_link(pledge, at=at, demo=demo)
        if json:
            print_json(made)
            return
        say(made["link"])
        if not at:
            note("Put the address of your server before it (or add --at URL). shanyrak serve shows the page.")
        note("Give it to the giver alone: whoever has the link can read the page.")
        return
    path = wiring.follow_pledge(pledge, demo=demo)
    if json:
        print_json(path)
        return
    for line in path["lines"]:
        say(line)
