"""What a thing is called for a reader, and in which language that is."""

from __future__ import annotations

from dataclasses import dataclass

from shanyrak.core.romanise import romanise
from shanyrak.core.texts import Texts
from shanyrak.publish.model import Labels, PublicPoint

_INSTEAD = {
    "uk": ("ru", "en"),
    "ru": ("uk", "kk", "en"),
    "kk": ("ru", "uk", "en"),
    "en": ("de",),
    "de": ("en",),
}
"""Whose words a reader is given where their own are missing, best first."""
_LATIN = ("en", "de")
_YURT_WORDS = ("незламності", "несокрушимости", "жеңілмейтін", "invincibility", "unbesiegbarkeit")


@dataclass(frozen=True, slots=True)
class Said:
    """Words and the language they are in."""

    text: str
    lang: str


def label(labels: Labels, language: str) -> Said:
    """Labels in the reader's language, else the nearest there is; Ukrainian names in Latin letters for en and de."""
    for one in (language, *_INSTEAD.get(language, ())):
        if labels.get(one):
            return Said(labels[one], one)
    if labels.get("uk") and language in _LATIN:
        return Said(romanise(labels["uk"]), "uk-Latn")
    for one in sorted(labels):
        if labels[one]:
            return Said(labels[one], one)
    return Said("", language)


def words(labels: Labels, language: str) -> Said:
    """As ``label``, for sentences: they are never put into other letters."""
    for one in (language, *_INSTEAD.get(language, ()), "uk", *sorted(labels)):
        if labels.get(one):
            return Said(labels[one], one)
    return Said("", language)


def plain(text: str, language: str) -> str:
    """An address or a district, which the record has in one writing only."""
    return romanise(text) if language in _LATIN else text


def kind_of_place(point: PublicPoint, t: Texts) -> str:
    """What it may be called: Point of Invincibility only on an official list, a yurt likewise or by its own name."""
    if point.kind == "yurt":
        own = " ".join(point.names.values()).lower()
        return t("point.yurt" if point.official or any(word in own for word in _YURT_WORDS) else "kind.yurt")
    return t("point.official" if point.official else "point")


def point_name(point: PublicPoint, t: Texts) -> Said:
    """Its name; a point that nobody named is called by what it is and its address."""
    name = label(point.names, t.language)
    if name.text:
        return name
    what = t(f"kind.{point.kind}") if point.kind and point.kind != "other" else kind_of_place(point, t)
    return Said(f"{what}, {plain(point.address, t.language)}" if point.address else what, t.language)
