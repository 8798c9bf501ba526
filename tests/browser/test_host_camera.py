"""Codes are read by the camera: at the door one phone scans the other, with no network between them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import segno
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import FLAGS
from tests.browser.duty import PHONE, Headquarters, Phone, headquarters, words

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTH, HEIGHT, FRAMES = 800, 608, 8
"""Of the made-up camera; each code is held before it for so many frames."""


def film(file: Path, codes: list[str]) -> Path:
    """What a camera sees of a phone that shows these codes one after the other: y4m, grey, out of the middle."""
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F8:1 Ip A1:1 C420jpeg\n".encode())
        chroma = bytes([128]) * (WIDTH * HEIGHT // 2)
        for code in codes:
            cells = np.array([[*row] for row in segno.make(code, error="l", micro=False).matrix_iter(border=4)])
            scale = (HEIGHT - 40) // len(cells)
            picture = np.where(np.kron(cells, np.ones((scale, scale), dtype=int)) > 0, 30, 225).astype(np.uint8)
            frame = np.full((HEIGHT, WIDTH), 90, dtype=np.uint8)
            side = len(picture)
            frame[24 : 24 + side, 60 : 60 + side] = picture
            for _ in range(FRAMES):
                out.write(b"FRAME\n" + frame.tobytes() + chroma)
    return file


@pytest.fixture(scope="module")
def hq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headquarters]:
    with headquarters(tmp_path_factory.mktemp("camera") / "home") as found:
        yield found


class Held(Phone):
    """A phone that keeps what it has in a folder, with a camera that sees a film."""

    def __init__(self, chromium: Browser, folder: Path, seen: Path | None = None) -> None:
        flags = [*FLAGS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        if seen is not None:
            flags.append(f"--use-file-for-fake-video-capture={seen}")
        self.context: BrowserContext = chromium.browser_type.launch_persistent_context(
            str(folder),
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser"),
            headless=True,
            args=flags,
            viewport=PHONE,  # type: ignore[arg-type]
            locale="uk",
            permissions=["camera"],
            reduced_motion="reduce",
        )
        self.page: Page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.t = words()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self._wanted = "uk"

    def scan(self) -> None:
        """Open the camera."""
        self.button("code.scan").last.click()


def test_at_the_door_one_phone_scans_the_other_and_is_scanned(
    chromium: Browser, hq: Headquarters, tmp_path: Path
) -> None:
    hq.another_place()
    address = f"{hq.address}host/"
    second = Held(chromium, tmp_path / "second")
    second.page.goto(address)
    key = second.page.locator("main .series textarea").input_value()
    second.page.wait_for_function("navigator.serviceWorker.controller !== null || navigator.serviceWorker.ready")
    second.context.close()

    first = Held(chromium, tmp_path / "first", film(tmp_path / "key.y4m", [key]))
    first.join(hq.invite())
    first.waits(0)
    first.go("hand")
    assert not any("/decode-" in one for one in first.asked), "what reads codes is not fetched before"
    first.context.set_offline(True)  # and it is there without a network: the app was kept whole
    first.button("hand.until.12").click()
    first.scan()
    codes = first.codes()
    first.context.close()
    assert first.complaints == []

    second = Held(chromium, tmp_path / "second", film(tmp_path / "hand-over.y4m", codes.split()))
    second.page.goto(address)
    second.context.set_offline(True)
    second.scan()
    expect(second.page.get_by_role("heading", level=1)).to_have_text("Юрта в парку", timeout=90_000)
    second.context.set_offline(False)
    second.button("now.open").click()
    second.button("list.open_all_the_same").click()
    second.waits(0)
    assert hq.becomes("open")
    second.context.close()
    assert second.complaints == []


def test_a_browser_that_reads_codes_itself_is_let_do_it(chromium: Browser, hq: Headquarters, tmp_path: Path) -> None:
    """Chromium here has no reader of its own: one that reads a label off every picture stands in for it."""
    hq.another_place()
    driver = Held(chromium, tmp_path / "driver", film(tmp_path / "nothing.y4m", ["a shop's own code"]))
    label = f"[{{ rawValue: 'SHY:T:{'q' * 43}' }}]"
    driver.page.add_init_script(
        "window.BarcodeDetector = class { static getSupportedFormats() { return Promise.resolve(['qr_code']); }"
        f" detect(video) {{ return Promise.resolve(video.videoWidth > 0 ? {label} : []); }} }};"
    )
    driver.join(hq.invite("driver", point=False))
    driver.button("drive.new").click()
    driver.scan()
    expect(driver.page.get_by_text(driver.t("drive.equipment", k=1))).to_be_visible()
    assert not any("/decode-" in one for one in driver.asked), "ours is not fetched where the browser has one"
    driver.context.close()
    assert driver.complaints == []


def test_where_no_camera_is_allowed_codes_are_typed(chromium: Browser, hq: Headquarters) -> None:
    phone = Phone(chromium)  # nobody gave it a camera
    phone.page.goto(f"{hq.address}host/")
    phone.button("code.scan").click()
    expect(phone.page.get_by_text(phone.t("code.no_camera"))).to_be_visible()
    expect(phone.page.locator(".scan textarea")).to_be_visible()
    phone.context.close()
