"""How a kind and its values are said to a person: short words for each, no names of fields with units in them.

What this table does not know is said with the kind's own help text and its fields' own names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shanyrak.app.wording import plain_name
from shanyrak.facts.human import say_value
from shanyrak.facts.schema import Field

LEADS: Mapping[str, str] = {
    "kit.described": "Described",
    "kit.assembled": "Complete, can leave",
    "kit.inspected": "Looked over",
    "kit.erected": "Put up",
    "kit.dismantled": "Taken down",
    "kit.damaged": "Broken",
    "kit.repaired": "Mended",
    "custody.transferred": "Handed over",
    "consignment.left": "Left",
    "consignment.passed": "Passed",
    "consignment.arrived": "Arrived",
    "pledge.made": "Promised",
    "pledge.changed": "Promised instead",
    "pledge.withdrawn": "Promise taken back",
    "initiative.started": "Begun",
    "initiative.supported": "Supported",
    "place.proposed": "Proposed",
    "place.decided": "Decided",
    "event.announced": "Announced",
    "thanks.said": "Thanks",
    "network.founded": "Founded",
    "device.admitted": "Device trusted",
    "device.replaced": "Device replaced by another",
    "device.revoked": "Trust taken from a device",
    "body.withheld": "Words taken back",
    "checkpoint.made": "Season closed",
    "name.given": "Named",
    "same.as": "The same as",
    "not.same.as": "Not the same as",
    "correction.made": "Corrected",
    "point.described": "Described",
    "point.planned": "Planned",
    "point.equipping": "Being set up",
    "point.ready": "Ready, not open yet",
    "point.opened": "Open",
    "point.paused": "Short break",
    "point.closed": "Shut",
    "point.moved": "Moved",
    "point.lost": "Gone for good",
    "services.declared": "Offers",
    "hours.declared": "Hours",
    "list.entered": "On a list",
    "list.left": "Off a list",
    "visibility.decided": "What everybody may see",
    "area.described": "Described",
    "notice.given": "Notice",
    "release.decided": "Released to everybody",
    "mode.set": "Mode",
    "activation.ordered": "Ordered",
    "activation.acknowledged": "Order heard",
    "activation.refused": "Order cannot be followed",
    "status.reported": "How it is",
    "stock.counted": "Counted",
    "stock.received": "Received",
    "stock.used": "Used",
    "visit.counted": "Counted",
    "need.raised": "Short of",
    "need.met": "No longer short",
    "incident.reported": "Danger",
    "inspection.done": "Inspected",
    "visitor.said": "A visitor",
}
"""What happened, before its values."""
TYPES: Mapping[str, str] = {"pledge": "promised help", "kit": "equipment", "consignment": "delivery"}
"""What a thing is called where it has no name."""
_LABELS: Mapping[str, str] = {
    "names": "",
    "name": "",
    "what": "",
    "order": "",
    "mode": "",
    "incident": "",
    "state": "",
    "opening_hours": "",
    "list": "",
    "short_of": "",
    "same_as": "",
    "not_same_as": "",
    "inspection": "",
    "support": "",
    "level": "",
    "cause": "",
    "refused_because": "",
    "reason": "",
    "twin_of": "perhaps the same as",
    "from_place": "at",
    "per": "",
    "amount_minor": "",
    "costs_from": "paid from",
    "costs_until": "paid until",
    "deliver_by": "by",
    "publish": "",
    "band": "",
    "indoor_mc": "inside",
    "outdoor_mc": "outside",
    "lasts_min": "lasts",
    "took_min": "took",
    "opens_when": "opens on",
    "opens_within_min": "within",
    "open_until": "until",
    "back_at": "back at",
    "checked": "looked at",
    "met_by": "by",
    "act": "act no.",
    "declaration": "declaration no.",
    "number": "no.",
    "wants": "wanted:",
    "kind": "",
    "point": "at",
    "area": "in",
    "initiative": "for",
    "pledges": "promised as",
    "pledge": "for",
    "kits": "with",
    "kit": "with",
}
"""What stands before a value; nothing where the value says it alone. All others: the field's name."""
_ALONE: Mapping[str, str] = {
    "band": "how full",
    "indoor_mc": "inside",
    "outdoor_mc": "outside",
    "opening_hours": "hours",
    "place": "place shown to everybody",
    "crowding": "crowding shown to everybody",
}
"""What stands before a value on a line of its own, where the field's name does not say it."""
_VALUES: Mapping[tuple[str, str], str] = {
    ("band", "free"): "plenty of room",
    ("band", "some"): "room",
    ("publish", "name"): "the giver may be named",
    ("publish", "chosen"): "the giver goes by a chosen name",
    ("publish", "nothing"): "the giver is not to be named",
    ("per", "once"): "once",
    ("per", "month"): "a month",
    ("per", "season"): "a season",
    ("state", "not_here"): "not here",
    ("incident", "co"): "CO",
    ("incident", "minor_alone"): "a minor alone",
}
_SAID: Mapping[str, str] = {"border": "the border", "archive": "only remembered", "own_words": "in their own words"}
"""What a yes says."""
_UNSAID = frozenset({"backup", "recovery", "content", "boundary", "plan", "site", "chains", "set_root", "rules"})
"""For programs: they stand in ``--json``."""

Say = Callable[[Field, Any], str]


def phrase(fields: Mapping[str, Field], body: Mapping[str, Any], say: Say = say_value) -> str:
    """The values of a body in words, in the order in which its kind has them; other things they speak of come last.

    Parameters
    ----------
    say : puts one value into words
    """
    said = sorted(
        (name for name in fields if name in body and name not in _UNSAID), key=lambda name: _leads(fields[name])
    )
    return ", ".join(_joined(fields, body, name, say) for name in said if name not in _beside(body))


def _leads(field: Field) -> bool:
    """Whether it leads to another thing."""
    return (field.item or field).type == "id"


def label(field: str) -> str:
    """A field in words, for a line of its own."""
    return _ALONE.get(field) or plain_name(field)


def in_words(field: Field, value: Any, say: Say = say_value) -> str:
    """One value in words."""
    return _VALUES.get((field.name, str(value)), "") or say(field, value)


def _beside(body: Mapping[str, Any]) -> frozenset[str]:
    """Fields that are said together with another one."""
    pairs = (("currency", "amount_minor"), ("per", "amount_minor"), ("count", "what"), ("number", "list"))
    return frozenset(second for second, first in pairs if first in body)


def _joined(fields: Mapping[str, Field], body: Mapping[str, Any], name: str, say: Say) -> str:
    value = body[name]
    if name == "amount_minor":
        per = f" {in_words(fields['per'], body['per'])}" if "per" in body else ""
        return f"{say(fields[name], value)} {body.get('currency', '')}".strip() + per
    if name == "what" and "count" in body:
        return f"{body['count']} x {say(fields[name], value)}"
    if name == "list" and body.get("number"):
        return f"{value}, no. {body['number']}"
    if fields[name].type == "bool":
        return _SAID.get(name, plain_name(name)) if value else f"{plain_name(name)}: no"
    before = _LABELS.get(name, plain_name(name))
    return f"{before} {in_words(fields[name], value, say)}".strip()
