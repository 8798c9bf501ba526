"""The drill: what a lost headquarters would cost is played on copies, and told as it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from shanyrak.app.drill import DAY_MS, drill
from shanyrak.core.errors import InvalidInput, NotFound
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.paper import PaperKey
from shanyrak.facts.stores.memory import MemoryStore
from tests.care_drawn import PAPER, START_MS, chance, clock, device, found, rules


class Town:
    """Headquarters and one host; the host's phone exchanged with it all the time."""

    def __init__(self) -> None:
        self.now = START_MS
        self.hq = self._ledger("hq")
        self.points = found(self.hq)
        self.host = self._ledger("host")
        body = {"key": device("host").public.hex(), "role": "host"}
        self.hq.say("device.admitted", body, about=self.points[0])
        self._meet()

    def _ledger(self, name: str) -> Ledger:
        return Ledger(MemoryStore(), rules(), signer=device(name), now_ms=lambda: self.now, random=chance(name))

    def _meet(self) -> None:
        self.host.accept([row.fact for _, row in self.hq.store.arrived()])
        self.hq.accept([row.fact for _, row in self.host.store.arrived()])

    def host_says(self, count: int) -> None:
        for _ in range(count):
            self.now += 1_000
            self.host.say("point.opened", {}, about=self.points[0])
        self._meet()


def play(town: Town, scratch: Path, key: str = "") -> dict[str, object]:
    ticks = itertools.count()
    return drill(
        town.hq,
        scratch,
        now_ms=lambda: town.now,
        seconds=lambda: float(30 * next(ticks)),  # half a minute from one look to the next
        random=chance("drill"),
        key=key,
    )


def test_devices_bring_back_what_the_backup_lacks(tmp_path: Path) -> None:
    town = Town()
    town.host_says(2)
    town.now += 2 * DAY_MS
    town.host_says(3)
    before = town.hq.store.count(), town.hq.state_hash()
    told = play(town, tmp_path)
    # founding, three points, the admission, two words of the first day: 7; three words since.
    assert (told["records"], told["in_backup"], told["regained"]) == (10, 7, 3)
    assert (told["lost"], told["lost_receipts"], told["devices"]) == (0, 0, 1)
    assert told["as_before"] is True and told["equal"] is True
    assert told["state"] == town.hq.state_hash().hex()
    assert (town.hq.store.count(), town.hq.state_hash()) == before  # the real ledger was only read


def test_what_only_headquarters_had_is_named_as_gone(tmp_path: Path) -> None:
    town = Town()
    town.now += 2 * DAY_MS
    town.host_says(1)
    alone = town.hq.say("point.described", {"names": {"en": "New"}}, scope=town.hq.net).id
    town.hq.note_receipts([chain.key for chain in town.hq.store.all_chains()])
    told = play(town, tmp_path)
    # Regained: the host's word, and the receipt for it, which was said in the host's point.
    assert (told["regained"], told["lost"], told["lost_receipts"]) == (2, 1, 0)
    assert told["lost_records"] == [{"id": alone.hex(), "kind": "point.described", "origin": device("hq").public.hex()}]
    assert told["as_before"] is False and told["equal"] is True
    assert any("it lacks what is gone" in line for line in told["lines"])  # type: ignore[attr-defined]


def test_minutes_are_those_of_the_clock(tmp_path: Path) -> None:
    town = Town()
    town.now += 2 * DAY_MS
    town.host_says(1)
    told = play(town, tmp_path)
    # The clock is looked at when it begins, when it is restored, when it is refilled: 30 s each.
    assert (told["restore_s"], told["refill_s"], told["minutes"]) == (30.0, 30.0, 1.0)


def test_where_nothing_was_said_within_a_day_the_newest_tenth_plays_it(tmp_path: Path) -> None:
    town = Town()
    town.host_says(15)
    told = play(town, tmp_path)  # 20 records, all of the last hours: 2 are left out
    assert (told["records"], told["in_backup"], told["regained"]) == (20, 18, 2)
    assert told["of_yesterday"] is False and "the newest tenth is left out" in told["lines"][0]  # type: ignore[index]


def test_with_the_real_sheet_the_new_machine_is_admitted(tmp_path: Path) -> None:
    town = Town()
    town.now += 2 * DAY_MS
    town.host_says(1)
    told = play(town, tmp_path, key=PAPER.text)
    assert (told["sheet_tried"], told["admitted"]) == (True, True)
    assert told["as_before"] is True


def test_the_sheet_of_another_network_and_a_mistyped_one(tmp_path: Path) -> None:
    town = Town()
    with pytest.raises(InvalidInput, match="recovery key of another network"):
        play(town, tmp_path, key=PaperKey(bytes(32)).text)
    with pytest.raises(InvalidInput, match="mistyped"):
        play(town, tmp_path, key=PAPER.text[:-1] + ("0" if PAPER.text[-1] != "0" else "2"))


def test_without_a_network_there_is_nothing_to_drill(tmp_path: Path) -> None:
    empty = Ledger(MemoryStore(), rules(), now_ms=clock())
    seconds: Callable[[], float] = itertools.count().__next__
    with pytest.raises(NotFound, match="no network was founded"):
        drill(empty, tmp_path, now_ms=clock(), seconds=seconds, random=chance("x"))
