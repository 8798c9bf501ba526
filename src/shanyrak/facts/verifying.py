"""Many signatures at once: the strict rule of ``signing``, in processes beside the one that keeps and folds.

Verifying takes more time than everything else that is done with a fact, so it is shared among the cores. The
program that asks is one of them: while it would wait for an answer, it verifies too. So there are as many hands
as cores and never more, and whoever has time left takes what is left of the work.
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
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from shanyrak.facts.signing import Triple, verify_all

_START_AT: Final = 3_000
"""From here on processes are worth their start (some 0.2 s once)."""
_SHARE_AT: Final = 300
"""Once they run, from here on they are worth the copying."""
_CHUNK: Final = 250
"""What is handed over at once: some 15 ms of work, which is the longest that one hand waits for another at the end."""
_AHEAD: Final = 2
"""Chunks that a process holds: one at work, and one so that it need not wait for this program's attention."""
_SERVE: Final = "from shanyrak.facts.verifying import serve_chunks; serve_chunks()"

_Chunk = tuple[int, Sequence[Triple]]
"""Where it begins in its batch, and what is to be verified."""


class PooledVerifier:
    """``verify_all`` for big batches, shared with processes of its own; small batches are verified in line.

    The processes are started by the first batch of 3,000 or more, speak through pipes, hold no key and no
    file, and end with this object, with ``close()``, or when this program ends, however it ends: their input
    closes then. One that dies meanwhile, or cannot be started, is done without; no answer is lost by it.

    Parameters
    ----------
    hands : int
        How many verify at once, the program that asks among them; None for one a core, at most 8.
    """

    def __init__(self, hands: int | None = None) -> None:
        self._wanted = (hands if hands is not None else min(os.cpu_count() or 1, 8)) - 1
        self._workers: list[_Process] = []
        self._threads: ThreadPoolExecutor | None = None
        self._finalizer = weakref.finalize(self, _end, self._workers)

    def __call__(self, triples: Sequence[Triple]) -> list[bool]:
        """Whether each triple is good, in their order."""
        return self.begin(triples)()

    def begin(self, triples: Sequence[Triple]) -> Callable[[], list[bool]]:
        """Start on a batch and return at once; what is returned gives the answer, and helps until it is there.

        So the caller can store and fold one batch while the next one is being verified. A batch too small
        for the processes is verified when the answer is asked for.
        """
        if len(triples) < (_SHARE_AT if self._workers else _START_AT) or not self._started():
            return partial(verify_all, triples)
        assert self._threads is not None
        batch = _Batch(triples)
        tasks = [self._threads.submit(_drive, worker, batch) for worker in self._workers]
        return partial(batch.answer, tasks)

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
        if not self._workers and self._wanted > 0:
            try:
                for _ in range(self._wanted):
                    self._workers.append(_Process())
            except OSError:
                _end(self._workers)
        if self._workers and self._threads is None:
            self._threads = ThreadPoolExecutor(self._wanted, thread_name_prefix="verify")
        return bool(self._workers)


class _Batch:
    """Triples that are being verified by several hands, each taking a chunk when it has none."""

    def __init__(self, triples: Sequence[Triple]) -> None:
        self._chunks: deque[_Chunk] = deque(
            (start, triples[start : start + _CHUNK]) for start in range(0, len(triples), _CHUNK)
        )
        self._found = bytearray(len(triples))

    def take(self) -> _Chunk | None:
        """The next chunk that nobody has; None where there is none."""
        try:
            return self._chunks.popleft()
        except IndexError:
            return None

    def give_back(self, chunk: _Chunk) -> None:
        """A chunk that was taken and not verified."""
        self._chunks.append(chunk)

    def put(self, chunk: _Chunk, good: bytes) -> None:
        """What was found of a chunk: 0 or 1 for each."""
        start, triples = chunk
        self._found[start : start + len(triples)] = good

    def answer(self, tasks: Sequence[Future[None]]) -> list[bool]:
        """Help until nothing is left to take, wait for the others, and do what one that died has left."""
        self._help()
        for task in tasks:
            task.result()
        self._help()
        return [good == 1 for good in self._found]

    def _help(self) -> None:
        while (chunk := self.take()) is not None:
            self.put(chunk, bytes(verify_all(chunk[1])))


class _Process:
    """One process, and the lock under which one batch at a time speaks with it."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part or str(Path.cwd()) for part in sys.path)}
        self.lock = threading.Lock()
        self.popen = subprocess.Popen(
            [sys.executable, "-P", "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )

    def send(self, triples: Sequence[Triple]) -> bool:
        """Hand a chunk over; False where the process is gone."""
        assert self.popen.stdin is not None
        message = msgspec.msgpack.encode(triples)
        try:
            self.popen.stdin.write(len(message).to_bytes(8, "big") + message)
            self.popen.stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def receive(self, triples: Sequence[Triple]) -> bytes | None:
        """0 or 1 for each triple of the oldest chunk not answered; None where the process is gone."""
        assert self.popen.stdout is not None
        try:
            found = self.popen.stdout.read(len(triples))
        except (OSError, ValueError):
            return None
        return found if len(found) == len(triples) else None


def _drive(worker: _Process, batch: _Batch) -> None:
    """Hand chunk after chunk to one process, until none is left or it is gone."""
    sent: deque[_Chunk] = deque()
    with worker.lock:
        while True:
            while len(sent) < _AHEAD and (chunk := batch.take()) is not None:
                sent.append(chunk)
                if not worker.send(chunk[1]):
                    break
            if not sent:
                return
            good = worker.receive(sent[0][1])
            if good is None:
                for chunk in sent:
                    batch.give_back(chunk)
                return
            batch.put(sent.popleft(), good)


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
