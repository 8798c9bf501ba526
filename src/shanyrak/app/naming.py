"""From what a person types to the thing they mean: a name, or the beginning of an id."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.facts.ledger import Ledger, Thing

SHORTEST_ID = 8
"""Hex digits of an id that are shown to people."""
_APOSTROPHES = "'\u2019\u02bc`\u2018\u00b4"
"""Ukrainian names have one; which of these a keyboard or a spreadsheet writes is chance."""


def find_thing(ledger: Ledger, text: str, *, types: Sequence[str] = ()) -> bytes:
    """The one thing a name or the beginning of an id can mean.

    Parameters
    ----------
    types : only things of these types; any type where empty

    Raises
    ------
    NotFound
        Nothing is called so.
    InvalidInput
        More than one thing is called so; the message lists the choices.
    """
    if text.lower() in ("network", ledger.net.hex()) and (not types or "network" in types):
        return ledger.net
    ids = dict.fromkeys(one for spelling in _spellings(text) for one in ledger.find(spelling))
    found = [thing for one in ids if (thing := ledger.thing(one)) is not None]
    fitting = [thing for thing in found if not types or thing.type in types or not thing.type]
    if len(fitting) == 1:
        return fitting[0].id
    if not fitting:
        wanted = f"{_article(types[0])} {' or '.join(types)}" if types else "anything"
        other = f" ({found[0].type} {name_of(found[0])!r} is)" if found else ""
        raise NotFound(f"{text!r} is not the name or the id of {wanted} here{other}", mend=_hint(ledger, text, types))
    raise InvalidInput(
        f"{text!r} can mean {len(fitting)} things: {'; '.join(sorted(describe(thing) for thing in fitting))}",
        mend="Give the id of the one you mean",
    )


def _spellings(text: str) -> list[str]:
    """A name as typed, and with each other apostrophe."""
    plain = text.translate({ord(one): "'" for one in _APOSTROPHES})
    return list(dict.fromkeys([text, *(plain.replace("'", one) for one in _APOSTROPHES)] if "'" in plain else [text]))


def _hint(ledger: Ledger, text: str, types: Sequence[str]) -> str:
    """Names that look like it; else where names are shown."""
    names: dict[str, str] = {}
    for thing in (one for type in types or (None,) for one in ledger.things(type)):
        for name in {name_of(thing), *(thing.get("names") or {}).values()} - {short(thing.id)}:
            names.setdefault(name.casefold(), name)
    wanted = text.casefold()
    near = get_close_matches(wanted, names, n=3, cutoff=0.6)
    near += [name for name in names if len(wanted) >= 3 and wanted in name and name not in near][: 3 - len(near)]
    if near:
        return f"Did you mean {' or '.join(names[one] for one in near)}?"
    if not types or "point" in types:
        return "shanyrak point list shows the points; an id needs its first 4 digits at least"
    return f"Give its name, or the id that was printed when the {types[0]} was first said"


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def get_thing(ledger: Ledger, text: str, *, types: Sequence[str] = ()) -> Thing:
    """The thing a name or id means, as it stands (see ``find_thing``)."""
    thing = ledger.thing(find_thing(ledger, text, types=types))
    assert thing is not None
    return thing


def describe(thing: Thing) -> str:
    """A thing in one phrase: type, name, the beginning of its id, and what tells it from others of that name."""
    name = name_of(thing)
    marks = [short(thing.id)] if name != short(thing.id) else []
    marks += [str(thing.get(field)).replace("_", " ") for field in ("kind", "address") if thing.get(field)]
    return f"{thing.type} {name} ({', '.join(marks)})" if marks else f"{thing.type} {name}"


def name_of(thing: Thing, language: str = "") -> str:
    """What a thing is called: the name given to it, else its name in the language, else any, else its id."""
    given = thing.get("name")
    names = thing.get("names") or {}
    if language and language in names:
        return str(names[language])
    return str(given or names.get("en") or names.get("uk") or next(iter(sorted(names.values())), "") or short(thing.id))


def short(fact: bytes) -> str:
    """The beginning of an id, as people see it."""
    return fact.hex()[:SHORTEST_ID]
