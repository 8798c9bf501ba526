"""Words on the desk's papers, in the language they are printed in."""

from __future__ import annotations

from shanyrak.app.desk.model import Labels
from shanyrak.core.romanise import romanise
from shanyrak.core.texts import Texts, texts
from shanyrak.publish.pages.moments import Clock

_BY = {"duty": "who.duty", "desk": "who.desk", "headquarters": "who.desk", "list": "who.list",
       "inspector": "who.inspector", "visitors": "who.visitors", "driver": "by.driver"}  # fmt: skip
_LATIN = ("en", "de")


def words(language: str) -> Texts:
    """Words that the screens share with paper, and paper's own."""
    return texts(language, "words", "host", "desk-papers")


def name_in(names: Labels, language: str, id: str = "") -> str:
    """What a place is called in a language; a Ukrainian name is written in Latin letters where those are read."""
    if language in names:
        return names[language]
    own = names.get("uk") or next(iter(names.values()), "") or id[:8]
    return names.get("en") or romanise(own) if language in _LATIN else own


def code_in(t: Texts, family: str, code: str) -> str:
    """A code in words; as it stands where there are none for it."""
    key = f"{family}.{code}"
    return t(key) if code and key in t else code.replace("_", " ")


def by_in(t: Texts, by: str) -> str:
    """Whose word it is."""
    return t(_BY[by]) if by in _BY else ""


def time_in(t: Texts, zone: str, at_min: int | None) -> str:
    """Day and time; "" where it is not known."""
    return Clock(t, zone, at_min).now() if at_min is not None else ""
