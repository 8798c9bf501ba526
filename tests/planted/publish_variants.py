"""The public view, broken on purpose: each is a way in which something secret has leaked from such a system.

A variant replaces one small part of the real code and leaves the rest as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from shanyrak.facts.ledger import Ledger
from shanyrak.publish import giving, totals, view, view_points, view_status
from shanyrak.publish.grid import MINUTE_MS, day_of
from shanyrak.publish.model import PublicView
from shanyrak.publish.record import Record

Variant = Callable[[], AbstractContextManager[None]]


@contextmanager
def hidden_point_shown() -> Iterator[None]:
    """What was decided about a place is not asked."""
    with mock.patch.object(view_points, "place_decided", lambda record, point, deployment: "public"):
        yield


@contextmanager
def region_forgotten() -> Iterator[None]:
    """Hidden is only what somebody hid, not what the deployment hides."""
    with mock.patch.object(view_points, "is_in_hidden_region", lambda regions, place, words: False):
        yield


@contextmanager
def unrounded_total() -> Iterator[None]:
    """Visits as they were counted."""
    with mock.patch.object(totals, "rounded", lambda visits: visits):
        yield


@contextmanager
def small_total() -> Iterator[None]:
    """Counts under ten, too."""
    with mock.patch.object(totals, "LEAST", 1):
        yield


@contextmanager
def hidden_point_in_total() -> Iterator[None]:
    """An initiative's sum is of all its points, not of those that are shown."""
    real = view.totals

    def of_all(record: Record, points: set[bytes], now_ms: int) -> totals.Totals:
        everything = real(record, {point.id for point in record.ledger.things("point")}, now_ms)
        hidden = sum(visits for point, visits in everything.visits.items() if point not in points)
        return replace(everything, visits={point: visits + hidden for point, visits in everything.visits.items()})

    with mock.patch.object(view, "totals", of_all):
        yield


@contextmanager
def total_at_once() -> Iterator[None]:
    """What came in late counts as soon as it is here."""
    with mock.patch.object(totals, "known_by", lambda ledger, rows, line_ms: list(rows)):
        yield


@contextmanager
def band_off_the_grid() -> Iterator[None]:
    """How full it is at this minute."""
    with mock.patch.object(view_status, "quarter_line_ms", lambda now_ms: now_ms):
        yield


@contextmanager
def band_back_in_time() -> Iterator[None]:
    """A late word on crowding counts from when it was said, not from when it was known."""
    with mock.patch.object(view_status, "known_by", _as_if_said_last):
        yield


def _as_if_said_last(ledger: Ledger, rows: Any, line_ms: int) -> list[Any]:
    order = {row.id: number for number, row in ledger.store.arrived()}
    return sorted((row for row in rows if row.eff_ms <= line_ms), key=lambda row: order[row.id])


@contextmanager
def day_of_a_delivery() -> Iterator[None]:
    """The day, where the month is public."""
    with mock.patch.object(giving, "month_of", day_of):
        yield


@contextmanager
def delivery_at_once() -> Iterator[None]:
    """The month as soon as it set off, by which everybody sees the day."""
    with mock.patch.object(giving, "month_line_ms", lambda now_ms: now_ms):
        yield


@contextmanager
def number_of_deliveries() -> Iterator[None]:
    """Each delivery with the id of its entry."""
    real = giving.Delivery
    rows: list[Any] = []

    def counted(step: str, happened: str, sources: Any) -> Any:
        rows.append(step)
        return real(step, f"{happened}/{happened}" if len(rows) % 2 else happened, sources)

    with mock.patch.object(giving, "Delivery", counted):
        yield


@contextmanager
def as_of_moved_by_any_fact() -> Iterator[None]:
    """The time of the view is that of the last entry of the record, whatever it says."""
    with _seen_through(
        lambda ledger, seen: replace(
            seen, as_of_at_min=max((row.eff_ms // MINUTE_MS for _, row in ledger.store.arrived()), default=0)
        )
    ):
        yield


@contextmanager
def version_by_state_hash() -> Iterator[None]:
    """Something made of the whole record (an ETag, a version) goes out with the view."""
    with _seen_through(lambda ledger, seen: replace(seen, area=ledger.state_hash().hex())):
        yield


@contextmanager
def version_by_count() -> Iterator[None]:
    """The number of entries goes out with the view."""
    with _seen_through(lambda ledger, seen: replace(seen, area=str(ledger.store.count()))):
        yield


@contextmanager
def stranger_published() -> Iterator[None]:
    """What a key without a role says is public at once."""
    with mock.patch.object(Record, "_has_role", lambda self, row: True):
        yield


@contextmanager
def secret_kind_read() -> Iterator[None]:
    """The last word on a field is shown, whatever kind it is of."""
    with mock.patch.object(Record, "_shows", lambda self, row, name: True):
        yield


@contextmanager
def secret_giving() -> Iterator[None]:
    """Equipment is told of wherever it stands."""
    real = giving._kits

    def everywhere(words: Any, erected: Any, made_of: Any, initiative_of: Any, houses: Any, points: Any) -> Any:
        known = {**points, **{said["point"]: None for said in words.values() if "point" in said}}
        return real(words, erected, made_of, initiative_of, houses, known)

    with mock.patch.object(giving, "_kits", everywhere):
        yield


@contextmanager
def _seen_through(change: Callable[[Ledger, PublicView], PublicView]) -> Iterator[None]:
    """The view as somebody made it who looked into the ledger a second time."""
    real = view.public_view

    def seen(ledger: Ledger, **more: Any) -> PublicView:
        return change(ledger, real(ledger, **more))

    with mock.patch.object(view, "public_view", seen):
        yield


LEAKS: tuple[Variant, ...] = (
    hidden_point_shown,
    region_forgotten,
    unrounded_total,
    small_total,
    hidden_point_in_total,
    total_at_once,
    band_off_the_grid,
    band_back_in_time,
    day_of_a_delivery,
    delivery_at_once,
    number_of_deliveries,
    as_of_moved_by_any_fact,
    version_by_state_hash,
    version_by_count,
    stranger_published,
    secret_kind_read,
    secret_giving,
)
