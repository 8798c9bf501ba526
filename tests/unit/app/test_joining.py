"""A network on this machine: founding leaves all or nothing, and joining never mixes two."""

from __future__ import annotations

from pathlib import Path

import pytest

from shanyrak.app.carrying import export, take_in
from shanyrak.app.founding import found
from shanyrak.app.network import NetworkFolder, Networks
from shanyrak.core.errors import InvalidInput, ShanyrakError, Unavailable
from tests.ledgers import replayed, ticking


def folder(root: Path, name: str = "one") -> NetworkFolder:
    return NetworkFolder(root / name / "network", ticking(), replayed(name))


def test_a_database_that_nobody_reaches_leaves_nothing_and_another_can_be_named(tmp_path: Path) -> None:
    here = folder(tmp_path)
    with pytest.raises(Unavailable, match="cannot be reached"):
        found(here, "Winter", url="postgresql://nobody@127.0.0.1:1/x")
    assert not here.root.exists()
    assert found(here, "Winter")["name"] == "Winter"


def test_what_a_cut_of_power_left_does_not_stand_in_the_way(tmp_path: Path) -> None:
    # Settings were written, then the power went: nothing was founded there.
    here = folder(tmp_path)
    here.begin("postgresql://nobody@127.0.0.1:1/x")
    assert Networks(tmp_path / "one", ticking()).empty().root == here.root
    other = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    found(here, "Winter", url=other)
    assert here.url() == other


def test_where_a_sheet_cannot_be_written_nothing_is_founded(tmp_path: Path) -> None:
    here = folder(tmp_path)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="sheet cannot be written"):
        found(here, "Winter", sheets=tmp_path / "file")
    assert not here.root.exists()


def test_a_key_to_nothing_is_not_left_lying_about(tmp_path: Path) -> None:
    here = folder(tmp_path)
    with pytest.raises(ShanyrakError):
        found(here, "Winter\x00", sheets=tmp_path / "sheets")
    assert list((tmp_path / "sheets").iterdir()) == []
    assert not here.root.exists()


def test_a_file_of_another_network_is_refused_with_both_named(tmp_path: Path) -> None:
    one, two = folder(tmp_path), folder(tmp_path, "two")
    first, second = found(one, "One"), found(two, "Two")
    with two.open() as ledger:
        export(ledger, tmp_path / "two.ledger")
    with pytest.raises(InvalidInput) as caught:
        take_in(one, tmp_path / "two.ledger", damaged=False)
    said = str(caught.value)
    assert "two.ledger" in said and first["net"][:8] in said and second["net"][:8] in said


def test_what_is_no_ledger_at_all_cannot_be_salvaged(tmp_path: Path) -> None:
    here = folder(tmp_path)
    (tmp_path / "letter.txt").write_text("Dear all,\n" * 100)
    with pytest.raises(InvalidInput, match="nothing in it verifies"):
        take_in(here, tmp_path / "letter.txt", damaged=True)
    assert not here.root.exists()


@pytest.mark.parametrize(("since", "records"), [("2026-11-22", 2), ("yesterday", 2), ("2026-11-22T14:01Z", 0)])
def test_an_export_begins_on_a_day_as_people_say_it(tmp_path: Path, since: str, records: int) -> None:
    # Founded at 14:00:0x; a point a second later.
    here = folder(tmp_path)
    found(here, "One")
    with here.open() as ledger:
        ledger.say("point.described", {"names": {"en": "School"}})
        done = export(ledger, tmp_path / "x.ledger", since=since, now_ms=1_795_356_100_000)
    assert done["records"] == records


def test_since_when_must_be_a_time(tmp_path: Path) -> None:
    here = folder(tmp_path)
    found(here, "One")
    with here.open() as ledger, pytest.raises(InvalidInput, match="--since"):
        export(ledger, tmp_path / "x.ledger", since="soon")
    assert not (tmp_path / "x.ledger").exists()


def test_a_part_of_a_ledger_joins_nobody_even_where_an_earlier_attempt_was_cut_off(tmp_path: Path) -> None:
    one, two = folder(tmp_path), folder(tmp_path, "two")
    found(one, "One")
    with one.open() as ledger:
        ledger.say("point.described", {"names": {"en": "School"}})
        export(ledger, tmp_path / "part.ledger", since="2026-11-22T14:00:02Z")
    two.begin()
    with pytest.raises(InvalidInput, match="no founding record"):
        take_in(two, tmp_path / "part.ledger", damaged=False)
    with two.open() as ledger:
        assert not ledger.net


def test_a_database_that_holds_a_network_is_not_founded_in_again(tmp_path: Path) -> None:
    one, two = folder(tmp_path), folder(tmp_path, "two")
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    found(one, "One", url=url)
    with pytest.raises(InvalidInput, match="holds a network already"):
        found(two, "Two", url=url)
    assert not two.root.exists(), "else the second home would speak in the first one's network"
    with one.open() as ledger:
        assert ledger.store.count() == 1


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    here = folder(tmp_path)
    here.begin("postgresql://me:se:cr/et@127.0.0.1:1/x")
    assert here.place() == "postgresql://me:***@127.0.0.1:1/x"
    assert "se:cr/et" in here.url()
