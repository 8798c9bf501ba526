"""``shanyrak plan``: where the next points go, and how good that is; ``shanyrak plan check``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from shanyrak.cli.screen import note, print_json, progress_bar, say
from shanyrak.core.errors import InvalidInput

_MAKE = "_make"
"""Stands for "no sub-command": no area can be called so (names begin with a letter or digit)."""


class _AreaOrCommand(TyperGroup):
    """``plan AREA --open K`` makes a plan; ``plan check DIR`` checks one."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args:
            args = ["--help"]
        if args[0] not in self.commands:
            args = [_MAKE, *args]
        return super().parse_args(ctx, args)


class _MakeCommand(TyperCommand):
    """Its help speaks for both forms of ``plan``."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        formatter.write_usage("shanyrak plan", "AREA --open K [OPTIONS]")
        formatter.write_usage("shanyrak plan check", "DIR [--json]")


app = typer.Typer(
    cls=_AreaOrCommand,
    help="Where the next points go, and how far at most that is from the best: shanyrak plan AREA --open K.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class ProfileName(StrEnum):
    """Who walks."""

    adult = "adult"
    slow = "slow"
    frost = "frost"


class Language(StrEnum):
    """Language of the report."""

    en = "en"
    uk = "uk"


EXIT_DIFFERENT = 1
"""A check ran and found something that differs."""
PORT = 8765
"""Port that is tried first."""

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON object.")]


@app.command(_MAKE, cls=_MakeCommand, hidden=True)
def make(
    area: Annotated[str, typer.Argument(metavar="AREA", help="Name of an imported area.")],
    k: Annotated[int, typer.Option("--open", metavar="K", help="How many new points.")],
    minutes: Annotated[float, typer.Option("--minutes", help="Longest walk that still counts [min].")] = 15,
    profile: Annotated[ProfileName, typer.Option("--profile", help="Who walks.")] = ProfileName.adult,
    existing: Annotated[
        Path | None,
        typer.Option("--existing", metavar="FILE", help="Points that stand already (GeoJSON or CSV lon,lat,name)."),
    ] = None,
    candidates: Annotated[
        Path | None,
        typer.Option("--candidates", metavar="FILE", help="Permitted rooms and places; else what the map offers."),
    ] = None,
    kinds: Annotated[
        str | None, typer.Option("--kinds", help="Of what the map offers: rooms,ground,junctions.")
    ] = None,
    near: Annotated[
        Path | None, typer.Option("--near", metavar="FILE", help="Only near these (a power line, a school).")
    ] = None,
    within: Annotated[float | None, typer.Option("--within", metavar="M", help="How near [m].")] = None,
    away: Annotated[Path | None, typer.Option("--away", metavar="FILE", help="Only away from these.")] = None,
    at_least: Annotated[float | None, typer.Option("--at-least", metavar="M", help="How far away [m].")] = None,
    gap: Annotated[float, typer.Option("--gap", help="Stop when this near the best that can be (0: prove it).")] = 1e-3,
    time_limit: Annotated[float, typer.Option("--time-limit", metavar="S", help="Longest search [s].")] = 60,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where to write the plan.")] = None,
    language: Annotated[Language, typer.Option("--language", help="Language of the report.")] = Language.en,
    show: Annotated[bool, typer.Option("--show", help="Show it on the map in a browser, until Ctrl-C.")] = False,
    json: Json = False,
) -> None:
    """Choose sites for K new points so that most people reach one in time."""
    from shanyrak import wiring
    from shanyrak.app.planning import PlanRequest

    if show and out is not None:
        raise InvalidInput("only a plan that is kept here can be shown", where="--show", mend="Leave out --out")
    request = PlanRequest(
        area=area,
        k=k,
        minutes=minutes,
        profile=profile.value,
        existing=existing,
        candidates=candidates,
        kinds=kinds,
        near=near,
        within_m=within,
        away=away,
        at_least_m=at_least,
        gap=gap,
        time_limit_s=time_limit,
        language=language.value,
    )
    with progress_bar() as progress:
        plan = wiring.make_plan(request, out=out, progress=progress)
    if json:
        print_json(plan.summary)
    else:
        say(plan.sentence)
        for site in plan.summary["sites"]:
            called = site["name"] or site["id"]
            say(f"{site['rank']:4}. {called} ({site['kind']}, {site['asked']}): {site['adds_persons']:+,.0f} people")
        say(f"Report: {plan.folder / 'report.html'}")
    for line in plan.notes:
        note(line)
    if show:
        wiring.show_plan(plan.plan_id, port=PORT, stay=True, browser=True, announce=note, warn=note)


@app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a plan.")],
    json: Json = False,
) -> None:
    """Recompute a plan with plain code: coverage, people, certificate. Exit 1 with what differs."""
    from shanyrak import wiring

    with progress_bar() as progress:
        differences = wiring.check_plan(folder, progress=progress)
    if json:
        print_json({"folder": str(folder), "holds": not differences, "differences": [vars(d) for d in differences]})
    elif not differences:
        say("The plan holds: coverage, people and certificate were recomputed and agree.")
    for difference in differences if not json else []:
        say(str(difference))
    if differences:
        raise typer.Exit(EXIT_DIFFERENT)
