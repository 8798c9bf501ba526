"""The public view of a ledger at a moment: the only reading of the ledger from which anything public is made.

It is a pure function of the set of facts and of now. What is secret does not reach it: see
``docs/decisions/0008-what-is-public.md`` for each choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.store import Row
from shanyrak.publish.giving import giving
from shanyrak.publish.grid import MINUTE_MS, quarter_line_ms
from shanyrak.publish.model import Account, Deployment, Notice, PublicPoint, PublicView
from shanyrak.publish.record import Record, labels, said_at_min, until_min
from shanyrak.publish.totals import totals
from shanyrak.publish.view_accounts import Accounts
from shanyrak.publish.view_points import Shown, public_fields, public_points, shown_points
from shanyrak.publish.view_status import public_status

_NO_PHONES: Mapping[str, str] = {}


def public_view(
    ledger: Ledger, *, now_ms: int, deployment: Deployment, phones: Mapping[str, str] = _NO_PHONES
) -> PublicView:
    """Everything public of a ledger at a moment.

    Parameters
    ----------
    now_ms : since 1970, UTC
    deployment : languages and rules of what is shown
    phones : numbers of persons on duty, from the file beside the ledger, by ``duty_phone``
    """
    record = Record(ledger)
    shown = shown_points(record, deployment)
    given = giving(record, shown, now_ms)
    counted = totals(record, set(shown.place_of), now_ms)
    accounts = Accounts(record, shown, given, counted)
    points = public_points(record, shown, given.given, deployment, phones, now_ms)
    area = _area(record)
    notices = _notices(record, deployment, now_ms)
    everything = accounts.all()
    network = ledger.thing(ledger.net)
    name = str(network.get("name", "")) if network is not None else ""
    return PublicView(
        net=ledger.net.hex(),
        network=name,
        area=str(record.value(area, "name", "")) if area is not None else "",
        titles=labels(record.value(area, "names")) if area is not None else {},
        made_up=bool(record.value(area, "made_up", False)) if area is not None else False,
        mode=str(record.value(area, "mode", "")) if area is not None else "",
        as_of_at_min=_as_of_min(record, shown, everything, [row for row, _ in notices], area, now_ms),
        points=tuple(_with_account(point, accounts.initiatives) for point in points),
        status=public_status(record, shown, deployment, now_ms),
        notices=tuple(notice for _, notice in notices),
        accounts=everything,
        operator=str(network.get("operator") or name) if network is not None else "",
        deployment=deployment,
    )


def _with_account(point: PublicPoint, initiatives: set[str]) -> PublicPoint:
    return point if point.initiative in initiatives else replace(point, initiative="")


def _area(record: Record) -> Thing | None:
    """The area with a map; of several the one described first."""
    rows = [row for row in record.public("area.described") if (row.fact.body_value() or {}).get("name")]
    return record.thing(rows[0].about.hex()) if rows else None


def _notices(record: Record, deployment: Deployment, now_ms: int) -> list[tuple[Row, Notice]]:
    """What headquarters says to everybody and still holds, the newest first."""
    now_min = now_ms // MINUTE_MS
    found = []
    for row in record.public("notice.given"):
        body, words = row.fact.body_value() or {}, (row.fact.sealed_value() or {}).get("words")
        until = until_min(body.get("until"))
        end = said_at_min(row) + deployment.notice_holds_min if until is None else until
        if words and now_min < end:
            found.append((row, Notice(body.get("district", ""), body.get("urgency", ""), until, labels(words))))
    return found[::-1]


def _as_of_min(
    record: Record, shown: Shown, accounts: Iterable[Account], notices: list[Row], area: Thing | None, now_ms: int
) -> int:
    """The last grid line, or the last public word since then (``model.PublicView.as_of_at_min``)."""
    line_ms = quarter_line_ms(now_ms)
    names = public_fields(record)
    words = {fact for account in accounts for step in account.steps for fact in (one.id for one in step.sources)}
    words |= {one.id for account in accounts for one in account.statements}
    words |= {row.id.hex() for row in notices}
    for thing in shown.standing:
        fields = thing.state.get("fields", {})
        late = [name for name in fields if name in names and record.row(fields[name][1]).eff_ms > line_ms]
        words |= {found[1] for name in late if (found := record.field(thing, name)) is not None}
        words |= {fact for _, fact in thing.state.get("recent", {}).get("state", ())}
        words |= {thing.state["state"][1]} if "state" in thing.state else set()
    for name in () if area is None else ("name", "names", "made_up", "mode"):
        found = None if area is None else record.field(area, name)
        words |= set() if found is None else {found[1]}
    record.read(words)
    return max([line_ms, *(at for fact in words if (at := record.row(fact).eff_ms) <= now_ms)]) // MINUTE_MS
