/**
 * What phones show each other as QR codes when there is no network, or as text where no camera works.
 *
 *     SHY:K:<key>                  the new phone at the door: its public key, base64url
 *     SHY:H:<n>/<m>:<piece>        the phone on duty hands over: piece n of m of a deflated hand-over
 *     SHY:F:<n>/<m>:<piece>        reports that were not sent yet: piece n of m of a ledger file (at most the latest 50)
 *     SHY:T:<id>                   the label of a thing: equipment, a delivery, a place
 *     <address>#invite=<token>     headquarters' invitation
 */
import { inflateRaw } from "../core/walk/inflate.ts";
import { fromHex, joined, toHex } from "../core/facts/bytes.ts";
import { Refused } from "../core/facts/canonical.ts";
import type { Row } from "../core/facts/writing.ts";
import { decode, encode } from "../core/exchange/framing.ts";
import { counted, Reader } from "../core/exchange/packing.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";

/** Reports that fit a series of codes a person is ready to scan. */
export const MOST_REPORTS = 50;
/** Characters of one code: a phone of 2018 reads it from another's screen at arm's length. */
const PIECE = 640;
const MOST_PIECES = 200;
const MOST_BYTES = 200_000;

export type Code =
  | { readonly is: "key"; readonly key: string }
  | { readonly is: "thing"; readonly id: string }
  | { readonly is: "invitation"; readonly token: string; readonly address: string }
  | { readonly is: "piece"; readonly of: "H" | "F"; readonly n: number; readonly m: number; readonly text: string };

export const keyCode = (key: string): string => `SHY:K:${toBase64url(fromHex(key))}`;
export const thingCode = (id: string): string => `SHY:T:${toBase64url(fromHex(id))}`;

/** What a scanned or typed text says; Refused where it is none of ours. */
export function readCode(text: string): Code {
  const plain = text.trim().replace(/\s+/g, "");
  const single = /^SHY:([KT]):([A-Za-z0-9_-]{43})$/.exec(plain);
  if (single) {
    const hex = toHex(fromBase64url(single[2] as string));
    return single[1] === "K" ? { is: "key", key: hex } : { is: "thing", id: hex };
  }
  const invited = /^https?:\/\/[^\s#]+#invite=([A-Za-z0-9_-]{43})$/.exec(plain);
  if (invited) return { is: "invitation", token: invited[1] as string, address: plain };
  const piece = /^SHY:([HF]):(\d{1,3})\/(\d{1,3}):([A-Za-z0-9_-]+)$/.exec(plain);
  const [n, m] = [Number(piece?.[2]), Number(piece?.[3])];
  if (!piece || n < 1 || n > m || m > MOST_PIECES) throw new Refused("this is no code of ours");
  return { is: "piece", of: piece[1] as "H" | "F", n, m, text: piece[4] as string };
}

/** Bytes as a series of codes, all about equally long. */
export function piecesOf(of: "H" | "F", bytes: Uint8Array): string[] {
  const text = toBase64url(bytes);
  const m = Math.max(1, Math.ceil(text.length / PIECE));
  const size = Math.ceil(text.length / m);
  return Array.from({ length: m }, (_, k) => `SHY:${of}:${k + 1}/${m}:${text.slice(k * size, (k + 1) * size)}`);
}

/** Gathers the pieces of one series, in any order, some twice. */
export class Gathering {
  readonly of: "H" | "F";
  #m = 0;
  readonly #texts = new Map<number, string>();

  constructor(of: "H" | "F") {
    this.of = of;
  }

  get have(): number {
    return this.#texts.size;
  }

  get all(): number {
    return this.#m;
  }

  /** Numbers that are still missing. */
  get missing(): number[] {
    return Array.from({ length: this.#m }, (_, k) => k + 1).filter((n) => !this.#texts.has(n));
  }

  /** Take one code; the bytes when the series is whole, else null. Another series begins anew. */
  take(code: Code): Uint8Array | null {
    if (code.is !== "piece" || code.of !== this.of) throw new Refused("this is another kind of code");
    const kept = this.#texts.get(code.n);
    if (code.m !== this.#m || (kept !== undefined && kept !== code.text)) this.#texts.clear();
    this.#m = code.m;
    this.#texts.set(code.n, code.text);
    if (this.#texts.size < this.#m) return null;
    return fromBase64url(Array.from({ length: this.#m }, (_, k) => this.#texts.get(k + 1)).join(""));
  }
}

/** What the phone on duty gives the next one: enough to speak and to be believed, without a network. */
export interface HandOver {
  readonly net: string;
  /** Address of the server; "" where none is known. */
  readonly root: string;
  readonly point: string;
  /** Founding record, admissions down to the new key, the place as it was described. */
  readonly rows: readonly Row[];
}

export async function packHandOver({ net, root, point, rows }: HandOver): Promise<Uint8Array> {
  const plain = joined(fromHex(net), counted(new TextEncoder().encode(root)), fromHex(point), encode(rows, net));
  const squeezed = new Blob([plain]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(squeezed).arrayBuffer());
}

export async function readHandOver(bytes: Uint8Array): Promise<HandOver> {
  let plain: Uint8Array;
  try {
    plain = await inflateRaw(bytes, MOST_BYTES);
  } catch {
    throw new Refused("this code was damaged: scan it again");
  }
  const reader = new Reader(plain);
  const net = reader.hash();
  const root = reader.text(300);
  const point = reader.hash();
  if (root !== "" && !/^https?:\/\//.test(root)) throw new Refused("the address in this code is none");
  return { net, root, point, rows: decode(reader.rest(), net) };
}
