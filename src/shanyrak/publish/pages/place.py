"""A point as lists and its own page show it: state with when it was said, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shanyrak.core.texts import Texts
from shanyrak.find.trust import Aged, age, default_table
from shanyrak.publish.model import PointStatus, PublicPoint, PublicView
from shanyrak.publish.pages import services
from shanyrak.publish.pages.moments import Clock
from shanyrak.publish.pages.naming import Said, kind_of_place, plain, point_name

SHOWN = ("open", "not_confirmed", "paused", "ready", "unknown", "closed")
"""In the order in which lists have them: where one may get warm first, shut doors last."""
NOT_LED_TO = ("paused", "closed", "ready")
"""Nobody is sent on to these while there is another."""
VISITORS_SAY = ("open", "full", "shut", "not_here")


def aged(point: PublicPoint, status: PointStatus, now_at_min: int) -> Aged:
    """What its state is worth at the moment that the page is of."""
    hours = point.hours.open_at_min if point.hours else None
    contradicted = status.visitors.contradict
    return age(status.state, status.said_at_min, status.until_at_min, hours, contradicted, now_at_min, default_table())


def all_aged(view: PublicView) -> dict[str, Aged]:
    """By point id."""
    return {one.id: aged(one, view.status[one.id], view.as_of_at_min) for one in view.points}


@dataclass(frozen=True, slots=True)
class State:
    """The state of a point in words."""

    code: str
    """One of ``SHOWN``."""
    name: str
    full: str
    """"Full" where that is known of an open place, else ""."""
    room: str
    sentence: str
    at: str
    """17:40, or ""."""
    last: str
    """"Last word: 17:40", or ""."""
    unknown_after: str
    """"Treat as unknown after 05:40", or ""."""
    against: tuple[str, ...]
    """Who said what, the person on duty first, where visitors say otherwise; else empty."""
    visitors: tuple[str, ...]
    """What visitors said since, one sentence for each answer."""

    @property
    def short(self) -> str:
        """Open, 17:40: a state never stands without its time."""
        return f"{self.name}, {self.at}" if self.at else self.name


def state_of(point: PublicPoint, status: PointStatus, worth: Aged, t: Texts, clock: Clock) -> State:
    """The state in words; what is contradicted says both."""
    del point
    shown = worth.shown
    open_now = shown in ("open", "not_confirmed")
    visitors = tuple(
        t(f"visitors.{said}", n=getattr(status.visitors, said))
        for said in VISITORS_SAY
        if getattr(status.visitors, said)
    )
    at = clock.time(status.said_at_min) if status.said_at_min is not None else ""
    host: tuple[str, ...] = ()
    if status.visitors.contradict:
        by = t(f"who.{status.by}") if status.by else t("state.unknown")
        first = t("said.line", who=by, state=t(f"state.{status.state}").lower(), time=at) if at else ""
        host = tuple(one for one in (first, *visitors) if one)
    ends = worth.unknown_from_at_min
    return State(
        code=shown,
        name=t(f"state.{shown}"),
        full=t("band.full") if open_now and status.band == "full" else "",
        room=t(f"band.{status.band}") if open_now and status.band else "",
        sentence=_sentence(status, t, clock),
        at=at,
        last=t("age.last_word", time=at) if at else "",
        unknown_after=t("age.unknown_after", time=clock.time(ends)) if ends is not None and shown != "unknown" else "",
        against=host,
        visitors=visitors,
    )


def _sentence(status: PointStatus, t: Texts, clock: Clock) -> str:
    if status.said_at_min is None or status.state == "unknown" or not status.by:
        return t("said.nobody")
    key, until = f"said.{status.state}", status.until_at_min
    when, who = clock.when(status.said_at_min), t(f"by.{status.by}")
    if until is not None and f"{key}_until" in t:
        return t(f"{key}_until", until=clock.time(until), when=when, who=who)
    return t(key, when=when, who=who)


@dataclass(frozen=True, slots=True)
class Card:
    """A point in a list."""

    id: str
    href: str
    """From the folder of the language."""
    name: Said
    what: str
    state: State
    address: str
    district: str
    has: tuple[str, ...]


def card(point: PublicPoint, status: PointStatus, worth: Aged, href: str, t: Texts, clock: Clock) -> Card:
    """A point in a list, with three services."""
    name = point_name(point, t)
    return Card(
        id=point.id,
        href=href,
        name=name,
        what=kind_of_place(point, t),
        state=state_of(point, status, worth, t, clock),
        address=address_of(point, t),
        district=plain(point.district, t.language),
        has=tuple(services.offers(point, t, 3)),
    )


def address_of(point: PublicPoint, t: Texts) -> str:
    """Street and number; of a blurred point only that it is shown roughly."""
    address = plain(point.address, t.language)
    return (
        f"{address} ({t('point.blurred')})"
        if point.blurred and address
        else address or (t("point.blurred") if point.blurred else "")
    )


def hrefs(ids: list[str], folder: str, digits: int = 10) -> Mapping[str, str]:
    """Address of the page of each thing: the first digits of its id, all where two begin alike."""
    short: dict[str, list[str]] = {}
    for one in ids:
        short.setdefault(one[:digits], []).append(one)
    return {one: f"{folder}/{one[:digits] if len(short[one[:digits]]) == 1 else one}.html" for one in ids}
