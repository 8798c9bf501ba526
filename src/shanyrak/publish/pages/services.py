"""What a point offers, in words: what it has, what it has not, and what nobody has said (P3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from babel import Locale

from shanyrak.core.texts import Texts
from shanyrak.publish.model import PublicPoint, Service

ORDER = (
    "heat", "medical_power", "hot_drink", "sockets", "seats", "hot_food", "drinking_water", "toilet", "overnight",
    "internet", "step_free", "mobile_signal", "lying_places", "high_power_charging", "medical_power_h",
    "medicine_cooling", "accessible_toilet", "mother_and_child", "quiet_corner", "pets", "psychologist",
    "through_curfew", "languages",
)  # fmt: skip
"""As a person in the cold asks for them. What happens in an air alert stands by itself."""
_NUMBERS = frozenset({"seats", "sockets", "lying_places", "medical_power_h"})
_NONE = "none"


def all_services(point: PublicPoint) -> dict[str, Service]:
    """What is declared; seats and sockets also from the description, where nothing else says how many."""
    found = dict(point.services)
    for name, number in (("seats", point.seats), ("sockets", point.sockets)):
        if number is not None and name not in found:
            found[name] = Service(number, point.since_at_min)
    return found


def offers(point: PublicPoint, t: Texts, most: int | None = None) -> list[str]:
    """What it has; the hours of a medical device's power stand in place of the bare yes."""
    said = all_services(point)
    hours = said.get("medical_power_h")
    if hours is not None and hours.value and "medical_power" in said and said["medical_power"].value:
        del said["medical_power"]
    return [text for has, text in _told(said, t) if has][:most]


def lacks(point: PublicPoint, t: Texts) -> list[str]:
    """What it is known not to have."""
    said = all_services(point)
    if "medical_power" in said and not said["medical_power"].value:
        said.pop("medical_power_h", None)
    return [text for has, text in _told(said, t) if not has]


def not_known(point: PublicPoint, t: Texts) -> list[str]:
    """What nobody said anything of."""
    said = all_services(point)
    without = {"medical_power_h", "languages"}
    names = [t(f"service.{name}") for name in ORDER if name not in said and name not in without]
    return names if "air_alert" in said else [*names, t("service.air_alert")]


def last_said_at_min(point: PublicPoint) -> int | None:
    """When the newest of the services was said."""
    return max((one.said_at_min for one in point.services.values()), default=None)


def _told(said: Mapping[str, Service], t: Texts) -> Iterator[tuple[bool, str]]:
    for name in ORDER:
        if name not in said:
            continue
        value = said[name].value
        if name in _NUMBERS and isinstance(value, int) and not isinstance(value, bool):
            yield (True, t(f"service.{name}.n", n=value)) if value else (False, t(f"service.{name}.no"))
        elif isinstance(value, bool):
            yield value, t(f"service.{name}" if value else f"service.{name}.no")
        elif isinstance(value, tuple):
            yield True, t("service.languages.list", list=", ".join(_language(t.language, one) for one in value))
        elif f"service.{name}.{value}" in t:
            yield value != _NONE, t(f"service.{name}.{value}")


@cache
def _language(reader: str, spoken: str) -> str:
    names = Locale.parse(reader).languages
    return str(names.get(spoken, spoken))
