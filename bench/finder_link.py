"""The finder over a bad line (50 kbit/s, 800 ms): when the first places, the first screen, and an answer of the search.

The line is emulated by the browser itself, on a page of its own that has nothing kept. The plain page stands beside
the finder: it is what somebody reads while the program is still on its way.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from bench.demo_site import chromium, served_demo
from bench.measure import Row

BYTES_PER_S = 50_000 // 8
DELAY_MS = 800
RUNS = 3
TYPED = "парк"
"""The beginning of a street of the made-up town."""
_PATIENCE_MS = 120_000
_ANSWERS = "[role=search] li button"


def run(*, smoke: bool = False) -> list[Row]:
    """Seconds from the tap on a link; medians."""
    runs = 1 if smoke else RUNS
    with served_demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--no-first-run"])
        plain = [_plain(browser, address) for _ in range(runs)]
        rows: list[Row] = [_row("plain page: first places", plain, 5)]
        if not smoke:
            app = [_app(browser, address) for _ in range(runs)]
            rows.append(_row("finder: first screen, a street can be typed", [first for first, _ in app], 15))
            rows.append(_row("finder: the search answers", [answer for _, answer in app], None))
        browser.close()
    return rows


def _row(what: str, seconds: list[float], target: int | None) -> Row:
    beside = {"target": f"<= {target}"} if target else {}
    note = f"{min(seconds):.1f} to {max(seconds):.1f}, {len(seconds)} runs"
    return {"what": what, "value": statistics.median(seconds), "unit": "s", "note": note, **beside}


@contextmanager
def _slow(browser: Browser) -> Iterator[Page]:
    """A page on the bad line."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="uk")
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    line = {"latency": DELAY_MS, "downloadThroughput": BYTES_PER_S, "uploadThroughput": BYTES_PER_S}
    session.send("Network.emulateNetworkConditions", {"offline": False, **line})
    yield page
    context.close()


def _plain(browser: Browser, address: str) -> float:
    with _slow(browser) as page:
        begun = time.perf_counter()
        page.goto(f"{address}/", wait_until="commit")
        page.wait_for_selector("h3")
        return time.perf_counter() - begun


def _app(browser: Browser, address: str) -> tuple[float, float]:
    with _slow(browser) as page:
        begun = time.perf_counter()
        page.goto(f"{address}/app/", wait_until="commit")
        page.wait_for_selector("input[type=search]")
        first = time.perf_counter() - begun
        page.fill("input[type=search]", TYPED)
        page.wait_for_selector(_ANSWERS)
        return first, time.perf_counter() - begun
