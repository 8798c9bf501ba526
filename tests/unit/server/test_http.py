"""What the server answers, to whom, and how it says no."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from shanyrak.app.shelf import Shelf
from shanyrak.server.http import create_app
from tests.unit.server.small_town import NAME, PLAN_ID, plan, write_plan

PLAN = f"/api/v1/plans/{PLAN_ID}"


def test_plans_are_listed_the_newest_first(client: TestClient, home: Path) -> None:
    later = {**plan(), "id": "later", "created": "2026-12-01T08:00:00Z"}
    write_plan(home / "plans" / "later", later)
    rows = client.get("/api/v1/plans").json()["plans"]
    assert [row["id"] for row in rows] == ["later", PLAN_ID]
    assert rows[1] == {
        "id": PLAN_ID,
        "created": "2026-11-22T13:30:00Z",
        "area": NAME,
        "title": "Мальоване",
        "made_up": True,
        "k": 2,
        "minutes": 15.0,
        "covered_persons": 3200.0,
        "aim": "most",
    }


def test_a_half_written_folder_is_no_plan(client: TestClient, home: Path) -> None:
    (home / "plans" / "empty").mkdir()
    (home / "plans" / "torn").mkdir()
    (home / "plans" / "torn" / "plan.json").write_text('{"area": {', encoding="utf-8")
    (home / "plans" / ".draft").mkdir()
    assert [row["id"] for row in client.get("/api/v1/plans").json()["plans"]] == [PLAN_ID]


def test_no_home_no_plans(tmp_path: Path) -> None:
    app = create_app(Shelf(tmp_path / "nothing"))
    answer = TestClient(app, base_url="http://localhost").get("/api/v1/plans")
    assert answer.json() == {"plans": []}


def test_a_plan_comes_as_it_was_written(client: TestClient, home: Path) -> None:
    answer = client.get(PLAN)
    assert answer.json() == plan()
    assert answer.headers["content-type"] == "application/json"
    for name, kind in {"sites.geojson": "application/geo+json", "catchments.geojson": "application/geo+json"}.items():
        part = client.get(f"{PLAN}/{name}")
        assert part.content == (home / "plans" / PLAN_ID / name).read_bytes()
        assert part.headers["content-type"] == kind


def test_the_links_of_the_report_lead_to_files(client: TestClient) -> None:
    for name in ("plan.json", "sites.geojson"):  # relative to .../plans/<id>/report.html
        assert client.get(f"{PLAN}/{name}").status_code == 200
    assert client.get(f"{PLAN}/plan.json").content == client.get(PLAN).content


def test_people_as_points_where_missing_minutes_stay_missing(client: TestClient) -> None:
    every = client.get(f"{PLAN}/cells.geojson").json()["features"]
    far = client.get(f"{PLAN}/cells.geojson?covered=false").json()["features"]
    assert (len(every), len(far)) == (36, 4)
    assert far[0]["properties"] == {"persons": 100.0, "covered": False, "minutes": None}
    near = next(cell for cell in every if cell["properties"]["covered"])
    assert near["properties"]["minutes"] == 9.0
    assert near["geometry"]["coordinates"] == [30.5014, 50.4009]  # lon before lat


def test_cells_that_cannot_be_read_are_our_damage(client: TestClient, home: Path) -> None:
    (home / "plans" / PLAN_ID / "cells.parquet").write_bytes(b"no parquet")
    answer = client.get(f"{PLAN}/cells.geojson")
    assert answer.status_code == 500
    assert answer.json()["error"] == {
        "what": "cells.parquet cannot be read",
        "where": PLAN_ID,
        "mend": "Make the plan again",
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/plans/nowhere", 404),
        ("GET", "/api/v1/plans/nowhere/cells.geojson", 404),
        ("GET", "/api/v1/areas/nowhere", 404),
        ("GET", "/areas/nowhere/basemap.pmtiles", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/plans", 404),
        ("GET", "/no/such/page", 404),
        ("GET", f"{PLAN}/cells.parquet", 404),
        ("GET", f"{PLAN}/cells.geojson?covered=perhaps", 422),
        ("POST", "/api/v1/plans", 405),
        ("DELETE", PLAN, 405),
        ("PUT", "/", 405),
        ("GET", "/docs", 404),
        ("GET", "/redoc", 404),
    ],
)
def test_every_refusal_has_one_shape(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"what", "where", "mend"}
    assert all(isinstance(text, str) for text in error.values())
    assert error["what"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_fault_of_ours_tells_nothing_of_our_inside(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Shelf) -> list[object]:
        raise RuntimeError(f"secret path {home}")

    monkeypatch.setattr(Shelf, "plans", broken)
    client = TestClient(create_app(Shelf(home)), base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = client.get("/api/v1/plans")
    assert answer.status_code == 500
    assert set(answer.json()["error"]) == {"what", "where", "mend"}
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "content-security-policy" in answer.headers


TRAVERSALS = [
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e/secret.txt",
    "assets/../../secret.txt",
    "assets/..%2f..%2fsecret.txt",
    "..%5csecret.txt",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "assets/%00",
    "....//secret.txt",
]


@pytest.mark.parametrize("path", TRAVERSALS)
@pytest.mark.parametrize("begin", ["/", "/api/v1/plans/", "/api/v1/areas/", "/areas/"])
def test_no_way_out_of_the_folder(client: TestClient, begin: str, path: str) -> None:
    for end in ("", "/basemap.pmtiles", "/sites.geojson"):
        answer = client.get(f"{begin}{path}{end}")
        assert answer.status_code in (400, 404), answer.text
        assert "not for everybody" not in answer.text
        assert "root:" not in answer.text


def test_a_link_that_leads_out_of_the_app_is_not_followed(client: TestClient, webapp: Path) -> None:
    (webapp / "way-out.txt").symlink_to(webapp.parent / "secret.txt")
    assert client.get("/way-out.txt").status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8765", "localhost:8765", "LOCALHOST", "[::1]:8765"])
def test_this_machine_is_answered(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/plans", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8765", "", "192.168.0.2"]
)
def test_another_name_for_this_machine_is_refused(client: TestClient, host: str) -> None:
    # A page elsewhere that makes its name point here (DNS rebinding) sends its own name.
    for path in ("/", PLAN, f"/areas/{NAME}/basemap.pmtiles"):
        answer = client.get(path, headers={"host": host})
        assert answer.status_code == 421
        assert answer.json()["error"]["where"] == "header Host"


def test_the_page_may_load_nothing_from_elsewhere(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_report_may_style_itself_but_run_nothing(client: TestClient) -> None:
    policy = client.get(f"{PLAN}/report.html").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "style-src 'unsafe-inline'" in policy


def test_the_app_begins_at_the_root_and_is_asked_for_each_time(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert client.get("/index.html").content == answer.content


def test_what_carries_its_hash_in_its_name_is_kept_for_good(client: TestClient) -> None:
    answer = client.get("/assets/main-AbC123.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]


def test_an_installation_without_the_app_says_how_to_mend(home: Path, tmp_path: Path) -> None:
    client = TestClient(create_app(Shelf(home), webapp=tmp_path / "none"), base_url="http://127.0.0.1")
    answer = client.get("/")
    assert answer.status_code == 503
    assert "pip install" in answer.json()["error"]["mend"]
    assert client.get(PLAN).status_code == 200


def test_json_is_small_for_whoever_takes_it_small(client: TestClient) -> None:
    plain = client.get(PLAN, headers={"accept-encoding": "identity"})
    refused = client.get(PLAN, headers={"accept-encoding": "gzip;q=0"})
    packed = client.get(PLAN, headers={"accept-encoding": "br, gzip;q=0.8"})
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.json() == plain.json()


def test_a_plan_made_again_is_seen_at_once(client: TestClient, home: Path) -> None:
    before = client.get(PLAN)
    assert client.get(PLAN, headers={"if-none-match": before.headers["etag"]}).status_code == 304
    path = home / "plans" / PLAN_ID / "plan.json"
    path.write_text(json.dumps({**plan(), "notes": ["made again"]}), encoding="utf-8")
    after = client.get(PLAN, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["notes"] == ["made again"]


def test_head_is_get_without_the_body(client: TestClient) -> None:
    for path in ("/", PLAN, f"{PLAN}/report.html"):
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == whole.headers["etag"]


def test_the_interface_describes_itself(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/plans", "/api/v1/plans/{plan_id}", "/areas/{name}/basemap.pmtiles"} <= set(paths)
