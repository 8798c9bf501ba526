// What is here of a chain, by its heads and what is missing, and the digests two sides compare (spec/exchange.md, "Digests").

import { sha256 } from "@noble/hashes/sha2.js";
import { fromHex, joined, toHex } from "../facts/bytes.ts";
import { type ChainKey, chainName, chainOf, type Row } from "../facts/writing.ts";
import type { Detail } from "./messages.ts";
import { u32 } from "./packing.ts";

/** Facts with seq 0 to 255 are block 0 of a chain, and so on. */
export const BLOCK_SEQS = 256;
/** A chain with more heads and missing facts than this is compared by blocks only. */
export const MANY_HEADS = 256;

/** What tells where a fact stands in its chain. */
export interface Link {
  readonly id: string;
  readonly header: { readonly seq: number; readonly prev: string };
}

export interface ChainState {
  readonly key: ChainKey;
  readonly count: number;
  readonly topSeq: number;
  /** Sorted ids of facts that none here follows. */
  readonly heads: readonly string[];
  /** Sorted `prev` of facts here that are not here themselves. */
  readonly missing: readonly string[];
}

/** A chain after one more fact that was not here before; `prevHere`: whether the fact before it is. */
export function grown(state: ChainState | undefined, row: Row, prevHere: boolean): ChainState {
  const { id, header } = row;
  const heads = new Set(state?.heads);
  const missing = new Set(state?.missing);
  if (!missing.delete(id)) heads.add(id); // something follows it already where it was missed
  if (header.prev !== "" && !heads.delete(header.prev) && !prevHere) missing.add(header.prev);
  return {
    key: state?.key ?? chainOf(row),
    count: (state?.count ?? 0) + 1,
    topSeq: Math.max(state?.topSeq ?? 0, header.seq),
    heads: [...heads].sort(),
    missing: [...missing].sort(),
  };
}

/** Where a chain lies among all: hex of SHA-256 over origin, chain and scope. */
export const placeOf = (key: ChainKey): string => toHex(sha256(fromHex(chainName(key))));

export function chainDigest({ heads, missing }: Pick<ChainState, "heads" | "missing">): string {
  return toHex(sha256(joined(u32(heads.length), ...[...heads].sort().map(fromHex), ...[...missing].sort().map(fromHex))));
}

/** Chains in the order of their places, and the digests over them. */
export class DigestTree {
  readonly #entries: readonly { readonly place: string; readonly state: ChainState; readonly bytes: Uint8Array }[];

  constructor(states: Iterable<ChainState>) {
    this.#entries = [...states]
      .map((state) => ({ place: placeOf(state.key), state }))
      .sort((a, b) => (a.place < b.place ? -1 : 1))
      .map((one) => ({ ...one, bytes: fromHex(one.place + chainDigest(one.state)) }));
  }

  bucket(prefix: string): ChainState[] {
    return this.#below(prefix).map(({ state }) => state);
  }

  digest(prefix: string): string {
    return toHex(sha256(joined(...this.#below(prefix).map(({ bytes }) => bytes))));
  }

  #below(prefix: string) {
    return this.#entries.filter(({ place }) => place.startsWith(prefix));
  }
}

export function same(mine: ChainState | undefined, theirs: Detail | undefined): boolean {
  if (!mine || !theirs) return false;
  return (theirs.digest || chainDigest(theirs)) === chainDigest(mine);
}

/**
 * The facts of a chain that a side with these heads and missing has not.
 *
 * @param rows all that is here of the chain
 * @returns null where that cannot be told: the other side has facts that are not here
 */
export function lacking<R extends Link>(rows: readonly R[], heads: readonly string[], missing: readonly string[]): R[] | null {
  const prev = new Map(rows.map((row) => [row.id, row.header.prev]));
  const ends = new Set(missing);
  const held = new Set<string>();
  for (const head of heads) {
    let at = head;
    while (!held.has(at)) {
      const before = prev.get(at);
      if (before === undefined) return null;
      held.add(at);
      if (before === "" || ends.has(before)) break;
      at = before;
    }
  }
  return rows.filter((row) => !held.has(row.id));
}

/** The facts of a chain by block, each with SHA-256 over its ids sorted. */
export function blocksOf<R extends Link>(rows: readonly R[]): Map<number, { readonly rows: R[]; readonly digest: string }> {
  const blocks = new Map<number, R[]>();
  for (const row of rows) {
    const at = Math.floor(row.header.seq / BLOCK_SEQS);
    blocks.set(at, [...(blocks.get(at) ?? []), row]);
  }
  const digest = (of: R[]): string => toHex(sha256(joined(...of.map((row) => row.id).sort().map(fromHex))));
  return new Map([...blocks].sort(([a], [b]) => a - b).map(([at, of]) => [at, { rows: of, digest: digest(of) }]));
}

const STATUS = new Set(["status.reported", "point.opened", "point.paused", "point.closed", "incident.reported"]);
/** Whether it says what is open, and what is wrong, right now. */
export const isStatus = (kind: string): boolean => STATUS.has(kind) || kind.startsWith("activation.");

const newestFirst = (a: Row, b: Row): number => b.header.at[0] - a.header.at[0] || b.header.at[1] - a.header.at[1] || (a.id < b.id ? 1 : -1);
/** Status facts of one chain that go before everything else. */
const LATEST = 8;

/**
 * The order in which facts go over a line that may be cut at any moment: how things are now (of each chain the newest
 * status facts, incidents among them), then everything newest first. What follows each other travels together, so that
 * neither the stream nor the receipts for it grow with the number of facts between.
 */
export function newestStatusFirst(rows: Iterable<Row>): Row[] {
  const sorted = [...rows].sort(newestFirst);
  const taken = new Map<string, number>();
  const first = new Set<string>();
  for (const row of sorted) {
    const chain = chainName(row.header);
    const count = taken.get(chain) ?? 0;
    if (!isStatus(row.header.kind) || count >= LATEST) continue;
    taken.set(chain, count + 1);
    first.add(row.id);
  }
  return [...sorted.filter((row) => first.has(row.id)), ...sorted.filter((row) => !first.has(row.id))];
}
