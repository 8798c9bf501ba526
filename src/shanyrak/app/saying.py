"""Saying something as a person types it: names become ids, human units become whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from difflib import get_close_matches
from typing import Any

from shanyrak.app.lists.cells import name_language
from shanyrak.app.lists.hours import opening_hours
from shanyrak.app.naming import describe, find_thing, get_thing, name_of, short
from shanyrak.core.errors import InvalidInput
from shanyrak.facts.happened import bounds_ms
from shanyrak.facts.human import example, link_for, read_fields, shown_name
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import Kind, Rules
from shanyrak.facts.schema import Field

SAYS_SOMETHING = frozenset(
    [
        "point.described",
        "kit.described",
        "area.described",
        "place.proposed",
        "services.declared",
        "status.reported",
        "stock.counted",
        "stock.received",
        "stock.used",
        "visit.counted",
        "pledge.changed",
    ]
)
"""Kinds that mean nothing without a value."""
HOURS = "opening_hours"
VISITOR = "visitor.said"
VISITOR_GRID_MS = 15 * 60_000
"""A visitor's word is written down with its quarter of an hour, no finer."""
AHEAD_MS = 10 * 60_000
"""How far clocks may differ before something that happened lies in the future."""


def list_kinds(rules: Rules, name: str = "") -> list[dict[str, Any]]:
    """What can be said, a line each; with a name, that kind and its fields."""
    if not name:
        return [{"kind": kind.name, "family": kind.family, "help": kind.help} for kind in rules.kinds.values()]
    kind = kind_named(rules, name)
    fields = [
        {
            "field": shown_name(field),
            "example": example(field),
            "required": field.required,
            "values": list(_values(field)),
            "sealed": field.name in kind.sealed,
            "help": field.help,
        }
        for field in (*kind.body.values(), *kind.sealed.values())
    ]
    return [
        {
            "kind": kind.name,
            "help": kind.help,
            "about": list(kind.about),
            "begins": bool(kind.creates),
            "by": list(kind.by),
            "fields": fields,
        }
    ]


def _values(field: Field) -> Sequence[str]:
    """The words a field can have; none where it is free."""
    return field.item.values if field.type == "list" and field.item is not None else field.values


def kind_named(rules: Rules, name: str) -> Kind:
    """The newest version of a kind; InvalidInput names the nearest ones."""
    kind = rules.kinds.get(name.strip().lower())
    if kind is None:
        near = [other for other in rules.kinds if other.startswith(f"{name.rstrip('.')}.")]
        near = near or get_close_matches(name, rules.kinds, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(dict.fromkeys(near))}? " if near else ""
        raise InvalidInput(f"there is no kind {name!r}", mend=f"{hint}shanyrak say --kinds lists all")
    return kind


def say_as_typed(
    ledger: Ledger,
    kind_name: str,
    pairs: Sequence[str],
    *,
    about: str = "",
    within: str = "",
    happened: str = "",
    via: str = "",
    now_ms: int,
    zone: tzinfo = UTC,
    lang: str = "en",
) -> dict[str, Any]:
    """Say something; what became of it, for people and programs.

    Parameters
    ----------
    pairs : ``FIELD=VALUE`` as typed
    zone, lang : time zone of moments and language of names that do not say theirs
    about : name or id of the thing; empty where the kind begins a new one
    within : for a new thing, name or id of the area it lies in; the network where empty
    """
    kind = kind_named(ledger.rules, kind_name)
    target, link = _about(ledger, kind, about)
    extra = [f"happened={happened}"] if happened else []
    extra += [f"via={via}"] if via else []

    def resolve(text: str, of: str) -> bytes:
        return _resolve(ledger, text, of)

    typed = [_spelled(kind, pair, lang) for pair in pairs]
    body, sealed = read_fields(kind, [*typed, *link, *extra], resolve=resolve, now_ms=now_ms, zone=zone, lang=lang)
    _refuse_itself(kind, body, target)
    _refuse_nothing(kind, body, sealed)
    _refuse_future(kind, body, now_ms, zone)
    if kind.name == VISITOR:
        body["happened"] = _quarter(body.get("happened", ""), now_ms)
    if within and target:
        raise InvalidInput(
            f"{kind.name} is said of something that is there already", where="--in", mend="Leave --in out"
        )
    scope = find_thing(ledger, within, types=("area", "point")) if within else None
    said = ledger.say(kind.name, body, about=target, sealed=sealed or None, scope=scope)
    thing = ledger.thing(target or said.id)
    return {
        "id": said.id.hex(),
        "kind": kind.name,
        "about": (target or said.id).hex(),
        "about_name": name_of(thing) if thing else short(target or said.id),
        "standing": ledger.standing(said.id),
        "mark": said.mark or None,
        "reason": said.reason or None,
        "body": body,
    }


def _about(ledger: Ledger, kind: Kind, about: str) -> tuple[bytes, list[str]]:
    """What it is about, and where that is told in a field of the body instead: a statement is a thing of its own."""
    if about:
        thing = get_thing(ledger, about)
        if "any" in kind.about or thing.type in kind.about:
            return thing.id, []
        link = link_for(kind, thing.type) if kind.creates else ""
        if link:
            return b"", [f"{link}={thing.id.hex()}"]
        raise InvalidInput(
            f"{kind.name} is said of a {' or '.join(kind.about)}, not of {describe(thing)}", where="--about"
        )
    if kind.creates:
        return b"", []
    if "network" in kind.about or kind.scope == "network":
        return ledger.net, []
    wanted = " or ".join(kind.about)
    raise InvalidInput(f"{kind.name} is said of a {wanted}", mend=f"Add --about NAME or ID of the {wanted}")


def _spelled(kind: Kind, pair: str, lang: str) -> str:
    """A pair with the language its letters tell, and with hours as OpenStreetMap writes them."""
    name, _, text = pair.partition("=")
    known = {**kind.body, **kind.sealed}
    wanted = name.strip().replace("-", "_")
    field = known.get(wanted) or (known.get("names") if wanted == "name" else None)
    if field is None or not text.strip():
        return pair
    if field.type in ("labels", "texts"):
        return f"{field.name}.{name_language(text, lang)}={text}"
    if field.name == HOURS:
        hours = opening_hours(text.strip())
        if hours is None:
            raise InvalidInput(
                f"{text!r} cannot be read as opening hours",
                where=f"{kind.name}: {HOURS}",
                mend="Write for example 'Mo-Fr 08:00-20:00; Sa,Su 10:00-18:00' or 24/7; anything else into note=",
            )
        return f"{HOURS}={hours}"
    return pair


def _refuse_itself(kind: Kind, body: dict[str, Any], target: bytes) -> None:
    """A thing is not a second entry of itself."""
    for name in ("same_as", "not_same_as", "twin_of"):
        if target and body.get(name) == target.hex():
            raise InvalidInput("a thing is compared with itself", where=f"{kind.name}: {name}", mend="Name the other")


def _refuse_nothing(kind: Kind, body: dict[str, Any], sealed: dict[str, Any]) -> None:
    """A count that counts nothing would still be the last count."""
    if kind.name in SAYS_SOMETHING and not (body.keys() | sealed.keys()) - {"happened", "via", "said_by"}:
        some = [example(field) for field in kind.body.values() if field.name not in ("happened", "via")][:3]
        raise InvalidInput(
            "it says nothing",
            where=kind.name,
            mend=f"Add for example {', '.join(some)}; shanyrak say {kind.name} --kinds",
        )


def _refuse_future(kind: Kind, body: dict[str, Any], now_ms: int, zone: tzinfo) -> None:
    """What happened lies behind us: "open since tomorrow" would count as open now."""
    earliest = bounds_ms(body["happened"])[0] if "happened" in body else None
    # A day without a time is reckoned in UTC; where the reader is, it may have begun before.
    day = datetime.fromtimestamp(now_ms / 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    if earliest is None or earliest <= max(now_ms + AHEAD_MS, int(day.timestamp() * 1000)):
        return
    planned = [shown_name(one) for one in kind.body.values() if one.type == "edtf" and one.name != "happened"]
    instead = f". What is planned has a field of its own: {', '.join(planned)}" if planned else ""
    raise InvalidInput(
        f"{body['happened']} is still to come", where=f"{kind.name}: happened", mend=f"Say it when it is so{instead}"
    )


def _quarter(happened: str, now_ms: int) -> str:
    """The beginning of the quarter of an hour; a day stays a day."""
    if happened and "T" not in happened:
        return happened
    ms = bounds_ms(happened)[0] if happened else now_ms
    ms = (now_ms if ms is None else ms) // VISITOR_GRID_MS * VISITOR_GRID_MS
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")


def _resolve(ledger: Ledger, text: str, of: str) -> bytes:
    if of == "fact":
        return _fact(ledger, text)
    return find_thing(ledger, text, types=() if of == "any" else (of,))


def _fact(ledger: Ledger, text: str) -> bytes:
    """A record by its id, or the beginning of it."""
    digits = text.strip().lower()
    if not 4 <= len(digits) <= 64 or not set(digits) <= set("0123456789abcdef"):
        raise InvalidInput(f"{text!r} is no id of a record", mend="shanyrak ledger log --json shows the ids")
    found = ledger.find_records(digits)
    if len(found) != 1:
        problem = "no record has this id" if not found else f"{len(found)} records begin so"
        raise InvalidInput(problem, where=text, mend="Give more digits of the id")
    return found[0]
