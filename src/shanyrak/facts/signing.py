"""Ed25519, in the one strict form that ``spec/facts.md`` fixes for every language.

A signature (R, S) by key A over a message M is good if, and only if,

1. A is 32 bytes and R and S are 32 bytes each;
2. A and R are canonical encodings: y < p = 2^255 - 19, the sign bit left aside;
3. neither A nor R has small order (y is none of ``SMALL_ORDER_Y``);
4. S < L, the order of the base point;
5. the bytes of R equal the encoding of [S]B - [k]A, where k = SHA-512(R + A + M) mod L.

The equation is the one *without* the cofactor: libraries that multiply both sides by 8 (the batch form)
let through some signatures which the others refuse, so they need point 5 checked on its own. libsodium
does all five by itself; points 1 to 4 are checked here once more, so that a change in the library under
us cannot change what a ledger holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import CryptoError

from shanyrak.core.errors import InvalidInput

P: Final = 2**255 - 19
L: Final = 2**252 + 27742317777372353535851937790883648493

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
SEED_BYTES: Final = 32

SMALL_ORDER_Y: Final = (
    0,
    1,
    P - 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
)
"""y of the eight points whose order divides 8: orders 4, 1, 2, 8 and 8 (both x of each count)."""

Triple = tuple[bytes, bytes, bytes]
"""(public key, message, signature)"""
Verifier = Callable[[Sequence[Triple]], list[bool]]
"""Says of each (public key, message, signature) whether it is good."""

_LOW_255: Final = 2**255 - 1
_TOP_BYTE_OF_L: Final = 0x10


class Signer:
    """A key that signs. ``seed`` is the secret: 32 bytes; it is never printed.

    ``public`` : 32 bytes, the origin of all facts it signs.
    """

    __slots__ = ("_secret", "public", "seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise InvalidInput(f"a secret key of {len(seed)} bytes; it has {SEED_BYTES}")
        self.seed = bytes(seed)
        self.public, self._secret = crypto_sign_seed_keypair(self.seed)

    @classmethod
    def generate(cls, random: Callable[[int], bytes]) -> Signer:
        """A new key from 32 bytes of ``random`` (``os.urandom`` outside tests)."""
        return cls(random(SEED_BYTES))

    @classmethod
    def from_seed(cls, seed: bytes) -> Signer:
        """The key of a seed; InvalidInput unless it has 32 bytes."""
        return cls(seed)

    def sign(self, message: bytes) -> bytes:
        """The signature over the message: 64 bytes, the same each time (RFC 8032)."""
        return crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def __repr__(self) -> str:
        return f"Signer({self.public.hex()})"


def sound_point(encoded: bytes) -> bool:
    """Whether 32 bytes may stand for A or R: y below p and not of small order (points 2 and 3)."""
    y = int.from_bytes(encoded, "little") & _LOW_255
    return y < P and y not in SMALL_ORDER_Y


def sound_form(public: bytes, sig: bytes) -> bool:
    """Points 1 to 4: everything that can be said without the message."""
    if len(public) != KEY_BYTES or len(sig) != SIGNATURE_BYTES:
        return False
    # S < 2^252 <=> its last byte is below 0x10; nearly every S is, and only the others are compared with L.
    if sig[63] >= _TOP_BYTE_OF_L and int.from_bytes(sig[32:], "little") >= L:
        return False
    return sound_point(public) and sound_point(sig[:32])


def verify(public: bytes, message: bytes, sig: bytes) -> bool:
    """Whether ``sig`` is a good signature of ``message`` by ``public``; never raises for bad bytes."""
    if not sound_form(public, sig):
        return False
    try:
        crypto_sign_open(sig + message, public)
    except CryptoError:
        return False
    return True


def verify_all(triples: Sequence[Triple]) -> list[bool]:
    """``verify`` for each triple, one after the other."""
    return [verify(public, message, sig) for public, message, sig in triples]
