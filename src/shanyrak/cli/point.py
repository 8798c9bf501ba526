"""``shanyrak point``: the points as they stand, and lists of them in and out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from shanyrak.app.wording import moment, some, visitors
from shanyrak.cli.network import Demo, Json
from shanyrak.cli.plan import Language
from shanyrak.cli.screen import note, print_json, progress_bar, say

EXIT_MEND = 2
"""Something was given that a person can mend."""

app = typer.Typer(
    help="Warm points: as they stand by all that was said, and lists of them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Tongue = Annotated[Language | None, typer.Option("--language", help="Language of names and words.")]


class HeaderLanguage(StrEnum):
    """Languages that headers of a list are written in."""

    en = "en"
    uk = "uk"
    de = "de"


@app.command("list")
def list_points(
    state: Annotated[str, typer.Option("--state", metavar="STATE", help="Only those in this state, e.g. open.")] = "",
    archive: Annotated[bool, typer.Option("--archive", help="Remembered places too, where nobody is led.")] = False,
    contradicted: Annotated[
        bool, typer.Option("--contradicted", help="Only those of which others say the opposite since.")
    ] = False,
    language: Tongue = None,
    demo: Demo = False,
    json: Json = False,
) -> None:
    """All points, with their state and since when."""
    from shanyrak import wiring

    tongue = language.value if language else ""
    rows = wiring.list_points(state=state, archive=archive, language=tongue, demo=demo, contradicted=contradicted)
    if json:
        print_json(rows)
        return
    if (state or contradicted) and not rows:
        note(f"No point is {state}." if state else "No point is contradicted.")
        return
    for row in rows:
        marks = [f"visitors since then: {visitors(row['visitors_since'])}"] if row["visitors_since"] else []
        marks += [f"perhaps the same as {row['twin_of'][:8]}"] if row["twin_of"] else []
        marks += ["remembered"] if row["archive"] else []
        marks += [f"{some(row['conflicts'], 'entry', 'entries')} in contradiction"] if row["conflicts"] else []
        marks += [f"waiting for an admin: {some(row['waits'], 'entry', 'entries')}"] if row["waits"] else []
        since = f" since {moment(row['since'])}, {row['said_by']}" if row["since"] else ""
        say(
            f"{row['id'][:8]}  {row['state']:<10} {row['name']}{since}{'  (' + ', '.join(marks) + ')' if marks else ''}"
        )
        for one in row.get("against", ()):
            say(f"          {moment(one['happened'])}, {one['who'] or 'somebody'}: {one['what'].replace('_', ' ')}")
    if not rows:
        note("No points yet. shanyrak point import FILE.xlsx takes a list in.")


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME|ID")],
    language: Tongue = None,
    demo: Demo = False,
    json: Json = False,
) -> None:
    """One point: everything known of it, and on whose word. What nobody said is unknown."""
    from shanyrak import wiring

    point = wiring.show_point(name, language=language.value if language else "", demo=demo)
    if json:
        print_json(point)
        return
    say(
        f"{point['name']}: {point['state']}"
        + (f" since {moment(point['since'])}, {point['said_by']}" if point["since"] else "")
    )
    for line in point["lines"]:
        say(f"  {line}")


@app.command("import")
def import_points(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx|csv|geojson")],
    columns: Annotated[
        Path | None, typer.Option("--map", metavar="columns.toml", help="Your own names of columns.")
    ] = None,
    list_name: Annotated[str, typer.Option("--list", metavar="NAME", help="Name of the list; else the file's.")] = "",
    sheet: Annotated[
        str, typer.Option("--sheet", metavar="NAME", help="Of a workbook; else the one with most known headers.")
    ] = "",
    happened: Annotated[
        str,
        typer.Option("--happened", metavar="WHEN", help="When the states in the list were so; else as the file says."),
    ] = "",
    within: Annotated[str, typer.Option("--in", metavar="NAME|ID", help="The area the points lie in.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come in, write nothing.")] = False,
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Take in a list of points. A second time only what changed comes in."""
    from shanyrak import wiring

    with progress_bar(not json) as progress:
        report = wiring.import_points(
            file,
            columns=columns,
            list_name=list_name,
            sheet=sheet,
            happened=happened,
            within=within,
            dry_run=dry_run,
            demo=demo,
            progress=progress,
        )
    if json:
        print_json(report["data"])
    for line in [] if json else report["lines"]:
        say(line)
    if not report["read"]:
        note("Not one row could be used.")
        raise typer.Exit(EXIT_MEND)


@app.command("export")
def export_points(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx|csv|geojson")],
    language: Annotated[
        HeaderLanguage | None, typer.Option("--language", help="Language of headers and words.")
    ] = None,
    demo: Demo = False,
    json: Json = False,
) -> None:
    """Write all points to a table that people fill in and send back."""
    from shanyrak import wiring

    done: dict[str, Any] = wiring.export_points(file, language=language.value if language else "", demo=demo)
    if json:
        print_json(done)
        return
    say(f"{some(done['points'], 'point')} in {done['file']}")
