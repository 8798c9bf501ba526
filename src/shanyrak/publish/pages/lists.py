"""Pages that lead to a place: all on the first page where they are few; else districts and first letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from shanyrak.core.texts import Texts
from shanyrak.publish.model import PublicView
from shanyrak.publish.pages import accounts as told
from shanyrak.publish.pages.alphabet import sort_key
from shanyrak.publish.pages.dividing import divide, numbered
from shanyrak.publish.pages.moments import Clock
from shanyrak.publish.pages.naming import Said, plain, words
from shanyrak.publish.pages.place import SHOWN, Card
from shanyrak.publish.pages.rendering import LIMIT_BYTES, Maker, wire_bytes
from shanyrak.publish.pages.streets import Entry, LegMarkup, Letter, rows_of_letters

FEW = 60
"""So many points stand on one page; more are led to by district and by letter."""
LEANER = (0, 1, 2)
"""With everything; without services; without address too. The first that keeps a full page within the limit."""


@dataclass(frozen=True, slots=True)
class Group:
    """Points in the same state."""

    name: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class District:
    """A district and its points."""

    name: str
    path: str
    """From the folder of a language."""
    cards: tuple[Card, ...]


def by_state(cards: Sequence[Card], t: Texts) -> list[Group]:
    """Open first, shut last; names in alphabetical order."""
    found: dict[str, list[Card]] = {}
    for one in sorted(cards, key=lambda one: (SHOWN.index(one.state.code), sort_key(one.name.text), one.id)):
        found.setdefault(one.state.code, []).append(one)
    return [Group(t(f"state.{code}"), tuple(group)) for code, group in found.items()]


def notices_of(view: PublicView, t: Texts, clock: Clock, district: str | None = None) -> list[dict[str, Any]]:
    """Notices that still hold at the moment of the page; of one district and of everywhere, or all."""
    return [
        {
            "urgency": t(f"urgency.{one.urgency}") if one.urgency else t("home.notices"),
            "urgent": one.urgency == "danger",
            "district": plain(one.district, t.language),
            "until": t("age.until", time=clock.time(one.until_at_min)) if one.until_at_min is not None else "",
            "words": words(one.words, t.language),
        }
        for one in view.notices
        if (one.until_at_min is None or one.until_at_min > view.as_of_at_min)
        and (district is None or one.district in ("", district))
    ]


def size_words(t: Texts, size_bytes: int) -> str:
    """340 kB, 1.2 MB."""
    if size_bytes < 1_000_000:
        return t("size.kb", n=max(1, round(size_bytes / 1000)))
    return t("size.mb", n=size_bytes / 1e6)


class Contents:
    """Home and the districts of one language."""

    def __init__(
        self,
        maker: Maker,
        view: PublicView,
        clock: Clock,
        cards: Sequence[Card],
        letters: Sequence[Letter],
        finder: str,
    ) -> None:
        self.maker, self.view, self.clock, self.cards = maker, view, clock, cards
        self.t = maker.t
        self.letters = letters
        self._finder = finder
        self.divided = self._divided()

    def _divided(self) -> list[District]:
        found: dict[str, list[Card]] = {}
        raw = {one.id: one.district for one in self.view.points}
        for one in self.cards:
            found.setdefault(raw[one.id], []).append(one)
        districts = [
            District(
                plain(name, self.t.language) if name else self.t("home.no_district"),
                f"d/{sha256(name.encode()).hexdigest()[:8]}.html",
                tuple(cards),
            )
            for name, cards in found.items()
        ]
        none = self.t("home.no_district")
        return sorted(districts, key=lambda one: (one.name == none, sort_key(one.name), one.path))

    def home(self, path: str, alone: str, alone_bytes: int) -> bytes:
        """The first page; ``path``, and ``alone`` (the file that holds everything), from the top folder."""
        few = len(self.cards) <= FEW
        letters = [
            [{"letter": one.letter, "href": f"s/{one.file}.html"} for one in row]
            for row in rows_of_letters(self.letters)
        ]
        values: dict[str, Any] = {
            "empty": not self.cards,
            "letters": letters,
            "districts": []
            if few
            else [
                {"name": one.name, "href": one.path, "count": self.t("home.places", n=len(one.cards))}
                for one in self.divided
            ],
            "finder": self._finder,
            "alone": alone,
            "alone_size": size_words(self.t, alone_bytes),
            "credit": bool(letters) and bool(self.maker.site.credit),
            "part_links": [],
        }
        groups = by_state(self.cards, self.t) if few else []
        return self._fitting(path, self.maker.title, groups, None, values)

    def _fitting(
        self, path: str, heading: str, groups: Sequence[Group], district: str | None, values: Mapping[str, Any]
    ) -> bytes:
        page = b""
        for lean in LEANER:
            page = self._points_page(path, heading, groups, district, lean, values)
            if wire_bytes(page) <= LIMIT_BYTES:
                break
        return page

    def _points_page(
        self,
        path: str,
        heading: str,
        groups: Sequence[Group],
        district: str | None,
        lean: int,
        values: Mapping[str, Any],
    ) -> bytes:
        mode = self.view.mode
        return self.maker.page(
            "points.html.j2",
            path,
            heading,
            as_of=self.clock.now(),
            mode=self.t(f"mode.{mode}") if mode else "",
            notices=notices_of(self.view, self.t, self.clock, district),
            groups=groups,
            lean=lean,
            **values,
        )

    def districts(self) -> dict[str, bytes]:
        """A page a district, in parts where it has many points; none where all stand on the first page."""
        pages: dict[str, bytes] = {}
        if len(self.cards) > FEW:
            for one in self.divided:
                pages |= self._district(one)
        return pages

    def _district(self, district: District) -> dict[str, bytes]:
        t = self.t
        ordered = [card for group in by_state(district.cards, t) for card in group.cards]
        raw = {one.id: one.district for one in self.view.points}[district.cards[0].id]
        path = f"{t.language}/{district.path}"

        def make(parts: list[Sequence[Card]], which: int) -> bytes:
            links = [
                {
                    "title": t("part.title", number=str(i + 1), all=str(len(parts))) + ": " + part[0].state.name,
                    "href": numbered(path, i).rpartition("/")[2],
                    "here": i == which,
                }
                for i, part in enumerate(parts)
            ]
            values = {
                "empty": False,
                "letters": [],
                "districts": [],
                "finder": "",
                "alone": "",
                "part_links": links,
                "twin": district.path,  # another language may have fewer parts
            }
            heading = district.name
            if len(parts) > 1:
                heading += ", " + t("part.title", number=str(which + 1), all=str(len(parts)))
            return self._points_page(numbered(path, which), heading, by_state(parts[which], t), raw, 0, values)

        parts = divide(ordered, make)
        return {numbered(path, i): make(parts, i) for i in range(len(parts))}


def letter_pages(maker: Maker, letter: Letter, clock: Clock) -> dict[str, bytes]:
    """The names under one letter, in parts of at most the limit: from ... to ..."""
    t = maker.t
    path = f"{t.language}/s/{letter.file}.html"
    # The rows are the same on whichever part they stand, so each is made once.
    writer = LegMarkup(t.language, lambda card: f"../{card.href}")
    rows = [(one, writer.entry(one, "h2")) for one in letter.entries]
    line = any(leg.line for one in letter.entries for leg in one.legs)

    def make(parts: list[Sequence[tuple[Entry, str]]], which: int) -> bytes:
        links = [
            {
                "title": t("part.from_to", first=part[0][0].title, last=part[-1][0].title),
                "href": numbered(path, i).rpartition("/")[2],
                "here": i == which,
            }
            for i, part in enumerate(parts)
        ]
        return maker.page(
            "letter.html.j2",
            numbered(path, which),
            t("letter.title", letter=letter.letter) + (f", {links[which]['title']}" if len(parts) > 1 else ""),
            twin="index.html",  # other languages have other letters
            day=clock.long_day(),
            rows=Markup("".join(row for _, row in parts[which])),
            part_links=links,
            lines=line,
            credit=bool(maker.site.credit),
        )

    parts = divide(rows, make)
    return {numbered(path, i): make(parts, i) for i in range(len(parts))}


def account_pages(
    maker: Maker, view: PublicView, clock: Clock, point_hrefs: Mapping[str, str], hrefs: Mapping[str, str]
) -> dict[str, bytes]:
    """Accounts and two indexes: what is run here, and what is remembered, which no page that leads to warmth names."""
    t = maker.t
    pages = {
        f"{t.language}/{hrefs[one.id]}": maker.page(
            "account.html.j2",
            f"{t.language}/{hrefs[one.id]}",
            told.account_name(one, t).text,
            a=told.account_values(one, t, clock, point_hrefs, hrefs),
        )
        for one in view.accounts
    }
    remembered = any(one.archive for one in view.accounts)
    pages |= _index(maker, view, hrefs, archive=False, remembered="remembered/index.html" if remembered else "")
    if remembered:
        pages |= _index(maker, view, hrefs, archive=True, remembered="")
    return pages


def _index(
    maker: Maker, view: PublicView, hrefs: Mapping[str, str], *, archive: bool, remembered: str
) -> dict[str, bytes]:
    t = maker.t
    path = f"{t.language}/{'remembered' if archive else 'a'}/index.html"
    links: list[tuple[str, str, Said]] = [
        (
            "account.initiatives" if one.type == "initiative" else "account.places",
            hrefs[one.id],
            told.account_name(one, t),
        )
        for one in view.accounts
        if one.archive is archive
    ]
    links.sort(key=lambda link: (link[0], sort_key(link[2].text), link[1]))

    def make(parts: list[Sequence[tuple[str, str, Said]]], which: int) -> bytes:
        groups = [
            {
                "name": t(kind),
                "links": [{"href": href, "name": name} for own, href, name in parts[which] if own == kind],
            }
            for kind in dict.fromkeys(own for own, _, _ in parts[which])
        ]
        part_links = [
            {
                "title": t("part.title", number=str(i + 1), all=str(len(parts))),
                "href": numbered(path, i).rpartition("/")[2],
                "here": i == which,
            }
            for i in range(len(parts))
        ]
        return maker.page(
            "accounts.html.j2",
            numbered(path, which),
            t("account.remembered" if archive else "account.index"),
            twin=path.partition("/")[2],  # another language may have fewer parts
            why=t("account.remembered_why") if archive else "",
            groups=groups,
            part_links=part_links,
            remembered=remembered,
        )

    parts = divide(links, make)
    return {numbered(path, i): make(parts, i) for i in range(len(parts))}
