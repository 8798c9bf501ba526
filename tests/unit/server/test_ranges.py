"""Ranges of the basemap: what PMTiles readers rely on (RFC 9110, section 14)."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from shanyrak.server.answers import RangeNotSatisfiable, parse_range
from tests.unit.server.conftest import BASEMAP
from tests.unit.server.small_town import NAME

BASEMAP_PATH = f"/areas/{NAME}/basemap.pmtiles"


@pytest.mark.parametrize(
    ("header", "first_and_stop"),
    [
        ("bytes=0-0", (0, 1)),  # both ends are included
        ("bytes=0-9", (0, 10)),
        ("bytes=5-", (5, 10)),
        ("bytes=5-999", (5, 10)),  # a last byte behind the end means the end
        ("bytes=-3", (7, 10)),
        ("bytes=-999", (0, 10)),
        ("BYTES=1-2", (1, 3)),
        (None, None),
        ("items=0-1", None),  # another unit, nonsense and several ranges may be ignored: the whole is sent
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=a-b", None),
        ("bytes=0-1,4-5", None),
        ("bytes=٣-٤", None),
        ("bytes=0-" + "9" * 400, None),
    ],
)
def test_a_range_of_ten_bytes(header: str | None, first_and_stop: tuple[int, int] | None) -> None:
    assert parse_range(header, 10) == first_and_stop


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-11", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_had(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, 10)


def test_no_range_of_nothing_can_be_had() -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range("bytes=0-", 0)
    with pytest.raises(RangeNotSatisfiable):
        parse_range("bytes=-5", 0)


def test_a_part_of_the_basemap(client: TestClient) -> None:
    answer = client.get(BASEMAP_PATH, headers={"range": "bytes=190-209"})
    assert answer.status_code == 206
    assert answer.content == BASEMAP[190:210]
    assert answer.headers["content-range"] == "bytes 190-209/1000"
    assert answer.headers["content-length"] == "20"
    # Compressing a range would make its positions wrong.
    assert "content-encoding" not in answer.headers


def test_the_whole_basemap_says_that_ranges_are_served(client: TestClient) -> None:
    answer = client.get(BASEMAP_PATH)
    assert (answer.status_code, answer.content) == (200, BASEMAP)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-type"] == "application/vnd.pmtiles"
    assert "content-encoding" not in answer.headers


def test_head_gives_the_length_and_no_body(client: TestClient) -> None:
    answer = client.head(BASEMAP_PATH)
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "1000", b"")


def test_a_range_behind_the_end_names_the_size(client: TestClient) -> None:
    answer = client.get(BASEMAP_PATH, headers={"range": "bytes=1000-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */1000"
    assert answer.json()["error"]["where"] == "header Range"


def test_if_range_with_another_etag_gets_the_whole(client: TestClient) -> None:
    etag = client.get(BASEMAP_PATH).headers["etag"]
    part = {"range": "bytes=0-9"}
    assert client.get(BASEMAP_PATH, headers={**part, "if-range": etag}).status_code == 206
    assert client.get(BASEMAP_PATH, headers={**part, "if-range": '"older"'}).status_code == 200


def test_an_unchanged_basemap_is_not_sent_again(client: TestClient) -> None:
    etag = client.get(BASEMAP_PATH).headers["etag"]
    assert client.get(BASEMAP_PATH, headers={"if-none-match": etag}).status_code == 304
