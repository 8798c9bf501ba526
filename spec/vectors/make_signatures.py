"""Signatures good and bad, with what a lenient library would say of each."""

from __future__ import annotations

from typing import Any

from curve import (
    BASE,
    EIGHT,
    ZERO,
    L,
    P,
    Point,
    add,
    challenge,
    encode,
    equations,
    public_of,
    secret_scalar,
    sign,
    times,
)

FACT = b"shanyrak/fact/1\n"
SIGN_IN = b"shanyrak/sign-in/1\n"
SEED = bytes(range(32))
NONCE = 0x5EED_0F_A_F1CED_1177E
"""r of the signatures that are put together by hand."""

RFC_8032 = (
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"),
)


def signatures() -> dict[str, Any]:
    """The whole of signatures.json."""
    made: list[dict[str, Any]] = []

    def put(name: str, good: bool, public: bytes, message: bytes, sig: bytes) -> None:
        plain, cofactored = equations(public, message, sig)
        made.append(
            {
                "name": name,
                "good": good,
                "public": public.hex(),
                "message": message.hex(),
                "sig": sig.hex(),
                "equation": plain,
                "equation_times_8": cofactored,
            }
        )

    _plain(put)
    _numbers(put)
    _small_keys(put)
    _small_points(put)
    _mixed(put)
    _beyond_p(put)
    return {
        "about": "Ed25519 as facts.md, 'Signature', narrows it. public, message, sig in hex. equation: [S]B = R + [k]A "
        "holds if everything is decoded leniently; equation_times_8: it holds after multiplying by 8",
        "vectors": made,
    }


def _plain(put: Any) -> None:
    for n, (seed, message) in enumerate(RFC_8032, start=1):
        key, said = bytes.fromhex(seed), bytes.fromhex(message)
        put(f"RFC 8032, test {n}", True, public_of(key), said, sign(key, said))
    public, header = public_of(SEED), b'{"about":""}'
    sig = sign(SEED, FACT + header)
    put("over prefix and header", True, public, FACT + header, sig)
    put("sign-in", True, public, SIGN_IN + b"challenge", sign(SEED, SIGN_IN + b"challenge"))
    put("a long message", True, public, bytes(4096), sign(SEED, bytes(4096)))
    put("the prefix of sign-in", False, public, FACT + header, sign(SEED, SIGN_IN + header))
    put("no prefix", False, public, FACT + header, sign(SEED, header))
    put("another message", False, public, FACT + header + b" ", sig)
    put("another key", False, public_of(bytes(32)), FACT + header, sig)
    for bit in (0, 254, 255, 256, 507, 511):
        put(f"bit {bit} of the signature flipped", False, public, FACT + header, _flip(sig, bit))
    for bit in (0, 254, 255):
        put(f"bit {bit} of the key flipped", False, _flip(public, bit), FACT + header, sig)
    put("R and S exchanged", False, public, FACT + header, sig[32:] + sig[:32])
    for name, bad in (("", b""), ("one byte short", sig[:-1]), ("one byte long", sig + b"\0"), ("R alone", sig[:32])):
        put(f"signature: {name or 'empty'}", False, public, FACT + header, bad)
    for name, key in (("empty", b""), ("one byte short", public[:-1]), ("one byte long", public + b"\0")):
        put(f"key: {name}", False, key, FACT + header, sig)
    put("all zero", False, bytes(32), b"", bytes(64))
    put("all ones", False, b"\xff" * 32, b"", b"\xff" * 64)


def _numbers(put: Any) -> None:
    """S must be below L."""
    public, message = public_of(SEED), b"S and L"
    sig = sign(SEED, message)
    number = int.from_bytes(sig[32:], "little")
    for name, s in (("S + L", number + L), ("S + 8 L", number + 8 * L), ("S + 15 L", number + 15 * L)):
        if s < 2**256:
            put(f"{name} instead of S", False, public, message, sig[:32] + s.to_bytes(32, "little"))
    # S = 0 is a number like any other: R = -[k]A needs k before R, so no true one can be made; nor for S = L - 1.
    for name, s in (
        ("0", 0),
        ("L - 1", L - 1),
        ("L", L),
        ("L + 1", L + 1),
        ("2^253", 2**253),
        ("2^256 - 1", 2**256 - 1),
    ):
        put(f"S is {name}", False, public, message, sig[:32] + s.to_bytes(32, "little"))


def small_encodings() -> list[tuple[str, bytes, Point]]:
    """All 32 bytes that some library decodes to a point of small order, with that point."""
    found = []
    for n in range(8):
        point = times(n, EIGHT)
        for lifted in (False, True):
            y = point[1] + (P if lifted else 0)
            if y >= 2**255:
                continue
            signs = (point[0] & 1,) if point[0] else (0, 1)
            for one in signs:
                name = f"{n} T{', y + p' if lifted else ''}{', sign bit of x = 0 set' if one and not point[0] else ''}"
                found.append((name, (y | one << 255).to_bytes(32, "little"), point))
    return found


def _small_keys(put: Any) -> None:
    """Keys of small order T: R = [r]B, S = r, and a message for which [k]T = 0. Anybody can make these."""
    r = encode(times(NONCE, BASE))
    for name, public, point in small_encodings():
        message = _search(lambda m, a=public, p=point: times(challenge(r, a, m) % 8, p) == ZERO)
        put(f"key of small order: {name}", False, public, message, r + NONCE.to_bytes(32, "little"))


def _small_points(put: Any) -> None:
    """R of small order: S = k a, and a key a B + T whose T takes R away again."""
    number, _ = secret_scalar(SEED)
    key = add(times(number, BASE), EIGHT)
    public = encode(key)
    for name, r, point in small_encodings():
        message = _search(lambda m, r=r, p=point: add(p, times(challenge(r, public, m) % 8, EIGHT)) == ZERO)
        s = challenge(r, public, message) * number % L
        put(f"R of small order: {name}", False, public, message, r + s.to_bytes(32, "little"))
    plain = public_of(SEED)
    zero = encode(ZERO)
    s = challenge(zero, plain, b"zero") * number % L
    put("R is zero, under a plain key", False, plain, b"zero", zero + s.to_bytes(32, "little"))


def _mixed(put: Any) -> None:
    """Points with a part of small order: here libraries with and without the cofactor part ways."""
    number, _ = secret_scalar(SEED)
    plain = public_of(SEED)
    for n in (1, 2, 4):
        torsion = times(n, EIGHT)
        r = encode(add(times(NONCE, BASE), torsion))
        s = (NONCE + challenge(r, plain, b"mixed R") * number) % L
        put(f"R = [r]B + {n} T", False, plain, b"mixed R", r + s.to_bytes(32, "little"))
    public = encode(add(times(number, BASE), EIGHT))
    r = encode(times(NONCE, BASE))
    for rest in (0, 1, 4):
        message = _search(lambda m, rest=rest: challenge(r, public, m) % 8 == rest)
        s = (NONCE + challenge(r, public, message) * number) % L
        put(f"A = [a]B + T, k mod 8 = {rest}", rest == 0, public, message, r + s.to_bytes(32, "little"))
    r = encode(add(times(NONCE, BASE), times(3, EIGHT)))
    for rest in (5, 6):
        message = _search(lambda m, rest=rest: challenge(r, public, m) % 8 == rest)
        s = (NONCE + challenge(r, public, message) * number) % L
        name = f"A = [a]B + T, R = [r]B + 3 T, k mod 8 = {rest}"
        put(name, rest == 5, public, message, r + s.to_bytes(32, "little"))


def _beyond_p(put: Any) -> None:
    """y >= p that is no point of small order, and y that no point has. Nobody can make the equation hold for these."""
    sig = sign(SEED, b"y")
    for low in (3, 4, 18):
        y = (P + low).to_bytes(32, "little")
        put(f"key with y = p + {low}", False, y, b"y", sig)
        put(f"R with y = p + {low}", False, public_of(SEED), b"y", y + sig[32:])
    nowhere = (2).to_bytes(32, "little")
    put("key on no point", False, nowhere, b"y", sig)
    put("R on no point", False, public_of(SEED), b"y", nowhere + sig[32:])


def _search(fits: Any) -> bytes:
    n = 0
    while not fits(b"message %d" % n):
        n += 1
    return b"message %d" % n


def _flip(data: bytes, bit: int) -> bytes:
    out = bytearray(data)
    out[bit // 8] ^= 1 << bit % 8
    return bytes(out)
