"""People on duty with their phones and our own server: invited, reporting, offline, in danger, handing over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.duty import Headquarters, Phone, headquarters, words

pytestmark = pytest.mark.browser

MakePhone = Callable[..., Phone]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headquarters]:
    with headquarters(tmp_path_factory.mktemp("duty") / "home") as found:
        yield found


@pytest.fixture
def hq(network: Headquarters) -> Headquarters:
    """The one server, with a place of its own for each test."""
    network.another_place()
    return network


@pytest.fixture
def phone(chromium: Browser) -> Iterator[MakePhone]:
    """Phones; whatever a page complained of fails the test."""
    phones: list[Phone] = []

    def make(language: str = "uk") -> Phone:
        phones.append(Phone(chromium, language))
        return phones[-1]

    yield make
    for one in phones:
        one.context.close()
    assert [one.complaints for one in phones if one.complaints] == []


def test_an_invitation_serves_once_and_three_taps_are_a_report(hq: Headquarters, phone: MakePhone) -> None:
    link = hq.invite()
    host = phone().join(link)
    expect(host.page.get_by_role("heading", level=1)).to_have_text("Юрта в парку")
    assert "invite" not in host.page.url  # the token is not left in what is shared or photographed

    host.button("now.open").click()  # one
    host.button("list.open_all_the_same").click()  # two: the list was walked through on paper
    host.waits(0)
    assert hq.becomes("open")
    host.button("now.full").click()  # one tap is a report as well
    host.waits(0)
    assert hq.heard("status.reported") == [{"band": "full"}]
    host.stands(headquarters=2)

    second = phone()
    second.page.goto(link)
    second.button("join.accept").click()
    expect(second.page.get_by_role("alert")).to_have_text(second.t("join.failed"))


def test_what_is_said_offline_waits_on_the_phone_survives_closing_and_goes_by_itself(
    hq: Headquarters, phone: MakePhone
) -> None:
    host = phone().join(hq.invite())
    host.page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready")
    host.page.reload()
    host.waits(0)
    host.context.set_offline(True)
    host.go("count")
    host.page.get_by_label(host.t("count.fuel")).fill("12.5")
    host.button("app.send").click()
    host.waits(1)
    assert hq.said("stock.counted") == []

    host.page.reload()  # the app itself opens without a network, and nothing is forgotten
    host.waits(1)
    host.stands(phone=1)
    host.context.set_offline(False)  # "online" is heard: it goes without a press
    host.waits(0)
    assert hq.heard("stock.counted") == [{"fuel_ml": 12_500}]  # what nobody knows is left out: it is not zero


def test_the_server_is_killed_in_the_middle_of_the_upload_and_back_each_report_is_seen_once(
    hq: Headquarters, phone: MakePhone
) -> None:
    host = phone().join(hq.invite())
    host.waits(0)

    def taken_in_and_gone(route: Route) -> None:
        route.fetch()  # the server takes it in
        hq.kill()  # and its answer never comes
        route.abort()

    host.page.route("**/api/v1/exchange", taken_in_and_gone, times=1)
    host.button("now.open").click()
    host.button("list.open_all_the_same").click()
    expect(host.page.get_by_text(host.t("where.offline"))).to_be_visible()
    assert host.here == 1  # what was not answered is not called received
    host.button("now.full").click()
    host.waits(2)

    hq.start()
    host.go("reports")
    host.button("reports.send_now").click()
    host.waits(0)
    assert len(hq.said("point.opened")) == 1
    assert len(hq.said("status.reported")) == 1
    host.stands(headquarters=2)


def test_danger_shuts_the_place_at_once_and_nothing_opens_it_again_but_a_person_with_the_list(
    hq: Headquarters, phone: MakePhone
) -> None:
    host = phone().join(hq.invite())
    host.button("now.open").click()
    host.button("list.open_all_the_same").click()
    host.waits(0)
    for screen in ("now", "open", "close", "short", "count", "hand", "reports", "cards"):
        host.go(screen)
        expect(host.link("danger.title")).to_be_visible()  # on every screen
    host.link("danger.title").click()
    host.page.get_by_role("button", name=re.compile(re.escape(host.t("danger.co")))).click()
    expect(host.page.get_by_role("link", name=host.t("app.call", number="101"))).to_have_attribute("href", "tel:101")
    expect(host.page.get_by_text(host.t("card.co.1"))).to_be_visible()
    expect(host.page.get_by_text(host.t("danger.sent"))).to_be_visible()  # only when headquarters has it
    assert hq.becomes("closed")
    assert hq.heard("incident.reported") == [{"incident": "co"}]  # a kind, never a person

    host.go("now")
    expect(host.page.get_by_text(host.t("now.after_danger"))).to_be_visible()
    host.button("now.open").click()
    expect(host.page.get_by_role("heading", level=1)).to_have_text(host.t("list.open"))
    assert hq.state() == "closed"


def test_a_danger_that_was_a_mistake_is_said_to_be_one(hq: Headquarters, phone: MakePhone) -> None:
    host = phone().join(hq.invite())
    host.go("danger")
    host.page.get_by_role("button", name=re.compile(re.escape(host.t("danger.air_alert")))).click()
    expect(host.page.get_by_text(host.t("do.air_alert.1"))).to_be_visible()
    host.button("danger.mistake").click()
    expect(host.page.get_by_text(host.t("danger.mistaken"))).to_be_visible()
    host.go("now")
    host.waits(0)
    assert len(hq.heard("correction.made", 2)) == 2  # the alert and the break it brought
    assert hq.state() == "paused"  # even so it does not open by itself


def test_headquarters_orders_and_the_place_answers(hq: Headquarters, phone: MakePhone) -> None:
    host = phone().join(hq.invite())
    hq.order()
    host.go("reports")
    host.button("reports.send_now").click()
    host.go("now")
    expect(host.page.get_by_text(host.t("now.order_open"))).to_be_visible()
    host.button("now.h", k=1).click()
    expect(host.page.get_by_text(host.t("now.order_open"))).to_have_count(0)
    host.waits(0)
    assert [one["opens_within_min"] for one in hq.heard("activation.acknowledged")] == [60]
    assert hq.state() == "ready"  # answered is not open


def test_short_of_fuel_and_wood_then_the_fuel_is_there(hq: Headquarters, phone: MakePhone) -> None:
    host = phone().join(hq.invite())
    host.link("now.short").click()
    expect(host.button("app.send")).to_be_disabled()
    host.button("short.fuel").click()
    host.button("short.wood").click()
    host.button("now.h", k=3).click()
    host.button("app.send").click()
    host.waits(0)
    raised = {one["short_of"]: one for one in hq.heard("need.raised", 2)}
    assert set(raised) == {"fuel", "wood"}
    assert raised["fuel"]["lasts_min"] == 180
    assert raised["fuel"]["point"] == hq.point
    fuel = host.page.get_by_role("listitem").filter(has_text=host.t("short.fuel"))
    fuel.get_by_role("button").click()
    expect(fuel).to_have_count(0)
    host.waits(0)
    assert len(hq.heard("need.met")) == 1


def test_visits_are_counted_by_taps_and_become_one_entry(hq: Headquarters, phone: MakePhone) -> None:
    host = phone().join(hq.invite())
    for _ in range(4):
        host.button("now.visit").click()
    host.button("now.visit_undo").click()
    expect(host.page.locator("[data-visits='3']")).to_be_visible()
    host.page.reload()  # three taps lie on the phone's disk, and are written down when the page opens again
    assert hq.heard("visit.counted") == [{"visits": 3}]
    expect(host.page.locator("[data-visits='3']")).to_be_visible()


def test_hand_over_at_the_door_with_no_network_at_all(hq: Headquarters, phone: MakePhone) -> None:
    first, second = phone().join(hq.invite()), phone()
    second.page.goto(f"{hq.address}host/")
    key = second.page.locator("main .series textarea").input_value()
    assert re.fullmatch(r"SHY:K:[\w-]{43}", key)
    first.waits(0)
    first.context.set_offline(True)
    second.context.set_offline(True)

    first.go("hand")
    first.page.get_by_label(first.t("hand.note.stove")).check()
    first.button("hand.until.12").click()
    first.type_code(key)
    codes = first.codes()
    assert codes.count("SHY:H:") == len(codes.split()) >= 2

    second.type_code(codes)
    expect(second.page.get_by_role("heading", level=1)).to_have_text("Юрта в парку")
    second.button("now.open").click()
    second.button("list.open_all_the_same").click()
    second.waits(1)  # speaks at once, though headquarters never heard of it
    assert hq.state() == "ready"

    second.context.set_offline(False)
    second.waits(0)
    assert hq.becomes("open")  # the admission came along and counts
    second.stands(headquarters=1)
    assert hq.said("device.admitted")[-1]["role"] == "host"


def test_unsent_reports_leave_as_a_file_or_codes_that_another_phone_takes_in(
    hq: Headquarters, phone: MakePhone, tmp_path: Path
) -> None:
    cut_off, courier = phone().join(hq.invite()), phone().join(hq.invite())
    cut_off.waits(0)
    cut_off.context.set_offline(True)
    cut_off.button("now.open").click()
    cut_off.button("list.open_all_the_same").click()
    cut_off.button("now.full").click()
    cut_off.waits(2)
    cut_off.go("reports")
    with cut_off.page.expect_download() as download:
        cut_off.button("reports.as_file").click()
    file = tmp_path / "reports.ledger"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"shanyrak ledger 1\n")
    cut_off.button("reports.as_codes").click()
    codes = cut_off.codes()

    courier.go("reports")
    courier.button("reports.take").click()
    courier.page.locator("input[type=file]").set_input_files(file)
    expect(courier.page.get_by_text(courier.t("reports.taken", k=2))).to_be_visible()
    courier.waits(0)
    assert hq.becomes("open")
    courier.type_code(codes)  # the same again, as codes: nothing is doubled
    expect(courier.page.get_by_text(courier.t("reports.taken", k=0))).to_be_visible()
    assert len(hq.said("point.opened")) == 1

    damaged = bytearray(file.read_bytes())
    damaged[80] ^= 1
    file.write_bytes(damaged)
    courier.page.locator("input[type=file]").set_input_files(file)
    expect(courier.page.locator(".became").last).to_contain_text(courier.t("reports.not_taken", why="")[:15])

    cut_off.context.set_offline(False)
    cut_off.go("reports")
    cut_off.button("reports.send_now").click()
    cut_off.waits(0)
    assert len(hq.said("point.opened")) == 1  # it arrived twice, by two ways, and is there once


def test_a_driver_leaves_and_arrives_an_inspector_looks(hq: Headquarters, phone: MakePhone) -> None:
    driver = phone().join(hq.invite("driver", point=False))
    driver.button("drive.new").click()
    driver.page.get_by_label(driver.t("count.fuel")).fill("200")
    driver.type_code("SHY:T:" + "q" * 43)  # the label of the equipment
    expect(driver.page.get_by_text(driver.t("drive.equipment", k=1))).to_be_visible()
    driver.page.locator("input.wide").fill("Паркова 1")
    driver.button("drive.left").click()
    driver.waits(0)
    assert hq.heard("consignment.left")[0]["fuel_ml"] == 200_000
    driver.context.set_offline(True)
    driver.button("drive.damaged").click()
    driver.page.get_by_label(driver.t("drive.what_wrong")).fill("Двері пом'яті")
    driver.button("app.send").click()
    driver.waits(1)
    driver.context.set_offline(False)
    driver.waits(0)
    assert hq.heard("consignment.arrived")[0]["complete"] is False

    inspector = phone().join(hq.invite("inspector"))
    inspector.page.get_by_role("group", name=inspector.t("look.co_alarm")).get_by_text(
        inspector.t("look.failed")
    ).click()
    inspector.page.get_by_role("group", name=inspector.t("look.exits")).get_by_text(
        inspector.t("look.passed"), exact=True
    ).click()
    expect(inspector.page.get_by_text(inspector.t("look.verdict.unfit"), exact=True).first).to_be_visible()
    inspector.page.get_by_label(inspector.t("look.next")).fill("2026-12-24")
    inspector.button("look.write").click()
    expect(inspector.button("look.print")).to_be_visible()
    inspector.waits(0)
    (done,) = hq.heard("inspection.done")
    assert done == {
        "inspection": "unfit",
        "passed": ["exits"],
        "failed": ["co_alarm"],
        "next_inspection": "2026-12-24",
    }


def test_a_phone_that_was_revoked_is_told_so_and_its_word_changes_nothing(hq: Headquarters, phone: MakePhone) -> None:
    host = phone().join(hq.invite())
    host.waits(0)
    key = hq.said("device.admitted")[-1]["key"]
    hq.revoke(key)
    host.button("now.open").click()
    host.button("list.open_all_the_same").click()
    expect(host.page.get_by_text(host.t("where.not_admitted"))).to_be_visible()
    assert hq.state() == "ready"


def test_plain_http_makes_no_key_and_leads_to_the_plain_form(hq: Headquarters, chromium: Browser) -> None:
    with chromium.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        page.add_init_script("Object.defineProperty(window, 'isSecureContext', { get: () => false })")
        page.goto(f"{hq.address}host/")
        link = page.get_by_role("link", name=words()("join.plain"))
        expect(link).to_have_attribute("href", "../report")
