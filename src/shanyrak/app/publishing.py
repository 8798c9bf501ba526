"""Keeps a published folder up to date with a ledger: what everybody may know, and nothing that depends on more.

A publication follows from the facts and the quarter of an hour. It writes where the public view, the walk tables or
the day changed, and otherwise touches nothing, so that secret facts leave no trace in the folder, not even a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shanyrak.app.published_folder import PublishedFolder, list_of_pages
from shanyrak.app.towns import TownFiles
from shanyrak.core.errors import InvalidInput, Unavailable
from shanyrak.facts.ledger import Ledger
from shanyrak.facts.signing import Signer
from shanyrak.publish.bundle import Content, Signed, content, contents_of, encoded
from shanyrak.publish.model import Deployment, PublicPoint, PublicView
from shanyrak.publish.pages import write_pages
from shanyrak.publish.pages.offline import with_app
from shanyrak.publish.pages.rendering import KeptPages
from shanyrak.publish.pages.writing import OFFLINE
from shanyrak.publish.photos import PhotoFiles, photo_path
from shanyrak.publish.town import Town
from shanyrak.publish.view import public_view

QUARTER_MS = 15 * 60_000
POLL_S = 1.0
RETRY_S = 10.0
_FINDER = "app"


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did."""

    changed: bool
    version: int
    files: Mapping[str, int]
    """Paths that were written, with their sizes [byte]."""
    seconds: float
    notes: tuple[str, ...]
    """What is missing, and how to mend it."""


class Publisher:
    """Publishes one network into one folder.

    Parameters
    ----------
    town : None publishes without map, walks and names
    signer : of this device, which must be a headquarters of the network
    now_ms, seconds : clocks, of the day and for measuring
    webapp : folder with the built pages: ``finder/`` becomes ``app/``; None or not there publishes without it
    phones : numbers of persons on duty
    photos : folder of photos named by their hash; those that a person released are published
    served : by this program, which takes visitors' words itself
    """

    def __init__(
        self,
        ledger: Ledger,
        town: Town | None,
        folder: Path,
        *,
        signer: Signer,
        deployment: Deployment,
        now_ms: Callable[[], int],
        seconds: Callable[[], float],
        webapp: Path | None = None,
        phones: Mapping[str, str] | None = None,
        photos: Path | None = None,
        served: bool = False,
    ) -> None:
        self._ledger = ledger
        self._town = TownFiles(town) if town is not None else None
        self._folder = PublishedFolder(folder, ledger.net.hex())
        self._signer = signer
        self._deployment = deployment
        self._now_ms = now_ms
        self._seconds = seconds
        self._webapp = webapp
        self._phones = phones or {}
        self._photos = PhotoFiles(photos)
        self._served = served
        self._whole = False
        """Whether every page is known to be as the signed files say."""
        self._app: dict[str, bytes] | None = None
        self._kept_pages = KeptPages()

    @property
    def keys(self) -> frozenset[bytes]:
        """Public keys of all headquarters in force."""
        return self._ledger.trust.authority.headquarters

    def publish(self) -> Published:
        """Bring the folder up to date.

        Raises
        ------
        InvalidInput
            This device is no headquarters of the network, or the folder belongs to somebody else.
        Unavailable
            The disk refused; the copy published before stays whole.
        """
        begun = self._seconds()
        keys = self.keys
        if self._signer.public not in keys:
            raise InvalidInput(
                "only a headquarters can sign what is published, and this device is none",
                where="publish",
                mend="Publish on the machine of headquarters, or admit this device there with the role headquarters",
            )
        self._folder.refuse_foreign()
        before = self._folder.signed()
        view = self._view()
        contents = contents_of(view)
        if self._town is not None:
            contents += self._town.contents(view.points, view.as_of_at_min)
        town = self._town.facts() if self._town is not None else None
        written: list[str] = []
        listed = self._folder.listed(before) if before is not None else None
        if before is not None and listed is not None:
            # What phones read comes first: making all pages of a large network takes longer than they should wait.
            quick = encoded(view, [*contents, listed], town, signer=self._signer, keys=keys, before=before)
            if quick is before and self._whole:
                return self._published([], before, {}, begun)
            self._whole = False
            written += self._folder.write([*contents, listed], quick, None, before)
            before = quick
        held = _held(contents)
        script = self._script()
        pages = self._pages(view, None if script is None else len(script) + sum(map(len, held.values())) * 4 // 3)
        photos = {photo_path(one.photo): path for one in view.points if (path := self._photo(one)) is not None}
        contents.append(content("pages", "z", list_of_pages([*pages, *photos])))
        signed = encoded(view, contents, town, signer=self._signer, keys=keys, before=before)
        if script is not None:
            pages[OFFLINE] = with_app(pages[OFFLINE], script, held | dict(signed.files))
        everything: dict[str, bytes | Path] = {**pages, **photos}
        written += self._folder.write(contents, signed, everything, before)
        self._whole = True
        return self._published(written, signed, _sizes(contents, signed, everything), begun)

    def _published(self, written: list[str], signed: Signed, sizes: Mapping[str, int], begun: float) -> Published:
        return Published(
            changed=bool(written),
            version=signed.version,
            files={path: sizes[path] for path in written if path in sizes},
            seconds=self._seconds() - begun,
            notes=self._notes(),
        )

    def _view(self) -> PublicView:
        view = public_view(
            self._ledger, now_ms=self._now_ms(), deployment=self._deployment, phones=self._phones
        )  # fmt: skip
        # A photo that is named is there: of one that is not kept here nothing is said.
        points = tuple(replace(one, photo="") if one.photo and self._photo(one) is None else one for one in view.points)
        view = replace(view, points=points)
        if self._town is None:
            return replace(view, area="")
        town = self._town.town
        titles = view.titles or {self._deployment.languages[0]: town.title}
        return replace(view, area=town.name, titles=titles, made_up=view.made_up or town.made_up)

    def _photo(self, point: PublicPoint) -> Path | None:
        return self._photos.find(point.photo)

    def _script(self) -> bytes | None:
        """The finder as one script, for the file that needs no network."""
        path = self._webapp / "offline" / "app.js" if self._webapp is not None else None
        return path.read_bytes() if path is not None and path.is_file() else None

    def _pages(self, view: PublicView, app_bytes: int | None) -> dict[str, bytes]:
        if self._app is None:
            self._app = _files_of(self._webapp / "finder", _FINDER) if self._webapp is not None else {}
            page = f"{_FINDER}/index.html"
            if page in self._app:
                # So the words are asked for before any data say which language is the first.
                # And room is kept for the line that says made-up.
                made_up = " data-made-up" if view.made_up else ""
                language = f'<html lang="{self._deployment.languages[0]}"{made_up}>'.encode()
                self._app[page] = self._app[page].replace(b'<html lang="en">', language, 1)
        town = self._town
        pages = write_pages(
            view,
            town.town if town is not None else None,
            town.walks() if town is not None else None,
            served=self._served,
            finder=f"{_FINDER}/index.html" if self._app else "",
            app_bytes=app_bytes,
            kept=self._kept_pages,
        )
        return pages | self._app

    def _notes(self) -> tuple[str, ...]:
        notes = []
        if self._town is None:
            notes.append(
                "No area is at hand: published without map, walking times and names of streets. "
                "Import one: shanyrak area import NAME --osm FILE.osm.pbf"
            )
        if not self._app:
            notes.append("The finder is not built into this program: published with plain pages alone.")
        return tuple(notes)


def _held(contents: Sequence[Content]) -> dict[str, bytes]:
    """What the file that needs no network has in it: everything but the map."""
    wanted = (one for one in contents if one.role not in ("basemap", "pages"))
    return {one.path: one.data if isinstance(one.data, bytes) else one.data.read_bytes() for one in wanted}


def watch(
    publisher: Publisher,
    ledger: Ledger,
    stop: threading.Event,
    *,
    now_ms: Callable[[], int],
    tell: Callable[[Published], None],
    warn: Callable[[str], None],
    poll_s: float = POLL_S,
) -> None:
    """Publish whenever the ledger has more, whoever wrote it, and at each quarter of an hour, until ``stop`` is set.

    A disk that is full, or a ledger that another program holds, is said once and tried again.
    """
    arrived = _Arrivals(ledger)
    line, due, said = -1, True, ""
    while not stop.is_set():
        wait_s = poll_s
        try:
            quarter = now_ms() // QUARTER_MS
            if arrived.more() or quarter != line or due:
                due = True
                done = publisher.publish()
                line, due, said = quarter, False, ""
                if done.changed:
                    tell(done)
        except Unavailable as fault:
            wait_s = RETRY_S * poll_s / POLL_S
            if str(fault) != said:
                said = str(fault)
                warn(said)
        stop.wait(wait_s)


class _Arrivals:
    """Whether facts arrived since it was asked last, by their running numbers: one look at an index."""

    def __init__(self, ledger: Ledger) -> None:
        self._store = ledger.store
        self._last = 0
        # A running number is never below how many there are: so there is no need to read them all.
        self._last = self._store.count()
        self.more()

    def more(self) -> bool:
        """Whether something arrived."""
        last = self._last
        for number, _ in self._store.arrived(last):
            self._last = number
        return self._last != last


def _files_of(folder: Path, under: str) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    every = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"{under}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in every}


def _sizes(contents: list[Content], signed: Signed, pages: Mapping[str, bytes | Path]) -> dict[str, int]:
    return (
        {one.path: one.size_bytes for one in contents}
        | {path: len(data) for path, data in signed.files.items()}
        | {path: len(data) if isinstance(data, bytes) else data.stat().st_size for path, data in pages.items()}
    )
