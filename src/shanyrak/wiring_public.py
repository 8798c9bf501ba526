"""Joins disk, clock and network to what is public: the published folder, and the server that everybody may ask.

Imported by entry points only, as ``wiring.py`` is, and heavy parts inside the functions likewise.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shanyrak import wiring
from shanyrak.wiring_desk import add_forms, inside_of
from shanyrak.wiring_publish import followed, publisher_of

if TYPE_CHECKING:
    from shanyrak.app.network import NetworkFolder
    from shanyrak.facts.answering import Sight
    from shanyrak.facts.ledger import Ledger
    from shanyrak.server.site import Site

_SWITCH_S = 0.0005
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


def site_of(
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
    from shanyrak.app.photos import FOLDER as PHOTOS
    from shanyrak.app.photos import find
    from shanyrak.app.published import Published
    from shanyrak.app.shelf import Shelf
    from shanyrak.app.sight import sight_of
    from shanyrak.app.visitors import Limits, Visitors, Word, write_word
    from shanyrak.publish.deployment import FILE, load_deployment
    from shanyrak.server.apps import Apps
    from shanyrak.server.exchange import create_exchange_app
    from shanyrak.server.http import WEBAPP, create_app
    from shanyrak.server.public import PublicSide
    from shanyrak.server.site import Site, create_everybody

    folder = public_folder(network)
    folder_now = Published(folder)
    report_url = report_url or load_deployment(network.root / FILE).report_url
    links = GiverLinks(ledger, giver_key(network.giver_key_file, network.random))
    turn = threading.Lock()

    def write(point: bytes, word: Word) -> None:
        with turn:
            write_word(ledger, point, word, now_ms=network.now_ms())

    def giver(secret: str) -> GiverPage | None:
        with turn:
            pledge = links.find(secret)
            return giver_page(ledger, pledge, folder_now.view(), is_kept) if pledge is not None else None

    def photo(hash: str) -> Path:
        return find(network.root / PHOTOS, hash)

    def is_kept(hash: str) -> bool:
        return (network.root / PHOTOS / f"{hash}.jpg").is_file()

    def told(ledger: Ledger, key: bytes) -> Sight | None:
        return sight_of(ledger, key, network.now_ms())

    limits = Limits(time.monotonic, os.urandom(32))
    visitors = Visitors(is_public=folder_now.is_point, write=write, limits=limits)
    everybody = create_everybody(
        folder_now,
        visitors,
        giver,
        now_ms=network.now_ms,
        home=public_at,
        behind_proxy=behind_proxy,
        photo=photo,
    )
    add_forms(
        everybody,
        network,
        ledger,
        turn=turn,
        published=folder_now,
        home=public_at,
        behind_proxy=behind_proxy,
    )
    return Site(
        public=PublicSide(folder, report_url=report_url),
        everybody=everybody,
        plan=create_app(Shelf(wiring.home().root)),
        # Through a proxy of ours everybody comes from this machine: then only a signature tells who asks.
        exchange=create_exchange_app(ledger, require_admitted=beyond or behind_proxy, now_ms=network.now_ms, sight=told)
        if exchange
        else None,
        inside=inside_of(network, ledger),
        apps=Apps(WEBAPP),
        public_at=public_at,
    )


@contextmanager
def published(network: NetworkFolder, *, area: str, report_url: str, warn: Say) -> Iterator[None]:
    """The folder is published when the block begins, and follows the ledger as long as it lasts."""
    with wiring.ledger_of(network) as ledger:  # a connection of its own: it reads while others write
        folder = public_folder(network)
        publisher = publisher_of(network, ledger, folder, area=area, report_url=report_url, served=True)
        with followed(publisher, ledger, now_ms=network.now_ms, warn=warn):
            yield


def network_at(db: str, *, demo: bool, founded: Callable[[dict[str, Any]], None]) -> NetworkFolder:
    """The network to serve; where there is none yet it is founded, as ``shanyrak init`` does.

    Raises
    ------
    InvalidInput
        This machine's network is kept elsewhere than at ``db``.
    """
    from shanyrak.core.errors import InvalidInput

    here = wiring.networks()
    if demo or (not db and (here.real.exists or here.demo.exists)):
        if db:
            raise InvalidInput("the demo is kept in its own file", where="--db", mend="Leave --db or --demo out")
        return here.chosen(demo=demo)
    if here.real.exists:
        if here.real.url() != db:
            mend = "Leave --db out, or set SHANYRAK_HOME to another folder for another network"
            raise InvalidInput(f"this machine's network is kept at {here.real.place()}", where="--db", mend=mend)
        return here.real
    founded(wiring.init_network(name="Warm points", url=db, sheets=None))
    return here.real


def serve_public(
    *,
    host: str,
    port: int,
    area: str,
    report_url: str,
    demo: bool,
    behind_proxy: bool,
    announce: Say,
    warn: Say,
    db: str = "",
    founded: Callable[[dict[str, Any]], None] = lambda _: None,
) -> None:
    """Publish the network and serve it until stopped.

    Parameters
    ----------
    db : where the ledger is kept; "" where it was kept so far
    founded : hears of a network that was founded because there was none
    """
    from shanyrak.app.visitors import may_write
    from shanyrak.server.serve import serve

    network = network_at(db, demo=demo, founded=founded)
    beyond = host not in HERE
    with wiring.ledger_of(network) as ledger, published(network, area=area, report_url=report_url, warn=warn):
        if not may_write(ledger):
            warn("This device may not write visitors' words down: they are kept, and do not count.")
        if beyond:
            warn("Listening beyond this machine: everybody may read what is public; plans are shown here only.")
        site = site_of(
            network,
            ledger,
            public_at="/",
            report_url=report_url,
            exchange=True,
            beyond=beyond,
            behind_proxy=behind_proxy,
        )

        # Pages are made in a thread beside: whoever reports would wait 5 ms for it at every one of many looks at the
        # ledger, which adds up to a third of a second.
        sys.setswitchinterval(_SWITCH_S)

        def ready(address: str) -> None:
            announce(f"Warm places: {address}")
            announce(f"Desk: {address}desk/   On duty: {address}host/   (shanyrak device invite)")
            announce(f"Plans, on this machine only: {address}plan/")

        serve(site, host=host, port=port, ready=ready)


# documents on paper ---------------------------------------------------------------------------------------------
def write_sheet(district: str, path: Path, *, language: str, url: str, area: str, demo: bool) -> None:
    """Write the sheet of a district."""
    from shanyrak.app.papers import sheet_of
    from shanyrak.core.folders import whole_file
    from shanyrak.publish.deployment import FILE, load_deployment
    from shanyrak.wiring_publish import PHONES, phones_of, town_for

    network = wiring.networks().chosen(demo=demo)
    with wiring.ledger_of(network) as ledger:
        made = sheet_of(
            ledger,
            district,
            town=town_for(ledger, area),
            deployment=load_deployment(network.root / FILE),
            phones=phones_of(network.root / PHONES),
            now_ms=network.now_ms(),
            language=language,
            url=url,
        )
    with whole_file(path) as file:
        file.write(made)


def write_poster(
    point: str, path: Path, *, language: str, url: str, arrow: str, hidden: bool, area: str, demo: bool
) -> None:
    """Write the poster of a point."""
    from shanyrak.app.papers import poster_of
    from shanyrak.core.folders import whole_file
    from shanyrak.publish.deployment import FILE, load_deployment
    from shanyrak.wiring_publish import PHONES, phones_of, town_for

    network = wiring.networks().chosen(demo=demo)
    with wiring.ledger_of(network) as ledger:
        made = poster_of(
            ledger,
            point,
            town=town_for(ledger, area),
            deployment=load_deployment(network.root / FILE),
            phones=phones_of(network.root / PHONES),
            key=network.signer().public,
            now_ms=network.now_ms(),
            language=language,
            url=url,
            arrow=arrow,
            hidden=hidden,
        )
    with whole_file(path) as file:
        file.write(made)
