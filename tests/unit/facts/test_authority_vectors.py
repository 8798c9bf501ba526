"""The vectors in ``spec/vectors/authority.json``: written by a second program from the page, read here by the first."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shanyrak.core.spec import spec_folder
from shanyrak.facts.authority import Authority, AuthorityFact
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.order import Order
from shanyrak.facts.store import Receipt

ALL = json.loads((spec_folder() / "vectors" / "authority.json").read_text(encoding="ascii"))
unhex = bytes.fromhex


def _fact(one: dict[str, Any]) -> AuthorityFact:
    origin, name = unhex(one["origin"]), unhex(one["id"])
    return AuthorityFact(name, one["kind"], origin, Order(*one["at"], origin, name), unhex(one["scope"]), one["body"])


def _receipt(one: dict[str, Any]) -> Receipt:
    key = ChainKey(bytes(32), bytes(16), unhex(one["scope"]))
    return Receipt(unhex(one["note"]), unhex(one["witness"]), key, 0, 0, bytes(32), one["time_ms"], "headquarters")


@pytest.mark.parametrize("network", [pytest.param(one, id=one["name"]) for one in ALL["networks"]])
def test_who_holds_what(network: dict[str, Any]) -> None:
    seen: dict[bytes, list[Receipt]] = {}
    for one in network["receipts"]:
        seen.setdefault(unhex(one["fact"]), []).append(_receipt(one))
    around = {unhex(scope): [unhex(one) for one in path] for scope, path in ALL["around"].items()}
    facts = [_fact(one) for one in network["facts"]]
    authority = Authority.of(
        unhex(ALL["net"]), facts, lambda fact: seen.get(fact, []), ALL["admits"], around.__getitem__
    )
    held = {key: authority.roles_of(unhex(key)) for key in sorted({one["key"] for one in network["holds"]})}
    computed = [
        {
            "key": key,
            "role": one.role,
            "scope": one.scope.hex(),
            "until_ms": one.until_ms,
            "fact": one.fact.hex(),
            "ended_ms": one.revoked_ms,
        }
        for key, found in held.items()
        for one in found
    ]
    order = ("key", "role", "scope", "fact", "until_ms")
    assert sorted(computed, key=lambda one: [str(one[name]) for name in order]) == sorted(
        network["holds"], key=lambda one: [str(one[name]) for name in order]
    )
    everybody = {fact.origin.hex() for fact in facts} | {
        key for f in facts for key in f.body.values() if type(key) is str
    }
    strangers = [key for key in everybody if len(key) == 64 and key not in held]
    assert all(authority.roles_of(unhex(key)) == [] for key in strangers)
