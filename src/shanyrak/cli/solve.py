"""``shanyrak solve``: a siting instance from a file, with any model, and the proof of how good the answer is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from shanyrak.cli.screen import err, note, print_json, say
from shanyrak.core.errors import InvalidInput
from shanyrak.core.progress import Progress as ProgressPort
from shanyrak.core.progress import silent
from shanyrak.core.units import EARTH_RADIUS_M

Json = Annotated[bool, typer.Option("--json", help="Answer as one JSON object.")]


def solve(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="maximal_covering, p_median, p_center ...")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="OR-Library graph, TSPLIB, CSV, npz or parquet.")],
    p: Annotated[int | None, typer.Option("-p", metavar="N", help="How many sites.")] = None,
    radius: Annotated[float | None, typer.Option("--radius", metavar="R", help="How far a site reaches.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="What is at the radius itself is not covered.")] = False,
    floor: Annotated[bool, typer.Option("--floor", help="Round distances down to whole numbers.")] = False,
    earth_radius: Annotated[
        float, typer.Option("--earth-radius", metavar="M", help="For lon,lat: radius of the earth [m].")
    ] = EARTH_RADIUS_M,
    share: Annotated[float | None, typer.Option("--share", metavar="X", help="Share of demand to cover.")] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", metavar="C", help="What the sites may cost together (column `cost`).")
    ] = None,
    cheapest: Annotated[
        bool, typer.Option("--cheapest", help="partial_covering: the cheapest sites, not the fewest (column `cost`).")
    ] = False,
    spacing: Annotated[
        float | None, typer.Option("--spacing", metavar="D", help="No two sites nearer to each other than D.")
    ] = None,
    failure: Annotated[
        float | None, typer.Option("--failure", metavar="X", help="Probability that a site is shut.")
    ] = None,
    capacity: Annotated[
        float | None, typer.Option("--capacity", metavar="N", help="How much demand a site takes.")
    ] = None,
    none: Annotated[
        float | None, typer.Option("--none", metavar="R", help="gradual_covering: nobody is covered from R on.")
    ] = None,
    unsplit: Annotated[
        bool, typer.Option("--unsplit", help="capacitated_covering: the demand of a row is not divided.")
    ] = False,
    least: Annotated[
        float | None, typer.Option("--least", metavar="X", help="Share of its demand every district must have.")
    ] = None,
    aim: Annotated[
        str | None, typer.Option("--aim", metavar="A", help="scenario_covering: mean, worst or likely.")
    ] = None,
    moves: Annotated[
        int | None, typer.Option("--moves", metavar="N", help="moved_covering: how many points may move.")
    ] = None,
    candidates: Annotated[
        Path | None,
        typer.Option("--candidates", metavar="FILE", help="Candidates: CSV with places, or row numbers from 0."),
    ] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", metavar="S", help="Longest search [s].")] = 60,
    work_limit: Annotated[
        int | None, typer.Option("--work-limit", metavar="N", help="Most pairs to look at: the same on every machine.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of the search's coin tosses.")] = 0,
    gap: Annotated[float, typer.Option("--gap", metavar="G", help="Stop when this near the best that can be.")] = 0,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="FILE", help="Write the proof as JSON.")
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="Solve nothing: check this certificate against the instance."),
    ] = None,
    json: Json = False,
) -> None:
    """Solve a siting instance; say how far at most the answer is from the best."""
    from shanyrak.app.solving import SolveRequest

    request = SolveRequest(
        model=model, file=file, p=p, radius=radius, strict=strict, floor=floor, earth_radius_m=earth_radius,
        share=share, budget=budget, cheapest=cheapest, spacing=spacing, failure=failure, capacity=capacity, none=none,
        unsplit=unsplit, least=least, aim=aim, moves=moves,
        candidates=candidates, time_limit_s=time_limit, work_limit=work_limit, seed=seed, gap=gap,
    )  # fmt: skip
    if check is not None:
        _check(request, check, json)
        return
    if certificate is not None and certificate.is_dir():
        raise InvalidInput("this is a folder", where=str(certificate), mend="Name a file")
    from shanyrak.app.solving import solve as solve_it

    with _closing_in() as progress:
        solved = solve_it(request, progress=progress)
    if certificate is not None:
        from shanyrak.app.solving_check import write_proof

        write_proof(solved, certificate)
    summary = solved.summary
    if json:
        print_json(summary)
    else:
        _tell(summary)
    if certificate is not None:
        note(f"Certificate: {certificate}")


@contextmanager
def _closing_in() -> Iterator[ProgressPort]:
    """A line on stderr with the best so far and its bound; nothing where stderr is no terminal."""
    if not err.is_terminal:
        yield silent
        return
    with err.status("solving") as status:

        def show(label: str, done: int, total: int | None = None) -> None:
            if total is None:
                status.update(label)
                return
            apart = abs(done - total) / max(abs(done), abs(total), 1)
            status.update(f"{label}: {done:,} found, {total:,} at best, {100 * apart:.3g} % apart")

        yield show


def _tell(summary: dict[str, Any]) -> None:
    for key, value in summary.items():
        if key == "sites":
            say(f"sites       {' '.join(map(str, value))}")
        elif key == "proven":
            say(f"proven      {'yes' if value else 'no'}")
        else:
            say(f"{key:<11} {value}")


def _check(request: Any, certificate: Path, json: bool) -> None:
    from shanyrak.app.solving_check import check_proof

    differences = check_proof(request, certificate)
    if json:
        print_json({"holds": not differences, "differences": [vars(d) for d in differences]})
    elif not differences:
        say("The certificate holds: answer and bound were recomputed and agree.")
    for difference in differences if not json else []:
        say(str(difference))
    if differences:
        raise typer.Exit(1)
