"""Keys and signatures. What is a good signature at all, the vectors say."""

from __future__ import annotations

import pytest

from shanyrak.core.errors import InvalidInput
from shanyrak.facts.signing import SMALL_ORDER_Y, L, P, Signer, sound_point, verify

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
