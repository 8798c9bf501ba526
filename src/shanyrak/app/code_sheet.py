"""A sheet of one-time codes for the wall behind the counter: one page of A4, one self-contained file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path

import segno

from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.core.folders import whole_file
from shanyrak.core.texts import LANGUAGES, texts

_STYLE = (
    "@page{size:A4;margin:18mm}body{font:14pt/1.4 'Noto Sans',system-ui,sans-serif;color:#000;background:#fff}"
    "h1{font-size:22pt;margin:0}ol{columns:2;padding-left:3em}li{font:16pt/2 'Noto Sans Mono',monospace;"
    "letter-spacing:.08em}svg{float:right;width:32mm;height:32mm}"
)


def code_sheet(place: str, codes: Sequence[str], *, url: str, language: str) -> str:
    """The page, as HTML.

    Parameters
    ----------
    url : of the form, as phones there reach it
    """
    if language not in LANGUAGES:
        raise InvalidInput(f"there are no texts in {language!r}", where="--language", mend=f"One of {LANGUAGES}")
    t = texts(language, "forms")
    title = escape(t("codes.title"))
    picture = BytesIO()
    segno.make(url, error="m").save(picture, kind="svg", border=2, xmldecl=False, omitsize=True)
    listed = "".join(f"<li>{escape(code)}</li>" for code in codes)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>{picture.getvalue().decode()}<h1>{title}</h1>"
        f"<p>{escape(t('codes.how', place=place, url=url))}</p><p>{escape(t('codes.keep'))}</p>"
        f"<ol>{listed}</ol></body></html>\n"
    )


def write_sheet(path: Path, draw: Callable[[], list[str]], page: Callable[[list[str]], str]) -> list[str]:
    """Draw codes and write their page, readable by its owner only; the codes.

    The file is begun before codes are drawn: where it cannot be written, the old sheet goes on serving.

    Raises
    ------
    Unavailable
        The disk refuses.
    """
    try:
        with whole_file(path, mode=0o600) as file:
            page([])
            codes = draw()
            file.write(page(codes).encode())
        return codes
    except OSError as fault:
        raise Unavailable(f"the sheet cannot be written ({fault.strerror})", where=str(path)) from fault
