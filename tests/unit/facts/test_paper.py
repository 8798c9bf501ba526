"""The recovery key on paper: what is printed can be typed again, and what is mistyped is named."""

from __future__ import annotations

import hashlib

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.paper import ALPHABET, PaperKey
from shanyrak.facts.signing import verify

KEY = PaperKey(hashlib.sha256(b"drawn").digest())
SEEDS = st.binary(min_size=32, max_size=32)


def fault(text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        PaperKey.read(text)
    assert caught.value.where == "recovery key"
    return caught.value.what


def with_group(number: int, group: str) -> str:
    groups = KEY.text.split()
    groups[number - 1] = group
    return " ".join(groups)


@given(SEEDS)
def test_what_is_printed_can_be_typed(seed: bytes) -> None:
    text = PaperKey(seed).text
    assert PaperKey.read(text).seed == seed
    assert [len(group) for group in text.split()] == [5] * 14


def test_case_spaces_dashes_and_look_alikes_do_not_matter() -> None:
    key = PaperKey(bytes(32))  # all zeros: many 0 on the sheet
    assert "0" in key.text
    for typed in (
        key.text.lower(),
        key.text.replace(" ", "-"),
        key.text.replace(" ", ""),
        "\n".join(key.text.split()),
        key.text.replace("0", "O"),
        key.text.replace("0", "О"),  # Cyrillic
        key.text.replace("1", "l"),
        key.text.replace("1", "I"),
        key.text.replace("1", "і"),  # Cyrillic
    ):
        assert PaperKey.read(typed).seed == key.seed


@given(SEEDS, st.integers(0, 13), st.integers(0, 4), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_names_its_group(seed: bytes, group: int, place: int, symbol: str) -> None:
    groups = PaperKey(seed).text.split()
    right = groups[group]
    groups[group] = right[:place] + symbol + right[place + 1 :]
    if groups[group] != right:
        assert fault(" ".join(groups)) == f"group {group + 1} is mistyped"


@given(SEEDS, st.integers(0, 13), st.integers(0, 3))
def test_two_swapped_symbols_name_their_group(seed: bytes, group: int, place: int) -> None:
    groups = PaperKey(seed).text.split()
    right = groups[group]
    groups[group] = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    if groups[group] != right:
        assert fault(" ".join(groups)) == f"group {group + 1} is mistyped"


def test_two_swapped_groups_are_named() -> None:
    groups = KEY.text.split()
    groups[2], groups[6] = groups[6], groups[2]
    assert fault(" ".join(groups)) == "groups 3, 7 are mistyped, or stand in each other's place"


def test_too_short_and_too_long() -> None:
    groups = KEY.text.split()
    assert fault("") == "nothing was typed"
    assert fault(" ".join(groups[:-1])) == "13 groups were typed, some are missing: there are 14"
    assert fault(" ".join([*groups, "00000"])) == "15 groups were typed, some are too many: there are 14"
    assert fault(with_group(4, "12")) == "group 4 (12) should have 5 symbols"
    assert fault("".join(groups)[:-2]) == "68 symbols were typed, 2 too few"
    assert fault("".join(groups) + "7") == "71 symbols were typed, 1 too many"


def test_a_symbol_that_is_on_no_sheet() -> None:
    assert fault(with_group(4, "AU123")) == "'U' in group 4 (AU123) is not on any sheet"


def test_errors_that_fool_every_group_do_not_fool_the_whole() -> None:
    # Two symbols of one group changed so that the check symbol fits again: with zeros elsewhere, every
    # group of the two keys is a right group, and only the sum over all of them differs.
    one, two = PaperKey(bytes(32)).text.split(), PaperKey(b"\x08" + bytes(31)).text.split()
    assert one[0] != two[0] and one[1:13] == two[1:13]
    mixed = " ".join([two[0], *one[1:]])
    assert fault(mixed).startswith("every group looks right")


def test_something_else_altogether() -> None:
    text = KEY.text.replace(" ", "")
    assert (
        fault(text[1:] + text[0]) == "no group fits its place: this is no recovery key, or it begins in another place"
    )


def test_two_keys_from_one_secret() -> None:
    message = b"restored"
    assert verify(KEY.signer.public, message, KEY.signer.sign(message))
    identity = pyrage.x25519.Identity.from_str(KEY.identity)
    recipient = pyrage.x25519.Recipient.from_str(KEY.recipient)
    assert pyrage.decrypt(pyrage.encrypt(message, [recipient]), [identity]) == message
    assert KEY.signer.seed not in (KEY.seed, hashlib.sha256(KEY.seed).digest())


def test_the_derivation_is_fixed_for_good() -> None:
    key = PaperKey(bytes(range(32)))
    assert PaperKey.read(key.text).signer.public == key.signer.public
    assert (key.text, key.signer.public.hex(), key.recipient) == (
        "000GD 40R4X 0M300 E209K 185G3 R38ED 1W811 24GKZ 2GAH1 C5RR2 34D1B P70XX 3RFGZ JXED6",
        "a96582ddc617e8bef515ebc5abd50f8ee20763c48e37d487053d6f4f9fa3f12f",
        "age1588spq97cuzm899tejn2n98ejf0h7hqfzjgamt9ahuj8x4z58gys8489m7",
    )


def test_it_is_not_printed_by_accident() -> None:
    assert KEY.seed.hex() not in repr(KEY) and KEY.text.split()[0] not in repr(KEY)


def test_a_seed_of_another_length() -> None:
    with pytest.raises(InvalidInput, match="a recovery key of 31 bytes; it has 32"):
        PaperKey(bytes(31))
