/**
 * Writing facts: header, hashes and signature as spec/facts.md says, each fact following the last one of its chain.
 * Pure: clock, random bytes and key come in by argument; nothing is kept here.
 */
import { canonical, Refused, type Value } from "./canonical.ts";
import { checkBody, checkSealed, type Fact, type Header, hashPart, idOf, MAX_COUNTER, MAX_HEADER_BYTES, readHeader, SALT_BYTES, signedBytes, writeHeader } from "./fact.ts";

/** A fact with what is read out of it. `id` and all of the header in lower-case hex. */
export interface Row {
  readonly id: string;
  readonly header: Header;
  readonly fact: Fact;
}

/** Who signs: 64 bytes over a message; the public key in hex. */
export interface Signer {
  readonly key: string;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A chain is one device, one of its stores, one scope. */
export interface ChainKey {
  readonly origin: string;
  readonly chain: string;
  readonly scope: string;
}

/** Where the next fact goes on; `prev` is empty at the beginning of a chain. */
export interface Place {
  readonly chain: string;
  readonly seq: number;
  readonly prev: string;
}

export type Said = { readonly [field: string]: Value };

export interface ToSay {
  readonly kind: string;
  readonly v: number;
  readonly net: string;
  readonly about: string;
  readonly scope: string;
  readonly at: readonly [ms: number, counter: number];
  readonly body: Said;
  /** null or without members: nothing is sealed. */
  readonly sealed: Said | null;
}

/** A last time further ahead of now than this came from a wrong clock [ms]. */
const DROPPED_AHEAD_MS = 600_000;

/** The next time to write down: later than the last one, unless that was more than ten minutes ahead of the clock. */
export function tick(nowMs: number, [ms, counter]: readonly [number, number]): [number, number] {
  const now = Math.min(Math.max(Math.floor(nowMs), 0), Number.MAX_SAFE_INTEGER);
  if (now > ms || ms > now + DROPPED_AHEAD_MS) return [now, 0];
  return counter < MAX_COUNTER ? [ms, counter + 1] : [ms + 1, 0];
}

/**
 * A signed fact.
 *
 * @param random that many random bytes
 * @throws Refused where it would not be kept by anybody: text that is not NFC, a fraction, too long
 */
export async function write(say: ToSay, place: Place, signer: Signer, random: (count: number) => Uint8Array): Promise<Row> {
  const salt = random(SALT_BYTES);
  const body = canonical(say.body);
  const sealed = say.sealed && Object.keys(say.sealed).length > 0 ? canonical(say.sealed) : null;
  const sealedSalt = sealed ? random(SALT_BYTES) : null;
  const header: Header = {
    about: say.about,
    at: say.at,
    body_hash: hashPart(salt, body),
    chain: place.chain,
    f: 1,
    kind: say.kind,
    net: say.net,
    origin: signer.key,
    prev: place.prev,
    scope: say.scope,
    sealed_hash: sealed && sealedSalt ? hashPart(sealedSalt, sealed) : "",
    seq: place.seq,
    v: say.v,
  };
  const raw = writeHeader(header);
  if (raw.length > MAX_HEADER_BYTES) throw new Refused(`a header of ${raw.length} bytes; at most ${MAX_HEADER_BYTES} are allowed`);
  const fact: Fact = { raw, sig: await signer.sign(signedBytes(raw)), salt, body, sealedSalt, sealed };
  const read = readHeader(raw);
  checkBody(fact, read);
  checkSealed(fact, read);
  return { id: idOf(raw), header: read, fact };
}

/** A fact with its header read; Refused where header or parts are out of form. Its signature is not looked at. */
export function rowOf(fact: Fact): Row {
  const header = readHeader(fact.raw);
  checkBody(fact, header);
  checkSealed(fact, header);
  return { id: idOf(fact.raw), header, fact };
}

/** The thing a fact speaks of: its own id where it creates one. */
export const thingOf = (row: Row): string => row.header.about || row.id;

/** A part of a fact as it was said; null where it is not here. */
export function partOf(data: Uint8Array | null): { readonly [field: string]: unknown } | null {
  return data === null ? null : (JSON.parse(new TextDecoder().decode(data)) as { readonly [field: string]: unknown });
}

export const chainOf = ({ header }: Row): ChainKey => ({ origin: header.origin, chain: header.chain, scope: header.scope });

/** One text for a chain, sorting as its bytes do. */
export const chainName = ({ origin, chain, scope }: ChainKey): string => origin + chain + scope;
