"""Invitations: a link that admits one device to one role, once, within an hour.

Only a hash of the token is kept, in one file that the command line and the server share. The file is locked while
it is changed, and replaced whole.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from shanyrak.core.errors import Damaged, InvalidInput, NotFound
from shanyrak.core.folders import write_text_atomically

HOUR_MS = 3_600_000
_KEEP_MS = 24 * HOUR_MS
FILE = "invites.json"


class Invite(msgspec.Struct, frozen=True):
    """An invitation, as it is kept."""

    id: str
    """SHA-256 of the token, hex"""
    role: str
    scope: str
    """point, area or network, hex"""
    name: str
    """whom it is for, as the inviting person wrote it; forgotten once it is used"""
    by: str
    """key of the device that invites, hex; "" for this machine"""
    made_ms: int
    used_ms: int = 0
    until_ms: int = 0
    """until when the role is given; 0: it goes on"""

    def open_at(self, now_ms: int) -> bool:
        """Whether it can still be taken up."""
        return not self.used_ms and now_ms - self.made_ms <= HOUR_MS


class _File(msgspec.Struct):
    invites: list[Invite] = []


def token_text(token: bytes) -> str:
    """A token as it stands in a link."""
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


def read_token(text: str) -> bytes:
    """A token from a link.

    Raises
    ------
    InvalidInput
        It is none.
    """
    try:
        token = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        token = b""
    if len(token) != 32 or token_text(token) != text:
        raise InvalidInput("this is no invitation", where="token", mend="Open the link as it was printed")
    return token


class Invites:
    """The invitations of a network.

    Parameters
    ----------
    path : file they are kept in
    """

    def __init__(self, path: Path, *, now_ms: Callable[[], int], random: Callable[[int], bytes]) -> None:
        self._path = path
        self._now_ms = now_ms
        self._random = random
        self._turn = threading.Lock()

    def make(self, role: str, scope: bytes, *, name: str = "", by: bytes = b"", until_ms: int = 0) -> bytes:
        """A new one; its token is told here and never again."""
        token = self._random(32)
        made = Invite(_hash(token), role, scope.hex(), name, by.hex(), self._now_ms(), until_ms=until_ms)
        with self._changing() as kept:
            kept.append(made)
        return token

    def open(self) -> list[Invite]:
        """Those that can still be taken up, the newest first."""
        now_ms = self._now_ms()
        return sorted((one for one in self._read() if one.open_at(now_ms)), key=lambda one: -one.made_ms)

    def find(self, token: bytes) -> Invite:
        """The open invitation of a token.

        Raises
        ------
        NotFound
            There is none, it was used, or its hour is over: all are told alike.
        """
        now_ms = self._now_ms()
        for one in self._read():
            if one.id == _hash(token) and one.open_at(now_ms):
                return one
        raise _gone()

    def use(self, token: bytes) -> Invite:
        """Take an invitation up: from now on it is used.

        Raises
        ------
        NotFound
            As ``find``.
        """
        now_ms = self._now_ms()
        with self._changing() as kept:
            for k, one in enumerate(kept):
                if one.id == _hash(token) and one.open_at(now_ms):
                    kept[k] = msgspec.structs.replace(one, used_ms=now_ms, name="")
                    return one
        raise _gone()

    def give_back(self, invite: Invite) -> None:
        """Make a used one open again: what it was used for could not be written down."""
        with self._changing() as kept:
            kept[:] = [invite if one.id == invite.id else one for one in kept]

    def cancel(self, id: str) -> None:
        """Take an open one back; NotFound where there is none."""
        with self._changing() as kept:
            left = [one for one in kept if one.id != id or not one.open_at(self._now_ms())]
            if len(left) == len(kept):
                raise _gone()
            kept[:] = left

    @contextmanager
    def _changing(self) -> Iterator[list[Invite]]:
        """The list, alone; written back where it changed."""
        with self._turn, locked(self._path.with_suffix(".lock")):
            kept = self._read()
            before = list(kept)
            yield kept
            now_ms = self._now_ms()
            kept[:] = [one for one in kept if now_ms - one.made_ms <= _KEEP_MS]
            if kept != before:
                write_text_atomically(self._path, msgspec.json.encode(_File(kept)).decode() + "\n")

    def _read(self) -> list[Invite]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_File).invites
        except FileNotFoundError:
            return []
        except msgspec.DecodeError as fault:
            mend = "Remove the file: open invitations are lost, nothing else"
            raise Damaged("the list of invitations cannot be read", where=str(self._path), mend=mend) from fault


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone among all programs on this machine."""
    try:
        import fcntl
    except ImportError:  # a system without such locks: one program at a time is all there is
        yield
        return
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _hash(token: bytes) -> str:
    return hashlib.sha256(token).hexdigest()


def _gone() -> NotFound:
    return NotFound(
        "this invitation does not serve any more",
        where="token",
        mend="Ask whoever invited you for a new one: each serves once, within an hour",
    )
