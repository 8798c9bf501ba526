"""All plain pages of a public view: path -> bytes. Pure: the same view gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shanyrak.core.attribution import OSM_ATTRIBUTION
from shanyrak.core.texts import LANGUAGES
from shanyrak.core.units import E7
from shanyrak.find.trust import Aged
from shanyrak.publish.model import PublicView
from shanyrak.publish.pages import accounts as told
from shanyrak.publish.pages import lists, offline, streets
from shanyrak.publish.pages.moments import Clock
from shanyrak.publish.pages.naming import Said
from shanyrak.publish.pages.place import NOT_LED_TO, Card, all_aged, card, hrefs
from shanyrak.publish.pages.rendering import KeptPages, Maker
from shanyrak.publish.pages.walks import Leg, Nearest, Walks
from shanyrak.publish.pages.whole import point_values
from shanyrak.publish.town import NamedPlace, Town

OFFLINE = "offline.html"


@dataclass(frozen=True)
class Ground:
    """What is the same in every language: worked out once."""

    view: PublicView
    worth: Mapping[str, Aged]
    pages: Mapping[str, str]
    """Page of each point, from the folder of a language."""
    accounts: Mapping[str, str]
    """Page of each account: of those that are run here, and of those that are remembered."""
    next: Mapping[str, Sequence[Leg]]
    """The two places to go on to from each point."""
    names: Sequence[tuple[NamedPlace, list[Leg]]]
    credit: str
    served: bool
    finder: str


def write_pages(
    view: PublicView,
    town: Town | None,
    walks: Walks | None,
    *,
    served: bool = False,
    finder: str = "",
    app_bytes: int | None = None,
    kept: KeptPages | None = None,
) -> dict[str, bytes]:
    """The pages.

    Parameters
    ----------
    town : its names of streets make the pages by letter; None where there is no map
    walks : table of the adult profile; None where there is none: straight lines are shown and said to be such
    served : by this program, which takes "was it open?" at ``said``; else ``deployment.report_url`` takes it, or nobody
    finder : path of the finder from the top folder, "" where it does not lie there
    app_bytes : how much ``offline.with_app`` will add to ``offline.html``, whose marker is left in it; None: nothing
    kept : pages of the publication before, of which those are taken that would come out the same
    """
    ground = _ground(view, town, walks, served, finder)
    languages = [one for one in view.deployment.languages if one in LANGUAGES] or ["en"]
    pages: dict[str, bytes] = {}
    for language in languages:
        one = _Language(ground, language, languages, kept)
        alone = one.offline()
        if language == languages[0]:
            pages[OFFLINE] = alone if app_bytes is not None else offline.without_app(alone)
            size = len(alone) + (app_bytes or 0)
            pages["index.html"] = one.contents.home("index.html", OFFLINE, size)
            pages |= one.lists(OFFLINE, size)
        else:
            beside = f"{language}/{OFFLINE}"
            pages[beside] = offline.without_app(alone)
            pages |= one.lists(beside, len(pages[beside]))
        pages |= one.points() | one.letters() | one.accounts()
    if kept is not None:
        kept.turn()
    return dict(sorted(pages.items()))


def _ground(view: PublicView, town: Town | None, walks: Walks | None, served: bool, finder: str) -> Ground:
    worth = all_aged(view)
    ids = [one.id for one in view.points]
    lons = np.array([one.lon_e7 for one in view.points], dtype=np.float64) / E7
    lats = np.array([one.lat_e7 for one in view.points], dtype=np.float64) / E7
    last = frozenset(one for one in ids if worth[one].shown in NOT_LED_TO or view.status[one].visitors.contradict)
    nearest = Nearest(ids, lons, lats, walks, last)
    run = [one.id for one in view.accounts if not one.archive]
    remembered = [one.id for one in view.accounts if one.archive]
    credit = ""
    if town is not None and not view.made_up:
        credit = town.attribution or OSM_ATTRIBUTION
    return Ground(
        view=view,
        worth=worth,
        pages=hrefs(ids, "p"),
        accounts={**hrefs(run, "a"), **hrefs(remembered, "remembered")},
        next={one: nearest.to_point(one, 2) for one in ids},
        names=streets.nearest_of(town.names, nearest) if town is not None and ids else [],
        credit=credit,
        served=served,
        finder=finder,
    )


class _Language:
    """The pages of one language."""

    def __init__(self, ground: Ground, language: str, languages: Sequence[str], kept: KeptPages | None) -> None:
        view = ground.view
        self.ground, self.view = ground, view
        self.maker = Maker(view, language, languages, ground.credit, kept, forms=ground.served)
        self.t = self.maker.t
        self.clock = Clock(self.t, view.deployment.zone, view.as_of_at_min)
        self._by_id = {one.id: one for one in view.points}
        self._run_here = {one.id: one for one in view.accounts if not one.archive}
        self.cards: dict[str, Card] = {
            one.id: card(one, view.status[one.id], ground.worth[one.id], ground.pages[one.id], self.t, self.clock)
            for one in view.points
        }
        self.legs = streets.LegWriter(self.cards, self.t)
        self.written = streets.LegMarkup(self.t.language, lambda card: f"../{card.href}")
        self.index = streets.by_letter(ground.names, self.legs, self.t, view.deployment.languages[0])
        self._wholes: dict[str, dict[str, Any]] = {one.id: self._whole(one.id) for one in view.points}
        self.contents = lists.Contents(
            self.maker, view, self.clock, list(self.cards.values()), self.index, ground.finder
        )

    def lists(self, alone: str, alone_bytes: int) -> dict[str, bytes]:
        """Home and, where there are many points, districts; ``alone`` is the file that holds everything."""
        home = self.contents.home(self.maker.home, alone, alone_bytes)
        return {self.maker.home: home, **self.contents.districts()}

    def letters(self) -> dict[str, bytes]:
        """Streets, stops and landmarks."""
        pages: dict[str, bytes] = {}
        for letter in self.index:
            pages |= lists.letter_pages(self.maker, letter, self.clock)
        return pages

    def points(self) -> dict[str, bytes]:
        """A page a point."""
        return {f"{self.t.language}/{self.cards[one.id].href}": self._point(one.id) for one in self.view.points}

    def _point(self, which: str) -> bytes:
        point = self._by_id[which]
        path = f"{self.t.language}/{self.ground.pages[which]}"
        legs = self.legs.lines(self.ground.next[which])
        return self.maker.page(
            "place.html.j2",
            path,
            self.cards[which].name.text,
            card=self.cards[which],
            p={**self._wholes[which], "accounts": self._accounts_of(which, point.initiative)},
            day=self.clock.long_day(),
            legs=self.written.legs(legs) if legs else "",
            lines_only=any(leg.line for leg in legs),
            credit=any(not leg.line for leg in legs) and bool(self.ground.credit),
            action=("../../said" if self.ground.served else self.view.deployment.report_url),
        )

    def _whole(self, which: str) -> dict[str, Any]:
        point = self._by_id[which]
        shelter = point.services.get("shelter")
        other = self.cards.get(str(shelter.value)) if shelter else None
        return point_values(point, self.view.status[which], self.t, self.clock, other)

    def _accounts_of(self, which: str, initiative: str) -> list[dict[str, Any]]:
        known = self._run_here
        links = []
        for one in (which, initiative):
            if one in known:
                name = told.account_name(known[one], self.t) if one != which else Said("", self.t.language)
                links.append({"href": self.ground.accounts[one], "name": name})
        return links

    def accounts(self) -> dict[str, bytes]:
        """Who stands behind this: what is run here, and what is remembered, each in lists of their own."""
        return lists.account_pages(self.maker, self.view, self.clock, self.ground.pages, self.ground.accounts)

    def offline(self) -> bytes:
        """All in one file."""
        return offline.page(self.contents, self.cards, self._wholes, self.legs, self.ground.next, self.index)
