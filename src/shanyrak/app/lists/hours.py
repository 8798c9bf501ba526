"""Opening hours as people write them in a list, as opening hours of OpenStreetMap.

'цілодобово' -> '24/7', 'пн-пт 8:00-17:00, сб, нд вихідний' -> 'Mo-Fr 08:00-17:00; Sa,Su off'. A text of which any part
is not understood gives nothing at all: half of the hours would be wrong hours.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ALWAYS = re.compile(
    r"\s*(?:працює\s+|режим\s+роботи:?\s*)?(?:цілодобово|круглосуточно|24\s*/\s*7|24\s*год(?:ин[аи]?)?\.?(?:\s+на\s+добу)?|"
    r"0?0[:.]00\s*[-–—]\s*24[:.]00|0?0[:.]00\s*[-–—]\s*0?0[:.]00|0\s*[-–—]\s*24|rund\s+um\s+die\s+uhr|"
    r"(?:24\s+hours|around\s+the\s+clock)(?:\s+a\s+day)?|24h)[\s.,]*(?:без\s+вихідних|щоденно|щодня|24\s*/\s*7)?[\s.]*",
    re.IGNORECASE,
)
_DAY_WORDS = {
    "Mo": "пн пон понеділок понеділка понедельник mo mon monday montag",
    "Tu": "вт вів вівторок вівторка вторник tu tue tues tuesday di dienstag",
    "We": "ср сер середа середу середи среда we wed wednesday mi mittwoch",
    "Th": "чт чет четвер четверга четверг th thu thur thursday do donnerstag",
    "Fr": "пт п'ят п'ятниця п'ятницю п'ятниці пятница fr fri friday freitag",
    "Sa": "сб суб субота суботу суботи суббота sa sat saturday samstag sonnabend",
    "Su": "нд нед неділя неділю неділі вс воскресенье su sun sunday so sonntag",
}
_DAYS = {word: day for day, words in _DAY_WORDS.items() for word in words.split()}
_TIME = r"(?:\d{1,2}(?:[:.]\d{2})?)"
_DAY = "|".join(sorted(map(re.escape, _DAYS), key=len, reverse=True))
_DASH = r"\s*(?:-|до|по|to|bis|till|until)\s*"
_TOKEN = re.compile(
    rf"(?P<times>{_TIME}{_DASH}{_TIME})(?!\d)"
    rf"|(?P<days>(?:{_DAY})\.?{_DASH}(?:{_DAY}))(?!\w)\.?"
    rf"|(?P<day>{_DAY})(?!\w)\.?"
    r"|(?P<daily>щодня|щоденно|ежедневно|daily|every day|täglich|без вихідних|без выходных)(?!\w)"
    r"|(?P<work>будні дні|робочі дні|будні|weekdays|werktags|werktage)(?!\w)"
    r"|(?P<weekend>вихідні дні(?=\s*\d)|weekends?|am wochenende|wochenende)(?!\w)"
    r"|(?P<off>вихідний день|вихідні дні|вихідний|вихідні|выходной"
    r"|зачинено|не працює|closed|off|geschlossen|ruhetag)(?!\w)"
    r"|(?P<noise>години роботи|графік роботи|режим роботи|години|годин|год\.?|uhr|h|hours|з|із|від|с"
    r"|from|von|ab|at)(?![\w])"
    r"|(?P<join>[,;:/.\s]|та(?!\w)|і(?!\w)|й(?!\w)|und(?!\w)|and(?!\w)|&)"
)
_ORDER = tuple(_DAY_WORDS)
_DOTTED = re.compile(r"(\d{1,2})-(\d{2})(\s*(?:до|-)\s*)(\d{1,2})-(\d{2})(?!\d)")


@lru_cache(maxsize=4096)
def opening_hours(text: str) -> str | None:
    """Opening hours in OpenStreetMap's form, checked by an evaluator of that form; None where not understood."""
    if _ALWAYS.fullmatch(text):
        return "24/7"
    import opening_hours as osm

    for candidate in (text.strip(), _rewritten(text)):
        if candidate and osm.validate(candidate) and re.search(r"\d|off|closed", candidate):
            said = str(osm.OpeningHours(candidate))
            return "24/7" if said == "Mo-Su" else said
    return None


def _rewritten(text: str) -> str:
    plain = re.sub(r"[–—−‐‑]", "-", text.casefold().replace("’", "'").replace("ʼ", "'")).strip()
    plain = _DOTTED.sub(r"\1:\2\3\4:\5", plain)  # 09-00 до 18-00
    rules: list[tuple[list[str], list[str]]] = [([], [])]  # days, and times or 'off'
    at = 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if not found or found.end() == at:
            return ""
        at = found.end()
        kind, token = str(found.lastgroup), found.group()
        days, times = rules[-1]
        if kind == "times":
            span = _span(token)
            if not span or "off" in times:
                return ""
            times.append(span)
        elif kind in ("day", "days", "daily", "work", "weekend"):
            # days after times begin the next rule; after a bare 'off' they say of which days
            if times and not (times == ["off"] and not days):
                rules.append(([], []))
            rules[-1][0].append(_days_of(kind, token))
        elif kind == "off":
            if times:
                rules.append(([], []))
            rules[-1][1].append("off")
    if any(not times or (times == ["off"] and not days) for days, times in rules):
        return ""
    if all(times == ["off"] for _, times in rules):
        return ""  # only when it is shut: nothing is said of when it is open
    return "; ".join(" ".join(part for part in (",".join(days), ",".join(times)) if part) for days, times in rules)


def _days_of(kind: str, token: str) -> str:
    if kind == "daily":
        return "Mo-Su"
    if kind == "work":
        return "Mo-Fr"
    if kind == "weekend":
        return "Sa-Su"
    if kind == "day":
        return _DAYS[token.rstrip(".")]
    first, last = (_DAYS[part.strip().rstrip(".")] for part in re.split(_DASH, token, maxsplit=1))
    return f"{first}-{last}"


def _span(token: str) -> str:
    ends = []
    for part in re.split(_DASH, token, maxsplit=1):
        hour, _, minute = part.strip().replace(".", ":").partition(":")
        if int(hour) > 24 or int(minute or 0) > 59 or (int(hour) == 24 and int(minute or 0)):
            return ""
        ends.append(f"{int(hour):02d}:{int(minute or 0):02d}")
    begin, end = ends
    end = "24:00" if end == "00:00" else end
    return f"{begin}-{end}" if begin != end and begin != "24:00" else ""
