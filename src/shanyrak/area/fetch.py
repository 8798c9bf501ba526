"""Getting an extract over the network: a place's name -> its box -> what lies there -> .osm.pbf.

Two services of the OpenStreetMap community are asked, one request at a time: Nominatim for where the
place is, Overpass for what is there. They are run by volunteers, so we say who we are, wait when
told to, give up soon, and refuse boxes that are better taken from a ready-made extract.

Nothing half-written stays behind: the file appears whole, under its name, or not at all.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.core.progress import Progress, silent
from shanyrak.core.version import __version__

if TYPE_CHECKING:
    import httpx

GEOCODER_URL = "https://nominatim.openstreetmap.org"
OVERPASS_URL = "https://overpass-api.de/api/interpreter"
GEOCODER_VARIABLE = "SHANYRAK_GEOCODER_URL"
OVERPASS_VARIABLE = "SHANYRAK_OVERPASS_URL"

MARGIN_DEGREES = 0.01
"""Added around the place's box, so that walks near its edge are not cut (about 1 km)."""
MOST_SQUARE_DEGREES = 0.25
"""Largest box asked for, about 50 km by 40 km; beyond that a ready-made extract is kinder and quicker."""
MOST_BYTES = 600_000_000
"""Longest answer taken."""
MOST_TRIES = 4
LONGEST_WAIT_S = 120.0
FIRST_WAIT_S = 5.0
ANSWER_WITHIN_S = 180
BUSY = frozenset({429, 502, 503, 504})

_AREA_CATEGORIES = frozenset({"boundary", "place"})
_ELSEWHERE = "Or get an extract at download.geofabrik.de and give it with --osm"

WANTED = (
    'way["highway"]',
    'way["railway"]',
    'way["public_transport"]',
    'way["man_made"="pier"]',
    'way["building"]',
    'way["barrier"]',
    'way["waterway"]',
    'nwr["amenity"]',
    'nwr["leisure"]',
    'nwr["shop"~"^(mall|supermarket|department_store)$"]',
    'nwr["tourism"]',
    'nwr["historic"]',
    'nwr["emergency"]',
    'nwr["office"~"^(government|ngo)$"]',
    'nwr["military"]',
    'nwr["addr:housenumber"]',
    'nwr["place"]',
    'wr["landuse"]',
    'wr["natural"~"^(water|wood|coastline|beach|grassland|scrub)$"]',
    'node["barrier"]',
    'node["highway"]',
    'node["railway"]',
    'node["public_transport"]',
    'rel["type"="multipolygon"]["building"]',
    'rel["type"="multipolygon"]["highway"]',
    'rel["type"="multipolygon"]["public_transport"]',
    'rel["boundary"="administrative"]["admin_level"~"^(8|9|10|11)$"]',
)
"""Overpass filters of all that the import and the map of an area use."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Found:
    """A place as the geocoder knows it."""

    name: str
    box: Box
    """west, south, east, north [degree]"""
    importance: float
    is_area: bool


@dataclass(frozen=True, slots=True)
class FetchResult:
    """An extract that was fetched."""

    path: Path
    place: str
    """full name of the place that was found"""
    box: Box
    """west, south, east, north [degree] that was asked for"""
    timestamp: str | None
    """of the data (ISO 8601), None where the service does not say"""
    size_bytes: int


def fetch_extract(
    place: str,
    target: str | os.PathLike[str],
    *,
    geocoder_url: str | None = None,
    overpass_url: str | None = None,
    transport: httpx.BaseTransport | None = None,
    progress: Progress = silent,
    sleep: Callable[[float], None] = time.sleep,
) -> FetchResult:
    """Fetch what OpenStreetMap holds around a place and write it as ``.osm.pbf``.

    Parameters
    ----------
    place : str
        What a person would type, such as "Bucha, Ukraine".
    target : path
        File to write; an existing one is replaced as one step.
    geocoder_url, overpass_url : str
        Base address of a Nominatim, full address of an Overpass interpreter; else from
        SHANYRAK_GEOCODER_URL and SHANYRAK_OVERPASS_URL, else the public ones.
    transport : httpx transport
        How requests travel; for tests.
    sleep : callable
        Waits some seconds; for tests.

    Raises
    ------
    InvalidInput
        The place's name is empty, its box is too large to ask for, or the target is a folder.
    Unavailable
        No network, no answer in time, refused, place not found or ambiguous, answer cut or not OSM data.
    """
    import httpx

    path = Path(target)
    if not place.strip():
        raise InvalidInput("the place has no name", where="PLACE", mend='Write a place, such as "Bucha, Ukraine"')
    if path.is_dir():
        raise InvalidInput("this is a folder", where=str(path), mend="Name the file to write")
    geocoder = geocoder_url or os.environ.get(GEOCODER_VARIABLE) or GEOCODER_URL
    overpass = overpass_url or os.environ.get(OVERPASS_VARIABLE) or OVERPASS_URL
    agent = f"shanyrak/{__version__} (open software for warm points in a blackout; shanyrak area fetch)"
    limits = httpx.Timeout(30.0, read=ANSWER_WITHIN_S + 30.0)
    with httpx.Client(
        headers={"User-Agent": agent}, timeout=limits, transport=transport, follow_redirects=True, max_redirects=3
    ) as client:
        asker = _Asker(client, progress, sleep)
        progress(f"looking for {place}", 0, None)
        found = _find(asker, geocoder, place)
        box = _checked_box(found)
        with _draft_beside(path) as draft:
            answer = draft / "answer.osm"
            asker.save("POST", overpass, answer, data={"data": overpass_query(box)})
            timestamp = _check_answer(answer, overpass)
            progress("writing the extract", 0, None)
            written = draft / "extract.osm.pbf"
            _write_pbf(answer, written, box, timestamp, overpass)
            _replace(written, path)
    return FetchResult(path, found.name, box, timestamp, path.stat().st_size)


def overpass_query(box: Box) -> str:
    """What we ask Overpass: all that the import uses within a box, with the nodes of its ways."""
    west, south, east, north = box
    wanted = "".join(f"{one};" for one in WANTED)
    return (
        f"[out:xml][timeout:{ANSWER_WITHIN_S}][maxsize:{1 << 29}]"
        f"[bbox:{south:.6f},{west:.6f},{north:.6f},{east:.6f}];({wanted});(._;>;);out body;"
    )


def _find(asker: _Asker, geocoder: str, place: str) -> Found:
    url = geocoder.rstrip("/") + "/search"
    rows = asker.json(url, {"q": place, "format": "jsonv2", "limit": "5", "accept-language": "en"})
    choices = _choices(rows, url)
    if not choices:
        raise Unavailable(
            f"no place called {place!r} was found", where=url, mend="Add the country, or try the name in its own script"
        )
    areas = [choice for choice in choices if choice.is_area] or choices
    best = areas[0]
    rivals = [one for one in areas[1:] if _apart(one.box, best.box) and one.importance > best.importance - 0.1]
    if rivals:
        listed = "; ".join(one.name for one in [best, *rivals])
        raise Unavailable(
            f"several places are called {place!r}: {listed}", where=url, mend="Write one of these in full"
        )
    return best


def _choices(rows: Any, url: str) -> list[Found]:
    choices = []
    try:
        for row in rows:
            south, north, west, east = (float(side) for side in row["boundingbox"])
            kind = row.get("category", row.get("class"))
            importance = float(row.get("importance") or 0)
            choices.append(
                Found(str(row["display_name"]), (west, south, east, north), importance, kind in _AREA_CATEGORIES)
            )
    except (TypeError, ValueError, KeyError, AttributeError) as fault:
        raise Unavailable("the answer is not that of a Nominatim", where=url, mend="Check the address") from fault
    return choices


def _apart(one: Box, other: Box) -> bool:
    return one[0] > other[2] or other[0] > one[2] or one[1] > other[3] or other[1] > one[3]


def _checked_box(found: Found) -> Box:
    west, south, east, north = found.box
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Unavailable(f"the box of {found.name} is not usable", mend=_ELSEWHERE)
    area = (east - west) * (north - south)
    if area > MOST_SQUARE_DEGREES:
        raise InvalidInput(
            f"{found.name} is too large to ask a public service for ({area:.1f} square degrees)",
            where="PLACE",
            mend=f"Name a town or a district of it. {_ELSEWHERE}",
        )
    return (
        max(west - MARGIN_DEGREES, -180.0),
        max(south - MARGIN_DEGREES, -90.0),
        min(east + MARGIN_DEGREES, 180.0),
        min(north + MARGIN_DEGREES, 90.0),
    )


class _Asker:
    """One request at a time, with bounded patience."""

    def __init__(self, client: httpx.Client, progress: Progress, sleep: Callable[[float], None]) -> None:
        self._client, self._progress, self._sleep = client, progress, sleep

    def json(self, url: str, params: dict[str, str]) -> Any:
        """The answer to a GET as JSON."""

        def read(response: httpx.Response) -> Any:
            response.read()
            try:
                return response.json()
            except ValueError as fault:
                raise Unavailable("the answer is not JSON", where=url, mend="Check the address") from fault

        return self._ask("GET", url, read, params=params)

    def save(self, method: str, url: str, target: Path, *, data: dict[str, str]) -> None:
        """The answer's body into a file."""

        def read(response: httpx.Response) -> None:
            length = response.headers.get("Content-Length", "")
            total = int(length) if length.isdigit() and "Content-Encoding" not in response.headers else None
            done = 0
            with target.open("wb") as file:
                for piece in response.iter_bytes():
                    done += len(piece)
                    if done > MOST_BYTES:
                        raise Unavailable(
                            f"the answer is larger than {MOST_BYTES // 1_000_000} MB", where=url, mend=_ELSEWHERE
                        )
                    file.write(piece)
                    self._progress("receiving the map", done, total)

        self._ask(method, url, read, data=data)

    def _ask(
        self,
        method: str,
        url: str,
        read: Callable[[httpx.Response], Any],
        *,
        params: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
    ) -> Any:
        import httpx

        why = ""
        for attempt in range(MOST_TRIES):
            wait = FIRST_WAIT_S * 3**attempt
            try:
                with self._client.stream(method, url, params=params, data=data) as response:
                    if response.is_success:
                        return read(response)
                    if response.status_code not in BUSY:
                        raise _refused(url, response.status_code)
                    why = f"it is busy (status {response.status_code})"
                    wait = _retry_after(response.headers.get("Retry-After")) or wait
            except httpx.ConnectError as fault:
                raise _offline(url, fault) from fault
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as fault:
                raise InvalidInput(f"{url!r} is no address", where="URL", mend="Write http://host/path") from fault
            except httpx.TimeoutException as fault:
                raise Unavailable("there was no answer in time", where=url, mend=f"Try later. {_ELSEWHERE}") from fault
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError):
                why = "the connection broke off"
            except httpx.HTTPError as fault:
                raise Unavailable(f"the request failed ({fault})", where=url, mend=_ELSEWHERE) from fault
            if attempt + 1 < MOST_TRIES:
                if wait > LONGEST_WAIT_S:
                    raise Unavailable(f"it asks us to wait {wait:,.0f} s", where=url, mend=f"Try later. {_ELSEWHERE}")
                self._progress(f"waiting {wait:.0f} s, {why}", 0, None)
                self._sleep(wait)
        raise Unavailable(f"{why}, {MOST_TRIES} times in a row", where=url, mend=f"Try later. {_ELSEWHERE}")


def _refused(url: str, status: int) -> Unavailable:
    if status == 400:
        return Unavailable("the request was not understood (status 400)", where=url, mend="Check the address")
    return Unavailable(f"the service refused (status {status})", where=url, mend=f"Check the address. {_ELSEWHERE}")


def _offline(url: str, fault: Exception) -> Unavailable:
    return Unavailable(
        f"the service cannot be reached: is this computer offline? ({fault})",
        where=url,
        mend="Connect to the internet, or give an extract that you have with --osm",
    )


def _retry_after(text: str | None) -> float | None:
    """Seconds of a Retry-After header (a number or a date); None where it says nothing usable."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text.strip())
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until.tzinfo else None


def _check_answer(answer: Path, url: str) -> str | None:
    """Refuse what is cut, empty or an error page; the data's timestamp."""
    with answer.open("rb") as file:
        head = file.read(4096).decode("utf-8", "replace")
        file.seek(max(0, answer.stat().st_size - 4096))
        tail = file.read().decode("utf-8", "replace")
    if "<osm" not in head:
        raise Unavailable("the answer is not OpenStreetMap data", where=url, mend="Check the address, or try later")
    remark = re.search(r"<remark>\s*(.*?)\s*</remark>", tail, re.DOTALL)
    if remark and "error" in remark[1].lower():
        raise Unavailable(f"the service gave up: {remark[1][:200]}", where=url, mend=f"Try later. {_ELSEWHERE}")
    if not tail.rstrip().endswith("</osm>"):
        raise Unavailable("the answer was cut off", where=url, mend="Try again")
    stamp = re.search(r'osm_base="(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"', head)
    return stamp[1] if stamp else None


def _write_pbf(answer: Path, target: Path, box: Box, timestamp: str | None, url: str) -> None:
    import osmium

    header = osmium.io.Header()
    header.add_box(osmium.osm.Box(*box))
    header.set("generator", f"shanyrak/{__version__}")
    if timestamp is not None:
        header.set("osmosis_replication_timestamp", timestamp)
    ways = 0
    try:
        with osmium.SimpleWriter(str(target), header=header) as writer:
            for thing in osmium.FileProcessor(str(answer)):
                ways += isinstance(thing, osmium.osm.Way)
                writer.add(thing)
    except (RuntimeError, ValueError) as fault:  # what osmium throws at XML that is not OSM's
        raise Unavailable(f"the answer is not OpenStreetMap data ({fault})", where=url, mend="Try later") from fault
    if not ways:
        raise Unavailable("the answer holds no ways", where=url, mend="Name a place where streets are mapped")


@contextmanager
def _draft_beside(path: Path) -> Iterator[Path]:
    """A folder beside the target that is gone afterwards."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    except OSError as fault:
        raise InvalidInput(
            f"nothing can be written there ({fault.strerror})", where=str(path.parent), mend="Choose another folder"
        ) from fault
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _replace(written: Path, path: Path) -> None:
    with written.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(written, path)
