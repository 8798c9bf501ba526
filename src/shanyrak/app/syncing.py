"""Exchange with a server over HTTP. What is cut is tried again; what was accepted until then stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit, urlunsplit

import httpx
import tenacity

from shanyrak.app.wording import one_line
from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.core.progress import Progress, silent
from shanyrak.facts.exchange import BATCH_BYTES, Cut, SyncReport, sync
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.messages import read_message
from shanyrak.facts.signing_in import sign_in

PATH = "/api/v1/exchange"
MAX_ANSWER_BYTES = 16 * 2**20
ATTEMPTS = 5
PATIENCE_S = 30.0
"""Without a byte for so long, a connection counts as lost."""
BUSY = frozenset({429, 502, 503, 504})


BINARY = "application/octet-stream"
_ADDRESS = "Give the address that shanyrak serve --exchange-only printed"


class _Broken(Exception):
    """One attempt came to nothing; ``received`` is what came of the answer."""

    def __init__(self, what: str, received: bytes = b"") -> None:
        self.what = what
        self.received = received
        super().__init__(what)


def sync_over_http(
    ledger: Ledger,
    url: str,
    *,
    now_ms: Callable[[], int],
    scopes: Iterable[bytes] | None = None,
    batch_bytes: int = BATCH_BYTES,
    progress: Progress = silent,
    attempts: int = ATTEMPTS,
    wait_s: float = 0.2,
    transport: httpx.BaseTransport | None = None,
) -> SyncReport:
    """Bring this ledger and that of a server to the same facts.

    Parameters
    ----------
    url : address of the server, such as http://192.168.0.5:8765
    attempts : how often each message is tried
    wait_s : pause before the second attempt; each further one is twice as long, at most 5 seconds
    transport : how bytes travel; over the network where not given

    Raises
    ------
    InvalidInput
        ``url`` is no address, or the server refuses (another network, not admitted).
    Unavailable
        Nobody answers there, or the line broke too often.
    """
    address = exchange_address(url)
    again = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(_Broken),
        stop=tenacity.stop_after_attempt(attempts),
        wait=tenacity.wait_exponential(multiplier=wait_s, max=5.0),
        reraise=True,
    )
    with httpx.Client(timeout=httpx.Timeout(PATIENCE_S, connect=10.0), transport=transport) as client:

        def ask(request: bytes) -> bytes:
            headers = {"content-type": BINARY}
            if ledger.signer is not None:
                net: bytes = getattr(read_message(request), "net", b"")
                headers |= sign_in(ledger.signer, net, request, now_ms())
            try:
                return again(_post, client, address, request, headers)
            except _Broken as broken:
                mend = "What came until then is kept; try again when the line is there"
                raise Cut(broken.what, broken.received, where=url, mend=mend) from broken

        return sync(ledger, ask, scopes=scopes, batch_bytes=batch_bytes, progress=progress)


def exchange_address(url: str) -> str:
    """Where the exchange of a server is: its address, with the path behind it if it is not there yet."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username is not None:
        raise InvalidInput(f"{url!r} is no address of a server", mend="Write it as http://192.168.0.5:8765")
    path = parts.path.rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path if path.endswith(PATH) else path + PATH, "", ""))


def _post(client: httpx.Client, address: str, request: bytes, headers: dict[str, str]) -> bytes:
    """One attempt: the whole answer, or _Broken with what came of it."""
    received = bytearray()
    try:
        with client.stream("POST", address, content=request, headers=headers) as response:
            for piece in response.iter_bytes():
                received += piece
                if len(received) > MAX_ANSWER_BYTES:
                    raise InvalidInput("the answer is larger than any answer can be", where=address)
    except httpx.ConnectError as fault:
        raise _Broken("nobody answers at this address") from fault
    except httpx.TimeoutException as fault:
        raise _Broken("the server did not answer in time", bytes(received)) from fault
    except httpx.TransportError as fault:
        raise _Broken("the line was cut", bytes(received)) from fault
    if response.status_code == 200 and response.headers.get("content-type", "").startswith("text/"):
        raise InvalidInput("something else than an exchange answers there", where=address, mend=_ADDRESS)
    if response.status_code in BUSY:
        raise _Broken(f"the server is busy or away (HTTP {response.status_code})")
    if response.status_code != 200:
        raise _refusal(response, bytes(received), address)
    return bytes(received)


def _refusal(response: httpx.Response, body: bytes, address: str) -> InvalidInput | Unavailable:
    """Why the server refuses, in its own words where it has any."""
    try:
        error = httpx.Response(200, content=body).json()["error"]
        what, mend = one_line(str(error["what"])[:300]), one_line(str(error["mend"])[:300])
    except (ValueError, KeyError, TypeError):
        return InvalidInput(
            f"there is no exchange at this address (HTTP {response.status_code})", where=address, mend=_ADDRESS
        )
    if response.status_code >= 500:
        return Unavailable(f"the server has a fault: {what}", where=address, mend=mend)
    return InvalidInput(f"the server refuses: {what}", where=address, mend=mend)
