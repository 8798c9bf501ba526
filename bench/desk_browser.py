"""Twenty thousand places on the desk in chromium: how long a filter, a search and a click take until they are painted.

    python -m bench.desk_browser --count 20000

The desk is the built one; its server is a stand-in that answers from memory, so that only the browser is measured.
Each figure is the median of some rounds, from the event to the second frame after it; beside it stands the same page
with 200 places, measured in the same run.
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
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run"]
HOST = "http://localhost:9"
"""Nobody answers there: every request is answered by this file."""
SHOWN = ("open", "not_confirmed", "paused", "closed", "ready", "unknown")
POLICY_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
TIMED = """async ([act, selector, value]) => {
  const element = document.querySelector(selector);
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await frame();
  const from = performance.now();
  if (act === 'click') element.click();
  else {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(element, value);
    element.dispatchEvent(new InputEvent('input', {bubbles: true}));
  }
  await frame();
  await frame();
  return performance.now() - from;
}"""


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


def measure(page: Page, rounds: int) -> dict[str, float]:
    """Medians [ms] of each act."""
    acts = {
        "state": ("click", "[data-shown=closed]", ""),
        "mark": ("click", "[data-mark=needs]", ""),
        "search": ("type", "#sought", "школа 77"),
        "select all": ("click", ".selecting .link", ""),
    }
    told = {}
    for name, (act, selector, value) in acts.items():
        took = []
        for k in range(rounds):
            text = value if k % 2 == 0 else ""
            took.append(float(page.evaluate(TIMED, [act, selector, text])))
        told[name] = statistics.median(took)
        if rounds % 2:  # leave everything as it was
            page.evaluate(TIMED, [act, selector, ""])
    return told


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
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--browser", default="/usr/bin/chromium")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.browser, headless=True, args=FLAGS)
        told = {}
        for count in (200, asked.count):
            context = browser.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
            page = context.new_page()
            seconds = opened(page, count)
            told[count] = {"listed s": seconds, **measure(page, asked.rounds)}
            context.close()
        browser.close()
    for name in told[asked.count]:
        print(f"{name:12} {told[200][name]:8.1f} {told[asked.count][name]:8.1f}")


if __name__ == "__main__":
    main()
