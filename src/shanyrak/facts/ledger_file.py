"""A ledger as one file (``spec/exchange.md``, "File"): appears whole or not at all, is read whole or not at all.

    shanyrak ledger 1\\n                                     18 bytes, the network 32 bytes
    blk. | length, 4 bytes | SHA-256 of the stream | stream     as often as needed
    end. | network | number of facts, 8 bytes | SHA-256 of every byte before

Facts stand in one order (chain key, seq, id) and a block ends with the fact that brings its stream to 16,384
bytes or more, so equal sets of facts give equal files. Each block can be read alone: what a damaged place
takes with it stays small, and ``salvage`` gets the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from shanyrak.core.errors import InvalidInput, NotFound, Unavailable
from shanyrak.core.folders import whole_file
from shanyrak.facts.fact import FOUNDING, ChainKey, Fact
from shanyrak.facts.framing import Encoder, decode_some, file_place, place_of_header
from shanyrak.facts.intake import Examined, Verifier, examine
from shanyrak.facts.signing import verify_all
from shanyrak.facts.store import Row, Store

MAGIC = b"shanyrak ledger 1\n"
BLOCK, END = b"blk.", b"end."
BLOCK_BYTES = 16_384
_HEAD = len(MAGIC) + 32
_FOUNDING = f'"kind":"{FOUNDING}"'.encode()
_BLOCK_HEAD = 4 + 4 + 32
_TAIL = 4 + 32 + 8 + 32


class LedgerFile(NamedTuple):
    """What a file holds."""

    net: bytes
    facts: list[Fact]


class Lost(NamedTuple):
    """Bytes ``first`` to ``end`` (excluded) of a file that could not be read, and why."""

    first: int
    end: int
    why: str


class Salvaged(NamedTuple):
    """What could still be had of a damaged file: facts that verify, and what is lost."""

    net: bytes
    facts: list[Fact]
    lost: list[Lost]


# writing ---------------------------------------------------------------------------------------------------
def rows_for_file(store: Store, *, scopes: Iterable[bytes] | None = None, since_ms: int | None = None) -> Iterator[Row]:
    """The rows of a store in the order of files.

    Parameters
    ----------
    scopes : only chains of these scopes
    since_ms : only facts written down then or later (``at``, ms since 1970)
    """
    for chain in store.all_chains(scopes):
        for row in store.of_chain(chain.key):
            if since_ms is None or row.at_ms >= since_ms:
                yield row


def ledger_pieces(rows: Iterable[Row], net: bytes) -> Iterator[bytes]:
    """The bytes of a file, piece by piece.

    Parameters
    ----------
    rows : in the order of files (``framing.in_file_order``)
    net : the network they are of
    """
    if len(net) != 32:
        raise InvalidInput("a file needs a network", mend="Found one or join one: shanyrak init")
    whole = hashlib.sha256()
    count = 0
    last: tuple[ChainKey, int, bytes] | None = None

    def out(piece: bytes) -> bytes:
        whole.update(piece)
        return piece

    yield out(MAGIC + net)
    encoder = Encoder(net)
    for row in rows:
        place = file_place(row)
        assert last is None or last < place, "rows are not in the order of files"
        encoder.add(row.fact)
        count, last = count + 1, place
        if encoder.size >= BLOCK_BYTES:
            yield out(_block(encoder.stream()))
            encoder = Encoder(net)
    if encoder.size:
        yield out(_block(encoder.stream()))
    yield out(END + net + count.to_bytes(8, "big"))
    yield whole.digest()


def _block(stream: bytes) -> bytes:
    return BLOCK + len(stream).to_bytes(4, "big") + hashlib.sha256(stream).digest() + stream


def write_ledger_file(path: Path, rows: Iterable[Row], net: bytes) -> int:
    """Write a file as one step: it is there whole, on disk, or not at all. Returns the number of facts.

    Raises
    ------
    Unavailable
        The disk refuses; what stood at ``path`` before still stands there.
    """
    count = 0

    def counted_rows() -> Iterator[Row]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    try:
        with whole_file(path, mode=0o600) as file:
            file.writelines(ledger_pieces(counted_rows(), net))
    except OSError as fault:
        raise Unavailable(f"cannot write here ({fault.strerror})", where=str(path)) from fault
    return count


# reading ---------------------------------------------------------------------------------------------------
def read_ledger_file(path: Path) -> LedgerFile:
    """The facts of a file, in its order. Signatures are checked by whoever takes them in.

    Raises
    ------
    InvalidInput
        Any byte is missing, added or other than it was written; says where as far as it can be told.
    """
    try:
        return read_ledger_bytes(_bytes_of(path))
    except InvalidInput as fault:
        where = f"{path}, {fault.where}" if fault.where else str(path)
        raise InvalidInput(fault.what, where=where, mend=fault.mend) from fault


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as fault:
        raise NotFound("there is no such file", where=str(path)) from fault
    except OSError as fault:
        raise Unavailable(f"cannot be read ({fault.strerror})", where=str(path)) from fault


def read_ledger_bytes(data: bytes) -> LedgerFile:
    """``read_ledger_file`` for bytes that are at hand."""
    if not data.startswith(MAGIC):
        raise _no_ledger(data)
    sound = len(data) >= _HEAD + _TAIL and hashlib.sha256(data[:-32]).digest() == data[-32:]
    if not sound:
        raise _damage(data)
    net = data[len(MAGIC) : _HEAD]
    facts: list[Fact] = []
    last = ("", "", "", 0, "")
    position = _HEAD
    stop = len(data) - _TAIL
    while position < stop:
        end = _block_end(data, position)
        if end is None or end > stop:
            raise _odd("a block is not as it should be", position)
        begin = position + _BLOCK_HEAD
        decoded = decode_some(data[begin:end], net)
        if decoded.fault:
            raise _odd(decoded.fault, begin + decoded.end)
        if not decoded.facts or decoded.starts[-1] >= BLOCK_BYTES or (end < stop and end - begin < BLOCK_BYTES):
            raise _odd("a block ends in another place than the format says", position)
        for start, fact in zip(decoded.starts, decoded.facts, strict=True):
            place = place_of_header(fact.raw)
            if last >= place:
                raise _odd("facts are not in order", begin + start)
            last = place
        facts += decoded.facts
        position = end
    if data[stop : stop + 36] != END + net or int.from_bytes(data[stop + 36 : stop + 44], "big") != len(facts):
        raise _odd("the end does not fit what stands before it", stop)
    return LedgerFile(net, facts)


def _block_end(data: bytes, position: int) -> int | None:
    """Where the block that begins here ends; None where none begins or its hash differs."""
    if data[position : position + 4] != BLOCK:
        return None
    begin = position + _BLOCK_HEAD
    end = begin + int.from_bytes(data[position + 4 : position + 8], "big")
    if end > len(data) or hashlib.sha256(data[begin:end]).digest() != data[position + 8 : begin]:
        return None
    return end


_SALVAGE = "Get the file again, or take what still verifies: shanyrak ledger import --salvage FILE"


def _odd(what: str, position: int) -> InvalidInput:
    """The bytes are as they were written, but not as the format says."""
    return InvalidInput(what, where=f"byte {position}", mend="The program that wrote this file has a fault")


def _no_ledger(data: bytes) -> InvalidInput:
    if data.startswith(MAGIC[:-2]):
        return InvalidInput(
            "this file has another version of the format, or its first line is damaged",
            where="byte 0",
            mend="Update this program; if the file is damaged: shanyrak ledger import --salvage FILE",
        )
    return InvalidInput("this is no ledger file", where="byte 0", mend="Give a file made by shanyrak ledger export")


def _damage(data: bytes) -> InvalidInput:
    """Why the hash over all bytes differs, as far as it can be told."""
    position = _HEAD
    while (end := _block_end(data, position)) is not None:
        position = end
    marker = data[position : position + 4]
    if len(data) < _HEAD + _TAIL or marker[: len(marker)] == END[: len(marker)]:
        if len(data) - position < _TAIL:
            what = f"the file ends too early, at byte {len(data)}"
        elif len(data) - position > _TAIL:
            what = f"the file goes on behind its end ({len(data) - position - _TAIL} bytes too many)"
        else:
            what = "the hash over all bytes differs: first or last bytes of the file are damaged"
    elif marker != BLOCK:
        what = "no block begins where one should: damaged"
    else:
        length = int.from_bytes(data[position + 4 : position + 8], "big")
        missing = position + _BLOCK_HEAD + length - len(data)
        if missing > 0:
            what = f"the file ends too early, at byte {len(data)}, or a length is damaged ({missing} bytes are missing)"
        else:
            what = f"damaged in the block of {_BLOCK_HEAD + length} bytes that begins here"
    return InvalidInput(what, where=f"byte {position}", mend=_SALVAGE)


# salvaging -------------------------------------------------------------------------------------------------
def salvage(path: Path, verifier: Verifier = verify_all) -> Salvaged:
    """What can still be had of a damaged file."""
    return salvage_bytes(_bytes_of(path), verifier)


def salvage_bytes(data: bytes, verifier: Verifier = verify_all) -> Salvaged:
    """All facts of a file that still verify, whatever happened to the rest of it."""
    lost: list[Lost] = []
    facts: dict[bytes, Fact] = {}
    net = _likely_net(data, verifier)
    if not data.startswith(MAGIC):
        lost.append(Lost(0, min(len(MAGIC), len(data)), "the first line"))
    if data[len(MAGIC) : _HEAD] != net:
        lost.append(Lost(min(len(MAGIC), len(data)), min(_HEAD, len(data)), "the name of the network"))
    position, stop = _HEAD, _end_of_blocks(data)
    while position < stop:
        end = _block_end(data, position)
        whole = end is not None and end <= stop
        if end is None or end > stop:
            end = _next_block(data, position + 1, stop)
        found, missed = _pick(data, position, end, net, verifier)
        if not whole and not missed:
            missed = [Lost(position, min(position + _BLOCK_HEAD, end), "what stands before a block")]
        facts |= {one.id: one.fact for one in found}
        lost += missed
        position = end
    if stop == len(data):
        lost.append(Lost(stop, stop, "the end is missing: nobody can tell how many facts stood behind this place"))
    elif data[stop : stop + 36] != END + net or not (lost or hashlib.sha256(data[:-32]).digest() == data[-32:]):
        lost.append(Lost(stop, len(data), "the end"))
    return Salvaged(net, list(facts.values()), lost)


def _pick(data: bytes, position: int, end: int, net: bytes, verifier: Verifier) -> tuple[list[Examined], list[Lost]]:
    """The sound facts of one block, and the stretches between them."""
    begin = position + _BLOCK_HEAD
    decoded = decode_some(data[begin:end], net)
    examined = examine(decoded.facts, net, verifier)
    borders = [begin + start for start in (*decoded.starts, decoded.end)][1:]
    found: list[Examined] = []
    lost: list[Lost] = []
    for one, start, border in zip(examined, decoded.starts, borders, strict=True):
        if one.header is not None:
            found.append(one)
        elif lost and lost[-1].end == begin + start:
            lost[-1] = Lost(lost[-1].first, border, lost[-1].why)
        else:
            lost.append(Lost(begin + start, border, one.reason))
    if decoded.fault:
        first = begin + decoded.end if begin < end else position
        lost.append(Lost(first, end, decoded.fault))
    elif begin >= end:
        lost.append(Lost(position, end, "a block that is cut"))
    return found, lost


def _next_block(data: bytes, position: int, stop: int) -> int:
    """Where the next sound block begins, ``stop`` where there is none."""
    while (found := data.find(BLOCK, position, stop)) >= 0:
        if _block_end(data, found) is not None:
            return found
        position = found + 1
    return stop


def _end_of_blocks(data: bytes) -> int:
    """Where the end begins; the length of the file where it has none."""
    at = len(data) - _TAIL
    if at >= _HEAD and (data[at : at + 4] == END or data[at + 4 : at + 36] == data[len(MAGIC) : _HEAD]):
        return at
    return len(data)


def _likely_net(data: bytes, verifier: Verifier) -> bytes:
    """The network of a file whose first bytes may be damaged: the first under which a fact verifies."""
    at = len(data) - _TAIL
    candidates = [data[len(MAGIC) : _HEAD], data[at + 4 : at + 36] if at >= _HEAD else b""]
    blocks = _first_blocks(data)
    for stream in blocks:
        # A founding fact names no network, so it can be read under any; its id is the network.
        candidates += [fact.id for fact in decode_some(stream, bytes(32)).facts if _FOUNDING in fact.raw]
    for net in dict.fromkeys(one for one in candidates if len(one) == 32):
        for stream in blocks:
            if any(one.header is not None for one in examine(decode_some(stream, net).facts[:4], net, verifier)):
                return net
    return data[len(MAGIC) : _HEAD]


def _first_blocks(data: bytes, most: int = 50) -> Sequence[bytes]:
    found: list[bytes] = []
    position = 0
    while len(found) < most and (position := data.find(BLOCK, position)) >= 0:
        end = _block_end(data, position)
        found.append(data[position + _BLOCK_HEAD : end if end is not None else position + _BLOCK_HEAD + BLOCK_BYTES])
        position += 4
    return found
