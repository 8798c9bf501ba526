"""Whole facts, and facts that must be refused, each with the part that is at fault."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from curve import public_of, sign
from make_canonical import MAX, plain
from make_signatures import FACT, SEED, SIGN_IN, small_encodings

Made = dict[str, Any]
HOST = bytes(range(32, 64))
CHAIN = "c0" * 16
AT = 1_795_338_000_000  # 2026-11-22


def salt(n: int) -> bytes:
    return hashlib.sha256(b"salt %d" % n).digest()[:16]


def hashed(salted: bytes, data: bytes) -> str:
    return hashlib.sha256(salted + data).hexdigest()


def header(**members: Any) -> Made:
    """A header with everything in order; name what is to be different."""
    usual = {
        "about": "",
        "at": [AT, 0],
        "body_hash": hashed(salt(0), b"{}"),
        "chain": CHAIN,
        "f": 1,
        "kind": "point.described",
        "net": NET,
        "origin": public_of(HOST).hex(),
        "prev": "",
        "scope": NET,
        "sealed_hash": "",
        "seq": 0,
        "v": 1,
    }
    return {**usual, **members}


def whole(
    name: str, seed: bytes, members: Made, body: Any = None, sealed: Any = None, *, here: str = "body sealed"
) -> Made:
    """A signed fact with body and sealed part; ``here`` names the parts that are not withheld."""
    parts: Made = {"salt": None, "body": None, "sealed_salt": None, "sealed": None}
    if body is not None:
        data = plain(body)
        members = {**members, "body_hash": hashed(salt(1), data)}
        if "body" in here:
            parts |= {"salt": salt(1).hex(), "body": data.hex()}
    if sealed is not None:
        data = plain(sealed)
        members = {**members, "sealed_hash": hashed(salt(2), data)}
        if "sealed" in here:
            parts |= {"sealed_salt": salt(2).hex(), "sealed": data.hex()}
    raw = plain(members)
    return {
        "name": name,
        "header": raw.hex(),
        "sig": sign(seed, FACT + raw).hex(),
        **parts,
        "id": hashlib.sha256(raw).hexdigest(),
        "header_value": members,
        "body_value": _readable(body if "body" in here else None),
        "sealed_value": _readable(sealed if "sealed" in here else None),
    }


def _readable(value: Any) -> Any:
    """The value beside the bytes, unless it is one of the huge ones."""
    return value if len(str(value)) < 1000 else "huge"


NET = ""
FOUNDING = whole(
    "the founding fact",
    SEED,
    header(kind="network.founded", origin=public_of(SEED).hex()),
    {"name": "A made-up town", "recovery": public_of(bytes(32)).hex()},
)
NET = FOUNDING["id"]
POINT = whole(
    "a point, described",
    HOST,
    header(),
    {"names": {"uk": "Школа № 12", "kk": "Әуезов мектебі", "en": "School 12"}, "lon_e7": 305000000, "seats": 60},
    {"note": "Ключ у сторожа.\nДзвонити двічі \U0001f511"},
)


def good() -> list[Made]:
    point = POINT["id"]
    opened = {"about": point, "scope": point, "kind": "point.opened", "chain": "0123456789abcdef" * 2}
    first = whole("the first in a chain", HOST, header(**opened), {"happened": "2026-11-22T17:40+02:00", "via": "self"})
    second = whole(
        "the next in that chain", HOST, header(**opened, seq=1, prev=first["id"], at=[AT, 1]), {"via": "phone"}
    )
    report = {"people": 14}
    return [
        FOUNDING,
        POINT,
        first,
        second,
        whole("body withheld", HOST, header(), report, here=""),
        whole("body withheld, sealed part here", HOST, header(), report, {"note": "Чай"}, here="sealed"),
        whole("sealed part withheld", HOST, header(), report, {"note": "Чай"}, here="body"),
        whole("both withheld", HOST, header(), report, {"note": "Чай"}, here=""),
        whole("an empty body", HOST, header(), {}),
        whole("a kind nobody knows yet", HOST, header(kind="orchard.tree.planted2", v=7), {"trees": 3}),
        whole("the longest kind", HOST, header(kind="a." + "b" * 62), {}),
        whole(
            "the largest numbers",
            HOST,
            header(at=[MAX, 65_535], seq=MAX, prev="ab" * 32, v=MAX, scope=point),
            {"n": MAX, "m": -MAX},
        ),
        whole("at the beginning of time", HOST, header(at=[0, 0]), {}),
        whole("no scope, but a network", HOST, header(scope=""), {}),
        whole("the largest body", HOST, header(), {"t": "x" * (16_384 - 8)}),
        whole("the largest sealed part", HOST, header(), {}, {"t": "x" * (65_536 - 8)}),
    ]


def bad() -> list[Made]:
    made: list[Made] = []
    _header_members(made)
    _header_bytes(made)
    _signatures(made)
    _parts(made)
    return made


def _raw(name: str, raw: bytes, parts: Made | None = None, *, fault: str = "header", sig: bytes | None = None) -> Made:
    empty: Made = {"salt": None, "body": None, "sealed_salt": None, "sealed": None}
    signed = sign(HOST, FACT + raw) if sig is None else sig
    return {"name": name, "fault": fault, "header": raw.hex(), "sig": signed.hex(), **empty, **(parts or {})}


def _header_members(made: list[Made]) -> None:
    """Canonical and well signed, but no header."""

    def wrong(name: str, **members: Any) -> None:
        made.append(_raw(name, plain(header(**members))))

    for member in header():
        made.append(_raw(f"{member} is missing", plain({k: v for k, v in header().items() if k != member})))
        made.append(_raw(f"{member} is null", plain(header(**{member: None}))))
    wrong("a member too many", note="hello")
    wrong("f is 0", f=0)
    wrong("f is 2", f=2)
    wrong("f is true", f=True)
    wrong("f is text", f="1")
    for member in ("about", "body_hash", "net", "origin", "prev", "scope", "sealed_hash"):
        usual = {"seq": 1, "prev": "ab" * 32} if member == "prev" else {}
        wrong(f"{member} in capitals", **{**usual, member: "AB" * 32})
        wrong(f"{member} of 63 digits", **{**usual, member: "a" * 63})
        wrong(f"{member} of 65 digits", **{**usual, member: "a" * 65})
        wrong(f"{member} with a line feed", **{**usual, member: "ab" * 32 + "\n"})
        wrong(f"{member} is no hexadecimal", **{**usual, member: "g" * 64})
        wrong(f"{member} in wide digits", **{**usual, member: "\uff10" * 64})
    wrong("origin is empty", origin="")
    wrong("body_hash is empty", body_hash="")
    wrong("chain is empty", chain="")
    wrong("chain of 32 bytes", chain="c0" * 32)
    wrong("chain in capitals", chain="C0" * 16)
    for name, at in (
        ("is a number", AT),
        ("is text", "2026-11-22"),
        ("is empty", []),
        ("has one member", [AT]),
        ("has three members", [AT, 0, 0]),
        ("is negative", [-1, 0]),
        ("has a negative counter", [AT, -1]),
        ("has a counter of 65,536", [AT, 65_536]),
        ("holds text", [str(AT), 0]),
        ("holds true", [AT, True]),
        ("is an object", {"ms": AT}),
        ("is beyond 2^53 - 1", [MAX + 1, 0]),
    ):
        wrong(f"at {name}", at=at)
    for name, kind in (
        ("is empty", ""),
        ("has one word", "point"),
        ("begins with a capital", "Point.opened"),
        ("ends with a dot", "point."),
        ("begins with a dot", ".opened"),
        ("has two dots", "point..opened"),
        ("begins with a digit", "point.1opened"),
        ("has a dash", "point.re-opened"),
        ("has a line feed", "point.opened\n"),
        ("is Cyrillic", "точка.відкрита"),
        ("has 65 characters", "a." + "b" * 63),
        ("is a number", 1),
    ):
        wrong(f"kind {name}", kind=kind)
    wrong("seq is negative", seq=-1, prev="ab" * 32)
    wrong("seq is text", seq="0")
    wrong("seq is false", seq=False)
    wrong("seq is beyond 2^53 - 1", seq=MAX + 1, prev="ab" * 32)
    wrong("seq 0 with a prev", prev="ab" * 32)
    wrong("seq 1 without a prev", seq=1)
    wrong("v is 0", v=0)
    wrong("v is negative", v=-1)
    wrong("v is text", v="1")
    wrong("no net", net="")
    wrong("a founding fact with a net", kind="network.founded")
    wrong("a founding fact with a scope", kind="network.founded", net="", scope="ab" * 32)
    wrong("a founding fact about something", kind="network.founded", net="", scope="", about="ab" * 32)
    wrong("a founding fact that is not the first", kind="network.founded", net="", scope="", seq=1, prev="ab" * 32)


def _header_bytes(made: list[Made]) -> None:
    """A header in other bytes than the canonical ones, well signed as it stands."""
    raw = plain(header())
    text = raw.decode()
    swapped = json.dumps(dict(reversed(header().items())), separators=(",", ":")).encode()
    for name, data in (
        ("empty", b""),
        ("no JSON", b"shanyrak"),
        ("a list", b"[]"),
        ("text", b'"header"'),
        ("null", b"null"),
        ("an empty object", b"{}"),
        ("members in another order", swapped),
        ("blanks", json.dumps(header(), sort_keys=True).encode()),
        ("a line feed behind", raw + b"\n"),
        ("a blank in front", b" " + raw),
        ("a byte order mark", b"\xef\xbb\xbf" + raw),
        ("NUL behind", raw + b"\0"),
        ("v as a float", text.replace('"v":1', '"v":1.0').encode()),
        ("v with an exponent", text.replace('"v":1', '"v":1e0').encode()),
        ("seq minus zero", text.replace('"seq":0', '"seq":-0').encode()),
        ("seq as a float", text.replace('"seq":0', '"seq":0.0').encode()),
        ("f twice", text.replace('"f":1', '"f":1,"f":1').encode()),
        ("f twice, the first one wrong", text.replace('"f":1', '"f":2,"f":1').encode()),
        ("a letter escaped", text.replace("point.", "p\\u006fint.").encode()),
        ("longer than 2,048 bytes", raw[:-1] + b" " * 2048 + b"}"),
        ("cut", raw[:-1]),
        ("twice", raw + raw),
        ("UTF-16", text.encode("utf-16-le")),
    ):
        made.append(_raw(f"header: {name}", data))


def _signatures(made: list[Made]) -> None:
    raw = plain(header())
    sig = sign(HOST, FACT + raw)

    def wrong(name: str, data: bytes, of: bytes = raw) -> None:
        made.append(_raw(name, of, fault="signature", sig=data))

    wrong("signed by another key", sign(SEED, FACT + raw))
    wrong("signed for sign-in", sign(HOST, SIGN_IN + raw))
    wrong("signed without a prefix", sign(HOST, raw))
    wrong("signed is the id", sign(HOST, FACT + hashlib.sha256(raw).digest()))
    wrong("signed is another header", sign(HOST, FACT + plain(header(at=[AT, 1]))))
    wrong("no signature", b"")
    wrong("a signature one byte short", sig[:-1])
    wrong("a signature one byte long", sig + b"\0")
    wrong("all zero", bytes(64))
    for name, public, _ in small_encodings():
        zero = (1).to_bytes(32, "little") + bytes(32)
        wrong(f"key of small order: {name}", zero, plain(header(origin=public.hex())))


def _parts(made: list[Made]) -> None:
    """Header and signature are good; what lies beside them is not."""

    def body(name: str, data: bytes | None, salted: bytes | None = salt(3), *, of: bytes | None = None) -> None:
        raw = plain(header(body_hash=hashed(salted or b"", (data or b"") if of is None else of)))
        parts = {} if data is None else {"body": data.hex()}
        if salted is not None:
            parts["salt"] = salted.hex()
        made.append(_raw(name, raw, parts, fault="body"))

    def sealed(name: str, data: bytes | None, salted: bytes | None = salt(4), *, said: str | None = None) -> None:
        wanted = hashed(salted or b"", data or b"") if said is None else said
        parts = {} if data is None else {"sealed": data.hex()}
        if salted is not None:
            parts["sealed_salt"] = salted.hex()
        made.append(_raw(name, plain(header(sealed_hash=wanted)), parts, fault="sealed"))

    body("another body", b'{"people":15}', of=b'{"people":14}')
    body("body hashed without its random bytes", b'{"people":14}', of=b"")
    body("a body without its random bytes", b"{}", None)
    body("random bytes without a body", None)
    body("15 random bytes", b"{}", bytes(15))
    body("17 random bytes", b"{}", bytes(17))
    body("no random bytes at all", b"{}", b"")
    for name, data in (
        ("a list", b"[]"),
        ("text", b'"people"'),
        ("null", b"null"),
        ("empty", b""),
        ("no JSON", b"people=14"),
        ("a float", b'{"people":14.0}'),
        ("blanks", b'{"people": 14}'),
        ("a key twice", b'{"people":14,"people":14}'),
        ("keys not sorted", b'{"b":1,"a":1}'),
        ("a byte order mark", b"\xef\xbb\xbf{}"),
        ("NUL", b'{"a":"\\u0000"}'),
        ("not NFC", '{"a":"e\u0301"}'.encode()),
        ("half a character", b'{"a":"\\ud800"}'),
        ("2^53", b'{"n":9007199254740992}'),
        ("nine levels", b'{"a":[[[[[[[[]]]]]]]]}'),
        ("16,385 bytes", plain({"t": "x" * (16_385 - 8)})),
    ):
        body(f"the body is {name}", data)
    sealed("another sealed part", b'{"note":"a"}', said=hashed(salt(4), b'{"note":"b"}'))
    sealed("a sealed part where the header knows none", b'{"note":"a"}', said="")
    sealed("a sealed part without its random bytes", b"{}", None)
    sealed("random bytes without a sealed part", None)
    sealed("15 random bytes beside the sealed part", b"{}", bytes(15))
    sealed("the sealed part is a list", b"[]")
    sealed("the sealed part has blanks", b'{ "note":"a"}')
    sealed("the sealed part is 65,537 bytes", plain({"t": "x" * (65_537 - 8)}))


def facts() -> dict[str, Any]:
    """The whole of facts.json."""
    return {
        "about": "Facts (all bytes in hex). good: to be kept; bad: to be refused, with the first part at fault in the "
        "order header, body, sealed, signature. A part that is null is not here (withheld). See facts.md",
        "good": good(),
        "bad": bad(),
    }
