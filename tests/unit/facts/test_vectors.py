"""The vectors in ``spec/vectors``: what Python, TypeScript and strangers agree on, file by file."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError

from shanyrak.core.errors import InvalidInput
from shanyrak.core.spec import spec_folder
from shanyrak.facts import happened
from shanyrak.facts.canonical import canonical, parse_canonical
from shanyrak.facts.fact import Fact, check_parts, signed_bytes, write_header
from shanyrak.facts.intake import examine
from shanyrak.facts.signing import sound_form, verify, verify_all

FOLDER = spec_folder() / "vectors"
NAMES = ("authority.json", "canonical.json", "exchange.json", "facts.json", "happened.json", "signatures.json")


@cache
def read(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / name).read_text(encoding="ascii"))


def by_name(name: str, group: str) -> list[Any]:
    return [pytest.param(one, id=one["name"]) for one in read(name)[group]]


def hexed(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


# --- the files themselves ---------------------------------------------------------------------------------


def test_the_script_writes_the_same_bytes_again_in_another_folder(tmp_path: Path) -> None:
    for script in FOLDER.glob("*.py"):
        if script.name == "make_fold.py":  # made by the program itself: see the end of this file
            continue
        (tmp_path / script.name).write_bytes(script.read_bytes())
    # -S: without anything installed, so it cannot lean on the programs that the vectors are for.
    subprocess.run([sys.executable, "-S", "-B", str(tmp_path / "make.py")], check=True, timeout=120)
    assert sorted(path.name for path in tmp_path.glob("*.json")) == sorted(NAMES)
    for name in NAMES:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), f"{name} is not what make.py writes"


@pytest.mark.parametrize("name", ["canonical.json", "facts.json", "signatures.json"])
def test_no_two_vectors_of_a_group_have_one_name(name: str) -> None:
    for group, vectors in read(name).items():
        if group != "about":
            names = [vector["name"] for vector in vectors]
            assert sorted(set(names)) == sorted(names)


# --- canonical bytes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", by_name("canonical.json", "good"))
def test_canonical_bytes_are_read_and_written(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    assert parse_canonical(data) == vector["value"]
    assert canonical(vector["value"]) == data


@pytest.mark.parametrize("vector", by_name("canonical.json", "bad"))
def test_other_bytes_are_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        parse_canonical(bytes.fromhex(vector["bytes"]))


# --- facts ------------------------------------------------------------------------------------------------


def fact_of(vector: dict[str, Any]) -> Fact:
    raw, sig = bytes.fromhex(vector["header"]), bytes.fromhex(vector["sig"])
    parts = [hexed(vector[name]) for name in ("salt", "body", "sealed_salt", "sealed")]
    return Fact(raw, sig, *parts)


def fault_of(fact: Fact) -> str:
    """The first piece at fault, in the order in which ``facts.md`` names them; empty for a good fact."""
    try:
        header = fact.header()
    except InvalidInput:
        return "header"
    for piece, alone in (
        ("body", Fact(fact.raw, fact.sig, fact.salt, fact.body)),
        ("sealed", Fact(fact.raw, fact.sig, None, None, fact.sealed_salt, fact.sealed)),
    ):
        try:
            check_parts(alone, header)
        except InvalidInput:
            return piece
    return "" if verify(bytes.fromhex(header.origin), signed_bytes(fact.raw), fact.sig) else "signature"


@pytest.mark.parametrize("vector", by_name("facts.json", "good"))
def test_a_good_fact_is_read_whole(vector: dict[str, Any]) -> None:
    fact = fact_of(vector)
    assert fault_of(fact) == ""
    assert fact.id.hex() == vector["id"]
    header, said = fact.header(), vector["header_value"]
    assert {name: getattr(header, name) for name in said if name != "at"} == {
        name: value for name, value in said.items() if name != "at"
    }
    assert list(header.at) == said["at"]
    assert write_header(header) == fact.raw
    for value, wanted in (
        (fact.body_value(), vector["body_value"]),
        (fact.sealed_value(), vector["sealed_value"]),
    ):
        assert value == wanted or wanted == "huge"


@pytest.mark.parametrize("vector", by_name("facts.json", "bad"))
def test_a_bad_fact_is_refused_for_the_piece_at_fault(vector: dict[str, Any]) -> None:
    assert fault_of(fact_of(vector)) == vector["fault"]


def test_a_ledger_refuses_exactly_the_bad_ones() -> None:
    good, bad = read("facts.json")["good"], read("facts.json")["bad"]
    net = bytes.fromhex(good[0]["id"])
    kept = examine([fact_of(vector) for vector in good + bad], net, verify_all)
    assert [one.header is not None for one in kept] == [True] * len(good) + [False] * len(bad)


# --- signatures: four implementations, one answer (WebCrypto and noble: web/tests/facts_signature.test.ts) ---


def pynacl(public: bytes, message: bytes, sig: bytes) -> bool:
    """libsodium as it is; only the lengths, which its binding does not look at, are checked first."""
    if len(public) != 32 or len(sig) != 64:
        return False
    try:
        crypto_sign_open(sig + message, public)
    except (CryptoError, ValueError, TypeError):
        return False
    return True


def bare_openssl(public: bytes, message: bytes, sig: bytes) -> bool:
    """``cryptography`` as it is, nothing checked first."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(sig, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def openssl(public: bytes, message: bytes, sig: bytes) -> bool:
    return sound_form(public, sig) and bare_openssl(public, message, sig)


SIGNATURES = by_name("signatures.json", "vectors")


def triple(vector: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
    return bytes.fromhex(vector["public"]), bytes.fromhex(vector["message"]), bytes.fromhex(vector["sig"])


@pytest.mark.parametrize("vector", SIGNATURES)
@pytest.mark.parametrize("implementation", [verify, pynacl, openssl])
def test_every_implementation_says_the_same_of_a_signature(implementation: Any, vector: dict[str, Any]) -> None:
    assert implementation(*triple(vector)) is vector["good"]


def test_the_vectors_bite_openssl_alone_lets_small_order_through() -> None:
    let_through = [v["name"] for v in read("signatures.json")["vectors"] if bare_openssl(*triple(v)) and not v["good"]]
    assert len(let_through) >= 10
    assert all("small order" in name or name == "R is zero, under a plain key" for name in let_through)


def test_the_vectors_tell_libraries_with_and_without_the_cofactor_apart() -> None:
    vectors = read("signatures.json")["vectors"]
    parted = [v for v in vectors if sound_form(*triple(v)[::2]) and v["equation"] != v["equation_times_8"]]
    assert len(parted) >= 5
    assert not any(v["good"] for v in parted)


def test_a_good_signature_satisfies_the_plain_equation() -> None:
    for vector in read("signatures.json")["vectors"]:
        public, _, sig = triple(vector)
        # Points 1 to 4 and the equation, worked out with big integers by the script that made the vectors.
        assert vector["good"] == (vector["equation"] and sound_form(public, sig))


# --- happened ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", read("happened.json")["good"], ids=lambda vector: vector["text"])
def test_a_date_means_from_when_to_when(vector: dict[str, Any]) -> None:
    assert happened.fault(vector["text"]) == ""
    assert happened.bounds_ms(vector["text"]) == (vector["from_ms"], vector["to_ms"])


@pytest.mark.parametrize("text", read("happened.json")["bad"], ids=ascii)
def test_what_is_no_date_is_refused_and_means_nothing(text: str) -> None:
    assert happened.fault(text) != ""
    assert happened.bounds_ms(text) == (None, None)


# --- the fold ---------------------------------------------------------------------------------------------


def test_the_fold_comes_to_the_states_that_the_other_languages_are_held_to() -> None:
    written = runpy.run_path(str(FOLDER / "make_fold.py"))["fold"]()
    assert written == (FOLDER / "fold.json").read_bytes(), (
        "kinds or fold changed: python spec/vectors/make_fold.py, and see whether web/tests/fold.test.ts still holds"
    )
