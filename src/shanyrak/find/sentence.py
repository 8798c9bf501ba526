"""What a person reads out on the phone for someone else: which place, how far, what was said, and if it is shut.

Words: ``texts(language, "words", "finder-sentence")``. Everything that depends on a clock or a zone comes in as text.
"""

from __future__ import annotations

from dataclasses import dataclass

from shanyrak.core.texts import Texts

PARTS = ("words", "finder-sentence")
"""Parts of ``spec/texts`` that the sentence is made of."""


@dataclass(frozen=True, slots=True)
class Further:
    """The next place if the first is shut."""

    name: str
    minutes: int | None
    line_m: int | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is to be said of one place."""

    name: str
    """With its kind where the name does not tell it."""
    address: str
    minutes: int | None
    line_m: int | None
    direction: str
    """``arrow.direction``; said only with a straight line."""
    state: str
    """As said last."""
    shown: str
    """As it is shown now (``trust.Aged.shown``)."""
    by: str
    """``duty desk list inspector``; "" where nobody said."""
    when: str
    """Text ``when.today`` or ``when.day``, filled in; "" where nobody said."""
    band: str = ""
    on_arrival: str = ""
    """``ranking.Ranked.on_arrival``"""
    visitors_shut: int = 0
    visitors_not_here: int = 0
    """How many visitors said so since, where they contradict; else 0."""
    then: Further | None = None


def sentence(spoken: Spoken | None, emergency: str, t: Texts) -> str:
    """Short sentences in the order in which somebody needs them; None is: no warm place is known.

    The names of places are data and stay as they are.
    """
    if spoken is None:
        return t("sentence.nothing", number=emergency)
    place = "sentence.place" if spoken.address else "sentence.place_only"
    parts = [t(place, name=spoken.name, address=spoken.address)]
    if spoken.minutes is not None:
        parts.append(t("sentence.walk_min", n=spoken.minutes))
    elif spoken.line_m is not None:
        parts.append(t("sentence.walk_line", n=spoken.line_m, direction=t(f"direction.{spoken.direction}")))
    parts += _said(spoken, t)
    if spoken.visitors_shut:
        parts.append(t("visitors.shut", n=spoken.visitors_shut))
    if spoken.visitors_not_here:
        parts.append(t("visitors.not_here", n=spoken.visitors_not_here))
    if spoken.on_arrival:
        parts.append(t(f"sentence.{spoken.on_arrival}"))
    if spoken.then is not None and spoken.then.minutes is not None:
        parts.append(t("sentence.if_shut_min", n=spoken.then.minutes, name=spoken.then.name))
    elif spoken.then is not None and spoken.then.line_m is not None:
        parts.append(t("sentence.if_shut_line", n=spoken.then.line_m, name=spoken.then.name))
    parts.append(t("sentence.emergency", number=emergency))
    return " ".join(parts)


def _said(spoken: Spoken, t: Texts) -> list[str]:
    """Whose word and when; then what became of it since."""
    if not spoken.by or not spoken.when or spoken.state == "unknown":
        return [t("said.nobody")]
    parts = [t(f"said.{spoken.state}", when=spoken.when, who=t(f"by.{spoken.by}"))]
    if spoken.shown == "unknown":
        parts.append(t("sentence.unknown_now"))
    elif spoken.shown == "not_confirmed":
        parts.append(t("sentence.not_confirmed"))
    elif spoken.shown == "open" and spoken.band == "full":
        parts.append(t("sentence.full"))
    return parts
