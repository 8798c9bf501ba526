"""The sheet of a district and the poster of a point, from what a person typed to the bytes of a PDF file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shanyrak.app.naming import get_thing
from shanyrak.app.towns import TownFiles
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.core.romanise import romanise
from shanyrak.core.texts import LANGUAGES
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.publish.model import Deployment, PublicPoint, PublicView
from shanyrak.publish.pages.walks import Walks
from shanyrak.publish.paper.poster import ARROWS, Door, next_places, poster
from shanyrak.publish.paper.sheet import sheet
from shanyrak.publish.record import Record
from shanyrak.publish.town import Town
from shanyrak.publish.view import public_view
from shanyrak.publish.view_points import NOT_STANDING, Shown, public_points
from shanyrak.watch.remembered import is_archive

MINUTE_MS = 60_000


def language_of(deployment: Deployment, wanted: str) -> str:
    """The language asked for, else the deployment's first."""
    if wanted and wanted not in LANGUAGES:
        raise InvalidInput(f"{wanted!r} is not written here", where="--lang", mend=f"Use {', '.join(LANGUAGES)}")
    return wanted or (deployment.languages[0] if deployment.languages else "en")


def sheet_of(
    ledger: Ledger,
    district: str,
    *,
    town: Town | None,
    deployment: Deployment,
    phones: Mapping[str, str],
    now_ms: int,
    language: str = "",
    url: str = "",
) -> bytes:
    """The sheet of a district, or of a town or the whole area where that is named.

    Raises
    ------
    NotFound
        No public point lies in anything called so; the message names what there is.
    """
    spoken = language_of(deployment, language)
    view = _view(ledger, town, deployment, phones, now_ms)
    name, points = places_in(view, district)
    now_at_min = now_ms // MINUTE_MS
    return sheet(
        view,
        name,
        points,
        spoken,
        now_at_min=now_at_min,
        url=checked_url(url),
        walks=_walks(town, view.points, now_at_min),
        credit=_credit(town),
    )


def places_in(view: PublicView, typed: str) -> tuple[str, tuple[PublicPoint, ...]]:
    """(its name as the record writes it, its points) of a district, else of a town, else of the area."""
    wanted = _folded(typed)
    for field in ("district", "town"):
        names = sorted({str(getattr(one, field)) for one in view.points if _folded(getattr(one, field)) == wanted})
        if names and wanted:
            return names[0], tuple(one for one in view.points if _folded(getattr(one, field)) == wanted)
    if wanted and wanted in {_folded(one) for one in (view.area, *view.titles.values())}:
        return typed, view.points
    known = {one.district for one in view.points if one.district} | {one.town for one in view.points if one.town}
    known |= {one for one in view.titles.values() if one}
    choices = ", ".join(sorted(known)) or "none: say point.described with district=..."
    raise NotFound(f"no public point lies in a district called {typed!r}", mend=f"Districts and towns: {choices}")


def _folded(text: str) -> str:
    return romanise(text).casefold().strip()


def poster_of(
    ledger: Ledger,
    name: str,
    *,
    town: Town | None,
    deployment: Deployment,
    phones: Mapping[str, str],
    key: bytes,
    now_ms: int,
    language: str = "",
    url: str = "",
    arrow: str = "",
    hidden: bool = False,
) -> bytes:
    """The poster of a point.

    Parameters
    ----------
    key : public key of this device, which must be a headquarters where there is a ``url``
    hidden : the operator wants the poster of a point that is hidden or shown roughly, with its true place

    Raises
    ------
    NotFound, InvalidInput
        No point or several are called so; it is hidden and ``hidden`` was not said; nobody can be led there.
    """
    if arrow and arrow not in ARROWS:
        raise InvalidInput(f"{arrow!r} is no direction", where="--arrow", mend=f"Use {', '.join(ARROWS)}")
    where = checked_url(url)
    if where and key not in ledger.trust.authority.headquarters:
        raise InvalidInput(
            "the code at a door names the key of headquarters, and this device is none",
            where="--url",
            mend="Make the poster on the machine of headquarters, or leave --url out",
        )
    spoken = language_of(deployment, language)
    thing = get_thing(ledger, name, types=("point",))
    view = _view(ledger, town, deployment, phones, now_ms)
    point = next((one for one in view.points if one.id == thing.id.hex() and not one.blurred), None)
    if point is None:
        point = _not_public(ledger, thing, deployment, phones, now_ms, hidden)
    everywhere = (*(one for one in view.points if one.id != point.id), point)
    now_at_min = now_ms // MINUTE_MS
    following = next_places(view, point, _walks(town, everywhere, now_at_min), now_at_min)
    return poster(
        view,
        point,
        following,
        spoken,
        now_at_min=now_at_min,
        door=Door(where, key.hex()),
        arrow=arrow,
        credit=_credit(town),
    )


def _walks(town: Town | None, points: Sequence[PublicPoint], now_at_min: int) -> Walks | None:
    """The walk table of these points; None where there is no map."""
    if town is None:
        return None
    files = TownFiles(town)
    files.contents(points, now_at_min)
    return files.walks()


def _credit(town: Town | None) -> str:
    return town.attribution if town is not None and not town.made_up else ""


def _not_public(
    ledger: Ledger, thing: Thing, deployment: Deployment, phones: Mapping[str, str], now_ms: int, hidden: bool
) -> PublicPoint:
    """A point that the public view lacks or shows roughly, as its operator may print it."""
    gone = thing.now in NOT_STANDING or is_archive(ledger, thing) or (thing.now == "closed" and thing.get("for_good"))
    if gone or thing.get("lon_e7") is None or thing.get("lat_e7") is None:
        raise InvalidInput(
            "nobody can be led to this point: it does not stand, or nobody said where it is",
            mend="shanyrak point show tells what is known of it",
        )
    if not hidden:
        raise InvalidInput(
            "this point is hidden or shown roughly, and its poster would tell where it is",
            mend="To print it all the same, say --hidden",
        )
    shown = Shown((thing,), (), {thing.id: "public"}, {thing.id: now_ms // MINUTE_MS})
    return public_points(Record(ledger), shown, {}, deployment, phones, now_ms)[0]


def _view(
    ledger: Ledger, town: Town | None, deployment: Deployment, phones: Mapping[str, str], now_ms: int
) -> PublicView:
    view = public_view(ledger, now_ms=now_ms, deployment=deployment, phones=phones)
    if town is None:
        return view
    titles = view.titles or {deployment.languages[0]: town.title}
    return replace(view, area=town.name, titles=titles, made_up=view.made_up or town.made_up)


def checked_url(url: str) -> str:
    """An address of a published folder; "" where none was given."""
    if url and not url.startswith(("http://", "https://")):
        raise InvalidInput(f"{url!r} is no address of a published folder", where="--url", mend="Write https://NAME/")
    if "#" in url or any(one.isspace() for one in url):
        raise InvalidInput(f"{url!r} has a # or a space in it", where="--url", mend="Write https://NAME/")
    return url
