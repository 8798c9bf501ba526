"""Streams, files, digests, messages, signed requests (``exchange.md``), written a second time from the page alone."""

from __future__ import annotations

import hashlib
from typing import Any

from curve import public_of, sign
from make_facts import AT, FOUNDING, HOST, NET, Made, good, header, whole
from make_signatures import SEED

MAGIC = b"shanyrak ledger 1\n"
SIGN_IN = b"shanyrak/sign-in/1\n"
POINT = hashlib.sha256(b"a point").hexdigest()


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def number(n: int) -> bytes:
    """7 bits a byte, the lowest first."""
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


def parts_of(fact: Made) -> tuple[bytes, bytes]:
    """Body and sealed part as they stand in a stream."""
    found = []
    for salt, data, wanted in (("salt", "body", "body_hash"), ("sealed_salt", "sealed", "sealed_hash")):
        if fact[data] is None:
            found.append(bytes.fromhex(fact["header_value"][wanted]))
        else:
            given = bytes.fromhex(fact[data])
            found.append(bytes.fromhex(fact[salt]) + number(len(given)) + given)
    return found[0], found[1]


def stream(facts: list[Made], net: str = NET) -> bytes:
    out, kinds = b"", []
    chain: tuple[str, ...] | None = None
    seq, prev, ms, about = 0, "", 0, ""
    for fact in facts:
        h = fact["header_value"]
        own = (h["origin"], h["chain"], h["scope"])
        begins = 2 if own != chain else 0 if (h["seq"], h["prev"]) == (seq + 1, prev) else 1
        if begins == 2:
            ms, about = 0, ""
        aim = 0 if not h["about"] else 1 if h["about"] == h["scope"] else 2 if h["about"] == about else 3
        beside = 0 if not h["sealed_hash"] else 1 if fact["sealed"] is None else 2
        out += bytes([begins | aim << 2 | (fact["body"] is not None) << 4 | beside << 5])
        if begins == 2:
            out += bytes.fromhex(h["origin"] + h["chain"])
            out += b"\0" if not h["scope"] else b"\1" if h["scope"] == net else b"\2" + bytes.fromhex(h["scope"])
        if begins:
            out += number(h["seq"]) + bytes.fromhex(h["prev"])
        step = h["at"][0] - ms
        out += number(2 * step if step >= 0 else -2 * step - 1) + number(h["at"][1])
        kind = (h["kind"], h["v"])
        if kind in kinds:
            out += number(kinds.index(kind))
        else:
            out += number(len(kinds)) + number(len(h["kind"])) + h["kind"].encode() + number(h["v"])
            kinds.append(kind)
        body, sealed = parts_of(fact)
        out += (bytes.fromhex(h["about"]) if aim == 3 else b"") + bytes.fromhex(fact["sig"]) + body + sealed
        chain, seq, prev, ms, about = own, h["seq"], fact["id"], h["at"][0], h["about"]
    return out


def report(seq: int, prev: str, *, chain: str = "11" * 16, seats: int = 0, **more: Any) -> Made:
    usual = {"about": POINT, "scope": POINT, "kind": "status.reported", "chain": chain, "at": [AT + seq * 60_000, 0]}
    members = header(**usual | {"seq": seq, "prev": prev, **more})
    return whole(f"report {seq}", HOST, members, {"seats_free": seats})


def reports(count: int) -> list[Made]:
    found: list[Made] = []
    for seq in range(count):
        found.append(report(seq, found[-1]["id"] if found else ""))
    return found


def shown(fact: Made) -> Made:
    return {name: fact[name] for name in ("header", "sig", "salt", "body", "sealed_salt", "sealed", "id")}


def file_of(facts: list[Made]) -> bytes:
    def place(fact: Made) -> tuple[Any, ...]:
        h = fact["header_value"]
        return h["origin"], h["chain"], h["scope"], h["seq"], fact["id"]

    data, block = MAGIC + bytes.fromhex(NET), []
    ordered = sorted(facts, key=place)
    for fact in ordered:
        block.append(fact)
        inside = stream(block)
        if len(inside) >= 16_384 or fact is ordered[-1]:
            data += b"blk." + len(inside).to_bytes(4, "big") + sha(inside) + inside
            block = []
    data += b"end." + bytes.fromhex(NET) + len(facts).to_bytes(8, "big")
    return data + sha(data)


# digests -------------------------------------------------------------------------------------------------
def digest_vectors() -> list[Made]:
    def name(text: str) -> str:
        return sha(text.encode()).hex()

    chains = []
    for k in range(20):
        key = {
            "origin": name(f"origin {k}"),
            "chain": name(f"chain {k}")[:32],
            "scope": "" if k == 0 else name("scope"),
        }
        heads = sorted(name(f"head {k} {h}") for h in range(1 + k % 3))
        missing = sorted(name(f"missing {k} {m}") for m in range(k % 2))
        place = sha(bytes.fromhex(key["origin"] + key["chain"] + key["scope"]))
        digest = sha(len(heads).to_bytes(4, "big") + bytes.fromhex("".join(heads + missing)))
        chains.append({**key, "heads": heads, "missing": missing, "place": place.hex(), "digest": digest.hex()})
    inside = sorted(chain["place"] + chain["digest"] for chain in chains)
    prefixes = ["", *"0123456789abcdef", inside[0][:2], inside[3][:5]]
    buckets = {p: sha(bytes.fromhex("".join(one for one in inside if one.startswith(p)))).hex() for p in prefixes}
    return [{"name": "20 chains", "chains": chains, "buckets": buckets}]


# messages ------------------------------------------------------------------------------------------------
def message(name: str, kind: int, payload: bytes, fields: Made) -> Made:
    head = b"shx.\1" + bytes([kind]) + len(payload).to_bytes(4, "big")
    return {"name": name, "type": kind, "bytes": (head + payload + sha(head + payload)).hex(), "fields": fields}


def some(value: str) -> bytes:
    return b"\1" + bytes.fromhex(value) if value else b"\0"


def listed(values: list[str]) -> bytes:
    return number(len(values)) + bytes.fromhex("".join(values))


def message_vectors() -> list[Made]:
    net, a, b, c = some(NET), "aa" * 32, "bb" * 32, "cc" * 32
    key, key_bytes = [a, "11" * 16, b], bytes.fromhex(a + "11" * 16) + some(b)
    digests = [sha(b"bucket %d" % k).hex() for k in range(16)]
    inside = stream(reports(2))
    fields = {"net": NET}
    return [
        message("compare from the top", 1, net + b"\0" + b"\1\0", fields | {"scopes": None, "prefixes": [""]}),
        message(
            "compare two buckets of two scopes",
            1,
            net + b"\1\2" + some("") + some(a) + b"\2" + b"\1\xa0" + b"\4\x0b\xcd",
            fields | {"scopes": ["", a], "prefixes": ["a", "0bcd"]},
        ),
        message("compare without a network yet", 1, b"\0\0\0", {"net": "", "scopes": None, "prefixes": []}),
        message(
            "compared: 16 digests, then two chains",
            2,
            net
            + b"\2\0"
            + bytes.fromhex("".join(digests))
            + b"\1\2"
            + (key_bytes + number(5) + number(300) + number(AT) + b"\0" + listed([a, b]) + listed([c]))
            + (key_bytes + number(900) + number(900) + number(AT) + b"\1" + bytes.fromhex(c)),
            fields | {"buckets": [digests, [[key, 5, 300, AT, [a, b], [c], ""], [key, 900, 900, AT, [], [], c]]]},
        ),
        message(
            "want",
            3,
            net + b"\1" + number(32_768) + b"\1" + key_bytes + listed([a]) + listed([]) + listed([b, c]),
            fields | {"latest": True, "most_bytes": 32_768, "chains": [[key, [a], []]], "not_these": [b, c]},
        ),
        message("facts", 4, b"\1\3" + number(200) + inside, {"unclear": [3], "left": 200, "stream": inside.hex()}),
        message(
            "show",
            5,
            net + key_bytes + number(0) + b"\2" + number(0) + bytes.fromhex(a) + number(300) + bytes.fromhex(b),
            fields | {"key": key, "first": 0, "blocks": [[0, a], [300, b]]},
        ),
        message(
            "shown",
            6,
            number(300) + b"\1" + number(2) + listed([a, c]),
            {"next": 300, "blocks": [[2, [a, c]]]},
        ),
        message(
            "get",
            7,
            net + b"\0" + number(1000) + listed([a, b]),
            fields | {"bodies": False, "most_bytes": 1000, "ids": [a, b]},
        ),
        message("give", 9, net + inside, fields | {"stream": inside.hex()}),
        message(
            "taken",
            10,
            number(1) + number(130) + number(0) + b"\1" + bytes.fromhex(a) + b"\4wh\xc3\xa9",
            {"new": 1, "known": 130, "bodies": 0, "refused": [[a, "whé"]]},
        ),
        message("lacking", 11, net + b"\0" + some(a), fields | {"scopes": None, "after": a}),
        message("lacked", 12, b"\1" + listed([b]), {"more": True, "ids": [b]}),
        message("witness", 13, net + b"\1" + key_bytes, fields | {"keys": [key]}),
        message("witnessed", 14, number(2), {"receipts": 2}),
        message("refusing", 15, net + b"\1" + bytes.fromhex(c) + b"\2no", fields | {"refused": [[c, "no"]]}),
        message("heard", 16, b"", {}),
        message("no", 126, b"\1\5never", {"code": 1, "what": "never"}),
    ]


def bad_messages() -> list[Made]:
    one = bytes.fromhex(message("", 16, b"", {})["bytes"])
    get = some(NET) + b"\0" + number(1) + listed(["bb" * 32, "aa" * 32])
    found = {
        "cut": one[:-1],
        "too long": one + b"\0",
        "a flipped bit": one[:-1] + bytes([one[-1] ^ 1]),
        "another magic": b"SHX." + one[4:],
        "a list that is not sorted": bytes.fromhex(message("", 7, get, {})["bytes"]),
        "a type nobody knows": bytes.fromhex(message("", 99, b"", {})["bytes"]),
        "a byte behind the payload": bytes.fromhex(message("", 16, b"\0", {})["bytes"]),
    }
    newer = one[:4] + b"\2" + one[5:-32]
    return [{"name": name, "bytes": data.hex()} for name, data in found.items()] + [
        {"name": "a newer version", "bytes": (newer + sha(newer)).hex()}
    ]


# all -----------------------------------------------------------------------------------------------------
def bad_streams() -> list[Made]:
    two = reports(2)
    data = stream(two)
    second = len(stream(two[:1]))
    # the first fact: 1 flags, 32 + 16 origin and chain, 1 + 32 scope, 1 seq, 6 time, 1 counter, 18 kind
    seq, time = 82, 83

    def put(at: int, size: int, new: bytes) -> bytes:
        return data[:at] + new + data[at + size :]

    found = [
        ("top bit of the first byte", put(0, 1, bytes([data[0] | 128])), 0),
        ("begins in no known way", put(0, 1, bytes([data[0] | 3])), 0),
        ("no chain is named", put(0, 1, bytes([data[0] & ~3])), 0),
        ("sealed part neither here nor away", put(0, 1, bytes([data[0] | 96])), 0),
        ("scope code 3", put(49, 1, b"\3"), 0),
        ("seq in two bytes", put(seq, 1, b"\x80\0"), 0),
        ("a number of nine bytes", put(seq, 1, b"\x80" * 8 + b"\1"), 0),
        ("a time before 1970", put(time, 6, b"\1"), 0),
        ("a counter of 65,536", put(time + 6, 1, number(65_536)), 0),
        ("a kind with a capital", data.replace(b"status.r", b"Status.r"), 0),
        (
            "seq and prev although they follow",
            put(second, 1, bytes([data[second] | 1, 1]) + bytes.fromhex(two[0]["id"])),
            second,
        ),
        ("the same chain named again", data + stream([report(5, "ab" * 32)]), len(data)),
        ("cut in the middle", data[:-1], second),
        ("a founding fact with a scope", stream([FOUNDING])[:49] + b"\1" + stream([FOUNDING])[50:], 0),
    ]
    return [{"name": name, "net": NET, "stream": bad.hex(), "byte": at} for name, bad, at in found]


def exchange() -> Made:
    small = [fact for fact in good() if len(fact["header"] + str(fact["body"]) + str(fact["sealed"])) < 4_000]
    line = reports(6)
    fork = report(4, line[3]["id"], seats=9)
    streams = [
        {"name": "nothing", "facts": []},
        {"name": "every shape a fact has", "facts": small},
        {"name": "a run", "facts": line},
        {"name": "a gap and a fork", "facts": [line[0], *line[2:5], fork]},
        {"name": "backwards", "facts": line[::-1]},
    ]
    each = list({fact["id"]: fact for fact in small + line}.values())
    long = reports(150)
    body = bytes.fromhex(message_vectors()[0]["bytes"])
    signed = SIGN_IN + b"exchange\n" + bytes.fromhex(NET) + AT.to_bytes(8, "big") + sha(body)
    return {
        "streams": [
            {
                "name": one["name"],
                "net": NET,
                "stream": stream(one["facts"]).hex(),
                "facts": list(map(shown, one["facts"])),
            }
            for one in streams
        ],
        "bad_streams": bad_streams(),
        "files": [
            {"name": "one block", "file": file_of(each).hex(), "net": NET, "count": len(each)},
            {"name": "two blocks", "file": file_of(long).hex(), "net": NET, "count": len(long)},
            {"name": "no facts", "file": file_of([]).hex(), "net": NET, "count": 0},
        ],
        "digests": digest_vectors(),
        "messages": message_vectors(),
        "bad_messages": bad_messages(),
        "requests": [
            {
                "name": "a signed request",
                "net": NET,
                "body": body.hex(),
                "x-shanyrak-key": public_of(SEED).hex(),
                "x-shanyrak-time": str(AT),
                "x-shanyrak-signature": sign(SEED, signed).hex(),
            }
        ],
    }
