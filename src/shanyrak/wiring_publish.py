"""Joins disk, clock and network to publishing. Imported by entry points only."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shanyrak import wiring

if TYPE_CHECKING:
    from shanyrak.app.network import NetworkFolder
    from shanyrak.app.publishing import Published, Publisher
    from shanyrak.facts.ledger import Ledger
    from shanyrak.publish.town import Town

PHONES = "phones.json"
"""Beside the ledger: numbers of persons on duty that may be shown, by the name a point gives as its duty phone."""


def publisher_of(
    network: NetworkFolder,
    ledger: Ledger,
    folder: Path,
    *,
    area: str = "",
    report_url: str = "",
    served: bool = False,
) -> Publisher:
    """What keeps a folder up to date with a ledger.

    Parameters
    ----------
    area : one of several areas; "" takes the one that the network names, or the only one
    report_url : where visitors' words are sent; "" takes that of the deployment
    served : by this program, which takes visitors' words itself
    """
    import shanyrak.server
    from shanyrak.app.publishing import Publisher
    from shanyrak.publish.deployment import FILE, load_deployment
    from shanyrak.publish.photos import PHOTOS

    deployment = load_deployment(network.root / FILE)
    if report_url:
        deployment = replace(deployment, report_url=report_url)
    return Publisher(
        ledger,
        town_for(ledger, area),
        folder,
        signer=network.signer(),
        deployment=deployment,
        now_ms=network.now_ms,
        seconds=time.perf_counter,
        webapp=Path(shanyrak.server.__file__).parent / "webapp",
        phones=phones_of(network.root / PHONES),
        photos=network.root / PHOTOS,
        served=served,
    )


def town_for(ledger: Ledger, area: str) -> Town | None:
    """The map: the area that was named, else the one the network works in, where it is kept here."""
    from shanyrak.app.towns import town_of
    from shanyrak.core.errors import InvalidInput

    if area:
        return town_of(wiring.open_area(area))
    kept = wiring.home().area_names()
    named = {str(thing.get("name") or "") for thing in ledger.things("area")}
    both = [name for name in kept if name in named]
    if len(both) > 1:
        raise InvalidInput(
            f"the network works in several areas ({', '.join(both)})", where="--area", mend="Name the one to publish"
        )
    return town_of(wiring.open_area(both[0])) if both else None


def phones_of(path: Path) -> dict[str, str]:
    from shanyrak.core.errors import InvalidInput

    if not path.is_file():
        return {}
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise InvalidInput(f"it cannot be read: {fault}", where=str(path)) from fault
    if not isinstance(said, dict) or any(not isinstance(number, str) for number in said.values()):
        raise InvalidInput("it is no list of numbers", where=str(path), mend='Write {"name": "+380...", ...}')
    return said


@contextmanager
def followed(
    publisher: Publisher, ledger: Ledger, *, now_ms: Callable[[], int], warn: Callable[[str], None]
) -> Iterator[None]:
    """Publish now, and go on following the ledger in a thread as long as the block lasts."""
    from shanyrak.app.publishing import watch

    publisher.publish()
    stop = threading.Event()

    def run() -> None:
        watch(publisher, ledger, stop, now_ms=now_ms, tell=lambda _: None, warn=warn)

    following = threading.Thread(target=run, name="publishing", daemon=True)
    following.start()
    try:
        yield
    finally:
        stop.set()
        following.join()


def publish(
    folder: Path,
    *,
    area: str,
    report_url: str,
    app_url: str,
    demo: bool,
    following: bool,
    stop: threading.Event,
    tell: Callable[[dict[str, Any]], None],
    warn: Callable[[str], None],
) -> None:
    """Publish into a folder once, or follow the ledger until ``stop`` is set; ``tell`` hears of each publication."""
    from shanyrak.app.publishing import watch
    from shanyrak.core.errors import NotFound

    network = wiring.networks().chosen(demo=demo)
    with network.open() as ledger:
        if not ledger.net:
            raise NotFound("nothing was founded or joined here", where=str(network.root), mend="Run: shanyrak init")
        publisher = publisher_of(network, ledger, folder, area=area, report_url=report_url)
        door = f"#net={ledger.net.hex()}&key={network.signer().public.hex()}"

        def told(done: Published) -> None:
            tell(
                {
                    "folder": str(folder), "changed": done.changed, "version": done.version, "seconds": done.seconds,
                    "files": dict(done.files), "notes": list(done.notes), "door": f"{app_url or 'app/'}{door}",
                }
            )  # fmt: skip

        told(publisher.publish())
        if following:
            watch(publisher, ledger, stop, now_ms=network.now_ms, tell=told, warn=warn)
