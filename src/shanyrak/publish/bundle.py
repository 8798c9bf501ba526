"""The public view as the files of a bundle (``spec/bundle.md``): deterministic, and blind to whatever is not public.

``encoded`` makes the signed files out of the view, the content and what was published last. Equal arguments give
equal bytes, and nothing else goes in: no clock, no disk, no ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from shanyrak.facts.signing import Signer
from shanyrak.publish.bundle_content import write_accounts, write_points
from shanyrak.publish.bundle_signing import FORMAT, opened, sealed
from shanyrak.publish.bundle_status import Status, base_members, delta_members, read_base, read_delta
from shanyrak.publish.clocks import offsets
from shanyrak.publish.model import PublicView

MANIFEST: Final = "data/manifest.shy"
BASE: Final = "data/base.shy"
DELTA: Final = "data/delta.shy"
TTL_S: Final = 300
LIFE_S: Final = 14 * 86_400
DAY_MIN: Final = 1_440
MOST_DELTA_BYTES: Final = 500
_OF_ITS_MOMENT = ("version", "made_s", "expires_s")
"""Members of a manifest that do not count when two are compared."""


@dataclass(frozen=True, slots=True)
class Content:
    """One content file."""

    role: str
    ext: str
    data: bytes | Path
    sha256: str
    """64 hex digits."""
    size_bytes: int

    @property
    def path(self) -> str:
        """Where it lies in the folder."""
        return content_path(self.role, self.sha256, self.ext)


def content(role: str, ext: str, data: bytes | Path) -> Content:
    """A content file of bytes, or of a file on disk (whose hash is read off it)."""
    if isinstance(data, bytes):
        return Content(role, ext, data, hashlib.sha256(data).hexdigest(), len(data))
    with data.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return Content(role, ext, data, found, data.stat().st_size)


def content_path(role: str, sha256: str, ext: str) -> str:
    """The path of a content file in the folder."""
    return f"data/{role}-{sha256[:16]}.{ext}"


@dataclass(frozen=True, slots=True)
class MapFacts:
    """What the manifest says of the map."""

    content_hash: str
    box_e7: tuple[int, int, int, int]
    attribution: str
    walk_cells: str
    """Role of the cells."""
    walk_packs: Mapping[str, tuple[str, ...]]
    """Roles of the packs, by profile, in their order."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The three signed files of a folder: payloads, and bytes."""

    manifest: Mapping[str, Any]
    base: Mapping[str, Any]
    delta: Mapping[str, Any]
    files: Mapping[str, bytes]

    @property
    def version(self) -> int:
        """The last version published: the highest of the three."""
        return max(int(one["version"]) for one in (self.manifest, self.base, self.delta))

    @property
    def status_version(self) -> int:
        """Version of the status."""
        goes_with = self.delta["base"] == self.base["version"]
        return int(self.delta["version"] if goes_with else self.base["version"])

    def status(self) -> Status:
        """The status they tell: that of the delta where it goes with the base."""
        base = read_base(dict(self.base), where=BASE)
        if self.delta["base"] != self.base["version"]:
            return base
        return read_delta(base, dict(self.delta), where=DELTA)


def signed_of(files: Mapping[str, bytes], *, net: str = "") -> Signed:
    """The signed files of a folder as they lie there; BundleRefused where one is damaged. No signature is checked."""
    kinds = {"manifest": MANIFEST, "base": BASE, "delta": DELTA}
    payloads = {kind: opened(files[path], kind, net=net, where=path)[0] for kind, path in kinds.items()}
    return Signed(**payloads, files={path: files[path] for path in kinds.values()})


def status_of(view: PublicView) -> Status:
    """The part of the view that changes fast, in the order of its points."""
    return Status(view.as_of_at_min, tuple(view.status[point.id] for point in view.points), view.mode, view.notices)


def contents_of(view: PublicView) -> list[Content]:
    """The content files that are made of the view alone."""
    return [
        content("points", "z", write_points(view.points)),
        content("accounts", "z", write_accounts(view.accounts)),
    ]


def encoded(
    view: PublicView,
    contents: Collection[Content],
    town: MapFacts | None,
    *,
    signer: Signer,
    keys: Collection[bytes],
    before: Signed | None,
) -> Signed:
    """The signed files of a view; where it says what is published already, ``before`` itself.

    What is written anew depends on the view, the content and ``before`` only: a delta while it fits and the points
    are those of the base, else a base; a manifest where what it says changed, or where a day has begun since.

    Parameters
    ----------
    contents : all content files, those of ``contents_of`` among them
    keys : public keys of all headquarters in force; the signer's is among them
    before : what the folder holds
    """
    as_of_min = view.as_of_at_min if before is None else max(view.as_of_at_min, before.delta["as_of_at_min"])
    version = as_of_min * 60 if before is None else max(before.version + 1, as_of_min * 60)
    common = {"f": FORMAT, "net": view.net, "version": version, "expires_s": as_of_min * 60 + LIFE_S}
    points_sha256 = next(one.sha256 for one in contents if one.role == "points")
    says = {"f": FORMAT, "t": "manifest", "net": view.net, **_manifest(view, contents, town, keys)}
    # Once a day all is signed anew, so that nothing expires; and when the keys change, so that no old one is needed.
    anew = before is None or before.manifest["keys"] != says["keys"] or _day(before.manifest) < as_of_min // DAY_MIN
    same = before is not None and not anew and _lasting(before.manifest) == says
    status = replace(status_of(view), as_of_at_min=as_of_min)
    same_status = (
        before is not None and not anew and before.base["points"] == points_sha256 and before.status() == status
    )
    if before is not None and same and same_status:
        return before

    payloads: dict[str, Mapping[str, Any]] = {}
    files: dict[str, bytes] = dict(before.files) if before is not None else {}

    def put(kind: str, path: str, members: Mapping[str, Any]) -> bytes:
        payload = {**common, "t": kind, **members}
        payloads[kind], files[path] = payload, sealed(payload, signer)
        return files[path]

    if not same_status:
        fits = False
        if before is not None and not anew and before.base["points"] == points_sha256:
            base = read_base(dict(before.base), where=BASE)
            members = {"base": before.base["version"], "ttl_s": TTL_S, **delta_members(base, status)}
            fits = len(put("delta", DELTA, members)) <= MOST_DELTA_BYTES
        if not fits:
            put("base", BASE, {"ttl_s": TTL_S, "points": points_sha256, **base_members(status)})
            put("delta", DELTA, {"base": version, "ttl_s": TTL_S, "as_of_at_min": as_of_min, "set": []})
    if not same:
        put("manifest", MANIFEST, {**says, "made_s": as_of_min * 60})
    if before is not None:
        payloads = {"manifest": before.manifest, "base": before.base, "delta": before.delta} | payloads
    return Signed(**payloads, files=files)


def _day(manifest: Mapping[str, Any]) -> int:
    return int(manifest["made_s"]) // 60 // DAY_MIN


def _lasting(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in manifest.items() if name not in _OF_ITS_MOMENT}


def _manifest(
    view: PublicView, contents: Collection[Content], town: MapFacts | None, keys: Collection[bytes]
) -> dict[str, Any]:
    rules = view.deployment
    year = datetime.fromtimestamp(view.as_of_at_min * 60, UTC).year
    return {
        "keys": sorted(key.hex() for key in keys),
        "network": view.network,
        "operator": view.operator,
        "titles": dict(view.titles),
        "made_up": view.made_up,
        "area": view.area,
        "map": None
        if town is None
        else {"content": town.content_hash, "box_e7": list(town.box_e7), "attribution": town.attribution},
        "zone": rules.zone,
        "offsets_min": [list(pair) for pair in offsets(rules.zone, year)],
        "emergency": rules.emergency,
        "report_url": rules.report_url,
        "languages": list(rules.languages),
        "points": len(view.points),
        "files": {
            one.role: {"path": one.path, "sha256": one.sha256, "bytes": one.size_bytes}
            for one in sorted(contents, key=lambda one: one.role)
        },
        "walk": None
        if town is None
        else {
            "cells": town.walk_cells,
            "profiles": {profile: list(roles) for profile, roles in sorted(town.walk_packs.items())},
        },
    }
