/**
 * Twenty thousand places sifted and sorted while somebody types. Pure: columns in, row numbers out. What is looked at
 * again and again (folded text, order by name) is reckoned once for a table.
 */
import { placeName } from "./format.ts";
import type { PointTable, Shown } from "./model.ts";
import type { T } from "./texts.ts";

export const SHOWN: readonly Shown[] = ["open", "not_confirmed", "paused", "closed", "ready", "unknown"];
export const MARKS = ["needs", "contradicted", "ordered", "hidden"] as const;
export type Mark = (typeof MARKS)[number];
export const SORTS = ["urgent", "name", "said", "district"] as const;
export type Sort = (typeof SORTS)[number];

export interface Wanted {
  readonly text: string;
  readonly shown: readonly Shown[];
  readonly district: string;
  readonly area: string;
  readonly marks: readonly Mark[];
  readonly sort: Sort;
}

export const EVERYTHING: Wanted = { text: "", shown: [], district: "", area: "", marks: [], sort: "urgent" };

/** A table with what sifting needs. */
export interface Sifted {
  readonly table: PointTable;
  readonly count: number;
  /** Name, address, district, number, operator of each row in small letters. */
  readonly text: readonly string[];
  /** Place of each row in the order of each sort. */
  readonly rank: Readonly<Record<Sort, Int32Array>>;
  readonly shown: Uint8Array;
  readonly districts: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
}

export const folded = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/[’ʼ`´]/g, "'");

export function sift(table: PointTable, t: T): Sifted {
  const count = table.id.length;
  const names = Array.from({ length: count }, (_, k) => placeName(t, { names: table.name[k] ?? {}, kind: table.kind[k] ?? "" }));
  const text = names.map((name, k) =>
    folded([name, ...Object.values(table.name[k] ?? {}), table.address[k], table.district[k], table.number[k], table.operator[k]].filter(Boolean).join(" \n")),
  );
  const shown = Uint8Array.from(table.shown, (one) => SHOWN.indexOf(one));
  const collator = new Intl.Collator(t.language, { numeric: true });
  const all = Array.from({ length: count }, (_, k) => k);
  const ranked = (before: (a: number, b: number) => number): Int32Array => {
    const rank = new Int32Array(count);
    [...all].sort(before).forEach((row, place) => (rank[row] = place));
    return rank;
  };
  const name = ranked((a, b) => collator.compare(names[a] ?? "", names[b] ?? "") || a - b);
  const by = (of: (row: number) => number) => ranked((a, b) => of(a) - of(b) || (name[a] ?? 0) - (name[b] ?? 0));
  const districts = [...new Set(table.district)].filter((one) => one !== "").sort(collator.compare);
  const districtPlace = new Map(districts.map((one, k) => [one, k]));
  return {
    table,
    count,
    text,
    shown,
    districts,
    rank: {
      name,
      urgent: by((k) => (table.contradicted[k] ? 0 : table.ordered[k] !== "" ? 1 : (table.needs[k] ?? 0) > 0 ? 2 : 3 + (shown[k] ?? 0))),
      // Whose last word is oldest comes first; of whom nothing was heard before all others.
      said: by((k) => table.said_at_min[k] ?? 0),
      district: by((k) => districtPlace.get(table.district[k] ?? "") ?? districts.length),
    },
    rowOf: new Map(table.id.map((id, k) => [id, k])),
  };
}

const MARKED: Readonly<Record<Mark, (table: PointTable, row: number) => boolean>> = {
  needs: (table, row) => (table.needs[row] ?? 0) > 0,
  contradicted: (table, row) => table.contradicted[row] === true,
  ordered: (table, row) => table.ordered[row] !== "",
  hidden: (table, row) => table.visibility[row] !== "public",
};

/** Rows that fit, in the order wanted. Every word of the text must be somewhere in the row. */
export function rowsOf(sifted: Sifted, wanted: Wanted): Int32Array {
  const { table, count } = sifted;
  const words = folded(wanted.text).split(/\s+/).filter(Boolean);
  const shown = wanted.shown.length === 0 ? null : SHOWN.map((one) => wanted.shown.includes(one));
  const tests = wanted.marks.map((mark) => MARKED[mark]);
  const found: number[] = [];
  for (let row = 0; row < count; row++) {
    if (shown && !shown[sifted.shown[row] ?? 0]) continue;
    if (wanted.district !== "" && table.district[row] !== wanted.district) continue;
    if (wanted.area !== "" && table.area[row] !== wanted.area) continue;
    if (!tests.every((test) => test(table, row))) continue;
    const text = sifted.text[row] ?? "";
    if (words.every((word) => text.includes(word))) found.push(row);
  }
  const rank = sifted.rank[wanted.sort];
  // By place in the whole order: no comparing of names while somebody types.
  const places = Int32Array.from(found, (row) => rank[row] ?? 0).sort();
  const rowAt = orderOf(sifted, wanted.sort);
  return places.map((place) => rowAt[place] ?? 0);
}

const orders = new WeakMap<Int32Array, Int32Array>();
function orderOf(sifted: Sifted, sort: Sort): Int32Array {
  const rank = sifted.rank[sort];
  let order = orders.get(rank);
  if (!order) {
    order = new Int32Array(rank.length);
    for (let row = 0; row < rank.length; row++) order[rank[row] ?? 0] = row;
    orders.set(rank, order);
  }
  return order;
}

/** How many rows have each shown state. */
export function counted(sifted: Sifted, rows: Int32Array): number[] {
  const counts = SHOWN.map(() => 0);
  for (const row of rows) {
    const at = sifted.shown[row] ?? 0;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
