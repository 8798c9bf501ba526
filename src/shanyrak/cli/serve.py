"""``shanyrak serve``: the side that others reach over the network."""

from __future__ import annotations

from typing import Annotated

import typer

from shanyrak.cli.network import Demo, tell_founded
from shanyrak.cli.plan import PORT
from shanyrak.cli.screen import note, say
from shanyrak.core.errors import InvalidInput


def serve(
    exchange_only: Annotated[
        bool, typer.Option("--exchange-only", help="Exchange records with replicas, and nothing else.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to try first.")] = PORT,
    host: Annotated[
        str,
        typer.Option(
            "--host",
            help="Address to listen on; beyond this machine what is public, and exchange with admitted devices.",
        ),
    ] = "127.0.0.1",
    area: Annotated[
        str, typer.Option("--area", metavar="NAME", help="Kept area whose map and walks are published with it.")
    ] = "",
    db: Annotated[
        str,
        typer.Option(
            "--db", metavar="URL", help="Where the ledger is kept: sqlite:///PATH or postgresql://USER@HOST/NAME."
        ),
    ] = "",
    report_url: Annotated[
        str, typer.Option("--report-url", metavar="URL", help='Where pages send "was it open?", if not here.')
    ] = "",
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy", help="A proxy of ours stands before it: visitors' limits go by X-Forwarded-For."
        ),
    ] = False,
    demo: Demo = False,
) -> None:
    """Publish the network and serve it to everybody, until stopped (Ctrl-C). Where there is none, found one first."""
    from shanyrak import wiring, wiring_public

    if exchange_only:
        if area or report_url or behind_proxy or db:
            raise InvalidInput("with --exchange-only nothing is published", where="serve", mend="Leave one of them out")
        wiring.serve_exchange(host=host, port=port, demo=demo, announce=say, warn=note)
        return
    wiring_public.serve_public(
        host=host,
        port=port,
        area=area,
        report_url=report_url,
        demo=demo,
        behind_proxy=behind_proxy,
        announce=say,
        warn=note,
        db=db,
        founded=tell_founded,
    )
