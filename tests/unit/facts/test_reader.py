"""The plain reader of a stranger: agrees with the program on what is in a file and what is wrong with it."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from shanyrak.core.spec import spec_folder
from shanyrak.facts.fact import Fact, Header, hash_part, read_header, signed_bytes, write_header
from shanyrak.facts.framing import encode, in_file_order
from shanyrak.facts.ledger_file import MAGIC, ledger_pieces
from tests.unit.facts.exchange_drawn import Device, bodiless, drawn, forged, founding, row

READER = spec_folder() / "reader.py"
NET, FOUNDING, FOUNDER = founding()
POINT = drawn("point")
NAMED = FOUNDER.say("name.given", {"name": "Юрта в парку"}, about=POINT)


def some() -> list[Fact]:
    """14 facts in 4 chains: one gap, one fork, sealed parts, one body away."""
    host, driver = Device("host", NET), Device("driver", NET)
    said = [host.say(about=POINT, scope=POINT, body={"seats_free": k}, sealed={"note": "ж"}) for k in range(8)]
    stem = driver.say(about=NET)
    copy = driver.copy()
    fork = [driver.say(about=NET), copy.say(about=NET), copy.say("kind.of.tomorrow", {"x": [1, None, True]}, v=300)]
    return [FOUNDING, NAMED, *said[:3], *said[4:7], bodiless(said[7]), stem, *fork]


def file_of(facts: list[Fact]) -> bytes:
    return b"".join(ledger_pieces(in_file_order(row(fact) for fact in facts), NET))


def read(path: Path, data: bytes) -> subprocess.CompletedProcess[str]:
    path.write_bytes(data)
    command = [sys.executable, "-I", str(READER), str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_is_short_and_knows_nothing_of_ours() -> None:
    text = READER.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    tree = ast.parse(text)
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in named} <= {"json", "sys", "collections", "hashlib", "nacl"}


def test_a_sound_file_verifies_and_is_summed_up(tmp_path: Path) -> None:
    facts = some()
    done = read(tmp_path / "sound", file_of(facts))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:5] == [f"network {NET.hex()}", "13 facts", "4 chains", "1 gaps", "1 forks"]
    # bodies: 13 facts, one away; sealed parts: the 7 of the host
    assert lines[5] == "19 bodies and sealed parts"
    assert [" ".join(line.split()) for line in lines[6:-1]] == [
        "1 kind.of.tomorrow",
        "1 name.given",
        "1 network.founded",
        "10 status.reported",
    ]
    assert lines[-1] == "everything verifies"


def test_a_file_of_several_blocks_verifies(tmp_path: Path) -> None:
    host = Device("host", NET)
    facts = [FOUNDING, *(host.say(about=POINT, scope=POINT) for _ in range(400))]
    done = read(tmp_path / "long", file_of(facts))
    assert done.returncode == 0
    assert "401 facts" in done.stdout


def sealed_off(stream: bytes, count: int) -> bytes:
    """A file of one block with every hash right."""
    data = MAGIC + NET + b"blk." + len(stream).to_bytes(4, "big") + hashlib.sha256(stream).digest() + stream
    data += b"end." + NET + count.to_bytes(8, "big")
    return data + hashlib.sha256(data).digest()


def test_each_fault_is_named_and_the_exit_code_is_1(tmp_path: Path) -> None:
    facts = [one.fact for one in in_file_order(row(fact) for fact in some())]
    data = file_of(facts)
    bad = forged(facts[3])
    stranger = Device("stranger", b"").say("network.founded", {"name": "Elsewhere", "recovery": "00" * 32}, scope=b"")
    cases = {
        "hash over all bytes differs": data[:-1] + bytes((data[-1] ^ 1,)),
        "is damaged or cut": data[:400] + bytes((data[400] ^ 1,)) + data[401:],
        f"{bad.id.hex()}: the signature does not verify": file_of([*facts[:3], bad, *facts[4:]]),
        "founds another network": file_of([*facts, stranger]),
        "not in order": sealed_off(encode([facts[1], facts[0]], NET), 2),
        "does not fit what stands before": sealed_off(encode(facts, NET), len(facts) + 1),
        "cannot be read further": sealed_off(encode(facts, NET) + b"\x03", len(facts)),
    }
    for says, broken in cases.items():
        done = read(tmp_path / "broken", broken)
        assert done.returncode == 1, says
        assert f"FAULT {says}" in done.stdout or says in done.stdout
        assert "everything verifies" not in done.stdout


def test_a_body_that_is_not_canonical_is_a_fault_although_it_was_signed(tmp_path: Path) -> None:
    fact = Device("host", NET).say(body={"seats_free": 1})
    assert fact.salt is not None
    for body in (b'{"seats_free": 1}', b'{"a":1,"a":1}', b'{"a":1.5}', b'{"a":NaN}', b"{"):
        header: Header = read_header(fact.raw)
        fields = {name: getattr(header, name) for name in header.__struct_fields__}
        raw = write_header(Header(**fields | {"body_hash": hash_part(fact.salt, body).hex()}))
        signed = Fact(raw, Device("host", NET).signer.sign(signed_bytes(raw)), fact.salt, body)
        done = read(tmp_path / "odd", sealed_off(encode([signed], NET), 1))
        assert done.returncode == 1, body


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"shanyrak ledger 2\n" + bytes(100)])
def test_what_is_no_ledger_ends_with_exit_code_2(tmp_path: Path, data: bytes) -> None:
    done = read(tmp_path / "other", data)
    assert done.returncode == 2
    assert "no ledger file" in done.stderr


def test_a_missing_file_ends_with_exit_code_2(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(READER), str(tmp_path / "none")], capture_output=True, check=False)
    assert done.returncode == 2


def test_cut_anywhere_it_never_says_that_everything_verifies(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("plain_reader", READER)
    assert spec is not None
    assert spec.loader is not None
    reader = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reader)
    data = file_of(some()[:4])
    assert reader.check(data)[2] == []
    for size in range(len(MAGIC), len(data)):
        assert reader.check(data[:size])[2]
    for place in range(len(MAGIC), len(data)):
        assert reader.check(data[:place] + bytes((data[place] ^ 4,)) + data[place + 1 :])[2]
