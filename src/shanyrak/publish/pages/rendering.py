"""One page made of a template: its shell, its one inline style, links that work under any path and from a stick."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from shanyrak.core.texts import Texts, texts
from shanyrak.publish.model import PublicView
from shanyrak.publish.pages.naming import label

LIMIT_BYTES = 14_000
"""Most bytes of a page on the wire (gzip, level 6): what a first flight of packets brings on a bad line."""
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("shanyrak.publish.pages", "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def style() -> Markup:
    """The style sheet without its comments and spaces."""
    text = (files("shanyrak.publish.pages") / "style.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return Markup(re.sub(r" ?([{};,>]) ?|(?<=:) ", lambda found: found[1] or "", text).replace(";}", "}").strip())


@cache
def _sign() -> Markup:
    folder = files("shanyrak.publish.pages") / "templates"
    return Markup((folder / "sign.svg").read_text(encoding="utf-8").strip())


def wire_bytes(page: bytes) -> int:
    """Size of a page on the wire."""
    return len(zlib.compress(page, 6)) + 12  # gzip's head and tail are 18 bytes, zlib's 6


@dataclass(frozen=True)
class Site:
    """What is the same on all pages."""

    name: str
    operator: str
    emergency: str
    made_up: bool
    credit: str
    forms: bool
    """Served by the program, which takes what people propose, promise and begin."""


class KeptPages:
    """Pages made before, by a hash of all that they are made of: each depends on few points, and most stay as they are.

    The same values give the same bytes, so what comes out does not tell whether a page was kept or made.
    """

    def __init__(self) -> None:
        self._before: dict[bytes, bytes] = {}
        self._now: dict[bytes, bytes] = {}

    def page(self, key: bytes, make: Callable[[], bytes]) -> bytes:
        """The page of these values, made where it was not made before."""
        found = self._now.get(key) or self._before.get(key) or make()
        self._now[key] = found
        return found

    def turn(self) -> None:
        """A publication is complete: pages that it did not need are forgotten."""
        self._before, self._now = self._now, {}


class Maker:
    """Makes pages of one language.

    Parameters
    ----------
    languages : of the deployment, the default first
    credit : where the map comes from, said on pages that show what was derived from it; "" where there is none
    kept : pages of the publication before
    forms : served by the program, with its plain forms
    """

    def __init__(
        self,
        view: PublicView,
        language: str,
        languages: Sequence[str],
        credit: str,
        kept: KeptPages | None = None,
        *,
        forms: bool = False,
    ) -> None:
        self._kept = kept
        self.t: Texts = texts(language, "words", "pages")
        self.languages = tuple(languages)
        title = label(view.titles, language).text
        place = "" if view.made_up else title
        self.title = self.t("page.title", place=place) if place else self.t("page.title_plain")
        self.site = Site(
            name=place or view.network or self.t("page.title_plain"),
            operator=view.operator,
            emergency=view.deployment.emergency,
            made_up=view.made_up,
            credit=credit,
            forms=forms,
        )

    @property
    def home(self) -> str:
        """The first page of this language, from the top folder."""
        return f"{self.t.language}/index.html"

    def page(self, template: str, path: str, heading: str, twin: str = "", **values: Any) -> bytes:
        """A page.

        Parameters
        ----------
        path : from the top folder
        heading : its title
        twin : page in the folder of another language that says the same; without it, the same path there
        values : what the template asks for: texts, numbers, lists and records, which ``repr`` tells whole
        """
        if self._kept is None:
            return self._page(template, path, heading, twin, values)
        made_of = (template, path, heading, twin, self.t.language, self.languages, self.title, self.site, values)
        key = hashlib.sha256(repr(made_of).encode()).digest()
        return self._kept.page(key, lambda: self._page(template, path, heading, twin, values))

    def _page(self, template: str, path: str, heading: str, twin: str, values: Mapping[str, Any]) -> bytes:
        up = "../" * path.count("/")
        folder, _, rest = path.rpartition("/")
        inside = path.split("/", 1)[1] if "/" in path else path
        shown = {"up": up, "base": f"{up}{self.t.language}/", "home": self.home, "credit": False}
        shown |= {"at_home": rest == "index.html" and folder in ("", self.t.language)}
        shown |= {"languages": self._twins(up, twin or inside), "sign": _sign(), "style": style(), "t": self.t}
        title = f"{heading} · {self.site.name}" if heading != self.title else heading
        page = _ENVIRONMENT.get_template(template).render(
            {"site": self.site, "heading": heading, "title": title, **shown, **values}
        )
        return re.sub(r"\n\s*", "\n", page).strip().encode()

    def _twins(self, up: str, inside: str) -> list[Mapping[str, str]]:
        if len(self.languages) < 2:
            return []
        return [
            {"code": one, "name": texts(one, "words")("language.name"), "href": f"{up}{one}/{inside}"}
            for one in self.languages
        ]
