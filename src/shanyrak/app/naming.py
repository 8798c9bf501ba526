"""From what a person types to the thing they mean: a name, or the beginning of an id."""

from __future__ import annotations

from collections.abc import Sequence

from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.facts.ledger import Ledger, Thing

SHORTEST_ID = 8
"""Hex digits of an id that are shown to people."""


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
    found = [thing for one in ledger.find(text) if (thing := ledger.thing(one)) is not None]
    fitting = [thing for thing in found if not types or thing.type in types or not thing.type]
    if len(fitting) == 1:
        return fitting[0].id
    if not fitting:
        wanted = f"a {' or '.join(types)}" if types else "anything"
        other = f" ({found[0].type} {name_of(found[0])!r} is)" if found else ""
        raise NotFound(
            f"{text!r} is not the name or the id of {wanted} here{other}",
            mend="shanyrak point list shows the points; an id needs its first 4 digits at least",
        )
    raise InvalidInput(
        f"{text!r} can mean {len(fitting)} things: {'; '.join(sorted(describe(thing) for thing in fitting))}",
        mend="Give the id of the one you mean",
    )


def get_thing(ledger: Ledger, text: str, *, types: Sequence[str] = ()) -> Thing:
    """The thing a name or id means, as it stands (see ``find_thing``)."""
    thing = ledger.thing(find_thing(ledger, text, types=types))
    assert thing is not None
    return thing


def describe(thing: Thing) -> str:
    """A thing in one phrase: type, name and the beginning of its id."""
    name = name_of(thing)
    return f"{thing.type} {name} ({short(thing.id)})" if name != short(thing.id) else f"{thing.type} {name}"


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
