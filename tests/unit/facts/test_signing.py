"""Keys, signatures, and big batches of them. What is a good signature at all, the vectors say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import shanyrak
from shanyrak.core.errors import InvalidInput
from shanyrak.facts import signing
from shanyrak.facts.signing import SMALL_ORDER_Y, L, P, PooledVerifier, Signer, Triple, sound_point, verify, verify_all

SEED = bytes(range(32))


def test_a_key_is_made_from_the_random_bytes_it_is_given() -> None:
    asked: list[int] = []

    def random(count: int) -> bytes:
        asked.append(count)
        return SEED[:count]

    assert Signer.generate(random).public == Signer.from_seed(SEED).public
    assert asked == [32]


def test_what_a_key_signs_verifies_by_it_and_by_no_other() -> None:
    signer, other = Signer(SEED), Signer(bytes(32))
    sig = signer.sign(b"open")
    assert len(sig) == 64
    assert sig == signer.sign(b"open")  # no random number in it that could be a bad one
    assert verify(signer.public, b"open", sig)
    assert not verify(signer.public, b"shut", sig)
    assert not verify(other.public, b"open", sig)


def test_the_first_test_of_rfc_8032() -> None:
    signer = Signer.from_seed(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert signer.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signer.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_secret_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(InvalidInput, match=f"a secret key of {length} bytes; it has 32"):
        Signer.from_seed(bytes(length))


def test_the_secret_is_not_shown() -> None:
    assert SEED.hex() not in repr(Signer(SEED))


def test_the_points_of_small_order_come_in_pairs_of_y_and_minus_y() -> None:
    # (x, y) and (x, -y) have the same order unless that is 1, 2 or 4: 0 is its own, 1 and p - 1 are each other's.
    assert {(P - y) % P for y in SMALL_ORDER_Y} == set(SMALL_ORDER_Y)
    assert (L * 8).bit_length() == 256  # the whole group, of which eight points are refused


@pytest.mark.parametrize("sign_bit", [0, 1 << 255])
def test_a_point_is_looked_at_without_its_sign_bit(sign_bit: int) -> None:
    def sound(y: int) -> bool:
        return sound_point((y | sign_bit).to_bytes(32, "little"))

    assert not any(sound(y) for y in SMALL_ORDER_Y)
    assert all(sound(y) for y in (2, 3, P - 2))
    assert not any(sound(y) for y in range(P, 2**255))  # 19 numbers


# --- many at once -----------------------------------------------------------------------------------------


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
    with PooledVerifier(2) as pooled:
        assert pooled(BIG[:100]) == WANTED[:100]
        assert pooled.processes == ()


def test_a_big_batch_gives_the_same_answers_in_the_same_order() -> None:
    with PooledVerifier(2) as pooled:
        assert pooled(BIG) == WANTED
        started = pooled.processes
        assert len(started) == 2
        assert pooled(BIG[:700]) == WANTED[:700]  # they run already: a middle-sized batch goes there too
        assert pooled.processes == started
    assert pooled.processes == ()
    assert all(gone(pid) for pid in started)


def test_two_batches_may_be_under_way() -> None:
    with PooledVerifier(2) as pooled:
        first, second = pooled.begin(BIG), pooled.begin(BIG[1:])
        assert second() == WANTED[1:]
        assert first() == WANTED


def test_a_process_that_is_killed_costs_time_and_no_answer() -> None:
    with PooledVerifier(2) as pooled:
        pooled(BIG)
        os.kill(pooled.processes[0], signal.SIGKILL)
        assert pooled(BIG) == WANTED


@pytest.mark.parametrize("fault", ["import sys; sys.stdin.buffer.read(8)", "raise SystemExit(3)"])
def test_processes_that_die_at_their_first_batch_are_done_without(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_SERVE", fault)
    with PooledVerifier(2) as pooled:
        assert pooled(BIG) == WANTED


def test_where_no_process_can_be_started_it_verifies_in_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with PooledVerifier(2) as pooled:
        assert pooled(BIG) == WANTED
        assert pooled.processes == ()


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
        "from shanyrak.facts.signing import PooledVerifier, Signer\n"
        "signer = Signer(bytes(32))\n"
        "pooled = PooledVerifier(2)\n"
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
