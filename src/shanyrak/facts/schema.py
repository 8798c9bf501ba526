"""What a body may hold: fields with a type, and whether a value fits them.

Two ways lead to the same answer. ``checker`` compiles the fields of a kind once and then takes about a
microsecond for a body; ``object_fault`` walks over them plainly and says in words what does not fit. The
plain one is the meaning (``spec/kinds.md``), the compiled one only asks it where something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from shanyrak.facts.canonical import MAX_INTEGER
from shanyrak.facts.happened import fault as edtf_fault

MERGES = ("last", "none", "count", "plus", "minus", "add", "source", "recent", "union")
SUMMED = ("count", "plus", "minus", "add")
"""Merges that reckon: of whole numbers only."""

LABEL_MAX = 120
LABELS_MOST = 40
"""Languages of one name at most."""

# One line, no control characters, nothing but the text itself: what may lie in a signed body.
_NOT = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"  # controls, and what turns the direction of writing
_LABEL = re.compile(rf"[^ \xa0{_NOT}]([^{_NOT}]*[^ \xa0{_NOT}])?\Z")
_TEXT = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+\Z")
PATTERNS: dict[str, re.Pattern[str]] = {
    "code": re.compile(r"[A-Za-z0-9_.:+-]{1,80}\Z"),
    "lang": re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?\Z"),
    "id": re.compile(r"[0-9a-f]{64}\Z"),
    "key": re.compile(r"[0-9a-f]{64}\Z"),
    "hash": re.compile(r"[0-9a-f]{64}\Z"),
    "chain": re.compile(r"[0-9a-f]{32}\Z"),
    "scope": re.compile(r"([0-9a-f]{64})?\Z"),
    "url": re.compile(r"https?://[!-~]{1,1000}\Z"),
}
"""Types that are text of one form; ``spec/kinds.md`` gives the same expressions."""

_MEANT: dict[str, str] = {
    "code": "a short code of letters, digits and _ . : + -",
    "lang": "a language, such as uk, en or kk-Latn",
    "id": "an id of 64 hexadecimal digits",
    "key": "a public key of 64 hexadecimal digits",
    "hash": "a SHA-256 of 64 hexadecimal digits",
    "chain": "a chain of 32 hexadecimal digits",
    "scope": "a scope of 64 hexadecimal digits, or nothing",
    "url": "an address that begins with http:// or https:// and holds no blanks",
}

TYPES = ("int", "bool", "enum", "label", "edtf", "labels", "list", "object", "text", "texts", *PATTERNS)
SEALED_ONLY = ("text", "texts")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body or sealed part.

    ``min`` and ``max`` bound a number, ``max`` also the characters (code points) of a label or text;
    ``values`` are those of an enum, ``of`` the thing type an id names ("any" thing, or a "fact"), ``item``
    and ``most`` describe a list, ``fields`` an object. ``unit`` is the last part of the name, "" for a
    count. ``public``: everybody may read it at once.
    """

    name: str
    type: str
    required: bool = False
    merge: str = "last"
    unit: str = ""
    min: int = 0
    max: int = 0
    values: tuple[str, ...] = ()
    of: str = ""
    item: Field | None = None
    most: int = 0
    fields: Mapping[str, Field] = field(default_factory=dict)
    public: bool = False
    help: str = ""


def object_fault(fields: Mapping[str, Field], value: Any) -> str:
    """Why an object does not fit its fields, in words; empty where it fits."""
    if type(value) is not dict:
        return "an object is needed"
    for name, item in value.items():
        known = fields.get(name)
        if known is None:
            near = get_close_matches(str(name), fields, n=1)
            return f"{name} is no field of it" + (f" ({near[0]} is)" if near else "")
        fault = value_fault(known, item)
        if fault:
            return f"{name}: {fault}"
    missing = [name for name, known in fields.items() if known.required and name not in value]
    return f"{', '.join(missing)} must be said" if missing else ""


def value_fault(known: Field, value: Any) -> str:
    """Why a value does not fit its field, in words; empty where it fits."""
    return _FAULTS.get(known.type, _pattern_fault)(known, value)


def _int_fault(known: Field, value: Any) -> str:
    if type(value) is not int:
        return "a whole number is needed"
    if value < known.min:
        return f"{value} is less than {known.min}"
    return f"{value} is more than {known.max}" if value > known.max else ""


def _bool_fault(known: Field, value: Any) -> str:
    return "" if type(value) is bool else "true or false is needed"


def _enum_fault(known: Field, value: Any) -> str:
    return "" if type(value) is str and value in known.values else f"one of {', '.join(known.values)} is needed"


def _label_fault(known: Field, value: Any) -> str:
    if type(value) is not str or not _LABEL.match(value):
        return "a text of one line is needed, without blanks at its ends"
    return f"{len(value)} characters; at most {known.max} are allowed" if len(value) > known.max else ""


def _text_fault(known: Field, value: Any) -> str:
    if type(value) is not str or not _TEXT.match(value):
        return "a text is needed"
    return f"{len(value)} characters; at most {known.max} are allowed" if len(value) > known.max else ""


def _edtf_fault(known: Field, value: Any) -> str:
    return edtf_fault(value) if type(value) is str else "a date or time is needed"


def _pattern_fault(known: Field, value: Any) -> str:
    return "" if type(value) is str and PATTERNS[known.type].match(value) else f"{_MEANT[known.type]} is needed"


def _by_language_fault(known: Field, value: Any) -> str:
    if type(value) is not dict or not 1 <= len(value) <= LABELS_MOST:
        return f"an object of 1 to {LABELS_MOST} languages and their texts is needed"
    check = _label_fault if known.type == "labels" else _text_fault
    for lang, text in value.items():
        if not PATTERNS["lang"].match(lang):
            return f"{lang!r} is not {_MEANT['lang']}"
        fault = check(known, text)
        if fault:
            return f"{lang}: {fault}"
    return ""


def _list_fault(known: Field, value: Any) -> str:
    assert known.item is not None
    if type(value) is not list:
        return "a list is needed"
    if len(value) > known.most:
        return f"{len(value)} entries; at most {known.most} are allowed"
    for index, item in enumerate(value):
        fault = value_fault(known.item, item)
        if fault:
            return f"[{index}] {fault}"
    return ""


def _object_value_fault(known: Field, value: Any) -> str:
    return object_fault(known.fields, value)


_FAULTS: dict[str, Callable[[Field, Any], str]] = {
    "int": _int_fault,
    "bool": _bool_fault,
    "enum": _enum_fault,
    "label": _label_fault,
    "text": _text_fault,
    "edtf": _edtf_fault,
    "labels": _by_language_fault,
    "texts": _by_language_fault,
    "list": _list_fault,
    "object": _object_value_fault,
}


# One day or minute, no later than the 28th: most dates are like this, and nothing more needs to be looked at.
_SURE = re.compile(
    r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9]))?\Z"
)


# The same, compiled ------------------------------------------------------------------------------------
def checker(name: str, fields: Mapping[str, Field]) -> Callable[[Any], str]:
    """A fast ``object_fault`` for these fields: it asks the plain one only where something is wrong."""
    shape = _struct(name, fields)
    dates = tuple(one.name for one in fields.values() if one.type == "edtf")
    deep = any(_dates_within(one) for one in fields.values())
    convert = msgspec.convert

    def fault(value: Any) -> str:
        try:
            convert(value, shape)
        except (msgspec.ValidationError, TypeError):
            return object_fault(fields, value) or "it does not fit"
        for date in dates:
            if date in value and not _SURE.match(value[date]) and edtf_fault(value[date]):
                return object_fault(fields, value)
        return object_fault(fields, value) if deep else ""

    return fault


def _dates_within(known: Field) -> bool:
    """Whether a date lies deeper than in the field itself."""
    within = [*known.fields.values(), *([known.item] if known.item else [])]
    return any(one.type == "edtf" or _dates_within(one) for one in within)


def _struct(name: str, fields: Mapping[str, Field]) -> Any:
    members: list[Any] = []
    for number, one in enumerate(sorted(fields.values(), key=lambda one: not one.required)):
        kind = _compiled(one)
        place = f"m{number}"  # a field may be called "from"; a member of a Python class may not
        members.append((place, kind) if one.required else (place, kind | msgspec.UnsetType, msgspec.UNSET))
    names = {f"m{n}": one.name for n, one in enumerate(sorted(fields.values(), key=lambda one: not one.required))}
    return msgspec.defstruct(name.replace(".", "_"), members, rename=names, forbid_unknown_fields=True, gc=False)


def _compiled(known: Field) -> Any:
    """The msgspec type of a field; dates are text here and looked at afterwards."""
    if known.type == "int":
        return Annotated[int, Meta(ge=known.min, le=known.max)]
    if known.type == "bool":
        return bool
    if known.type == "enum":
        return Literal[known.values]
    if known.type == "edtf":
        return str
    if known.type in ("label", "labels", "text", "texts"):
        form = _LABEL if known.type in ("label", "labels") else _TEXT
        text = Annotated[str, Meta(pattern=f"^{form.pattern}", max_length=known.max)]
        if known.type in ("label", "text"):
            return text
        lang = Annotated[str, Meta(pattern=f"^{PATTERNS['lang'].pattern}")]
        return Annotated[dict[lang, text], Meta(min_length=1, max_length=LABELS_MOST)]
    if known.type == "list":
        assert known.item is not None
        return Annotated[list[_compiled(known.item)], Meta(max_length=known.most)]  # type: ignore[misc]
    if known.type == "object":
        return _struct(known.name, known.fields)
    return Annotated[str, Meta(pattern=f"^{PATTERNS[known.type].pattern}")]


def integer_bounds(low: int | None, high: int | None) -> tuple[int, int]:
    """Bounds of a number, with those of every record where none are given."""
    return (-MAX_INTEGER if low is None else low, MAX_INTEGER if high is None else high)
