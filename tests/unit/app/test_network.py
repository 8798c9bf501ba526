"""A network as a folder: its key, its ledger, and that withheld words leave no byte in its files."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from shanyrak.app.founding import found
from shanyrak.app.network import NetworkFolder, Networks
from shanyrak.core.errors import Damaged, InvalidInput, NotFound
from tests.ledgers import replayed, ticking


def folder(path: Path) -> NetworkFolder:
    return NetworkFolder(path / "network", ticking(), replayed("folder"))


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    one = folder(tmp_path)
    first = one.signer().public
    assert one.signer().public == first
    assert stat.S_IMODE(one.key_file.stat().st_mode) == 0o600


def test_a_damaged_key_is_said_and_not_replaced(tmp_path: Path) -> None:
    one = folder(tmp_path)
    one.signer()
    one.key_file.write_text("broken")
    with pytest.raises(Damaged):
        one.signer()
    assert one.key_file.read_text() == "broken"


def test_withheld_words_leave_no_byte_in_any_file_of_the_folder(tmp_path: Path) -> None:
    one = folder(tmp_path)
    found(one, "Winter")
    secret = "Olena Petrenko has the key"
    with one.open() as ledger:
        point = ledger.say("point.described", {"names": {"en": "School"}}, sealed={"note": secret})
    assert any(secret.encode() in path.read_bytes() for path in one.root.rglob("*") if path.is_file())
    with one.open() as ledger:
        ledger.say("body.withheld", {"fact": point.id.hex(), "part": "both", "reason": "personal"}, about=point.id)
    for path in one.root.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def test_a_second_network_is_not_founded_over_the_first(tmp_path: Path) -> None:
    here = Networks(tmp_path, ticking(), replayed("folder"))
    found(here.empty(), "Winter")
    with pytest.raises(InvalidInput, match="already"):
        here.empty()


def test_which_network_is_meant(tmp_path: Path) -> None:
    # none: the real one, which then says how to found it; demo alone: the demo; both: the real one
    here = Networks(tmp_path, ticking(), replayed("folder"))
    assert here.chosen(demo=False) == here.real
    with pytest.raises(NotFound, match="demo"):
        here.chosen(demo=True)
    here.demo.begin()
    assert here.chosen(demo=False) == here.demo
    here.real.begin()
    assert here.chosen(demo=False) == here.real
    assert here.chosen(demo=True) == here.demo
