"""The published folder over HTTP: whole files, right types, headers made of public bytes and of nothing else."""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from shanyrak.server import public_folder
from shanyrak.server.public import PublicSide, policies
from shanyrak.server.public_folder import PublicFolder, kind_of, visible
from tests.unit.server.published_drawn import NOW_MIN, SCHOOL, PointStatus, a_view, publish, put, write_folder

BASEMAP = "/data/basemap-0123456789abcdef.pmtiles"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "public")


@pytest.fixture
def client(folder: Path) -> TestClient:
    return asking(folder)


def asking(folder: Path, **more: str) -> TestClient:
    return TestClient(PublicSide(folder, **more), base_url="http://warm.example", follow_redirects=False)


# ---- files ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "file", "media"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/uk/", "uk/index.html", "text/html; charset=utf-8"),
        ("/uk/p/school.html", "uk/p/school.html", "text/html; charset=utf-8"),
        ("/offline.html", "offline.html", "text/html; charset=utf-8"),
        ("/app/", "app/index.html", "text/html; charset=utf-8"),
        ("/app/sw.js", "app/sw.js", "text/javascript; charset=utf-8"),
        ("/app/manifest.webmanifest", "app/manifest.webmanifest", "application/manifest+json"),
        ("/data/base.shy", "data/base.shy", "application/octet-stream"),
        (BASEMAP, BASEMAP[1:], "application/vnd.pmtiles"),
    ],
)
def test_a_file_is_given_under_every_name_of_the_machine(
    client: TestClient, folder: Path, path: str, file: str, media: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content == (folder / file).read_bytes()
    assert answer.headers["content-type"] == media
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing", "/.hidden", "/../secret.txt", "/%2e%2e/secret.txt", "/uk/..%2f..%2fsecret.txt", "/uk//index.html",
        "/uk%5cindex.html", "/%00", "/uk/p/", "/" + "a" * 400, "/data/.base.shy.draft", "/index.html/", "/İ%00.html",
    ],
)  # fmt: skip
def test_nothing_else_is_given(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"secret" not in answer.content
    assert answer.json()["error"]["what"] == "there is nothing here"


def test_a_link_out_of_the_folder_leads_nowhere(client: TestClient, folder: Path) -> None:
    (folder / "way-out.txt").symlink_to(folder.parent / "secret.txt")
    assert client.get("/way-out.txt").status_code == 404


def test_people_are_told_in_all_languages_that_there_is_nothing(client: TestClient) -> None:
    answer = client.get("/nothing", headers={"accept": "text/html"})
    assert answer.status_code == 404
    for words in ("Тут нічого немає", "There is nothing here", "Мұнда ештеңе жоқ", "Hier ist nichts"):
        assert words in answer.text
    assert "script" not in answer.text


def test_a_folder_without_its_slash_leads_to_itself_whatever_stands_before_it(client: TestClient) -> None:
    answer = client.get("/uk")
    assert answer.status_code == 308
    assert answer.headers["location"] == "uk/"  # relative: right under any mount and behind any proxy


def test_it_can_only_be_read(client: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = client.request(method, "/")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


def test_before_anything_is_published_there_is_nothing(tmp_path: Path) -> None:
    client = asking(tmp_path / "not yet")
    assert client.get("/").status_code == 404
    write_folder(tmp_path / "not yet")
    assert client.get("/").status_code == 200


# ---- headers ----------------------------------------------------------------------------------------------
PATHS = ("/", "/uk/", "/app/", "/app/sw.js", "/app/assets/main-AbC123_x.js", "/data/base.shy", BASEMAP, "/nothing")
ALLOWED = {
    "accept-ranges", "access-control-allow-origin", "cache-control", "content-encoding", "content-length",
    "content-security-policy", "content-type", "cross-origin-opener-policy", "cross-origin-resource-policy", "etag",
    "permissions-policy", "referrer-policy", "vary", "x-content-type-options", "x-frame-options",
}  # fmt: skip


@pytest.mark.parametrize("packed", ["gzip", "identity"])
def test_headers_follow_from_the_public_bytes_alone(tmp_path: Path, packed: str) -> None:
    """The same bytes, written at another time, by another path, on another day: the same answers."""
    one, other = write_folder(tmp_path / "a" / "one"), write_folder(tmp_path / "b" / "other")
    for file in other.rglob("*"):
        os.utime(file, ns=(10**18, 10**18))
    first, second = asking(one), asking(other)
    for _ in range(2):  # when it is read first, and when it is held
        for path in PATHS:
            a, b = (client.get(path, headers={"accept-encoding": packed}) for client in (first, second))
            assert (a.status_code, a.headers.raw, a.content) == (b.status_code, b.headers.raw, b.content)
            assert set(a.headers) <= ALLOWED


def test_what_has_its_hash_in_its_name_is_kept_forever_and_all_else_is_asked_for_again(client: TestClient) -> None:
    forever = {path for path in PATHS if "immutable" in client.get(path).headers["cache-control"]}
    assert forever == {"/app/assets/main-AbC123_x.js", BASEMAP}
    assert client.get("/data/base.shy").headers["cache-control"] == "no-cache"
    assert client.get("/").headers["cache-control"] == "no-cache"


def test_a_page_has_no_script_and_the_finder_only_its_own(client: TestClient) -> None:
    def policy(path: str) -> str:
        return client.get(path).headers["content-security-policy"]

    assert "script" not in policy("/uk/")
    assert policy("/uk/").startswith("default-src 'none'")
    assert "form-action 'self'" in policy("/uk/")
    assert "script-src 'self'" in policy("/app/")
    assert "worker-src 'self'" in policy("/app/sw.js")
    assert "script-src 'unsafe-inline'" in policy("/offline.html")  # it is one file
    assert "'unsafe-eval'" not in "".join(policy(path) for path in PATHS)
    assert "geolocation=(self)" in client.get("/app/").headers["permissions-policy"]
    assert "geolocation=()" in client.get("/uk/").headers["permissions-policy"]


def test_words_for_another_server_may_be_sent_to_that_one_alone(folder: Path) -> None:
    client = asking(folder, report_url="https://hq.example:8443/said?x=1")
    for path in ("/", "/app/", "/offline.html"):
        policy = client.get(path).headers["content-security-policy"]
        assert "form-action 'self' https://hq.example:8443;" in policy
        assert policy.count("https://") == (1 if path == "/" else 2)


def test_public_data_may_be_read_by_any_page_and_pages_are_framed_by_none(client: TestClient) -> None:
    assert client.get("/data/base.shy").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get("/").headers
    assert "frame-ancestors 'none'" in client.get("/").headers["content-security-policy"]


def test_nobody_is_given_a_cookie(client: TestClient) -> None:
    assert not any("set-cookie" in client.get(path).headers for path in PATHS)


# ---- packed, unchanged, in parts --------------------------------------------------------------------------
def test_a_page_goes_out_packed_where_the_reader_takes_it(client: TestClient, folder: Path) -> None:
    plain = (folder / "index.html").read_bytes()
    with client.stream("GET", "/", headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(raw) < len(plain)
    assert gzip.decompress(raw) == plain
    assert client.get("/", headers={"accept-encoding": "identity"}).headers.get("content-encoding") is None
    # What is packed already is not packed once more.
    assert "content-encoding" not in client.get("/data/base.shy", headers={"accept-encoding": "gzip"}).headers


@pytest.mark.parametrize("path", PATHS[:-1])
def test_head_says_the_same_without_the_bytes(client: TestClient, path: str) -> None:
    for packed in ("gzip", "identity"):
        head, get = (client.request(way, path, headers={"accept-encoding": packed}) for way in ("HEAD", "GET"))
        assert head.content == b""
        assert head.headers.raw == get.headers.raw


@pytest.mark.parametrize("path", PATHS[:-1])
def test_what_did_not_change_is_not_sent_again(client: TestClient, path: str) -> None:
    etag = client.get(path).headers["etag"]
    again = client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_the_basemap_is_given_in_parts(client: TestClient, folder: Path) -> None:
    whole = (folder / BASEMAP[1:]).read_bytes()
    part = client.get(BASEMAP, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert part.headers["content-range"] == "bytes 100-199/1000"
    assert client.get(BASEMAP, headers={"range": "bytes=-10"}).content == whole[-10:]
    beyond = client.get(BASEMAP, headers={"range": "bytes=1000-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */1000")
    etag = part.headers["etag"]
    assert client.get(BASEMAP, headers={"range": "bytes=0-9", "if-range": etag}).status_code == 206
    assert client.get(BASEMAP, headers={"range": "bytes=0-9", "if-range": '"older"'}).content == whole
    # A page goes out packed, where bytes have two numbers: it is given whole.
    assert client.get("/", headers={"range": "bytes=0-9", "accept-encoding": "identity"}).status_code == 200


def test_a_large_file_stays_on_the_disk_and_is_the_same_to_its_reader(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = asking(folder)
    monkeypatch.setattr(public_folder, "LARGE_BYTES", 500)
    large = asking(folder)
    whole = (folder / BASEMAP[1:]).read_bytes()
    for headers in ({}, {"range": "bytes=7-900"}, {"range": "bytes=-1"}, {"range": "bytes=0-0"}):
        a, b = small.get(BASEMAP, headers=headers), large.get(BASEMAP, headers=headers)
        assert (a.status_code, a.headers.raw, a.content) == (b.status_code, b.headers.raw, b.content)
    assert large.get(BASEMAP).content == whole
    assert large.head(BASEMAP).headers["content-length"] == "1000"


# ---- replaced while it is served --------------------------------------------------------------------------
def test_another_file_under_a_name_is_given_at_once(client: TestClient, folder: Path) -> None:
    before = client.get("/")
    put(folder / "index.html", before.content[::-1])  # as long as the one before
    after = client.get("/", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.content == before.content[::-1]
    (folder / "index.html").unlink()
    assert client.get("/").status_code == 404


def test_while_it_is_published_anew_each_answer_is_whole_and_what_a_manifest_names_is_there(folder: Path) -> None:
    """A publisher writes as fast as it can; a reader follows the manifest each time."""
    stop, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            written += 1
            state = PointStatus("open" if written % 2 else "closed", NOW_MIN, "duty")
            publish(folder, a_view(now_min=NOW_MIN + written, school=state))

    from shanyrak.publish.bundle_reading import read_bundle

    client = asking(folder)

    def get(path: str) -> bytes:
        answer = client.get(f"/{path}")
        if answer.status_code != 200:
            raise FileNotFoundError(path)
        etag = answer.headers["etag"].strip('"')
        assert hashlib.sha256(answer.content).hexdigest().startswith(etag)  # headers of these bytes, not of others
        return answer.content

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = {read_bundle(get).view.status[SCHOOL].state for _ in range(60)}
    finally:
        stop.set()
        writer.join()
    assert written > 1
    assert seen == {"open", "closed"}


def test_no_more_is_held_in_memory_than_was_allowed(folder: Path) -> None:
    held = PublicFolder(folder, policies(), held_bytes=3_000)
    for _ in range(2):
        for path in ("index.html", "uk/index.html", BASEMAP[1:], "data/base.shy"):
            found = held.find(path)
            assert found is not None
            assert found.size == (folder / path).stat().st_size
            assert held._sum <= 3_000
            assert held._sum == sum(len(one.body or b"") + len(one.packed or b"") for one in held._held.values())


# ---- names ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.html", "page"), ("uk/app/x.html", "page"), ("app/index.html", "app"), ("app/sw.js", "app"),
        ("offline.html", "offline"), ("uk/offline.html", "page"), ("data/x.z", "data"), ("database.html", "page"),
    ],
)  # fmt: skip
def test_which_rules_a_file_goes_by(path: str, kind: str) -> None:
    assert kind_of(path) == kind
    assert visible(path)


def test_it_answers_so_to_a_real_client_as_well(folder: Path) -> None:
    from shanyrak.server.serve import Service

    service, ready = Service(PublicSide(folder), port=21500), threading.Event()
    thread = threading.Thread(target=service.run, args=(lambda _: ready.set(),), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        answer = httpx.get(f"{service.address}{BASEMAP[1:]}", headers={"range": "bytes=1-3"}, trust_env=False)
        assert (answer.status_code, answer.content) == (206, bytes([1, 2, 3]))
        assert set(answer.headers) <= ALLOWED | {"date", "content-range"}
    finally:
        service.stop()
        thread.join(20)
