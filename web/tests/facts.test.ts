// The vectors of spec/vectors, read by the same code the web app uses.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { verifyAsync } from "@noble/ed25519";
import { equal, fromHex, toHex } from "../src/core/facts/bytes.ts";
import { canonical, parseCanonical, Refused, type Value } from "../src/core/facts/canonical.ts";
import { checkBody, checkSealed, type Fact, idOf, readHeader, signedBytes, writeHeader } from "../src/core/facts/fact.ts";
import { boundsMs, fault, HAPPENED, MOMENT } from "../src/core/facts/happened.ts";
import { isNfc } from "../src/core/facts/normalForm.ts";
import { publicOf, sign, verifyByNoble } from "../src/core/facts/noble.ts";
import { soundForm, strictVerify, type Subtle, verifyByWebCrypto } from "../src/core/facts/signing.ts";

const read = <T>(name: string) => JSON.parse(readFileSync(`../spec/vectors/${name}`, "utf8")) as T;

// --- canonical bytes

interface Canonical {
  good: { name: string; bytes: string; value: Value }[];
  bad: { name: string; bytes: string }[];
}
const bytes = read<Canonical>("canonical.json");

test("canonical bytes are read and written", () => {
  assert.ok(bytes.good.length > 25);
  for (const { name, bytes: data, value } of bytes.good) {
    assert.deepEqual(parseCanonical(fromHex(data)), value, name);
    assert.equal(toHex(canonical(value)), data, name);
  }
});

test("other bytes are refused", () => {
  assert.ok(bytes.bad.length > 70);
  for (const { name, bytes: data } of bytes.bad) assert.throws(() => parseCanonical(fromHex(data)), Refused, name);
});

test("a value without canonical form is refused", () => {
  for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, undefined, () => 1, 1n, [undefined], "\ud800", "e\u0301", { "": 1 }]) {
    assert.throws(() => canonical(value as Value), Refused);
  }
  assert.equal(new TextDecoder().decode(canonical(-0)), "0");
});

test("NFC is that of Unicode 14.0, whatever this Node knows", () => {
  assert.ok(isNfc("під’їзд")); // composed
  assert.ok(!isNfc("під’і\u0308зд")); // і and its two dots apart
  assert.ok(isNfc("q\u0301\u{1e08f}\u0323")); // 15.0 made U+1E08F a mark, which would stand behind U+0323
  assert.ok(!isNfc("q\u0301\u0323\u{1e08f}")); // these two were out of order before
});

// --- facts

interface FactVector {
  name: string;
  header: string;
  sig: string;
  salt: string | null;
  body: string | null;
  sealed_salt: string | null;
  sealed: string | null;
}
interface Facts {
  good: (FactVector & { id: string; header_value: Value; body_value: Value; sealed_value: Value })[];
  bad: (FactVector & { fault: string })[];
}
const facts = read<Facts>("facts.json");
const part = (hex: string | null) => (hex === null ? null : fromHex(hex));
const factOf = (vector: FactVector): Fact => ({
  raw: fromHex(vector.header),
  sig: fromHex(vector.sig),
  salt: part(vector.salt),
  body: part(vector.body),
  sealedSalt: part(vector.sealed_salt),
  sealed: part(vector.sealed),
});

/** The first piece at fault; empty for a good fact. */
async function faultOf(fact: Fact): Promise<string> {
  let header: ReturnType<typeof readHeader> | undefined;
  const pieces: [string, () => void][] = [
    ["header", () => (header = readHeader(fact.raw))],
    ["body", () => checkBody(fact, header!)],
    ["sealed", () => checkSealed(fact, header!)],
  ];
  for (const [piece, check] of pieces) {
    try {
      check();
    } catch (refused) {
      assert.ok(refused instanceof Refused, String(refused));
      return piece;
    }
  }
  const verify = await strictVerify(crypto.subtle);
  return (await verify(fromHex(header!.origin), signedBytes(fact.raw), fact.sig)) ? "" : "signature";
}

test("a good fact is read whole", async () => {
  assert.ok(facts.good.length > 10);
  for (const vector of facts.good) {
    const fact = factOf(vector);
    assert.equal(await faultOf(fact), "", vector.name);
    assert.equal(idOf(fact.raw), vector.id, vector.name);
    const header = readHeader(fact.raw);
    assert.deepEqual(header, vector.header_value, vector.name);
    assert.ok(equal(writeHeader(header), fact.raw), vector.name);
    for (const [data, value] of [[fact.body, vector.body_value], [fact.sealed, vector.sealed_value]] as const) {
      if (value !== "huge") assert.deepEqual(data && parseCanonical(data), value, vector.name);
    }
  }
});

test("a bad fact is refused for the piece at fault", async () => {
  assert.ok(facts.bad.length > 150);
  for (const vector of facts.bad) assert.equal(await faultOf(factOf(vector)), vector.fault, vector.name);
});

// --- signatures: WebCrypto and noble (PyNaCl and OpenSSL: tests/unit/facts/test_vectors.py)

interface Signatures {
  vectors: { name: string; good: boolean; public: string; message: string; sig: string; equation: boolean; equation_times_8: boolean }[];
}
const signatures = read<Signatures>("signatures.json").vectors.map((vector) => ({
  ...vector,
  triple: [fromHex(vector.public), fromHex(vector.message), fromHex(vector.sig)] as const,
}));

test("WebCrypto and noble say of every signature what the vectors say", async () => {
  const byWebCrypto = verifyByWebCrypto(crypto.subtle);
  assert.ok(signatures.length > 80);
  for (const { name, good, triple } of signatures) {
    assert.equal(await byWebCrypto(...triple), good, `WebCrypto: ${name}`);
    assert.equal(verifyByNoble(...triple), good, `noble: ${name}`);
  }
});

test("the vectors bite: noble's own verify lets through what the others refuse", async () => {
  const letThrough: string[] = [];
  for (const { name, good, triple: [key, message, sig] } of signatures) {
    const said = await verifyAsync(sig, message, key).catch(() => false);
    if (said && !good) letThrough.push(name);
  }
  assert.ok(letThrough.includes("R = [r]B + 1 T"));
  assert.ok(letThrough.some((name) => name.startsWith("key of small order")));
  assert.ok(letThrough.some((name) => name.startsWith("R of small order")));
});

test("the vectors bite: WebCrypto alone lets small order through", async () => {
  let letThrough = 0;
  for (const { good, triple: [key, message, sig] } of signatures) {
    const said = await crypto.subtle
      .importKey("raw", key, "Ed25519", false, ["verify"])
      .then((imported) => crypto.subtle.verify("Ed25519", imported, sig, message))
      .catch(() => false);
    if (said && !good) letThrough++;
  }
  assert.ok(letThrough >= 10, String(letThrough));
});

test("noble takes over where WebCrypto is missing, cannot Ed25519, or multiplies by 8", async () => {
  const plain = signatures.find(({ name }) => name === "RFC 8032, test 1")!;
  const mixed = signatures.find(({ name }) => name === "R = [r]B + 1 T")!;
  let asked = 0;
  const without = {
    importKey: () => Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError")),
    verify: () => Promise.reject(new Error("never reached")),
  } as unknown as Subtle;
  const keys = new Map<object, Uint8Array>();
  const cofactored = {
    importKey: async (_: string, raw: Uint8Array) => {
      const key = {};
      keys.set(key, raw);
      return key;
    },
    verify: async (_: string, key: object, sig: Uint8Array, message: Uint8Array) => {
      asked++;
      return verifyAsync(sig, message, keys.get(key)!);
    },
  } as unknown as Subtle;
  for (const subtle of [undefined, without, cofactored]) {
    const verify = await strictVerify(subtle);
    asked = 0;
    assert.equal(await verify(...plain.triple), true);
    assert.equal(await verify(...mixed.triple), false);
    assert.equal(asked, 0);
  }
});

test("what is signed here verifies, and no bit of it may differ", async () => {
  const secret = fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  const key = publicOf(secret);
  assert.equal(toHex(key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const message = fromHex("00ff");
  const sig = sign(message, secret);
  assert.ok(soundForm(key, sig));
  const verify = await strictVerify(crypto.subtle);
  assert.equal(await verify(key, message, sig), true);
  for (let bit = 0; bit < 512; bit += 37) {
    const other = sig.slice();
    other[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(await verify(key, message, other), false);
  }
});

// --- happened

interface Happened {
  good: { text: string; from_ms: number | null; to_ms: number | null }[];
  bad: string[];
}
const dates = read<Happened>("happened.json");

test("a date means from when to when", () => {
  for (const { text, from_ms, to_ms } of dates.good) {
    assert.equal(fault(text), "", text);
    assert.deepEqual(boundsMs(text), [from_ms, to_ms], text);
  }
});

test("what is no date is refused and means nothing", () => {
  for (const text of dates.bad) {
    assert.notEqual(fault(text), "", text);
    assert.deepEqual(boundsMs(text), [null, null], text);
  }
});

test("the grammar is the one of spec/facts.md", () => {
  const page = readFileSync("../spec/facts.md", "utf8");
  const moment = /^ {4}MOMENT {4}(.+)$/m.exec(page)![1]!;
  const happened = /^ {4}HAPPENED {2}(.+)$/m.exec(page)![1]!;
  assert.equal(MOMENT, moment);
  assert.equal(HAPPENED, happened.replaceAll("MOMENT", moment));
});
