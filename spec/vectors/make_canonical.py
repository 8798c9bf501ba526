"""Bytes in canonical form, and bytes that are not."""

from __future__ import annotations

import json
from typing import Any

MAX = 2**53 - 1


def plain(value: Any) -> bytes:
    """RFC 8785 for values without floats and with ASCII keys: json.dumps does the same there."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


GOOD: tuple[tuple[str, Any], ...] = (
    ("empty object", {}),
    ("empty list", []),
    ("empty text", ""),
    ("true", True),
    ("false", False),
    ("null", None),
    ("zero", 0),
    ("largest number", MAX),
    ("smallest number", -MAX),
    (
        "keys sorted by bytes",
        {"b": 1, "a": 2, "B": 3, "a.b": 4, "a1": 5, "a_b": 6, "10": 7, "9": 8, "a:b": 9, "a-b": 10},
    ),
    ("a key that some languages treat apart", {"__proto__": 1, "constructor": {"prototype": 2}, "toString": []}),
    ("the longest key", {"k" * 64: 1}),
    ("Ukrainian", {"name": "Школа № 12, під’їзд 3"}),
    ("Kazakh", {"name": "Әуезов көшесі, киіз үй"}),
    ("a character beyond 16 bits", "\U0001f525"),
    ("the last character", "\U0010ffff"),
    ("no characters, but code points", "\uffff\ufdd0"),
    ("a composed letter", "é"),
    ("a mark with no letter", "\u0301"),
    ("separators are not escaped", "\u2028\u2029"),
    ("delete is not escaped", "\x7f\x80"),
    ("solidus is not escaped", "a/b"),
    ("quote and backslash are", 'a"b\\c'),
    ("every control character but NUL", "".join(chr(n) for n in range(1, 32))),
    ("a byte order mark inside text", "\ufeff"),
    ("eight levels", [[[[[[[[]]]]]]]]),
    ("eight levels with something in", [[[[[[[["deep"]]]]]]]]),
    ("eight levels of objects", {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": None}}}}}}}}),
    ("order of lists stays", [3, 1, 2, {"z": [], "a": ""}]),
    # Unicode 15.0 made U+1E08F a mark that changes places with others; for 14.0 it stands by itself.
    ("a mark newer than Unicode 14.0, out of its later order", "q\u0301\U0001e08f\u0323"),
    # Unicode 16.0 composes these two into U+16121; for 14.0 neither is known.
    ("two characters that a later Unicode composes", "\U0001611e\U0001611e"),
)

BAD: tuple[tuple[str, bytes], ...] = (
    ("nothing", b""),
    ("a fraction", b'{"a":1.5}'),
    ("a float that is whole", b'{"a":1.0}'),
    ("an exponent", b'{"a":1e3}'),
    ("a capital exponent", b"1E400"),
    ("minus zero", b'{"a":-0}'),
    ("minus zero as a float", b"-0.0"),
    ("a leading zero", b"01"),
    ("a plus sign", b"+1"),
    ("a bare minus", b"-"),
    ("hexadecimal", b"0x10"),
    ("2^53", b"9007199254740992"),
    ("-2^53", b"-9007199254740992"),
    ("2^53 + 1, which a float cannot hold", b"9007199254740993"),
    ("a number that rounds to 2^53 - 1", b"9007199254740990.9"),
    ("2^64", b"18446744073709551616"),
    ("5,000 digits", b"9" * 5000),
    ("NaN", b"NaN"),
    ("Infinity", b"Infinity"),
    ("a key twice", b'{"a":1,"a":2}'),
    ("a key twice with one value", b'{"a":1,"a":1}'),
    ("a key twice, once escaped", b'{"a":1,"\\u0061":1}'),
    ("keys not sorted", b'{"b":1,"a":2}'),
    ("keys sorted without case", b'{"a":1,"B":2}'),
    ("keys sorted as numbers", b'{"9":1,"10":2}'),
    ("keys not sorted below", b'{"a":{"c":1,"b":2}}'),
    ("an empty key", b'{"":1}'),
    ("a key of 65 characters", b'{"' + b"k" * 65 + b'":1}'),
    ("a key with a blank", b'{"a b":1}'),
    ("a key that is not ASCII", '{"é":1}'.encode()),
    ("a key with a line feed at its end", b'{"a\\n":1}'),
    ("a blank after a colon", b'{"a": 1}'),
    ("a blank after a comma", b"[1, 2]"),
    ("a blank in front", b" {}"),
    ("a line feed behind", b"{}\n"),
    ("a blank behind", b"{} "),
    ("two values", b"{}{}"),
    ("a comma too many", b"[1,]"),
    ("a comma too many in an object", b'{"a":1,}'),
    ("a comma missing", b"[1 2]"),
    ("an end missing", b'{"a":1'),
    ("an end too many", b"{}}"),
    ("single quotes", b"{'a':1}"),
    ("a comment", b"{}//"),
    ("a word", b'{"a":undefined}'),
    ("True", b"True"),
    ("a byte order mark in front", b"\xef\xbb\xbf{}"),
    ("UTF-16", '{"a":1}'.encode("utf-16-le")),
    ("a solidus escaped", b'"a\\/b"'),
    ("a letter escaped", b'"\\u0041"'),
    ("a line feed escaped the long way", b'"\\u000a"'),
    ("a control character in capitals", b'"\\u001F"'),
    ("a control character as it is", b'"\x1f"'),
    ("a line feed as it is", b'"\n"'),
    ("delete escaped", b'"\\u007f"'),
    ("an emoji escaped", b'"\\ud83d\\udd25"'),
    ("a separator escaped", b'"\\u2028"'),
    ("an unknown escape", b'"\\x41"'),
    ("an escape cut short", b'"\\u00"'),
    ("NUL escaped", b'"\\u0000"'),
    ("NUL as it is", b'"\x00"'),
    ("half a character", b'"\\ud800"'),
    ("the other half", b'"\\udc00"'),
    ("halves exchanged", b'"\\udd25\\ud83d"'),
    ("half a character in UTF-8", b'"\xed\xa0\x80"'),
    ("halves in UTF-8 (CESU-8)", b'"\xed\xa0\xbd\xed\xb4\xa5"'),
    ("a byte that is no UTF-8", b'"\xff"'),
    ("UTF-8 cut short", b'"\xd0"'),
    ("an overlong slash", b'"\xc0\xaf"'),
    ("an overlong NUL", b'"\xc0\x80"'),
    ("beyond the last character", b'"\xf4\x90\x80\x80"'),
    ("Latin-1", "é".encode("latin-1").join((b'"', b'"'))),
    ("not NFC: letter and mark", '"e\u0301"'.encode()),
    ("not NFC: the Kelvin sign", '"\u212a"'.encode()),
    ("not NFC: Hangul parts", '"\u1100\u1161"'.encode()),
    ("not NFC: marks out of order", '"a\u0301\u0323"'.encode()),
    ("not NFC: i and its two dots, Ukrainian", '"\u0456\u0308"'.encode()),
    ("not NFC before a character newer than Unicode 14.0", '"e\u0301\U0001e08f"'.encode()),
    ("nine levels", b"[[[[[[[[[]]]]]]]]]"),
    ("nine levels of objects", b'{"a":' * 9 + b"1" + b"}" * 9),
    ("two thousand levels", b"[" * 2_000 + b"]" * 2_000),
    ("two thousand beginnings", b"[" * 2_000),
)


def canonical() -> dict[str, Any]:
    """The whole of canonical.json."""
    return {
        "about": "Bytes (hex) that are canonical, with the value they hold; and bytes to refuse. See facts.md",
        "good": [{"name": name, "bytes": plain(value).hex(), "value": value} for name, value in GOOD],
        "bad": [{"name": name, "bytes": data.hex()} for name, data in BAD],
    }
