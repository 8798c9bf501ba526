"""The demo's network: founded once, whole or not at all, and freshened when its words have gone stale."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from shanyrak.app.network import NetworkFolder
from shanyrak.app.points import point_rows
from shanyrak.core.errors import Damaged
from shanyrak.demo import network
from shanyrak.demo.network import Town, play
from tests.ledgers import START_MS, replayed

HOUR_MS = 3_600_000


def town() -> Town:
    site = {"rank": 1, "id": "j1", "lon": -30.0, "lat": 50.0, "name": "Паркова вулиця"}
    sites = [site | {"rank": rank, "id": f"j{rank}", "lon": -30.0 + rank / 100} for rank in (1, 2, 3, 4)]
    places = [
        {"geometry": {"coordinates": [-30.1, 50.1]}, "properties": {"name:uk": uk, "name:en": en, "kind": kind}}
        for uk, en, kind in (("Бібліотека", "Library", "library"), ("Школа", "School", "school"))
    ]
    plan = json.dumps({"summary": {"sites": sites}}).encode()
    return Town("made-up-town", "ab" * 32, plan, {"features": places})


class Hands:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.ms = START_MS

    def __call__(self) -> int:
        self.ms += 1
        return self.ms


def rows(folder: NetworkFolder) -> dict[str, str]:
    with folder.open() as ledger:
        return {row["name"]: row["state"] for row in point_rows(ledger)}


def test_the_scene_has_the_points_of_the_town_with_their_last_words(tmp_path: Path) -> None:
    folder = NetworkFolder(tmp_path / "demo", Hands(), replayed("demo"))
    play(folder, town())
    states = rows(folder)
    assert len(states) == 3, "three yurts share a drawn name; two points are on the list"
    assert (states["Library"], states["School"]) == ("open", "open")


def test_everything_the_demo_says_counts_as_it_stands(tmp_path: Path) -> None:
    folder = NetworkFolder(tmp_path / "demo", Hands(), replayed("demo"))
    play(folder, town())
    with folder.open() as ledger:
        assert ledger.store.marks() == []
        assert {thing.get("made_up") for thing in ledger.things("area")} == {True}


def test_a_second_run_keeps_what_was_said_and_adds_fresh_words_only_where_they_are_stale(tmp_path: Path) -> None:
    hands = Hands()
    folder = NetworkFolder(tmp_path / "demo", hands, replayed("demo"))
    net = play(folder, town())
    with folder.open() as ledger:
        (library,) = ledger.find("Library")
        own = ledger.say("point.paused", {"cause": "supplies"}, about=library).id
        held = ledger.store.count()
    assert play(folder, town()) == net
    with folder.open() as ledger:
        assert ledger.store.count() == held, "an hour-old word is fresh"
    hands.ms += 4 * HOUR_MS
    play(folder, town())
    with folder.open() as ledger:
        assert own in ledger.store.has([own])
        assert ledger.store.count() > held
        point = ledger.thing(library)
        assert point is not None and point.now == "paused", "what a person said is not overruled"


def test_a_run_that_is_cut_leaves_no_half_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = NetworkFolder(tmp_path / "demo", Hands(), replayed("demo"))

    def cut(_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(network, "tell_of_the_yurts", cut)
        with pytest.raises(KeyboardInterrupt):
            play(folder, town())
    assert not folder.root.exists()
    play(folder, town())
    assert rows(folder)


def test_a_demo_whose_ledger_is_gone_is_founded_anew(tmp_path: Path) -> None:
    folder = NetworkFolder(tmp_path / "demo", Hands(), replayed("demo"))
    play(folder, town())
    (folder.root / "ledger.sqlite").unlink()
    play(folder, town())
    assert len(rows(folder)) == 3


def test_a_demo_that_is_damaged_says_how_to_begin_again(tmp_path: Path) -> None:
    folder = NetworkFolder(tmp_path / "demo", Hands(), replayed("demo"))
    play(folder, town())
    ledger = folder.root / "ledger.sqlite"
    ledger.write_bytes(ledger.read_bytes()[:30_000])
    with pytest.raises(Damaged, match="shanyrak demo makes it anew"):
        play(folder, town())


def test_the_place_that_is_silent_stays_silent_whatever_is_freshened(tmp_path: Path) -> None:
    # The scene needs eight places: the sixth was opened five hours ago and has said nothing since.
    hands = Hands()
    folder = NetworkFolder(tmp_path / "demo", hands, replayed("demo"))
    sites = [
        {"rank": k, "id": f"j{k}", "lon": -30.0 + k / 100, "lat": 50.0, "name": f"Вулиця {k}"} for k in range(1, 9)
    ]
    whole = dataclasses.replace(town(), plan_json=json.dumps({"summary": {"sites": sites}}).encode())
    play(folder, whole)

    def last_word(name: str) -> int:
        with folder.open() as ledger:
            (point,) = ledger.find(name)
            return max(row.at_ms for row in ledger.store.of_thing(point) if row.kind == "point.opened")

    silent, library = last_word("Юрта, Вулиця 6"), last_word("Library")
    hands.ms += 4 * HOUR_MS
    play(folder, whole)
    assert last_word("Library") > library
    assert last_word("Юрта, Вулиця 6") == silent


def test_every_place_lies_in_the_district_whose_middle_is_nearest() -> None:
    # At 50 degrees a degree of longitude is 0.64 of one of latitude: the eastern middle is nearer.
    drawn = dataclasses.replace(town(), districts=(("east", 30.1, 50.0), ("north", 30.0, 50.08)))
    assert drawn.district(30.0, 50.0) == {"district": "east"}
    assert town().district(30.0, 50.0) == {}
