"""Points as they stand by all that is known here, for the terminal, the desk and lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from shanyrak.app.naming import name_of
from shanyrak.app.phrases import in_words, label
from shanyrak.app.speaking import said_by
from shanyrak.app.story import when
from shanyrak.app.story_lines import value_of
from shanyrak.app.wording import moment, one_line
from shanyrak.core.errors import InvalidInput
from shanyrak.facts.ledger import Ledger, Thing
from shanyrak.facts.said import happened_of, via_of
from shanyrak.watch.remembered import UNKNOWN, is_archive, state_of


class Word(NamedTuple):
    """Who said a value, and when it was so."""

    happened: str
    said_by: str
    via: str
    fact: str


def word(ledger: Ledger, fact: str) -> Word:
    """The word a value stands on."""
    fact_id = bytes.fromhex(fact)
    row = ledger.store.get([fact_id])[fact_id]
    return Word(happened_of(row), said_by(ledger, row), via_of(row), fact)


def checked_state(ledger: Ledger, state: str) -> str:
    """A state that points can be in, as typed; InvalidInput names those there are."""
    states = (*ledger.rules.things["point"].states, UNKNOWN)
    if state and state not in states:
        raise InvalidInput(f"{state!r} is no state of a point", where="--state", mend=f"Use {', '.join(states)}")
    return state


def points(ledger: Ledger, *, archive: bool = False) -> Iterator[Thing]:
    """Points; those of archive initiatives only where asked for."""
    for point in ledger.things("point"):
        if archive or not is_archive(ledger, point):
            yield point


def point_rows(ledger: Ledger, *, archive: bool = False, language: str = "") -> list[dict[str, Any]]:
    """All points in rows, by name; remembered ones last."""
    rows = [point_row(ledger, point, language) for point in points(ledger, archive=archive)]
    return sorted(rows, key=lambda row: (row["archive"], row["name"], row["id"]))


def point_row(ledger: Ledger, point: Thing, language: str = "") -> dict[str, Any]:
    """A point in one row: ``state`` is ``unknown`` where nobody said."""
    state = point.state.get("state")
    last = word(ledger, state[1]) if state else None
    return {
        "id": point.id.hex(),
        "name": name_of(point, language),
        "state": state_of(ledger, point),
        "since": last.happened if last else None,
        "said_by": last.said_by if last else None,
        "via": last.via if last else None,
        "address": point.get("address"),
        "visitors_since": _visitors_since(ledger, point),
        "twin_of": twin_of(point),
        "conflicts": len(point.state.get("conflicts", ())),
        "waits": len(point.state.get("waits", ())),
        "archive": is_archive(ledger, point),
    }


def point_whole(ledger: Ledger, point: Thing, language: str = "") -> dict[str, Any]:
    """Everything known of a point: each value with the word it stands on; absent is unknown."""
    values = {
        name: {"value": value, **word(ledger, fact)._asdict()}
        for name, (value, fact) in sorted(point.state.get("fields", {}).items())
    }
    stock = {name: stock_value(entry) for name, entry in sorted(point.state.get("sums", {}).items())}
    return {
        **point_row(ledger, point, language),
        "lines": _lines(ledger, point),
        "fields": values,
        "stock": stock,
        "totals": point.state.get("totals", {}),
        "visitors_said": [value for value, _ in point.state.get("recent", {}).get("state", [])],
        "lists": list_numbers(ledger, point.id),
        "texts": texts_of(ledger, point.id),
        "newer_than_this_program": len(point.state.get("newer", ())),
    }


def stock_value(entry: dict[str, Any]) -> int | None:
    """What is there: the last count and what came and went since; unknown where nobody counted."""
    return None if entry["base"] is None else entry["base"] + entry["plus"]


def texts_of(ledger: Ledger, thing: bytes) -> dict[str, Any]:
    """The latest free text of each sealed field, as far as it was not withheld. No fold rule reads these."""
    return {name: text for name, (text, _) in _texts(ledger, thing).items()}


def _texts(ledger: Ledger, thing: bytes) -> dict[str, tuple[Any, str]]:
    """The latest free texts, each with the fact that has it. Whose word something was is no text of the thing."""
    found: dict[str, tuple[Any, str]] = {}
    rows = ledger.store.of_thing(thing)
    marks = ledger.store.marks_of(row.id for row in rows)
    for row in rows:
        if row.id not in marks:
            texts = row.fact.sealed_value() or {}
            found |= {name: (text, row.id.hex()) for name, text in texts.items() if name != "said_by"}
    return found


def list_numbers(ledger: Ledger, point: bytes) -> dict[str, str]:
    """On which lists a point is, and its number on each (empty where it has none)."""
    rows = [row for row in ledger.store.of_thing(point) if row.kind in ("list.entered", "list.left")]
    marks = ledger.store.marks_of(row.id for row in rows)
    found: dict[str, str] = {}
    for row in rows:
        body = row.fact.body_value()
        if body is None or row.id in marks:
            continue
        if row.kind == "list.entered":
            found[body["list"]] = body.get("number", "")
        else:
            found.pop(body["list"], None)
    return found


def twin_of(point: Thing) -> str | None:
    """The point this may be a second entry of, until a person says ``same.as`` or ``not.same.as``."""
    sets = point.state.get("sets", {})
    settled = {*sets.get("same_as", ()), *sets.get("not_same_as", ())}
    doubtful = point.get("twin_of")
    return doubtful if doubtful and doubtful not in settled else None


def _visitors_since(ledger: Ledger, point: Thing) -> list[str]:
    """What visitors said after the last word of those on duty: both stand there."""
    said = point.state.get("recent", {}).get("state", [])
    rows = ledger.store.get(bytes.fromhex(fact) for _, fact in said)
    state = point.state.get("state")
    last = ledger.store.get([key := bytes.fromhex(state[1])])[key].order if state else None
    return [value for value, fact in said if last is None or rows[bytes.fromhex(fact)].order > last]


def _lines(ledger: Ledger, point: Thing) -> list[str]:
    """What is known, under the word it stands on: when it was so and who said it, the newest word first."""
    said: dict[str, list[str]] = {}
    for name, (value, fact) in point.state.get("fields", {}).items():
        if name not in ("names", "name") or len(point.get("names") or {}) > 1:
            said.setdefault(fact, []).append(f"{label(name)}: {_value(ledger, fact, name, value)}")
    for name, entry in point.state.get("sums", {}).items():
        there = stock_value(entry)
        if there is not None:
            since = "" if not entry["plus"] else f" ({_value(ledger, entry['fact'], name, entry['base'])} counted)"
            amount = _value(ledger, entry["fact"], name, there)
            said.setdefault(entry["fact"], []).append(f"{label(name)}: {amount}{since}")
    for value, fact in point.state.get("recent", {}).get("state", []):
        said.setdefault(fact, []).append(f"a visitor said: {value.replace('_', ' ')}")
    for name, (text, fact) in _texts(ledger, point.id).items():
        words = text if isinstance(text, str) else "; ".join(str(one) for one in text.values())
        said.setdefault(fact, []).append(f"{label(name)}: {one_line(words)}")
    rows = ledger.store.get(bytes.fromhex(fact) for fact in said)
    lines = []
    for row in sorted(rows.values(), key=when, reverse=True):
        lines.append(f"{moment(happened_of(row))}, {said_by(ledger, row)}:")
        lines += [f"  {line}" for line in sorted(said[row.id.hex()])]
    never = [label(name) for name, entry in point.state.get("sums", {}).items() if stock_value(entry) is None]
    lines += [f"never counted: {', '.join(sorted(never))}"] if never else []
    lines += [
        f"on the list {name}" + (f", no. {number}" if number else "")
        for name, number in sorted(list_numbers(ledger, point.id).items())
    ]
    lines += [f"{label(name)} in all: {total}" for name, total in sorted(point.state.get("totals", {}).items())]
    return lines


def _value(ledger: Ledger, fact: str, name: str, value: Any) -> str:
    """A value in human units, by the kind that said it; a linked thing by its name."""
    row = ledger.store.get([bytes.fromhex(fact)])[bytes.fromhex(fact)]
    kind = ledger.rules.kind(row.kind, row.v)
    assert kind is not None
    return in_words(kind.body[name], value, lambda field, one: value_of(ledger, field, one))
