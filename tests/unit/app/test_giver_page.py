"""The giver's link and page: the secret follows from a key, the page tells no more than everybody may know."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shanyrak.app.giver_links import GiverLinks, giver_key, secret_of
from shanyrak.app.giver_page import giver_page
from shanyrak.core.errors import Damaged
from shanyrak.core.texts import LANGUAGES, texts
from shanyrak.publish.model import Account, Deployment, PointStatus, PublicPoint, PublicView
from shanyrak.server.giver import AT, add_giver
from tests.ledgers import founded_ledger, point, replayed

KEY = b"k" * 32
NOW_MIN = 29_922_600


class Scene:
    """A promised yurt on its whole way: made, assembled, driven over a border, put up at a school."""

    def __init__(self) -> None:
        self.ledger = ledger = founded_ledger()
        self.pledge = ledger.say(
            "pledge.made", {"what": "yurt", "count": 2, "publish": "nothing", "happened": "2026-10-01"},
            sealed={"giver": "Aigerim", "contact": "+7 700"},
        ).id  # fmt: skip
        self.other = ledger.say("pledge.made", {"what": "fuel"}).id
        self.kit = ledger.say("kit.described", {"kind": "yurt", "happened": "2026-10-12"}).id
        ledger.say("kit.assembled", {"pledges": [self.pledge.hex()]}, about=self.kit)
        self.school = point(ledger, "School 12")
        lorry = ledger.say("consignment.left", {"kits": [self.kit.hex()], "happened": "2026-11-03"}).id
        ledger.say(
            "consignment.passed", {"border": True, "lon_e7": 231_234_567, "lat_e7": 491_234_567,
                                   "happened": "2026-11-07"}, about=lorry,
            sealed={"where": "Krakovets"},
        )  # fmt: skip
        ledger.say("kit.erected", {"point": self.school.hex(), "happened": "2026-11-12"}, about=self.kit)
        ledger.say(
            "thanks.said", {"pledge": self.pledge.hex()}, about=self.kit, sealed={"words": {"en": "Thank <you>"}}
        )

    def view(self, *, hidden: bool = False) -> PublicView:
        id = self.school.hex()
        here = PublicPoint(id, {"uk": "Школа 12", "en": "School 12"}, "school", False, 0, 0, False, NOW_MIN)
        account = Account(id, "point", {}, False, {}, (), (), (), {}, 240, "2026-11-15", "")
        return PublicView(
            net="", network="", area="", titles={}, made_up=True, mode="", as_of_at_min=NOW_MIN, notices=(),
            points=() if hidden else (here,), accounts=() if hidden else (account,), operator="",
            status={} if hidden else {id: PointStatus("open", NOW_MIN - 20, "duty")}, deployment=Deployment(),
        )  # fmt: skip


@pytest.fixture
def scene() -> Scene:
    return Scene()


# ---- the link ---------------------------------------------------------------------------------------------
def test_a_secret_leads_to_its_promise_and_to_no_other(scene: Scene) -> None:
    links = GiverLinks(scene.ledger, KEY)
    secret = secret_of(KEY, scene.pledge)
    assert re.fullmatch("[a-z2-7]{32}", secret)
    assert links.find(secret) == scene.pledge
    assert links.find(secret_of(KEY, scene.other)) == scene.other


@pytest.mark.parametrize("wrong", ["", "a" * 32, "ї" * 32, "\udcff", "../x"])
def test_what_is_no_secret_leads_nowhere(scene: Scene, wrong: str) -> None:
    assert GiverLinks(scene.ledger, KEY).find(wrong) is None


def test_neither_an_id_nor_another_key_is_a_secret(scene: Scene) -> None:
    links = GiverLinks(scene.ledger, KEY)
    assert links.find(scene.pledge.hex()) is None
    assert links.find(secret_of(b"j" * 32, scene.pledge)) is None
    assert links.find(secret_of(KEY, scene.kit)) is None  # only promises have links


def test_a_promise_made_later_has_a_link_too(scene: Scene) -> None:
    links = GiverLinks(scene.ledger, KEY)
    links.find("")
    later = scene.ledger.say("pledge.made", {"what": "wood"}).id
    assert links.find(secret_of(KEY, later)) == later


def test_a_link_leaves_no_trace_in_the_record(scene: Scene) -> None:
    before = scene.ledger.store.count()
    GiverLinks(scene.ledger, KEY).find(secret_of(KEY, scene.pledge))
    assert scene.ledger.store.count() == before


def test_the_key_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    file = tmp_path / "giver.key"
    key = giver_key(file, replayed("machine"))
    assert giver_key(file, replayed("another")) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_no_key_is_said(tmp_path: Path) -> None:
    (tmp_path / "giver.key").write_text("hello", encoding="ascii")
    with pytest.raises(Damaged, match="links handed out before lead nowhere"):
        giver_key(tmp_path / "giver.key", replayed("machine"))


# ---- what is told -----------------------------------------------------------------------------------------
def test_the_steps_stand_in_their_order_and_deliveries_with_their_month(scene: Scene) -> None:
    page = giver_page(scene.ledger, scene.pledge, scene.view())
    told = [(step.kind, step.happened) for step in page.steps]
    assert told[0] == ("pledge.made", "2026-10-01")
    assert ("consignment.left", "2026-11") in told and ("consignment.passed", "2026-11") in told
    assert ("kit.erected", "2026-11-12") in told
    assert {step.by for step in page.steps} == {"desk"}
    assert (page.what, page.count, page.taken_back) == ("yurt", 2, False)


def test_a_place_that_is_not_public_is_not_told(scene: Scene) -> None:
    for view in (scene.view(hidden=True), None):
        (place,) = giver_page(scene.ledger, scene.pledge, view).places
        assert (place.point, place.status, place.served_visits) == (None, None, None)


def test_a_promise_taken_back_says_so(scene: Scene) -> None:
    scene.ledger.say("pledge.withdrawn", {"cause": "cannot"}, about=scene.other)
    page = giver_page(scene.ledger, scene.other, scene.view())
    assert page.taken_back and page.places == ()


# ---- the page ---------------------------------------------------------------------------------------------
def asking(scene: Scene, view: PublicView | None = None) -> TestClient:
    from fastapi import FastAPI

    links = GiverLinks(scene.ledger, KEY)
    shown = view or scene.view()

    def find(secret: str) -> object:
        pledge = links.find(secret)
        return giver_page(scene.ledger, pledge, shown) if pledge is not None else None

    app = FastAPI()
    add_giver(
        app,
        find,
        languages=lambda: LANGUAGES,
        zone=lambda: "Europe/Kyiv",
        now_at_min=lambda: NOW_MIN,  # type: ignore[arg-type]
    )
    return TestClient(app, base_url="http://warm.example")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_in_each_language(scene: Scene, language: str) -> None:
    answer = asking(scene).get(f"{AT}{secret_of(KEY, scene.pledge)}?lang={language}")
    assert answer.status_code == 200
    t = texts(language, "words", "giver")
    for words in (t("giver.title"), t("help.yurt"), t("state.open"), t("giver.step.kit.erected"), t("language.name")):
        assert (words in answer.text) is (words != t("language.name"))  # the page links to the other languages only
    assert "240" in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert "{" not in answer.text.split("</style>")[1]


def test_the_page_tells_no_person_no_way_and_no_place_on_it(scene: Scene) -> None:
    text = asking(scene).get(f"{AT}{secret_of(KEY, scene.pledge)}?lang=en").text
    for secret in ("Aigerim", "+7 700", "Krakovets", "23.1", "231234567", "2026-11-07", "7 November", "3 November"):
        assert secret not in text
    assert "12 November 2026" in text and "November 2026" in text
    assert "Thank &lt;you&gt;" in text


def test_it_is_kept_nowhere_and_found_by_nobody(scene: Scene) -> None:
    answer = asking(scene).get(f"{AT}{secret_of(KEY, scene.pledge)}")
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"] and 'content="noindex"' in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "script" not in answer.text and "default-src 'none'" in answer.headers["content-security-policy"]
    assert "http" not in answer.text
    assert "etag" not in answer.headers and "last-modified" not in answer.headers


def test_all_languages_have_the_same_texts() -> None:
    for part in ("giver", "said"):
        keys = {language: set(texts(language, part).messages) for language in LANGUAGES}
        assert all(found == keys["en"] for found in keys.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    forms = {
        "uk": "one few many other",
        "ru": "one few many other",
        "kk": "one other",
        "en": "one other",
        "de": "one other",
    }
    t = texts(language, "words", "giver")
    assert set(t.messages["giver.served"]) == set(forms[language].split())
    for n in (10, 20, 240, 1230):
        assert str(n)[:1] in t("giver.served", n=n, day="15")


def test_every_step_a_promise_can_take_has_its_words(scene: Scene) -> None:
    from shanyrak.app.giving import STEPS

    t = texts("en", "giver")
    kinds = [kind for kind in scene.ledger.rules.kinds if kind.startswith(STEPS)]
    assert len(kinds) > 10
    assert all(f"giver.step.{kind}" in t for kind in kinds)
