"""A visitor's word: *was it open?* Nobody has to say who they are, and nobody can find out afterwards.

What is written down is the point, one of four words and the quarter of an hour, under this server's own name.
Against floods there are limits, in memory only: an address is known by a keyed hash whose key dies with the
process, and is forgotten with its hour. They cannot tell people apart who share a line, and need not: a
visitor's word never changes the state of a point, and it takes two to contradict one.
"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from shanyrak.app.saying import VISITOR, VISITOR_GRID_MS
from shanyrak.facts.ledger import Ledger

Word = Literal["open", "full", "shut", "not_here"]
WORDS: tuple[Word, ...] = ("open", "full", "shut", "not_here")

HOUR_S = 3600
MOST_FROM_ONE = 5
"""Words from one address in an hour, about different points: one about each."""
MOST_OF_POINT = 30
"""Words about one point in an hour, from all addresses together: more would say nothing new."""
MOST_IN_ALL = 20_000
"""Words in an hour that are remembered at all; beyond that everybody waits."""


class Limits:
    """How much is taken, for an hour back from now.

    Parameters
    ----------
    clock_s : seconds that only grow
    key : random bytes of this process, never kept
    """

    def __init__(self, clock_s: Callable[[], float], key: bytes) -> None:
        self._clock_s = clock_s
        self._key = key
        self._taken: deque[tuple[float, bytes, bytes]] = deque()
        self._from: Counter[bytes] = Counter()
        self._of: Counter[bytes] = Counter()
        self._both: set[tuple[bytes, bytes]] = set()

    def allow(self, address: str, point: bytes) -> bool:
        """Whether one more word may be taken; if so, it is counted."""
        now_s = self._clock_s()
        while self._taken and self._taken[0][0] <= now_s - HOUR_S:
            self._forget(*self._taken.popleft()[1:])
        who = hashlib.blake2b(_line(address), key=self._key, digest_size=16).digest()
        if (
            (who, point) in self._both
            or self._from[who] >= MOST_FROM_ONE
            or self._of[point] >= MOST_OF_POINT
            or len(self._taken) >= MOST_IN_ALL
        ):
            return False
        self._taken.append((now_s, who, point))
        self._from[who] += 1
        self._of[point] += 1
        self._both.add((who, point))
        return True

    def _forget(self, who: bytes, point: bytes) -> None:
        self._both.discard((who, point))
        for counted, key in ((self._from, who), (self._of, point)):
            counted[key] -= 1
            if not counted[key]:
                del counted[key]


def _line(address: str) -> bytes:
    """What one line can choose freely is one address: of IPv6 the last 64 bits."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address.encode("utf-8", "replace")[:64]
    mapped = getattr(parsed, "ipv4_mapped", None)
    packed = (mapped or parsed).packed
    return packed if len(packed) == 4 else packed[:8]


class Visitors:
    """Takes visitors' words about points that are public.

    Parameters
    ----------
    is_public : whether people are led to the point with this id (64 hex digits). Nothing else is asked, so that
        an id that is hidden, remembered only or made up is answered alike, in the same time.
    write : write a word about a point down
    """

    def __init__(
        self, *, is_public: Callable[[str], bool], write: Callable[[bytes, Word], None], limits: Limits
    ) -> None:
        self._is_public = is_public
        self._write = write
        self._limits = limits
        self._turn = threading.Lock()

    def take(self, point: str, word: Word, address: str) -> Literal["thanks", "unknown", "too_many"]:
        """Take a word, from a network address that is not kept.

        Raises
        ------
        Unavailable
            The disk refuses. The word is not kept, and the limits have counted it.
        """
        if not self._is_public(point):
            return "unknown"
        about = bytes.fromhex(point)
        with self._turn:
            if not self._limits.allow(address, about):
                return "too_many"
            self._write(about, word)
        return "thanks"


def write_word(ledger: Ledger, point: bytes, word: Word, *, now_ms: int) -> bytes:
    """Write a visitor's word down in this device's own name; the id of the entry.

    It bears the beginning of its quarter of an hour, in its header as in its body: a time to the millisecond
    would tell which two words, about two doors, came from one hand. Only where somebody spoke of the point's
    state within the same quarter, it is placed right behind that word, so that it is seen to contradict it.
    """
    quarter_ms = now_ms // VISITOR_GRID_MS * VISITOR_GRID_MS
    happened = datetime.fromtimestamp(quarter_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")
    body = {"state": word, "happened": happened, "via": "text"}
    return ledger.say(VISITOR, body, about=point, at_ms=_after_state(ledger, point, quarter_ms, now_ms)).id


def _after_state(ledger: Ledger, point: bytes, quarter_ms: int, now_ms: int) -> int:
    """The beginning of the quarter, or a millisecond after the last word about the state if that came later."""
    thing = ledger.thing(point)
    state = thing.state.get("state") if thing is not None else None
    row = ledger.store.get([key := bytes.fromhex(state[1])]).get(key) if state else None
    if row is None or not quarter_ms <= row.eff_ms < now_ms:
        return quarter_ms
    return row.eff_ms + 1


def may_write(ledger: Ledger) -> bool:
    """Whether words written by this device count: it has a role that may write visitors' words down."""
    signer = ledger.signer
    kind = ledger.rules.kinds[VISITOR]
    roles = ledger.trust.authority.roles_of(signer.public) if signer is not None else ()
    return any(one.role in kind.by and one.revoked_ms is None for one in roles)
