"""What if at the desk: from the key that moves a site to the frame that shows the new figures, whole.

    python -m bench.desk_whatif                  the made-up town of the demo
    python -m bench.desk_whatif --home HOME      the newest plan of each area kept there (a real city)

Our own server with a real plan, a desk in chromium, real keys. Two figures, medians over the rounds:

whole   from the key's event until the frame after the figures changed, on the page's own clock
server  of these, what the server says it took (``seconds`` in its answer)

A site goes on by one key, so that every question is about a place that was never asked of before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

from bench.desk_browser import GL

ROUNDS = 25
WATCH = """() => {
  window.took = [];
  let from = 0;
  addEventListener('keydown', (event) => { if (event.key.startsWith('Arrow')) from = event.timeStamp; }, true);
  const figures = document.querySelector('.figures');
  const told = () => requestAnimationFrame(() => setTimeout(() => {
    if (from > 0) window.took.push(performance.now() - from);
    from = 0;
  }));
  const all = { subtree: true, characterData: true, childList: true, attributes: true };
  new MutationObserver(told).observe(figures, all);
}"""


@contextmanager
def kept(home: Path | None) -> Iterator[Path]:
    """A home that may be written to: a copy of the one given, or the demo's."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "home"
        before = os.environ.get("SHANYRAK_HOME")
        if home is not None:
            for name in ("areas", "plans"):
                shutil.copytree(home / name, own / name)
        os.environ["SHANYRAK_HOME"] = str(own)
        try:
            if home is None:
                from shanyrak import wiring

                wiring.prepare_demo(language="en")
            yield own
        finally:
            if before is None:
                del os.environ["SHANYRAK_HOME"]
            else:
                os.environ["SHANYRAK_HOME"] = before


def moved(page: Page, rounds: int) -> tuple[list[float], list[float]]:
    """(whole, server) milliseconds of each round."""
    server: list[float] = []

    def heard(response: Any) -> None:
        if response.url.endswith("/figures"):
            with suppress(Error):  # the page was closed meanwhile
                server.append(1000 * float(response.json()["seconds"]))

    page.on("response", heard)
    marker = page.locator(".plan-site").first
    marker.wait_for(timeout=120_000)
    page.locator("[data-map-state=idle]").first.wait_for(timeout=120_000)
    marker.focus()
    for _ in range(3):  # the first question opens the area
        marker.press("ArrowRight")
        page.wait_for_timeout(2_000)
    page.evaluate(WATCH)
    server.clear()
    whole: list[float] = []
    for at in range(rounds):
        marker.press("ArrowUp" if at % 2 else "ArrowRight")
        page.wait_for_function("(n) => window.took.length > n", arg=len(whole), timeout=30_000)
        page.wait_for_timeout(150)
        whole = page.evaluate("window.took")
    return whole, server


def main() -> None:
    """Print one line for each area."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    from tests.browser.desk import WIDE, Desk, served_town

    with kept(asked.home) as home, served_town(home) as town, sync_playwright() as playwright:
        from shanyrak.app.shelf import Shelf

        newest = {row.area: row for row in reversed(Shelf(home).plans())}
        program = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=GL)
        for row in newest.values():
            desk = Desk(browser, "en", viewport=WIDE).join(town.invite("desk"))
            desk.go("plan", row.id)
            whole, server = moved(desk.page, asked.rounds)
            print(
                f"{row.area}: {row.k} sites, {len(whole)} rounds: whole {statistics.median(whole):.0f} ms "
                f"(worst {max(whole):.0f}), of these server {statistics.median(server):.1f} ms"
            )
            desk.context.close()
        browser.close()


if __name__ == "__main__":
    main()
