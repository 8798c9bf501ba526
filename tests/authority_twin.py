"""The rule of ``spec/authority.md`` as ``spec/vectors/make_authority.py`` has it: a second program to compare with."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shanyrak.core.spec import spec_folder
from shanyrak.facts.authority import AuthorityFact
from shanyrak.facts.store import Receipt


def _load() -> Any:
    path = spec_folder() / "vectors" / "make_authority.py"
    spec = importlib.util.spec_from_file_location("make_authority", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_authority"] = module
    spec.loader.exec_module(module)
    return module


_RULE = _load()


def holdings(
    net: bytes,
    facts: Iterable[AuthorityFact],
    receipts: Mapping[bytes, list[Receipt]],
    admits: Mapping[str, tuple[str, ...]],
    within: Callable[[bytes], tuple[bytes, ...]],
) -> set[tuple[bytes, str, bytes, int | None, bytes, int | None]]:
    """(key, role, scope, until_ms, fact, ended_ms) of all that counts."""
    plain = [
        _RULE.Fact(f.id.hex(), f.kind, f.origin.hex(), f.order.ms, f.order.counter, f.scope.hex(), f.body)
        for f in facts
    ]
    seen = {
        fact.hex(): [_RULE.Seen(one.witness.hex(), one.key.scope.hex(), one.time_ms, one.fact.hex()) for one in found]
        for fact, found in receipts.items()
    }

    def around(scope: str) -> tuple[str, ...]:
        return tuple(one.hex() for one in within(bytes.fromhex(scope)))

    counts, ended = _RULE.Twin(net.hex(), plain, seen, admits, around).run()
    return {
        (bytes.fromhex(g.key), g.role, bytes.fromhex(g.scope), g.until, bytes.fromhex(g.fact), ended.get(g))
        for g in counts
    }
