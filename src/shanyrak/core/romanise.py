"""Ukrainian names in Latin letters, for readers of a Latin script."""

from __future__ import annotations

_LETTERS = dict(
    zip(
        "абвгґдезиійклмнопрстуфх",
        (
            "a",
            "b",
            "v",
            "h",
            "g",
            "d",
            "e",
            "z",
            "y",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
        ),
        strict=True,
    )
)
_LETTERS |= {"є": "ie", "ж": "zh", "ї": "i", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
_LETTERS |= {"ь": "", "'": "", "’": ""}
_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
"""Letters written otherwise at the beginning of a word."""


def romanise(text: str) -> str:
    """Ukrainian in Latin letters, as the government's table says.

    References
    ----------
    Resolution of the Cabinet of Ministers of Ukraine no. 55 of 27 January 2010 (KMU-55).
    """
    out: list[str] = []
    before = " "
    for position, letter in enumerate(text):
        low = letter.lower()
        first = not (before.isalpha() or before in "'’")
        if low == "г" and before.lower() == "з":
            latin = "gh"  # зг is zgh, so that it is not read as ж
        else:
            latin = _FIRST.get(low, _LETTERS.get(low, letter)) if first else _LETTERS.get(low, letter)
        if letter != low and latin:
            shouting = text[position + 1 : position + 2].isupper()
            latin = latin.upper() if shouting else latin[0].upper() + latin[1:]
        out.append(latin)
        before = letter
    return "".join(out)
