"""The reference page of all kinds, written out of the data, so that it can never say anything else than they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shanyrak.facts.human import example, shown_name
from shanyrak.facts.human_units import UNITS
from shanyrak.facts.rules import Kind, Rules, ThingType
from shanyrak.facts.schema import Field

_FAMILIES = ("network", "initiative", "giving", "equipment", "point", "running")
"""In the order in which a network comes to life."""

_MERGED = {
    "last": "last word",
    "none": "",
    "count": "counted",
    "plus": "added",
    "minus": "taken away",
    "add": "summed",
    "source": "by source",
    "recent": "latest 8",
    "union": "all",
}


def kinds_page(rules: Rules) -> str:
    """The text of ``docs/reference/kinds.md``."""
    lines = [
        "# Kinds of entries",
        "",
        "Everything a network lives on is said in one of these. Each is said with `shanyrak say KIND [--about NAME]"
        " FIELD=VALUE ...`; a field that is not said is *not known*. `spec/kinds.md` tells how they become the state of"
        " a thing. This page is made from `spec/kinds/*.json` and `spec/roles.json`.",
        "",
        "*Said about*: the things it speaks of; *begins* names the thing that comes into being where it is said"
        " about nothing. *Public*: everybody may read it at once, except fields marked *held back*; what is not public"
        " is for members of the network. **Bold** fields must be said. *sealed* fields hold words and names: they lie"
        " beside the signed record and can be withdrawn.",
        "",
        "Every kind may also say `happened` (when it was so, if not now), `via` (how the word came) and, sealed,"
        " `said_by` and `note`; kinds *without words* have no sealed part at all.",
        "",
    ]
    lines += ["## Roles", "", "| role | may admit | |", "|---|---|---|"]
    lines += [f"| {role.name} | {', '.join(role.admits)} | {role.help} |" for role in rules.roles.values()]
    for family in dict.fromkeys((*_FAMILIES, *(kind.family for kind in rules.kinds.values()))):
        kinds = [kind for kind in rules.kinds.values() if kind.family == family]
        lines += ["", f"## {family.capitalize()}"]
        for name in dict.fromkeys(name for kind in kinds for name in (kind.creates,) if name):
            lines += _life(rules.things[name])
        for kind in kinds:
            lines += _kind(kind, rules.common)
    return "\n".join(lines) + "\n"


def _life(thing: ThingType) -> Iterator[str]:
    yield from ("", f"**{thing.name}**: {thing.help}")
    if thing.moves:
        yield from ("", f"| entry | leads {_article(thing.name)} {thing.name} from | to |", "|---|---|---|")
        for kind, (before, after) in thing.moves.items():
            listed = ", ".join(state or "nothing yet" for state in ("", *thing.states) if state in before)
            yield f"| {kind} | {listed} | {after} |"


def _kind(kind: Kind, common: frozenset[str]) -> Iterator[str]:
    about = ", ".join(kind.about) or "nothing"
    marks = [
        f"Said about: {about}",
        *([f"begins: {kind.creates}"] if kind.creates else []),
        f"by: {', '.join(kind.by)}",
        "public" if kind.public else "not public",
        *(["without words"] if kind.wordless else []),
    ]
    yield from ("", f"### {kind.name}", "", kind.help, "", "; ".join(marks) + ".")
    own = [*_own(kind.body, common), *_own(kind.sealed, common)]
    if own:
        yield from ("", "| field | what | value | in the state |", "|---|---|---|---|")
    for field in own:
        sealed = field.name in kind.sealed
        notes = (["sealed"] if sealed else []) + (["held back"] if kind.public and not field.public else [])
        name = f"**`{shown_name(field)}`**" if field.required else f"`{shown_name(field)}`"
        shown = field.help + (f" *({', '.join(notes)})*" if notes else "")
        yield f"| {name} | {shown} | {_value(field)} | {_MERGED[field.merge]} |"


def _own(fields: Mapping[str, Field], common: frozenset[str]) -> list[Field]:
    return [field for field in fields.values() if field.name not in common]


def _value(field: Field) -> str:
    match field.type:
        case "enum":
            return " ".join(f"`{value}`" for value in field.values)
        case "bool":
            return "`yes` `no`"
        case "list":
            assert field.item is not None
            return f"list of: {_value(field.item)}"
        case "object":
            return ", ".join(name for name in field.fields)
        case "id":
            return {"any": "a thing", "fact": "an entry"}.get(field.of, f"{_article(field.of)} {field.of}")
        case "label":
            return f"up to {field.max} characters"
        case "labels":
            return "a text in each language"
        case "text" | "texts":
            return "words" if field.type == "text" else "words in each language"
        case "int" if field.unit in UNITS or field.unit == "minor":
            return f"`{example(field).partition('=')[2]}`"
        case "int" if field.unit == "ms":
            return "a point in time"
        case "int":
            return "a count"
        case "edtf":
            return "a date or time"
        case "code":
            return "a code"
        case "lang":
            return "a language"
        case "url":
            return "an address"
        case _:
            return f"a {field.type}"


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"
