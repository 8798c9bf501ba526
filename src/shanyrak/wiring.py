"""Joins disk, clock and network to the use cases. Imported by entry points only.

Everything heavy is imported inside the functions, so that ``shanyrak --help`` is quick.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shanyrak.core.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from shanyrak.app.home import Home
    from shanyrak.app.network import NetworkFolder, Networks
    from shanyrak.app.planning import PlanRequest
    from shanyrak.app.plans import KeptPlan
    from shanyrak.area.area import Area
    from shanyrak.check.plan_folder import Difference
    from shanyrak.demo.scene import Shown
    from shanyrak.facts.ledger import Ledger


def home() -> Home:
    """The one folder of everything kept: SHANYRAK_HOME where set, else the platform's data folder."""
    import platformdirs

    from shanyrak.app.home import Home

    named = os.environ.get("SHANYRAK_HOME")
    return Home(Path(named) if named else Path(platformdirs.user_data_dir("shanyrak", appauthor=False)))


def open_area(name: str) -> Area:
    """A kept area, by name: GeoDataFrames ``junctions``, ``edges``, ``cells``, ``candidates``, and raw arrays.

    Raises
    ------
    NotFound
        No area is called so; the message names those there are.
    """
    from shanyrak.area.store import load_area

    return load_area(home().area_folder(name))


def import_area(
    name: str,
    osm: Path,
    *,
    population: Path | None = None,
    persons: float | None = None,
    boundary: Path | None = None,
    made_up: bool = False,
    progress: Progress = silent,
) -> Area:
    """Import a town and make it the version in force."""
    from shanyrak.area.basemap import write_basemap
    from shanyrak.area.importing import import_area as run

    return run(
        name,
        osm,
        population=population,
        persons=persons,
        boundary=boundary,
        made_up=made_up,
        versions=home().area(name),
        basemap=write_basemap,
        clock=time.perf_counter,
        progress=progress,
    )


def find_in_area(name: str, text: str, most: int) -> list[dict[str, Any]]:
    """What the area's list of names knows of a text, best first."""
    from shanyrak.area.gazetteer import find_in_gazetteer

    return [place.as_dict() for place in find_in_gazetteer(open_area(name).gazetteer, text, most=most)]


def fetch_extract(place: str, out: Path | None, *, progress: Progress = silent) -> dict[str, Any]:
    """Get an extract over the network, into ``out`` or a file named after the place."""
    import re

    from shanyrak.area.fetch import fetch_extract as run
    from shanyrak.core.attribution import OSM_ATTRIBUTION, OSM_LICENCE

    first = re.sub(r"\W+", "-", place.split(",")[0]).strip("-").lower()
    got = run(place, out or Path(f"{first or 'extract'}.osm.pbf"), progress=progress)
    return {
        "file": str(got.path),
        "place": got.place,
        "box": list(got.box),
        "timestamp": got.timestamp,
        "bytes": got.size_bytes,
        "attribution": OSM_ATTRIBUTION,
        "licence": OSM_LICENCE,
    }


def make_plan(request: PlanRequest, *, out: Path | None = None, progress: Progress = silent) -> KeptPlan:
    """Make a plan and keep it under the home, or write it to ``out``."""
    from shanyrak.app.planning_asked import checked
    from shanyrak.app.plans import make_and_keep

    checked(request)  # a slip in what was asked is told before a town is looked for
    return make_and_keep(
        home(),
        open_area(request.area),
        request,
        out=out,
        clock=time.perf_counter,
        now=datetime.now(UTC),
        progress=progress,
    )


def compare_plans(one: str, other: str) -> dict[str, Any]:
    """Two plans side by side; each by the name it is kept under, or its folder."""
    from pathlib import Path as Folder

    from shanyrak.app.planning_compare import compare
    from shanyrak.app.shelf import Shelf

    shelf = Shelf(home().root)
    folders = [Folder(name) if (Folder(name) / "plan.json").is_file() else shelf.plan_folder(name)
               for name in (one, other)]  # fmt: skip
    return compare(*folders)


def check_plan(folder: Path, *, progress: Progress = silent) -> list[Difference]:
    """Recompute a plan with plain code; what differs."""
    from shanyrak.app.checking import check

    return check(home(), folder, progress=progress)


def prepare_demo(*, language: str | None = None, progress: Progress = silent) -> Shown:
    """Make, import and plan the made-up town."""
    from shanyrak.demo.scene import prepare

    return prepare(
        home(),
        language or _language(),
        import_area=import_area,
        make_plan=make_plan,
        network=networks().demo,
        progress=progress,
    )


def show_plan(
    plan_id: str, *, port: int, stay: bool, browser: bool, announce: Callable[[str], None], warn: Callable[[str], None]
) -> None:
    """Serve a kept plan on this machine, and open a browser where there is one."""
    import webbrowser

    from shanyrak.app.shelf import Shelf
    from shanyrak.server.http import create_app
    from shanyrak.server.serve import serve

    root = home().root

    def ready(address: str) -> None:
        page = f"{address}?plan={plan_id}"
        announce(page)
        if browser and not webbrowser.open(page):
            warn(f"No browser could be opened here. Open {page} or the report file above.")

    serve(create_app(Shelf(root)), port=port, ready=ready, stay=stay)


def _language() -> str:
    """The reader's language among those the report has; English otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "uk" if value.lower().startswith("uk") else "en"
    return "en"


# the network on this machine ---------------------------------------------------------------------------------
def networks() -> Networks:
    """The real network and the demo's, under the one home."""
    from shanyrak.app.network import Networks

    return Networks(home().root, _now_ms)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _ledger(demo: bool) -> AbstractContextManager[Ledger]:
    """The ledger that commands work on."""
    return ledger_of(networks().chosen(demo=demo))


@contextmanager
def ledger_of(folder: NetworkFolder) -> Iterator[Ledger]:
    """The ledger of a network; NotFound where nothing was founded yet."""
    from shanyrak.core.errors import NotFound

    with folder.open() as ledger:
        if not ledger.net:
            raise NotFound(
                "a device's key is here, and its ledger holds nothing",
                where=str(folder.root),
                mend="If there was a network: shanyrak ledger restore FILE. If not: shanyrak init",
            )
        yield ledger


def init_network(*, name: str, url: str, sheets: Path | None) -> dict[str, Any]:
    """Found a network; its sheets are written for printing."""
    from shanyrak.app.founding import found

    return found(networks().empty(), name, url=url, sheets=sheets)


def list_kinds(kind: str) -> list[dict[str, Any]]:
    """What can be said, or the fields of one kind."""
    from shanyrak.app.saying import list_kinds as run
    from shanyrak.facts.rules import load_rules

    return run(load_rules(), kind)


def say(kind: str, pairs: list[str], *, about: str, within: str, happened: str, via: str, demo: bool) -> dict[str, Any]:
    """Say something as typed."""
    from shanyrak.app.saying import say_as_typed

    with _ledger(demo) as ledger:
        return say_as_typed(
            ledger,
            kind,
            pairs,
            about=about,
            within=within,
            happened=happened,
            via=via,
            now_ms=_now_ms(),
            zone=_zone(),
            lang=_language(),
        )


def _zone() -> tzinfo:
    """The reader's time zone."""
    return datetime.now().astimezone().tzinfo or UTC


def box_of_area(ledger: Ledger, area: bytes | None) -> tuple[float, float, float, float] | None:
    """West, south, east, north of an area whose map is kept here under the name it has in the ledger."""
    thing = ledger.thing(area) if area else None
    return box_of_map(str(thing.get("name") or "")) if thing else None


def box_of_map(name: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a kept map [degree]; None where there is none of this name."""
    import json

    if name not in home().area_names():
        return None
    west, south, east, north = json.loads((home().area_folder(name) / "area.json").read_text(encoding="utf-8"))["box"]
    return west, south, east, north


def list_points(
    *, state: str, archive: bool, language: str, demo: bool, contradicted: bool = False
) -> list[dict[str, Any]]:
    """Points in rows; all of them, those in one state, or those of which others say the opposite since."""
    from shanyrak.app.contradicting import contradicted_rows
    from shanyrak.app.points import checked_state, point_rows

    with _ledger(demo) as ledger:
        wanted = checked_state(ledger, state)
        if contradicted:
            rows = contradicted_rows(ledger, language)
        else:
            rows = point_rows(ledger, archive=archive, language=language)
    return [row for row in rows if wanted in ("", row["state"])]


def show_point(name: str, *, language: str, demo: bool) -> dict[str, Any]:
    """One point, whole."""
    from shanyrak.app.naming import get_thing
    from shanyrak.app.points import point_whole

    with _ledger(demo) as ledger:
        return point_whole(ledger, get_thing(ledger, name, types=("point",)), language)


def tell_story(about: str, *, demo: bool) -> dict[str, Any]:
    """The story of a thing: entries for programs, lines for people."""
    from shanyrak.app.naming import find_thing
    from shanyrak.app.speaking import device
    from shanyrak.app.story import story, story_of_key
    from shanyrak.app.story_lines import lines_of, title_of

    with _ledger(demo) as ledger:
        of_key = story_of_key(ledger, about)
        if of_key is not None:
            key, entries = of_key
            return {
                "title": device(ledger, key),
                "entries": [entry.as_dict(ledger) for entry in entries],
                "lines": lines_of(ledger, entries),
            }
        thing = find_thing(ledger, about)
        entries = story(ledger, thing)
        return {
            "title": title_of(ledger, thing),
            "entries": [entry.as_dict(ledger) for entry in entries],
            "lines": lines_of(ledger, entries, thing),
        }


def follow_pledge(pledge: str, *, demo: bool) -> dict[str, Any]:
    """The way of a promise."""
    from shanyrak.app.giving import follow
    from shanyrak.app.naming import find_thing

    with _ledger(demo) as ledger:
        return follow(ledger, find_thing(ledger, pledge, types=("pledge",)))


def export_ledger(file: Path, *, since: str, demo: bool, progress: Progress = silent) -> dict[str, Any]:
    """Write the ledger to a file."""
    from shanyrak.app.carrying import export

    with _ledger(demo) as ledger:
        progress("writing", 0, None)
        return export(ledger, file, since=since, now_ms=_now_ms(), zone=_zone())


def import_ledger(file: Path, *, salvage: bool, demo: bool, progress: Progress = silent) -> dict[str, Any]:
    """Take a ledger file in; on an empty home join its network."""
    from shanyrak.app.carrying import take_in

    here = networks()
    return take_in(here.demo if demo else here.real, file, damaged=salvage, progress=progress)


def sync_ledger(url: str, *, demo: bool, progress: Progress = silent) -> dict[str, Any]:
    """Exchange with a server."""
    from shanyrak.app.syncing import sync_over_http

    with _ledger(demo) as ledger:
        report = sync_over_http(ledger, url, now_ms=_now_ms, progress=progress)
    refused = [{"id": fact.hex(), "reason": reason} for fact, reason in report.refused]
    return report._asdict() | {"refused": refused}


def serve_exchange(
    *, host: str, port: int, demo: bool, announce: Callable[[str], None], warn: Callable[[str], None]
) -> None:
    """Serve the exchange until stopped."""
    from shanyrak.server.exchange import create_exchange_app
    from shanyrak.server.serve import serve

    with _ledger(demo) as ledger:
        open_to_all = host in ("127.0.0.1", "::1", "localhost")
        application = create_exchange_app(ledger, require_admitted=not open_to_all, now_ms=_now_ms)
        if not open_to_all:
            warn("Listening beyond this machine: only devices this network admitted are let in.")
        serve(application, host=host, port=port, ready=lambda address: announce(f"Exchange at {address}"))


def this_device(*, demo: bool) -> dict[str, Any]:
    """This device, its network and what it is trusted with."""
    from shanyrak.app.naming import name_of

    with _ledger(demo) as ledger:
        network = ledger.thing(ledger.net)
        key = ledger.signer.public if ledger.signer else b""
        return {
            "net": ledger.net.hex(),
            "name": name_of(network) if network else "",
            "key": key.hex(),
            "roles": sorted({one.role for one in ledger.trust.authority.roles_of(key) if one.revoked_ms is None}),
            "records": ledger.store.count(),
            "state": ledger.state_hash().hex(),
        }


def import_points(
    file: Path,
    *,
    columns: Path | None,
    list_name: str,
    sheet: str,
    happened: str,
    within: str,
    dry_run: bool,
    demo: bool,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Take a list of points in; ``read`` is False where not one row could be used."""
    from shanyrak.app.lists.importing import import_points as run
    from shanyrak.app.naming import find_thing
    from shanyrak.app.point_lists import LedgerPoints

    with _ledger(demo) as ledger:
        area = find_thing(ledger, within, types=("area",)) if within else None
        with ledger.together():
            report = run(
                LedgerPoints(ledger, area),
                file,
                own_columns=columns,
                list_name=list_name,
                sheet=sheet,
                happened=happened,
                dry_run=dry_run,
                around=box_of_area(ledger, area),
                zone=_zone(),
                progress=progress,
            )
    return {"data": report.as_dict(), "lines": report.lines(), "read": not report.nothing_read}


def export_points(file: Path, *, language: str, demo: bool) -> dict[str, Any]:
    """Write all points to a table."""
    from shanyrak.app.lists.exporting import export_points as run
    from shanyrak.app.point_lists import LedgerPoints

    with _ledger(demo) as ledger:
        known = sorted(LedgerPoints(ledger).known_points(), key=lambda point: (point.name, point.id))
    run(known, file, language or _language(), zone=_zone())
    return {"file": str(file), "points": len(known)}


def backup_ledger(where: Path | None, *, demo: bool, progress: Progress = silent) -> dict[str, Any]:
    """Write a backup, read it back, check it."""
    from shanyrak.app.backups import backup

    folder = networks().chosen(demo=demo)
    with _ledger(demo) as ledger:
        return backup(
            ledger,
            where or folder.root / "backups",
            key_file=folder.backup_key_file,
            now_ms=_now_ms,
            random=folder.random,
            progress=progress,
        )


def restore_ledger(
    file: Path, *, key: str, key_file: Path | None, url: str, progress: Progress = silent
) -> dict[str, Any]:
    """Restore a backup on an empty home."""
    from shanyrak.app.backups import restore
    from shanyrak.app.key_file import read_key_file
    from shanyrak.facts.rules import load_rules

    typed = read_key_file(key_file) if key_file is not None else key
    return restore(networks().real, file, typed, rules=load_rules(), url=url, progress=progress)


def verify_ledger(*, demo: bool, progress: Progress = silent) -> dict[str, Any]:
    """Check every chain, hash, signature and the fold."""
    from shanyrak.facts.checking import check
    from shanyrak.facts.rules import load_rules
    from shanyrak.facts.verifying import PooledVerifier

    with _ledger(demo) as ledger, PooledVerifier() as verifier:
        found = check(ledger.store, load_rules(), verifier, progress)
    return {
        "records": found.records,
        "chains": found.chains,
        "faults": [fault._asdict() for fault in found.faults],
        "notes": list(found.notes),
    }


def drill_ledger(*, key: str, demo: bool, progress: Progress = silent) -> dict[str, Any]:
    """Play the loss of headquarters on copies, which are removed again."""
    import tempfile

    from shanyrak.app.drill import drill

    with _ledger(demo) as ledger, tempfile.TemporaryDirectory(prefix="shanyrak-drill-") as scratch:
        return drill(
            ledger,
            Path(scratch),
            now_ms=_now_ms,
            seconds=time.perf_counter,
            random=os.urandom,
            key=key,
            progress=progress,
        )
