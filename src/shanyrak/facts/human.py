"""What people write for ``FIELD=VALUE``, read by the schemas; and values said as people read them.

    fuel=20 l            fuel_ml: 20000          heat=yes             heat: true
    fuel_ml=20000        fuel_ml: 20000          languages=uk, en     languages: ["uk", "en"]
    lon=30.5234          lon_e7: 305234000       name=Школа 12        names: {"uk": "Школа 12"}
    amount=100 EUR       amount_minor: 10000     names.en=School 12   names: {"en": "School 12"}
                         currency: "EUR"         point=School 12      point: its id

Whatever cannot be read gets one message: what is wrong, what would be right, and an example.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.human_time import EXAMPLES, read_moment_ms, read_time
from shanyrak.facts.human_units import UNITS, read_number, say_number
from shanyrak.facts.rules import Kind
from shanyrak.facts.schema import PATTERNS, Field, value_fault

Resolve = Callable[[str, str], bytes]
"""(what a person wrote, type of thing) -> its id; raises where nothing or more than one thing is meant."""

_YES = frozenset(["yes", "y", "true", "1", "on", "так", "да", "ja", "иә"])
_NO = frozenset(["no", "n", "false", "0", "off", "ні", "нет", "nein", "жоқ"])
_NOT_KNOWN = frozenset(["?", "-", "unknown", "n/a", "невідомо", "неизвестно", "unbekannt", "белгісіз"])
_MONEY = re.compile(r"([0-9][0-9 .,\u00a0\u202f]*?)\s*([A-Za-z]{3}|€|₴|₸|\$|£)?")
_SIGNS = {"€": "EUR", "₴": "UAH", "₸": "KZT", "$": "USD", "£": "GBP"}


@dataclass(frozen=True, slots=True)
class _Reader:
    resolve: Resolve
    now_ms: int
    zone: tzinfo
    lang: str


def read_fields(
    kind: Kind,
    pairs: Sequence[str],
    *,
    resolve: Resolve,
    now_ms: int,
    zone: tzinfo = UTC,
    lang: str = "en",
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Body and sealed part out of ``FIELD=VALUE`` texts; both fit the kind.

    Parameters
    ----------
    resolve : turns a name or the beginning of an id into an id
    now_ms, zone : what "14:30" and "yesterday" are reckoned from
    lang : language of a text by language that names none (``name=...``)

    Raises
    ------
    InvalidInput
        A field or value that cannot be read, or fields that must be said and were not (all of them named).
    """
    reader = _Reader(resolve, now_ms, zone, lang)
    known = {**kind.body, **kind.sealed}
    values: dict[str, Any] = {}
    for pair in pairs:
        _read_pair(kind, known, pair, values, reader)
    missing = [one for one in known.values() if one.required and one.name not in values]
    if missing:
        raise InvalidInput(
            f"{', '.join(one.name for one in missing)} must be said",
            where=kind.name,
            mend="Add for example " + " ".join(_quoted(example(one)) for one in missing),
        )
    if "amount_minor" in values and "currency" not in values:
        raise InvalidInput(
            "the currency of the money must be said", where=f"{kind.name}: amount", mend="Write amount='100 EUR'"
        )
    body = {name: value for name, value in values.items() if name in kind.body}
    sealed = {name: value for name, value in values.items() if name in kind.sealed}
    fault = kind.fault(body) or (kind.sealed_fault(sealed) if sealed else "")
    if fault:
        raise InvalidInput(fault, where=kind.name)
    return body, sealed


def _read_pair(kind: Kind, known: Mapping[str, Field], pair: str, values: dict[str, Any], reader: _Reader) -> None:
    name, equals, text = (part.strip() for part in pair.partition("="))
    if not equals or not name:
        raise InvalidInput(f"{pair!r} is no FIELD=VALUE", where=kind.name, mend=_fields_text(known))
    name, _, lang = name.replace("-", "_").partition(".")
    field = _find(kind, known, name)
    if not text:
        raise InvalidInput("nothing is said", where=f"{kind.name}: {field.name}", mend="Leave out what is not known")
    try:
        if lang and field.type not in ("labels", "texts"):
            raise InvalidInput(f"it has no languages, so .{lang} means nothing")
        raw = name == field.name
        value = _money(field, text, raw, known, values)
        if value is None:
            value = _read(field, text, reader, lang=lang, raw=raw)
    except InvalidInput as fault:
        mend = fault.mend or f"Write for example {EXAMPLES if field.type == 'edtf' else _quoted(example(field))}"
        raise InvalidInput(fault.what, where=f"{kind.name}: {field.name}", mend=mend) from fault
    _put(kind, field, value, values)


def _put(kind: Kind, field: Field, value: Any, values: dict[str, Any]) -> None:
    before = values.get(field.name)
    if before is None:
        values[field.name] = value
    elif type(before) is list:
        before.extend(value)
    elif field.type in ("labels", "texts") and not before.keys() & value.keys():
        before.update(value)
    elif before != value:
        raise InvalidInput("two different values are given", where=f"{kind.name}: {field.name}", mend="Say it once")


def _find(kind: Kind, known: Mapping[str, Field], name: str) -> Field:
    """The field a person means: by its full name, without its unit, or ``name`` for ``names``."""
    found = known.get(name) or next((field for field in known.values() if shown_name(field) == name), None)
    if found is not None:
        return found
    if name == "name" and "names" in known:
        return known["names"]
    words = [shown_name(field) for field in known.values()]
    near = get_close_matches(name, [*words, *known], n=3, cutoff=0.5)
    what = f"it has no field {name!r}" + (f"; near it: {', '.join(dict.fromkeys(near))}" if near else "")
    raise InvalidInput(what, where=kind.name, mend=_fields_text(known))


def _fields_text(known: Mapping[str, Field]) -> str:
    return f"Fields are {', '.join(shown_name(field) for field in known.values())}"


# One value ---------------------------------------------------------------------------------------------
def _read(field: Field, text: str, reader: _Reader, *, lang: str = "", raw: bool = True) -> Any:
    if field.type != "edtf" and text.casefold() in _NOT_KNOWN and text not in field.values:
        raise InvalidInput(f"{text!r} is not said at all", mend="Leave out what is not known")
    if text[0] in "[{" and field.type in ("list", "object"):
        value = _read_json(text)
    else:
        value = _read_plain(field, unicodedata.normalize("NFC", text), reader, lang or reader.lang, raw)
    fault = value_fault(field, value)
    if fault:
        raise InvalidInput(_in_human_units(field, value) or fault)
    return value


def _read_plain(field: Field, text: str, reader: _Reader, lang: str, raw: bool) -> Any:
    match field.type:
        case "int" if field.unit == "ms":
            return int(text) if text.isascii() and text.isdigit() else read_moment_ms(text, reader.now_ms, reader.zone)
        case "int":
            return read_number(text, "" if field.unit == "minor" else field.unit, raw=raw)
        case "bool":
            return _read_bool(text)
        case "enum":
            return _read_choice(field, text)
        case "edtf":
            return read_time(text, reader.now_ms, reader.zone, past=field.name == "happened")
        case "id":
            return reader.resolve(text, field.of).hex()
        case "labels" | "texts":
            return {lang: text}
        case "list":
            return _read_list(field, text, reader)
        case "key" | "hash" | "chain" | "scope":
            return re.sub(r"[\s:]", "", text).lower()
        case "url":
            return quote(text, safe="%/:?#[]@!$&'()*+,;=-._~")
        case "object":
            raise InvalidInput(f"{text!r} is no object", mend=f"Write it as JSON: {example(field)}")
        case _:
            return text


def _read_bool(text: str) -> bool:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise InvalidInput(f"{text!r} is neither yes nor no")


def _read_choice(field: Field, text: str) -> str:
    word = re.sub(r"[\s-]+", "_", text)
    found = {value.casefold(): value for value in field.values}.get(word.casefold())
    if found is not None:
        return found
    near = get_close_matches(word.casefold(), field.values, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise InvalidInput(f"{text!r} is not one of {', '.join(field.values)}{hint}")


def _read_list(field: Field, text: str, reader: _Reader) -> list[Any]:
    assert field.item is not None
    if field.item.type == "object":
        raise InvalidInput(f"{text!r} is no list of objects", mend=f"Write it as JSON: {example(field)}")
    parts = [part.strip() for part in text.split(";" if ";" in text else ",")]
    return [_read(field.item, part, reader) for part in parts if part]


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as fault:
        raise InvalidInput(f"{text!r} is no JSON ({fault})") from fault


def _money(field: Field, text: str, raw: bool, known: Mapping[str, Field], values: dict[str, Any]) -> int | None:
    """Money with its currency ("100 EUR"), which is put into the field beside it; None: not for us to read."""
    if field.unit != "minor" or (raw and text.isdigit()):
        return None
    found = _MONEY.fullmatch(text)
    if found is None:
        raise InvalidInput(f"{text!r} is no amount of money")
    if found[2] is not None:
        word = _SIGNS.get(found[2], found[2].upper())
        currency = _read_choice(known["currency"], word)
        if values.setdefault("currency", currency) != currency:
            raise InvalidInput("two different currencies are given")
    return _hundredths(found[1])


def _hundredths(text: str) -> int:
    digits = re.sub(r"[ \u00a0\u202f]", "", text)
    found = re.fullmatch(r"(\d+)[.,](\d{1,2})", digits)
    if found is not None:
        return int(Decimal(f"{found[1]}.{found[2]}") * 100)
    if digits.isdigit():
        return 100 * int(digits)
    raise InvalidInput(f"{text!r} is no amount of money: write 1250 or 1250.50")


def _in_human_units(field: Field, value: Any) -> str:
    """Too little or too much, said in the units people write."""
    if field.type != "int" or type(value) is not int or not field.unit:
        return ""
    shown = say_value(field, value)
    if value < field.min:
        return f"{shown} is less than {say_value(field, field.min)}"
    return f"{shown} is more than {say_value(field, field.max)}" if value > field.max else ""


# Saying ------------------------------------------------------------------------------------------------
def say_value(field: Field, value: Any) -> str:
    """A value as people read it: "20 l", "18.5 °C", "yes". Ids are shortened to 8 digits."""
    match field.type:
        case "int" if field.unit == "ms":
            return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")
        case "int":
            return say_number(value, field.unit)
        case "bool":
            return "yes" if value else "no"
        case "enum":
            return str(value).replace("_", " ")
        case "labels" | "texts":
            return ", ".join(f"{text} ({lang})" for lang, text in sorted(value.items()))
        case "list":
            assert field.item is not None
            return ", ".join(say_value(field.item, item) for item in value)
        case "object":
            return ", ".join(f"{name} {say_value(field.fields[name], one)}" for name, one in sorted(value.items()))
        case "id" | "key" | "hash" | "chain" | "scope":
            return str(value)[:8]
        case _:
            return str(value)


def shown_name(field: Field) -> str:
    """The name of a field as a person writes it: without its unit, except hours, which stand beside a yes or no."""
    return field.name.removesuffix(f"_{field.unit}") if field.unit not in ("", "h") else field.name


def example(field: Field) -> str:
    """``FIELD=VALUE`` for a field."""
    return f"{shown_name(field)}={_example_value(field)}"


def _example_value(field: Field) -> str:
    match field.type:
        case "int" if field.unit == "minor":
            return "100 EUR"
        case "int" if field.unit == "ms":
            return "2027-04-01"
        case "int":
            if field.name.startswith("lat"):
                return "50.4501"
            return UNITS[field.unit].example if field.unit else str(max(field.min, min(12, field.max)))
        case "bool":
            return "yes"
        case "enum":
            return field.values[0]
        case "edtf":
            return EXAMPLES.split(",")[0] if field.name == "happened" else "2026-11-22"
        case "list":
            assert field.item is not None
            inner = _example_value(field.item)
            return f"[{inner}]" if field.item.type == "object" else inner
        case "object":
            return json.dumps(
                {one.name: 12 if one.type == "int" else _example_value(one) for one in field.fields.values()}
            )
        case "id":
            return "ID" if field.of in ("fact", "any") else f"NAME-OF-{field.of.upper()}"
        case "key" | "hash" | "chain" | "scope":
            return "64 hexadecimal digits"
        case "lang":
            return "uk"
        case "code":
            return "A-17"
        case "url":
            return "https://example.org/page"
        case _:
            return "a few words"


def _quoted(text: str) -> str:
    return f"'{text}'" if " " in text else text


def link_for(kind: Kind, type: str) -> str:
    """The field by which a kind that creates something speaks of a thing of this type; "" where it has none.

    So ``need.raised`` "about" a point means its field ``point``.
    """
    if not kind.creates:
        return ""
    exact = [name for name, of in kind.links if of == type and kind.body[name].type == "id"]
    if len(exact) == 1:
        return exact[0]
    return "about" if "about" in kind.body and PATTERNS.get(kind.body["about"].type) is not None else ""
