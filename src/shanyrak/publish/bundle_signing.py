"""The signed files of a bundle: made, and opened without trusting a byte of them (``spec/bundle.md``)."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from typing import Any, Final, Literal, get_args

from shanyrak.core.errors import Damaged, InvalidInput
from shanyrak.facts.canonical import canonical, parse_canonical
from shanyrak.facts.signing import SIGNATURE_BYTES, Signer, verify

MAGIC: Final = b"SHY1"
PREFIX: Final = b"shanyrak/bundle/1\n"
FORMAT: Final = 1
MOST_SIGNED_BYTES: Final = 262_144
MOST_PAYLOAD_BYTES: Final = 1_048_576
MOST_PLAIN_BYTES: Final = 67_108_864
"""What a content file may be inflated to, and how long one may be (the basemap aside)."""

Code = Literal["unreachable", "damaged", "too_new", "other_network", "forged", "rolled_back", "expired"]
CODES: Final[tuple[str, ...]] = get_args(Code)
"""Why a copy is refused, in the order in which it is looked at."""


class BundleRefused(Damaged):
    """A published file that must not be used.

    code : one of ``CODES``
    """

    def __init__(self, code: Code, what: str, *, where: str = "") -> None:
        self.code: Code = code
        super().__init__(what, where=where, mend="Get a fresh copy from headquarters")


def deflate(plain: bytes) -> bytes:
    """RFC 1951 without head and tail, as small as zlib makes it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(plain) + packer.flush()


def inflate(data: bytes, most: int, *, where: str = "") -> bytes:
    """The bytes again; refused where there would be more than ``most``, or where the stream does not end with the data.

    Not more than ``most + 1`` bytes are ever made: a small file cannot fill the memory.
    """
    unpacker = zlib.decompressobj(-15)
    try:
        plain = unpacker.decompress(data, most + 1)
    except zlib.error as fault:
        raise BundleRefused("damaged", "it cannot be inflated", where=where) from fault
    if len(plain) > most:
        raise BundleRefused("damaged", f"it would inflate to more than {most:,} bytes", where=where)
    if not unpacker.eof or unpacker.unused_data:
        raise BundleRefused("damaged", "it is cut, or goes on behind its end", where=where)
    return plain


def sealed(payload: dict[str, Any], signer: Signer) -> bytes:
    """A signed file of a payload. The same payload and key give the same bytes."""
    plain = canonical(payload)
    return MAGIC + signer.sign(PREFIX + plain) + deflate(plain)


def opened(data: bytes, kind: str, *, net: str = "", where: str = "") -> tuple[dict[str, Any], bytes, bytes]:
    """What a signed file says, not yet trusted: payload, its bytes, and the signature.

    Parameters
    ----------
    kind : ``manifest``, ``base`` or ``delta``: what it must be
    net : the network it must be of (hex); "" takes any

    Raises
    ------
    BundleRefused
        damaged, too_new, other_network
    """
    head = len(MAGIC) + SIGNATURE_BYTES
    if len(data) > MOST_SIGNED_BYTES or len(data) < head or data[: len(MAGIC)] != MAGIC:
        raise BundleRefused("damaged", "this is no signed file of a bundle", where=where)
    plain = inflate(data[head:], MOST_PAYLOAD_BYTES, where=where)
    try:
        payload = parse_canonical(plain)
    except InvalidInput as fault:
        raise BundleRefused("damaged", fault.what, where=where) from fault
    if not isinstance(payload, dict) or type(payload.get("f")) is not int:
        raise BundleRefused("damaged", "it says no format", where=where)
    if payload["f"] != FORMAT:
        raise BundleRefused("too_new", f"its format {payload['f']} is not known here", where=where)
    if payload.get("t") != kind:
        raise BundleRefused("damaged", f"it is no {kind}", where=where)
    if net and payload.get("net") != net:
        raise BundleRefused("other_network", "it belongs to another network", where=where)
    return payload, plain, data[len(MAGIC) : head]


def signed_by(keys: Collection[str], plain: bytes, sig: bytes) -> str:
    """The one of ``keys`` (hex) that signed a payload; "" where none did."""
    for key in sorted(keys):
        if verify(bytes.fromhex(key), PREFIX + plain, sig):
            return key
    return ""
