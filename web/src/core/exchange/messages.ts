// The messages of an exchange and the frame around them (spec/exchange.md, "Messages"). Checked for form only.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, equal, fromHex, joined, toHex } from "../facts/bytes.ts";
import { Refused } from "../facts/canonical.ts";
import type { ChainKey } from "../facts/writing.ts";
import { flag, hashes, list, maybe, number, Reader, text, u32 } from "./packing.ts";

const MAGIC = new TextEncoder().encode("shx.");
const VERSION = 1;
const HEAD_BYTES = 10;
const MAX_REASON = 200;
const MAX_WHAT = 1_000;

/** Codes of `no`. */
export const OTHER_NETWORK = 1;
export const NEWER_VERSION = 2;
export const NOT_UNDERSTOOD = 3;
export const NOT_NOW = 4;
export const NOT_ADMITTED = 5;

/** A message of a later version of the exchange. */
export class Newer extends Refused {}

/** What one side has of a chain; `digest` in place of heads and missing where those are many. */
export interface Detail {
  readonly key: ChainKey;
  readonly count: number;
  readonly topSeq: number;
  readonly latestMs: number;
  readonly heads: readonly string[];
  readonly missing: readonly string[];
  readonly digest: string;
}
/** The digests of the 16 buckets it is made of, or, of a small one, its chains. */
export type Bucket = { readonly below: readonly string[] } | { readonly chains: readonly Detail[] };
/** The exact set of facts of a chain by heads and missing; both empty: none. */
export interface Held {
  readonly key: ChainKey;
  readonly heads: readonly string[];
  readonly missing: readonly string[];
}
export type Refusals = readonly (readonly [id: string, reason: string])[];
type Scopes = readonly string[] | null;

export interface Messages {
  compare: { net: string; scopes: Scopes; prefixes: readonly string[] };
  compared: { net: string; buckets: readonly Bucket[] };
  want: { net: string; latest: boolean; most: number; chains: readonly Held[]; not: readonly string[] };
  facts: { unclear: readonly number[]; left: number; stream: Uint8Array };
  show: { net: string; key: ChainKey; first: number; blocks: readonly (readonly [number, string])[] };
  shown: { next: number; blocks: readonly (readonly [number, readonly string[]])[] };
  get: { net: string; bodies: boolean; most: number; ids: readonly string[] };
  give: { net: string; stream: Uint8Array };
  taken: { new: number; known: number; bodies: number; refused: Refusals };
  lacking: { net: string; scopes: Scopes; after: string };
  lacked: { more: boolean; ids: readonly string[] };
  witness: { net: string; keys: readonly ChainKey[] };
  witnessed: { receipts: number };
  refusing: { net: string; refused: Refusals };
  heard: Record<never, never>;
  no: { code: number; what: string };
}
export type Name = keyof Messages;
export type Message = { [N in Name]: { readonly is: N } & Readonly<Messages[N]> }[Name];
export type Of<N extends Name> = Extract<Message, { is: N }>;

interface Layout<N extends Name> {
  readonly type: number;
  put(message: Messages[N]): Uint8Array;
  read(reader: Reader): Messages[N];
}

const LAYOUTS: { readonly [N in Name]: Layout<N> } = {
  compare: {
    type: 1,
    put: (m) => joined(maybe(m.net), putScopes(m.scopes), list(m.prefixes, putPrefix)),
    read: (r) => ({ net: r.maybe(), scopes: readScopes(r), prefixes: r.list(() => readPrefix(r)) }),
  },
  compared: { type: 2, put: (m) => joined(maybe(m.net), list(m.buckets, putBucket)), read: (r) => ({ net: r.maybe(), buckets: r.list(() => readBucket(r)) }) },
  want: {
    type: 3,
    put: (m) =>
      joined(maybe(m.net), flag(m.latest), number(m.most), list(m.chains, (one) => joined(putKey(one.key), hashes(one.heads), hashes(one.missing))), hashes(m.not)),
    read: (r) => ({
      net: r.maybe(),
      latest: r.flag(),
      most: r.number(),
      chains: r.list(() => ({ key: readKey(r), heads: r.hashes(), missing: r.hashes() })),
      not: r.hashes(),
    }),
  },
  facts: {
    type: 4,
    put: (m) => joined(list(m.unclear, number), number(m.left), m.stream),
    read: (r) => ({ unclear: r.list(() => r.number()), left: r.number(), stream: r.rest() }),
  },
  show: {
    type: 5,
    put: (m) => joined(maybe(m.net), putKey(m.key), number(m.first), list(m.blocks, ([at, hash]) => joined(number(at), fromHex(hash)))),
    read: (r) => ({ net: r.maybe(), key: readKey(r), first: r.number(), blocks: r.list(() => [r.number(), r.hash()] as const) }),
  },
  shown: {
    type: 6,
    put: (m) => joined(number(m.next), list(m.blocks, ([at, ids]) => joined(number(at), hashes(ids)))),
    read: (r) => ({ next: r.number(), blocks: r.list(() => [r.number(), r.hashes()] as const) }),
  },
  get: {
    type: 7,
    put: (m) => joined(maybe(m.net), flag(m.bodies), number(m.most), hashes(m.ids)),
    read: (r) => ({ net: r.maybe(), bodies: r.flag(), most: r.number(), ids: r.hashes() }),
  },
  give: { type: 9, put: (m) => joined(maybe(m.net), m.stream), read: (r) => ({ net: r.maybe(), stream: r.rest() }) },
  taken: {
    type: 10,
    put: (m) => joined(number(m.new), number(m.known), number(m.bodies), putRefused(m.refused)),
    read: (r) => ({ new: r.number(), known: r.number(), bodies: r.number(), refused: readRefused(r) }),
  },
  lacking: {
    type: 11,
    put: (m) => joined(maybe(m.net), putScopes(m.scopes), maybe(m.after)),
    read: (r) => ({ net: r.maybe(), scopes: readScopes(r), after: r.maybe() }),
  },
  lacked: { type: 12, put: (m) => joined(flag(m.more), hashes(m.ids)), read: (r) => ({ more: r.flag(), ids: r.hashes() }) },
  witness: { type: 13, put: (m) => joined(maybe(m.net), list(m.keys, putKey)), read: (r) => ({ net: r.maybe(), keys: r.list(() => readKey(r)) }) },
  witnessed: { type: 14, put: (m) => number(m.receipts), read: (r) => ({ receipts: r.number() }) },
  refusing: { type: 15, put: (m) => joined(maybe(m.net), putRefused(m.refused)), read: (r) => ({ net: r.maybe(), refused: readRefused(r) }) },
  heard: { type: 16, put: () => new Uint8Array(), read: () => ({}) },
  no: { type: 126, put: (m) => joined(new Uint8Array([m.code]), text(m.what, MAX_WHAT)), read: (r) => ({ code: r.byte(), what: r.text(MAX_WHAT) }) },
};
const BY_TYPE = new Map((Object.keys(LAYOUTS) as Name[]).map((name) => [LAYOUTS[name].type, name]));

/** The bytes of a message. */
export function writeMessage(message: Message): Bytes {
  const { type, put } = LAYOUTS[message.is] as Layout<Name>;
  const payload = put(message as never);
  const whole = joined(MAGIC, new Uint8Array([VERSION, type]), u32(payload.length), payload);
  return joined(whole, sha256(whole));
}

/** The message in these bytes, all of them; Refused where they are cut, damaged or odd. */
export function readMessage(data: Uint8Array): Message {
  if (data.length < 4 || !equal(data.subarray(0, 4), MAGIC)) throw new Refused("this is no message of an exchange");
  if (data.length < HEAD_BYTES + 32 || data.length !== HEAD_BYTES + 32 + lengthOf(data)) throw new Refused(`a message is cut or too long: ${data.length} bytes`);
  if (!equal(sha256(data.subarray(0, -32)), data.subarray(-32))) throw new Refused("a message was damaged on the way: its hash differs");
  if (data[4] !== VERSION) throw new Newer(`a message of version ${data[4]} of the exchange; this program speaks version ${VERSION}`);
  const name = BY_TYPE.get(data[5] as number);
  if (name === undefined) throw new Refused(`there is no message of type ${data[5]}`);
  const reader = new Reader(data.subarray(0, -32), HEAD_BYTES);
  const message = { is: name, ...LAYOUTS[name].read(reader) } as Message;
  reader.end();
  return message;
}

/** The beginning of the stream in an answer with facts that was cut; empty where it was cut before. */
export function cutStream(data: Uint8Array): Uint8Array {
  if (data.length <= HEAD_BYTES || !equal(data.subarray(0, 4), MAGIC) || data[4] !== VERSION || data[5] !== LAYOUTS.facts.type) return new Uint8Array();
  try {
    return LAYOUTS.facts.read(new Reader(data.subarray(0, HEAD_BYTES + lengthOf(data)), HEAD_BYTES)).stream;
  } catch {
    return new Uint8Array();
  }
}

const lengthOf = (data: Uint8Array): number => data.subarray(6, HEAD_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);

const putKey = (key: ChainKey): Uint8Array => joined(fromHex(key.origin + key.chain), maybe(key.scope));
const readKey = (r: Reader): ChainKey => ({ origin: r.hash(), chain: toHex(r.take(16)), scope: r.maybe() });
const putScopes = (scopes: Scopes): Uint8Array => (scopes === null ? flag(false) : joined(flag(true), list(scopes, maybe)));
const readScopes = (r: Reader): string[] | null => (r.flag() ? r.list(() => r.maybe()) : null);
const putRefused = (refused: Refusals): Uint8Array => list(refused, ([id, reason]) => joined(fromHex(id), text(reason, MAX_REASON)));
const readRefused = (r: Reader): [string, string][] => r.list(() => [r.hash(), r.text(MAX_REASON)]);

const putPrefix = (prefix: string): Uint8Array => joined(new Uint8Array([prefix.length]), fromHex(prefix.length % 2 ? `${prefix}0` : prefix));
function readPrefix(r: Reader): string {
  const depth = r.byte();
  if (depth > 63) throw r.fault(`a prefix of ${depth} digits`);
  const digits = toHex(r.take(Math.ceil(depth / 2)));
  if (/[^0]/.test(digits.slice(depth))) throw r.fault("the half byte behind a prefix is not 0");
  return digits.slice(0, depth);
}

function putBucket(bucket: Bucket): Uint8Array {
  return "below" in bucket ? joined(flag(false), ...bucket.below.map(fromHex)) : joined(flag(true), list(bucket.chains, putDetail));
}
function readBucket(r: Reader): Bucket {
  return r.flag() ? { chains: r.list(() => readDetail(r)) } : { below: Array.from({ length: 16 }, () => r.hash()) };
}
function putDetail(one: Detail): Uint8Array {
  const sets = one.digest === "" ? joined(flag(false), hashes(one.heads), hashes(one.missing)) : joined(flag(true), fromHex(one.digest));
  return joined(putKey(one.key), number(one.count), number(one.topSeq), number(one.latestMs), sets);
}
function readDetail(r: Reader): Detail {
  const head = { key: readKey(r), count: r.number(), topSeq: r.number(), latestMs: r.number() };
  if (r.flag()) return { ...head, heads: [], missing: [], digest: r.hash() };
  return { ...head, heads: r.hashes(), missing: r.hashes(), digest: "" };
}
