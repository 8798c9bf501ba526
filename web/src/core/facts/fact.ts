// A fact: a signed header, and beside it a body and a sealed part that may be withheld (spec/facts.md).

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, joined, toHex } from "./bytes.ts";
import { canonical, parseCanonical, Refused, type Value } from "./canonical.ts";

export const SIGNED_PREFIX = "shanyrak/fact/1\n";
export const SIGN_IN_PREFIX = "shanyrak/sign-in/1\n";
export const SALT_BYTES = 16;
export const MAX_HEADER_BYTES = 2_048;
export const MAX_BODY_BYTES = 16_384;
export const MAX_SEALED_BYTES = 65_536;
export const MAX_COUNTER = 65_535;

export interface Header {
  readonly about: string;
  readonly at: readonly [number, number];
  readonly body_hash: string;
  readonly chain: string;
  readonly f: 1;
  readonly kind: string;
  readonly net: string;
  readonly origin: string;
  readonly prev: string;
  readonly scope: string;
  readonly sealed_hash: string;
  readonly seq: number;
  readonly v: number;
}

/** As it is stored. A part and its salt are null where the part is withheld, not here, or never was. */
export interface Fact {
  readonly raw: Uint8Array;
  readonly sig: Uint8Array;
  readonly salt: Uint8Array | null;
  readonly body: Uint8Array | null;
  readonly sealedSalt: Uint8Array | null;
  readonly sealed: Uint8Array | null;
}

const FOUNDING = "network.founded";
const HEX_32 = /^[0-9a-f]{64}$/;
const MAYBE_HEX_32 = /^(?:[0-9a-f]{64})?$/;
const KIND = /^[a-z][a-z0-9]*(?:\.[a-z][a-z0-9]*)+$/;

const text = (form: RegExp) => (value: unknown) => typeof value === "string" && form.test(value);
const whole = (least: number, most: number) => (value: unknown) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
const count = whole(0, Number.MAX_SAFE_INTEGER);
const counter = whole(0, MAX_COUNTER);

const FORMS: { readonly [member in keyof Header]: (value: unknown) => boolean } = {
  about: text(MAYBE_HEX_32),
  at: (value) => Array.isArray(value) && value.length === 2 && count(value[0]) && counter(value[1]),
  body_hash: text(HEX_32),
  chain: text(/^[0-9a-f]{32}$/),
  f: whole(1, 1),
  kind: (value) => text(KIND)(value) && (value as string).length <= 64,
  net: text(MAYBE_HEX_32),
  origin: text(HEX_32),
  prev: text(MAYBE_HEX_32),
  scope: text(MAYBE_HEX_32),
  sealed_hash: text(MAYBE_HEX_32),
  seq: count,
  v: whole(1, Number.MAX_SAFE_INTEGER),
};

/** SHA-256 of the header, in hex: the fact's only identity. */
export function idOf(raw: Uint8Array): string {
  return toHex(sha256(raw));
}

/** What the signature of a fact is over. */
export function signedBytes(raw: Uint8Array): Bytes {
  return joined(new TextEncoder().encode(SIGNED_PREFIX), raw);
}

/** A header from its canonical bytes; Refused where it is none. */
export function readHeader(raw: Uint8Array): Header {
  if (raw.length > MAX_HEADER_BYTES) throw new Refused(`a header of ${raw.length} bytes; at most ${MAX_HEADER_BYTES} are allowed`);
  const value = parseCanonical(raw);
  if (!isObject(value)) throw new Refused("this is no header of a fact (it is no object)");
  for (const [member, fits] of Object.entries(FORMS)) {
    if (!Object.hasOwn(value, member)) throw new Refused(`this is no header of a fact (${member} is missing)`);
    if (!fits(value[member])) throw new Refused(`this is no header of a fact (${member} is out of form)`);
  }
  if (Object.keys(value).length !== Object.keys(FORMS).length) throw new Refused("a header has 13 members and no other");
  const header = value as unknown as Header;
  if ((header.seq === 0) !== (header.prev === "")) throw new Refused("the first fact of a chain has no prev, every other has one");
  if ((header.net === "") !== (header.kind === FOUNDING)) throw new Refused("only the founding fact has no net");
  if (header.net === "" && (header.scope !== "" || header.about !== "" || header.seq !== 0)) {
    throw new Refused("the founding fact is the first of its chain, has no scope and is about nothing");
  }
  return header;
}

/** The canonical bytes of a header. */
export function writeHeader(header: Header): Bytes {
  return canonical(header as unknown as Value);
}

/** `body_hash` or `sealed_hash`, in hex. */
export function hashPart(salt: Uint8Array, data: Uint8Array): string {
  return toHex(sha256(joined(salt, data)));
}

/** Refuse a body that is not the one the header speaks of; it may be absent. */
export function checkBody(fact: Fact, header: Header): void {
  checkPart("body", fact.salt, fact.body, header.body_hash, MAX_BODY_BYTES);
}

/** Refuse a sealed part that is not the one the header speaks of; it may be absent. */
export function checkSealed(fact: Fact, header: Header): void {
  checkPart("sealed part", fact.sealedSalt, fact.sealed, header.sealed_hash, MAX_SEALED_BYTES);
}

function checkPart(name: string, salt: Uint8Array | null, data: Uint8Array | null, wanted: string, most: number): void {
  if (salt === null && data === null) return;
  if (salt === null || data === null || salt.length !== SALT_BYTES) {
    throw new Refused(`the ${name} and its ${SALT_BYTES} random bytes come together or not at all`);
  }
  if (data.length > most) throw new Refused(`a ${name} of ${data.length} bytes; at most ${most} are allowed`);
  if (hashPart(salt, data) !== wanted) throw new Refused(`the ${name} is not the one that was signed`);
  if (!isObject(parseCanonical(data))) throw new Refused(`the ${name} is no object`);
}

function isObject(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
