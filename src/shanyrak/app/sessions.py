"""Signed in for reading: a device proves its key once, and a cookie stands for that for half an hour.

Everything lies in memory: a server that was started anew asks everybody again, which their devices do by themselves.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from shanyrak.facts.fact import SIGN_IN_PREFIX
from shanyrak.facts.signing import verify
from shanyrak.facts.signing_in import NotSignedIn

CHALLENGE_MS = 2 * 60_000
IDLE_MS = 30 * 60_000
WHOLE_MS = 12 * 3_600_000
MOST = 50_000
"""Challenges, and sessions, kept at once: the oldest make room."""


def session_message(net: bytes, challenge: bytes) -> bytes:
    """What is signed to sign in."""
    return SIGN_IN_PREFIX + b"session\n" + net + challenge


def redeem_message(token: bytes, key: bytes) -> bytes:
    """What is signed to take up an invitation."""
    return SIGN_IN_PREFIX + b"redeem\n" + hashlib.sha256(token).digest() + key


@dataclass
class _Session:
    key: bytes
    begun_ms: int
    used_ms: int


class Sessions:
    """Challenges and sessions of one server.

    Parameters
    ----------
    now_ms : ms since 1970
    random : bytes nobody can guess
    """

    def __init__(self, now_ms: Callable[[], int], random: Callable[[int], bytes]) -> None:
        self._now_ms = now_ms
        self._random = random
        self._lock = threading.Lock()
        self._challenges: OrderedDict[bytes, tuple[bytes, int]] = OrderedDict()
        self._sessions: OrderedDict[bytes, _Session] = OrderedDict()

    def challenge(self, key: bytes) -> bytes:
        """32 bytes for a key to sign, once, within two minutes."""
        made = self._random(32)
        with self._lock:
            self._challenges[made] = (key, self._now_ms())
            while len(self._challenges) > MOST:
                self._challenges.popitem(last=False)
        return made

    def begin(self, key: bytes, challenge: bytes, sig: bytes, net: bytes) -> bytes:
        """A session's secret.

        Raises
        ------
        NotSignedIn
            No such challenge for this key (or it was used, or is too old), or the signature does not verify.
        """
        with self._lock:
            whose, at_ms = self._challenges.pop(challenge, (b"", 0))
        if whose != key or self._now_ms() - at_ms > CHALLENGE_MS:
            raise NotSignedIn("this challenge does not serve any more", where="challenge", mend="Ask for a new one")
        if not verify(key, session_message(net, challenge), sig):
            raise NotSignedIn("the signature does not verify", where="sig", mend="Sign in with the key that asks")
        secret = self._random(32)
        now_ms = self._now_ms()
        with self._lock:
            self._sessions[_digest(secret)] = _Session(key, now_ms, now_ms)
            while len(self._sessions) > MOST:
                self._sessions.popitem(last=False)
        return secret

    def key_of(self, secret: bytes) -> bytes | None:
        """The key a session stands for; None where it is over. Using it keeps it alive."""
        now_ms = self._now_ms()
        with self._lock:
            found = self._sessions.get(_digest(secret))
            if found is None:
                return None
            if now_ms - found.used_ms > IDLE_MS or now_ms - found.begun_ms > WHOLE_MS:
                del self._sessions[_digest(secret)]
                return None
            found.used_ms = now_ms
            return found.key

    def until_ms(self, secret: bytes) -> int:
        """When a session ends if it is not used any more [ms since 1970]; 0 where there is none."""
        with self._lock:
            found = self._sessions.get(_digest(secret))
            return min(found.used_ms + IDLE_MS, found.begun_ms + WHOLE_MS) if found else 0

    def end(self, secret: bytes) -> None:
        """Sign out."""
        with self._lock:
            self._sessions.pop(_digest(secret), None)

    def end_of_key(self, key: bytes) -> None:
        """Sign a key out everywhere."""
        with self._lock:
            for name in [name for name, one in self._sessions.items() if one.key == key]:
                del self._sessions[name]


def _digest(secret: bytes) -> bytes:
    """Kept instead of the secret: what leaks from memory signs nobody in."""
    return hashlib.sha256(secret).digest()
