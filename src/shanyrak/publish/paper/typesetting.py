"""From values to an A4 page: typst, the one face that comes along, and nothing of the machine it runs on.

The same values give the same bytes: no font of the system is looked at, and the date inside is given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import fontpkg
import segno
import typst

FACE = "Noto Sans"
_HERE = Path(__file__).resolve().parent


@cache
def _fonts() -> typst.Fonts:
    """The face first; what it lacks is taken from those inside typst."""
    folder = str(Path(fontpkg.path(FACE)).parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])


SCALES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)
"""Sizes that a poster is tried in, until it is one page."""


def pdf(template: str, values: Mapping[str, Any], at_min: int, *, one_page: bool = False) -> bytes:
    """An A4 document.

    Parameters
    ----------
    template : ``sheet`` or ``poster``
    at_min : the date inside the file, minutes since 1970
    one_page : make it smaller until it fits on one page
    """
    path = str(_HERE / f"{template}.typ")
    inputs = {"data": json.dumps(values, ensure_ascii=False), "scale": str(SCALES[0])}
    if one_page:
        for scale in SCALES:
            inputs["scale"] = str(scale)
            if _pages(path, inputs) == 1:
                break
    done: bytes = typst.compile(
        path, root=str(_HERE), font_paths=_fonts(), sys_inputs=inputs, format="pdf", timestamp=at_min * 60
    )
    return done


def _pages(path: str, inputs: Mapping[str, str]) -> int:
    """How many pages a document has, as it says itself at its end."""
    said = typst.query(
        path, "<pages>", field="value", one=True, root=str(_HERE), font_paths=_fonts(), sys_inputs=dict(inputs)
    )
    return int(json.loads(said))


def qr(text: str) -> str:
    """A QR code as SVG; it may lose 15 % of its surface to dirt and frost."""
    out = BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode("ascii")
