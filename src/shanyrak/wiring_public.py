"""Joins disk, clock and network to what is public: the published folder, and the server that everybody may ask.

Imported by entry points only, as ``wiring.py`` is, and heavy parts inside the functions likewise.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shanyrak import wiring

if TYPE_CHECKING:
    from shanyrak.app.network import NetworkFolder
    from shanyrak.facts.ledger import Ledger
    from shanyrak.server.site import Site

REPORT_URL = "/said"
"""Where pages send a visitor's word, where this program serves them itself."""
HERE = ("127.0.0.1", "::1", "localhost")

Say = Callable[[str], None]


def public_folder(network: NetworkFolder) -> Path:
    """Where a network's published folder lies on this machine."""
    return network.root / "public"


def giver_link(pledge: str, *, at: str, demo: bool) -> dict[str, str]:
    """The link of a promise, which only who runs the network can make.

    Parameters
    ----------
    at : address of the server that shows it; "" gives the path alone
    """
    from shanyrak.app.giver_links import giver_key, secret_of
    from shanyrak.app.naming import find_thing
    from shanyrak.core.errors import InvalidInput
    from shanyrak.server.giver import AT

    if at and urlsplit(at).scheme not in ("http", "https"):
        raise InvalidInput(f"{at!r} is no address of a server", where="--at", mend="Write it as https://NAME")
    network = wiring.networks().chosen(demo=demo)
    with network.open() as ledger:
        found = find_thing(ledger, pledge, types=("pledge",))
    key = giver_key(network.giver_key_file, network.random)
    return {"id": found.hex(), "link": f"{at.rstrip('/')}{AT}{secret_of(key, found)}"}


def _site(
    network: NetworkFolder,
    ledger: Ledger,
    *,
    public_at: str,
    report_url: str,
    exchange: bool,
    beyond: bool,
    behind_proxy: bool,
) -> Site:
    """The server of a network whose folder is published."""
    from shanyrak.app.giver_links import GiverLinks, giver_key
    from shanyrak.app.giver_page import GiverPage, giver_page
    from shanyrak.app.published import Published
    from shanyrak.app.shelf import Shelf
    from shanyrak.app.visitors import Limits, Visitors, Word, write_word
    from shanyrak.server.exchange import create_exchange_app
    from shanyrak.server.http import create_app
    from shanyrak.server.public import PublicSide
    from shanyrak.server.site import Site, create_everybody

    folder = public_folder(network)
    published = Published(folder)
    links = GiverLinks(ledger, giver_key(network.giver_key_file, network.random))
    turn = threading.Lock()

    def write(point: bytes, word: Word) -> None:
        with turn:
            write_word(ledger, point, word, now_ms=network.now_ms())

    def giver(secret: str) -> GiverPage | None:
        with turn:
            pledge = links.find(secret)
            return giver_page(ledger, pledge, published.view()) if pledge is not None else None

    limits = Limits(time.monotonic, os.urandom(32))
    visitors = Visitors(is_public=published.is_point, write=write, limits=limits)
    return Site(
        public=PublicSide(folder, report_url=report_url),
        everybody=create_everybody(
            published, visitors, giver, now_ms=network.now_ms, home=public_at, behind_proxy=behind_proxy
        ),
        plan=create_app(Shelf(wiring.home().root)),
        exchange=create_exchange_app(ledger, require_admitted=beyond, now_ms=network.now_ms) if exchange else None,
        public_at=public_at,
    )
