"""Twenty thousand places on the desk in chromium: how long a filter, a search and a click take until they are painted.

    python -m bench.desk_browser --count 20000

The desk is the built one; its server is a stand-in that answers from memory, so that only the browser is measured.
The acts are real clicks and keys. Three figures each, medians of some rounds, beside the same page with 200 places
measured in turns with it:

answer  from the event to the frame that shows the right list, as the browser's own Event Timing tells it (steps of 8)
work    what the page's main thread did for it, all told with the map's marks, in its own processor time: this stays
        what it is however busy the machine is
map     from the event until the marks on the map are drawn anew; the map's ground is drawn by software here
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, sync_playwright

WEBAPP = Path(__file__).parents[1] / "src" / "shanyrak" / "server" / "webapp" / "desk"
PLAIN = ["--no-sandbox", "--enable-unsafe-swiftshader", "--no-first-run"]
"""As chromium runs where there is no graphics card: the processor draws the page, and software the map's WebGL."""
GL = [*PLAIN, "--use-angle=swiftshader"]
"""The whole page through software GL, as the screen tests run it: what that alone costs."""
HOST = "http://localhost:9"
"""Nobody answers there: every request is answered by this file."""
SHOWN = ("open", "not_confirmed", "paused", "closed", "ready", "unknown")
POLICY_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
WATCHED = """() => {
  window.answered = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (one.interactionId > 0 || one.name === 'input')
      window.answered.push({ name: one.name, from: one.startTime, took: one.duration });
  }).observe({ type: 'event', durationThreshold: 16, buffered: false });
}"""
"""Every event's way to the next frame, as the browser tells it."""
MAP_DRAWN = """() => new Promise((done) => {
  const cloud = document.querySelector('.cloud');
  window.drawnAt = 0;
  const watch = new MutationObserver(() => { watch.disconnect(); window.drawnAt = performance.now(); });
  watch.observe(cloud, { attributes: true, attributeFilter: ['data-shown', 'data-drawn'] });
  window.actedAt = 0;
  const act = (event) => { window.actedAt ||= event.timeStamp; };
  for (const name of ['pointerup', 'keydown']) addEventListener(name, act, { capture: true, once: true });
  done();
})"""
TOLD = (
    """() => ({ answered: window.answered.splice(0), map: window.drawnAt ? window.drawnAt - window.actedAt : null })"""
)
SETTLED_MS = 400


def table(count: int, seed: int = 1) -> dict[str, Any]:
    """Places strewn over a country, in columns as the desk is told them."""
    draw = random.Random(seed)
    now = int(time.time() // 60)
    rows = range(count)
    return {
        "as_of_at_min": now,
        "id": [f"{k:064x}" for k in rows],
        "name": [{"uk": f"Школа № {k}", "en": f"School {k}"} for k in rows],
        "kind": [draw.choice(("school", "yurt", "hall", "library")) for _ in rows],
        "address": [f"вул. Зимова {k % 900}" for k in rows],
        "district": [f"Район {k % 40}" for k in rows],
        "area": ["a" * 64 for _ in rows],
        "operator": ["" for _ in rows],
        "lon_e7": [round(draw.uniform(23, 39) * 1e7) for _ in rows],
        "lat_e7": [round(draw.uniform(46, 52) * 1e7) for _ in rows],
        "state": [draw.choice(("open", "ready", "closed", "paused")) for _ in rows],
        "shown": [draw.choice(SHOWN) for _ in rows],
        "said_at_min": [now - draw.randrange(3000) for _ in rows],
        "by": ["duty" for _ in rows],
        "band": ["" for _ in rows],
        "official": [True for _ in rows],
        "number": [str(k) for k in rows],
        "seats": [None for _ in rows],
        "needs": [draw.choice((0, 0, 0, 1)) for _ in rows],
        "contradicted": [draw.random() < 0.02 for _ in rows],
        "ordered": ["" for _ in rows],
        "visibility": ["public" for _ in rows],
    }


def answers(count: int) -> dict[str, Any]:
    """What the stand-in says to each question."""
    now = int(time.time() // 60)
    area = {"id": "a" * 64, "names": {"uk": "Країна"}, "districts": [], "mode": "outage", "mode_said_at_min": now,
            "made_up": True, "map_name": "", "box_e7": None}  # fmt: skip
    return {
        "session/challenge": {"challenge": "0" * 64, "net": "b" * 64, "time_ms": now * 60_000},
        "session": {"key": "c" * 64, "net": "b" * 64, "name": "", "until_ms": 2**45,
                    "roles": [{"role": "desk", "scope": "b" * 64, "until_ms": None}]},
        "desk/frame": {"network": "Bench", "net": "b" * 64, "made_up": True, "zone": "Europe/Kyiv", "now_at_min": now,
                       "areas": [area], "plans": False},
        "desk/todo": {"as_of_at_min": now, "items": []},
        "desk/points": table(count),
    }  # fmt: skip


def answered(route: Route, said: dict[str, Any]) -> None:
    """Files of the app, and JSON from memory."""
    path = route.request.url.removeprefix(HOST).split("?")[0]
    if path.startswith("/api/v1/"):
        found = said.get(path.removeprefix("/api/v1/"))
        route.fulfill(status=200 if found else 503, content_type="application/json", body=json.dumps(found or {}))
        return
    file = WEBAPP / (path.removeprefix("/desk/") or "index.html")
    if not file.is_file():
        route.fulfill(status=404)
        return
    route.fulfill(status=200, content_type=POLICY_TYPES.get(file.suffix, "font/woff2"), body=file.read_bytes())


JOIN = """async () => {
  const { name } = (await indexedDB.databases())[0];
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const stores = [...db.objectStoreNames];
  const store = stores.find((one) => /value/.test(one));
  const net = 'b'.repeat(64);
  const member = { net, network: 'Bench', role: 'desk', scope: net, scopeName: '', untilMs: null };
  const turn = db.transaction(store, 'readwrite');
  const at = turn.objectStore(store);
  if (at.keyPath) at.put({ [at.keyPath]: 'member', value: member });
  else at.put(member, 'member');
  await new Promise((done) => (turn.oncomplete = done));
  db.close();
}"""


ACTS = {
    "state": ("click", "[data-shown=closed]"),
    "mark": ("click", "[data-mark=needs]"),
    "search, a letter": ("type", "#sought"),
    "choose all": ("click", ".selecting .link"),
    "choose one": ("click", ".places-list [data-row]:nth-child(3) .pick"),
    "scroll": ("End", ".places-list"),
}


class Measured:
    """One page, and what its acts took."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.evaluate(WATCHED)
        self.took: dict[str, list[tuple[float, float, float | None]]] = {}

    def work_s(self) -> float:
        """Processor time of the page's main thread until now."""
        told = self.cdp.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in told if one["name"] == "TaskDuration"))

    def act(self, name: str, turn: int) -> None:
        """Do it once, really, and note what it took."""
        how, selector = ACTS[name]
        page = self.page
        where = page.locator(selector).first
        if how != "click":
            where.focus()
        page.evaluate(MAP_DRAWN)
        page.wait_for_timeout(SETTLED_MS)
        before = self.work_s()
        if how == "click":
            where.click(no_wait_after=True)
        elif how == "type":
            page.keyboard.press("7" if turn % 2 == 0 else "Backspace")
        else:
            page.keyboard.press("End" if turn % 2 == 0 else "Home")
        page.wait_for_timeout(SETTLED_MS)
        work = (self.work_s() - before) * 1000
        told = page.evaluate(TOLD)
        answer = max((float(one["took"]) for one in told["answered"]), default=16.0)  # what takes less is not told
        self.took.setdefault(name, []).append((answer, work, told["map"]))

    def middle(self, name: str) -> tuple[float, float, float | None]:
        """Medians [ms]."""
        answers, work, maps = zip(*self.took[name], strict=True)
        drawn = [one for one in maps if one is not None]
        return statistics.median(answers), statistics.median(work), statistics.median(drawn) if drawn else None


def opened(page: Page, count: int) -> float:
    """The desk with so many places; seconds until they are listed."""
    said = answers(count)
    page.route("**/*", lambda route: answered(route, said))
    page.goto(f"{HOST}/desk/")
    page.wait_for_selector(".gate-join")
    page.evaluate(JOIN)
    begun = time.perf_counter()
    page.goto(f"{HOST}/desk/#/places")
    page.reload()
    page.wait_for_selector(f"[data-found='{count}']", timeout=120_000)
    took = time.perf_counter() - begun
    page.wait_for_selector(".cloud[data-drawn]", timeout=120_000)
    page.wait_for_timeout(1_500)
    return took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--gl", action="store_true", help="draw the whole page by software GL, too")
    parser.add_argument("--browser", default="/usr/bin/chromium")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=asked.browser, headless=True, args=GL if asked.gl else PLAIN
        )
        pages: dict[int, Measured] = {}
        for count in (200, asked.count):
            page = browser.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce").new_page()
            print(f"{count:,} places are listed after {opened(page, count):.1f} s")
            pages[count] = Measured(page)
        for name in ACTS:
            for turn in range(2 * (asked.rounds // 2)):  # even: everything is left as it was
                for one in pages.values():
                    one.act(name, turn)
        browser.close()
    print(f"{'':18}{'answer ms':>20}{'work ms':>20}{'map ms':>20}")
    for name in ACTS:
        few, many = (pages[count].middle(name) for count in pages)
        told = (f"{shown(a)} -> {shown(b)}" for a, b in zip(few, many, strict=True))
        print(f"{name:18}" + "".join(f"{one:>20}" for one in told))


def shown(value: float | None) -> str:
    """A figure, or that there was none."""
    return "-" if value is None else f"{value:.0f}"


if __name__ == "__main__":
    main()
