"""Reads an exported ledger and checks it, with nothing but the standard library and PyNaCl (spec/exchange.md).

python reader.py FILE      exit 0: everything verifies; 1: faults were found; 2: this is no ledger that can be read
"""
# ruff: noqa: T201, PTH123

import json
import sys
from collections import Counter
from hashlib import sha256

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

MAGIC = b"shanyrak ledger 1\n"


class Bytes:  # taken from the front, piece by piece
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        piece = self.data[self.at : self.at + size]
        if len(piece) < size:
            raise ValueError(f"ends in the middle, at byte {len(self.data)} of the block")
        self.at += size
        return piece

    def number(self):  # 7 bits a byte, the lowest first; the top bit says that more follow
        value = shift = 0
        while (byte := self.take(1)[0]) > 127:
            value |= (byte & 127) << shift
            shift += 7
        if (shift and not byte) or shift > 49:
            raise ValueError(f"a number is not in its shortest form, before byte {self.at} of the block")
        return value | byte << shift


def stream(data, net):
    """The facts of one block: (header as a dict, its bytes, signature, body or None, sealed part or None)."""
    src, kinds, chain, before = Bytes(data), [], None, None
    while src.at < len(data):
        flags = src.take(1)[0]
        start, aim, body_here, beside = flags & 3, flags >> 2 & 3, flags >> 4 & 1, flags >> 5
        if start == 3 or beside > 2 or (before is None and start != 2):
            raise ValueError(f"a fact begins in no known way, before byte {src.at} of the block")
        if start == 2:
            origin, own = src.take(32).hex(), src.take(16).hex()
            scope = ("", net.hex(), None)[src.take(1)[0]]
            chain = (origin, own, src.take(32).hex() if scope is None else scope)
            before = {"at": [0, 0], "about": ""}
        if start == 0:
            seq, prev = before["seq"] + 1, before["id"]
        else:
            seq = src.number()
            prev = src.take(32).hex() if seq else ""
        step = src.number()
        at = [before["at"][0] + (step >> 1 if step % 2 == 0 else -(step + 1 >> 1)), src.number()]
        which = src.number()
        if which == len(kinds):
            kinds.append((src.take(src.number()).decode("ascii"), src.number()))
        kind, v = kinds[which]
        about = ("", chain[2], before["about"], None)[aim]
        about = src.take(32).hex() if about is None else about
        sig = src.take(64)
        body, body_hash = part(src, body_here)
        sealed, sealed_hash = part(src, beside == 2) if beside else (None, "")
        header = {"about": about, "at": at, "body_hash": body_hash, "chain": chain[1], "f": 1, "kind": kind}
        header |= {"net": "" if kind == "network.founded" else net.hex(), "origin": chain[0], "prev": prev}
        header |= {"scope": chain[2], "sealed_hash": sealed_hash, "seq": seq, "v": v}
        raw = canonical(header)
        before = {"at": at, "about": about, "seq": seq, "id": sha256(raw).hexdigest()}
        yield header, raw, sig, body, sealed


def part(src, here):
    if not here:
        return None, src.take(32).hex()
    salt = src.take(16)
    data = src.take(src.number())
    return data, sha256(salt + data).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check(data):
    faults, kinds, bodies, place = [], Counter(), 0, None
    followed, here = Counter(), set()
    if sha256(data[:-32]).digest() != data[-32:]:
        faults.append("the hash over all bytes differs: the file is damaged or cut")
    net, at = data[len(MAGIC) : len(MAGIC) + 32], len(MAGIC) + 32
    while data[at : at + 4] == b"blk.":
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        block = data[at + 40 : at + 40 + size]
        if len(block) < size or sha256(block).digest() != data[at + 8 : at + 40]:
            faults.append(f"the block at byte {at} is damaged or cut")
        try:
            for header, raw, sig, *parts in stream(block, net):
                one = sha256(raw).hexdigest()
                kinds[header["kind"]] += 1
                try:
                    VerifyKey(bytes.fromhex(header["origin"])).verify(b"shanyrak/fact/1\n" + raw, sig)
                except BadSignatureError:
                    faults.append(f"{one}: the signature does not verify")
                for given in parts:
                    bodies += given is not None
                    if given is not None and canonical(json.loads(given, parse_float=int, parse_constant=int)) != given:
                        faults.append(f"{one}: a body or sealed part is not in canonical form")
                if header["kind"] == "network.founded" and one != net.hex():
                    faults.append(f"{one}: founds another network")
                chain = header["origin"], header["chain"], header["scope"]
                if place is not None and place >= (*chain, header["seq"], one):
                    faults.append(f"{one}: not in order")
                place = (*chain, header["seq"], one)
                here.add((one, chain))
                followed[header["prev"], chain] += 1
        except (ValueError, IndexError, TypeError) as fault:
            faults.append(f"the block at byte {at} cannot be read further: {fault}")
        at += 40 + size
    if data[at:-32] != b"end." + net + sum(kinds.values()).to_bytes(8, "big"):
        faults.append(f"the end, at byte {at}, does not fit what stands before it")
    gaps = sum(1 for prev, chain in followed if prev and (prev, chain) not in here)
    notes = [
        f"{len({chain for _, chain in here})} chains",
        f"{gaps} gaps",
        f"{sum(n > 1 for n in followed.values())} forks",
    ]
    return net, kinds, faults, [*notes, f"{bodies} bodies and sealed parts"]


def main(arguments):
    try:
        with open(arguments[1], "rb") as file:
            data = file.read()
    except (IndexError, OSError) as fault:
        return print(f"usage: reader.py FILE ({fault})", file=sys.stderr) or 2
    if not data.startswith(MAGIC):
        return print(f"{arguments[1]}: this is no ledger file of version 1", file=sys.stderr) or 2
    net, kinds, faults, notes = check(data)
    print(f"network {net.hex()}", f"{sum(kinds.values())} facts", *notes, sep="\n")
    print(*(f"  {count:7} {kind}" for kind, count in sorted(kinds.items())), sep="\n")
    print(*(f"FAULT {fault}" for fault in faults) if faults else ["everything verifies"], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
