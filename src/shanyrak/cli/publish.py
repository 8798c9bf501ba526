"""``shanyrak publish``: what everybody may know, as files for any static server, CDN or stick."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from shanyrak.cli.network import Demo, Json
from shanyrak.cli.screen import note, print_json, say


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to keep up to date.")],
    watch: Annotated[bool, typer.Option("--watch", help="Follow the ledger until stopped (Ctrl-C).")] = False,
    area: Annotated[str, typer.Option("--area", metavar="NAME", help="The area, where there are several.")] = "",
    demo: Demo = False,
    report_url: Annotated[
        str, typer.Option("--report-url", metavar="URL", help="Where 'was it open?' is sent from these pages.")
    ] = "",
    app_url: Annotated[
        str,
        typer.Option("--app-url", metavar="URL", help="Address of app/ as people will reach it, for the door's code."),
    ] = "",
    json: Json = False,
) -> None:
    """Write what everybody may know: plain pages, the finder, and signed data that phones can check."""
    from shanyrak import wiring_publish

    stop = threading.Event()
    if watch:
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, lambda *_: stop.set())

    def tell(done: dict[str, Any]) -> None:
        if json:
            print_json(done)
        else:
            _show(done)

    wiring_publish.publish(
        folder,
        area=area,
        report_url=report_url,
        app_url=app_url,
        demo=demo,
        following=watch,
        stop=stop,
        tell=tell,
        warn=note,
    )


def _show(done: dict[str, Any]) -> None:
    if not done["changed"]:
        say(f"{done['folder']}: nothing public changed (version {done['version']})")
        return
    data = {path: size for path, size in done["files"].items() if path.startswith("data/")}
    pages = {path: size for path, size in done["files"].items() if path not in data}
    say(f"{done['folder']}: version {done['version']}, in {done['seconds']:.1f} s")
    for path, size in sorted(data.items()):
        say(f"  {size:>12,}  {path}")
    if pages:
        say(f"  {sum(pages.values()):>12,}  {len(pages)} pages and files of the finder")
    say(f"Code for doors: {done['door']}")
    for line in done["notes"]:
        note(line)
