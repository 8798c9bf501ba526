// Streams, files, messages and digests of spec/vectors/exchange.json, and facts written again byte by byte.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { chainDigest, DigestTree, grown, isStatus, lacking, newestStatusFirst, placeOf } from "../src/core/exchange/chains.ts";
import { readFile, writeFile } from "../src/core/exchange/file.ts";
import { decode, decodeSome, encode } from "../src/core/exchange/framing.ts";
import { cutStream, type Detail, type Message, type Name, Newer, readMessage, writeMessage } from "../src/core/exchange/messages.ts";
import { fromHex, toHex } from "../src/core/facts/bytes.ts";
import { Refused } from "../src/core/facts/canonical.ts";
import type { Header } from "../src/core/facts/fact.ts";
import { publicOf, sign } from "../src/core/facts/noble.ts";
import { type ChainKey, partOf, type Row, rowOf, type Said, type Signer, tick, write } from "../src/core/facts/writing.ts";
import { exchangeHeaders } from "../src/device/wire.ts";

const read = <T>(name: string): T => JSON.parse(readFileSync(`../spec/vectors/${name}`, "utf8")) as T;

interface Piece {
  header: string;
  sig: string;
  salt: string | null;
  body: string | null;
  sealed_salt: string | null;
  sealed: string | null;
}
const part = (hex: string | null) => (hex === null ? null : fromHex(hex));
const rowOfPiece = (one: Piece): Row =>
  rowOf({ raw: fromHex(one.header), sig: fromHex(one.sig), salt: part(one.salt), body: part(one.body), sealedSalt: part(one.sealed_salt), sealed: part(one.sealed) });

// --- writing

/** The keys of the vectors: their seeds stand in spec/vectors/make_facts.py. */
const signers = new Map<string, Signer>();
for (const seed of seedsOfVectors()) {
  signers.set(toHex(publicOf(seed)), { key: toHex(publicOf(seed)), sign: async (message) => sign(message, seed) });
}

function seedsOfVectors(): Uint8Array[] {
  const text = readFileSync("../spec/vectors/make_facts.py", "utf8") + readFileSync("../spec/vectors/make_signatures.py", "utf8");
  const given = [...text.matchAll(/bytes\.fromhex\("([0-9a-f]{64})"\)/g)].map((m) => fromHex(m[1] as string));
  const hashed = [...text.matchAll(/sha256\(b"([^"]+)"\)/g)].map((m) => new Uint8Array(createHash("sha256").update(m[1] as string).digest()));
  const ranged = [...text.matchAll(/bytes\(range\((\d+)(?:, (\d+))?\)\)/g)].map((m) => {
    const [from, to] = m[2] ? [Number(m[1]), Number(m[2])] : [0, Number(m[1])];
    return Uint8Array.from({ length: to - from }, (_, k) => from + k);
  });
  const filled = [...text.matchAll(/bytes\(\[(\d+)\]\) \* 32|b"\\x([0-9a-f]{2})" \* 32/g)].map((m) => new Uint8Array(32).fill(m[1] ? Number(m[1]) : Number.parseInt(m[2] as string, 16)));
  return [...given, ...hashed, ...ranged, ...filled].filter((seed) => seed.length === 32);
}

const said = (hex: string | null) => partOf(part(hex)) as Said | null;

test("a fact is written byte by byte as the vectors have it", async () => {
  const { good } = read<{ good: (Piece & { name: string; id: string; header_value: Header })[] }>("facts.json");
  let written = 0;
  for (const one of good) {
    const signer = signers.get(one.header_value.origin);
    if (!signer || one.body === null || (one.header_value.sealed_hash !== "" && one.sealed === null)) continue;
    const salts = [one.salt, one.sealed_salt].flatMap((salt) => (salt === null ? [] : [fromHex(salt)]));
    const { kind, v, net, about, scope, at, chain, seq, prev } = one.header_value;
    const row = await write({ kind, v, net, about, scope, at, body: said(one.body) ?? {}, sealed: said(one.sealed) }, { chain, seq, prev }, signer, () => salts.shift() ?? assert.fail("more salts"));
    assert.equal(toHex(row.fact.raw), one.header, one.name);
    assert.equal(toHex(row.fact.sig), one.sig, one.name);
    assert.equal(row.id, one.id, one.name);
    assert.equal(row.fact.body && toHex(row.fact.body), one.body, one.name);
    assert.equal(row.fact.sealed && toHex(row.fact.sealed), one.sealed, one.name);
    written += 1;
  }
  assert.ok(written >= 10, `only ${written} vectors could be written`);
});

test("what nobody would keep is not signed", async () => {
  const signer = [...signers.values()][0] as Signer;
  const say = (body: Said) =>
    write({ kind: "status.reported", v: 1, net: "a".repeat(64), about: "b".repeat(64), scope: "b".repeat(64), at: [1, 0], body, sealed: null }, { chain: "1".repeat(32), seq: 0, prev: "" }, signer, (n) => new Uint8Array(n));
  await assert.rejects(say({ persons: 1.5 }), Refused);
  await assert.rejects(say({ note: "e\u0301" }), Refused); // not NFC
  await assert.rejects(say({ note: "x".repeat(17_000) }), Refused); // a body has at most 16,384 bytes
  await assert.doesNotReject(say({ persons: 15 }));
});

test("a clock that goes back or stands still never gives a time twice; one that was far ahead is dropped", () => {
  assert.deepEqual(tick(1_000, [0, 0]), [1_000, 0]);
  assert.deepEqual(tick(1_000, [1_000, 0]), [1_000, 1]);
  assert.deepEqual(tick(400, [1_000, 7]), [1_000, 8]);
  assert.deepEqual(tick(1_000, [1_000, 65_535]), [1_001, 0]); // the next ms is borrowed
  assert.deepEqual(tick(1_000, [601_000, 3]), [601_000, 4]); // 600 s ahead: kept
  assert.deepEqual(tick(1_000, [601_001, 3]), [1_000, 0]); // more: the clock was wrong and was mended
  assert.deepEqual(tick(-5, [0, 0]), [0, 1]);
});

// --- streams and files

interface Vectors {
  streams: { name: string; net: string; stream: string; facts: Piece[] }[];
  bad_streams: { name: string; net: string; stream: string; byte: number }[];
  files: { name: string; net: string; file: string; count: number }[];
  messages: { name: string; type: number; bytes: string; fields: Record<string, unknown> }[];
  bad_messages: { name: string; bytes: string }[];
  digests: { chains: { origin: string; chain: string; scope: string; heads: string[]; missing: string[]; place: string; digest: string }[]; buckets: Record<string, string> }[];
  requests: { name: string; net: string; body: string; "x-shanyrak-key": string; "x-shanyrak-time": string; "x-shanyrak-signature": string }[];
}
const vectors = read<Vectors>("exchange.json");

test("streams are read and written byte by byte", () => {
  for (const { name, net, stream, facts } of vectors.streams) {
    const rows = decode(fromHex(stream), net);
    assert.deepEqual(rows.map((row) => toHex(row.fact.raw)), facts.map((one) => one.header), name);
    assert.deepEqual(rows.map((row) => row.fact.body && toHex(row.fact.body)), facts.map((one) => one.body), name);
    assert.deepEqual(rows.map((row) => row.fact.sealed && toHex(row.fact.sealed)), facts.map((one) => one.sealed), name);
    assert.equal(toHex(encode(facts.map(rowOfPiece), net)), stream, name);
  }
});

test("an odd stream is refused at the byte at which the fact at fault begins; what came before is whole", () => {
  for (const { name, net, stream, byte } of vectors.bad_streams) {
    const { rows, end, fault } = decodeSome(fromHex(stream), net);
    assert.notEqual(fault, "", name);
    assert.equal(end, byte, name);
    assert.throws(() => decode(fromHex(stream), net), Refused, name);
    assert.equal(byte > 0, rows.length > 0, name);
  }
});

test("every cut of a stream gives the facts that are whole before it", () => {
  const { net, stream, facts } = vectors.streams.find(({ facts }) => facts.length > 3) ?? assert.fail();
  const data = fromHex(stream);
  let before = 0;
  for (let end = 0; end <= data.length; end += end < 400 || end + 40 > data.length ? 1 : 13) {
    const { rows, fault } = decodeSome(data.subarray(0, end), net);
    assert.ok(rows.length >= before);
    assert.deepEqual(rows.map((row) => toHex(row.fact.raw)), facts.slice(0, rows.length).map((one) => one.header));
    assert.equal(fault === "", rows.length > 0 ? toHex(encode(rows, net)) === toHex(data.subarray(0, end)) : end === 0);
    before = rows.length;
  }
  assert.equal(before, facts.length);
});

test("a file is the same bytes again, and any byte that is missing, added or other refuses it", () => {
  for (const { name, net, file, count } of vectors.files) {
    const data = fromHex(file);
    const found = readFile(data);
    assert.equal(found.net, net, name);
    assert.equal(found.rows.length, count, name);
    assert.equal(toHex(writeFile([...found.rows].reverse(), net)), file, name); // the order they are given in is nothing
    for (const bad of [data.subarray(0, -1), new Uint8Array([...data, 0]), flipped(data, 60), flipped(data, data.length - 40), new Uint8Array()]) {
      assert.throws(() => readFile(bad), Refused, name);
    }
  }
});

function flipped(data: Uint8Array, at: number): Uint8Array {
  const other = data.slice();
  other[at] = (other[at] as number) ^ 1;
  return other;
}

// --- messages

/** The fields of a vector as our messages name them. */
function messageOf(type: number, fields: Record<string, unknown>): Message {
  const names: Name[] = ["compare", "compared", "want", "facts", "show", "shown", "get", "give", "taken", "lacking", "lacked", "witness", "witnessed", "refusing", "heard", "no"];
  const types = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 126];
  const is = names[types.indexOf(type)];
  const key = (value: unknown): ChainKey => {
    const [origin, chain, scope] = value as [string, string, string];
    return { origin, chain, scope };
  };
  // Fields of sixteen shapes: whether they are right, the bytes they become tell.
  const f = fields as Record<string, any>;
  const rest: Record<string, unknown> = { ...fields };
  if (is === "compared") {
    rest.buckets = (f.buckets as unknown[][]).map((bucket) =>
      typeof bucket[0] === "string" ? { below: bucket } : { chains: (bucket as Record<string, never>[]).map(detail) },
    );
  }
  if (is === "want") {
    rest.chains = (f.chains as unknown[][]).map(([k, heads, missing]) => ({ key: key(k), heads, missing }));
    rest.most = f.most_bytes;
    rest.not = f.not_these;
    delete rest.most_bytes;
    delete rest.not_these;
  }
  if (is === "get") {
    rest.most = f.most_bytes;
    delete rest.most_bytes;
  }
  if (is === "show") rest.key = key(f.key);
  if (is === "witness") rest.keys = (f.keys as unknown[]).map(key);
  if (is === "facts" || is === "give") rest.stream = fromHex(f.stream);
  return { is, ...rest } as Message;

  function detail(one: Record<string, never> | unknown[]): Detail {
    if (Array.isArray(one)) {
      const [k, count, topSeq, latestMs, heads, missing, digest] = one as [unknown, number, number, number, string[], string[], string];
      return { key: key(k), count, topSeq, latestMs, heads, missing, digest };
    }
    return { key: key(one.key), count: one.count ?? 0, topSeq: one.top_seq ?? 0, latestMs: one.latest_ms ?? 0, heads: one.heads ?? [], missing: one.missing ?? [], digest: one.digest ?? "" };
  }
}

test("messages are read and written byte by byte", () => {
  assert.ok(vectors.messages.length >= 18);
  for (const { name, type, bytes, fields } of vectors.messages) {
    const message = messageOf(type, fields);
    assert.equal(toHex(writeMessage(message)), bytes, name);
    const found = readMessage(fromHex(bytes));
    assert.equal(toHex(writeMessage(found)), bytes, name);
    assert.equal(found.is, message.is, name);
  }
});

test("cut, damaged and odd messages are refused, newer ones by name", () => {
  for (const { name, bytes } of vectors.bad_messages) {
    assert.throws(() => readMessage(fromHex(bytes)), name === "a newer version" ? Newer : Refused, name);
  }
});

test("of an answer that was cut, the stream as far as it came can be read", () => {
  const whole = fromHex(vectors.messages.find(({ type }) => type === 4)?.bytes ?? assert.fail());
  const message = readMessage(whole);
  assert.ok(message.is === "facts");
  assert.equal(toHex(cutStream(whole.subarray(0, -40))), toHex(message.stream.subarray(0, -8)));
  assert.equal(cutStream(whole.subarray(0, 9)).length, 0);
  assert.equal(cutStream(new TextEncoder().encode("<html>not ours")).length, 0);
});

test("a request is signed as the vector has it", async () => {
  for (const one of vectors.requests) {
    const signer = signers.get(one["x-shanyrak-key"]) ?? assert.fail("the vector's key is not known");
    const headers = await exchangeHeaders(signer, one.net, fromHex(one.body), Number(one["x-shanyrak-time"]));
    assert.equal(headers["x-shanyrak-signature"], one["x-shanyrak-signature"]);
    assert.equal(headers["x-shanyrak-key"], one["x-shanyrak-key"]);
  }
});

// --- digests and chains

test("places and digests of chains and buckets", () => {
  for (const { chains, buckets } of vectors.digests) {
    const states = chains.map(({ origin, chain, scope, heads, missing }) => ({ key: { origin, chain, scope }, count: 1, topSeq: 0, heads, missing }));
    states.forEach((state, k) => {
      assert.equal(placeOf(state.key), chains[k]?.place);
      assert.equal(chainDigest(state), chains[k]?.digest);
    });
    const tree = new DigestTree(states);
    for (const [prefix, digest] of Object.entries(buckets)) assert.equal(tree.digest(prefix), digest, prefix);
  }
});

/** A row of a drawn chain: only what chains look at. */
const drawn = (id: string, prev: string, seq: number, kind = "status.reported", ms = seq): Row =>
  ({ id, header: { prev, seq, kind, at: [ms, 0], origin: "o", chain: "c", scope: "s" } }) as unknown as Row;

test("heads and missing are the same whatever the order in which a chain comes in", () => {
  //   a <- b <- c <- d     and a fork c' behind b
  const rows = [drawn("a", "", 0), drawn("b", "a", 1), drawn("c", "b", 2), drawn("c'", "b", 2), drawn("d", "c", 3)];
  const state = (order: number[]) => {
    const here = new Set<string>();
    let chain: ReturnType<typeof grown> | undefined;
    for (const k of order) {
      const row = rows[k] as Row;
      chain = grown(chain, row, here.has(row.header.prev));
      here.add(row.id);
    }
    return chain;
  };
  for (const order of [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]]) {
    assert.deepEqual(state(order)?.heads, ["c'", "d"]);
    assert.deepEqual(state(order)?.missing, []);
    assert.equal(state(order)?.count, 5);
  }
  assert.deepEqual(state([0, 2, 4])?.missing, ["b"]); // a gap: heads a and d
  assert.deepEqual(state([0, 2, 4])?.heads, ["a", "d"]);
});

test("what the other side lacks follows from its heads and what it misses, or cannot be told", () => {
  const rows = Array.from({ length: 9 }, (_, k) => drawn(`f${k}`, k ? `f${k - 1}` : "", k));
  const ids = (heads: string[], missing: string[]) => lacking(rows, heads, missing)?.map((row) => row.id);
  assert.deepEqual(ids(["f2", "f8"], ["f6"]), ["f3", "f4", "f5", "f6"]); // it has 0 to 2 and 7 to 8
  assert.deepEqual(ids([], []), rows.map((row) => row.id));
  assert.deepEqual(ids(["f8"], []), []);
  assert.equal(ids(["x"], []), undefined); // it has something that is not here
});

test("how things are now goes first, then everything newest first", () => {
  const rows = [drawn("count", "", 0, "stock.counted", 9), drawn("visit", "", 1, "visit.counted", 30), ...Array.from({ length: 10 }, (_, k) => drawn(`s${k}`, "", k + 2, k === 9 ? "incident.reported" : "point.opened", k + 10))];
  // The newest 8 of the 10 status entries (s9 at 19 ... s2 at 12), then visit 30, s1 11, s0 10, count 9.
  assert.deepEqual(newestStatusFirst(rows).map((row) => row.id), ["s9", "s8", "s7", "s6", "s5", "s4", "s3", "s2", "visit", "s1", "s0", "count"]);
  assert.ok(isStatus("activation.ordered") && !isStatus("stock.counted"));
});
