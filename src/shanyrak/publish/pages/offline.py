"""``offline.html``: everything in one file that asks nothing of any network, to be opened from a phone or a stick."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from shanyrak.publish.pages import lists
from shanyrak.publish.pages.place import Card
from shanyrak.publish.pages.streets import LegMarkup, LegWriter, Letter
from shanyrak.publish.pages.walks import Leg

MARKER = b"<!--finder-->"
"""Where the script goes, if there is one; the file is whole without it."""


def page(
    contents: lists.Contents,
    cards: Mapping[str, Card],
    wholes: Mapping[str, Mapping[str, Any]],
    legs_of: LegWriter,
    following: Mapping[str, Sequence[Leg]],
    letters: Sequence[Letter],
) -> bytes:
    """The file of one language, without any script.

    Parameters
    ----------
    wholes : what the page of each point says (``whole.point_values``)
    following : where to go on to from each point
    letters : streets, stops and landmarks with their nearest points
    """
    maker, view, t = contents.maker, contents.view, contents.t

    def anchor(card: Card) -> str:
        return "#" + _anchor(card)

    writer = LegMarkup(t.language, anchor)
    groups = []
    for group in lists.by_state(list(cards.values()), t):
        rows = []
        for one in group.cards:
            legs = legs_of.lines(following[one.id])
            more = {**wholes[one.id], "legs": writer.legs(legs) if legs else ""}
            rows.append((one, _anchor(one), more))
        groups.append({"name": group.name, "cards": rows})
    place = "" if view.made_up else maker.site.name
    return maker.page(
        "offline.html.j2",
        "offline.html",
        t("offline.title", place=place or t("made_up.banner")),
        as_of=contents.clock.now(),
        notices=lists.notices_of(view, t, contents.clock),
        groups=groups,
        districts=[
            {"name": one.name, "cards": [(card, anchor(card)) for card in one.cards]} for one in contents.divided
        ],
        letters=[
            {
                "letter": one.letter,
                "rows": Markup("".join(writer.entry(e, "h3") for e in one.entries)),
            }
            for one in letters
        ],
        empty=not cards,
        home="#c",
        languages=[],
        credit=bool(maker.site.credit) and bool(letters),
    )


def with_app(alone: bytes, script: bytes, data: Mapping[str, bytes]) -> bytes:
    """The file with the finder in it: its data, then its script, at the end of the body (``web/README.md``).

    Parameters
    ----------
    script : one classic script
    data : files of the bundle but the map, by path
    """
    held = b"".join(
        b'<script type="application/octet-stream" data-path="%s">%s</script>\n' % (path.encode(), b64encode(one))
        for path, one in sorted(data.items())
    )
    inside = script.replace(b"</script", b"<\\/script").replace(b"<!--", b"<\\!--")
    return alone.replace(MARKER, held + b"<script>" + inside + b"</script>", 1)


def without_app(alone: bytes) -> bytes:
    """The file as it is without a script: whole too."""
    return alone.replace(MARKER, b"", 1)


def _anchor(card: Card) -> str:
    return "p" + card.href.rpartition("/")[2].removesuffix(".html")
