"""The two sheets: one is secret and holds the key, the other says how to use it, and both print by themselves."""

from __future__ import annotations

import hashlib
import re
import stat
from pathlib import Path

import pytest

from shanyrak.app.sheets import KEY_SHEET, NETWORK_SHEET, key_sheet, mark, network_sheet, write_sheets
from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.facts.paper import PaperKey

PAPER = PaperKey(hashlib.sha256(b"paper").digest())
NET = hashlib.sha256(b"net").digest()


def test_the_first_sheet_can_be_typed_from(tmp_path: Path) -> None:
    first, second = write_sheets(tmp_path / "sheets", name="Тепло", net=NET, paper=PAPER)
    assert (first.name, second.name) == (KEY_SHEET, NETWORK_SHEET)
    page = first.read_text(encoding="utf-8")
    groups = re.findall(r"<li><small>\d+</small>(\w{5})</li>", page)
    assert PaperKey.read(" ".join(groups)).seed == PAPER.seed
    assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_the_second_sheet_holds_no_secret() -> None:
    page = network_sheet("Тепло", NET, PAPER.signer.public)
    for secret in (*PAPER.text.split(), PAPER.seed.hex(), PAPER.identity):
        assert secret not in page
    assert NET.hex() in page.replace(" ", "")


def test_the_sheets_show_the_same_mark() -> None:
    shown = mark(PAPER.signer.public)
    assert len(shown.replace(" ", "")) == 15
    assert shown in key_sheet("Тепло", PAPER) and shown in network_sheet("Тепло", NET, PAPER.signer.public)


@pytest.mark.parametrize("page", [key_sheet("A <b> & B", PAPER), network_sheet("A <b> & B", NET, PAPER.signer.public)])
def test_a_sheet_needs_nothing_but_itself_and_speaks_both_languages(page: str) -> None:
    without_names = page.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|<script|<link|<img|@import|url\(", without_names)
    assert 'lang="uk"' in page and 'lang="en"' in page
    assert "A &lt;b&gt; &amp; B" in page and "<b>" not in page
    assert page.count("<svg") == 1 and "size: A4" in page


def test_a_first_sheet_is_never_overwritten(tmp_path: Path) -> None:
    write_sheets(tmp_path, name="One", net=NET, paper=PAPER)
    kept = (tmp_path / KEY_SHEET).read_bytes()
    with pytest.raises(InvalidInput, match="a recovery key lies there already"):
        write_sheets(tmp_path, name="Two", net=NET, paper=PaperKey(bytes(32)))
    assert (tmp_path / KEY_SHEET).read_bytes() == kept


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Unavailable, match="cannot be written"):
        write_sheets(tmp_path / "file", name="One", net=NET, paper=PAPER)
