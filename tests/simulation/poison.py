"""Records made by hand that no honest program would make: some are refused at the door, some are held and marked."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec

from shanyrak.facts.fact import FORMAT, Fact, Header, make_part, signed_bytes, write_header
from shanyrak.facts.signing import Signer

REFUSED = (
    "bad signature",
    "not canonical",
    "body too large",
    "body of another",
    "other network",
    "unknown field",
    "seq without prev",
    "signature cut",
)
"""What the door refuses."""
HELD = (
    "unfit body",
    "seq far ahead",
    "about nothing",
    "scope of nothing",
    "far future",
    "prev of another chain",
    "false receipt",
    "body kept back",
)
"""What is validly signed, and therefore held."""


class Forger:
    """Signs what it likes with a key of its own."""

    def __init__(self, draw: Random, signer: Signer, net: bytes) -> None:
        self._draw = draw
        self._signer = signer
        self._net = net

    def fact(
        self,
        kind: str,
        body: dict[str, Any],
        *,
        at_ms: int,
        about: bytes = b"",
        scope: bytes | None = None,
        v: int = 1,
        seq: int = 0,
        prev: bytes = b"",
        net: bytes | None = None,
        chain: bytes | None = None,
    ) -> Fact:
        """A fact, validly signed."""
        salt = self._draw.randbytes(16)
        data, body_hash = make_part(body, salt)
        header = Header(
            about=about.hex(),
            at=(at_ms, 0),
            body_hash=body_hash.hex(),
            chain=(chain or self._draw.randbytes(16)).hex(),
            f=FORMAT,
            kind=kind,
            net=(self._net if net is None else net).hex(),
            origin=self._signer.public.hex(),
            prev=prev.hex(),
            scope=(self._net if scope is None else scope).hex(),
            sealed_hash="",
            seq=seq,
            v=v,
        )
        return self._signed(write_header(header), salt, data)

    def _signed(self, raw: bytes, salt: bytes, data: bytes) -> Fact:
        return Fact(raw, self._signer.sign(signed_bytes(raw)), salt, data)

    def poison(self, sort: str, *, at_ms: int, about: bytes, scope: bytes, other: Fact) -> Fact:
        """One record of a sort named at the top of this file. ``other`` is an honest fact."""
        good = self.fact("stock.used", {"fuel_ml": 7}, at_ms=at_ms, about=about, scope=scope)
        draw, raw = self._draw, good.raw
        assert good.salt is not None and good.body is not None
        match sort:
            case "bad signature":
                k = draw.randrange(64)
                sig = good.sig[:k] + bytes([good.sig[k] ^ 1 << draw.randrange(8)]) + good.sig[k + 1 :]
                return msgspec.structs.replace(good, sig=sig)
            case "not canonical":
                return self._signed(raw.replace(b'","', b'", "', 1), good.salt, good.body)
            case "body too large":
                body = {"note": "x" * 20_000}
                return self.fact("stock.used", body, at_ms=at_ms, about=about, scope=scope)
            case "body of another":
                return msgspec.structs.replace(good, salt=draw.randbytes(16))
            case "other network":
                return self.fact("stock.used", {"fuel_ml": 7}, at_ms=at_ms, about=about, net=draw.randbytes(32))
            case "unknown field":
                return self._signed(raw.replace(b'"f":1', b'"f":1,"g":1'), good.salt, good.body)
            case "seq without prev":
                return self._signed(raw.replace(b'"seq":0', b'"seq":4'), good.salt, good.body)
            case "signature cut":
                return msgspec.structs.replace(good, sig=good.sig[:63])
            case "unfit body":
                odd = {"fuel_ml": "seven litres", "nonsense": [1, {"deep": None}]}
                return self.fact("stock.used", odd, at_ms=at_ms, about=about, scope=scope)
            case "seq far ahead":
                far = draw.choice((5, 2**40, 2**53 - 1))
                return self.fact(
                    "need.met", {}, at_ms=at_ms, about=about, scope=scope, seq=far, prev=draw.randbytes(32)
                )
            case "about nothing":
                return self.fact("stock.used", {"fuel_ml": 7}, at_ms=at_ms, about=draw.randbytes(32), scope=scope)
            case "scope of nothing":
                return self.fact("stock.used", {"fuel_ml": 7}, at_ms=at_ms, about=about, scope=draw.randbytes(32))
            case "far future":
                return self.fact("pledge.made", {"what": "money"}, at_ms=2**53 - 1, scope=scope)
            case "prev of another chain":
                return self.fact("pledge.made", {"what": "wood"}, at_ms=at_ms, scope=scope, seq=1, prev=other.id)
            case "false receipt":
                of = other.header()
                line = {"origin": of.origin, "chain": of.chain, "scope": of.scope, "first": 0, "last": 9}
                lie = {"level": "safe", "time_ms": 0, "chains": [{**line, "head": other.id.hex()}]}
                return self.fact("receipt.noted", lie, at_ms=at_ms, about=self._net, scope=bytes.fromhex(of.scope))
            case "body kept back":
                return msgspec.structs.replace(good, salt=None, body=None)
        raise AssertionError(sort)
