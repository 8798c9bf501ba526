"""A ledger as a file: read whole or not at all; what is damaged can still be salvaged fact by fact."""

from __future__ import annotations

import hashlib
import os
import random
import re
from pathlib import Path

import pytest

from shanyrak.core.errors import InvalidInput, NotFound, Unavailable
from shanyrak.facts.fact import Fact
from shanyrak.facts.framing import encode, in_file_order
from shanyrak.facts.ledger_file import (
    BLOCK_BYTES,
    MAGIC,
    ledger_pieces,
    read_ledger_bytes,
    read_ledger_file,
    rows_for_file,
    salvage,
    salvage_bytes,
    write_ledger_file,
)
from shanyrak.facts.store import Row
from tests.unit.facts.exchange_drawn import START_MS, Device, bodiless, drawn, founding, held, ledger, row

NET, FOUNDING, FOUNDER = founding()
POINT = drawn("point")


NAMED = FOUNDER.say("name.given", {"name": "yurt"}, about=POINT)


def few() -> list[Fact]:
    """Five facts in three chains, one without its body but with a sealed part."""
    host = Device("host", NET)
    facts = [FOUNDING, NAMED]
    facts += [host.say(about=POINT, scope=POINT, body={"seats_free": k}) for k in range(2)]
    return [*facts, bodiless(host.say(about=POINT, scope=POINT, sealed={"note": "x"}))]


def many(count: int = 400) -> list[Fact]:
    """Enough for several blocks: about 115 bytes each, 16,384 / 115 = 142 a block."""
    host = Device("host", NET)
    return [FOUNDING, *(host.say(about=POINT, scope=POINT, body={"seats_free": k}) for k in range(count))]


def rows_of(facts: list[Fact]) -> list[Row]:
    return in_file_order(row(fact) for fact in facts)


def file_of(facts: list[Fact]) -> bytes:
    return b"".join(ledger_pieces(rows_of(facts), NET))


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "winter.ledger"
    assert write_ledger_file(path, rows_of(few()), NET) == 5
    read = read_ledger_file(path)
    assert read.net == NET
    assert read.facts == [one.fact for one in rows_of(few())]
    assert list(tmp_path.iterdir()) == [path]  # no draft is left behind


def test_equal_sets_give_equal_files_whatever_came_first() -> None:
    facts = many()
    shuffled = random.Random(7).sample(facts, len(facts))
    one, other = ledger("one", facts), ledger("other", [FOUNDING, *shuffled])
    files = [b"".join(ledger_pieces(rows_for_file(of.store), NET)) for of in (one, other)]
    assert files[0] == files[1] == file_of(facts)


def test_a_file_can_hold_some_scopes_only_or_what_was_said_since() -> None:
    of = ledger("one", few())
    point_only = rows_for_file(of.store, scopes=[POINT])
    assert {one.key.scope for one in point_only} == {POINT}
    since = [one.at_ms for one in rows_for_file(of.store, since_ms=START_MS + 120_000)]
    assert since
    assert min(since) >= START_MS + 120_000
    assert len(since) < of.store.count()


def test_every_flipped_bit_is_refused_whole() -> None:
    data = file_of(few())
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidInput) as refused:
            read_ledger_bytes(bytes(flipped))
        assert re.fullmatch(r"byte \d+", refused.value.where)
        assert refused.value.mend


def test_a_cut_at_every_byte_is_refused_and_says_where_the_file_ends() -> None:
    data = file_of(few())
    for size in range(len(data)):
        with pytest.raises(InvalidInput) as refused:
            read_ledger_bytes(data[:size])
        if size >= len(MAGIC):
            assert f"ends too early, at byte {size}" in refused.value.what


def test_bytes_added_are_refused() -> None:
    data = file_of(few())
    for more in (b"\n", data, bytes(76)):
        with pytest.raises(InvalidInput, match=r"goes on behind its end|no block begins"):
            read_ledger_bytes(data + more)


def test_damage_is_told_by_the_block_it_is_in() -> None:
    data = bytearray(file_of(many()))
    second = data.index(b"blk.", 60)
    data[second + 5_000] ^= 1
    with pytest.raises(InvalidInput, match="damaged in the block") as refused:
        read_ledger_bytes(bytes(data))
    assert refused.value.where == f"byte {second}"
    assert "--salvage" in refused.value.mend


def test_a_file_of_something_else_and_one_of_tomorrow_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no ledger file"):
        read_ledger_bytes(b"PK\x03\x04")
    with pytest.raises(InvalidInput, match="another version"):
        read_ledger_bytes(b"shanyrak ledger 2\n" + bytes(100))
    with pytest.raises(NotFound, match="no such file"):
        read_ledger_file(tmp_path / "missing")


def sealed_off(blocks: list[bytes], count: int) -> bytes:
    """A file of these streams with every hash right, as a faulty program would write it."""
    data = MAGIC + NET
    for stream in blocks:
        data += b"blk." + len(stream).to_bytes(4, "big") + hashlib.sha256(stream).digest() + stream
    data += b"end." + NET + count.to_bytes(8, "big")
    return data + hashlib.sha256(data).digest()


def test_a_file_with_right_hashes_and_another_form_is_refused_too() -> None:
    facts = [one.fact for one in rows_of(few())]
    assert read_ledger_bytes(sealed_off([encode(facts, NET)], 5)).facts == facts
    wrong = {
        "not in order": sealed_off([encode([*facts[1:], facts[0]], NET)], 5),
        "ends in another place": sealed_off([encode(facts[:2], NET), encode(facts[2:], NET)], 5),
        "does not fit": sealed_off([encode(facts, NET)], 6),
        "top bit": sealed_off([b"\xff"], 1),
    }
    for says, data in wrong.items():
        with pytest.raises(InvalidInput, match=says):
            read_ledger_bytes(data)


def test_blocks_end_where_the_format_says() -> None:
    data = file_of(many())
    blocks = [int.from_bytes(data[place.end() : place.end() + 4], "big") for place in re.finditer(rb"blk\.", data)]
    assert len(blocks) == 3
    assert all(BLOCK_BYTES <= size < BLOCK_BYTES + 200 for size in blocks[:-1])


def test_what_stood_there_stays_where_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "winter.ledger"
    write_ledger_file(path, rows_of(few()), NET)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        write_ledger_file(path, rows_of(many()), NET)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# ---- salvage ----------------------------------------------------------------------------------------------
def test_a_sound_file_loses_nothing_in_salvage(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    write_ledger_file(path, rows_of(many()), NET)
    saved = salvage(path)
    assert saved.facts == read_ledger_file(path).facts
    assert saved.lost == []


def test_one_damaged_byte_costs_at_most_the_rest_of_its_block() -> None:
    facts = many()
    data = bytearray(file_of(facts))
    second = data.index(b"blk.", 60)
    third = data.index(b"blk.", second + 4)
    place = second + 40 + 115 * 70  # somewhere in the middle of the second block
    data[place] ^= 0x10
    saved = salvage_bytes(bytes(data))
    assert len(facts) - 80 <= len(saved.facts) < len(facts)
    assert {fact.id for fact in saved.facts} < {fact.id for fact in facts}
    (lost,) = saved.lost
    assert second < lost.first <= place < lost.end <= third


def test_a_damaged_signature_costs_its_own_fact_only() -> None:
    facts = [one.fact for one in rows_of(many(20))]
    data = file_of(facts)
    place = data.index(facts[5].sig)
    saved = salvage_bytes(data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :])
    assert [fact for fact in facts if fact not in saved.facts] == [facts[5]]
    assert saved.lost[0].why == "the signature does not verify"
    assert saved.lost[0].first < place < saved.lost[0].end


def test_whatever_bit_flips_salvage_brings_only_true_facts_and_names_the_damage() -> None:
    facts = few()
    data = file_of(facts)
    true = {fact.id for fact in facts}
    for place in range(len(data)):
        flipped = data[:place] + bytes((data[place] ^ 0x20,)) + data[place + 1 :]
        saved = salvage_bytes(flipped)
        assert {fact.id for fact in saved.facts} <= true
        assert saved.lost, place
        assert any(lost.first <= place < lost.end for lost in saved.lost), (place, saved.lost)


def test_wherever_the_file_ends_salvage_brings_all_facts_that_are_whole() -> None:
    facts = [one.fact for one in rows_of(few())]
    data = file_of(facts)
    begin = len(MAGIC) + 32 + 40
    for size in range(len(data)):
        saved = salvage_bytes(data[:size])
        whole = sum(begin + len(encode(facts[: k + 1], NET)) <= size for k in range(len(facts)))
        assert saved.facts == facts[:whole]
        assert saved.lost


def test_a_file_whose_first_bytes_are_gone_still_tells_its_network() -> None:
    facts = many(30)
    saved = salvage_bytes(bytes(50) + file_of(facts)[50:])
    assert saved.net == NET
    assert {fact.id for fact in saved.facts} == {fact.id for fact in facts}


def test_a_block_in_the_middle_that_is_gone_costs_only_itself() -> None:
    data = file_of(many())
    second = data.index(b"blk.", 60)
    third = data.index(b"blk.", second + 4)
    saved = salvage_bytes(data[:second] + os.urandom(third - second) + data[third:])
    kept = read_ledger_bytes(data).facts
    gone = [fact for fact in kept if fact not in saved.facts]
    assert 120 < len(gone) < 160
    assert [(lost.first, lost.end) for lost in saved.lost] == [(second, third)] or saved.lost[0].first >= second


def test_salvaged_facts_can_be_taken_in() -> None:
    facts = many(30)
    data = file_of(facts)
    saved = salvage_bytes(data[:-500])
    assert held(ledger("new", saved.facts)).keys() == {fact.id for fact in saved.facts}
