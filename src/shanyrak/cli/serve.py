"""``shanyrak serve``: the side that others reach over the network."""

from __future__ import annotations

from typing import Annotated

import typer

from shanyrak.cli.network import Demo
from shanyrak.cli.plan import PORT
from shanyrak.cli.screen import note, say
from shanyrak.core.errors import InvalidInput


def serve(
    exchange_only: Annotated[bool, typer.Option("--exchange-only", help="Exchange records with replicas.")] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to try first.")] = PORT,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; beyond this machine only admitted devices are let in.")
    ] = "127.0.0.1",
    demo: Demo = False,
) -> None:
    """Serve until stopped (Ctrl-C)."""
    from shanyrak import wiring

    if not exchange_only:
        raise InvalidInput("only the exchange is served so far", where="serve", mend="Add --exchange-only")
    wiring.serve_exchange(host=host, port=port, demo=demo, announce=say, warn=note)
