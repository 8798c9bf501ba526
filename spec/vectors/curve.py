"""Ed25519 in plain integers (RFC 8032): slow, readable, for making vectors only. Never for a secret that matters.

It decodes leniently, as the weakest library would, so that a vector can say what such a library lets through.
"""

from __future__ import annotations

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
"""A square root of -1."""

Point = tuple[int, int]
Extended = tuple[int, int, int, int]
ZERO: Point = (0, 1)


def x_of(y: int) -> int | None:
    """The even x of a y; None where no point has it."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 else x


def add(a: Point, b: Point) -> Point:
    t = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + t, P - 2, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - t, P - 2, P) % P


def negative(a: Point) -> Point:
    return -a[0] % P, a[1]


def times(n: int, a: Point) -> Point:
    """n times a point, in extended coordinates (x = X/Z, y = Y/Z, T = XY/Z), so that one division is enough."""
    found, rest = (0, 1, 1, 0), (a[0], a[1], 1, a[0] * a[1] % P)
    while n:
        if n & 1:
            found = _add_extended(found, rest)
        rest = _add_extended(rest, rest)
        n >>= 1
    inverse = pow(found[2], P - 2, P)
    return found[0] * inverse % P, found[1] * inverse % P


def _add_extended(a: Extended, b: Extended) -> Extended:
    """RFC 8032, 5.1.4."""
    low, high = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = high - low, d - c, d + c, high + low
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(y: int) -> Point:
    x = x_of(y)
    assert x is not None
    return x, y


BASE: Point = _point(4 * pow(5, P - 2, P) % P)


def _order_eight() -> Point:
    y = 2
    while True:
        x = x_of(y)
        if x is not None:
            found = times(L, (x, y))
            if times(4, found) != ZERO:
                return found
        y += 1


EIGHT: Point = _order_eight()
"""A point of order 8; its multiples are all points of small order."""


def encode(a: Point) -> bytes:
    return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")


def decode_leniently(data: bytes) -> Point | None:
    """A point from any 32 bytes: y is taken modulo p and the sign of x = 0 does not matter."""
    number = int.from_bytes(data, "little")
    y = number % 2**255 % P
    x = x_of(y)
    if x is None:
        return None
    return (-x % P, y) if (x & 1) != number >> 255 else (x, y)


def challenge(r: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % L


def secret_scalar(seed: bytes) -> tuple[int, bytes]:
    """The secret number of a seed, and the prefix its nonces are made with."""
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little")
    return number & ~7 & ~(1 << 255) | 1 << 254, digest[32:]


def public_of(seed: bytes) -> bytes:
    return encode(times(secret_scalar(seed)[0], BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    number, prefix = secret_scalar(seed)
    nonce = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    r = encode(times(nonce, BASE))
    k = challenge(r, encode(times(number, BASE)), message)
    return r + ((nonce + k * number) % L).to_bytes(32, "little")


def equations(public: bytes, message: bytes, sig: bytes) -> tuple[bool, bool]:
    """Whether [S]B = R + [k]A holds as it stands, and after both sides were multiplied by 8; S may be any number."""
    if len(public) != 32 or len(sig) != 64:
        return False, False
    a, r = decode_leniently(public), decode_leniently(sig[:32])
    if a is None or r is None:
        return False, False
    k = challenge(sig[:32], public, message)
    left = times(int.from_bytes(sig[32:], "little"), BASE)
    rest = add(left, negative(add(r, times(k, a))))
    return rest == ZERO, times(8, rest) == ZERO
