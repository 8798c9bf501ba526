"""The vectors in ``spec/vectors/exchange.json``: written by a second program from the page, read here by the first."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from shanyrak.core.errors import InvalidInput
from shanyrak.core.spec import spec_folder
from shanyrak.facts.digest import DigestTree, chain_digest, chain_place
from shanyrak.facts.fact import ChainKey, Fact
from shanyrak.facts.framing import decode, decode_some, encode, in_file_order
from shanyrak.facts.ledger_file import ledger_pieces, read_ledger_bytes, salvage_bytes
from shanyrak.facts.messages import read_message, write_message
from shanyrak.facts.signing import Signer
from shanyrak.facts.signing_in import check_sign_in, sign_in
from shanyrak.facts.store import ChainState
from tests.unit.facts.exchange_drawn import row

ALL = json.loads((spec_folder() / "vectors" / "exchange.json").read_text(encoding="ascii"))


def vectors(group: str) -> list[Any]:
    return [pytest.param(one, id=one["name"]) for one in ALL[group]]


def fact_of(vector: dict[str, Any]) -> Fact:
    return Fact(
        *(
            None if vector[name] is None else bytes.fromhex(vector[name])
            for name in ("header", "sig", "salt", "body", "sealed_salt", "sealed")
        )  # type: ignore[arg-type]
    )


def plain(value: Any) -> Any:
    """A message as it stands in the vectors: bytes as hex."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value


@pytest.mark.parametrize("vector", vectors("streams"))
def test_streams_are_read_and_written(vector: dict[str, Any]) -> None:
    facts, net = list(map(fact_of, vector["facts"])), bytes.fromhex(vector["net"])
    assert [fact.id.hex() for fact in facts] == [one["id"] for one in vector["facts"]]
    assert encode(facts, net).hex() == vector["stream"]
    assert decode(bytes.fromhex(vector["stream"]), net) == facts


@pytest.mark.parametrize("vector", vectors("bad_streams"))
def test_bad_streams_are_refused_at_the_byte_where_the_fact_begins(vector: dict[str, Any]) -> None:
    decoded = decode_some(bytes.fromhex(vector["stream"]), bytes.fromhex(vector["net"]))
    assert decoded.fault
    assert decoded.end == vector["byte"]


@pytest.mark.parametrize("vector", vectors("files"))
def test_files_are_read_and_written(vector: dict[str, Any]) -> None:
    data, net = bytes.fromhex(vector["file"]), bytes.fromhex(vector["net"])
    read = read_ledger_bytes(data)
    assert (read.net, len(read.facts)) == (net, vector["count"])
    assert b"".join(ledger_pieces(in_file_order(map(row, read.facts)), net)) == data
    assert salvage_bytes(data).lost == []


@pytest.mark.parametrize("vector", vectors("digests"))
def test_digests_of_chains_and_buckets(vector: dict[str, Any]) -> None:
    states = []
    for one in vector["chains"]:
        key = ChainKey(*(bytes.fromhex(one[name]) for name in ("origin", "chain", "scope")))
        heads, missing = (tuple(map(bytes.fromhex, one[name])) for name in ("heads", "missing"))
        states.append(ChainState(key, 1, 0, heads, missing))
        assert chain_place(key).hex() == one["place"]
        assert chain_digest(states[-1]).hex() == one["digest"]
    tree = DigestTree(states)
    assert {prefix: tree.digest(prefix).hex() for prefix in vector["buckets"]} == vector["buckets"]


@pytest.mark.parametrize("vector", vectors("messages"))
def test_messages_are_read_and_written(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    message = read_message(data)
    assert message.type == vector["type"]
    assert {name: plain(value) for name, value in msgspec.structs.asdict(message).items()} == vector["fields"]
    assert write_message(message) == data


def test_every_type_of_message_has_a_vector() -> None:
    assert {one["type"] for one in ALL["messages"]} == {1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 126}


@pytest.mark.parametrize("vector", vectors("bad_messages"))
def test_bad_messages_are_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        read_message(bytes.fromhex(vector["bytes"]))


@pytest.mark.parametrize("vector", vectors("requests"))
def test_requests_are_signed_and_checked(vector: dict[str, Any]) -> None:
    net, body, time_ms = bytes.fromhex(vector["net"]), bytes.fromhex(vector["body"]), int(vector["x-shanyrak-time"])
    headers = {name: value for name, value in vector.items() if name.startswith("x-")}
    key = check_sign_in(headers, net, body, now_ms=time_ms, admitted=lambda key: True)
    assert key.hex() == vector["x-shanyrak-key"]
    assert sign_in(Signer(bytes(range(32))), net, body, time_ms) == headers
