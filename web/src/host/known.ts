/** What this phone knows of its place: out of what it keeps, by the same rules as headquarters. Reads no clock. */
import { inOrder, type Entry as Folded, foldThing } from "../core/facts/fold.ts";
import { partOf, type Row, thingOf } from "../core/facts/writing.ts";
import { foldRules } from "../device/kinds.ts";

export type Shown = "open" | "paused" | "closed" | "ready" | "unknown";

export interface Need {
  /** Every open need of this kind: said twice, it is met once. */
  readonly ids: readonly string[];
  readonly what: string;
  readonly sinceMs: number;
}

export interface Order {
  readonly id: string;
  readonly order: "open" | "stand_down";
  readonly openBy: string;
  readonly saidMs: number;
}

export interface Known {
  readonly names: Readonly<Record<string, string>>;
  readonly kind: string;
  readonly address: string;
  readonly shown: Shown;
  /** When it came to be so, ms since 1970; null where nothing is known. */
  readonly sinceMs: number | null;
  /** Shut or on a break because of a danger: only a person with the list opens it again. */
  readonly danger: string;
  readonly band: string;
  readonly needs: readonly Need[];
  /** The newest order that concerns this place and was not answered. */
  readonly order: Order | null;
  readonly visits: number;
}

const DANGEROUS = new Set(["unsafe", "co", "fire", "generator", "heat", "air_alert", "medical", "violence"]);

export function entryOf(row: Row): Folded {
  const { header } = row;
  return { id: row.id, origin: header.origin, kind: header.kind, v: header.v, about: thingOf(row), ms: header.at[0], counter: header.at[1], body: partOf(row.fact.body), waits: false };
}

/**
 * @param of rows about the place
 * @param needs rows of the kinds need.raised and need.met
 * @param orders rows of the kind activation.ordered
 * @param fromMs visits since then are summed
 */
export function knownOf(point: string, of: readonly Row[], needs: readonly Row[], orders: readonly Row[], fromMs: number): Known {
  const entries = of.map(entryOf);
  const state = foldThing(foldRules(), point, entries);
  const field = <T>(name: string): T | undefined => state.fields?.[name]?.[0] as T | undefined;
  const [name, by] = state.state ?? ["", ""];
  const moved = entries.find((entry) => entry.id === by);
  const cause = String(moved?.body?.cause ?? "");
  const answered = new Set(entries.flatMap((entry) => [entry.body?.acknowledged, entry.body?.refused]));
  const area = String(field("area") ?? "");
  const open = orders
    .map(entryOf)
    .filter((entry) => concerns(entry, point, area, String(field("district") ?? "")))
    .sort(inOrder)
    .at(-1);
  const order = open && !answered.has(open.id) && !(open.body?.order === "open" && name === "open") && !(open.body?.order === "stand_down" && name === "closed") ? open : undefined;
  return {
    names: field("names") ?? {},
    kind: field("kind") ?? "",
    address: field("address") ?? "",
    shown: name === "open" || name === "paused" || name === "closed" || name === "ready" ? name : "unknown",
    sinceMs: moved?.ms ?? null,
    danger: name !== "open" && DANGEROUS.has(cause) ? cause : "",
    band: name === "open" ? (field("band") ?? "") : "",
    needs: openNeeds(needs, point),
    order: order ? { id: order.id, order: order.body?.order === "stand_down" ? "stand_down" : "open", openBy: String(order.body?.open_by ?? ""), saidMs: order.ms } : null,
    visits: entries.filter((entry) => entry.kind === "visit.counted" && entry.ms >= fromMs).reduce((sum, entry) => sum + Number(entry.body?.visits ?? 0), 0),
  };
}

function concerns(order: Folded, point: string, area: string, district: string): boolean {
  if (order.about === point) return true;
  if (order.about !== area || area === "") return false;
  const points = order.body?.points;
  if (Array.isArray(points)) return points.includes(point);
  return order.body?.district === undefined || order.body.district === district;
}

/** Open needs, the newest first, each kind once. */
function openNeeds(rows: readonly Row[], point: string): Need[] {
  const last = new Map<string, Folded>();
  for (const entry of rows.map(entryOf).sort(inOrder)) last.set(entry.about, { ...(last.get(entry.about) ?? entry), ...entry, body: { ...last.get(entry.about)?.body, ...entry.body } });
  const found = new Map<string, Need>();
  for (const entry of [...last.values()].filter((one) => one.kind === "need.raised" && one.body?.point === point).sort(inOrder)) {
    const what = String(entry.body?.short_of ?? "other");
    const ids = [...(found.get(what)?.ids ?? []), entry.about];
    found.delete(what);
    found.set(what, { ids, what, sinceMs: entry.ms });
  }
  return [...found.values()].reverse();
}

/** Moments as the reader's clock shows them, with its offset: what spec/facts.md, section 9 calls a minute. */
export function happenedAt(local: string, offsetMin: number): string {
  const sign = offsetMin < 0 ? "-" : "+";
  const two = (n: number): string => String(n).padStart(2, "0");
  const off = Math.abs(offsetMin);
  return `${local.slice(0, 16)}${sign}${two(Math.floor(off / 60))}:${two(off % 60)}`;
}
