"""A fact: small, immutable, signed. Its form is fixed for good in ``spec/facts.md``.

A fact *is* the SHA-256 of its canonical header. The header is signed; the body and the sealed part lie
beside it, each bound by a hash over 16 random bytes and the canonical bytes, so that either can be
withheld while header, chain and signature still verify.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.canonical import MAX_INTEGER, canonical, parse_canonical

FORMAT = 1
SIGNED_PREFIX = b"shanyrak/fact/1\n"
SIGN_IN_PREFIX = b"shanyrak/sign-in/1\n"
FOUNDING = "network.founded"
"""The one kind whose facts name no network: they found it."""
SALT_BYTES = 16
MAX_HEADER_BYTES = 2_048
MAX_BODY_BYTES = 16_384
MAX_SEALED_BYTES = 65_536
MAX_COUNTER = 65_535

# \Z, because in Python $ also matches before a last line feed.
Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
MaybeHex32 = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
Hex16 = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Counter = Annotated[int, Meta(ge=0, le=MAX_COUNTER)]
Kind = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)+\Z", max_length=64)]


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What is signed. Hashes, ids and keys are lower-case hex; empty text where there is none.

    Decoded by itself, numbers and lengths are seen to and letters are not: ``read_header`` does that.
    """

    about: Annotated[str, Meta(max_length=64)]
    at: tuple[Count, Counter]
    body_hash: Annotated[str, Meta(min_length=64, max_length=64)]
    chain: Annotated[str, Meta(min_length=32, max_length=32)]
    f: Annotated[int, Meta(ge=FORMAT, le=FORMAT)]
    kind: str
    net: Annotated[str, Meta(max_length=64)]
    origin: Annotated[str, Meta(min_length=64, max_length=64)]
    prev: Annotated[str, Meta(max_length=64)]
    scope: Annotated[str, Meta(max_length=64)]
    sealed_hash: Annotated[str, Meta(max_length=64)]
    seq: Count
    v: Annotated[int, Meta(ge=1, le=MAX_INTEGER)]


class _Strict(Header, frozen=True, forbid_unknown_fields=True, gc=False):
    """The same with every form in words, which takes four times as long: for what is refused."""

    about: MaybeHex32
    body_hash: Hex32
    chain: Hex16
    kind: Kind
    net: MaybeHex32
    origin: Hex32
    prev: MaybeHex32
    scope: MaybeHex32
    sealed_hash: MaybeHex32


_KIND = re.compile(r"[a-z][a-z0-9]*(?:\.[a-z][a-z0-9]*)+")
_header_decoder = msgspec.json.Decoder(Header)
_strict_decoder = msgspec.json.Decoder(_Strict)
_part_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_header_encoder = msgspec.json.Encoder(order="sorted")
_WHOLE_OR_NONE = frozenset((0, 64))


class ChainKey(NamedTuple):
    """One chain: of one device (``origin``), made by one of its stores (``chain``), for one ``scope``."""

    origin: bytes
    chain: bytes
    scope: bytes


class Fact(msgspec.Struct, frozen=True, gc=False):
    """A fact as it is stored: exactly the signed bytes, and what lies beside them.

    ``salt`` and ``body`` are None where the body is withheld or not here; likewise the sealed pair,
    which is None too where the fact has no sealed part (``header.sealed_hash`` is empty then).
    """

    raw: bytes
    """Canonical header."""
    sig: bytes
    """64 bytes."""
    salt: bytes | None = None
    body: bytes | None = None
    sealed_salt: bytes | None = None
    sealed: bytes | None = None

    @property
    def id(self) -> bytes:
        """SHA-256 of the header: the fact's only identity."""
        return hashlib.sha256(self.raw).digest()

    def header(self) -> Header:
        """The header, read and checked; InvalidInput where it is none."""
        return read_header(self.raw)

    def body_value(self) -> dict[str, Any] | None:
        """The body as a value, None where it is not here."""
        return None if self.body is None else _part_decoder.decode(self.body)

    def sealed_value(self) -> dict[str, Any] | None:
        """The sealed part as a value, None where there is none or it is not here."""
        return None if self.sealed is None else _part_decoder.decode(self.sealed)


def read_header(raw: bytes) -> Header:
    """A header from its canonical bytes.

    Raises
    ------
    InvalidInput
        Not canonical, a field missing, unknown or out of form, or longer than 2,048 bytes.
    """
    if len(raw) > MAX_HEADER_BYTES:
        raise InvalidInput(f"a header of {len(raw)} bytes; at most {MAX_HEADER_BYTES} are allowed")
    try:
        header = _header_decoder.decode(raw)
        if not _is_formed(header):
            header = _strict_decoder.decode(raw)  # finds the words, which is what it is for
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise InvalidInput(f"this is no header of a fact ({fault})") from fault
    if _header_encoder.encode(header) != raw:
        raise InvalidInput("the header is not in canonical form (RFC 8785)")
    if (header.seq == 0) != (header.prev == ""):
        raise InvalidInput("the first fact of a chain has no prev, every other has one")
    if (header.net == "") != (header.kind == FOUNDING):
        raise InvalidInput("only the founding fact has no net")
    if header.net == "" and (header.scope or header.about or header.seq):
        raise InvalidInput("the founding fact is the first of its chain, has no scope and is about nothing")
    return header


def _is_formed(header: Header) -> bool:
    """Whether hashes, ids, keys and kind are in their form; their greatest lengths and all numbers were seen to."""
    about, net, prev, scope, sealed = header.about, header.net, header.prev, header.scope, header.sealed_hash
    texts = about + header.body_hash + header.chain + net + header.origin + prev + scope + sealed
    try:
        # All at once, and back again: ``fromhex`` alone takes capital letters and spaces too.
        if bytes.fromhex(texts).hex() != texts:
            return False
    except ValueError:
        return False
    return (
        len(about) in _WHOLE_OR_NONE
        and len(net) in _WHOLE_OR_NONE
        and len(prev) in _WHOLE_OR_NONE
        and len(scope) in _WHOLE_OR_NONE
        and len(sealed) in _WHOLE_OR_NONE
        and _is_kind(header.kind)
    )


@lru_cache(maxsize=1_024)
def _is_kind(kind: str) -> bool:
    return len(kind) <= 64 and _KIND.fullmatch(kind) is not None


def write_header(header: Header) -> bytes:
    """The canonical bytes of a header."""
    return _header_encoder.encode(header)


def hash_part(salt: bytes, data: bytes) -> bytes:
    """``body_hash`` or ``sealed_hash``: SHA-256 of 16 random bytes and the canonical bytes."""
    return hashlib.sha256(salt + data).digest()


def signed_bytes(raw: bytes) -> bytes:
    """What the signature of a fact is over."""
    return SIGNED_PREFIX + raw


def chain_key(header: Header) -> ChainKey:
    """The chain a header belongs to."""
    return _chain_key(header.origin, header.chain, header.scope)


@lru_cache(maxsize=32_768)
def _chain_key(origin: str, chain: str, scope: str) -> ChainKey:
    return ChainKey(bytes.fromhex(origin), bytes.fromhex(chain), bytes.fromhex(scope))


def check_parts(fact: Fact, header: Header) -> None:
    """Refuse a body or sealed part that is not the one the header speaks of (both may be absent)."""
    if fact.salt is not None or fact.body is not None:
        _check_part("body", fact.salt, fact.body, header.body_hash, MAX_BODY_BYTES)
    if fact.sealed_salt is not None or fact.sealed is not None:
        _check_part("sealed part", fact.sealed_salt, fact.sealed, header.sealed_hash, MAX_SEALED_BYTES)


def _check_part(name: str, salt: bytes | None, data: bytes | None, wanted: str, most: int) -> None:
    if salt is None or data is None or len(salt) != SALT_BYTES:
        raise InvalidInput(f"the {name} and its {SALT_BYTES} random bytes come together or not at all")
    if len(data) > most:
        raise InvalidInput(f"a {name} of {len(data)} bytes; at most {most} are allowed")
    if hash_part(salt, data).hex() != wanted:
        raise InvalidInput(f"the {name} is not the one that was signed")
    if type(parse_canonical(data)) is not dict:
        raise InvalidInput(f"the {name} is no object")


def make_part(value: dict[str, Any], salt: bytes) -> tuple[bytes, bytes]:
    """Canonical bytes of a body or sealed part, and its hash."""
    data = canonical(value)
    return data, hash_part(salt, data)


def with_parts(mine: Fact, given: Fact) -> Fact:
    """``mine`` with those of the other's parts that it lacks."""
    salt, body, sealed_salt, sealed = mine.salt, mine.body, mine.sealed_salt, mine.sealed
    if body is None:
        salt, body = given.salt, given.body
    if sealed is None:
        sealed_salt, sealed = given.sealed_salt, given.sealed
    return Fact(mine.raw, mine.sig, salt, body, sealed_salt, sealed)
