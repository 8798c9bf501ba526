"""The program ``shanyrak``: its commands, and how it ends."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated, Any

import typer

from shanyrak.cli import area, demo, device, giver, ledger, network, paper, plan, point, publish, serve, solve
from shanyrak.cli.screen import note, say
from shanyrak.core.errors import ShanyrakError
from shanyrak.core.version import __version__

EXIT_MEND = 2
"""Something was given that a person can mend."""
EXIT_INTERRUPTED = 130
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})
"""What a disk refuses, wherever it was met."""

app = typer.Typer(
    name="shanyrak",
    help="Networks of warm points in a blackout: plan where the next ones go, and prove how good the plan is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(area.app, name="area")
app.add_typer(plan.app, name="plan")
app.command("demo")(demo.demo)
app.command("init")(network.init)
app.command("say")(network.say_command)
app.add_typer(point.app, name="point")
app.add_typer(giver.app, name="giver")
app.add_typer(ledger.app, name="ledger")
app.add_typer(device.app, name="device")
app.command("publish")(publish.publish)
app.command("sheet")(paper.sheet)
app.command("poster")(paper.poster)
app.command("serve")(serve.serve)
app.command("solve")(solve.solve)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"shanyrak {__version__}")
        raise typer.Exit


@app.callback()
def _shanyrak(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def run(arguments: list[str] | None = None) -> None:
    """Run the program and end the process with its exit code."""
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        answer = app(args=arguments, prog_name="shanyrak", standalone_mode=False)
    except ShanyrakError as fault:
        note(f"shanyrak: {_one_line(str(fault))}")
        return EXIT_MEND
    except KeyboardInterrupt:
        note("shanyrak: stopped; nothing half-written was left behind")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (``| head``): no fault, but Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as fault:
        if fault.errno not in _DISK:
            raise
        where = f"{fault.filename}: " if fault.filename else ""
        note(f"shanyrak: {where}{fault.strerror}. Make room, or name a folder that can be written")
        return EXIT_MEND
    except Exception as fault:
        return _usage(fault)
    return answer if isinstance(answer, int) else 0


def _usage(fault: Exception) -> int:
    """One line for a wrong option or argument; anything else is a fault of ours and shows where."""
    explain: Any = getattr(fault, "format_message", None)
    if explain is None:
        raise fault
    context: Any = getattr(fault, "ctx", None)
    if type(fault).__name__ == "NoArgsIsHelpError":
        say(context.get_help())
        return EXIT_MEND
    command = context.command_path.replace(" _make", "") if context is not None else "shanyrak"
    note(f"{command}: {_one_line(explain())} See {command} --help")
    return EXIT_MEND


def _one_line(text: str) -> str:
    return " ".join(text.split())
