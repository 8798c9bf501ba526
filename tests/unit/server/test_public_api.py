"""The public view as JSON: the same as in the files, for everybody, with marks of the content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from shanyrak.app.published import Published
from shanyrak.publish.model import PointStatus, PublicPoint
from shanyrak.server.public_api import PUBLIC, create_public_api
from tests.unit.server.published_drawn import (
    HIDDEN,
    IDEA,
    LIBRARY,
    NET,
    NOW_MIN,
    SCHOOL,
    a_view,
    publish,
    put,
    write_folder,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "public")


@pytest.fixture
def client(folder: Path) -> TestClient:
    return asking(folder)


def asking(folder: Path) -> TestClient:
    app = create_public_api(Published(folder))
    return TestClient(app, base_url="http://warm.example", raise_server_exceptions=False)


def get(client: TestClient, path: str) -> Any:
    answer = client.get(f"{PUBLIC}/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_says_what_the_files_say(client: TestClient) -> None:
    view = a_view()
    said = get(client, "points")
    assert TypeAdapter(tuple[PublicPoint, ...]).validate_python(said["points"]) == view.points
    assert (said["net"], said["as_of_at_min"]) == (NET, NOW_MIN)
    status = get(client, "status")
    assert TypeAdapter(dict[str, PointStatus]).validate_python(status["status"]) == view.status
    assert status["mode"] == "outage"
    assert [one["id"] for one in get(client, "accounts")["accounts"]] == [one.id for one in view.accounts]


def test_one_point_and_one_account(client: TestClient) -> None:
    one = get(client, f"points/{SCHOOL}")
    assert one["point"]["names"]["en"] == "School 12"
    assert one["status"]["state"] == "open"
    assert one["point"]["services"]["hot_drink"] == {"value": True, "said_at_min": NOW_MIN - 60}
    assert get(client, f"accounts/{IDEA}")["type"] == "initiative"
    assert get(client, f"accounts/{SCHOOL}")["served_visits"] == 240


def test_missing_is_null_and_never_zero(client: TestClient) -> None:
    library = get(client, f"points/{LIBRARY}")["point"]
    assert library["seats"] is None
    assert library["services"] == {}
    assert get(client, f"accounts/{IDEA}")["served_visits"] is None


@pytest.mark.parametrize("path", ["points", "accounts"])
def test_what_is_hidden_and_what_never_was_are_answered_alike(client: TestClient, path: str) -> None:
    hidden, never = (client.get(f"{PUBLIC}/{path}/{id}") for id in (HIDDEN, "0" * 64))
    assert hidden.status_code == never.status_code == 404
    assert (hidden.content, hidden.headers.raw) == (never.content, never.headers.raw)


@pytest.mark.parametrize("id", ["school", SCHOOL.upper(), SCHOOL[:-1], f"{SCHOOL}0"])
def test_what_is_no_id_is_refused_in_the_one_shape(client: TestClient, id: str) -> None:
    answer = client.get(f"{PUBLIC}/points/{id}")
    assert answer.status_code == 422
    assert set(answer.json()["error"]) == {"what", "where", "mend"}


def test_the_manifest_is_that_of_the_bundle(client: TestClient, folder: Path) -> None:
    said = get(client, "manifest")
    assert said["net"] == NET
    for one in said["files"].values():
        assert (folder / one["path"]).stat().st_size == one["bytes"]


PATHS = ("points", "status", "accounts", "manifest", f"points/{SCHOOL}", f"accounts/{IDEA}")


@pytest.mark.parametrize("path", PATHS)
def test_what_did_not_change_is_not_sent_again(client: TestClient, path: str) -> None:
    answer = client.get(f"{PUBLIC}/{path}")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = client.get(f"{PUBLIC}/{path}", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(f"{PUBLIC}/{path}")
    assert (head.headers.raw, head.content) == (answer.headers.raw, b"")


def test_two_servers_with_the_same_files_answer_alike(tmp_path: Path) -> None:
    one, other = (asking(write_folder(tmp_path / name / "public")) for name in ("a", "b"))
    for path in PATHS:
        a, b = (client.get(f"{PUBLIC}/{path}") for client in (one, other))
        assert (a.content, a.headers.raw) == (b.content, b.headers.raw)


def test_a_new_publication_is_told_at_once(client: TestClient, folder: Path) -> None:
    before = client.get(f"{PUBLIC}/status")
    publish(folder, a_view(now_min=NOW_MIN + 5, school=PointStatus("closed", NOW_MIN + 5, "duty")))
    after = client.get(f"{PUBLIC}/status", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["status"][SCHOOL]["state"] == "closed"


def test_before_anything_is_published_that_is_said(tmp_path: Path) -> None:
    client = asking(tmp_path / "not yet")
    for path in PATHS:
        answer = client.get(f"{PUBLIC}/{path}")
        assert answer.status_code == 503
        assert answer.json()["error"]["what"] == "nothing is published yet"


def test_a_folder_that_is_damaged_later_leaves_the_last_word_in_force(client: TestClient, folder: Path) -> None:
    before = get(client, "status")
    put(folder / "data/delta.shy", b"SHY1 and then nothing")
    assert get(client, "status") == before
    assert asking(folder).get(f"{PUBLIC}/status").status_code == 503


def test_the_description_needs_nothing_from_elsewhere(client: TestClient) -> None:
    description = client.get(f"{PUBLIC}/openapi.json")
    document = description.json()
    assert document["openapi"].startswith("3.1")
    assert "http" not in description.text.replace("application/", "")
    for path, item in document["paths"].items():
        assert item["get"]["summary"] or item["get"]["description"], path
        assert {"200", "304", "503", "default"} <= set(item["get"]["responses"])
