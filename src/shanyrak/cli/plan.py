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
        formatter.write_usage("shanyrak plan compare", "PLAN PLAN [--json]")


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


class Aim(StrEnum):
    """The three choices."""

    most = "most"
    near = "near"
    backup = "backup"


class Model(StrEnum):
    """What else there is."""

    fair = "fair"
    floor = "floor"
    gradual = "gradual"
    mean = "mean"
    chance = "chance"
    order = "order"
    fewest = "fewest"


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
    k: Annotated[int | None, typer.Option("--open", metavar="K", help="How many new points.")] = None,
    aim: Annotated[
        Aim,
        typer.Option(
            "--aim",
            help="most: most people within the minutes. near: nobody farther than need be. "
            "backup: still covered when any one point is shut.",
        ),
    ] = Aim.most,
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
    model: Annotated[
        Model | None,
        typer.Option(
            "--model",
            help="More, instead of --aim. fair: the worst district as well served as can be. floor: a share of every "
            "district. gradual: people a little farther count in part. mean: the shortest mean walk. chance: each "
            "point may be shut. order: good however many of them open. fewest: as few points as reach a share.",
        ),
    ] = None,
    floor: Annotated[
        float | None, typer.Option("--floor", metavar="S", help="More: share of every district (--model floor).")
    ] = None,
    share: Annotated[float, typer.Option("--share", metavar="S", help="More: share to reach (--model fewest).")] = 0.95,
    none_from: Annotated[
        float | None,
        typer.Option("--none-from", metavar="MIN", help="More: nobody counts from here (--model gradual) [min]."),
    ] = None,
    shut: Annotated[
        float, typer.Option("--shut", metavar="P", help="More: chance that a point is shut (--model chance).")
    ] = 0.1,
    districts: Annotated[
        Path | None, typer.Option("--districts", metavar="FILE", help="More: outlines with names (GeoJSON).")
    ] = None,
    budget: Annotated[
        int | None, typer.Option("--budget", metavar="N", help="More: what the new points may cost together.")
    ] = None,
    costs: Annotated[
        str | None,
        typer.Option("--costs", help="More: rooms=2,ground=5; or a column 'cost' in --candidates."),
    ] = None,
    spacing: Annotated[
        float | None, typer.Option("--spacing", metavar="M", help="More: least distance between points [m].")
    ] = None,
    fronts: Annotated[
        bool, typer.Option("--fronts", help="More: also people against the worst walk (takes longer).")
    ] = False,
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
        aim=_aim(aim, model),
        budget=budget,
        costs=costs,
        spacing_m=spacing,
        districts=districts,
        floor=floor,
        share=share,
        shut_chance=shut,
        none_minutes=none_from,
        fronts=fronts,
    )
    with progress_bar() as progress:
        plan = wiring.make_plan(request, out=out, progress=progress)
    if json:
        print_json(plan.summary)
    else:
        say(plan.sentence)
        for line in plan.traded:
            say(line)
        for site in plan.summary["sites"]:
            called = site["name"] or site["id"]
            say(f"{site['rank']:4}. {called} ({site['kind']}, {site['asked']}): {site['adds_persons']:+,.0f} people")
        say(f"Report: {plan.folder / 'report.html'}")
    for line in plan.notes:
        note(line)
    if show:
        wiring.show_plan(plan.plan_id, port=PORT, stay=True, browser=True, announce=note, warn=note)


def _aim(aim: Aim, model: Model | None) -> str:
    if model is not None and aim is not Aim.most:
        raise InvalidInput(f"--aim {aim.value} and --model {model.value} are two choices", where="--model",
                           mend="Give one")  # fmt: skip
    return aim.value if model is None else model.value


@app.command("compare")
def compare(
    one: Annotated[str, typer.Argument(metavar="PLAN", help="Name of a kept plan, or its folder.")],
    other: Annotated[str, typer.Argument(metavar="PLAN", help="The other.")],
    language: Annotated[Language, typer.Option("--language", help="Language of the answer.")] = Language.en,
    json: Json = False,
) -> None:
    """Two plans of an area side by side: their figures, and the sites they share."""
    from shanyrak import wiring

    told = wiring.compare_plans(one, other)
    if json:
        print_json(told)
        return
    from shanyrak.app.report.comparing import lines
    from shanyrak.core.texts import texts

    for line in lines(texts(language.value), told):
        say(line)


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
