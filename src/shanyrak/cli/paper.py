"""``shanyrak sheet`` and ``shanyrak poster``: documents for paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shanyrak.cli.network import Demo
from shanyrak.cli.screen import note, say
from shanyrak.core.errors import InvalidInput

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where the PDF is written.")]
Lang = Annotated[str, typer.Option("--lang", metavar="CODE", help="uk, en, kk, de or ru; else the network's first.")]
Url = Annotated[str, typer.Option("--url", metavar="URL", help="Where the network is published; makes the code.")]
Where = Annotated[str, typer.Option("--area", metavar="NAME", help="The area, where there are several.")]


def sheet(
    district: Annotated[str, typer.Argument(metavar="DISTRICT", help="A district; a town, or the whole area.")],
    out: Out = None,
    lang: Lang = "",
    url: Url = "",
    area: Where = "",
    demo: Demo = False,
) -> None:
    """All public warm places of a district on A4, large enough for a torch."""
    from shanyrak import wiring_public

    path = _checked(out or Path("sheet.pdf"))
    wiring_public.write_sheet(district, path, language=lang, url=url, area=area, demo=demo)
    _done(path, url)


def poster(
    point: Annotated[str, typer.Argument(metavar="POINT", help="Name or id of a point.")],
    out: Out = None,
    lang: Lang = "",
    url: Url = "",
    arrow: Annotated[
        str, typer.Option("--arrow", metavar="WHERE", help="For a corner: left, right, up, down, up-left, ...")
    ] = "",
    hidden: Annotated[
        bool, typer.Option("--hidden", help="Print it for a point that is hidden or shown roughly, too.")
    ] = False,
    area: Where = "",
    demo: Demo = False,
) -> None:
    """A poster for the door of a point, or for a corner on the way."""
    from shanyrak import wiring_public

    path = _checked(out or Path("poster.pdf"))
    wiring_public.write_poster(point, path, language=lang, url=url, arrow=arrow, hidden=hidden, area=area, demo=demo)
    _done(path, url)


def _checked(path: Path) -> Path:
    """Where a file can be written: said before the page is made."""
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder", where="--out", mend="Name a file in it, such as sheet.pdf")
    if not path.parent.is_dir():
        raise InvalidInput(f"there is no folder {path.parent}", where="--out", mend="Make it, or name another")
    return path


def _done(path: Path, url: str) -> None:
    say(f"Written: {path}")
    if not url:
        note("Without --url it has no code for phones.")
