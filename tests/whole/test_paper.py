"""Sheet and poster as their user makes them: the program, on the demo's network, to a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from shanyrak.core.texts import LANGUAGES, texts
from tests.conftest import Demo

pytestmark = pytest.mark.slow
URL = ("--url", "https://warm.example/")


def made(demo: Demo, path: Path, *arguments: str) -> str:
    """The text of the file that a command writes."""
    done = demo.run(*arguments, "--demo", "--out", str(path))
    assert done.returncode == 0, done.stderr
    reader = PdfReader(path)
    sizes = {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in reader.pages}
    assert sizes == {(595, 842)}, "A4 in points"
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_town_on_paper_in_every_language(demo: Demo, tmp_path: Path, language: str) -> None:
    t = texts(language, "words", "pages", "paper")
    sheet = made(demo, tmp_path / "sheet.pdf", "sheet", "Made-up town", "--lang", language, *URL)
    poster = made(demo, tmp_path / "poster.pdf", "poster", "School No. 2", "--lang", language, *URL)
    for text in (sheet, poster):
        for always in (t("said_not_guaranteed"), t("emergency", number="112"), t("made_up.banner"), t("if_shut")):
            assert always in text
        # Minutes on foot come from the town's own walk table.
        assert re.search(re.escape(t("walk.min", n=5)).replace("5", r"\d+"), text)
        assert t("point.official") not in text, "no place of the made-up town is on an official list"
    assert "https://warm.example/" in poster


def test_the_first_language_of_the_network_is_spoken_where_none_is_named(demo: Demo, tmp_path: Path) -> None:
    assert "Тепле місце" in made(demo, tmp_path / "poster.pdf", "poster", "School No. 2")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sheet", "Nowhere"), "Made-up town"),
        (("poster", "Schol No. 2"), "Did you mean School No. 2?"),
        (("poster", "School No. 2", "--arrow", "north"), "left"),
        (("poster", "School No. 2", "--lang", "fr"), "uk, en, kk, de, ru"),
        (("poster", "School No. 2", "--url", "warm.example"), "https://NAME/"),
        (("sheet", "Made-up town", "--out", "nowhere/sheet.pdf"), "no folder nowhere"),
        (("sheet", "Made-up town", "--out", "/"), "is a folder"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_line_and_leaves_no_file(
    demo: Demo, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = demo.run(*arguments, "--demo", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())
