"""A published folder opened: what a phone does, for programs and tests (``spec/bundle.md``, *Reading*)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from shanyrak.publish.bundle import BASE, DELTA, MANIFEST, Signed
from shanyrak.publish.bundle_content import read_accounts, read_names, read_points
from shanyrak.publish.bundle_signing import BundleRefused, opened, signed_by
from shanyrak.publish.model import Deployment, PublicView
from shanyrak.publish.town import NamedPlace

Get = Callable[[str], bytes]
"""The bytes of a path of the folder; OSError where there are none."""


def judged(
    data: bytes,
    kind: str,
    *,
    net: str = "",
    keys: Collection[str] | None = None,
    highest: int = -1,
    now_s: int | None = None,
    where: str = "",
) -> dict[str, Any]:
    """The payload of a signed file that may be taken; BundleRefused with the reason for any other.

    Parameters
    ----------
    kind : ``manifest``, ``base`` or ``delta``
    net : the network known (hex); "" takes any
    keys : pinned keys (hex); None trusts the keys a manifest itself lists (first use)
    highest : the highest version taken before; a lower one is rolled back
    now_s : the moment it is fetched; None for a copy that is kept, which may have expired
    """
    payload, plain, sig = opened(data, kind, net=net, where=where)
    try:
        head = msgspec.convert(payload, _SHAPES[kind])
    except msgspec.ValidationError as fault:
        raise BundleRefused("damaged", f"a member is missing or of another type ({fault})", where=where) from fault
    own = head.keys if isinstance(head, _Manifest) else ()
    trusted = own if keys is None else keys
    if any(len(key) != 64 or set(key) - set("0123456789abcdef") for key in (*own, *trusted)):
        raise BundleRefused("damaged", "a key is not 64 hex digits", where=where)
    key = signed_by(trusted, plain, sig)
    if not key or (own and key not in own):
        raise BundleRefused("forged", "it is not signed by this network's headquarters", where=where)
    if head.version < highest:
        raise BundleRefused("rolled_back", "it is older than a copy that was seen before", where=where)
    if now_s is not None and head.expires_s <= now_s:
        raise BundleRefused("expired", "it has expired", where=where)
    return payload


@dataclass(frozen=True)
class ReadBundle:
    """A bundle that was checked."""

    view: PublicView
    signed: Signed
    names: tuple[NamedPlace, ...]
    contents: Mapping[str, bytes]
    """Content files by role, those that were asked for."""


def read_bundle(
    get: Get,
    *,
    net: str = "",
    keys: Collection[str] | None = None,
    highest: tuple[int, int] = (-1, -1),
    now_s: int | None = None,
    roles: Collection[str] = ("points", "accounts"),
) -> ReadBundle:
    """Open a published folder; everything in it is checked before it is believed.

    Parameters
    ----------
    highest : versions of the manifest and the status taken before
    roles : contents to read besides points and accounts; "" among them reads all

    Raises
    ------
    BundleRefused
        With its ``code``; of a file that is not there, ``unreachable``.
    """
    manifest, raw_manifest = _signed(get, MANIFEST, "manifest", net=net, keys=keys, highest=highest[0], now_s=now_s)
    net, keys = str(manifest["net"]), tuple(manifest["keys"])
    base, raw_base = _signed(get, BASE, "base", net=net, keys=keys, now_s=now_s)
    delta, raw_delta = _signed(get, DELTA, "delta", net=net, keys=keys, now_s=now_s)
    signed = Signed(manifest, base, delta, {MANIFEST: raw_manifest, BASE: raw_base, DELTA: raw_delta})
    if signed.status_version < highest[1]:
        raise BundleRefused("rolled_back", "it is older than a copy that was seen before", where=BASE)
    entries = msgspec.convert(manifest["files"], dict[str, _Entry])
    wanted = {"points", "accounts", *(entries if "" in roles else roles)}
    contents = {role: _content(get, role, entries) for role in sorted(wanted)}
    # The base itself names its points, so that status and points fit in every moment of a publication.
    if entries["points"].sha256 != base["points"]:
        path = f"data/points-{base['points'][:16]}.z"
        contents["points"] = _checked(_fetched(get, path), str(base["points"]), None, path)
    points = read_points(contents["points"], where="points")
    status = signed.status()
    if len(status.points) != len(points):
        raise BundleRefused("damaged", "status and points do not fit", where=BASE)
    names = read_names(contents["names"], where="names") if "names" in contents else ()
    said = msgspec.convert(manifest, _Manifest)
    view = PublicView(
        net=net,
        network=said.network,
        area=said.area,
        titles=said.titles,
        made_up=said.made_up,
        mode=status.mode,
        as_of_at_min=status.as_of_at_min,
        points=points,
        status={point.id: one for point, one in zip(points, status.points, strict=True)},
        notices=status.notices,
        accounts=read_accounts(contents["accounts"], where="accounts"),
        operator=said.operator,
        deployment=Deployment(said.languages, said.zone, said.emergency, report_url=said.report_url),
    )
    return ReadBundle(view, signed, names, contents)


def _signed(get: Get, path: str, kind: str, **known: Any) -> tuple[dict[str, Any], bytes]:
    data = _fetched(get, path)
    return judged(data, kind, where=path, **known), data


def _fetched(get: Get, path: str) -> bytes:
    try:
        return get(path)
    except OSError as fault:
        raise BundleRefused("unreachable", "it cannot be had", where=path) from fault


def _content(get: Get, role: str, entries: Mapping[str, _Entry]) -> bytes:
    if role not in entries:
        raise BundleRefused("damaged", f"it lists no {role}", where=MANIFEST)
    entry = entries[role]
    return _checked(_fetched(get, entry.path), entry.sha256, entry.bytes, entry.path)


def _checked(data: bytes, sha256: str, size_bytes: int | None, path: str) -> bytes:
    if hashlib.sha256(data).hexdigest() != sha256 or size_bytes not in (None, len(data)):
        raise BundleRefused("damaged", "its bytes are not those that were signed", where=path)
    return data


class _Head(msgspec.Struct):
    """What is needed of any signed file."""

    net: str
    version: int
    expires_s: int


class _Base(_Head):
    points: str
    ttl_s: int
    as_of_at_min: int


class _Delta(_Head):
    base: int
    ttl_s: int
    as_of_at_min: int


class _Entry(msgspec.Struct):
    path: str
    sha256: str
    bytes: int


class _Manifest(_Head):
    made_s: int
    keys: tuple[str, ...]
    network: str
    operator: str
    titles: dict[str, str]
    made_up: bool
    area: str
    zone: str
    emergency: str
    report_url: str
    languages: tuple[str, ...]
    points: int
    files: dict[str, _Entry]


_SHAPES: Mapping[str, type[_Head]] = {"manifest": _Manifest, "base": _Base, "delta": _Delta}
