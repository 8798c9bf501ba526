"""The words people read, from ``spec/texts``: one file a language, shared with the web app.

A text is a string with ``{names}`` in it, or an object of plural forms (CLDR: one, few, many,
other, and ``=1``), chosen by the number called ``n``. Babel writes numbers as the language does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent

from shanyrak.core.spec import spec_folder


@dataclass(frozen=True)
class Texts:
    """All texts of one language."""

    language: str
    messages: Mapping[str, str | Mapping[str, str]]
    locale: Locale

    def __contains__(self, key: object) -> bool:
        return key in self.messages

    def __call__(self, key: str, *, n: float | None = None, **values: str) -> str:
        """The text of a key (``spec/texts/README.md``): ``n`` chooses the plural form, the rest is filled in."""
        message = self.messages[key]
        if not isinstance(message, str):
            assert n is not None, f"{key} has plural forms and needs n"
            message = message["=1"] if n == 1 and "=1" in message else message[self.locale.plural_form(n)]
        return message.format(**values) if n is None else message.format(n=self.number(n), **values)

    def number(self, value: float) -> str:
        """A number to at most one decimal; none from 100 on."""
        return format_decimal(round(value) if abs(value) >= 100 else round(value, 1), locale=self.locale)

    def people(self, persons: float) -> str:
        """A number of people, whole."""
        return format_decimal(round(persons), locale=self.locale)

    def percent(self, share: float) -> str:
        """A share as per cent, one decimal where it is small."""
        return format_percent(share, format="0.#%" if share < 0.1 else "0%", locale=self.locale)

    def moment(self, at: datetime) -> str:
        """Date and time, middle length."""
        return format_datetime(at, "medium", locale=self.locale)


LANGUAGES = ("uk", "en", "kk", "de", "ru")
"""Languages that the public side is written in. Their order, and which are shown, belong to a deployment."""


@cache
def texts(language: str, *parts: str) -> Texts:
    """Texts of a language that ``spec/texts`` has; what it lacks is taken from English.

    Parameters
    ----------
    parts : folders of ``spec/texts`` to take them from (``words``, ``finder``, ``pages``); without them the
        texts of plan and sheets, which lie in ``spec/texts`` itself
    """
    messages: dict[str, str | Mapping[str, str]] = {}
    for part in parts or ("",):
        folder = spec_folder() / "texts" / part
        messages |= json.loads((folder / "en.json").read_text(encoding="utf-8"))
        messages |= json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    return Texts(language, messages, Locale.parse(language))
