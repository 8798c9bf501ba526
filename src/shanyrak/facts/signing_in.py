"""Who asks: a request is signed with the key of the device, apart from what it says (``spec/exchange.md``, "HTTP").

The signature is over a prefix of its own, so nobody can pass a request off as a fact or a fact as a request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.fact import SIGN_IN_PREFIX
from shanyrak.facts.signing import Signer, verify

KEY, TIME, SIGNATURE = "x-shanyrak-key", "x-shanyrak-time", "x-shanyrak-signature"
MAX_AWAY_MS = 600_000
"""How far the clocks of both sides may be apart."""


class NotSignedIn(InvalidInput):
    """Nobody can tell who asks."""


class NotAdmitted(InvalidInput):
    """Who asks is known, and may not."""


def sign_in(signer: Signer, net: bytes, body: bytes, time_ms: int) -> dict[str, str]:
    """The headers that say who sends ``body``.

    Parameters
    ----------
    net : the network the message names; empty where it names none
    """
    return {
        KEY: signer.public.hex(),
        TIME: str(time_ms),
        SIGNATURE: signer.sign(_signed(net, time_ms, body)).hex(),
    }


def check_sign_in(
    headers: Mapping[str, str], net: bytes, body: bytes, *, now_ms: int, admitted: Callable[[bytes], bool]
) -> bytes:
    """The key that asks.

    Raises
    ------
    NotSignedIn
        A header is missing or odd, the clocks are too far apart, or the signature does not verify.
    NotAdmitted
        The network has not admitted this key.
    """
    key, sig = _hex(headers, KEY, 32), _hex(headers, SIGNATURE, 64)
    text = headers.get(TIME, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise NotSignedIn("the request does not say when it was made", where=f"header {TIME}", mend=_MEND)
    time_ms = int(text)
    if abs(now_ms - time_ms) > MAX_AWAY_MS:
        minutes = abs(now_ms - time_ms) // 60_000
        raise NotSignedIn(
            f"the clocks of the two devices are {minutes} minutes apart; at most 10 are allowed",
            where=f"header {TIME}",
            mend="Set the clock of the device that is wrong",
        )
    if not verify(key, _signed(net, time_ms, body), sig):
        raise NotSignedIn("the signature of the request does not verify", where=f"header {SIGNATURE}", mend=_MEND)
    if not admitted(key):
        raise NotAdmitted(
            "this network has not admitted the asking device",
            where=key.hex(),
            mend="Ask a person with the role admin to admit this key",
        )
    return key


_MEND = "Exchange with a program that signs its requests: shanyrak ledger sync"


def _signed(net: bytes, time_ms: int, body: bytes) -> bytes:
    return SIGN_IN_PREFIX + b"exchange\n" + net + time_ms.to_bytes(8, "big") + hashlib.sha256(body).digest()


def _hex(headers: Mapping[str, str], name: str, size: int) -> bytes:
    text = headers.get(name, "")
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != size or value.hex() != text:
        raise NotSignedIn("the request does not say who asks", where=f"header {name}", mend=_MEND)
    return value
