"""What everybody may know: the public view, the one value from which every public file is made (promise P5).

Nothing here comes from what is secret: places are the *public* places, states are as said, crowding stands on
the 15-minute grid, totals on the week. Moments are whole minutes since 1970, UTC (``*_at_min``). Absent is
``None`` or empty and means *not known*, never no and never zero (P3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STATES = ("unknown", "open", "paused", "closed", "ready")
"""States a person looking for warmth is told."""
WHO = ("", "duty", "desk", "list", "inspector")
"""Whose word a state is: nobody's, the person on duty, headquarters or the desk, a list taken over, an inspector."""
BANDS = ("", "free", "some", "crowded", "full")

Labels = Mapping[str, str]
"""Text by language."""


@dataclass(frozen=True, slots=True)
class Service:
    """One thing a point offers, or is known not to offer."""

    value: bool | int | str | tuple[str, ...]
    said_at_min: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When a point is open by its own account."""

    text: str
    """As OpenStreetMap writes it: Mo-Su 09:00-19:00."""
    open_at_min: tuple[tuple[int, int], ...] | None
    """[from, to) of 14 days, ascending, none touching another; evaluated in the area's time zone. None where the
    text cannot be read, or does not hold in these days: then it is not known, which is not *shut*."""


@dataclass(frozen=True, slots=True)
class PublicPoint:
    """What changes slowly at a point that may be shown to somebody who looks for a warm place.

    Not here: hidden points, archive initiatives, points planned or being set up, lost or shut for good.
    """

    id: str
    """64 hex digits."""
    names: Labels
    """Empty where nobody gave one, and where ``blurred`` (a name can be looked up): then kind and district name it."""
    kind: str
    """``spec/kinds/point.json``; "" where nobody said."""
    official: bool
    """On an official list; only then it may be called Point of Invincibility."""
    lon_e7: int
    """Public place: the true one, or where ``blurred`` the middle of a square."""
    lat_e7: int
    blurred: bool
    since_at_min: int
    """When it became public here: walk tables begin anew each week, and later points are added in this order."""
    lists: tuple[tuple[str, str], ...] = ()
    """(name of the list, number on it), sorted."""
    operator: str = ""
    address: str = ""
    town: str = ""
    district: str = ""
    floor: int | None = None
    seats: int | None = None
    sockets: int | None = None
    entrance: Labels = field(default_factory=dict)
    find: Labels = field(default_factory=dict)
    photo: str = ""
    """SHA-256 of the photo of the entrance, once released; in a bundle only where the file is published with it."""
    services: Mapping[str, Service] = field(default_factory=dict)
    """By field of ``services.declared``; one not here is not known."""
    hours: Hours | None = None
    phone: str = ""
    """Number of the person on duty, from the file beside the ledger."""
    given_by: tuple[str, ...] = ()
    """Names that givers chose to publish, sorted."""
    initiative: str = ""
    paid_until: str = ""
    """EDTF date up to which running costs are promised."""
    opens_when: str = ""
    opens_within_min: int | None = None


@dataclass(frozen=True, slots=True)
class Visitors:
    """What visitors said after the last word about the state; never who."""

    open: int = 0
    full: int = 0
    shut: int = 0
    not_here: int = 0
    last_at_min: int | None = None

    @property
    def contradict(self) -> bool:
        """Two at least say shut or not here, and more of them than say open or full."""
        against = self.shut + self.not_here
        return against >= 2 and against > self.open + self.full


@dataclass(frozen=True, slots=True)
class PointStatus:
    """What changes fast at a point."""

    state: str = "unknown"
    """One of ``STATES``, as it was said last; how it ages is computed by whoever shows it (``spec/trust.json``)."""
    said_at_min: int | None = None
    by: str = ""
    """One of ``WHO``."""
    until_at_min: int | None = None
    """Open until, or back at, as said."""
    band: str = ""
    """One of ``BANDS``, on the 15-minute grid."""
    visitors: Visitors = Visitors()


@dataclass(frozen=True, slots=True)
class Notice:
    """A word of headquarters to everybody."""

    district: str
    """"" is everywhere."""
    urgency: str
    until_at_min: int | None
    words: Labels


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of the record that a public figure stands on."""

    id: str
    kind: str
    happened: str
    """EDTF, to the precision that is public (a delivery: the month)."""
    by: str
    """A role as in ``WHO``, or the public name of whose word it is."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody's public words, as a source gives them."""

    id: str
    who: str
    role: str
    happened: str
    lang: str
    words: Labels
    url: str
    quoted_via: str
    source_known: bool
    own_words: bool
    in_reply_to: str
    about: str
    """The thing they are about, if it is public; else ""."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of what stands behind: promised, on the way, standing, served, paid until."""

    step: str
    """``supported promised on_the_way arrived standing served paid_until thanks taken_back``, one of these."""
    happened: str
    """EDTF."""
    what: str
    """Kind of help or equipment (``yurt``, ``generator``, ``money``, ...)."""
    count: int | None
    name: str
    """Published name of the giver, "" where they chose to publish nothing."""
    point: str
    """Public point it belongs to, or ""."""
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """*Who stands behind this?*, of an initiative or a point."""

    id: str
    type: str
    """``initiative`` or ``point``."""
    names: Labels
    archive: bool
    """Told from sources: read here, never led to."""
    idea: Labels
    steps: tuple[Step, ...]
    statements: tuple[Statement, ...]
    points: tuple[str, ...]
    """Points of an initiative that may be named, with their public names in ``names_of``."""
    names_of: Mapping[str, Labels]
    served_visits: int | None
    """Rounded to tens, a week late, None under 10."""
    served_until: str
    """Day the count ends (EDTF), "" where nothing may be said."""
    paid_until: str


@dataclass(frozen=True, slots=True)
class Region:
    """An oblast in which points are hidden until somebody decides otherwise."""

    names: tuple[str, ...]
    """Beginnings of words, small letters: a town, district or area that has one of them lies in it."""
    ring_e7: tuple[tuple[int, int], ...]
    """Corners (lon, lat) of a coarse outline that has all of it inside; the last joins the first."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What belongs to a deployment: languages and rules of what is shown (``spec/deployment.json``)."""

    languages: tuple[str, ...] = ("uk", "en", "kk", "de")
    """In this order; the first is the default whatever a browser says."""
    zone: str = "Europe/Kyiv"
    emergency: str = "112"
    crowding: str = "full"
    """Where nobody decided: ``off``, ``bands`` or ``full``."""
    report_url: str = ""
    """Where "was it open?" is sent from pages that are not served by the program itself; "" hides the form there."""
    country: str = "UA"
    """Whose public holidays opening hours mean by ``PH``; "" for none."""
    band_holds_min: int = 90
    """How long a word on crowding is shown."""
    notice_holds_min: int = 1440
    """How long a notice that says no end is shown."""
    hidden: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicView:
    """Everything public at one moment. Equal views give equal files, byte for byte."""

    net: str
    network: str
    """The network's name."""
    area: str
    """Name of the area among the areas of this program; "" where there is no map."""
    titles: Labels
    """Name of the area for people."""
    made_up: bool
    mode: str
    """``everyday``, ``outage``, ``blackout`` or "" where nobody said."""
    as_of_at_min: int
    """The grid line of 15 minutes at or before now, or the last public word since then: what is here was so at this
    moment by all that was known, so that an old copy can be told from a quiet evening."""
    points: tuple[PublicPoint, ...]
    """Sorted by id."""
    status: Mapping[str, PointStatus]
    """By point id; every point of ``points`` has one."""
    notices: tuple[Notice, ...]
    accounts: tuple[Account, ...]
    """Sorted by (type, id)."""
    operator: str
    """Who runs the network, as every page names."""
    deployment: Deployment
