"""What gives the desk something to do on the made-up evening. None of it is public."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[..., bytes]
Ago = Callable[..., str]
FROST_MC = -11_000
WHY = {
    "uk": "Поруч тепла котельня, 80 місць, директор згоден.",
    "en": "A warm boiler room next door, 80 seats, the director agrees.",
}


def trouble(
    say: Say, ago: Ago, day: Callable[[int], str], area: bytes, idea: bytes, points: dict[str, list[bytes]]
) -> None:
    """Frost, wood that runs out, sockets that do not suffice, and a proposal of
    somebody who left no name.

    Parameters
    ----------
    say : as the scene says things
    ago, day : a moment, or a day, so long before now
    points : ``listed``, ``planned``
    """
    yurt = points["planned"][0]
    library, school = points["listed"][:2]
    say("status.reported", yurt, outdoor_mc=FROST_MC, power="generator", heat_works=True, happened=ago(minutes=50))
    say("stock.counted", yurt, fuel_ml=18_000, wood_g=90_000, water_ml=60_000, happened=ago(minutes=45), via="phone")
    say("need.raised", point=yurt.hex(), short_of="wood", lasts_min=150, urgent=True, happened=ago(minutes=40))
    say("need.raised", point=library.hex(), short_of="sockets", happened=ago(hours=1), via="phone")
    say("incident.reported", school, incident="generator", happened=ago(minutes=55), via="phone")
    say(
        "place.proposed",
        names={"uk": "Їдальня заводу", "en": "The works canteen"},
        area=area.hex(),
        initiative=idea.hex(),
        indoors=True,
        owner_agrees=True,
        address="Заводська вулиця, 3",
        happened=day(1),
        via="text",
        sealed={
            "why": {
                "uk": "Поруч тепла котельня, 80 місць, директор згоден.",
                "en": "A warm boiler room next door, 80 seats, the director agrees.",
            }
        },
    )
