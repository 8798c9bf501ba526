"""Big batches of signatures, verified by several processes at once: the answers of one, and no process left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import shanyrak
from shanyrak.facts import verifying
from shanyrak.facts.signing import Signer, Triple, verify_all
from shanyrak.facts.verifying import PooledVerifier

SEED = bytes(range(32))


def drawn(count: int) -> tuple[list[Triple], list[bool]]:
    """Signatures of two keys, every seventh of them over another message."""
    signers = [Signer(SEED), Signer(bytes(32))]
    messages = [b"fact %d" % n for n in range(count)]
    triples = [(s.public, m, s.sign(m)) for n, m in enumerate(messages) for s in (signers[n % 2],)]
    wanted = [n % 7 != 0 for n in range(count)]
    return [(a, m if good else m + b"!", s) for (a, m, s), good in zip(triples, wanted, strict=True)], wanted


BIG, WANTED = drawn(3_100)


def gone(pid: int) -> bool:
    """Whether a process ends within ten seconds."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        if state.is_file() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True  # ended; whoever adopted it has not looked yet
        time.sleep(0.05)
    return False


def test_nothing_to_verify_is_no_question() -> None:
    with PooledVerifier() as pooled:
        assert pooled([]) == verify_all([]) == []


def test_a_small_batch_starts_no_process() -> None:
    with PooledVerifier(3) as pooled:
        assert pooled(BIG[:100]) == WANTED[:100]
        assert pooled.processes == ()


def test_a_big_batch_gives_the_same_answers_in_the_same_order() -> None:
    with PooledVerifier(3) as pooled:
        assert pooled(BIG) == WANTED
        started = pooled.processes
        assert len(started) == 2  # and this program is the third
        assert pooled(BIG[:700]) == WANTED[:700]  # they run already: a middle-sized batch goes there too
        assert pooled.processes == started
    assert pooled.processes == ()
    assert all(gone(pid) for pid in started)


def test_two_batches_may_be_under_way() -> None:
    with PooledVerifier(3) as pooled:
        first, second = pooled.begin(BIG), pooled.begin(BIG[1:])
        assert second() == WANTED[1:]
        assert first() == WANTED


def test_a_process_that_is_killed_costs_time_and_no_answer() -> None:
    with PooledVerifier(3) as pooled:
        pooled(BIG)
        os.kill(pooled.processes[0], signal.SIGKILL)
        assert pooled(BIG) == WANTED


@pytest.mark.parametrize("fault", ["import sys; sys.stdin.buffer.read(8)", "raise SystemExit(3)"])
def test_processes_that_die_at_their_first_batch_are_done_without(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "_SERVE", fault)
    with PooledVerifier(3) as pooled:
        assert pooled(BIG) == WANTED


def test_where_no_process_can_be_started_it_verifies_in_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with PooledVerifier(3) as pooled:
        assert pooled(BIG) == WANTED
        assert pooled.processes == ()


def test_the_one_who_asks_does_what_a_process_has_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    # A process that takes its chunks and never answers holds two of them; all others are done without it.
    monkeypatch.setattr(verifying, "_SERVE", "import sys; sys.stdin.buffer.read()")
    with PooledVerifier(2) as pooled:
        answer = pooled.begin(BIG)
        (pid,) = pooled.processes
        helped: list[int] = []

        def counted(triples: list[Triple]) -> list[bool]:
            helped.append(len(triples))
            if sum(helped) >= len(BIG) - 500:
                os.kill(pid, signal.SIGKILL)
            return verify_all(triples)

        monkeypatch.setattr(verifying, "verify_all", counted)
        assert answer() == WANTED
        assert sum(helped) == len(BIG)


def test_one_core_needs_no_process() -> None:
    with PooledVerifier(1) as pooled:
        assert pooled(BIG) == WANTED
        assert pooled.processes == ()


ENDINGS = {
    "at its end": "",
    "by an error": "raise SystemExit(5)",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_program_that_ends_without_closing_leaves_no_process(ending: str) -> None:
    source = Path(shanyrak.__file__).parents[1]
    program = (
        "from shanyrak.facts.signing import Signer\n"
        "from shanyrak.facts.verifying import PooledVerifier\n"
        "signer = Signer(bytes(32))\n"
        "pooled = PooledVerifier(3)\n"
        "assert all(pooled([(signer.public, b'm', signer.sign(b'm'))] * 3_000))\n"
        "print(*pooled.processes, flush=True)\n" + ENDINGS[ending]
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(source)},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    pids = [int(pid) for pid in ran.stdout.split()]
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)
