"""What plain pages say, and what they never do: run a script, keep anything, promise more than was said."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest

from shanyrak.core.spec import spec_folder
from shanyrak.publish.model import Account, Deployment, PointStatus, Step, Visitors
from shanyrak.publish.pages import write_pages
from shanyrak.publish.pages.offline import MARKER, with_app
from shanyrak.publish.pages.rendering import LIMIT_BYTES, wire_bytes
from shanyrak.server.plain_forms import FORMS
from tests.unit.publish.pages.drawn import (
    ARCHIVE,
    CLUB,
    INITIATIVE,
    LANGUAGES,
    LIBRARY,
    SCHOOL,
    STATION,
    STATUS,
    STREETS,
    YURT,
    at,
    many,
    many_streets,
    point,
    small,
    small_walks,
    town,
    view,
)

Pages = dict[str, bytes]


class Reader(HTMLParser):
    """What a page links to, asks for and says, in its reading order."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: set[str] = set()
        self._words: list[str] = []
        self._mute = 0
        self.feed(page.decode())
        self.text = re.sub(r"\s+", " ", " ".join(self._words)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append((tag, known))
        if known.get("id"):
            self.ids.add(str(known["id"]))
        self._mute += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._mute -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self._words.append(data)

    @property
    def links(self) -> list[str]:
        return [str(attrs["href"]) for tag, attrs in self.tags if tag == "a"]


@pytest.fixture(scope="module")
def pages() -> Pages:
    return write_pages(small(), town(STREETS), small_walks(), served=True)


def said(pages: Pages, path: str) -> str:
    return Reader(pages[path]).text


def page_of(point_id: str, language: str = "uk") -> str:
    return f"{language}/p/{point_id[:10]}.html"


def test_the_first_language_stands_at_the_top_and_each_in_its_folder(pages: Pages) -> None:
    assert Reader(pages["index.html"]).text == Reader(pages["uk/index.html"]).text
    for language in LANGUAGES:
        assert f'<html lang="{language}">' in pages[f"{language}/index.html"].decode()


def test_every_link_leads_to_a_page_that_is_there(pages: Pages) -> None:
    readers = {path: Reader(page) for path, page in pages.items()}
    for path, reader in readers.items():
        for link in reader.links:
            if link.startswith(("tel:", "https:")):
                continue
            target, _, anchor = link.partition("#")
            there = normpath(join(dirname(path), target)) if target else path
            if f"/{there.partition('?')[0]}" in FORMS:
                continue  # answered by the program that serves them
            assert there in readers, (path, link)
            assert not anchor or anchor in readers[there].ids, (path, link)


def test_nothing_runs_nothing_is_asked_for_and_nothing_is_kept(pages: Pages) -> None:
    for path, page in pages.items():
        for tag, attrs in Reader(page).tags:
            assert tag not in ("script", "iframe", "img", "object", "embed", "video", "audio"), path
            assert not any(name.startswith("on") for name in attrs), path
            if tag == "link":
                assert str(attrs["href"]).startswith("data:"), path
        assert b"url(" not in page and b"@import" not in page, path


def test_equal_views_give_equal_bytes_and_the_order_of_the_paths_is_fixed(pages: Pages) -> None:
    again = write_pages(small(), town(STREETS), small_walks(), served=True)
    assert list(again.items()) == list(pages.items())


def test_open_places_stand_first_and_shut_ones_last(pages: Pages) -> None:
    text = said(pages, "en/index.html")
    order = [text.index(f"{state}: ") for state in ("Open", "Not confirmed", "Ready, not open yet", "Shut")]
    assert order == sorted(order)


def test_a_state_comes_with_its_clock_time_and_with_when_it_is_no_longer_to_be_believed(pages: Pages) -> None:
    # Said at 17:40 that it is open until 21:00: that is when the word ends.
    text = said(pages, page_of(SCHOOL.id, "en"))
    assert "At 17:40 the person on duty said it is open until 21:00." in text
    assert "Treat as unknown after 21:00" in text
    # The yurt's word of 17:10 has no end of its own: twelve hours, so 05:10 on the next day.
    assert "Treat as unknown after 23 Nov, 05:10" in said(pages, page_of(YURT.id, "en"))
    # What was said yesterday has its day.
    assert "On 21 Nov at 18:00 headquarters said it is shut." in said(pages, page_of(LIBRARY.id, "en"))


def test_no_page_says_how_long_ago_something_was(pages: Pages) -> None:
    for path, page in pages.items():
        assert not re.search(r"\bago\b|тому\b|\bvor \d|назад\b|бұрын\b", Reader(page).text), path


def test_contradictions_are_shown_with_both_sides(pages: Pages) -> None:
    both = "On duty: open, 17:10. 2 visitors since then: shut."
    assert both in said(pages, page_of(YURT.id, "en"))
    assert both in said(pages, "en/index.html")


def test_one_visitor_contradicts_nobody_but_is_heard() -> None:
    one = replace(STATUS[YURT.id], visitors=Visitors(shut=1, last_at_min=at(17, 30)))
    text = said(write_pages(view([YURT], {YURT.id: one}), None, None), page_of(YURT.id, "en"))
    assert "1 visitor since then: shut." in text
    assert "Accounts differ" not in text


def test_what_is_not_known_is_said_and_never_counts_as_no(pages: Pages) -> None:
    text = said(pages, page_of(LIBRARY.id, "en"))
    assert "What we do not know" in text and "Heating" in text
    assert "What it does not have" not in text
    assert "Hours not known" in text and "We have no number of the person on duty." in text
    assert "What happens here in an air alert is not known." in text


def test_services_yes_no_numbers_and_values(pages: Pages) -> None:
    text = said(pages, page_of(SCHOOL.id, "en"))
    has, _, rest = text.partition("What it has ")[2].partition("What it does not have")
    assert "24 sockets" in has and "60 seats" in has and "Toilet inside" in has
    assert "Power for a medical device assured for 6 h" in has
    assert "Languages spoken: Ukrainian, English" in has
    assert rest.startswith(" No pets What we do not know")
    assert "In an air alert people go to: vul. Sadova, 6, pidval" in text


def test_zero_of_something_is_a_no() -> None:
    none = point("Намет", kind="tent", seats=0)
    text = said(write_pages(view([none]), None, None), page_of(none.id, "en"))
    assert text.partition("What it does not have")[2].startswith(" No seats")


def test_if_it_is_shut_the_next_two_with_minutes_from_the_table(pages: Pages) -> None:
    # From the school: yurt 7 half-minutes, library 11, station 21. The library is shut and two visitors say that
    # the yurt is; the station (10.5 minutes, rounded up) comes first, then the yurt (3.5).
    text = said(pages, page_of(SCHOOL.id, "en")).partition("If shut ")[2]
    assert re.match(
        r"Vokzal, zal № 2 11 min on foot · Not confirmed, 11:00 Yurta nezlamnosti v parku 4 min on foot", text
    )


def test_without_a_table_the_straight_line_is_shown_and_said_to_be_one() -> None:
    pages = write_pages(small(), town(STREETS), None)
    text = said(pages, page_of(SCHOOL.id, "en"))
    # 0.014 degrees of longitude at 50.4 degrees: 0.014 * 111,195 m * cos(50.4) = 992.3 m, up to tens: 1,000.
    assert "about 1,000 m, straight line" in text
    assert "min on foot" not in text and "the walk itself was not worked out" in text


def test_a_point_newer_than_the_table_has_a_line_and_no_minutes() -> None:
    walks = small_walks()
    walks.ids = [SCHOOL.id, "0" * 64, STATION.id, LIBRARY.id, CLUB.id]
    walks.ways = {0: [(2, 21)]}
    status = {**STATUS, YURT.id: PointStatus("open", at(17), "duty")}
    text = said(write_pages(view([SCHOOL, YURT, STATION], status), None, walks), page_of(SCHOOL.id, "en"))
    # 0.005 degrees: 354.4 m, sorted as 354.4 * 1.4 / 37.5 = 13 half-minutes, before the station's 21.
    following = text.partition("If shut ")[2]
    assert following.startswith("Yurta nezlamnosti v parku about 360 m, straight line")
    assert "Vokzal, zal № 2 11 min on foot" in following


def test_a_street_has_its_nearest_three_and_shut_ones_only_after_the_others(pages: Pages) -> None:
    # school 5 half-minutes, yurt 12 (contradicted), library 16 (shut), station 25
    text = said(pages, "en/s/0053.html")
    assert "Sadova Street" in text
    places = "Shkola № 12" if "Shkola № 12" in text else "School 12, canteen"
    assert re.search(places + r".*3 min on foot.*Vokzal.*13 min on foot.*Yurta.*6 min on foot", text)


def test_letters_follow_the_alphabet_of_the_names(pages: Pages) -> None:
    text = said(pages, "uk/index.html")
    # Ґ after no Г here, С, Ш; the Latin name in a list of its own after them.
    before, _, letters = text.rpartition("за першою літерою ")
    assert letters.split()[:4] == ["Ґ", "С", "Ш", "H"]
    assert "Працює" in before, "the places come first; the letters are a link away"
    assert "Також: Клубна вулиця" in said(pages, "uk/s/0421.html")


def test_a_renamed_street_is_found_in_latin_letters_too(pages: Pages) -> None:
    assert "Gankova vulytsia" in said(pages, "de/s/0047.html")


def test_point_of_invincibility_only_on_an_official_list_or_by_its_own_name(pages: Pages) -> None:
    assert "Point of Invincibility" in said(pages, page_of(SCHOOL.id, "en"))
    assert "Warm place · Library · Not on the official list" in said(pages, page_of(LIBRARY.id, "en"))
    assert "Yurt of Invincibility" in said(pages, page_of(YURT.id, "en"))
    plain = point("Юрта біля ринку", kind="yurt", official=False)
    assert "Invincibility" not in said(write_pages(view([plain]), None, None), page_of(plain.id, "en"))


def test_every_page_names_its_operator_and_112_and_guarantees_nothing(pages: Pages) -> None:
    for path, page in pages.items():
        text = Reader(page).text
        assert "112" in text and "Штаб міста" in text, path
    for language, words in {"en": "Said, not guaranteed", "uk": "Повідомлено, не гарантовано"}.items():
        assert all(words in said(pages, path) for path in pages if path.startswith(f"{language}/"))


def test_a_made_up_town_says_so_on_every_page_and_a_real_one_on_none(pages: Pages) -> None:
    assert all("Вигадане місто" in said(pages, path) for path in pages if path.startswith("uk/"))
    real = write_pages(replace(small(), made_up=False, titles={"uk": "Бучач"}), town(STREETS), None)
    assert not any("Вигадане місто" in Reader(page).text for page in real.values())
    assert "Теплі місця: Бучач" in said(real, "index.html") and "Warm places: Buchach" in said(real, "en/index.html")


def test_the_question_to_visitors_sends_the_place_and_one_word(pages: Pages) -> None:
    tags = Reader(pages[page_of(SCHOOL.id)]).tags
    form = next(attrs for tag, attrs in tags if tag == "form")
    assert (form["method"], form["action"]) == ("post", "../../said")
    assert [attrs["value"] for tag, attrs in tags if tag == "button"] == ["open", "full", "shut", "not_here"]
    assert [(attrs["name"], attrs["value"]) for tag, attrs in tags if tag == "input"] == [("point", SCHOOL.id)]


def test_where_nobody_takes_the_answer_nobody_is_asked() -> None:
    alone = write_pages(small(), None, None)
    assert not any(b"<form" in page for page in alone.values())
    deployment = Deployment(languages=("en",), report_url="https://example.org/said")
    elsewhere = write_pages(replace(small(), deployment=deployment), None, None)
    form = next(attrs for tag, attrs in Reader(elsewhere[page_of(SCHOOL.id, "en")]).tags if tag == "form")
    assert form["action"] == "https://example.org/said"


def test_what_is_remembered_is_told_but_no_page_that_leads_to_warmth_leads_there(pages: Pages) -> None:
    assert f"en/remembered/{ARCHIVE.id[:10]}.html" in pages
    assert "nobody should look for warmth in them" in said(pages, f"en/remembered/{ARCHIVE.id[:10]}.html")
    for path, page in pages.items():
        inside = path.partition("/")[2]
        if not inside.startswith(("a/", "remembered/")):
            assert not any("remembered" in link for link in Reader(page).links), path


def test_an_account_shows_both_statements_and_opens_the_entries_under_a_figure(pages: Pages) -> None:
    page = pages[f"en/a/{INITIATIVE.id[:10]}.html"]
    text = Reader(page).text
    assert "Promised : Yurt × 2 · 3 October 2026" in text and "a giver who chose not to be named" in text
    assert "2 entries under this" in text and page.count(b"<details>") == 3
    assert text.index("Дякуємо посольству") < text.index("Юрту поставили приватні компанії")
    assert "In reply to: Голова ради" in text and "The source is not known" in text
    assert "About 1,240 visits until 15 November 2026" in text
    assert "On the way : Yurt · November 2026" in text


def test_a_link_that_is_no_web_address_is_not_made(pages: Pages) -> None:
    bad = replace(INITIATIVE.statements[0], url="javascript:alert(1)")
    account = replace(INITIATIVE, statements=(bad,))
    made = write_pages(replace(small(), accounts=(account,)), None, None)
    assert b"javascript:" not in made[f"en/a/{INITIATIVE.id[:10]}.html"]


def test_names_that_look_like_markup_stay_names() -> None:
    trap = point('<script>alert(1)</script>"&', address="</style><b>", district="<i>", find={"uk": "<img src=x>"})
    others = [point(f"Школа {i}", district="<i>") for i in range(61)]
    for page in write_pages(view([trap, *others]), town(STREETS), None).values():
        assert b"<script" not in page and b"<img" not in page and b"<i>" not in page and b"</style><b" not in page


def test_words_in_another_language_say_which(pages: Pages) -> None:
    assert '<span lang="uk">Вхід з двору, сині двері</span>' in pages[page_of(SCHOOL.id, "en")].decode()
    assert 'lang="uk-Latn">Vokzal, zal № 2' in pages["en/index.html"].decode()


def test_offline_is_one_file_that_leads_nowhere_else(pages: Pages) -> None:
    for path in ("offline.html", "en/offline.html", "kk/offline.html"):
        reader = Reader(pages[path])
        assert all(link.startswith(("#", "tel:")) for link in reader.links), path
        assert all(tag not in ("form", "script") for tag, _ in reader.tags)
    text = said(pages, "en/offline.html")
    assert "At 17:40 the person on duty said it is open until 21:00." in text
    assert "Sadova Street" in text and "3 min on foot" in text


def test_the_finder_and_its_data_are_put_into_offline_and_cannot_end_their_own_script() -> None:
    made = write_pages(small(), None, None, app_bytes=100)
    alone = made["offline.html"]
    assert alone.index(MARKER) > alone.index(b"</footer>"), "the list is read before the script begins"
    assert b"<script" not in made["en/offline.html"] and MARKER not in made["en/offline.html"]
    whole = with_app(alone, b'const a="</script><!--";', {"data/base.shy": b"abc", "data/a.z": b"\xff"})
    assert b'<script type="application/octet-stream" data-path="data/a.z">/w==</script>' in whole
    assert b'<script type="application/octet-stream" data-path="data/base.shy">YWJj</script>' in whole
    assert b'<script>const a="<\\/script><\\!--";</script></body>' in whole.replace(b"\n", b"")
    assert whole.count(b"<script") == whole.count(b"</script>") == 3


def test_without_a_finder_offline_has_no_script() -> None:
    assert MARKER not in write_pages(small(), None, None)["offline.html"]


def test_the_size_of_the_file_is_said(pages: Pages) -> None:
    size = round(len(pages["en/offline.html"]) / 1000)
    assert f"works without a network ({size} kB)" in said(pages, "en/index.html")


def test_an_empty_network_says_that_there_is_nothing_yet() -> None:
    made = write_pages(view([], {}), town(STREETS), None)
    assert "There is no warm place here yet" in said(made, "en/index.html")
    assert not any("/s/" in path for path in made)


def test_sixty_places_with_long_names_stand_on_one_page() -> None:
    made = write_pages(many(60), town(many_streets(200)), None)
    for language in LANGUAGES:
        page = made[f"{language}/index.html"]
        assert page.count(b'<li class="card">') == 60
    assert not any("/d/" in path for path in made)
    assert max(wire_bytes(page) for path, page in made.items() if "offline" not in path) <= LIMIT_BYTES


@pytest.mark.slow
def test_fourteen_hundred_places_are_led_to_by_district_and_by_letter() -> None:
    one = replace(many(1400), deployment=Deployment(languages=("uk", "de")))
    names = [replace(street, name=f"В{street.name}") for street in many_streets(1500)]
    made = write_pages(one, town(names), None)
    assert max(wire_bytes(page) for path, page in made.items() if "offline" not in path) <= LIMIT_BYTES
    assert b'<li class="card">' not in made["index.html"]
    districts = [page for path, page in made.items() if path.startswith("uk/d/")]
    assert sum(page.count(b'<li class="card">') for page in districts) == 1400
    streets = [page for path, page in made.items() if path.startswith("uk/s/")]
    assert sum(page.count(b'<section class="card">') for page in streets) == 1500
    assert (
        "від «" in Reader(next(page for path, page in made.items() if path.startswith("uk/s/") and "-2" in path)).text
    )


def test_the_sign_is_the_projects_own() -> None:
    folder = spec_folder().parent / "web" / "public"
    own = Path(spec_folder().parent / "src/shanyrak/publish/pages/templates/sign.svg").read_text(encoding="utf-8")
    drawn = (folder / "sign.svg").read_text(encoding="utf-8")
    assert re.findall(r'\bd="[^"]*"', own) == re.findall(r'\bd="[^"]*"', drawn)


def test_a_school_that_stands_is_called_a_school_in_its_account() -> None:
    standing = Step("standing", "2026-11-12", "school", None, "", "", ())
    account = Account(YURT.id, "point", {"en": "Twelve"}, False, {}, (standing,), (), (), {}, None, "", "")
    made = write_pages(replace(small(), accounts=(account,)), None, None)
    (page,) = (path for path in made if path.startswith("en/a/") and path != "en/a/index.html")
    assert "School" in said(made, page)
