"""``/giver/<secret>``: what became of a promise, for whoever has the link. Plain HTML, kept nowhere, found by nobody.

A wrong secret is answered as any other address at which there is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from starlette.responses import Response

from shanyrak.app.giver_page import GiverPage, GiverPlace, GiverStep
from shanyrak.core.errors import NotFound
from shanyrak.core.texts import Texts, texts
from shanyrak.find.trust import age, default_table
from shanyrak.server.answers import answer_file
from shanyrak.server.plain import document, nothing_here, plain_page

if TYPE_CHECKING:  # what writes all the pages is loaded when the first giver looks
    from shanyrak.publish.pages.moments import Clock

AT = "/giver/"
PARTS = ("words", "giver")
_UNKNOWN_DATE = ("", "unknown")
_NOT_FOUND = {"x-robots-tag": "noindex, nofollow"}


def add_giver(
    app: FastAPI,
    find: Callable[[str], GiverPage | None],
    *,
    languages: Callable[[], Sequence[str]],
    zone: Callable[[], str],
    now_at_min: Callable[[], int],
    photo: Callable[[str], Path] | None = None,
) -> None:
    """Add the giver's page.

    Parameters
    ----------
    find : the page of a secret; None where it is the secret of no promise
    photo : the file of a photo that is kept here; NotFound where it is not; None keeps none
    languages, zone : of the deployment; the first language is the default
    """

    def giver(request: Request, secret: str, lang: str = "") -> Response:
        """What became of a promise."""
        page = find(secret)
        if page is None:
            return nothing_here(request.headers)
        from shanyrak.publish.pages.moments import Clock

        known = languages()
        language = lang if lang in known else known[0]
        t = texts(language, *PARTS)
        html = page_html(page, t, Clock(t, zone(), now_at_min()), known, at=f"{AT}{secret}/")
        return plain_page(document(language, t("giver.title"), html), 200, _NOT_FOUND)

    def shown(request: Request, secret: str, hash: str) -> Response:
        """A photo that is on this page."""
        page = find(secret)
        if page is None or photo is None or all(one.hash != hash for one in page.photos):
            return nothing_here(request.headers)
        try:
            file = photo(hash)
        except NotFound:
            return nothing_here(request.headers)
        return answer_file(request, file, cache="private, no-cache")

    app.add_api_route(
        f"{AT}{{secret}}/{{hash}}.jpg", shown, methods=["GET", "HEAD"], include_in_schema=False, response_class=Response
    )
    app.add_api_route(
        f"{AT}{{secret}}", giver, methods=["GET", "HEAD"], include_in_schema=False, response_class=Response
    )


def page_html(page: GiverPage, t: Texts, clock: Clock, languages: Sequence[str], *, at: str = "") -> str:
    """The page in one language, with links to itself in the others; its photos lie under ``at``."""
    what = t(f"help.{page.what}") if f"help.{page.what}" in t else t("help.other")
    named = t("giver.times", what=what, count=t.number(page.count)) if page.count is not None else what
    parts = [f"<h1>{escape(t('giver.title'))}</h1>", f"<p>{escape(t('giver.promise', what=named))}</p>"]
    if page.taken_back:
        parts.append(f"<p><strong>{escape(t('giver.taken_back'))}</strong></p>")
    parts.append(f"<h2>{escape(t('giver.places'))}</h2>")
    if page.places:
        parts += [_place(place, t, clock) for place in page.places]
    else:
        parts.append(f"<p>{escape(t('giver.nowhere'))}</p>")
    parts += [
        f'<figure><img src="{escape(at, quote=True)}{one.hash}.jpg" alt="{escape(t(f"giver.photo.{one.of}"))}">'
        f"<figcaption>{escape(t(f'giver.photo.{one.of}'))}</figcaption></figure>"
        for one in page.photos
    ]
    parts.append(f"<h2>{escape(t('giver.steps'))}</h2>")
    parts.append("<ol>" + "".join(_step(step, t, clock) for step in page.steps) + "</ol>")
    parts.append(f"<p>{escape(t('giver.month'))}</p><p>{escape(t('giver.only_you'))}</p>")
    links = " ".join(_link(language) for language in languages if language != t.language)
    parts.append(f"<nav>{links}</nav>")
    return "".join(parts)


def _link(language: str) -> str:
    name = escape(texts(language, *PARTS)("language.name"))
    return f'<a href="?lang={language}" lang="{language}" hreflang="{language}">{name}</a>'


def _step(step: GiverStep, t: Texts, clock: Clock) -> str:
    from shanyrak.publish.pages.naming import label

    date = t("giver.no_date") if step.happened in _UNKNOWN_DATE else clock.edtf(step.happened)
    line = f"<li><strong>{escape(t(f'giver.step.{step.kind}'))}</strong>, {escape(date)}"
    thanks = label(step.words, t.language)
    if thanks.text:
        line += f'<br><q lang="{thanks.lang}">{escape(thanks.text)}</q>'
    if step.by:
        line += f"<br>{escape(t('giver.by', who=t(f'by.{step.by}')))}"
    return line + "</li>"


def _place(place: GiverPlace, t: Texts, clock: Clock) -> str:
    from shanyrak.publish.pages.naming import point_name

    if place.point is None or place.status is None:
        return f"<p>{escape(t('giver.hidden'))}</p>"
    name, status, hours = point_name(place.point, t), place.status, place.point.hours
    open_at_min = hours.open_at_min if hours is not None else None
    now = clock.now_at_min
    aged = age(
        status.state,
        status.said_at_min,
        status.until_at_min,
        open_at_min,
        status.visitors.contradict,
        now,
        default_table(),
    )
    lines = [f'<strong lang="{name.lang}">{escape(name.text)}</strong>', escape(t(f"state.{aged.shown}"))]
    if status.said_at_min is not None:
        lines.append(escape(t("giver.last_word", time=clock.time(status.said_at_min))))
    if place.served_visits is not None:
        until = clock.edtf(place.served_until)
        lines.append(escape(t("giver.served", n=place.served_visits, day=until)))
    else:
        lines.append(escape(t("giver.not_counted")))
    return f"<p>{'<br>'.join(lines)}</p>"
