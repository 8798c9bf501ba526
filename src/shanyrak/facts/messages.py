"""The messages of an exchange and the frame around them (``spec/exchange.md``, "Messages").

    shx. | version, 1 byte | type, 1 byte | length, 4 bytes | payload | SHA-256 of every byte before

A request has an odd type, its answer the even one behind it; 126 says no to any request. What is read here is
checked for form only: a message that is cut, damaged or odd raises InvalidInput.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import ClassVar

import msgspec

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.canonical import MAX_INTEGER
from shanyrak.facts.fact import ChainKey
from shanyrak.facts.message_shapes import (
    MOST,
    Bucket,
    Held,
    put_bucket,
    put_key,
    put_prefix,
    put_refused,
    put_scopes,
    read_bucket,
    read_flag,
    read_key,
    read_prefix,
    read_refused,
    read_rest,
    read_scopes,
)
from shanyrak.facts.packing import Reader, hashes, maybe_hash, text, varint

MAGIC = b"shx."
VERSION = 1
HEAD_BYTES = 10
MAX_PAYLOAD = 8 * 2**20

OTHER_NETWORK, NEWER_VERSION, NOT_UNDERSTOOD, NOT_NOW, NOT_ADMITTED = 1, 2, 3, 4, 5


class Newer(InvalidInput):
    """A message of a later version of the exchange."""


class Compare(msgspec.Struct, frozen=True):
    """What are the digests below these prefixes? ``scopes`` None: of all chains."""

    net: bytes
    scopes: tuple[bytes, ...] | None
    prefixes: tuple[str, ...]
    type: ClassVar[int] = 1

    def payload(self) -> bytes:
        return (
            maybe_hash(self.net)
            + put_scopes(self.scopes)
            + varint(len(self.prefixes))
            + b"".join(put_prefix(prefix) for prefix in self.prefixes)
        )

    @classmethod
    def read(cls, reader: Reader) -> Compare:
        return cls(
            reader.maybe_hash(), read_scopes(reader), tuple(read_prefix(reader) for _ in range(reader.varint(MOST)))
        )


class Compared(msgspec.Struct, frozen=True):
    """For each of the first prefixes asked for: the digests of 16 buckets, or the chains of a small one."""

    net: bytes
    buckets: tuple[Bucket, ...]
    type: ClassVar[int] = 2

    def payload(self) -> bytes:
        return maybe_hash(self.net) + varint(len(self.buckets)) + b"".join(put_bucket(one) for one in self.buckets)

    @classmethod
    def read(cls, reader: Reader) -> Compared:
        return cls(reader.maybe_hash(), tuple(read_bucket(reader) for _ in range(reader.varint(MOST))))


class Want(msgspec.Struct, frozen=True):
    """Send what you have of these chains and I have not; ``latest``: only the newest status facts of each."""

    net: bytes
    latest: bool
    most_bytes: int
    chains: tuple[Held, ...]
    not_these: tuple[bytes, ...]
    """Ids that were refused; sorted."""
    type: ClassVar[int] = 3

    def payload(self) -> bytes:
        return (
            maybe_hash(self.net)
            + bytes((self.latest,))
            + varint(self.most_bytes)
            + varint(len(self.chains))
            + b"".join(put_key(one.key) + hashes(one.heads) + hashes(one.missing) for one in self.chains)
            + hashes(self.not_these)
        )

    @classmethod
    def read(cls, reader: Reader) -> Want:
        net, latest, most_bytes = reader.maybe_hash(), read_flag(reader), reader.varint()
        count = reader.varint(MOST)
        chains = tuple(Held(read_key(reader), reader.hashes(MOST), reader.hashes(MOST)) for _ in range(count))
        return cls(net, latest, most_bytes, chains, reader.hashes(MOST))


class Facts(msgspec.Struct, frozen=True):
    """Facts that were asked for; ``left`` more are there; the chains ``unclear`` could not be compared by heads."""

    unclear: tuple[int, ...]
    left: int
    stream: bytes
    type: ClassVar[int] = 4

    def payload(self) -> bytes:
        return varint(len(self.unclear)) + b"".join(map(varint, self.unclear)) + varint(self.left) + self.stream

    @classmethod
    def read(cls, reader: Reader) -> Facts:
        unclear = tuple(reader.varint(MOST) for _ in range(reader.varint(MOST)))
        return cls(unclear, reader.varint(), read_rest(reader))


class Show(msgspec.Struct, frozen=True):
    """Which ids have you in the blocks of this chain, from block ``first`` on, where mine differ?"""

    net: bytes
    key: ChainKey
    first: int
    blocks: tuple[tuple[int, bytes], ...]
    """(number of the block, SHA-256 over its ids sorted), by number."""
    type: ClassVar[int] = 5

    def payload(self) -> bytes:
        blocks = b"".join(varint(number) + digest for number, digest in self.blocks)
        return maybe_hash(self.net) + put_key(self.key) + varint(self.first) + varint(len(self.blocks)) + blocks

    @classmethod
    def read(cls, reader: Reader) -> Show:
        net, key, first = reader.maybe_hash(), read_key(reader), reader.varint(MAX_INTEGER)
        blocks = tuple((reader.varint(MAX_INTEGER), reader.hash()) for _ in range(reader.varint(MOST)))
        return cls(net, key, first, blocks)


class Shown(msgspec.Struct, frozen=True):
    """The ids of the blocks that differ; blocks from ``next`` on were not looked at (0: all were)."""

    next: int
    blocks: tuple[tuple[int, tuple[bytes, ...]], ...]
    type: ClassVar[int] = 6

    def payload(self) -> bytes:
        blocks = b"".join(varint(number) + hashes(ids) for number, ids in self.blocks)
        return varint(self.next) + varint(len(self.blocks)) + blocks

    @classmethod
    def read(cls, reader: Reader) -> Shown:
        follow, count = reader.varint(MAX_INTEGER), reader.varint(MOST)
        return cls(follow, tuple((reader.varint(MAX_INTEGER), reader.hashes(MOST)) for _ in range(count)))


class Get(msgspec.Struct, frozen=True):
    """Send the facts of these ids (sorted); ``bodies``: only those whose body is there. Answered by ``Facts``."""

    net: bytes
    bodies: bool
    most_bytes: int
    ids: tuple[bytes, ...]
    type: ClassVar[int] = 7

    def payload(self) -> bytes:
        return maybe_hash(self.net) + bytes((self.bodies,)) + varint(self.most_bytes) + hashes(self.ids)

    @classmethod
    def read(cls, reader: Reader) -> Get:
        return cls(reader.maybe_hash(), read_flag(reader), reader.varint(), reader.hashes(MOST))


class Give(msgspec.Struct, frozen=True):
    """Take these facts."""

    net: bytes
    stream: bytes
    type: ClassVar[int] = 9

    def payload(self) -> bytes:
        return maybe_hash(self.net) + self.stream

    @classmethod
    def read(cls, reader: Reader) -> Give:
        return cls(reader.maybe_hash(), read_rest(reader))


class Taken(msgspec.Struct, frozen=True):
    """What became of given facts: how many were new, known, brought a missing part; which were refused and why."""

    new: int
    known: int
    bodies: int
    refused: tuple[tuple[bytes, str], ...]
    type: ClassVar[int] = 10

    def payload(self) -> bytes:
        return varint(self.new) + varint(self.known) + varint(self.bodies) + put_refused(self.refused)

    @classmethod
    def read(cls, reader: Reader) -> Taken:
        return cls(reader.varint(), reader.varint(), reader.varint(), read_refused(reader))


class Lacking(msgspec.Struct, frozen=True):
    """Of which facts (of these scopes) after this id do you lack the body, without its being withheld?"""

    net: bytes
    scopes: tuple[bytes, ...] | None
    after: bytes
    type: ClassVar[int] = 11

    def payload(self) -> bytes:
        return maybe_hash(self.net) + put_scopes(self.scopes) + maybe_hash(self.after)

    @classmethod
    def read(cls, reader: Reader) -> Lacking:
        return cls(reader.maybe_hash(), read_scopes(reader), reader.maybe_hash())


class Lacked(msgspec.Struct, frozen=True):
    """Ids, sorted; ``more``: others follow."""

    more: bool
    ids: tuple[bytes, ...]
    type: ClassVar[int] = 12

    def payload(self) -> bytes:
        return bytes((self.more,)) + hashes(self.ids)

    @classmethod
    def read(cls, reader: Reader) -> Lacked:
        return cls(read_flag(reader), reader.hashes(MOST))


class Witness(msgspec.Struct, frozen=True):
    """If you are a headquarters, write receipts for what of these chains has none yet."""

    net: bytes
    keys: tuple[ChainKey, ...]
    type: ClassVar[int] = 13

    def payload(self) -> bytes:
        return maybe_hash(self.net) + varint(len(self.keys)) + b"".join(map(put_key, self.keys))

    @classmethod
    def read(cls, reader: Reader) -> Witness:
        return cls(reader.maybe_hash(), tuple(read_key(reader) for _ in range(reader.varint(MOST))))


class Witnessed(msgspec.Struct, frozen=True):
    """How many receipts were written."""

    receipts: int
    type: ClassVar[int] = 14

    def payload(self) -> bytes:
        return varint(self.receipts)

    @classmethod
    def read(cls, reader: Reader) -> Witnessed:
        return cls(reader.varint())


class Refusing(msgspec.Struct, frozen=True):
    """What of yours I refused, and why."""

    net: bytes
    refused: tuple[tuple[bytes, str], ...]
    type: ClassVar[int] = 15

    def payload(self) -> bytes:
        return maybe_hash(self.net) + put_refused(self.refused)

    @classmethod
    def read(cls, reader: Reader) -> Refusing:
        return cls(reader.maybe_hash(), read_refused(reader))


class Heard(msgspec.Struct, frozen=True):
    """It was heard."""

    type: ClassVar[int] = 16

    def payload(self) -> bytes:
        return b""

    @classmethod
    def read(cls, reader: Reader) -> Heard:
        return cls()


class No(msgspec.Struct, frozen=True):
    """The request cannot be answered: a code and a sentence."""

    code: int
    what: str
    type: ClassVar[int] = 126

    def payload(self) -> bytes:
        return bytes((self.code,)) + text(self.what, 1000)

    @classmethod
    def read(cls, reader: Reader) -> No:
        return cls(reader.byte(), reader.text(1000))


Request = Compare | Want | Show | Get | Give | Lacking | Witness | Refusing
Answer = Compared | Facts | Shown | Taken | Lacked | Witnessed | Heard | No
_ALL: Sequence[type[Request] | type[Answer]] = (
    *(Compare, Compared, Want, Facts, Show, Shown, Get, Give, Taken),
    *(Lacking, Lacked, Witness, Witnessed, Refusing, Heard, No),
)
_READERS: dict[int, Callable[[Reader], Request | Answer]] = {one.type: one.read for one in _ALL}


# the frame -------------------------------------------------------------------------------------------------
def write_message(message: Request | Answer) -> bytes:
    """The bytes of a message."""
    payload = message.payload()
    head = MAGIC + bytes((VERSION, message.type)) + len(payload).to_bytes(4, "big")
    return head + payload + hashlib.sha256(head + payload).digest()


def read_message(data: bytes) -> Request | Answer:
    """The message in these bytes, all of them; InvalidInput where they are cut, damaged or odd."""
    if data[:4] != MAGIC:
        raise InvalidInput("this is no message of an exchange", where="byte 0")
    if len(data) < HEAD_BYTES + 32 or len(data) != HEAD_BYTES + 32 + int.from_bytes(data[6:10], "big"):
        raise InvalidInput(f"a message is cut or too long: {len(data)} bytes", where=f"byte {len(data)}")
    if hashlib.sha256(data[:-32]).digest() != data[-32:]:
        raise InvalidInput("a message was damaged on the way: its hash differs")
    if data[4] != VERSION:
        raise Newer(f"a message of version {data[4]} of the exchange; this program speaks version {VERSION}")
    if data[5] not in _READERS:
        raise InvalidInput(f"there is no message of type {data[5]}", where="byte 5")
    reader = Reader(data[:-32], start=HEAD_BYTES)
    message = _READERS[data[5]](reader)
    reader.end()
    return message


def cut_stream(data: bytes) -> bytes:
    """The beginning of the stream in an answer with facts that was cut; empty where it was cut before."""
    if len(data) <= HEAD_BYTES or data[:6] != MAGIC + bytes((VERSION, Facts.type)):
        return b""
    end = HEAD_BYTES + int.from_bytes(data[6:10], "big")
    try:
        return Facts.read(Reader(data[:end], start=HEAD_BYTES)).stream
    except InvalidInput:
        return b""
