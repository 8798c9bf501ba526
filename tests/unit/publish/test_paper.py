"""What sheets and posters say, and that it can be read: every glyph there, one page at a door, codes that scan."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from shanyrak.publish.hours import evaluated
from shanyrak.publish.model import PointStatus, PublicPoint, PublicView, Service, Visitors
from shanyrak.publish.paper import typesetting
from shanyrak.publish.paper.poster import ARROWS, Door, next_places, poster
from shanyrak.publish.paper.sheet import sheet
from tests.unit.publish.pages.drawn import LANGUAGES, NOW, DrawnWalks, at, point, view

DOOR = Door("https://warm.example/find/", "ab" * 32)
HOURS = evaluated("Mo-Fr 09:00-19:00; Sa,Su 10:00-16:00", NOW * 60_000, "Europe/Kyiv")
VALUES: dict[str, bool | int | str] = {
    "heat": True, "medical_power": True, "hot_drink": True, "sockets": 24, "seats": 60, "drinking_water": True,
    "toilet": "inside", "overnight": True, "internet": "own", "step_free": True, "quiet_corner": True,
}  # fmt: skip
SERVICES = {name: Service(value, NOW - 60) for name, value in VALUES.items()}
LETTERS = "Ґанок Єдність Їжак Ірпінь ґєїі ӘҒҚҢӨҰҮҺІ әғқңөұүһі ÄÖÜäöüß Ёлка"
LONG = "Спеціалізована загальноосвітня школа № 12 імені Ґната Хоткевича з поглибленим вивченням іноземних мов"
SCHOOL = point(
    LONG, services=SERVICES, hours=HOURS, phone="+380 44 123 45 67", address="вул. Генерала Геннадія Воробйова, 12-А"
)
YURT = point("Юрта «Ұлы дала»", kind="yurt", official=False, lon_e7=305_050_000, address="парк Шевченка")
LETTERED = point(LETTERS, lon_e7=305_100_000, official=False)
STATUS = {
    SCHOOL.id: PointStatus("open", at(17, 25), "duty", None, "full", Visitors()),
    YURT.id: PointStatus("closed", at(16), "desk"),
}


def town(*points: PublicPoint) -> PublicView:
    return view(points, {one.id: STATUS.get(one.id, PointStatus()) for one in points})


TOWN = town(SCHOOL, YURT, LETTERED)


def at_the_door(one: PublicPoint, language: str = "uk", arrow: str = "", door: Door = DOOR) -> bytes:
    return poster(TOWN, one, next_places(TOWN, one, None, NOW), language, now_at_min=NOW, door=door, arrow=arrow)


def of_district(language: str = "uk", whole: PublicView = TOWN, url: str = "https://warm.example/find/") -> bytes:
    return sheet(whole, "Шевченківський район", whole.points, language, now_at_min=NOW, url=url)


def pages(pdf: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def missing_glyphs(pdf: bytes) -> int:
    """How often glyph 0, the box of a letter that the face lacks, is drawn; glyphs are written as two bytes each."""
    reader, count = PdfReader(BytesIO(pdf)), 0
    for page in reader.pages:
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator not in (b"Tj", b"TJ"):
                continue
            for text in operands[0] if operator == b"TJ" else operands:
                if isinstance(text, (int, float)):
                    continue
                raw = text.original_bytes if hasattr(text, "original_bytes") else bytes(text)
                count += sum(raw[k : k + 2] == b"\0\0" for k in range(0, len(raw), 2))
    return count


def scanned(pdf: bytes, folder: Path) -> str:
    """What a phone would read off the first page; a missing reader is loud: a skip here, a failure in CI."""
    if shutil.which("zbarimg") is None:
        message = "NO READER OF CODES: install zbar-tools"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    (folder / "page.pdf").write_bytes(pdf)
    if shutil.which("pdftoppm") is None:
        message = "NO RENDERER OF PDF: install poppler-utils"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    subprocess.run(
        ["pdftoppm", "-r", "100", "-f", "1", "-l", "1", "-singlefile", "-png", "page.pdf", "page"],
        cwd=folder, check=True,
    )  # fmt: skip
    read = subprocess.run(["zbarimg", "-q", "--raw", "page.png"], cwd=folder, capture_output=True, text=True)
    return read.stdout.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_there_in_every_language(language: str) -> None:
    for made in (of_district(language), at_the_door(LETTERED, language), at_the_door(SCHOOL, language, "left")):
        assert missing_glyphs(made) == 0
        faces = {
            str(font["/BaseFont"]).split("+")[-1]
            for page in PdfReader(BytesIO(made)).pages
            for font in (one.get_object() for one in page["/Resources"]["/Font"].values())  # type: ignore[index]
        }
        assert all(face.startswith("NotoSans") for face in faces), faces


def test_a_letter_that_no_face_has_is_found_out() -> None:
    # Tibetan is in none of the faces: the check above would not be worth anything if it missed this.
    assert missing_glyphs(at_the_door(point("ཀཁ", names={"uk": "ཀཁ"}, lon_e7=305_000_000))) > 0


def test_names_come_out_as_they_went_in_and_in_latin_letters_for_english_and_german() -> None:
    assert "ӘҒҚҢӨҰҮҺІ" in pages(at_the_door(LETTERED))[0]
    assert "Ґанок Єдність Їжак" in pages(at_the_door(LETTERED, "kk"))[0]
    assert "Yizhak" in pages(at_the_door(LETTERED, "en"))[0]


@pytest.mark.parametrize("arrow", ["", "left", "up-right"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_poster_is_one_page_however_much_there_is_to_say(language: str, arrow: str) -> None:
    (page,) = pages(at_the_door(SCHOOL, language, arrow))
    assert "112" in page
    assert "+380 44 123 45 67" in page


def test_a_poster_names_the_next_two_and_no_state() -> None:
    (page,) = pages(at_the_door(SCHOOL, "en"))
    assert "If shut:" in page
    # The yurt is nearer, and was said to be shut: it comes after the other.
    assert page.index("Yizhak") < page.index("Yurta")
    assert "straight line" in page  # no table here: metres, and said to be a line
    assert "min on foot" not in page
    assert "17:25" not in page


def test_only_who_is_on_the_official_list_is_a_point_of_invincibility() -> None:
    assert "Point of Invincibility" in pages(at_the_door(SCHOOL, "en"))[0]
    assert "Invincibility" not in pages(at_the_door(LETTERED, "en"))[0]


def test_a_poster_of_a_place_nobody_said_anything_of_says_so() -> None:
    (page,) = pages(at_the_door(LETTERED, "en"))
    assert "Hours not known" in page
    assert "What is here is not known." in page


def test_the_code_at_a_door_pins_network_and_key(tmp_path: Path) -> None:
    link = f"https://warm.example/find/app/#net={TOWN.net}&key={'ab' * 32}&point={SCHOOL.id}"
    assert scanned(at_the_door(SCHOOL, "en", "right"), tmp_path) == link


@pytest.mark.parametrize(("language", "folder"), [("uk", ""), ("en", "en/")])
def test_the_code_of_a_sheet_leads_to_the_plain_pages(tmp_path: Path, language: str, folder: str) -> None:
    first = TOWN.deployment.languages[0]
    assert first == "uk"
    assert scanned(of_district(language), tmp_path) == f"https://warm.example/find/{folder}"


def test_without_an_address_there_is_no_code() -> None:
    assert "warm.example" not in pages(at_the_door(SCHOOL, "en", door=Door("", "ab" * 32)))[0]
    assert len(of_district(url="")) < len(of_district())


def test_a_sheet_says_state_with_its_time_and_when_it_ends() -> None:
    text = " ".join(pages(of_district("en")))
    assert "At 17:25 the person on duty said it is open." in text
    assert "Treat as unknown after" in text
    assert "Nobody has said yet whether it is open." in text
    # Open first, shut last.
    assert text.index("17:25") < text.index("Nobody has said") < text.index("said it is shut")
    for always in ("Said, not guaranteed", "112", "Printed: 22 November 2026, 17:45", "On the official list"):
        assert always in text


def test_forty_places_take_several_pages_in_the_order_of_their_numbers() -> None:
    names = [f"Школа № {k}" for k in range(1, 41)]
    many = town(*(point(name, hours=HOURS, services=SERVICES) for name in names))
    found = pages(of_district("uk", many))
    assert len(found) > 3
    text = " ".join(found)
    # Each is named as somebody's next, too: what it is called stands behind its own name only.
    where = [re.search(rf"{name} Пункт", text) for name in names]
    assert all(where)
    assert [one.start() for one in where if one] == sorted(one.start() for one in where if one)
    assert all(f"{k} / {len(found)}" in page and "112" in page for k, page in enumerate(found, start=1))


def test_a_sheet_names_the_next_two_of_each_place_in_minutes_where_a_table_knows_them() -> None:
    # From the school 25 half-minutes to the yurt (shut: last) and 41 to the third: 12.5 and 20.5 min, rounded up.
    walks = DrawnWalks([SCHOOL.id, YURT.id, LETTERED.id], {0: [(1, 25), (2, 41)]})
    made = sheet(TOWN, "", (SCHOOL,), "en", now_at_min=NOW, walks=walks, credit="Map: its makers")
    (page,) = pages(made)
    after = page[page.index("If shut:") :]
    assert after.index("21 min on foot") < after.index("Yurta") < after.index("13 min on foot")
    assert "Map: its makers" in after
    line = " ".join(pages(of_district("en")))
    assert line.count("If shut:") == 3
    assert "straight line" in line
    assert "min on foot" not in line


def test_the_only_place_there_is_says_so_on_either_paper() -> None:
    alone = town(SCHOOL)
    for made in (
        sheet(alone, "", alone.points, "en", now_at_min=NOW),
        poster(alone, SCHOOL, next_places(alone, SCHOOL, None, NOW), "en", now_at_min=NOW, door=DOOR),
    ):
        assert "We know of no other warm place nearby." in " ".join(pages(made))


@pytest.mark.parametrize("day", range(7))
def test_a_poster_has_the_week_from_monday_whenever_it_is_printed(day: int) -> None:
    now = NOW + day * 1440
    hours = evaluated("Mo-Fr 09:00-19:00; Sa,Su 10:00-16:00", now * 60_000, "Europe/Kyiv")
    one = replace(SCHOOL, hours=hours)
    (page,) = pages(poster(TOWN, one, (), "en", now_at_min=now, door=DOOR))
    assert "Mon – Fri: 09:00–19:00 Sat – Sun: 10:00–16:00" in page


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_the_week_begins_on_monday_when_clocks_change_too(hour: int) -> None:
    # Saturday, 24 October 2026; Sunday has 25 hours.
    now = int(datetime(2026, 10, 24, hour, 10, tzinfo=ZoneInfo("Europe/Kyiv")).timestamp()) // 60
    one = replace(SCHOOL, hours=evaluated("Mo 09:00-19:00; Tu-Su 10:00-16:00", now * 60_000, "Europe/Kyiv"))
    (page,) = pages(poster(TOWN, one, (), "en", now_at_min=now, door=DOOR))
    assert "Mon: 09:00–19:00 Tue – Sun: 10:00–16:00" in page


def test_a_poster_stays_one_page_with_the_most_that_can_be_said() -> None:
    days = "; ".join(f"{day} 0{k}:00-1{k}:30,1{k + 1}:00-20:{k}5" for k, day in enumerate(("Mo", "Tu", "We", "Th"), 1))
    most = replace(
        SCHOOL,
        names={"uk": f"{LONG} {LONG}"},
        address="вул. Героїв Національного Руху Опору, 123-А, корпус 4, літера Б",
        entrance={"uk": "Вхід з двору через другу арку, сині двері праворуч від аптеки, дзвонити двічі"},
        hours=evaluated(f"{days}; Fr,Su 10:00-12:00", NOW * 60_000, "Europe/Kyiv"),
    )
    whole = town(most, SCHOOL, LETTERED)
    ways = next_places(whole, most, None, NOW)
    made = poster(whole, most, ways, "uk", now_at_min=NOW, door=DOOR, arrow="down-left")
    (page,) = pages(made)
    assert "112" in page


def test_no_place_no_page_without_a_word() -> None:
    (page,) = pages(of_district("en", town()))
    assert "0 places" in page


def test_the_same_values_give_the_same_bytes() -> None:
    assert of_district("kk") == of_district("kk")
    assert at_the_door(SCHOOL, "uk", "up") == at_the_door(SCHOOL, "uk", "up")
    assert PdfReader(BytesIO(of_district())).metadata.creation_date.timestamp() == NOW * 60  # type: ignore[union-attr]


@pytest.mark.parametrize("arrow", ARROWS)
def test_every_direction_is_a_page(arrow: str) -> None:
    assert len(pages(at_the_door(YURT, "en", arrow))) == 1


def test_the_sign_is_that_of_the_pages_in_black() -> None:
    web = Path(__file__).parents[3] / "web" / "public" / "sign.svg"
    own = Path(typesetting.__file__).parent / "sign.svg"
    assert own.read_text() == web.read_text().replace("#b5430a", "#000000")


def test_markup_in_a_name_is_letters() -> None:
    tricky = point('#sys *A* $x$ <b> \\ "q" [1]', lon_e7=305_200_000)
    (page,) = pages(at_the_door(tricky))
    assert '#sys *A* $x$ <b> \\ "q" [1]' in page
