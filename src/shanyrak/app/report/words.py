"""What a plan says in sentences: the same texts and the same rounding as the web page.

People *reached* are rounded down and *at most possible* up, minutes up, all else to the nearest
(``spec/texts/README.md``), so that no sentence promises more than was found.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from shanyrak.core.texts import Texts


def people(t: Texts, persons: float) -> str:
    """ "21,400 people", rounded to the nearest."""
    return t("plan.people", n=round(persons))


def reached(t: Texts, persons: float) -> str:
    """People reached, rounded down."""
    return t("plan.people", n=math.floor(persons + 1e-9))


def at_most(t: Texts, persons: float) -> str:
    """A bound, rounded up; a number only."""
    return t.number(math.ceil(persons - 1e-9))


def minutes(t: Texts, value: float) -> str:
    """ "15 minutes", rounded up."""
    return t("plan.minutes", n=math.ceil(value - 1e-9))


def slug(value: str) -> str:
    """The last part of a key for a value of the data."""
    return re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")


def kind(t: Texts, site: Mapping[str, Any]) -> str:
    """What a site is: its detail if there is a word for it, else its kind."""
    detail = f"plan.detail.{slug(str(site.get('detail', '')))}"
    return t(detail) if detail in t else t(f"plan.kind.{slug(str(site['kind']))}")


def place_name(t: Texts, place: Mapping[str, Any]) -> str:
    """What a site is called: its own name, what it is near, or else what it is."""
    name = str(place.get("name", ""))
    if not name:
        return kind(t, place) if "kind" in place else ""
    return t("plan.near", name=name) if place.get("named_by") == "near" else name


def sentence(t: Texts, summary: Mapping[str, Any], existing: int) -> str:
    """The sentence a report begins with."""
    k = int(summary["k"])
    if k == 0:
        return t(
            "plan.sentence.none",
            people=reached(t, summary["covered_persons"]),
            minutes=minutes(t, summary["minutes"]),
        )
    values = {
        "people": reached(t, summary["covered_persons"]),
        "minutes": minutes(t, summary["minutes"]),
        "most": at_most(t, summary["bound_persons"]),
    }
    if existing:
        values["existing"] = t("plan.sentence.existing", n=existing)
    form = ("proven" if summary["proven"] else "bounded") + ("_existing" if existing else "")
    text = t(f"plan.sentence.{form}", n=k, **values)
    if summary["stopped_by"] in ("time", "work"):
        text += " " + t(f"plan.sentence.stopped_{summary['stopped_by']}")
    return text


def why(t: Texts, reason: Mapping[str, Any]) -> str | None:
    """One reason for a site as a sentence; None where it says nothing (nobody for whom it is the only one)."""
    code = str(reason["code"])
    nobody = "persons" in reason and round(reason["persons"]) == 0
    if code == "alone" and nobody:
        return None
    if code in ("adds", "next_best") and (nobody or (not place_name(t, reason) and code == "next_best")):
        return t(f"plan.why.{code}_none")
    if code in ("nearest_other", "nearest_existing") and reason.get("minutes") is None:
        return t("plan.why.no_other")
    values: dict[str, str] = {}
    if "persons" in reason:
        values["people"] = people(t, reason["persons"])
    if "minutes" in reason:
        values["minutes"] = minutes(t, reason["minutes"])
    if "name" in reason:
        values["name"] = place_name(t, reason)
    if "rank" in reason:
        values["rank"] = str(reason["rank"])
    return t(f"plan.why.{code}", n=None, **values)
