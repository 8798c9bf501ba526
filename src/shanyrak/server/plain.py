"""Short answers for people, as pages of a few words without any script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from shanyrak.core.texts import LANGUAGES, texts
from shanyrak.server.door import EVERYWHERE, fault

_STYLE = (
    ":root{color-scheme:light dark}body{font:1.125rem/1.5 system-ui,sans-serif;max-width:38rem;margin:2rem auto;"
    "padding:0 1rem}a{display:inline-block;min-height:3.5rem;line-height:3.5rem}h1{font-size:1.5rem}"
    "h2{font-size:1.25rem}li{margin:.5rem 0}img{display:block;max-width:100%;height:auto;border-radius:.5rem}"
    "figure{margin:1rem 0}"
)
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
PARTS = ("said",)


def document(language: str, title: str, body: str) -> str:
    """A page; ``body`` is HTML."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><style>{_STYLE}</style></head><body><main>{body}</main></body></html>'
    )


def plain_page(html: str, status: int = 200, further: dict[str, str] | None = None) -> Response:
    """A page that is nobody else's: kept nowhere, linked from nowhere."""
    headers = EVERYWHERE | {"content-security-policy": _POLICY, "cache-control": "no-store"} | (further or {})
    return HTMLResponse(html, status, headers)


def short_answer(key: str, language: str, *, status: int = 200, home: str = "/") -> Response:
    """One of the answers of ``spec/texts/said``, with the way back to the first page."""
    words = texts(language, *PARTS)
    title = words(f"{key}.title")
    body = f"<h1>{escape(title)}</h1><p>{escape(words(f'{key}.text'))}</p>"
    link = f'<p><a href="{escape(home, quote=True)}">{escape(words("home"))}</a></p>'
    return plain_page(document(language, title, body + link), status)


def wants_page(headers: Headers) -> bool:
    """Whether a person in front of a browser reads the answer."""
    return "text/html" in headers.get("accept", "")


def nothing_here(headers: Headers, languages: Sequence[str] = LANGUAGES) -> Response:
    """404: to people in all languages, since nothing says which one is theirs; to programs in the one shape."""
    if not wants_page(headers):
        return fault(404, "there is nothing here", headers=EVERYWHERE)
    lines = []
    for language in languages:
        words = texts(language, *PARTS)
        title, text = escape(words("nothing_here.title")), escape(words("nothing_here.text"))
        lines.append(f'<h2 lang="{language}">{title}</h2><p lang="{language}">{text}</p>')
    title = texts(languages[0], *PARTS)("nothing_here.title")
    return plain_page(document(languages[0], title, "<h1>404</h1>" + "".join(lines)), 404)
