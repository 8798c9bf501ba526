"""Fetching an extract, against a stand-in of Nominatim and Overpass on the loopback."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

import shanyrak
from shanyrak.area import fetch
from shanyrak.area.fetch import FetchResult, fetch_extract, overpass_query
from shanyrak.area.osm import read_osm
from shanyrak.core.errors import InvalidInput, ShanyrakError, Unavailable

OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="Overpass API 0.7.62">
<note>The data included in this document is from www.openstreetmap.org.</note>
<meta osm_base="2026-11-20T10:11:12Z"/>
  <node id="1" lat="50.5400000" lon="30.2100000"/>
  <node id="2" lat="50.5410000" lon="30.2100000"/>
  <node id="3" lat="50.5420000" lon="30.2120000"><tag k="amenity" v="school"/></node>
  <way id="7"><nd ref="1"/><nd ref="2"/><nd ref="3"/>
    <tag k="highway" v="residential"/><tag k="name" v="Вокзальна"/></way>
</osm>
"""


def place(
    name: str, box: tuple[str, str, str, str], importance: float = 0.5, category: str = "boundary"
) -> dict[str, object]:
    """A row as Nominatim answers it: south, north, west, east."""
    return {"display_name": name, "boundingbox": list(box), "importance": importance, "category": category}


BUCHA = place("Bucha, Kyiv Oblast, Ukraine", ("50.50", "50.60", "30.15", "30.28"))


@dataclass
class StandIn:
    """Answers in turn; remembers what it was asked."""

    geocoder: list[Callable[[http.server.BaseHTTPRequestHandler], None]] = field(default_factory=list)
    overpass: list[Callable[[http.server.BaseHTTPRequestHandler], None]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], dict[str, list[str]]]] = field(default_factory=list)
    url: str = ""
    slept: list[float] = field(default_factory=list)

    def fetch(self, target: Path, name: str = "Bucha, Ukraine") -> FetchResult:
        return fetch_extract(
            name, target, geocoder_url=self.url, overpass_url=f"{self.url}/api/interpreter", sleep=self.slept.append
        )


def answer(body: str | bytes, status: int = 200, *, length: int | None = None, **headers: str):  # type: ignore[no-untyped-def]
    data = body.encode() if isinstance(body, str) else body

    def send(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data) if length is None else length))
        handler.end_headers()
        handler.wfile.write(data)

    return send


def found(*rows: dict) -> Callable[[http.server.BaseHTTPRequestHandler], None]:  # type: ignore[type-arg]
    return answer(json.dumps(list(rows)), Content_Type="application/json")


@pytest.fixture
def service() -> Iterator[StandIn]:
    stand_in = StandIn([found(BUCHA)], [answer(OSM)])

    class Handler(http.server.BaseHTTPRequestHandler):
        def _respond(self, turn: list[Callable[[http.server.BaseHTTPRequestHandler], None]], form: dict) -> None:  # type: ignore[type-arg]
            stand_in.asked.append((urlsplit(self.path).path, dict(self.headers), form))
            (turn.pop(0) if len(turn) > 1 else turn[0])(self)
            self.close_connection = True

        def do_GET(self) -> None:
            self._respond(stand_in.geocoder, parse_qs(urlsplit(self.path).query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._respond(stand_in.overpass, parse_qs(body))

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield stand_in
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_place_becomes_an_extract_that_is_read_like_any_other(service: StandIn, tmp_path: Path) -> None:
    target = tmp_path / "maps" / "bucha.osm.pbf"
    result = service.fetch(target)
    assert result.path == target
    assert result.place == "Bucha, Kyiv Oblast, Ukraine"
    assert result.timestamp == "2026-11-20T10:11:12Z"
    assert result.size_bytes == target.stat().st_size
    extract = read_osm(target)
    assert extract.graph.names == ("Вокзальна",)
    assert extract.source.timestamp == "2026-11-20T10:11:12Z"
    assert extract.source.header_box == pytest.approx(result.box)
    assert [poi.tags["amenity"] for poi in extract.features.pois] == ["school"]
    assert list(target.parent.iterdir()) == [target]


def test_we_say_who_we_are_and_ask_for_the_box_with_a_margin(service: StandIn, tmp_path: Path) -> None:
    service.fetch(tmp_path / "x.osm.pbf")
    assert [path for path, _, _ in service.asked] == ["/search", "/api/interpreter"]
    for _, headers, _ in service.asked:
        assert headers["User-Agent"].startswith(f"shanyrak/{shanyrak.__version__} ")
    assert service.asked[0][2]["q"] == ["Bucha, Ukraine"]
    query = service.asked[1][2]["data"][0]
    assert "[bbox:50.490000,30.140000,50.610000,30.290000]" in query
    assert 'way["highway"]' in query
    assert query == overpass_query((30.14, 50.49, 30.29, 50.61))


def test_when_told_to_wait_we_wait_as_long(service: StandIn, tmp_path: Path) -> None:
    service.overpass[:] = [answer("busy", 429, Retry_After="7"), answer("busy", 504), answer(OSM)]
    service.fetch(tmp_path / "x.osm.pbf")
    assert service.slept == [7.0, 15.0]


def test_waiting_until_a_date(service: StandIn, tmp_path: Path) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    service.overpass[:] = [answer("busy", 429, Retry_After=until), answer(OSM)]
    service.fetch(tmp_path / "x.osm.pbf")
    assert 50 < service.slept[0] <= 60


def refused(service: StandIn, tmp_path: Path, kind: type[ShanyrakError] = Unavailable, **more: str) -> str:
    target = tmp_path / "x.osm.pbf"
    target.write_bytes(b"what was there before")
    with pytest.raises(kind) as caught:
        service.fetch(target, **more)
    assert target.read_bytes() == b"what was there before"
    assert list(tmp_path.iterdir()) == [target], "nothing half-written stays behind"
    assert caught.value.mend
    return str(caught.value)


def test_busy_all_the_time(service: StandIn, tmp_path: Path) -> None:
    service.overpass[:] = [answer("busy", 429)]
    assert "busy (status 429), 4 times" in refused(service, tmp_path)
    assert service.slept == [5.0, 15.0, 45.0]


def test_a_wait_beyond_reason_is_not_waited(service: StandIn, tmp_path: Path) -> None:
    service.overpass[:] = [answer("busy", 429, Retry_After="86400")]
    assert "wait 86,400 s" in refused(service, tmp_path)
    assert service.slept == []


def test_a_transfer_cut_once_is_begun_again(service: StandIn, tmp_path: Path) -> None:
    service.overpass[:] = [answer(OSM[:300], length=len(OSM)), answer(OSM)]
    service.fetch(tmp_path / "x.osm.pbf")
    assert read_osm(tmp_path / "x.osm.pbf").graph.edges == 1


def test_a_transfer_that_is_always_cut(service: StandIn, tmp_path: Path) -> None:
    service.overpass[:] = [answer(OSM[:300], length=len(OSM))]
    assert "broke off, 4 times" in refused(service, tmp_path)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (OSM[:400], "cut off"),
        ("", "not OpenStreetMap data"),
        ("<html>Wartung</html>", "not OpenStreetMap data"),
        ('<osm version="0.6"><node id="1"', "cut off"),
        ('<osm version="0.6"><node id="x" lat="1" lon="2"/></osm>', "not OpenStreetMap data"),
        ('<osm version="0.6"></osm>', "no ways"),
        ('<osm version="0.6"><remark> runtime error: Query timed out </remark></osm>', "gave up: runtime error"),
    ],
)
def test_answers_that_are_no_map(service: StandIn, tmp_path: Path, body: str, says: str) -> None:
    service.overpass[:] = [answer(body)]
    assert says in refused(service, tmp_path)


@pytest.mark.parametrize(
    ("status", "says"), [(400, "not understood"), (403, "refused (status 403)"), (500, "status 500")]
)
def test_a_service_that_refuses_is_not_pestered(service: StandIn, tmp_path: Path, status: int, says: str) -> None:
    service.overpass[:] = [answer("no", status)]
    assert says in refused(service, tmp_path)
    assert service.slept == []


def test_an_answer_without_end(service: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 100)
    assert "larger than" in refused(service, tmp_path)


def test_a_place_nobody_knows(service: StandIn, tmp_path: Path) -> None:
    service.geocoder[:] = [found()]
    assert "no place called 'Nowhere'" in refused(service, tmp_path, name="Nowhere")


def test_a_name_of_several_places_lists_them(service: StandIn, tmp_path: Path) -> None:
    service.geocoder[:] = [
        found(
            place("Frankfurt am Main, Germany", ("50.0", "50.2", "8.5", "8.8"), 0.70),
            place("Frankfurt (Oder), Germany", ("52.2", "52.4", "14.4", "14.6"), 0.65),
        )
    ]
    told = refused(service, tmp_path, name="Frankfurt")
    assert "Frankfurt am Main, Germany; Frankfurt (Oder), Germany" in told


def test_of_a_far_more_important_place_nobody_is_asked(service: StandIn, tmp_path: Path) -> None:
    service.geocoder[:] = [found(BUCHA, place("Bucha, elsewhere", ("1", "1.1", "1", "1.1"), 0.2))]
    assert service.fetch(tmp_path / "x.osm.pbf").place == BUCHA["display_name"]


def test_a_shop_of_that_name_does_not_count(service: StandIn, tmp_path: Path) -> None:
    service.geocoder[:] = [found(place("Café Bucha, Berlin", ("52", "52.1", "13", "13.1"), 0.9, "amenity"), BUCHA)]
    assert service.fetch(tmp_path / "x.osm.pbf").place == BUCHA["display_name"]


def test_a_country_is_too_large_to_ask_for(service: StandIn, tmp_path: Path) -> None:
    service.geocoder[:] = [found(place("Ukraine", ("44", "52", "22", "40")))]
    assert "too large" in refused(service, tmp_path, InvalidInput, name="Ukraine")
    assert len(service.asked) == 1, "Overpass was not bothered"


@pytest.mark.parametrize("body", ["not json", "{}", '[{"display_name": "x"}]', "[1]", '{"error": "no"}'])
def test_a_geocoder_that_talks_nonsense(service: StandIn, tmp_path: Path, body: str) -> None:
    service.geocoder[:] = [answer(body)]
    refused(service, tmp_path)


def test_offline(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="offline"):
        fetch_extract(
            "Bucha", tmp_path / "x.osm.pbf", geocoder_url="http://127.0.0.1:9", overpass_url="http://127.0.0.1:9"
        )
    assert list(tmp_path.iterdir()) == []


def test_no_answer_in_time(tmp_path: Path) -> None:
    import httpx

    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(Unavailable, match="no answer in time"):
        fetch_extract("Bucha", tmp_path / "x.osm.pbf", transport=httpx.MockTransport(slow))


@pytest.mark.parametrize("url", ["ftp://x", "no address", "http://"])
def test_an_address_that_is_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(ShanyrakError):
        fetch_extract("Bucha", tmp_path / "x.osm.pbf", geocoder_url=url)


def test_a_place_without_a_name_and_a_target_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no name"):
        fetch_extract("  ", tmp_path / "x.osm.pbf")
    with pytest.raises(InvalidInput, match="folder"):
        fetch_extract("Bucha", tmp_path)


def test_addresses_come_from_the_environment(service: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHANYRAK_GEOCODER_URL", service.url)
    monkeypatch.setenv("SHANYRAK_OVERPASS_URL", f"{service.url}/mine")
    fetch_extract("Bucha", tmp_path / "x.osm.pbf")
    assert [path for path, _, _ in service.asked] == ["/search", "/mine"]


def test_the_command_fetches_and_says_what_to_do_next(
    service: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from shanyrak.cli.main import _run

    monkeypatch.setenv("SHANYRAK_GEOCODER_URL", service.url)
    monkeypatch.setenv("SHANYRAK_OVERPASS_URL", service.url)
    monkeypatch.chdir(tmp_path)
    assert _run(["area", "fetch", "Bucha, Ukraine"]) == 0
    assert "shanyrak area import NAME --osm bucha.osm.pbf" in capsys.readouterr().out
    assert (tmp_path / "bucha.osm.pbf").is_file()
    assert _run(["area", "fetch", "Bucha, Ukraine", "--json", "--out", "again.osm.pbf"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["file"] == "again.osm.pbf" and "OpenStreetMap" in answer["attribution"]
