"""Writes ranking.json beside this file:  python spec/vectors/make_ranking.py

Needs nothing but Python and spec/trust.json, and shares no line with the programs that the vectors are for: it tries
every way of up to three places one after the other and adds up fractions, as spec/ranking.md says it in words.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import permutations
from math import acos, asin, ceil, cos, degrees, floor, radians, sin, sqrt
from pathlib import Path
from random import Random
from typing import Any

HERE = Path(__file__).resolve().parent
TRUST = json.loads((HERE.parent / "trust.json").read_text(encoding="utf-8"))
HOUR = 60
DAY = 24 * HOUR
NOW = 27_800_000
"""Some afternoon."""
Case = dict[str, Any]


# ---- how a word ages ----------------------------------------------------------------------------------------------


def hours_say(hours: list[list[int]] | None, at: int) -> str:
    """``inside``, ``outside`` or ``silent``."""
    if hours is None:
        return "silent"
    if any(begin <= at < end for begin, end in hours):
        return "inside"
    return "silent" if hours and at >= max(end for _, end in hours) else "outside"


def aged(word: Case, now: int) -> Case:
    chances, state, said = TRUST["chance_permille"], word["state"], word["said_at_min"]
    hours, until = word["open_at_min"], word["until_at_min"]
    by_hours = {"inside": "within_hours", "outside": "outside_hours", "silent": "unknown"}[hours_say(hours, now)]
    openings = sorted(begin for begin, _ in hours or [] if said is not None and begin > said)
    closings = sorted(end for _, end in hours or [] if said is not None and end > said)
    shown, chance, ends = "unknown", chances[by_hours], []
    if state == "ready":
        shown, chance = "ready", chances["shut"]
    elif state in ("closed", "paused"):
        if until is not None:
            ends = [until]
        else:
            ends = openings[:1]
            if state == "paused" and said is not None:
                ends.append(said + TRUST["paused"]["unknown_after_min"])
        if not ends or now < min(ends):
            shown, chance = state, chances["shut"]
    elif state == "open" and said is not None:
        ends = [said + TRUST["open"]["unknown_after_min"], *([until] if until is not None else closings[:1])]
        old = now - said
        if now < min(ends) and old >= -TRUST["open"]["ahead_min"]:
            steps = [step["chance_permille"] for step in TRUST["open"]["said"] if old <= step["at_most_min"]]
            chance = steps[0] if steps else chances["unknown"]
            shown = "open" if old <= TRUST["open"]["fresh_min"] and not word["contradicted"] else "not_confirmed"
    if word["contradicted"]:
        chance = min(chance, chances["contradicted"])
    return {"shown": shown, "chance_permille": chance, "unknown_from_at_min": min(ends) if ends else None}


def looked_ahead(word: Case, now: int) -> Case:
    """The first minute at which what was declared opens it, and the one at which it shuts it."""
    state, hours = aged(word, now)["shown"], word["open_at_min"] or []
    nothing = {"opens_at_min": None, "chance_then_permille": 0, "closes_at_min": None}
    if state == "ready":
        return nothing
    if state in ("open", "not_confirmed"):
        closings = sorted(end for _, end in hours if end > word["said_at_min"])
        until = word["until_at_min"]
        return {**nothing, "closes_at_min": until if until is not None else (closings[0] if closings else None)}
    if state == "unknown":
        if hours_say(hours, now) == "inside":
            return {**nothing, "closes_at_min": next(end for begin, end in hours if begin <= now < end)}
        begins = sorted(begin for begin, _ in hours if begin > now)
        opens = begins[0] if begins else None
    else:
        opens = aged(word, now)["unknown_from_at_min"]
    if opens is None or word["contradicted"]:
        return nothing
    shuts = [end for begin, end in hours if begin <= opens < end]
    return {
        "opens_at_min": opens,
        "chance_then_permille": aged({**word, "contradicted": False}, opens)["chance_permille"],
        "closes_at_min": shuts[0] if shuts else None,
    }


# ---- which place first --------------------------------------------------------------------------------------------


def length(walk: int | None, line: int | None, profile: str) -> int:
    ranking = TRUST["ranking"]
    if walk is not None:
        return walk
    assert line is not None
    metres = Fraction(line * ranking["detour_permille"], 1000)
    return ceil(metres / Fraction(ranking["speed_m_per_h"][profile], 120))


def door(place: Case, now: int, half_minutes: int) -> tuple[int, str]:
    """Chance that the door is open to who comes after so many half-minutes, and what that changed."""
    arrival = now + Fraction(half_minutes, 2)
    chance, change = place["chance_permille"], ""
    opens, closes = place["opens_at_min"], place["closes_at_min"]
    if opens is not None and arrival >= opens and place["chance_then_permille"] > chance:
        chance, change = place["chance_then_permille"], "opens_before"
    ahead = opens is not None and not change
    shut = TRUST["chance_permille"]["shut"]
    leaves = TRUST["ranking"]["closing_margin_min"]
    if closes is not None and arrival + leaves > closes and not ahead and chance > shut:
        chance, change = shut, "shuts_before"
    return chance, change


def seat(place: Case, now: int, half_minutes: int) -> int:
    band = place["band"] if place["shown"] == "open" else ""
    return door(place, now, half_minutes)[0] * TRUST["seat_permille"][band] // 1000


def is_full(place: Case) -> bool:
    return bool(place["shown"] == "open" and place["band"] == "full")


def is_led_to(place: Case, now: int, half_minutes: int) -> bool:
    return not is_full(place) and door(place, now, half_minutes)[0] > TRUST["ranking"]["not_led_to_permille"]


def has(services: Case, need: str) -> str:
    name, colon, wanted = need.partition(":")
    if name not in services:
        return "unknown"
    value = services[name]
    if colon:
        return "yes" if wanted in (value if isinstance(value, list) else [value]) else "no"
    if isinstance(value, str):
        return "no" if value in TRUST["needs_no"].get(name, []) else "yes"
    return "yes" if value else "no"


def ranked(case: Case) -> Case:
    now, profile = case["now_at_min"], case["profile"]
    places: dict[int, Case] = {}
    hidden = {"no": 0, "unknown": 0}
    for place in case["places"]:
        answers = {has(place["services"], need) for need in case["needs"]}
        why = "no" if "no" in answers else "unknown" if "unknown" in answers else ""
        if why:
            hidden[why] += 1
        else:
            places[place["index"]] = place
    legs: dict[tuple[int, int], tuple[int, Case]] = {}
    for place in places.values():
        for leg in place["legs"]:
            key = (place["index"], leg["to"])
            far = length(leg["walk_hmin"], leg["line_m"], profile)
            if leg["to"] in places and leg["to"] != place["index"] and (key not in legs or far < legs[key][0]):
                legs[key] = (far, leg)

    def cost(way: tuple[int, ...], begun: int) -> Fraction | None:
        """Expected half-minutes from the door of the first place, if tried in this order; None if nobody is led so."""
        total, time, left_out = Fraction(0), begun, Fraction(1)
        for at, place in enumerate(way):
            if at:
                if (way[at - 1], place) not in legs:
                    return None
                walk = legs[way[at - 1], place][0]
                time += walk
                total += left_out * walk
                if not is_led_to(places[place], now, time):
                    return None
            left_out *= 1 - Fraction(seat(places[place], now, time), 1000)
        return total + left_out * 2 * TRUST["ranking"]["nothing_found_min"]

    def best(beginning: tuple[int, ...], begun: int) -> Fraction | None:
        """Least cost of all ways that begin so and have at most as many places as a person tries."""
        found = []
        others = [index for index in places if index not in beginning]
        for more in range(TRUST["ranking"]["places_most"] - len(beginning) + 1):
            found += [cost((*beginning, *rest), begun) for rest in permutations(others, more)]
        real = [value for value in found if value is not None]
        return min(real) if real else None

    rows = []
    for index, place in places.items():
        walk = length(place["walk_hmin"], place["line_m"], profile)
        group = "" if is_led_to(place, now, walk) else "full"
        if door(place, now, walk)[0] <= TRUST["ranking"]["not_led_to_permille"]:
            group = "shut"
        from_here = best((index,), walk)
        assert from_here is not None
        following = []
        for (begin, to), (far, leg) in legs.items():
            after = best((index, to), walk) if begin == index else None
            # the first place's chance is the same for all of them, and below one: order does not depend on it
            if after is not None and cost((index, to), walk) is not None:
                following.append((after, far, places[to]["id"], to, leg))
        if seat(place, now, walk) == 1000:  # then nothing tells them apart: count as if the first were surely shut
            following = [(best_beyond(places, legs, index, to, walk, now), *rest, to, leg)
                         for _, *rest, to, leg in following]  # fmt: skip
        following.sort(key=lambda f: f[:3])
        row = {
            "index": index,
            **shown_length(place),
            "shown": place["shown"],
            "said_at_min": place["said_at_min"],
            "chance_permille": seat(place, now, walk),
            "on_arrival": door(place, now, walk)[1],
            "behind": group,
            "if_shut": [{"index": to, **shown_length(leg)} for *_, to, leg in following[:2]],
        }
        rows.append((("", "full", "shut").index(group), walk + from_here, walk, place["id"], index, row))
    rows.sort(key=lambda row: row[:5])
    return {
        "places": [row for *_, row in rows],
        "not_shown_unknown": hidden["unknown"],
        "not_shown_no": hidden["no"],
    }


def best_beyond(
    places: dict[int, Case], legs: dict[tuple[int, int], tuple[int, Case]], at: int, to: int, walk: int, now: int
) -> Fraction:
    """Least expected half-minutes from the shut door of ``at`` when ``to`` is tried next (three places at most)."""
    first = legs[at, to][0]
    missed = 1 - Fraction(seat(places[to], now, walk + first), 1000)
    rest = Fraction(2 * TRUST["ranking"]["nothing_found_min"])
    for third, place in places.items():
        if third not in (at, to) and (to, third) in legs:
            far = legs[to, third][0]
            time = walk + first + far
            if is_led_to(place, now, time):
                unlucky = 1 - Fraction(seat(place, now, time), 1000)
                rest = min(rest, far + unlucky * 2 * TRUST["ranking"]["nothing_found_min"])
    return first + missed * rest


def shown_length(what: Case) -> Case:
    walk = what["walk_hmin"]
    return {"minutes": None if walk is None else ceil(walk / 2), "line_m": what["line_m"] if walk is None else None}


# ---- the cases ----------------------------------------------------------------------------------------------------


def word(
    state: str, said: int | None = None, until: int | None = None, hours: Any = None, against: bool = False
) -> Case:
    return {"state": state, "said_at_min": said, "until_at_min": until, "open_at_min": hours, "contradicted": against}


def drawn_words() -> list[tuple[str, Case, int]]:
    today = [[NOW - 4 * HOUR, NOW + 3 * HOUR], [NOW + 20 * HOUR, NOW + 27 * HOUR]]
    night = [[NOW - 2 * HOUR, NOW + 10 * HOUR]]
    out = [(f"open, said {old} min ago", word("open", NOW - old), NOW)
           for old in (-11, -10, 0, 60, 61, 180, 181, 719, 720, 721, 5 * 365 * DAY)]  # fmt: skip
    out += [
        ("open, a clock years ahead", word("open", NOW), NOW + 10 * 365 * DAY),
        ("open, a clock years behind", word("open", NOW), NOW - 10 * 365 * DAY),
        ("open, and when is not known", word("open"), NOW),
        ("open until later", word("open", NOW - 10, NOW + 30), NOW),
        ("open until now", word("open", NOW - 10, NOW), NOW),
        ("open until before it was said", word("open", NOW - 10, NOW - 20), NOW),
        ("open within hours", word("open", NOW - 10, None, today), NOW),
        ("open just before its hours begin", word("open", NOW - 4 * HOUR - 10, None, today), NOW),
        ("open, and its hours are over: the next day", word("open", NOW - 10, None, today), NOW + 3 * HOUR),
        ("open outside its hours", word("open", NOW + 4 * HOUR, None, today), NOW + 5 * HOUR),
        ("open across midnight", word("open", NOW - 10, None, night), NOW + 9 * HOUR),
        ("open and contradicted", word("open", NOW - 10, against=True), NOW),
        ("shut", word("closed", NOW - 10), NOW),
        ("shut long ago, no hours", word("closed", NOW - 30 * DAY), NOW),
        ("shut until the next opening", word("closed", NOW - 10, None, today), NOW + 20 * HOUR - 1),
        ("unknown from the next opening", word("closed", NOW - 10, None, today), NOW + 20 * HOUR),
        ("shut at the very minute of an opening", word("closed", NOW + 20 * HOUR, None, today), NOW + 21 * HOUR),
        ("shut with a word when it opens", word("closed", NOW - 10, NOW + 60, today), NOW + 60),
        ("shut, said in the future", word("closed", NOW + 60), NOW),
        ("shut, and when is not known", word("closed"), NOW),
        ("short break", word("paused", NOW - 10), NOW),
        ("short break, back soon", word("paused", NOW - 10, NOW + 20), NOW),
        ("short break, should be back", word("paused", NOW - 10, NOW), NOW),
        ("short break for half a day", word("paused", NOW - 12 * HOUR), NOW),
        ("short break over the next opening", word("paused", NOW - 5 * HOUR, None, today), NOW),
        ("ready", word("ready", NOW - 10), NOW),
        ("ready within hours", word("ready", NOW - 10, None, today), NOW),
        ("nobody said", word("unknown"), NOW),
        ("nobody said, within hours", word("unknown", hours=today), NOW),
        ("nobody said, outside hours", word("unknown", hours=today), NOW + 10 * HOUR),
        ("nobody said, the hours given are over", word("unknown", hours=today), NOW + 30 * DAY),
        ("nobody said, before the hours given", word("unknown", hours=today), NOW - 30 * DAY),
        ("nobody said, shut on all days", word("unknown", hours=[]), NOW),
        ("nobody said, contradicted within hours", word("unknown", hours=today, against=True), NOW),
    ]
    return out


def drawn_place(random: Random, index: int, town: int) -> Case:
    word_now = word(
        random.choice(("open", "open", "open", "unknown", "closed", "paused", "ready")),
        NOW - random.choice((0, 30, 100, 400, 900)),
        random.choice((None, None, NOW + random.randrange(5, 90))),
        random.choice((None, [[NOW - HOUR, NOW + random.randrange(10, 200)]],
                       [[NOW + random.randrange(1, 40), NOW + HOUR]])),
        random.random() < 0.15,
    )  # fmt: skip
    walks = random.random() < 0.85
    near = random.choice((6, 30, 90))
    legs = []
    for to in random.sample(range(town), min(town, random.randrange(0, 7))):
        legs.append(leg_to(to, random.randrange(0, near)) if walks else leg_to(to, None, random.randrange(0, 2500)))
    seen = aged(word_now, NOW)
    return {
        "index": index, "id": f"{random.randrange(16**6):06x}", "shown": seen["shown"],
        "chance_permille": random.choice((seen["chance_permille"], seen["chance_permille"], random.randrange(0, 1001))),
        "walk_hmin": random.randrange(0, near) if walks else None,
        "line_m": random.randrange(0, 4000) if not walks or random.random() < 0.2 else None,
        "band": random.choice(("", "", "free", "some", "crowded", "full")),
        **looked_ahead(word_now, NOW), "said_at_min": word_now["said_at_min"], "legs": legs,
        "services": {key: value for key, value in (
            ("heat", random.random() < 0.8), ("sockets", random.randrange(0, 3)), ("languages", ["uk", "en"]),
            ("internet", random.choice(("none", "grid", "own")))) if random.random() < 0.7},
    }  # fmt: skip


def leg_to(to: int, walk: int | None, line: int | None = None) -> Case:
    return {"to": to, "walk_hmin": walk, "line_m": line}


def simple(index: int, walk: int | None, chance: int, legs: list[Case] | None = None, **more: Any) -> Case:
    return {
        "index": index, "id": f"{index:04x}", "shown": "open", "chance_permille": chance, "walk_hmin": walk,
        "line_m": None, "band": "", "opens_at_min": None, "chance_then_permille": 0, "closes_at_min": None,
        "said_at_min": NOW, "legs": legs or [], "services": {}, **more,
    }  # fmt: skip


def drawn_towns() -> list[tuple[str, Case]]:
    def town(*places: Case, needs: list[str] | None = None, profile: str = "adult", now: int = NOW) -> Case:
        return {"now_at_min": now, "needs": needs or [], "profile": profile, "places": list(places)}

    both = [leg_to(1, 20)], [leg_to(0, 20)]
    line = {"walk_hmin": None, "line_m": 900}
    out = [
        ("no place at all", town()),
        ("one place", town(simple(0, 7, 950))),
        ("an unknown door next to you, one said open 12 minutes away",
         town(simple(0, 4, 500, both[0], shown="unknown"), simple(1, 24, 950, both[1]))),
        ("all shut", town(simple(0, 9, 100, both[0], shown="closed"), simple(1, 3, 100, both[1], shown="ready"))),
        ("all unknown", town(simple(0, 9, 500, both[0], shown="unknown"), simple(1, 3, 500, both[1], shown="unknown"))),
        ("no walk between", town(simple(0, 9, 950), simple(1, 3, 800))),
        ("outside the area: straight lines", town(simple(0, None, 950, both[0], line_m=52_000),
                                                  simple(1, None, 950, both[1], line_m=51_000))),
        ("a shut door on the way is not led to", town(simple(0, 2, 100, both[0], shown="closed"), simple(1, 40, 800))),
        ("full stands behind", town(simple(0, 2, 950, both[0], band="full"), simple(1, 100, 500, shown="unknown"))),
        ("full and shut on arrival is shut", town(simple(0, 2, 950, band="full", closes_at_min=NOW + 5),
                                                  simple(1, 9, 100, shown="closed"), simple(2, 60, 950, band="full"))),
        ("it shuts before one is warm", town(simple(0, 2, 950, closes_at_min=NOW + 15), simple(1, 50, 800))),
        ("it shuts just late enough", town(simple(0, 2, 950, closes_at_min=NOW + 16), simple(1, 50, 800))),
        ("it opens while one walks", town(simple(0, 20, 100, shown="closed", opens_at_min=NOW + 10,
                                                 chance_then_permille=800, closes_at_min=NOW + 90),
                                          simple(1, 60, 800))),
        ("it opens a minute too late", town(simple(0, 20, 100, shown="closed", opens_at_min=NOW + 11,
                                                   chance_then_permille=800, closes_at_min=NOW + 90),
                                            simple(1, 60, 800))),
        ("certain", town(simple(0, 5, 1000, [leg_to(1, 9), leg_to(2, 8)], band="free"), simple(1, 5, 1000, band="free"),
                         simple(2, 9, 500))),
        ("equal in all: the smaller id", town(simple(7, 8, 950), simple(3, 8, 950))),
        ("legs to itself, to nobody, and twice", town(simple(0, 5, 500, [leg_to(0, 0), leg_to(9, 1), leg_to(1, 30),
                                                                           leg_to(1, 12)]), simple(1, 30, 950))),
        ("newer than the table: straight line there and on",
         town(simple(0, None, 950, [leg_to(1, None, 300)], line_m=900), simple(1, 44, 800))),
        ("slow walkers", town(simple(0, None, 950, line_m=900), simple(1, 40, 950), profile="slow")),
        ("needs: no, nobody knows, yes", town(
            simple(0, 1, 950, services={"heat": False}), simple(1, 2, 950), simple(2, 3, 950, services={"heat": True}),
            simple(3, 4, 950, services={"internet": "none"}), needs=["heat"])),
        ("needs: of a list, of a number, of words", town(
            simple(0, 1, 950, services={"languages": ["uk"], "sockets": 4, "toilet": "inside"}),
            simple(1, 1, 950, services={"languages": ["en"], "sockets": 4, "toilet": "inside"}),
            simple(2, 1, 950, services={"languages": ["uk"], "sockets": 0, "toilet": "inside"}),
            simple(3, 1, 950, services={"languages": ["uk"], "sockets": 1, "toilet": "none"}),
            simple(4, 1, 950, services={"languages": ["uk"], "sockets": 1}),
            needs=["languages:uk", "sockets", "toilet"])),
        ("a clock years ahead", town(simple(0, 5, 950, closes_at_min=NOW), simple(1, 9, 500), now=NOW + 3650 * DAY)),
        ("at the door", town(simple(0, 0, 500, [leg_to(1, 0)]), simple(1, 0, 500, [leg_to(0, 0)]))),
        ("a newer one without walk", town(simple(0, None, 900, **line), simple(1, 30, 900))),
    ]  # fmt: skip
    random = Random(20231114)
    for number in range(170):
        size = random.randrange(1, 8)
        places = [drawn_place(random, index, size) for index in range(size)]
        random.shuffle(places)
        needs = random.choice(([], [], [], ["heat"], ["languages:en", "sockets"], ["internet"]))
        profile = random.choice(("adult", "slow"))
        out.append((f"drawn {number}", {"now_at_min": NOW, "needs": needs, "profile": profile, "places": places}))
    return out


# ---- where it lies ------------------------------------------------------------------------------------------------


def arrow(here: tuple[float, float], there: tuple[float, float]) -> Case:
    """With vectors from the middle of the Earth: the angle between them, and their parts along east and north."""
    (lon, lat), (to_lon, to_lat) = [(radians(a), radians(b)) for a, b in (here, there)]
    to = (cos(to_lat) * cos(to_lon), cos(to_lat) * sin(to_lon), sin(to_lat))
    at = (cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat))
    east = -sin(lon) * to[0] + cos(lon) * to[1]
    north = -sin(lat) * cos(lon) * to[0] - sin(lat) * sin(lon) * to[1] + cos(lat) * to[2]
    long = sqrt(east * east + north * north)
    chord = sqrt(sum((a - b) ** 2 for a, b in zip(at, to)))
    turned = 0.0 if long == 0 else degrees(acos(max(-1, min(1, north / long))))
    bearing = floor((turned if east >= 0 else 360 - turned) + 0.5) % 360
    nearest = min(range(8), key=lambda i: min(abs(bearing - 45 * i), 360 - abs(bearing - 45 * i)))
    return {
        "from": list(here),
        "to": list(there),
        "line_m": floor(2 * 6371008.8 * asin(chord / 2) + 0.5),
        "bearing_deg": bearing,
        "direction": ("n", "ne", "e", "se", "s", "sw", "w", "nw")[nearest],
    }


def drawn_arrows() -> list[Case]:
    random = Random(7)
    pairs = [((30.0, 50.0), (30.0, 51.0)), ((179.9, 10.0), (-179.9, 10.0)), ((30.0, -50.0), (30.3, -50.1))]
    for _ in range(40):
        lon, lat = random.uniform(-180, 180), random.uniform(-70, 70)
        pairs.append(((round(lon, 7), round(lat, 7)), (round(lon + random.uniform(-0.1, 0.1), 7),
                                                       round(lat + random.uniform(-0.1, 0.1), 7))))  # fmt: skip
    return [arrow(*pair) for pair in pairs]


def ranking() -> dict[str, Any]:
    """All vectors."""
    return {
        "arrow": drawn_arrows(),
        "age": [{"name": name, "word": what, "now_at_min": now, "aged": aged(what, now),
                 "outlook": looked_ahead(what, now)} for name, what, now in drawn_words()],
        "rank": [{"name": name, **case, "answer": ranked(case)} for name, case in drawn_towns()],
    }  # fmt: skip


if __name__ == "__main__":
    (HERE / "ranking.json").write_text(json.dumps(ranking(), separators=(",", ":"), sort_keys=True) + "\n", "ascii")
