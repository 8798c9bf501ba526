"""The demo's network, published in five languages and served by this program: what benchmarks of pages look at."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LANGUAGES = ("uk", "en", "kk", "de", "ru")


@contextmanager
def served_demo() -> Iterator[str]:
    """Address of ``shanyrak serve --demo`` on a home of its own, as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="shanyrak-site-") as scratch:
        home = Path(scratch)
        env = {**os.environ, "SHANYRAK_HOME": str(home), "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
        program = [sys.executable, "-m", "shanyrak"]
        subprocess.run([*program, "demo", "--once"], env=env, check=True, capture_output=True)
        (home / "demo-network" / "deployment.json").write_text(json.dumps({"languages": LANGUAGES}))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [*program, "serve", "--demo", "--port", str(port)]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
            assert server.stdout is not None
            try:
                said = server.stdout.readline()
                if "http://127.0.0.1:" not in said:
                    raise RuntimeError(said + server.stdout.read())
                yield f"http://127.0.0.1:{said.rsplit(':', 1)[1].strip().strip('/')}"
            finally:
                server.terminate()


def chromium() -> str:
    """The browser: CHROMIUM names one, else Debian's."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise RuntimeError("no browser: install chromium, or name one in CHROMIUM")
    return program
