"""One-time codes on paper, for a person on duty whose phone can make no key.

A sheet of codes is printed for a place; each serves for one report. On disk lies only a salted hash of each, so the
file tells nobody a code; what is typed is compared with all of them. A sheet printed anew makes the old one worthless.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from shanyrak.app.invites import locked
from shanyrak.core.errors import Damaged
from shanyrak.core.folders import write_text_atomically

FILE = "paper-codes.json"
ON_A_SHEET = 40
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which are mistaken for one another on paper."""
_LENGTH = 10
"""50 bits: with five tries an hour nobody guesses one."""
_ALIKE = str.maketrans({"0": "Q", "O": "Q", "1": "L", "I": "L"})


class _Kept(msgspec.Struct):
    salt: str
    codes: dict[str, str] = {}
    """hash of a code -> the place it is for"""


class PaperCodes:
    """The codes of a network.

    Parameters
    ----------
    path : file their hashes are kept in
    """

    def __init__(self, path: Path, random: Callable[[int], bytes]) -> None:
        self._path = path
        self._random = random
        self._turn = threading.Lock()

    def sheet(self, point: bytes, count: int = ON_A_SHEET) -> list[str]:
        """New codes for a place, in groups of five letters; those printed before serve no more."""
        codes = [self._draw() for _ in range(count)]
        with self._changing() as kept:
            kept.codes = {name: place for name, place in kept.codes.items() if place != point.hex()}
            kept.codes |= {_hash(kept.salt, code): point.hex() for code in codes}
        return [f"{code[:5]}-{code[5:]}" for code in codes]

    def point_of(self, typed: str) -> bytes | None:
        """The place a code is for, as typed by hand; None where it does not serve."""
        kept = self._read()
        found = kept.codes.get(_hash(kept.salt, normal(typed)))
        return bytes.fromhex(found) if found else None

    def use(self, typed: str) -> bytes | None:
        """Use a code up: the place it was for; None where it does not serve (any more)."""
        with self._changing() as kept:
            found = kept.codes.pop(_hash(kept.salt, normal(typed)), None)
        return bytes.fromhex(found) if found else None

    def give_back(self, typed: str, point: bytes) -> None:
        """Make a used code good again: the report could not be written down."""
        with self._changing() as kept:
            kept.codes[_hash(kept.salt, normal(typed))] = point.hex()

    def left(self, point: bytes) -> int:
        """How many codes of a place were not used yet."""
        return sum(place == point.hex() for place in self._read().codes.values())

    def _draw(self) -> str:
        return "".join(_LETTERS[byte % 32] for byte in self._random(_LENGTH))  # 256 is a multiple of 32

    @contextmanager
    def _changing(self) -> Iterator[_Kept]:
        with self._turn, locked(self._path.with_suffix(".lock")):
            kept = self._read()
            before = dict(kept.codes)
            yield kept
            if kept.codes != before:
                write_text_atomically(self._path, msgspec.json.encode(kept).decode() + "\n")

    def _read(self) -> _Kept:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return _Kept(self._random(16).hex())
        except msgspec.DecodeError as fault:
            mend = "Remove the file and print new sheets"
            raise Damaged("the list of paper codes cannot be read", where=str(self._path), mend=mend) from fault


def normal(typed: str) -> str:
    """A code as it was drawn, however it was typed: spaces, dashes, small letters, letters that look alike."""
    return "".join(letter for letter in typed.upper().translate(_ALIKE) if letter in _LETTERS)


def _hash(salt: str, code: str) -> str:
    return hmac.digest(bytes.fromhex(salt), code.encode(), hashlib.sha256).hex()
