"""Keys, signatures, and the one strict rule by which a signature verifies (``spec/facts.md``).

PyNaCl (libsodium) refuses small-order points and encodings that are not canonical, as the rule wants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import CryptoError

Verifier = Callable[[Sequence[tuple[bytes, bytes, bytes]]], list[bool]]
"""Says of each (public key, message, signature) whether it verifies."""


class Signer:
    """A device's secret key."""

    __slots__ = ("_secret", "public", "seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise ValueError("a seed has 32 bytes")
        self.seed = seed
        self.public, self._secret = crypto_sign_seed_keypair(seed)

    @classmethod
    def from_seed(cls, seed: bytes) -> Signer:
        """The key of a seed of 32 bytes."""
        return cls(seed)

    @classmethod
    def generate(cls, random: Callable[[int], bytes]) -> Signer:
        """A new key."""
        return cls(random(32))

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return crypto_sign(message, self._secret)[:crypto_sign_BYTES]


def verify(public: bytes, message: bytes, sig: bytes) -> bool:
    """Whether a signature verifies under the strict rule."""
    if len(public) != 32 or len(sig) != 64:
        return False
    try:
        crypto_sign_open(sig + message, public)
    except (CryptoError, ValueError):
        return False
    return True


def verify_all(asked: Sequence[tuple[bytes, bytes, bytes]]) -> list[bool]:
    """``verify`` for many, one after the other."""
    return [verify(*one) for one in asked]
