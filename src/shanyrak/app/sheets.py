"""Two sheets to print when a network is founded: the recovery key, and how to restore the network.

Each is one self-contained page for A4, in Ukrainian and English. The first holds the secret and is readable by
its owner only; the second holds nothing secret. A *mark* (the beginning of the paper key's public half) says
which two sheets belong together.
"""

from __future__ import annotations

from pathlib import Path

import jinja2
import segno
from markupsafe import Markup

from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.core.folders import write_secret, write_text_atomically
from shanyrak.core.texts import texts
from shanyrak.facts.paper import PaperKey

KEY_SHEET, NETWORK_SHEET = "1-recovery-key.html", "2-how-to-restore.html"
LANGUAGES = ("uk", "en")
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("shanyrak.app", "."),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)


def write_sheets(where: Path, *, name: str, net: bytes, paper: PaperKey) -> list[Path]:
    """Write both sheets into a folder; returns their paths, the secret one first.

    Raises
    ------
    Unavailable
        The disk refuses.
    InvalidInput
        There is a first sheet already: it may be the only one of another network.
    """
    return [write_key_sheet(where, name=name, paper=paper), write_network_sheet(where, name=name, net=net, paper=paper)]


def write_key_sheet(where: Path, *, name: str, paper: PaperKey) -> Path:
    """Write the first sheet; it needs no network yet, so that the key is on disk before anything depends on it."""
    path = where / KEY_SHEET
    page = key_sheet(name, paper)
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise Unavailable(f"the sheet cannot be written ({fault.strerror})", where=str(where)) from fault
    try:
        write_secret(path, page)
    except FileExistsError as fault:
        raise InvalidInput(
            "a recovery key lies there already", where=str(path), mend="Print it and delete it, or name another folder"
        ) from fault
    except OSError as fault:
        raise Unavailable(f"the sheet cannot be written ({fault.strerror})", where=str(path)) from fault
    return path


def write_network_sheet(where: Path, *, name: str, net: bytes, paper: PaperKey) -> Path:
    """Write the second sheet."""
    path = where / NETWORK_SHEET
    try:
        write_text_atomically(path, network_sheet(name, net, paper.signer.public))
    except OSError as fault:
        raise Unavailable(f"the sheet cannot be written ({fault.strerror})", where=str(path)) from fault
    return path


def key_sheet(name: str, paper: PaperKey) -> str:
    """The first sheet as a page: the secret, what it is for, where to keep it."""
    return _page("key", name, paper.signer.public, paper.text, groups=paper.text.split())


def network_sheet(name: str, net: bytes, recovery: bytes) -> str:
    """The second sheet as a page: which network, and how to restore it."""
    return _page("net", name, recovery, f"shanyrak:{net.hex()}", net=_in_groups(net.hex(), 8))


def mark(recovery: bytes) -> str:
    """What tells people that two sheets belong together: 60 bits of the paper key's public half."""
    return _in_groups(recovery.hex()[:15].upper(), 5)


def _page(which: str, name: str, recovery: bytes, qr: str, **values: object) -> str:
    return _ENVIRONMENT.get_template("sheet.html.j2").render(
        which=which,
        name=name,
        mark=mark(recovery),
        qr=_qr(qr),
        languages=[texts(language) for language in LANGUAGES],
        **values,
    )


def _qr(text: str) -> Markup:
    """A QR code as inline SVG; of capital letters and digits it is coarse enough for a bad camera."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))


def _in_groups(text: str, size: int) -> str:
    return " ".join(text[at : at + size] for at in range(0, len(text), size))
