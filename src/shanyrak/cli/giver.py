"""``shanyrak giver``: what became of promised help."""

from __future__ import annotations

from typing import Annotated

import typer

from shanyrak.cli.network import Demo, Json
from shanyrak.cli.screen import print_json, say

app = typer.Typer(help="Promised help, and what became of it.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _giver() -> None:
    pass


@app.command()
def follow(
    pledge: Annotated[str, typer.Argument(metavar="PLEDGE", help="Name or id of a promise.")],
    demo: Demo = False,
    json: Json = False,
) -> None:
    """From the promise to the last count of the point it became."""
    from shanyrak import wiring

    path = wiring.follow_pledge(pledge, demo=demo)
    if json:
        print_json(path)
        return
    for line in path["lines"]:
        say(line)
