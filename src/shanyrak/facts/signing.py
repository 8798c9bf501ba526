"""Ed25519, in the one strict form that ``spec/facts.md`` fixes for every language.

A signature (R, S) by key A over a message M is good if, and only if,

1. A is 32 bytes and R and S are 32 bytes each;
2. A and R are canonical encodings: y < p = 2^255 - 19, the sign bit left aside;
3. neither A nor R has small order (y is none of ``SMALL_ORDER_Y``);
4. S < L, the order of the base point;
5. the bytes of R equal the encoding of [S]B - [k]A, where k = SHA-512(R + A + M) mod L.

The equation is the one *without* the cofactor: libraries that multiply both sides by 8 (the batch form)
let through some signatures which the others refuse, so they need point 5 checked on its own. libsodium
does all five by itself; points 1 to 4 are checked here once more, so that a change in the library under
us cannot change what a ledger holds.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import CryptoError

from shanyrak.core.errors import InvalidInput

P: Final = 2**255 - 19
L: Final = 2**252 + 27742317777372353535851937790883648493

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
SEED_BYTES: Final = 32

SMALL_ORDER_Y: Final = (
    0,
    1,
    P - 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
)
"""y of the eight points whose order divides 8: orders 4, 1, 2, 8 and 8 (both x of each count)."""

Triple = tuple[bytes, bytes, bytes]
"""(public key, message, signature)"""
Verifier = Callable[[Sequence[Triple]], list[bool]]
"""Says of each (public key, message, signature) whether it is good."""

_LOW_255: Final = 2**255 - 1
_TOP_BYTE_OF_L: Final = 0x10


class Signer:
    """A key that signs. ``seed`` is the secret: 32 bytes; it is never printed.

    ``public`` : 32 bytes, the origin of all facts it signs.
    """

    __slots__ = ("_secret", "public", "seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise InvalidInput(f"a secret key of {len(seed)} bytes; it has {SEED_BYTES}")
        self.seed = bytes(seed)
        self.public, self._secret = crypto_sign_seed_keypair(self.seed)

    @classmethod
    def generate(cls, random: Callable[[int], bytes]) -> Signer:
        """A new key from 32 bytes of ``random`` (``os.urandom`` outside tests)."""
        return cls(random(SEED_BYTES))

    @classmethod
    def from_seed(cls, seed: bytes) -> Signer:
        """The key of a seed; InvalidInput unless it has 32 bytes."""
        return cls(seed)

    def sign(self, message: bytes) -> bytes:
        """The signature over the message: 64 bytes, the same each time (RFC 8032)."""
        return crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def __repr__(self) -> str:
        return f"Signer({self.public.hex()})"


def sound_point(encoded: bytes) -> bool:
    """Whether 32 bytes may stand for A or R: y below p and not of small order (points 2 and 3)."""
    y = int.from_bytes(encoded, "little") & _LOW_255
    return y < P and y not in SMALL_ORDER_Y


def sound_form(public: bytes, sig: bytes) -> bool:
    """Points 1 to 4: everything that can be said without the message."""
    if len(public) != KEY_BYTES or len(sig) != SIGNATURE_BYTES:
        return False
    # S < 2^252 <=> its last byte is below 0x10; nearly every S is, and only the others are compared with L.
    if sig[63] >= _TOP_BYTE_OF_L and int.from_bytes(sig[32:], "little") >= L:
        return False
    return sound_point(public) and sound_point(sig[:32])


def verify(public: bytes, message: bytes, sig: bytes) -> bool:
    """Whether ``sig`` is a good signature of ``message`` by ``public``; never raises for bad bytes."""
    if not sound_form(public, sig):
        return False
    try:
        crypto_sign_open(sig + message, public)
    except CryptoError:
        return False
    return True


def verify_all(triples: Sequence[Triple]) -> list[bool]:
    """``verify`` for each triple, one after the other."""
    return [verify(public, message, sig) for public, message, sig in triples]


_START_AT: Final = 3_000
"""From here on two processes are worth their start (some 0.2 s once)."""
_SHARE_AT: Final = 300
"""Once they run, from here on they are worth the copying."""
_CHUNK: Final = 1_000
_SERVE: Final = "from shanyrak.facts.signing import serve_chunks; serve_chunks()"


class PooledVerifier:
    """``verify_all`` for big batches, in processes of its own; small batches are verified in line.

    The processes are started by the first batch of 3,000 or more, speak through pipes, hold no key and no
    file, and end with this object, with ``close()``, or when this program ends, however it ends: their input
    closes then. One that dies meanwhile, or cannot be started, is done without; no answer is lost by it.

    Parameters
    ----------
    processes : int
        How many; None for one a core, at most 8.
    """

    def __init__(self, processes: int | None = None) -> None:
        self._wanted = processes if processes is not None else min(os.cpu_count() or 1, 8)
        self._workers: list[_Process] = []
        self._threads: ThreadPoolExecutor | None = None
        self._finalizer = weakref.finalize(self, _end, self._workers)

    def __call__(self, triples: Sequence[Triple]) -> list[bool]:
        """Whether each triple is good, in their order."""
        return self.begin(triples)()

    def begin(self, triples: Sequence[Triple]) -> Callable[[], list[bool]]:
        """Start on a batch and return at once; what is returned waits for the answer and gives it.

        So the caller can store and fold one batch while the next one is being verified. A batch too small
        for the processes is verified when the answer is asked for.
        """
        if len(triples) < (_SHARE_AT if self._workers else _START_AT) or not self._started():
            return partial(verify_all, triples)
        assert self._threads is not None
        size = min(_CHUNK, -(-len(triples) // len(self._workers)))
        chunks = deque((start, triples[start : start + size]) for start in range(0, len(triples), size))
        found = bytearray(len(triples))
        tasks = [self._threads.submit(_drive, worker, chunks, found) for worker in self._workers]

        def answer() -> list[bool]:
            for task in tasks:
                task.result()
            for start, chunk in chunks:  # left over where a process died at the end
                found[start : start + len(chunk)] = bytes(verify_all(chunk))
            chunks.clear()
            return [good == 1 for good in found]

        return answer

    @property
    def processes(self) -> tuple[int, ...]:
        """Ids of the processes that were started and not ended since."""
        return tuple(worker.popen.pid for worker in self._workers)

    def close(self) -> None:
        """End the processes and wait for them; verifying goes on working (in line, or with new ones)."""
        if self._threads is not None:
            self._threads.shutdown()
            self._threads = None
        _end(self._workers)

    def __enter__(self) -> PooledVerifier:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> bool:
        """Make sure that the processes run; False where none does."""
        dead = [worker for worker in self._workers if worker.popen.poll() is not None]
        self._workers[:] = [worker for worker in self._workers if worker not in dead]
        _end(dead)
        if not self._workers and self._wanted > 1:
            try:
                for _ in range(self._wanted):
                    self._workers.append(_Process())
            except OSError:
                _end(self._workers)
        if self._workers and self._threads is None:
            self._threads = ThreadPoolExecutor(self._wanted, thread_name_prefix="verify")
        return bool(self._workers)


class _Process:
    """One process, and the lock under which one batch at a time speaks with it."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part or str(Path.cwd()) for part in sys.path)}
        self.lock = threading.Lock()
        self.popen = subprocess.Popen(
            [sys.executable, "-P", "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )

    def ask(self, chunk: Sequence[Triple]) -> bytes:
        """0 or 1 for each triple; shorter where the process is gone."""
        assert self.popen.stdin is not None and self.popen.stdout is not None
        message = msgspec.msgpack.encode(chunk)
        try:
            self.popen.stdin.write(len(message).to_bytes(8, "big") + message)
            self.popen.stdin.flush()
            return self.popen.stdout.read(len(chunk))
        except (OSError, ValueError):
            return b""


def _drive(worker: _Process, chunks: deque[tuple[int, Sequence[Triple]]], found: bytearray) -> None:
    """Hand chunk after chunk to one process, until none is left or it is gone."""
    with worker.lock:
        while True:
            try:
                start, chunk = chunks.popleft()
            except IndexError:
                return
            answer = worker.ask(chunk)
            if len(answer) != len(chunk):
                chunks.append((start, chunk))
                return
            found[start : start + len(chunk)] = answer


def _end(workers: list[_Process]) -> None:
    """Close the input of each process, which ends it, and wait until it has."""
    for worker in workers:
        for pipe in (worker.popen.stdin, worker.popen.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
    for worker in workers:
        try:
            worker.popen.wait(timeout=5)
        except subprocess.TimeoutExpired:
            worker.popen.kill()
            worker.popen.wait()
    workers.clear()


def serve_chunks() -> None:
    """What a process of ``PooledVerifier`` does: batches in, one byte (0 or 1) for each triple out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program; this one ends when its input does
    decoder = msgspec.msgpack.Decoder(list[tuple[bytes, bytes, bytes]])
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(size := source.read(8)) == 8:
        sink.write(bytes(verify_all(decoder.decode(source.read(int.from_bytes(size, "big"))))))
        sink.flush()
