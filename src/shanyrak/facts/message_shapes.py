"""What the messages of an exchange are made of, and how each part is laid out (``spec/exchange.md``, "Parts")."""

from __future__ import annotations

from typing import NamedTuple

from shanyrak.facts.canonical import MAX_INTEGER
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.packing import Reader, hashes, maybe_hash, text, varint

MOST = 100_000
"""Items of a list in one message."""
MAX_REASON = 200
"""Bytes of a reason."""


class Detail(NamedTuple):
    """What one side has of a chain.

    digest : given instead of ``heads`` and ``missing`` where those are many
    """

    key: ChainKey
    count: int  # type: ignore[assignment]
    top_seq: int
    latest_ms: int
    heads: tuple[bytes, ...]
    missing: tuple[bytes, ...]
    digest: bytes


class Held(NamedTuple):
    """The exact set of facts one side has of a chain, by heads and missing; both empty: none."""

    key: ChainKey
    heads: tuple[bytes, ...]
    missing: tuple[bytes, ...]


Bucket = tuple[bytes, ...] | tuple[Detail, ...]
"""The digests of the 16 buckets it is made of, or, of a small one, its chains."""


def read_flag(reader: Reader) -> bool:
    start = reader.position
    code = reader.byte()
    if code > 1:
        raise reader.fault(f"{code} is neither 0 (no) nor 1 (yes)", start)
    return bool(code)


def read_rest(reader: Reader) -> bytes:
    return reader.take(len(reader.data) - reader.position)


def put_key(key: ChainKey) -> bytes:
    return key.origin + key.chain + maybe_hash(key.scope)


def read_key(reader: Reader) -> ChainKey:
    return ChainKey(reader.take(32), reader.take(16), reader.maybe_hash())


def put_scopes(scopes: tuple[bytes, ...] | None) -> bytes:
    return b"\x00" if scopes is None else b"\x01" + varint(len(scopes)) + b"".join(map(maybe_hash, scopes))


def read_scopes(reader: Reader) -> tuple[bytes, ...] | None:
    return tuple(reader.maybe_hash() for _ in range(reader.varint(MOST))) if read_flag(reader) else None


def put_prefix(prefix: str) -> bytes:
    return bytes((len(prefix),)) + bytes.fromhex(prefix + "0" * (len(prefix) % 2))


def read_prefix(reader: Reader) -> str:
    start = reader.position
    depth = reader.byte()
    if depth > 63:
        raise reader.fault(f"a prefix of {depth} half bytes", start)
    digits = reader.take((depth + 1) // 2).hex()
    if digits[depth:] not in ("", "0"):
        raise reader.fault("the half byte behind a prefix is not 0", start)
    return digits[:depth]


def put_bucket(bucket: Bucket) -> bytes:
    parts = [one if isinstance(one, bytes) else put_detail(one) for one in bucket]
    if bucket and isinstance(bucket[0], bytes):
        return b"\x00" + b"".join(parts)
    return b"\x01" + varint(len(bucket)) + b"".join(parts)


def read_bucket(reader: Reader) -> Bucket:
    if read_flag(reader):
        return tuple(read_detail(reader) for _ in range(reader.varint(MOST)))
    return tuple(reader.hash() for _ in range(16))


def put_detail(one: Detail) -> bytes:
    numbers = varint(one.count) + varint(one.top_seq) + varint(one.latest_ms)
    sets = b"\x01" + one.digest if one.digest else b"\x00" + hashes(one.heads) + hashes(one.missing)
    return put_key(one.key) + numbers + sets


def read_detail(reader: Reader) -> Detail:
    key = read_key(reader)
    count, top_seq, latest_ms = (reader.varint(MAX_INTEGER) for _ in range(3))
    if read_flag(reader):
        return Detail(key, count, top_seq, latest_ms, (), (), reader.hash())
    return Detail(key, count, top_seq, latest_ms, reader.hashes(MOST), reader.hashes(MOST), b"")


def put_refused(refused: tuple[tuple[bytes, str], ...]) -> bytes:
    return varint(len(refused)) + b"".join(one + text(reason, MAX_REASON) for one, reason in refused)


def read_refused(reader: Reader) -> tuple[tuple[bytes, str], ...]:
    return tuple((reader.hash(), reader.text(MAX_REASON)) for _ in range(reader.varint(MOST)))
