/**
 * What a phone may let go, so that it does not fill up: facts of its own place that are safe, in a backup that was read
 * back, for thirty days. Never the newest reports, never what waits or was refused, nothing that what is so now stands on.
 */
import { foldThing } from "../core/facts/fold.ts";
import { chainName, partOf, type Row, thingOf } from "../core/facts/writing.ts";
import { foldRules } from "./kinds.ts";
import { headquartersOf } from "./standing.ts";
import { byTimeDown, type Store } from "./store.ts";

/** Own reports that a person may want to look up. */
export const NEWEST = 50;
/** How long something is safe before it is let go [ms]. */
export const SAFE_MS = 30 * 86_400_000;
const DAY_MS = 86_400_000;
/** Who is trusted, places, orders: few, and asked for at any time. */
const LASTING = /^(?:network|device|area|point\.described|name|mode|notice|activation\.ordered|checkpoint|body)/;
const TRUST = ["network.founded", "device.admitted", "device.replaced", "device.revoked"];

interface Span {
  readonly receipt: Row;
  readonly safe: boolean;
  readonly atMs: number;
  readonly first: number;
  readonly last: number;
  readonly head: string;
}

export interface Mine {
  readonly key: string;
  readonly net: string;
  /** The place this device is on duty in. */
  readonly scope: string;
}

/** Ids that may go now. Pure but for reading the store. */
export async function mayGo(store: Store, { key, net, scope }: Mine, nowMs: number): Promise<string[]> {
  const chains = (await store.chains()).filter((state) => state.key.scope === scope || state.key.origin === key);
  const rows = (await Promise.all(chains.map((state) => store.chain(state.key)))).flat();
  const trusted = headquartersOf((await Promise.all(TRUST.map((kind) => store.ofKind(kind)))).flat(), net);
  const here = new Set(rows.map(({ id }) => id));
  const spans = spansOf(await store.ofKind("receipt.noted"), trusted, here);
  const covering = (row: Row): readonly Span[] => (spans.get(chainName(row.header)) ?? []).filter(({ first, last }) => first <= row.header.seq && row.header.seq <= last);

  const stay = new Set<string>((await store.waiting()).map(({ id }) => id));
  for (const id of (await store.refusals()).keys()) stay.add(id);
  for (const { id } of await store.newestOf(key, NEWEST)) stay.add(id);
  for (const { heads } of chains) for (const id of heads) stay.add(id);
  const old = rows.filter((row) => {
    const isReceipt = row.header.kind === "receipt.noted";
    return !isReceipt && !LASTING.test(row.header.kind) && !stay.has(row.id) && covering(row).some(({ safe, atMs }) => safe && atMs <= nowMs - SAFE_MS);
  });
  const go = new Set(old.map(({ id }) => id));
  for (const id of standsOn(rows, new Set(old.map(thingOf)))) go.delete(id);

  // Receipts: those that what stays is safe by, with the facts at their ends, and all that are new.
  const needed = new Set<string>();
  for (const row of rows) {
    if (go.has(row.id)) continue;
    const best = [...covering(row)].sort((a, b) => Number(b.safe) - Number(a.safe) || b.last - a.last)[0];
    if (best) needed.add(best.receipt.id);
  }
  for (const span of [...spans.values()].flat()) if (span.atMs > nowMs - SAFE_MS) needed.add(span.receipt.id);
  for (const span of [...spans.values()].flat()) if (needed.has(span.receipt.id)) go.delete(span.head);
  for (const row of rows) {
    const aged = Number(partOf(row.fact.body)?.time_ms ?? row.header.at[0]) <= nowMs - SAFE_MS;
    if (row.header.kind === "receipt.noted" && aged && trusted.has(row.header.origin) && !needed.has(row.id) && !stay.has(row.id)) go.add(row.id);
  }
  return [...go];
}

/** Let go what may, at most once a day; how many went. */
export async function forget(store: Store, mine: Mine, nowMs: number): Promise<number> {
  if (nowMs - ((await store.value<number>("forgot")) ?? 0) < DAY_MS) return 0;
  const ids = await mayGo(store, mine, nowMs);
  await store.forget(ids);
  await store.putValue("forgot", nowMs);
  return ids.length;
}

/** What receipts of headquarters say, by chain; of those whose last fact is here, else they may speak of another branch. */
function spansOf(receipts: readonly Row[], trusted: ReadonlySet<string>, here: ReadonlySet<string>): Map<string, Span[]> {
  const found = new Map<string, Span[]>();
  for (const receipt of receipts) {
    const body = partOf(receipt.fact.body);
    if (!body || !Array.isArray(body.chains) || !trusted.has(receipt.header.origin)) continue;
    for (const line of body.chains as { origin: string; chain: string; scope: string; first: number; last: number; head: string }[]) {
      if (!here.has(line.head)) continue;
      const name = chainName(line);
      const span = { receipt, safe: body.level === "safe", atMs: Number(body.time_ms ?? receipt.header.at[0]), first: line.first, last: line.last, head: line.head };
      found.set(name, [...(found.get(name) ?? []), span]);
    }
  }
  return found;
}

/** The facts that the state of these things stands on. */
function standsOn(rows: readonly Row[], things: ReadonlySet<string>): Set<string> {
  const byThing = new Map<string, Row[]>();
  for (const row of [...rows].sort(byTimeDown)) {
    const thing = thingOf(row);
    if (things.has(thing)) byThing.set(thing, [...(byThing.get(thing) ?? []), row]);
  }
  const found = new Set<string>();
  for (const [thing, of] of byThing) {
    const state = foldThing(
      foldRules(),
      thing,
      of.map(({ id, header, fact }) => ({ id, origin: header.origin, kind: header.kind, v: header.v, about: thing, ms: header.at[0], counter: header.at[1], body: partOf(fact.body), waits: false })),
    );
    const told = JSON.stringify(state, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    for (const id of told.match(/[0-9a-f]{64}/g) ?? []) found.add(id);
  }
  return found;
}
