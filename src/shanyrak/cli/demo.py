"""``shanyrak demo``: a made-up town, planned and shown. Needs no network and no file."""

from __future__ import annotations

from typing import Annotated

import typer

from shanyrak.cli.plan import PORT, Language
from shanyrak.cli.screen import note, progress_bar, say


def demo(
    once: Annotated[bool, typer.Option("--once", help="Do everything but stay.")] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to try first.")] = PORT,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    language: Annotated[Language | None, typer.Option("--language", help="Language of page and report.")] = None,
) -> None:
    """A made-up town with 30,000 people: 8 yurts beside 2 existing points, on the map."""
    from shanyrak import wiring, wiring_demo

    with progress_bar() as progress:
        shown = wiring.prepare_demo(language=language.value if language else None, progress=progress)
    say(shown.sentence)
    say(f"Report: {shown.report}")
    wiring_demo.show_demo(
        shown.plan_id, port=port, stay=not once, browser=not (no_browser or once), announce=say, warn=note
    )
