"""Makes bundle.json (spec/bundle.md) with nothing but the standard library and PyNaCl: python make_bundle.py"""
# ruff: noqa: T201

import json
import zlib
from hashlib import sha256
from pathlib import Path

from nacl.signing import SigningKey

MINE, SECOND, STRANGER = (SigningKey(bytes([n]) * 32) for n in (1, 2, 3))
NET, OTHER_NET = "5a" * 32, "5b" * 32
AS_OF = 29_000_000
NOW_S = AS_OF * 60 + 30
A, B, C = "a" * 64, "b" * 64, "c" * 64
SMALL_ORDER = "01" + "00" * 31


def public(key):
    return bytes(key.verify_key).hex()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def deflate(plain):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(plain) + packer.flush()


def sealed(payload, key=MINE, plain=None, sig=None):
    plain = canonical(payload) if plain is None else plain
    sig = key.sign(b"shanyrak/bundle/1\n" + plain).signature if sig is None else sig
    return b"SHY1" + sig + deflate(plain)


def entry(role, data):
    one = sha256(data).hexdigest()
    return {"path": f"data/{role}-{one[:16]}.z", "sha256": one, "bytes": len(data)}


def point(one, name, **more):
    return {"id": one, "names": {"uk": name}, "kind": "yurt", "lon_e7": 305_000_000, "lat_e7": 504_000_000,
            "since_at_min": AS_OF - 10_000, **more}  # fmt: skip


HOURS = {"text": "Mo-Su 09:00-19:00", "open_min": [AS_OF - 600, 600, 840, 600]}
POINTS = deflate(canonical({"f": 1, "points": [
    point(A, "Школа 12", official=True, floor=0, hours=HOURS, lists=[["Місто", "7"]],
          services={"heat": {"value": True, "said_at_min": AS_OF - 60}, "pets": {"value": False, "said_at_min": 1}}),
    point(B, "Юрта", names={"uk": "Юрта", "kk": "Киіз үй"}, seats=40, blurred=True),
    point(C, "Бібліотека", hours={"text": "as needed"}),
]}))  # fmt: skip
ACCOUNTS = deflate(canonical({"f": 1, "accounts": [
    {"id": B, "type": "point", "names": {"uk": "Юрта"}, "served_visits": 120, "steps": [
        {"step": "promised", "happened": "2022-12", "what": "yurt", "count": 1,
         "sources": [{"id": C, "kind": "pledge.made", "happened": "2022-12", "by": "desk"}]}]},
]}))  # fmt: skip
MANIFEST = {
    "f": 1, "t": "manifest", "net": NET, "version": AS_OF * 60, "made_s": AS_OF * 60,
    "expires_s": AS_OF * 60 + 14 * 86_400, "keys": sorted([public(MINE), public(SECOND)]), "network": "Warm points",
    "operator": "Town council", "titles": {"uk": "Містечко"}, "made_up": True, "area": "", "map": None,
    "zone": "Europe/Kyiv", "offsets_min": [[28_401_120, 120], [28_531_260, 180]], "emergency": "112",
    "report_url": "", "languages": ["uk", "en"], "points": 3, "walk": None,
    "files": {"points": entry("points", POINTS), "accounts": entry("accounts", ACCOUNTS)},
}  # fmt: skip
BASE = {
    "f": 1, "t": "base", "net": NET, "version": AS_OF * 60, "expires_s": AS_OF * 60 + 14 * 86_400, "ttl_s": 300,
    "points": sha256(POINTS).hexdigest(), "as_of_at_min": AS_OF, "mode": "blackout", "state": "oru", "by": "dl-",
    "band": "s--", "said": [10, 0, None], "until": [[0, 60]], "visitors": [[0, 0, 1, 2, 0, 5]],
    "notices": [{"district": "", "urgency": "high", "until_at_min": AS_OF + 300, "words": {"uk": "Тримайтеся"}}],
}  # fmt: skip
DELTA = {
    "f": 1, "t": "delta", "net": NET, "version": AS_OF * 60 + 61, "expires_s": AS_OF * 60 + 14 * 86_400, "ttl_s": 300,
    "base": AS_OF * 60, "as_of_at_min": AS_OF + 1, "set": [[0, "ch-", 0], [2, "od-", 1, None, [1, 0, 0, 0, 1]]],
}  # fmt: skip
FOLDER = {
    "data/manifest.shy": sealed(MANIFEST), "data/base.shy": sealed(BASE), "data/delta.shy": sealed(DELTA),
    MANIFEST["files"]["points"]["path"]: POINTS, MANIFEST["files"]["accounts"]["path"]: ACCOUNTS,
}  # fmt: skip
FOUND = {
    "version": AS_OF * 60 + 61,
    "as_of_at_min": AS_OF + 1,
    "mode": "blackout",
    "points": [
        {"id": A, "state": "closed", "said_at_min": AS_OF + 1, "by": "desk", "until_at_min": None, "band": "",
         "visitors": [0, 0, 0, 0, None], "open_at_min": [[AS_OF - 600, AS_OF], [AS_OF + 840, AS_OF + 1440]]},
        {"id": B, "state": "ready", "said_at_min": AS_OF, "by": "list", "until_at_min": None, "band": "",
         "visitors": [0, 0, 0, 0, None], "open_at_min": None},
        {"id": C, "state": "open", "said_at_min": AS_OF, "by": "duty", "until_at_min": None, "band": "",
         "visitors": [1, 0, 0, 0, AS_OF], "open_at_min": None},
    ],
}  # fmt: skip


def without(payload, *names):
    return {name: value for name, value in payload.items() if name not in names}


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def cases():
    m, b, d = "data/manifest.shy", "data/base.shy", "data/delta.shy"
    points, good = MANIFEST["files"]["points"]["path"], sealed(MANIFEST)
    plain = canonical(MANIFEST)
    yield "as published", {}, {}, ""
    yield "first use: no key known yet", {}, {"net": "", "keys": None}, ""
    yield "a delta for another base is passed over", {d: sealed({**DELTA, "base": 1})}, {}, ""
    yield "signed by the second headquarters", {b: sealed(BASE, SECOND)}, {}, ""
    yield "members not known are passed over", {m: sealed({**MANIFEST, "more": [1]})}, {}, ""
    yield "the same versions once more", {}, {"manifest": MANIFEST["version"], "status": DELTA["version"]}, ""

    yield "no manifest", {m: None}, {}, "unreachable"
    yield "no base", {b: None}, {}, "unreachable"
    yield "no points", {points: None}, {}, "unreachable"

    yield "nothing in it", {m: b""}, {}, "damaged"
    yield "another sign in front", {m: b"SHY2" + good[4:]}, {}, "damaged"
    yield "cut in the signature", {m: good[:60]}, {}, "damaged"
    yield "cut in the payload", {m: good[:-5]}, {}, "damaged"
    yield "one byte more behind the end", {m: good + b"\0"}, {}, "damaged"
    yield "inflates to more than allowed", {m: sealed(None, plain=b" " * 1_048_577)}, {}, "damaged"
    yield "inflates to three megabytes", {b: sealed(None, plain=b" " * 3_000_000)}, {}, "damaged"
    yield "a blank in it", {m: sealed(None, plain=plain.replace(b",", b", ", 1))}, {}, "damaged"
    yield "a member twice", {m: sealed(None, plain=plain.replace(b"{", b'{"area":"",', 1))}, {}, "damaged"
    yield "a fraction", {m: sealed(None, plain=plain.replace(b'"points":3', b'"points":3.0'))}, {}, "damaged"
    yield "a list in place of an object", {m: sealed([])}, {}, "damaged"
    yield "a base in place of the manifest", {m: sealed(BASE)}, {}, "damaged"
    yield "a manifest in place of the base", {b: good}, {}, "damaged"
    for name in ("net", "version", "expires_s", "made_s", "keys", "files", "languages", "titles", "made_up"):
        code = "other_network" if name == "net" else "damaged"
        yield f"a manifest without {name}", {m: sealed(without(MANIFEST, name))}, {}, code
    yield "a version that is a text", {m: sealed({**MANIFEST, "version": "1"})}, {}, "damaged"
    yield "no format", {m: sealed(without(MANIFEST, "f"))}, {}, "damaged"
    yield "format 2", {m: sealed({**MANIFEST, "f": 2})}, {}, "too_new"
    yield "a base of format 2", {b: sealed({**BASE, "f": 2})}, {}, "too_new"

    yield "a manifest of another network", {m: sealed({**MANIFEST, "net": OTHER_NET})}, {}, "other_network"
    yield "a base of another network", {b: sealed({**BASE, "net": OTHER_NET})}, {}, "other_network"
    yield "a delta of another network", {d: sealed({**DELTA, "net": OTHER_NET})}, {}, "other_network"

    yield "a bit of the signature flipped", {m: flipped(good, 10)}, {}, "forged"
    yield "the signature of another payload", {m: sealed(MANIFEST, sig=sealed(BASE)[4:68])}, {}, "forged"
    yield "signed by a stranger", {m: sealed(MANIFEST, STRANGER)}, {}, "forged"
    own = {**MANIFEST, "keys": [public(STRANGER)]}
    yield "signed by a stranger who lists his own key", {m: sealed(own, STRANGER)}, {}, "forged"
    yield "first use: not signed by one of its own keys", {m: sealed(own)}, {"net": "", "keys": None}, "forged"
    yield "signed by a pinned key that it does not list", {m: sealed(own)}, {}, "forged"
    yield "a base by a stranger", {b: sealed(BASE, STRANGER)}, {}, "forged"
    yield "a delta by a stranger", {d: sealed(DELTA, STRANGER)}, {}, "forged"
    small = sealed({**MANIFEST, "keys": [SMALL_ORDER]}, sig=bytes.fromhex(SMALL_ORDER) + bytes(32))
    yield "a key of small order, under which everything verifies", {m: small}, {"net": "", "keys": None}, "forged"
    yield "a pinned key of small order", {m: small}, {"keys": [SMALL_ORDER]}, "forged"
    yield "signed without the prefix", {m: sealed(MANIFEST, sig=MINE.sign(plain).signature)}, {}, "forged"
    only = {m: sealed({**MANIFEST, "keys": [public(MINE)]}), b: sealed(BASE, SECOND)}
    yield "a base by a key that headquarters took back", only, {}, "forged"

    yield "a manifest older than one seen", {}, {"manifest": MANIFEST["version"] + 1}, "rolled_back"
    yield "a status older than one seen", {}, {"status": DELTA["version"] + 1}, "rolled_back"
    old = {d: sealed({**DELTA, "base": 1, "version": DELTA["version"] + 9})}
    yield "the base alone is older than a delta seen", old, {"status": DELTA["version"]}, "rolled_back"

    yield "a second before it expires", {}, {"now_s": MANIFEST["expires_s"] - 1}, ""
    yield "expired", {}, {"now_s": MANIFEST["expires_s"]}, "expired"
    yield "a base that expired", {b: sealed({**BASE, "expires_s": NOW_S})}, {}, "expired"
    yield "a delta that expired", {d: sealed({**DELTA, "expires_s": NOW_S})}, {}, "expired"

    yield "a byte of the points flipped", {points: flipped(POINTS, 40)}, {}, "damaged"
    yield "points cut", {points: POINTS[:-9]}, {}, "damaged"
    for what, change in (
        ("a letter not known", {"state": "oxu"}), ("too few letters", {"state": "or"}),
        ("too many points", {"state": "oruu", "by": "dl--", "band": "s---", "said": [10, 0, None, None]}),
        ("a moment that is a text", {"said": [10, 0, "1"]}),
        ("until of a point that is not there", {"until": [[3, 1]]}),
        ("until not in order", {"until": [[1, 1], [0, 1]]}), ("visitors too few", {"visitors": [[0, 1, 2]]}),
        ("a count below 0", {"visitors": [[0, -1, 0, 0, 0, None]]}), ("no mode", {"mode": None}),
    ):  # fmt: skip
        yield f"base: {what}", {b: sealed({**BASE, **change})}, {}, "damaged"
    for what, lines in (
        ("a point that is not there", [[3, "od-"]]), ("a point below 0", [[-1, "od-"]]),
        ("not in order", [[1, "od-"], [0, "od-"]]), ("a point twice", [[1, "od-"], [1, "od-"]]),
        ("two letters", [[0, "od"]]), ("nothing of a point", [[0]]), ("too many parts", [[0, "od-", 1, None, None, 1]]),
        ("no line", [0]),
    ):  # fmt: skip
        yield f"delta: {what}", {d: sealed({**DELTA, "set": lines})}, {}, "damaged"


def main():
    known = {"net": NET, "keys": [public(MINE)], "manifest": -1, "status": -1, "now_s": NOW_S}
    listed = [
        {"name": name, "files": {path: None if data is None else data.hex() for path, data in files.items()},
         "known": {**known, **more}, "code": code}
        for name, files, more, code in cases()
    ]  # fmt: skip
    vectors = {
        "folder": {path: data.hex() for path, data in FOLDER.items()},
        "found": FOUND,
        "cases": listed,
    }
    text = json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"
    Path(__file__).with_name("bundle.json").write_text(text, encoding="utf-8")
    print(f"{len(listed)} cases, {len(text):,} characters")


if __name__ == "__main__":
    main()
