"""Public views drawn by hypothesis, and a little town of three points drawn by hand."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import strategies as st

from shanyrak.facts.signing import Signer
from shanyrak.publish.model import (
    BANDS,
    STATES,
    WHO,
    Account,
    Deployment,
    Hours,
    Notice,
    PublicPoint,
    PublicView,
    Service,
    Source,
    Statement,
    Step,
    Visitors,
)
from shanyrak.publish.model import PointStatus as Status

SIGNER = Signer(bytes(range(32)))
OTHER = Signer(bytes(range(32, 64)))
NET = "5a" * 32
EVENING = 29_000_000
"""2025-02-19 21:20 UTC, in minutes."""

_text = st.text('aZ0 "\\\n\u2028їґқӘéß漢🛖', max_size=8)
_labels = st.dictionaries(st.sampled_from(("uk", "en", "kk", "de", "ru")), _text, max_size=3)
_ids = st.binary(min_size=32, max_size=32).map(bytes.hex)
_whole = st.integers(0, 2**40)
_maybe = st.none() | _whole
_moments = st.integers(0, 40_000_000)
_fields = st.sampled_from(("heat", "sockets", "hot_drink", "languages", "medical_power"))
_services = st.dictionaries(
    _fields,
    st.builds(Service, st.booleans() | _whole | _text | st.lists(_text, max_size=3).map(tuple), _moments),
    max_size=3,
)


@st.composite
def _spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    times = sorted(draw(st.lists(_moments, max_size=8, unique=True)))
    return tuple(zip(times[::2], times[1::2], strict=False))


points = st.builds(
    PublicPoint,
    id=_ids,
    names=_labels,
    kind=_text,
    official=st.booleans(),
    lon_e7=st.integers(-1_800_000_000, 1_800_000_000),
    lat_e7=st.integers(-900_000_000, 900_000_000),
    blurred=st.booleans(),
    since_at_min=_moments,
    lists=st.lists(st.tuples(_text, _text), max_size=2).map(tuple),
    operator=_text,
    address=_text,
    town=_text,
    district=_text,
    floor=st.none() | st.integers(-5, 40),
    seats=_maybe,
    sockets=_maybe,
    entrance=_labels,
    find=_labels,
    photo=st.just("") | _ids,
    services=_services,
    hours=st.none() | st.builds(Hours, _text, st.none() | _spans()),
    phone=_text,
    given_by=st.lists(_text, max_size=2).map(tuple),
    initiative=st.just("") | _ids,
    paid_until=_text,
    opens_when=_text,
    opens_within_min=_maybe,
)
_counts = st.integers(0, 300)
statuses = st.builds(
    Status,
    st.sampled_from(STATES),
    st.none() | _moments,
    st.sampled_from(WHO),
    st.none() | _moments,
    st.sampled_from(BANDS),
    st.just(Visitors()) | st.builds(Visitors, _counts, _counts, _counts, _counts, st.none() | _moments),
)
notices = st.builds(Notice, _text, _text, st.none() | _moments, _labels)
_sources = st.builds(Source, _ids, _text, _text, _text)
_steps = st.builds(
    Step, _text, _text, _text, _maybe, _text, st.just("") | _ids, st.lists(_sources, max_size=2).map(tuple)
)
_statements = st.builds(
    Statement, _ids, _text, _text, _text, _text, _labels, _text, _text, st.booleans(), st.booleans(), _text, _text
)
accounts = st.builds(
    Account,
    id=_ids,
    type=st.sampled_from(("initiative", "point")),
    names=_labels,
    archive=st.booleans(),
    idea=_labels,
    steps=st.lists(_steps, max_size=2).map(tuple),
    statements=st.lists(_statements, max_size=2).map(tuple),
    points=st.lists(_ids, max_size=2).map(tuple),
    names_of=st.dictionaries(_ids, _labels, max_size=2),
    served_visits=_maybe,
    served_until=_text,
    paid_until=_text,
)


@st.composite
def views(draw: st.DrawFn) -> PublicView:
    """Any public view."""
    drawn = sorted(draw(st.lists(points, max_size=4, unique_by=lambda one: one.id)), key=lambda one: one.id)
    return PublicView(
        net=NET,
        network=draw(_text),
        area=draw(_text),
        titles=draw(_labels),
        made_up=draw(st.booleans()),
        mode=draw(st.sampled_from(("", "everyday", "outage", "blackout"))),
        as_of_at_min=draw(_moments),
        points=tuple(drawn),
        status={one.id: draw(statuses) for one in drawn},
        notices=draw(st.lists(notices, max_size=2).map(tuple)),
        accounts=tuple(
            sorted(draw(st.lists(accounts, max_size=2, unique_by=lambda one: one.id)), key=lambda one: one.id)
        ),
        operator=draw(_text),
        deployment=Deployment(languages=("uk", "en"), report_url=draw(_text)),
    )


def point(letter: str, **more: object) -> PublicPoint:
    """A point whose id is one letter 64 times; all of them stand in one place."""
    plain = PublicPoint(
        id=letter * 64, names={"uk": f"Школа {letter}"}, kind="heated_room", official=False,
        lon_e7=305_000_000, lat_e7=504_000_000, blurred=False, since_at_min=EVENING - 10_000,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def little_town() -> PublicView:
    """Three points: a was said to be open ten minutes ago, b is shut, nobody said anything of c."""
    return PublicView(
        net=NET,
        network="Warm points",
        area="little",
        titles={"uk": "Містечко", "en": "Little town"},
        made_up=True,
        mode="blackout",
        as_of_at_min=EVENING,
        points=(point("a"), point("b"), point("c")),
        status={
            "a" * 64: Status("open", EVENING - 10, "duty", EVENING + 60, "some"),
            "b" * 64: Status("closed", EVENING - 90, "desk", None, "", Visitors(shut=2, last_at_min=EVENING - 20)),
            "c" * 64: Status(),
        },
        notices=(Notice("", "high", EVENING + 300, {"uk": "Тримайтеся", "en": "Hold on"}),),
        accounts=(),
        operator="Town council",
        deployment=Deployment(),
    )


def saying(view: PublicView, at_min: int, **words: Status) -> PublicView:
    """The view after new words about points, each called by its letter."""
    return replace(view, as_of_at_min=at_min, status={**view.status, **{k * 64: one for k, one in words.items()}})


def large_town(count: int, seed: int) -> PublicView:
    """``count`` points on an evening of a blackout: a third was never heard of, a tenth has words of visitors."""
    chance = random.Random(seed)
    every = sorted(chance.randbytes(32).hex() for _ in range(count))
    spoken: dict[str, Status] = {}
    for one in every:
        state = chance.choices(STATES, (33, 40, 4, 13, 10))[0]
        heard = state != "unknown"
        spoken[one] = Status(
            state,
            EVENING - chance.randrange(720) if heard else None,
            chance.choices(WHO[1:], (60, 20, 15, 5))[0] if heard else "",
            EVENING + 30 * chance.randrange(24) if heard and chance.random() < 0.1 else None,
            chance.choice(BANDS) if state == "open" else "",
            Visitors(*(chance.choice((0, 0, 1, 2)) for _ in range(4)), EVENING - chance.randrange(180))
            if chance.random() < 0.1
            else Visitors(),
        )
    base = little_town()
    return replace(base, points=tuple(replace(point("a"), id=one) for one in every), status=spoken)
