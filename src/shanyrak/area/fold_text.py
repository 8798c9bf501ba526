"""One form for names in any script, so that what people type meets what the map says.

Everything becomes lower-case Latin without marks: Ukrainian by the official romanisation (KMU-55, Resolution 55 of
the Cabinet of Ministers, 2010), with the letters of Russian and Kazakh beside it. Then what people mix up is made one:
ґ and г, ё and е, и, і, ї, й and y, apostrophes of every kind, ae and ä, hyphens and spaces.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# KMU-55. Letters with two forms: at the beginning of a word, elsewhere.
_BEGIN = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ж": "zh", "з": "z", "и": "y",
    "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia",
    "ь": "",
    # Russian and Belarusian
    "ё": "e", "ы": "y", "э": "e", "ъ": "", "ў": "u",
    # Kazakh
    "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
}  # fmt: skip
_LATIN = {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
_APOSTROPHES = re.compile("['’‘ʼʹ`´′\"“”„«»]")
_WORD = re.compile(r"[^\W_]+")
_LOOSE = (
    ("sch", "sh"),
    ("zgh", "zh"),
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("g", "h"),
    ("j", "i"),
    ("y", "i"),
    ("w", "v"),
)

STREET_TYPES: dict[str, str] = {
    word: kind
    for kind, words in {
        "street": (
            "вулиця вул улица ул көшесі көш street str st straße strasse rue r rua calle c via ulica ulitsa "
            "vulytsia vul katu gatan"
        ),
        "lane": "провулок пров переулок пер lane ln gasse travessa tv ruelle provulok prov",
        "avenue": "проспект просп пр пр-т даңғылы avenue ave av avenida allee prospekt prosp",
        "boulevard": "бульвар бул б-р boulevard blvd bd bulvar",
        "square": "площа пл площадь алаңы square sq platz place plaza praça largo ploshcha",
        "road": "дорога шосе шоссе road rd weg chemin estrada route route shose",
        "quay": "набережна наб набережная quay quai ufer naberezhna embankment",
        "descent": "узвіз спуск uzviz",
        "district": "мікрорайон мкр микрорайон мкрн район р-н district",
    }.items()
    for word in words.split()
}
"""A word for a kind of street -> the kind. In a question it may be missing, shortened or in another language."""


@lru_cache(maxsize=65536)
def romanised(text: str) -> str:
    """Lower-case Latin letters, digits and what stands between them; other scripts stay as they are."""
    out: list[str] = []
    # letters are taken whole (composed): й is a letter of its own, not и with a mark
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold())
    lower = _APOSTROPHES.sub("", text).replace("зг", "zgh")
    begins = True
    for letter in lower:
        if letter in _LETTERS:
            out.append(_BEGIN[letter] if begins and letter in _BEGIN else _LETTERS[letter])
        elif letter in _LATIN:
            out.append(_LATIN[letter])
        else:
            out.append("".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c)))
        begins = not letter.isalnum()
    return "".join(out)


def loose(word: str) -> str:
    """A romanised word with what people mix up made one."""
    for typed, kept in _LOOSE:
        word = word.replace(typed, kept)
    # шкільна: shkilna; школьная, school spelling: iia, aia
    return re.sub(r"i+", "i", word)


_TYPES_ROMANISED = {loose(romanised(word).replace("-", "")): kind for word, kind in STREET_TYPES.items()}
_GLUED = tuple(loose(ending) for ending in ("strasse", "straße", "str"))


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The words of a name that tell it from others, and the kinds of street it names.

    >>> words_of("вул. Шкільна")
    (('shkilna',), frozenset({'street'}))
    >>> words_of("Hauptstr.")
    (('haupt',), frozenset({'street'}))
    """
    plain = romanised(text.replace("пр-т", "просп").replace("р-н", "район").replace("б-р", "бул"))
    words: list[str] = []
    kinds: set[str] = set()
    for word in (loose(w) for w in _WORD.findall(plain)):
        if word in _TYPES_ROMANISED:
            kinds.add(_TYPES_ROMANISED[word])
            continue
        glued = next((end for end in _GLUED if word.endswith(end) and len(word) > len(end) + 2), None)
        if glued:
            kinds.add("street")
            word = word[: -len(glued)]
        words.append(word)
    if not words:  # a place called "Street" or "Square"
        words = [loose(w) for w in _WORD.findall(plain)]
    return tuple(words), frozenset(kinds)


_NUMBER = re.compile(r"\d+[\s]?[^\W\d_]?(?:\s?[/\-]\s?\w+)?|\d+")


def split_number(text: str) -> tuple[str, str]:
    """A question as street and house number ('' where it has none): 'шкільна, 12-а' -> ('шкільна', '12a').

    The number is what stands last and begins with a digit; in '8 Березня 12' the street keeps its own.
    A leading number counts too where nothing else is one ('12 Bridge Street').
    """
    parts = [part for part in re.split(r"[\s,;]+", text.strip()) if part]
    while parts and romanised(parts[-1]).strip(".") in ("bud", "budynok", "dom", "nr", "no", "kv"):
        parts.pop()
    for index in range(len(parts) - 1, 0, -1):
        if parts[index][0].isdigit() and len(parts) - index <= 2:
            number = "".join(parts[index:])
            if len(parts) - index == 2 and len(parts[-1]) > 1:
                break
            head = [
                p for p in parts[:index] if romanised(p).strip(".") not in ("bud", "budynok", "d", "dom", "nr", "no")
            ]
            return " ".join(head), house_number(number)
    if len(parts) > 1 and parts[0][0].isdigit() and not any(p[0].isdigit() for p in parts[1:]):
        return " ".join(parts[1:]), house_number(parts[0])
    return " ".join(parts), ""


def house_number(text: str) -> str:
    """A house number without what people write differently: '12-А', '12 а' and '12a' are one."""
    return re.sub(r"[\s\-–.,]+", "", romanised(text))


def leading_number(number: str) -> int | None:
    """The number in front: 12 of '12a/3', None where there is none."""
    found = re.match(r"\d{1,6}", number)
    return int(found.group()) if found else None
