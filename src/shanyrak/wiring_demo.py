"""Joins disk, clock and network to what ``shanyrak demo`` shows. Imported by entry points only."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shanyrak import wiring
from shanyrak.wiring_desk import invitation
from shanyrak.wiring_public import published, site_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from shanyrak.facts.ledger import Ledger

Say = Callable[[str], None]


def show_demo(plan_id: str, *, port: int, stay: bool, browser: bool, announce: Say, warn: Say) -> None:
    """Serve the demo's first page at ``/``, and behind it all that a network has; open a browser where there is one."""
    import webbrowser

    from shanyrak.demo.first_page import first_page, keep_page, script, style, wait_page
    from shanyrak.server.serve import serve
    from shanyrak.server.stage import Pages, Stage

    pages = Pages(
        first=lambda language: first_page(language, f"/?plan={plan_id}"),
        keep=keep_page,
        wait=wait_page,
        script=script(),
        style=style(),
    )

    def ready(address: str) -> None:
        announce(address)
        announce(f"For people in the cold: {address}find/")
        if browser and not webbrowser.open(address):
            warn(f"No browser could be opened here. Open {address} or the report file above.")

    with Stage(pages, lambda: _evening(warn), _make_anew, _invitations()) as stage:
        serve(stage, port=port, ready=ready, stay=stay)


@contextmanager
def _evening(warn: Say) -> Iterator[ASGIApp]:
    """The demo's network, published and served."""
    network = wiring.networks().demo
    with wiring.ledger_of(network) as ledger, published(network, area="", report_url="", warn=warn):
        yield site_of(
            network,
            ledger,
            public_at="/find/",
            report_url="",
            exchange=True,
            beyond=False,
            behind_proxy=False,
        )


def _make_anew() -> None:
    """The demo's network from its beginning; town and plan stay as they are."""
    shutil.rmtree(wiring.networks().demo.root)
    wiring.prepare_demo()


def _invitations() -> Mapping[str, Callable[[], str]]:
    """By role, what leads into its app: on duty at the place that is ready, at the desk of the whole network."""
    from shanyrak.demo.network import OPERATOR

    network = wiring.networks().demo

    def ready(ledger: Ledger) -> bytes:
        places = [point for point in ledger.things("point") if point.get("operator") == OPERATOR]
        return next((point.id for point in places if point.now == "ready"), places[0].id)

    return {
        "host": invitation(network, "host", ready),
        "desk": invitation(network, "desk", lambda ledger: ledger.net),
    }
