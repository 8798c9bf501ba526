"""A link that only the giver has: it leads to what became of their promise, and tells nobody else what it is.

The secret in it follows from the promise's id and a key that lies beside the network's own, so nothing of it
stands in the record, and a machine that has the record without that key can make no such link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path

from shanyrak.core.errors import Damaged, Unavailable
from shanyrak.core.folders import write_secret
from shanyrak.facts.ledger import Ledger

_PREFIX = b"shanyrak/giver/1\n"
_BYTES = 20
KEY_BYTES = 32


def giver_key(path: Path, random: Callable[[int], bytes]) -> bytes:
    """The key of all givers' links of a network, made the first time it is asked for.

    Raises
    ------
    Damaged
        What lies there is no key.
    Unavailable
        It cannot be written.
    """
    if not path.is_file():
        try:
            write_secret(path, random(KEY_BYTES).hex() + "\n")
        except FileExistsError:
            pass  # another program was quicker; its key is as good
        except OSError as fault:
            raise Unavailable(
                f"the key of givers' links cannot be written ({fault.strerror})", where=str(path)
            ) from fault
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii", errors="replace").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        mend = "Move it away: a new one is made, and links handed out before lead nowhere"
        raise Damaged("this is no key of givers' links", where=str(path), mend=mend)
    return key


def secret_of(key: bytes, pledge: bytes) -> str:
    """The secret of a promise's link: 32 letters and digits."""
    digest = hmac.digest(key, _PREFIX + pledge, hashlib.sha256)[:_BYTES]
    return base64.b32encode(digest).decode("ascii").lower()


class GiverLinks:
    """Finds the promise that a secret belongs to. Every promise is compared, whatever was found before."""

    def __init__(self, ledger: Ledger, key: bytes) -> None:
        self._ledger = ledger
        self._key = key
        self._count = -1
        self._secrets: list[tuple[bytes, bytes]] = []

    def find(self, secret: str) -> bytes | None:
        """Id of the promise; None where it is the secret of none."""
        count = self._ledger.store.count()
        if count != self._count:
            pledges = [thing.id for thing in self._ledger.things("pledge")]
            self._secrets = [(secret_of(self._key, one).encode(), one) for one in pledges]
            self._count = count
        given = secret.encode("utf-8", "replace")
        found: bytes | None = None
        for right, pledge in self._secrets:
            if hmac.compare_digest(right, given):
                found = pledge
        return found
