"""A sheet of codes for the door: whole, in the reader's language, and never at the price of the sheet before."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from shanyrak.app.code_sheet import code_sheet, write_sheet
from shanyrak.app.paper_codes import ON_A_SHEET, PaperCodes
from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.core.texts import LANGUAGES
from tests.ledgers import replayed

SCHOOL = b"\7" * 32
URL = "http://10.0.0.2:8765/report"


def page(codes: list[str]) -> str:
    return code_sheet("School <12>", codes, url=URL, language="en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_where_to_type_the_codes_and_has_nothing_of_elsewhere_in_it(language: str) -> None:
    made = code_sheet("School <12>", ["ABCDE-FGHJK"], url=URL, language=language)
    assert f'lang="{language}"' in made and URL in made and "ABCDE-FGHJK" in made
    assert "School &lt;12&gt;" in made and "<script" not in made and "src=" not in made


def test_what_is_printed_serves_and_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    codes = PaperCodes(tmp_path / "codes.json", replayed("codes"))
    path = tmp_path / "sheet.html"
    drawn = write_sheet(path, lambda: codes.sheet(SCHOOL), page)
    text = path.read_text(encoding="utf-8")
    assert len(set(drawn)) == ON_A_SHEET and all(code in text for code in drawn)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert codes.use(drawn[0]) == SCHOOL and codes.use(drawn[0]) is None


def test_where_the_new_sheet_cannot_be_written_the_old_one_goes_on(tmp_path: Path) -> None:
    codes = PaperCodes(tmp_path / "codes.json", replayed("codes"))
    old = codes.sheet(SCHOOL)
    with pytest.raises(Unavailable):
        write_sheet(tmp_path / "nowhere" / "sheet.html", lambda: codes.sheet(SCHOOL), page)
    with pytest.raises(InvalidInput):
        write_sheet(
            tmp_path / "sheet.html",
            lambda: codes.sheet(SCHOOL),
            lambda drawn: code_sheet("School", drawn, url=URL, language="xx"),
        )
    assert not (tmp_path / "sheet.html").exists()
    assert codes.use(old[0]) == SCHOOL
