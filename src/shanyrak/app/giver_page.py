"""What a giver is told over the network: the steps of a promise, as far as a link that may be passed on can tell.

The command ``giver follow`` tells whoever runs the network everything. Here the rules of what is public hold as
well (promise P5): of deliveries the month and no way, of people nothing, of a place only what everybody is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from shanyrak.app.album import released_photos
from shanyrak.app.giving import WITHDRAWN, follow, things_of
from shanyrak.facts.ledger import Ledger
from shanyrak.publish.model import Labels, PointStatus, PublicPoint, PublicView

_ONLY_MONTH = ("consignment.", "custody.")
_MONTH_LETTERS = len("2026-11")
_WHO = (("host", "duty"), ("inspector", "inspector"), ("headquarters", "desk"), ("desk", "desk"), ("admin", "desk"))


@dataclass(frozen=True, slots=True)
class GiverStep:
    """One step."""

    kind: str
    happened: str
    """EDTF; of a delivery the month."""
    by: str
    """``duty``, ``desk``, ``inspector`` or ""."""
    words: Labels
    """Of thanks."""


@dataclass(frozen=True, slots=True)
class GiverPlace:
    """A place it became; nothing but that it is one where the place is not public."""

    point: PublicPoint | None
    status: PointStatus | None
    served_visits: int | None
    served_until: str


@dataclass(frozen=True, slots=True)
class GiverPhoto:
    """A photo that somebody released: of a place for everybody, of equipment for those who gave it."""

    hash: str
    of: str
    """``place`` or ``equipment``"""


@dataclass(frozen=True, slots=True)
class GiverPage:
    """All that the page says."""

    what: str
    count: int | None
    taken_back: bool
    steps: tuple[GiverStep, ...]
    places: tuple[GiverPlace, ...]
    photos: tuple[GiverPhoto, ...] = ()


def giver_page(
    ledger: Ledger, pledge: bytes, view: PublicView | None, kept: Callable[[str], bool] = lambda _: False
) -> GiverPage:
    """The page of a promise; without a view no place is told.

    Parameters
    ----------
    kept : whether a photo is kept here
    """
    path = follow(ledger, pledge)
    thing = ledger.thing(pledge)
    assert thing is not None
    steps = tuple(
        GiverStep(step["kind"], _happened(step), _by(ledger, step["id"]), _thanks(step))
        for step in path["steps"]
        if step["mark"] is None and step["body"] is not None
    )
    places = tuple(_place(point, view) for point in sorted(point["id"] for point in path["points"]))
    count = thing.get("count")
    shown = places if view is not None else ()
    photos = tuple(one for one in _photos(ledger, pledge, shown) if kept(one.hash))
    return GiverPage(thing.get("what") or "", count, thing.now == WITHDRAWN, steps, places, photos)


def _photos(ledger: Ledger, pledge: bytes, places: tuple[GiverPlace, ...]) -> Iterable[GiverPhoto]:
    """Released photos, each once; none where something stands at a place that is not shown exactly."""
    points = [place.point for place in places]
    if any(point is None or point.blurred for point in points):
        return []
    found = {point.photo: "place" for point in points if point is not None and point.photo}
    for thing in sorted(things_of(ledger, pledge), key=lambda one: one.id):
        if thing.type == "kit":
            found |= dict.fromkeys(released_photos(ledger, thing.id), "equipment")
    return [GiverPhoto(photo, of) for photo, of in found.items()]


def _happened(step: Mapping[str, object]) -> str:
    text = str(step["happened"])
    return text[:_MONTH_LETTERS] if str(step["kind"]).startswith(_ONLY_MONTH) else text


def _thanks(step: Mapping[str, object]) -> Labels:
    sealed = step["sealed"]
    words = sealed.get("words") if isinstance(sealed, dict) and step["kind"] == "thanks.said" else None
    return words if isinstance(words, dict) else {}


def _by(ledger: Ledger, record: str) -> str:
    fact = bytes.fromhex(record)
    row = ledger.store.get([fact])[fact]
    roles = {one.role for one in ledger.trust.authority.roles_of(row.key.origin)}
    return next((who for role, who in _WHO if role in roles), "")


def _place(point: str, view: PublicView | None) -> GiverPlace:
    public = next((one for one in view.points if one.id == point), None) if view is not None else None
    if view is None or public is None:
        return GiverPlace(None, None, None, "")
    account = next((one for one in view.accounts if (one.type, one.id) == ("point", point)), None)
    return GiverPlace(
        public,
        view.status[point],
        account.served_visits if account else None,
        account.served_until if account else "",
    )
