"""``offline.html``: everything in one file that asks nothing of any network, to be opened from a phone or a stick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shanyrak.publish.pages import lists
from shanyrak.publish.pages.place import Card
from shanyrak.publish.pages.streets import by_letter, leg_lines
from shanyrak.publish.pages.walks import Leg
from shanyrak.publish.town import NamedPlace

MARKER = b"<!--finder-->"
"""Where the script goes, if there is one; the file is whole without it."""


def page(
    contents: lists.Contents,
    cards: Mapping[str, Card],
    wholes: Mapping[str, Mapping[str, Any]],
    following: Mapping[str, Sequence[Leg]],
    names: Sequence[tuple[NamedPlace, list[Leg]]],
) -> bytes:
    """The file of one language, without any script.

    Parameters
    ----------
    wholes : what the page of each point says (``whole.point_values``)
    following : where to go on to from each point
    names : streets, stops and landmarks with their nearest points
    """
    maker, view, t = contents.maker, contents.view, contents.t
    own = view.deployment.languages[0]

    def anchor(card: Card) -> str:
        return "#" + _anchor(card)

    groups = []
    for group in lists.by_state(list(cards.values()), t):
        rows = []
        for one in group.cards:
            more = {**wholes[one.id], "legs": leg_lines(following[one.id], cards, t, anchor)}
            rows.append((_anchored(one), more))
        groups.append({"name": group.name, "cards": rows})
    districts = [{"name": one.name, "cards": [_anchored(card) for card in one.cards]} for one in contents.divided]
    place = "" if view.made_up else maker.site.name
    return maker.page(
        "offline.html.j2",
        "offline.html",
        t("offline.title", place=place or t("made_up.banner")),
        as_of=contents.clock.now(),
        notices=lists.notices_of(view, t, contents.clock),
        groups=groups,
        districts=districts,
        letters=by_letter(names, cards, t, anchor, own),
        empty=not cards,
        home="#c",
        languages=[],
        credit=bool(maker.site.credit) and bool(names),
    )


def with_script(alone: bytes, script: bytes | None) -> bytes:
    """The file with the script of the finder in it; what would end a script inside it is written otherwise."""
    if script is None:
        return alone.replace(MARKER, b"", 1)
    inside = script.replace(b"</script", b"<\\/script").replace(b"<!--", b"<\\!--")
    return alone.replace(MARKER, b"<script type=module>" + inside + b"</script>", 1)


def _anchor(card: Card) -> str:
    return "p" + card.href.rpartition("/")[2].removesuffix(".html")


def _anchored(card: Card) -> Mapping[str, Any]:
    return {name: getattr(card, name) for name in card.__slots__} | {"anchor": _anchor(card)}
