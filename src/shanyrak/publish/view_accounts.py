"""*Who stands behind this?*: what was promised, came, stands and served, and whose words there are, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shanyrak.facts.happened import bounds_ms
from shanyrak.facts.ledger import Thing
from shanyrak.facts.said import happened_of
from shanyrak.facts.store import Row
from shanyrak.publish.giving import Giving, Pledge, latest
from shanyrak.publish.model import Account, Labels, Source, Statement, Step
from shanyrak.publish.record import Record, labels, last_words
from shanyrak.publish.supporters import Supporters
from shanyrak.publish.totals import Totals
from shanyrak.publish.view_points import Shown

STEPS = ("supported", "promised", "on_the_way", "arrived", "standing", "served", "paid_until", "thanks", "taken_back")
_ENDED = ("lost", "closed")


class Accounts:
    """Makes the accounts out of what was read."""

    def __init__(self, record: Record, shown: Shown, given: Giving, served: Totals) -> None:
        self._record = record
        self._shown = shown
        self._giving = given
        self._served = served
        self._thanks = record.public("thanks.said")
        rows = [row for row in record.public("initiative.started") if record.is_read(row)]
        begun = {row.about for row in rows if row.about == row.id}
        self._initiatives = {thing: said for thing, said in last_words(rows).items() if thing in begun}
        self._ideas = {row.about: labels(idea) for row in rows if (idea := (row.fact.sealed_value() or {}).get("idea"))}
        self._supporters = Supporters(record, set(self._initiatives), served)
        self._points = {point.id.hex(): point for point in (*shown.standing, *shown.told)}
        self._of: dict[str, list[Thing]] = {}
        standing = self._standing_ids = {point.id for point in shown.standing}
        for point in self._points.values():
            initiative = self._initiative_of(point)
            archive = bool(initiative and self._initiatives[bytes.fromhex(initiative)].get("archive"))
            if initiative and (archive or point.id in standing or point.now not in _ENDED):
                self._of.setdefault(initiative, []).append(point)
        told = {point.id.hex() for each in self._of.values() for point in each}
        self._named = {*told, *(point.hex() for point in standing)}
        self._statements = _statements(record, {*self._named, *(one.hex() for one in self._initiatives)})

    @property
    def initiatives(self) -> set[str]:
        """Initiatives that have an account."""
        return {one.hex() for one in self._initiatives}

    def all(self) -> tuple[Account, ...]:
        """All accounts, sorted by (type, id)."""
        initiatives = [self._initiative(one) for one in sorted(self._initiatives)]
        points = [self._point(self._points[one]) for one in sorted(self._named)]
        return (*initiatives, *points)

    def _initiative_of(self, point: Thing) -> str:
        initiative = str(self._record.value(point, "initiative", ""))
        return initiative if initiative and bytes.fromhex(initiative) in self._initiatives else ""

    def _initiative(self, thing: bytes) -> Account:
        one, said = thing.hex(), self._initiatives[thing]
        points = sorted(self._of.get(one, ()), key=lambda point: point.id)
        ids = [point.id.hex() for point in points]
        pledges = [pledge for pledge in self._giving.pledges if pledge.initiative == one or {*pledge.points} & {*ids}]
        steps = [*self._supporters.steps(thing), *self._promised(pledges, {*ids}), *self._delivered(one)]
        steps += [step for point in points for step in self._standing(point)]
        in_kits = {step.sources for step in steps if step.step == "standing"}
        steps += [
            self._step("standing", kit.erected, kit.kind, point=kit.point if kit.point in self._named else "")
            for kit in self._giving.kits
            if one in kit.initiatives and kit.erected is not None and (self._source(kit.erected),) not in in_kits
        ]
        thanks = [row for row in self._thanks if row.about == thing or self._is_for(row, pledges)]
        served = self._served.of([point.id for point in points])
        paid = latest(pledge.costs_until for pledge in pledges if not pledge.withdrawn)
        return Account(
            id=one,
            type="initiative",
            names=labels(said.get("names")),
            archive=bool(said.get("archive")),
            idea=self._ideas.get(thing, {}),
            steps=_sorted([*steps, *self._thanked(thanks), *self._served_step(served)]),
            statements=self._statements.get(one, ()),
            points=tuple(ids),
            names_of={point.id.hex(): self._names(point) for point in points},
            served_visits=served,
            served_until=self._served.until if served else "",
            paid_until=paid,
        )

    def _point(self, point: Thing) -> Account:
        one = point.id.hex()
        pledges = [pledge for pledge in self._giving.pledges if one in pledge.points]
        initiative = self._initiative_of(point)
        served = self._served.of([point.id])
        thanks = [row for row in self._thanks if row.about == point.id or self._is_for(row, pledges)]
        return Account(
            id=one,
            type="point",
            names=self._names(point),
            archive=bool(initiative and self._initiatives[bytes.fromhex(initiative)].get("archive")),
            idea={},
            steps=_sorted(
                [
                    *self._promised(pledges, {one}),
                    *self._delivered(one),
                    *self._standing(point),
                    *self._thanked(thanks),
                    *self._served_step(served),
                ]
            ),
            statements=self._statements.get(one, ()),
            points=(),
            names_of={},
            served_visits=served,
            served_until=self._served.until if served else "",
            paid_until=latest(pledge.costs_until for pledge in pledges if not pledge.withdrawn),
        )

    # steps ---------------------------------------------------------------------------------------------
    def _promised(self, pledges: Iterable[Pledge], points: set[str]) -> Iterable[Step]:
        for pledge in pledges:
            made = [row for row in pledge.rows if row.kind != "pledge.withdrawn"]
            here = sorted({*pledge.points} & points)
            point = here[0] if here else ""
            sources = tuple(self._source(row, pledge.name) for row in made)
            yield Step("promised", happened_of(made[0]), pledge.what, pledge.count, pledge.name, point, sources)
            if pledge.withdrawn:
                yield self._step("taken_back", pledge.rows[-1], pledge.what, pledge.count, pledge.name, point)
            elif pledge.costs_until:
                yield Step("paid_until", pledge.costs_until, pledge.what, None, pledge.name, point, sources)

    def _delivered(self, one: str) -> Iterable[Step]:
        for told in self._giving.deliveries_of.get(one, ()):
            yield Step(told.step, told.happened, "", None, "", "", told.sources)

    def _standing(self, point: Thing) -> Iterable[Step]:
        """Since when there is something: its equipment was put up; else it was put on record, or told by sources."""
        one = point.id.hex()
        kits = [kit for kit in self._giving.kits if kit.point == one and kit.erected is not None]
        for kit in kits:
            yield self._step("standing", kit.erected, kit.kind, point=one)
        if kits or point.now in ("planned", "equipping"):
            return
        created = self._record.row(one)
        if point.id in self._standing_ids:
            yield self._step("standing", created, self._record.value(point, "kind", ""), point=one)
            return
        history = self._record.history(point.id)
        begun = next((row for row in history if row.kind == "point.opened"), created)
        ended = next((row for row in reversed(history) if row.kind in ("point.closed", "point.lost")), None)
        happened = happened_of(begun)
        if ended is not None and "/" not in happened + happened_of(ended):
            happened = _interval(happened, happened_of(ended))
        sources = (self._source(begun), *([self._source(ended)] if ended is not None else []))
        yield Step("standing", happened, self._record.value(point, "kind", ""), None, "", one, sources)

    def _served_step(self, served: int | None) -> list[Step]:
        return [Step("served", f"/{self._served.until}", "", served, "", "", ())] if served else []

    def _thanked(self, rows: Iterable[Row]) -> Iterable[Step]:
        pledges = {pledge.id: pledge for pledge in self._giving.pledges}
        for row in rows:
            pledge = pledges.get((row.fact.body_value() or {}).get("pledge", ""))
            about = row.about.hex()
            point = about if about in self._named else ""
            yield self._step("thanks", row, pledge.what if pledge else "", None, pledge.name if pledge else "", point)

    def _is_for(self, row: Row, pledges: Iterable[Pledge]) -> bool:
        meant = {(row.fact.body_value() or {}).get("pledge", ""), row.about.hex()}
        return any(pledge.id in meant for pledge in pledges)

    def _step(
        self, step: str, row: Row | None, what: str, count: int | None = None, name: str = "", point: str = ""
    ) -> Step:
        assert row is not None
        return Step(step, happened_of(row), what, count, name, point, (self._source(row, name),))

    def _source(self, row: Row, name: str = "") -> Source:
        return Source(row.id.hex(), row.kind, happened_of(row), name or self._record.who(row))

    def _names(self, point: Thing) -> Labels:
        if self._shown.place_of[point.id] == "blurred":
            return {}
        return labels(self._record.value(point, "names"))


def _sorted(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Oldest first, as far as dates are known; of one date in the order of ``STEPS``."""

    def when(step: Step) -> tuple[Any, ...]:
        begin, end = bounds_ms(step.happened)
        known = begin if begin is not None else end
        sources = tuple(source.id for source in step.sources)
        return (known is None, known or 0, STEPS.index(step.step), step.what, step.name, step.point, sources)

    return tuple(sorted(steps, key=when))


def _interval(begin: str, end: str) -> str:
    """From one date to another; the first alone where they do not make an interval."""
    text = f"{begin}/{end}"
    return begin if "unknown" in (begin, end) or bounds_ms(text) == (None, None) else text


def _statements(record: Record, public: set[str]) -> Mapping[str, tuple[Statement, ...]]:
    """Statements about each public thing, and what was replied to them, in the order in which they were said."""
    rows = record.public("statement.recorded")
    begun = {row.about for row in rows if row.about == row.id}
    words = {thing: said for thing, said in last_words(rows).items() if thing in begun}
    sealed = {row.about: text for row in rows if (text := row.fact.sealed_value()) and text.get("words")}
    happened = {row.about: happened_of(row) for row in rows}
    told = {
        thing.hex(): Statement(
            id=thing.hex(),
            who=sealed[thing].get("who", ""),
            role=sealed[thing].get("role", ""),
            happened=happened[thing],
            lang=said.get("lang", ""),
            words=labels(sealed[thing]["words"]),
            url=said.get("url", ""),
            quoted_via=said.get("quoted_via", ""),
            source_known=bool(said.get("source_known", "url" in said)),
            own_words=bool(said.get("own_words", False)),
            in_reply_to=said.get("in_reply_to", ""),
            about=said["about"] if said.get("about") in public else "",
        )
        for thing, said in words.items()
        if thing in sealed and (not said.get("about") or said["about"] in public)
    }
    found: dict[str, list[Statement]] = {}
    for one in told.values():
        for thing in _about(one, told):
            found.setdefault(thing, []).append(one)

    def when(one: Statement) -> tuple[bool, int, str]:
        begin, end = bounds_ms(one.happened)
        known = begin if begin is not None else end
        return known is None, known or 0, one.id

    return {thing: tuple(sorted(each, key=when)) for thing, each in found.items()}


def _about(one: Statement, told: Mapping[str, Statement]) -> set[str]:
    """The things a statement is about, and those that what it replies to is about."""
    found: set[str] = set()
    seen: set[str] = set()
    at: Statement | None = one
    while at is not None and at.id not in seen:
        seen.add(at.id)
        found |= {at.about} - {""}
        at = told.get(at.in_reply_to)
    return found
