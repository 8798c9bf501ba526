"""The recovery key on paper: 32 random bytes as 14 groups of five letters and digits that a tired person can type.

    4Z7QK H0M2P ...     each group: four symbols of the key and one that checks them; the 14th checks the whole

Crockford's base 32: no I, L, O, U on the sheet. When typed, case, spaces and dashes do not matter, O is 0, I
and L are 1, and Cyrillic letters that look like Latin ones are read as those. One wrong symbol, two swapped
ones or two swapped groups are always noticed, and the group is named.

From the one secret two keys are made by separate hashes: one signs (Ed25519), one opens backups (age, X25519).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.signing import Signer

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 14
GROUP = 5
_SEED_BYTES = 32
_DATA_GROUPS = 13  # 13 x 4 symbols x 5 bits = 260 bits: 256 of the key and 4 that are zero
_MEND = "Compare with the sheet: 14 groups of five"
_LOOKS_LIKE = str.maketrans("OILАВСЕНКМОРТХІУ", "011ABCEHKM0PTX1Y")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015.,;:|/_]+")
_SIGN = b"shanyrak/paper/sign/1\n"
_OPEN = b"shanyrak/paper/age/1\n"


class PaperKey:
    """The secret on the first sheet and what is made from it. It is never printed by accident."""

    __slots__ = ("seed", "signer")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != _SEED_BYTES:
            raise InvalidInput(f"a recovery key of {len(seed)} bytes; it has {_SEED_BYTES}")
        self.seed = bytes(seed)
        self.signer = Signer.from_seed(hashlib.sha256(_SIGN + self.seed).digest())
        """Signs as the recovery key."""

    @classmethod
    def generate(cls, random: Callable[[int], bytes]) -> PaperKey:
        """A new key from 32 bytes of ``random`` (``os.urandom`` outside tests)."""
        return cls(random(_SEED_BYTES))

    @classmethod
    def read(cls, text: str) -> PaperKey:
        """The key of what somebody typed.

        Raises
        ------
        InvalidInput
            Too few or too many symbols, a symbol that is none, or a group whose check symbol does not fit;
            says which group.
        """
        groups = _groups(text)
        values = [[ALPHABET.index(symbol) for symbol in group] for group in groups]
        wrong = [number for number, group in enumerate(values) if _check(group[:-1], number) != group[-1]]
        if wrong:
            raise InvalidInput(_wrong_groups(wrong), where="recovery key", mend=_MEND)
        number = 0
        for group in values[:_DATA_GROUPS]:
            for value in group[:-1]:
                number = number << 5 | value
        seed = (number >> 4).to_bytes(_SEED_BYTES, "big")
        if number & 15 or values[_DATA_GROUPS][:-1] != _sum(seed):
            raise InvalidInput(
                "every group looks right, and together they do not: more than one symbol is wrong somewhere",
                where="recovery key",
                mend=_MEND,
            )
        return cls(seed)

    @property
    def text(self) -> str:
        """The groups as they stand on the sheet, one space between them."""
        number = int.from_bytes(self.seed, "big") << 4
        symbols = [number >> 5 * place & 31 for place in range(51, -1, -1)]
        groups = [symbols[at : at + GROUP - 1] for at in range(0, len(symbols), GROUP - 1)] + [_sum(self.seed)]
        return " ".join(
            "".join(ALPHABET[value] for value in [*group, _check(group, number)]) for number, group in enumerate(groups)
        )

    @property
    def identity(self) -> str:
        """The secret that opens backups, as age writes it (AGE-SECRET-KEY-1...)."""
        return age_identity(hashlib.sha256(_OPEN + self.seed).digest())

    @property
    def recipient(self) -> str:
        """What backups are encrypted to, as age writes it (age1...)."""
        from pyrage import x25519

        return str(x25519.Identity.from_str(self.identity).to_public())

    def __repr__(self) -> str:
        return f"PaperKey(public={self.signer.public.hex()})"


def _groups(text: str) -> list[str]:
    """Fourteen groups of five symbols of the alphabet."""
    pieces = [piece for piece in _BETWEEN.split(text.upper().translate(_LOOKS_LIKE)) if piece]
    if not pieces:
        raise InvalidInput("nothing was typed", where="recovery key", mend=_MEND)
    joined = "".join(pieces)
    if len(joined) != GROUPS * GROUP:
        raise InvalidInput(_wrong_length(pieces, len(joined)), where="recovery key", mend=_MEND)
    groups = [joined[at : at + GROUP] for at in range(0, len(joined), GROUP)]
    for number, group in enumerate(groups):
        for symbol in group:
            if symbol not in ALPHABET:
                raise InvalidInput(
                    f"{symbol!r} in group {number + 1} ({group}) is not on any sheet", where="recovery key", mend=_MEND
                )
    return groups


def _wrong_length(pieces: list[str], count: int) -> str:
    if len(pieces) == GROUPS:
        odd = [f"group {at + 1} ({piece})" for at, piece in enumerate(pieces) if len(piece) != GROUP]
        return f"{', '.join(odd)} should have {GROUP} symbols"
    short = count < GROUPS * GROUP
    if all(len(piece) == GROUP for piece in pieces):
        said = "some are missing" if short else "some are too many"
        return f"{len(pieces)} groups were typed, {said}: there are {GROUPS}"
    return f"{count} symbols were typed, {abs(GROUPS * GROUP - count)} too {'few' if short else 'many'}"


def _wrong_groups(wrong: list[int]) -> str:
    if len(wrong) == GROUPS:
        return "no group fits its place: this is no recovery key, or it begins in another place"
    named = ", ".join(str(number + 1) for number in wrong)
    return (
        f"group {named} is mistyped"
        if len(wrong) == 1
        else f"groups {named} are mistyped, or stand in each other's place"
    )


def _check(values: list[int], number: int) -> int:
    """The check symbol of a group: a sum over GF(32) with another weight for each place, and its place among groups."""
    total, weight = number, 2
    for value in values:
        total ^= _times(weight, value)
        weight = _times(weight, 2)
    return total


def _times(a: int, b: int) -> int:
    """Product in GF(32) = GF(2)[x] / (x^5 + x^2 + 1)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= 0b100101
        b >>= 1
    return product


def _sum(seed: bytes) -> list[int]:
    """Twenty bits of a hash over the whole key, as four symbols."""
    number = int.from_bytes(hashlib.sha256(b"shanyrak/paper/check/1\n" + seed).digest()[:3], "big") >> 4
    return [number >> shift & 31 for shift in (15, 10, 5, 0)]


def age_identity(secret: bytes) -> str:
    """32 secret bytes as an X25519 identity of age (AGE-SECRET-KEY-1...)."""
    return _bech32("age-secret-key-", secret).upper()


_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _bech32(prefix: str, data: bytes) -> str:
    """BIP 173, as age writes its keys."""
    number = int.from_bytes(data, "big") << (-len(data) * 8) % 5
    count = -(-len(data) * 8 // 5)
    values = [number >> 5 * place & 31 for place in range(count - 1, -1, -1)]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod(expanded + values + [0] * 6) ^ 1
    values += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(_BECH32[value] for value in values)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> place & 1:
                check ^= generator
    return check
