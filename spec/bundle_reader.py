"""Opens a published folder and checks it, with nothing but the standard library and PyNaCl (spec/bundle.md).

python bundle_reader.py DIR [KEY]     KEY: the public key of a door's code (64 hex digits); else first use is trusted
exit 0: everything verifies; 1: it must not be used; 2: this is no published folder
"""
# ruff: noqa: T201

import json
import sys
import time
import zlib
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

STATES = {"u": "unknown", "o": "open", "p": "short break", "c": "shut", "r": "ready, not open"}
WHO = {"-": "", "d": "the person on duty", "h": "headquarters", "l": "a list", "i": "an inspector"}
TORSION = {0, 1, 2**255 - 20}  # y of orders 4, 1 and 2; and of order 8:
TORSION |= {int.from_bytes(bytes.fromhex(h), "little") for h in (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)}  # fmt: skip


class Refused(Exception):
    pass


def check(good, why):
    if not good:
        raise Refused(why)


def inflate(data, most):
    unpacker = zlib.decompressobj(-15)
    try:
        plain = unpacker.decompress(data, most + 1)
    except zlib.error as fault:
        raise Refused("damaged: it cannot be inflated") from fault
    check(len(plain) <= most and unpacker.eof and not unpacker.unused_data, "damaged: cut, too long, or goes on")
    return plain


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sound(point):  # below p and not of small order
    y = int.from_bytes(point, "little") & 2**255 - 1
    return y < 2**255 - 19 and y not in TORSION


def signed(folder, kind, net, keys):
    """The payload of a signed file; ``keys`` None: those that it lists itself."""
    data = (folder / "data" / f"{kind}.shy").read_bytes()
    check(data[:4] == b"SHY1" and len(data) <= 262_144, f"{kind} is damaged: no signed file")
    plain = inflate(data[68:], 1_048_576)
    try:
        said = json.loads(plain, parse_float=str, parse_constant=str)
    except ValueError as fault:
        raise Refused(f"{kind} is damaged: {fault}") from fault
    check(isinstance(said, dict) and canonical(said) == plain, f"{kind} is damaged: not in canonical form")
    check(said.get("f") == 1, f"{kind} is too new")
    check(said.get("t") == kind, f"{kind} is damaged: it is no {kind}")
    check(net in ("", said["net"]), f"{kind} is of another network")
    for key in map(bytes.fromhex, said["keys"] if keys is None else keys):
        try:
            VerifyKey(key).verify(b"shanyrak/bundle/1\n" + plain, data[4:68])
        except CryptoError:
            continue
        if sound(key) and sound(data[4:36]):
            check(said["expires_s"] > time.time(), f"{kind} has expired")
            return said
    raise Refused(f"{kind} is forged: not signed by headquarters")


def content(folder, path, digest):
    data = (folder / path).read_bytes()
    check(sha256(data).hexdigest() == digest, f"{path} is damaged: other bytes than were signed")
    return data


def statuses(base, delta):
    """(letters, moment of the word or None) of each point, in the order of the points file."""
    letters = ["".join(three) for three in zip(base["state"], base["by"], base["band"], strict=True)]
    found = [[k, at(base, said)] for k, said in zip(letters, base["said"], strict=True)]
    if delta["base"] == base["version"]:
        for k, three, *rest in delta["set"]:
            found[k] = [three, at(delta, rest[0] if rest else None)]
    return found


def at(said, minutes):
    return None if minutes is None else said["as_of_at_min"] - minutes


def clock(minutes):
    return datetime.fromtimestamp(minutes * 60, UTC).strftime("%Y-%m-%d %H:%M UTC")


def main(arguments):
    try:
        folder, pinned = Path(arguments[1]), arguments[2:3] or None
        manifest = signed(folder, "manifest", "", pinned)
        net, keys = manifest["net"], manifest["keys"]
        base, delta = signed(folder, "base", net, keys), signed(folder, "delta", net, keys)
        sizes = [content(folder, one["path"], one["sha256"]) for one in manifest["files"].values()]
        data = content(folder, f"data/points-{base['points'][:16]}.z", base["points"])
        points = json.loads(inflate(data, 67_108_864))["points"]
        lines = statuses(base, delta)
        check(len(lines) == len(points), "status and points do not fit")
    except (IndexError, OSError) as fault:
        return print(f"usage: bundle_reader.py DIR [KEY] ({fault})", file=sys.stderr) or 2
    except Refused as fault:
        return print(f"REFUSED {fault}") or 1
    except (ValueError, KeyError, TypeError) as fault:
        return print(f"REFUSED damaged: {type(fault).__name__} {fault}") or 1
    status = delta if delta["base"] == base["version"] else base
    print(f"network {net}", f"{manifest['network']}, as of {clock(status['as_of_at_min'])}", sep="\n")
    print(f"version {status['version']}, {len(sizes)} contents of {sum(map(len, sizes)):,} bytes")
    for point, (letters, said) in zip(points, lines, strict=True):
        name = next(iter(point.get("names", {}).values()), point["id"][:8])
        word = f"said {clock(said)} by {WHO[letters[1]]}" if said is not None else "nobody said"
        print(f"  {name}: {STATES[letters[0]]}, {word}")
    print("everything verifies" + ("" if pinned else "; the key was not checked against a door's code"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
