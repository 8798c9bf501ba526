"""What belongs to a deployment: read from ``spec/deployment.json`` and, on top of it, a file of the operator's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opening_hours import OpeningHours

from shanyrak.core.errors import InvalidInput
from shanyrak.core.spec import spec_folder
from shanyrak.core.texts import LANGUAGES
from shanyrak.publish.model import Deployment, Region

FILE = "deployment.json"
CROWDING = ("off", "bands", "full")
_HELP = "help"
_WHOLE = {"band_holds_min": (1, 1440), "notice_holds_min": (1, 525_600)}


def load_deployment(own: Path | None = None, *, spec: Path | None = None) -> Deployment:
    """The rules of a deployment.

    Parameters
    ----------
    own : the operator's file; what it does not say is as in ``spec/deployment.json``. None, or not there: as that
    spec : folder read instead of the ``spec`` that comes with the program

    Raises
    ------
    InvalidInput
        A member is unknown or its value cannot be used; the message names file and member.
    """
    folder = spec or spec_folder()
    said = _read(folder / FILE)
    if own is not None and own.is_file():
        said |= _read(own)
    regions = {one["name"]: one for one in _read(folder / "oblasts.json")["oblasts"]}
    where = str(own) if own is not None and own.is_file() else FILE
    return _deployment(said, regions, where)


def _deployment(said: dict[str, Any], regions: dict[str, Any], where: str) -> Deployment:
    known = ("languages", "zone", "emergency", "crowding", "report_url", "country", "hidden_oblasts", *_WHOLE, _HELP)
    for name in said:
        if name not in known:
            raise InvalidInput(f"{name} is no member of a deployment", where=where, mend=f"Use {', '.join(known)}")
    languages = _words(said["languages"], "languages", LANGUAGES, where)
    if not languages:
        raise InvalidInput("languages is empty", where=where, mend="Name one at least")
    hidden = _words(said["hidden_oblasts"], "hidden_oblasts", tuple(regions), where)
    for name, (least, most) in _WHOLE.items():
        if type(said[name]) is not int or not least <= said[name] <= most:
            raise InvalidInput(f"{name} is no whole number from {least} to {most}", where=where)
    for name in ("zone", "emergency", "crowding", "report_url", "country"):
        if not isinstance(said[name], str):
            raise InvalidInput(f"{name} is no text", where=where)
    _words([said["crowding"]], "crowding", CROWDING, where)
    _check_zone(said["zone"], said["country"], where)
    if not re.fullmatch(r"(https?://[!-~]{1,1000})?", said["report_url"]):
        raise InvalidInput("report_url is no web address", where=where, mend='Begin it with https://, or give ""')
    return Deployment(
        languages=languages,
        zone=said["zone"],
        emergency=said["emergency"],
        crowding=said["crowding"],
        report_url=said["report_url"],
        country=said["country"],
        band_holds_min=said["band_holds_min"],
        notice_holds_min=said["notice_holds_min"],
        hidden=tuple(_region(regions[name]) for name in hidden),
    )


def _region(data: dict[str, Any]) -> Region:
    ring = tuple((round(lon * 1e7), round(lat * 1e7)) for lon, lat in data["ring"])
    return Region(tuple(data["words"]), ring)


def _words(value: Any, name: str, allowed: Iterable[str], where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or any(word not in allowed for word in value):
        raise InvalidInput(f"{name} is {value!r}", where=where, mend=f"Choose from {', '.join(allowed)}")
    return tuple(dict.fromkeys(value))


def _check_zone(zone: str, country: str, where: str) -> None:
    try:
        local = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        mend = "Use a name such as Europe/Kyiv"
        raise InvalidInput(f"{zone!r} is no time zone", where=where, mend=mend) from fault
    try:
        OpeningHours("24/7", timezone=local, country=country or None)
    except Exception as fault:  # its own error class has no type that could be named here
        mend = 'Use a code of two letters such as UA, or ""'
        raise InvalidInput(f"{country!r} is no country whose holidays are known", where=where, mend=mend) from fault


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise InvalidInput(f"it cannot be read: {fault}", where=str(path)) from fault
    if not isinstance(data, dict):
        raise InvalidInput("it is no JSON object", where=str(path))
    return data
