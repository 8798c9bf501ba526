// What a thing is, out of what was said of it: the fold of spec/kinds.md, the same bytes as in Python.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, fromHex, joined, toHex } from "./bytes.ts";
import type { Kind, Rules } from "./rules.ts";
import { fits } from "./schema.ts";

/** A fact as the fold sees it; ids and keys in hex. */
export interface Entry {
  readonly id: string;
  readonly origin: string;
  readonly kind: string;
  readonly v: number;
  /** The thing it speaks of: the header's `about`, or the fact's own id where that is empty. */
  readonly about: string;
  /** Effective time. */
  readonly ms: number;
  readonly counter: number;
  /** null: withheld, or not here. */
  readonly body: { readonly [name: string]: unknown } | null;
  /** Its signer may not say it. */
  readonly waits: boolean;
}

/** Sums may leave 2^53 behind, so they are reckoned in BigInt. */
type Sum = { base: unknown; fact: string; plus: bigint };
type By<T> = { [name: string]: T };

export interface State {
  type: string;
  state?: [name: string, fact: string];
  fields?: By<[unknown, string]>;
  sums?: By<Sum>;
  totals?: By<bigint>;
  sources?: By<By<[unknown, string]>>;
  recent?: By<[unknown, string][]>;
  sets?: By<unknown[]>;
  conflicts?: string[];
  newer?: string[];
  unfit?: string[];
  waits?: string[];
  withheld?: string[];
}
type Listed = "conflicts" | "newer" | "unfit" | "waits" | "withheld";

const RECENT = 8;

/** The one order of facts: effective time, origin, id. */
export function inOrder(a: Entry, b: Entry): number {
  return a.ms - b.ms || a.counter - b.counter || byText(a.origin, b.origin) || byText(a.id, b.id);
}

/** The state of a thing out of everything said of it, in any order. */
export function foldThing(rules: Rules, thing: string, entries: readonly Entry[]): State {
  const creating = entries.find((entry) => entry.id === thing);
  const state: State = { type: (creating && rules.kind(creating.kind, creating.v)?.creates) ?? "" };
  for (const entry of [...entries].sort(inOrder)) foldOne(state, rules, entry);
  return state;
}

/** Fold one fact into the state of its thing; it comes after all that were folded in before. */
export function foldOne(state: State, rules: Rules, entry: Entry): void {
  const kind = rules.kind(entry.kind, entry.v);
  if (kind === undefined) return list(state, "newer", entry.id);
  const unheeded = entry.waits ? "waits" : entry.body === null ? "withheld" : isUnfit(kind, entry, state.type) ? "unfit" : "";
  if (unheeded !== "" && !kind.silent) list(state, unheeded, entry.id);
  if (unheeded !== "" || kind.silent || entry.body === null) return;
  const moves = rules.moves(state.type);
  if (moves !== undefined && Object.hasOwn(moves, kind.name)) {
    const move = moves[kind.name]!;
    if (!move.from.includes(state.state?.[0] ?? "")) return list(state, "conflicts", entry.id);
    state.state = [move.to, entry.id];
  }
  for (const [name, value] of Object.entries(entry.body)) merge(state, kind, name, value, entry);
}

function isUnfit(kind: Kind, entry: Entry, type: string): boolean {
  if (!fits(kind.body, entry.body)) return true;
  if (entry.about === entry.id) return kind.creates === "";
  return !(kind.about.length === 1 && kind.about[0] === "any") && !kind.about.includes(type) && type !== kind.creates;
}

function merge(state: State, kind: Kind, name: string, value: unknown, entry: Entry): void {
  switch (kind.merges.get(name)) {
    case "last":
      (state.fields ??= {})[name] = [value, entry.id];
      break;
    case "count":
      (state.sums ??= {})[name] = { base: value, fact: entry.id, plus: 0n };
      break;
    case "plus":
    case "minus": {
      const sum = ((state.sums ??= {})[name] ??= { base: null, fact: "", plus: 0n });
      sum.plus += kind.merges.get(name) === "plus" ? BigInt(value as number) : -BigInt(value as number);
      break;
    }
    case "add":
      (state.totals ??= {})[name] = (state.totals[name] ?? 0n) + BigInt(value as number);
      break;
    case "source":
      ((state.sources ??= {})[name] ??= {})[entry.origin] = [value, entry.id];
      break;
    case "recent": {
      const values = ((state.recent ??= {})[name] ??= []);
      values.push([value, entry.id]);
      values.splice(0, values.length - RECENT);
      break;
    }
    case "union":
      unite(((state.sets ??= {})[name] ??= []), Array.isArray(value) ? value : [value]);
      break;
  }
}

function unite(values: unknown[], items: readonly unknown[]): void {
  for (const item of items) {
    const text = written(item);
    if (!values.some((one) => written(one) === text)) values.push(item);
  }
  values.sort((a, b) => byBytes(new TextEncoder().encode(written(a)), new TextEncoder().encode(written(b))));
}

function list(state: State, member: Listed, id: string): void {
  const ids = (state[member] ??= []);
  if (!ids.includes(id)) ids.push(id);
  ids.sort(byText);
}

/** The canonical bytes of a state. */
export function stateBytes(state: State): Bytes {
  return new TextEncoder().encode(written(state));
}

/** SHA-256 of the state, in hex. */
export function stateHash(state: State): string {
  return toHex(sha256(stateBytes(state)));
}

/** The state hash of a ledger: over the rules' version and (thing, hash of its state), in hex. */
export function ledgerHash(version: string, things: readonly (readonly [thing: string, hash: string])[]): string {
  const sorted = [...things].sort(([a], [b]) => byText(a, b));
  const prefix = new TextEncoder().encode("shanyrak/state/1\n");
  return toHex(sha256(joined(prefix, fromHex(version), ...sorted.map(([thing, hash]) => fromHex(thing + hash)))));
}

/** Canonical JSON of values that fitted their kinds; unlike what is signed, a sum may be beyond 2^53. */
function written(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  const members = value as By<unknown>;
  const keys = Object.keys(members).sort(byText);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${written(members[key])}`).join(",")}}`;
}

/** ASCII text: UTF-16 units sort as bytes do. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byBytes(a: Uint8Array, b: Uint8Array): number {
  for (let k = 0; k < Math.min(a.length, b.length); k++) {
    if (a[k] !== b[k]) return (a[k] as number) - (b[k] as number);
  }
  return a.length - b.length;
}
