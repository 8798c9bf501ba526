"""``shanyrak area``: bring a town in, look at it, ask where something is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from shanyrak.cli.screen import note, print_json, progress_bar, say

app = typer.Typer(
    help="Bring a town in, look at it, ask where something is.", no_args_is_help=True, rich_markup_mode=None
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the area.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON object.")]


@app.command("import")
def import_area(
    name: Name,
    osm: Annotated[Path, typer.Option("--osm", metavar="FILE.osm.pbf", help="OpenStreetMap extract.")],
    population: Annotated[
        Path | None,
        typer.Option(
            "--population",
            metavar="FILE",
            help="People: GeoTIFF (WorldPop), CSV (lon,lat,persons) or H3 grid (id,population).",
        ),
    ] = None,
    persons: Annotated[
        float | None,
        typer.Option("--persons", metavar="N", help="Known number of people; what is estimated is scaled to it."),
    ] = None,
    boundary: Annotated[
        Path | None,
        typer.Option("--boundary", metavar="FILE.geojson", help="Count people and places inside this only."),
    ] = None,
    json: Json = False,
) -> None:
    """Read a town: streets, people, candidate sites, names, and a basemap."""
    from shanyrak import wiring

    with progress_bar() as progress:
        area = wiring.import_area(
            name, osm, population=population, persons=persons, boundary=boundary, progress=progress
        )
    _show(area.manifest, json)


@app.command("show")
def show(name: Name, json: Json = False) -> None:
    """What is known of an area: counts, people and how they were had, source, content hash."""
    from shanyrak import wiring

    _show(wiring.open_area(name).manifest, json)


@app.command("list")
def list_areas(json: Json = False) -> None:
    """The areas kept here."""
    from shanyrak import wiring

    names = wiring.home().area_names()
    if json:
        print_json({"areas": names})
        return
    for name in names:
        say(name)
    if not names:
        note("No area yet. Import one: shanyrak area import NAME --osm FILE.osm.pbf")


@app.command("find")
def find(
    name: Name,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Street, number, stop or landmark, in any script.")],
    json: Json = False,
    most: Annotated[int, typer.Option("--most", min=1, max=100, help="How many answers at the most.")] = 10,
) -> None:
    """Where something is: asks the area's own list of names, no network."""
    from shanyrak import wiring

    found = wiring.find_in_area(name, text, most)
    if json:
        print_json({"area": name, "text": text, "places": found})
        return
    for place in found:
        say(f"{place['lon']:.6f},{place['lat']:.6f}  {place['label']}")
    if not found:
        note(f"Nothing in {name} is called like {text!r}")


@app.command("fetch")
def fetch(
    place: Annotated[str, typer.Argument(metavar="PLACE", help='A town by name, such as "Bucha, Ukraine".')],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.osm.pbf", help="Where to write the extract.")
    ] = None,
    json: Json = False,
) -> None:
    """Get a town's extract over the network (Overpass), politely."""
    from shanyrak import wiring

    with progress_bar() as progress:
        answer = wiring.fetch_extract(place, out, progress=progress)
    if json:
        print_json(answer)
        return
    say(f"{answer['file']}: {answer['place']}, {answer['bytes'] / 1e6:.1f} MB, {answer['attribution']}")
    say(f"Next: shanyrak area import NAME --osm {answer['file']}")


def _show(manifest: dict[str, Any], json: bool) -> None:
    if json:
        print_json(manifest)
        return
    from shanyrak.cli.area_text import lines

    for line in lines(manifest):
        say(line)
