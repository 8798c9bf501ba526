"""Writes fold.json: histories of things under the rules of ``spec/kinds``, and the states they come to.

    python spec/vectors/make_fold.py

Unlike the other vectors these are made by the Python fold itself, so that every other language comes to the
very same bytes. Run it again whenever a file in ``spec/kinds`` changed.
"""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.fold import Entry, fold_thing, root_hash
from shanyrak.facts.rules import Kind, Rules, load_rules
from shanyrak.facts.schema import Field
from shanyrak.facts.store import Row

HERE = Path(__file__).resolve().parent
MOST_FACTS = 24
BEGIN_MS = 1_795_338_000_000
TEXTS = ("Школа № 12", "Әуезов мектебі", "School 12", "a", "під’їзд \U0001f525", "<&>\\\"'/")
LANGS = ("uk", "kk", "kk-Latn", "en", "de", "pt-BR")
DATES = ("2026-11-22", "2026-11-22T17:40+02:00", "2026~", "2026-11/..", "unknown", "[2026-11-21,2026-11-22]")
CODES = ("Mo-Su", "A-1", "x", "10:00", "a_b.c")
UNFIT: tuple[Any, ...] = (
    None,
    -1,
    2**53 - 1,
    "",
    " a",
    "a\n",
    [],
    {},
    "2026-02-30",
    "x" * 200,
    True,
    ["a", 1],
    {"uk": ""},
)


def hashed(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def value(field: Field, dice: random.Random) -> Any:
    """A value that fits a field."""
    match field.type:
        case "int":
            return dice.choice([field.min, field.max, dice.randint(field.min, min(field.max, field.min + 100))])
        case "bool":
            return dice.random() < 0.5
        case "enum":
            return dice.choice(field.values)
        case "label":
            return dice.choice(TEXTS)[: field.max].strip()
        case "labels":
            return {lang: dice.choice(TEXTS)[: field.max].strip() for lang in dice.sample(LANGS, dice.randint(1, 3))}
        case "edtf":
            return dice.choice(DATES)
        case "lang":
            return dice.choice(LANGS)
        case "id" | "key" | "hash":
            return hashed(field.type, dice.randint(0, 5))
        case "chain":
            return hashed("chain", dice.randint(0, 5))[:32]
        case "scope":
            return dice.choice(["", hashed("scope", 1)])
        case "url":
            return f"https://example.org/{dice.randint(0, 9)}"
        case "code":
            return dice.choice(CODES)
        case "list":
            assert field.item is not None
            return [value(field.item, dice) for _ in range(dice.randint(0, min(3, field.most)))]
        case "object":
            return body(field.fields, dice)
    raise AssertionError(field.type)


def body(fields: Any, dice: random.Random) -> dict[str, Any]:
    return {name: value(one, dice) for name, one in fields.items() if one.required or dice.random() < 0.6}


def spoilt(kind: Kind, dice: random.Random) -> dict[str, Any]:
    """A body of which it is left to the rules whether it still fits."""
    made = body(kind.body, dice)
    match dice.randint(0, 3):
        case 0:
            made["no_such_field"] = 1
        case 1:
            made = {}
        case _:
            made[dice.choice(sorted(kind.body))] = dice.choice(UNFIT)
    return made


def entry(rules: Rules, type: str, thing: str, number: int, dice: random.Random) -> Entry:
    """One fact about a thing: mostly a kind that may be said of it, now and then anything."""
    first = number == 0
    if first:
        fitting = sorted(name for name, kind in rules.kinds.items() if kind.creates == type)
    else:
        fitting = sorted(name for name, kind in rules.kinds.items() if kind.about == ("any",) or type in kind.about)
    if not fitting or (not first and dice.random() < 0.1):
        fitting = sorted(rules.kinds)
    kind = rules.kinds[dice.choice(fitting)]
    name, v = kind.name, kind.v
    if not first and dice.random() < 0.05:
        name, v = dice.choice([(name, v + 1), ("orchard.planted", 1)])
    made: dict[str, Any] | None = body(kind.body, dice) if dice.random() < 0.85 else spoilt(kind, dice)
    if dice.random() < 0.06:
        made = None
    fact = thing if first else hashed(thing, number)
    origin = bytes.fromhex(hashed("origin", dice.randint(0, 3)))
    ms, counter = BEGIN_MS + 1000 * dice.randint(0, MOST_FACTS // 2), dice.choice([0, 0, 0, 1])
    key = ChainKey(origin, bytes(16), b"")
    row = Row(bytes.fromhex(fact), Fact(b"", b""), key, 0, b"", name, v, bytes.fromhex(thing), ms, counter, ms, counter)
    return Entry(row, made, "said by nobody who may" if dice.random() < 0.06 else "")


def history(rules: Rules, type: str, turn: int) -> tuple[dict[str, Any], bytes, bytes]:
    """A thing: its vector, its id and the hash of its state."""
    dice = random.Random(f"{type} {turn}")
    thing = hashed("thing", type, turn)
    entries = [entry(rules, type, thing, number, dice) for number in range(dice.randint(4, MOST_FACTS))]
    if turn == 2:
        del entries[0]  # the fact that created it is not here
    dice.shuffle(entries)
    state, _ = fold_thing(rules, bytes.fromhex(thing), entries)
    row = state.to_row()
    told = [
        {
            "id": one.row.id.hex(),
            "origin": one.row.key.origin.hex(),
            "kind": one.row.kind,
            "v": one.row.v,
            "ms": one.row.eff_ms,
            "counter": one.row.eff_counter,
            "body": one.body,
            "waits": bool(one.waits),
        }
        for one in entries
    ]
    vector = {
        "name": f"{type} {turn}",
        "thing": thing,
        "facts": told,
        "state": row.state.decode(),
        "hash": row.hash.hex(),
    }
    return vector, row.id, row.hash


def fold() -> bytes:
    """The bytes of fold.json."""
    rules = load_rules(HERE.parent)
    made = [history(rules, type, turn) for type in sorted(rules.things) for turn in range(3)]
    whole = {
        "about": "Facts about a thing in any order (ms and counter: effective time; waits: its signer may not say it), "
        "and the canonical state they come to. ledger: state hash over all of them. See kinds.md",
        "rules_version": rules.version.hex(),
        "things": [vector for vector, _, _ in made],
        "ledger": root_hash(rules.version, sorted((thing, state) for _, thing, state in made)).hex(),
    }
    return (json.dumps(whole, indent=1, sort_keys=True) + "\n").encode("ascii")


if __name__ == "__main__":
    (HERE / "fold.json").write_bytes(fold())
