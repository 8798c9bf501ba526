"""A phone alone for thirty days: ten thousand reports reach a real server over a line of 20 kbit/s that is cut.

The phone is the program of the host's app (``web/src/device``), run by Node with a clock and a line of its own; the
server is ours, over HTTP, with its ledger on disk.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from shanyrak.facts.digest import DigestTree
from shanyrak.facts.framing import encode
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.rules import load_rules
from shanyrak.facts.signing import Signer
from shanyrak.facts.stores.sql import open_store
from shanyrak.server.exchange import create_exchange_app
from shanyrak.server.serve import Service
from tests.ledgers import point, replayed

ROOT = Path(__file__).resolve().parents[2]
FACTS = 10_000
SEED = 77
STATUS = {"point.opened", "status.reported", "incident.reported"}


def in_web(*arguments: str, say: str = "") -> str:
    """Run npm in ``web/`` with the Node that the build uses."""
    command = [sys.executable, str(ROOT / "hatch_build.py"), "npm", *arguments]
    done = subprocess.run(command, input=say, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
    return done.stdout


def alone(told: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the phone did; its program is bundled first, as the app is."""
    in_web("exec", "--", "vite", "build", "--ssr", "tests/alone.ts", "--outDir", str(folder), "--logLevel", "error")
    (program,) = folder.glob("assets/alone-*.js")
    out = in_web("exec", "--silent", "-c", f"node {program}", say=json.dumps(told))
    found: dict[str, Any] = json.loads(out[out.index("{") :])
    return found


@pytest.mark.slow
def test_ten_thousand_reports_of_thirty_days_each_arrive_once_and_the_newest_word_first(tmp_path: Path) -> None:
    random = replayed("headquarters of thirty days")
    store = open_store(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger = Ledger(
        store,
        load_rules(),
        signer=Signer.generate(random),
        now_ms=lambda: time.time_ns() // 1_000_000,
        random=random,
    )
    ledger.found("Drawn town", recovery=Signer.generate(replayed("paper")).public)
    yurt = point(ledger, "Yurt")
    phone = Signer.from_seed(bytes([SEED]) * 32).public
    ledger.say("device.admitted", {"key": phone.hex(), "role": "host"}, about=yurt)
    begins = [row.fact for _, row in ledger.store.arrived()]

    app = create_exchange_app(ledger, require_admitted=True, now_ms=lambda: time.time_ns() // 1_000_000)
    service = Service(app, port=27000)
    ready = threading.Event()
    thread = threading.Thread(target=service.run, args=(lambda _: ready.set(),), daemon=True)
    thread.start()
    assert ready.wait(60)
    folder = ROOT / "web" / ".vite" / f"alone-{tmp_path.name}"
    try:
        did = alone(
            {
                "address": service.address,
                "net": ledger.net.hex(),
                "point": yurt.hex(),
                "founding": base64.urlsafe_b64encode(encode(begins, ledger.net)).decode().rstrip("="),
                "seed": SEED,
                "facts": FACTS,
            },
            folder,
        )
    finally:
        service.stop()
        thread.join(30)
        shutil.rmtree(folder, ignore_errors=True)

    arrived = [row for _, row in ledger.store.arrived() if row.key.origin == phone]
    ids = [row.id.hex() for row in arrived]
    assert len(ids) == FACTS
    assert set(ids) == set(did["said"])  # none lost, none doubled
    (chain,) = [one for one in DigestTree(ledger.store.all_chains()).states if one.key.origin == phone]
    assert (len(chain.heads), chain.missing, chain.count) == (1, (), FACTS)  # one line, nothing missing
    # The newest eight status reports come with the first batch, the danger of the last minute among them.
    newest = sorted((row for row in arrived if row.kind in STATUS), key=lambda row: row.at_ms, reverse=True)[:8]
    assert {row.id for row in newest} <= {row.id for row in arrived[:12]}
    assert newest[0].kind == "incident.reported"
    assert did["journey"]["cuts"] >= 5
    assert did["standings"] == {"headquarters": FACTS}
    assert did["waiting"] == 0
    thing = ledger.thing(yurt)
    assert thing is not None
    assert thing.now == "open"
