"""A small published folder, written by the code that publishes, and pages beside it written by hand.

Two points: a school that is open and a library that is shut; a hidden yurt is in nobody's view.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from shanyrak.facts.signing import Signer
from shanyrak.publish.bundle import contents_of, encoded, signed_of
from shanyrak.publish.model import (
    Account,
    Deployment,
    Hours,
    PointStatus,
    PublicPoint,
    PublicView,
    Service,
    Source,
    Statement,
    Step,
    Visitors,
)

NOW_MIN = 29_922_600
"""2026-11-22 14:00 UTC."""
NET = hashlib.sha256(b"net").hexdigest()
HEADQUARTERS = Signer(hashlib.sha256(b"headquarters").digest())


def an_id(name: str) -> str:
    """An id that follows from a name."""
    return hashlib.sha256(name.encode()).hexdigest()


SCHOOL, LIBRARY, HIDDEN, ARCHIVE, IDEA = (an_id(one) for one in ("school", "library", "hidden", "archive", "idea"))


def a_view(*, now_min: int = NOW_MIN, school: PointStatus | None = None) -> PublicView:
    """The view; ``school`` is another state of it."""
    points = (
        PublicPoint(
            SCHOOL, {"uk": "Школа 12", "en": "School 12"}, "school", True, 305_000_000, 504_000_000, False, NOW_MIN,
            lists=(("City", "7"),), district="Center", seats=40,
            services={"hot_drink": Service(True, NOW_MIN - 60), "languages": Service(("uk", "en"), NOW_MIN - 60)},
            hours=Hours("24/7", ((NOW_MIN, NOW_MIN + 1440),)),
        ),
        PublicPoint(LIBRARY, {"uk": "Бібліотека"}, "library", False, 305_100_000, 504_100_000, True, NOW_MIN),
    )  # fmt: skip
    opened = PointStatus("open", NOW_MIN - 20, "duty", None, "some", Visitors(shut=1, last_at_min=NOW_MIN - 15))
    status = {SCHOOL: school or opened, LIBRARY: PointStatus("closed", NOW_MIN - 90, "list")}
    source = Source(an_id("fact"), "pledge.made", "2026-10-01", "desk")
    accounts = (
        Account(
            IDEA, "initiative", {"en": "Yurts"}, False, {"en": "A warm place"},
            (Step("promised", "2026-10", "yurt", 1, "A giver", "", (source,)),),
            (Statement(an_id("words"), "A council", "town", "2026-11-01", "uk", {"uk": "Так"}, "https://example.org/",
                       "", True, True, "", ""),),
            (SCHOOL,), {SCHOOL: {"en": "School 12"}}, None, "", "",
        ),
        Account(SCHOOL, "point", {"en": "School 12"}, False, {}, (), (), (), {}, 240, "2026-11-15", "2027-03"),
    )  # fmt: skip
    return PublicView(
        net=NET, network="Drawn", area="", titles={}, made_up=True, mode="outage", as_of_at_min=now_min,
        points=tuple(sorted(points, key=lambda one: one.id)), status=status, notices=(), accounts=accounts,
        operator="Drawn town", deployment=Deployment(report_url="/said"),
    )  # fmt: skip


def publish(folder: Path, view: PublicView) -> None:
    """Write the signed files and the content, each by a rename, content first."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    paths = {path: folder / path for path in ("data/manifest.shy", "data/base.shy", "data/delta.shy")}
    there = all(path.is_file() for path in paths.values())
    before = signed_of({name: path.read_bytes() for name, path in paths.items()}) if there else None
    contents = contents_of(view)
    key = HEADQUARTERS.public
    signed = encoded(view, contents, None, signer=HEADQUARTERS, keys=[key], before=before)
    for one in contents:
        assert isinstance(one.data, bytes)
        put(folder / one.path, one.data)
    for name in ("data/base.shy", "data/delta.shy", "data/manifest.shy"):
        put(folder / name, signed.files[name])


def put(path: Path, data: bytes) -> None:
    """Write a file by a rename, as publishers do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(data)
    draft.replace(path)


def write_folder(folder: Path, view: PublicView | None = None) -> Path:
    """The folder with its pages; returns it."""
    publish(folder, view or a_view())
    page = "<!doctype html><title>{}</title>" + "<p>Warm place</p>" * 100
    for name in ("index.html", "uk/index.html", "uk/p/school.html", "offline.html", "app/index.html"):
        put(folder / name, page.format(name).encode())
    put(folder / "app/sw.js", b"self.addEventListener('fetch', () => {});")
    put(folder / "app/assets/main-AbC123_x.js", b"export const x = 1;\n" * 100)
    put(folder / "app/manifest.webmanifest", b'{"name": "Warm places"}')
    put(folder / "data/basemap-0123456789abcdef.pmtiles", bytes(range(200)) * 5)
    put(folder / ".hidden", b"secret")
    put(folder.parent / "secret.txt", b"secret")
    return folder


__all__ = ["ARCHIVE", "HIDDEN", "IDEA", "LIBRARY", "NET", "NOW_MIN", "SCHOOL", "a_view", "publish", "put", "replace"]
