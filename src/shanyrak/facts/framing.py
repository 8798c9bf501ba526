"""Facts as a compact stream of bytes, one-to-one with what was signed (``spec/exchange.md``, "Stream").

The network is known from outside. A chain is named once; within a chain ``seq`` and ``prev`` follow from the
fact before; the hashes of body and sealed part follow from their bytes. One sequence of facts has one
encoding: wherever the layout has a choice, the first that applies must be taken, and anything else is refused
with its position. The order of facts is kept; ``in_file_order`` is the one order of files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.canonical import MAX_INTEGER
from shanyrak.facts.fact import FOUNDING, MAX_BODY_BYTES, MAX_COUNTER, MAX_SEALED_BYTES, ChainKey, Fact, read_header
from shanyrak.facts.packing import counted, varint
from shanyrak.facts.store import Row

NEXT, RUN, CHAIN = 0, 1, 2
"""Bits 0 and 1 of a fact's first byte: follows the fact before; same chain, seq and prev are given; a new chain."""
NO_ABOUT, ABOUT_SCOPE, ABOUT_SAME, ABOUT_GIVEN = 0, 1, 2, 3
"""Bits 2 and 3: ``about`` is empty; the scope; that of the fact before in this chain; given."""
BODY_HERE = 1 << 4
SEALED_HASH, SEALED_HERE = 1, 2
"""Bits 5 and 6 (0: nothing is sealed). Bit 7 is 0."""
SCOPE_NONE, SCOPE_NET, SCOPE_GIVEN = 0, 1, 2

_KIND = re.compile(rb"[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)+")
_HASH, _NUMBER = "[0-9a-f]{64}", "0|[1-9][0-9]{0,15}"
_HEADER = re.compile(
    rf'{{"about":"({_HASH}|)","at":\[({_NUMBER}),({_NUMBER})\],"body_hash":"({_HASH})","chain":"([0-9a-f]{{32}})",'
    r'"f":1,"kind":"([a-z0-9.]{3,64})",'
    rf'"net":"({_HASH}|)","origin":"({_HASH})","prev":"({_HASH}|)","scope":"({_HASH}|)","sealed_hash":"({_HASH}|)",'
    rf'"seq":({_NUMBER}),"v":([1-9][0-9]{{0,15}})}}'
)
"""The canonical header as one pattern: three times as fast as reading JSON, and tells as much for our purpose."""
_sha256 = hashlib.sha256


class Decoded(NamedTuple):
    """What came out of a stream: all facts before ``fault`` (empty: all there are).

    starts : the byte at which each fact begins
    end : the byte behind the last whole fact
    fault : what is wrong at ``end``
    """

    facts: list[Fact]
    starts: list[int]
    end: int
    fault: str


class Encoder:
    """Takes facts one after the other and becomes a stream."""

    def __init__(self, net: bytes) -> None:
        self._net = net
        self._net_hex = net.hex()
        self._out: list[bytes] = []
        self._kinds: dict[tuple[str, str], bytes] = {}
        self._chain = ("", "", "")
        self._next = (-1, "")
        self._about = ""
        self._ms = 0
        self.size = 0
        """Bytes so far."""

    def add(self, fact: Fact) -> None:
        """Append a fact; InvalidInput (and nothing appended) where it is not whole or of another network."""
        fact_id = _sha256(fact.raw).hexdigest()
        found = _HEADER.fullmatch(fact.raw.decode("latin-1"))
        if found is None:
            read_header(fact.raw)  # says what is wrong
            raise InvalidInput("this is no header of a fact", where=fact_id)
        (about, at_ms, at_counter, body_hash, made, name, net, origin, prev, scope, sealed_hash, place, v) = (
            found.groups()
        )
        if net != self._net_hex and net:
            raise InvalidInput("a fact of another network", where=fact_id)
        chain = (origin, made, scope)
        seq, ms, counter = int(place), int(at_ms), int(at_counter)
        if (
            (seq == 0) != (prev == "")
            or (net == "") != (name == FOUNDING)
            or not net
            or max(seq, ms) > MAX_INTEGER
            or counter > MAX_COUNTER
        ):
            read_header(fact.raw)  # says what is wrong
        kind = self._kinds.get((name, v))
        if chain == self._chain:
            start = NEXT if (seq, prev) == self._next else RUN
            delta = ms - self._ms
            same = about == self._about
        else:
            start, delta, same = CHAIN, ms, False
        aim = NO_ABOUT if not about else ABOUT_SCOPE if about == scope else ABOUT_SAME if same else ABOUT_GIVEN
        flags = start | aim << 2
        body = _part("body", fact_id, fact.salt, fact.body, body_hash)
        if fact.body is not None:
            flags |= BODY_HERE
        sealed = b""
        if sealed_hash:
            sealed = _part("sealed part", fact_id, fact.sealed_salt, fact.sealed, sealed_hash)
            flags |= (SEALED_HASH if fact.sealed is None else SEALED_HERE) << 5
        elif fact.sealed is not None or fact.sealed_salt is not None:
            raise InvalidInput("a sealed part the header does not speak of", where=fact_id)
        if len(fact.sig) != 64:
            raise InvalidInput("a signature has 64 bytes", where=fact_id)

        out = [bytes((flags,))]
        if start:
            if start == CHAIN:
                out.append(bytes.fromhex(origin + made))
                if not scope or scope == self._net_hex:
                    out.append(b"\x01" if scope else b"\x00")
                else:
                    out.append(b"\x02" + bytes.fromhex(scope))
            out.append(varint(seq))
            out.append(bytes.fromhex(prev))
        out.append(varint(delta << 1 if delta >= 0 else (-delta << 1) - 1))
        out.append(varint(counter))
        if kind is None:
            read_header(fact.raw)
            kind = varint(len(self._kinds))
            self._kinds[name, v] = kind
            out.append(kind + counted(name.encode()) + varint(int(v)))
        else:
            out.append(kind)
        if aim == ABOUT_GIVEN:
            out.append(bytes.fromhex(about))
        out.append(fact.sig)
        out.append(body)
        out.append(sealed)
        piece = b"".join(out)
        self._out.append(piece)
        self.size += len(piece)
        self._chain, self._next, self._about, self._ms = chain, (seq + 1, fact_id), about, ms

    def stream(self) -> bytes:
        """All of it."""
        return b"".join(self._out)


def encode(facts: Iterable[Fact], net: bytes) -> bytes:
    """The stream of facts in the order given."""
    encoder = Encoder(net)
    for fact in facts:
        encoder.add(fact)
    return encoder.stream()


def decode(data: bytes, net: bytes) -> list[Fact]:
    """The facts of a stream, in its order; InvalidInput with the byte position where anything is odd.

    Signatures and bodies' form are not looked at here: ``Ledger.accept`` does that, for each fact alone.
    """
    decoded = decode_some(data, net)
    if decoded.fault:
        raise InvalidInput(decoded.fault, where=f"byte {decoded.end}")
    return decoded.facts


class _Odd(Exception):
    """Something the layout does not allow."""


def decode_some(data: bytes, net: bytes) -> Decoded:
    """The facts of a stream up to the first fault."""
    facts: list[Fact] = []
    starts: list[int] = []
    size = len(data)
    net_hex = net.hex()
    kinds: list[tuple[str, int, str]] = []
    known: set[tuple[str, int]] = set()
    i = start = seq = ms = 0
    about = prev = origin = chain = scope = ""
    fault = ""
    try:
        while i < size:
            start = i
            flags = data[i]
            i += 1
            if flags & 0x80:
                raise _Odd("the top bit of a fact's first byte is set")
            begins = flags & 3
            before = about
            if begins == NEXT:
                if not facts:
                    raise _Odd("the first fact of a stream names no chain")
                seq += 1
            else:
                if begins == CHAIN:
                    key = (origin, chain, scope)
                    origin, chain = data[i : i + 32].hex(), data[i + 32 : i + 48].hex()
                    code = data[i + 48]
                    i += 49
                    if code == SCOPE_GIVEN:
                        scope = data[i : i + 32].hex()
                        i += 32
                        if scope == net_hex:
                            raise _Odd("the scope is the network and is given at length")
                    elif code > SCOPE_GIVEN:
                        raise _Odd(f"{code} says of no scope")
                    else:
                        scope = net_hex if code else ""
                        if code and not net_hex:
                            raise _Odd("the scope is a network that is not known")
                    if facts and key == (origin, chain, scope):
                        raise _Odd("the chain of the fact before is named again")
                    before, ms = "", 0
                elif begins == RUN:
                    if not facts:
                        raise _Odd("the first fact of a stream names no chain")
                else:
                    raise _Odd("a fact begins in no known way")
                implied = (seq + 1, prev)
                seq = data[i]
                i += 1
                if seq >= 0x80:
                    seq, i = _long(data, i - 1)
                prev = ""
                if seq:
                    prev = data[i : i + 32].hex()
                    i += 32
                if begins == RUN and implied == (seq, prev):
                    raise _Odd("seq and prev are given although they follow from the fact before")

            delta = data[i]
            i += 1
            if delta >= 0x80:
                delta, i = _long(data, i - 1)
            ms += delta >> 1 if not delta & 1 else -(delta + 1 >> 1)
            counter = data[i]
            i += 1
            if counter >= 0x80:
                counter, i = _long(data, i - 1)
            number = data[i]
            i += 1
            if number >= 0x80:
                number, i = _long(data, i - 1)
            if number >= len(kinds):
                i = _new_kind(data, i, number, kinds, known)
            kind, v, of = kinds[number]
            if seq > MAX_INTEGER or not 0 <= ms <= MAX_INTEGER or counter > MAX_COUNTER:
                raise _Odd("a number is out of bounds")

            aim = flags >> 2 & 3
            if aim == NO_ABOUT:
                about = ""
            elif aim == ABOUT_SCOPE:
                about = scope
                if not scope:
                    raise _Odd("about is the scope, which is empty")
            else:
                if aim == ABOUT_SAME:
                    about = before
                else:
                    about = data[i : i + 32].hex()
                    i += 32
                if not about or about == scope or (aim == ABOUT_GIVEN and about == before):
                    raise _Odd("about is not said in its shortest way")

            if not of and (seq or scope or about):
                raise _Odd("the founding fact is the first of its chain, has no scope and is about nothing")
            sig = data[i : i + 64]
            i += 64
            salt = body = sealed_salt = sealed = None
            if flags & BODY_HERE:
                salt = data[i : i + 16]
                length = data[i + 16]
                i += 17
                if length >= 0x80:
                    length, i = _long(data, i - 1)
                if length > MAX_BODY_BYTES:
                    raise _Odd(f"a body of {length} bytes; at most {MAX_BODY_BYTES} are allowed")
                body = data[i : i + length]
                i += length
                body_hash = _sha256(salt + body).hexdigest()
            else:
                body_hash = data[i : i + 32].hex()
                i += 32
            sealed_hash = ""
            beside = flags >> 5
            if beside:
                if beside == SEALED_HERE:
                    sealed_salt = data[i : i + 16]
                    length = data[i + 16]
                    i += 17
                    if length >= 0x80:
                        length, i = _long(data, i - 1)
                    if length > MAX_SEALED_BYTES:
                        raise _Odd(f"a sealed part of {length} bytes; at most {MAX_SEALED_BYTES} are allowed")
                    sealed = data[i : i + length]
                    i += length
                    sealed_hash = _sha256(sealed_salt + sealed).hexdigest()
                elif beside == SEALED_HASH:
                    sealed_hash = data[i : i + 32].hex()
                    i += 32
                else:
                    raise _Odd("a sealed part is neither here nor away")
            if i > size:
                raise IndexError

            raw = (
                f'{{"about":"{about}","at":[{ms},{counter}],"body_hash":"{body_hash}","chain":"{chain}","f":1,'
                f'"kind":"{kind}","net":"{net_hex if of else ""}","origin":"{origin}","prev":"{prev}",'
                f'"scope":"{scope}","sealed_hash":"{sealed_hash}","seq":{seq},"v":{v}}}'
            ).encode()
            prev = _sha256(raw).hexdigest()
            facts.append(Fact(raw, sig, salt, body, sealed_salt, sealed))
            starts.append(start)
    except _Odd as odd:
        fault = str(odd)
    except IndexError:
        i = size + 1
    if i > size:  # whatever seems odd behind the end is only that the bytes end
        fault = f"the bytes end in the middle of a fact (at byte {size})"
    return Decoded(facts, starts, start if fault else i, fault)


def _long(data: bytes, i: int) -> tuple[int, int]:
    """A number of more than one byte, and where it ends."""
    number = shift = 0
    while True:
        piece = data[i]
        i += 1
        number |= (piece & 0x7F) << shift
        if piece < 0x80:
            break
        shift += 7
        if shift > 49:
            raise _Odd("a number of more than 8 bytes")
    if not piece:
        raise _Odd("a number is not in its shortest form")
    return number, i


def _new_kind(data: bytes, i: int, number: int, kinds: list[tuple[str, int, str]], known: set[tuple[str, int]]) -> int:
    """Read a kind that was not met before; where it ends."""
    if number > len(kinds):
        raise _Odd(f"kind {number} was never said")
    length, i = _long_or_short(data, i)
    name = data[i : i + length]
    i += length
    if i > len(data):
        raise IndexError
    if length > 64 or not _KIND.fullmatch(name):
        raise _Odd("a kind has no proper name")
    v, i = _long_or_short(data, i)
    kind = name.decode()
    if not 1 <= v <= MAX_INTEGER:
        raise _Odd("a number is out of bounds")
    if (kind, v) in known:
        raise _Odd("a kind is said twice")
    known.add((kind, v))
    kinds.append((kind, v, "" if kind == FOUNDING else "net"))
    return i


def _long_or_short(data: bytes, i: int) -> tuple[int, int]:
    return (data[i], i + 1) if data[i] < 0x80 else _long(data, i)


def _part(name: str, fact_id: str, salt: bytes | None, data: bytes | None, wanted: str) -> bytes:
    """Bytes of a body or sealed part, or its hash where it is not here."""
    if data is None and salt is None:
        return bytes.fromhex(wanted)
    if data is None or salt is None or _sha256(salt + data).hexdigest() != wanted:
        raise InvalidInput(f"the {name} is not the one that was signed", where=fact_id)
    return salt + counted(data)


def in_file_order(rows: Iterable[Row]) -> list[Row]:
    """Sorted by chain key, then seq, then id, so that equal sets give equal bytes; no fact twice."""
    return sorted({row.id: row for row in rows}.values(), key=file_place)


def place_of_header(raw: bytes) -> tuple[str, str, str, int, str]:
    """What files are sorted by, from a canonical header: origin, chain, scope, seq, id; hex sorts as bytes do."""
    found = _HEADER.fullmatch(raw.decode("latin-1"))
    assert found is not None, "a decoded header has the canonical form"
    return found[8], found[5], found[10], int(found[12]), _sha256(raw).hexdigest()


def file_place(row: Row) -> tuple[ChainKey, int, bytes]:
    """What files are sorted by."""
    return row.key, row.seq, row.id
