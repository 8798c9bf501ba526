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
  readonly t: T;
  readonly count: number;
  /** Name, address, district, number, operator of each row in small letters. */
  readonly text: readonly string[];
  /** The rows in the order of each sort. */
  readonly order: Readonly<Record<Sort, Int32Array>>;
  readonly shown: Uint8Array;
  readonly districts: readonly string[];
  readonly rowOf: ReadonlyMap<string, number>;
}

/** What follows from words alone: the same until somebody renames a place. */
type Worded = Pick<Sifted, "text" | "districts" | "rowOf"> & { readonly order: Pick<Sifted["order"], "name" | "district"> };

export const folded = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/[’ʼ`´]/g, "'");

/** @param before the table before this one: where no place came or was renamed, what was reckoned of words holds on */
export function sift(table: PointTable, t: T, before: Sifted | null = null): Sifted {
  const words = before && before.t === t && hasSameWords(before.table, table) ? before : worded(table, t);
  const shown = Uint8Array.from(table.shown, (one) => SHOWN.indexOf(one));
  const urgency = (k: number): number => (table.contradicted[k] ? 0 : table.ordered[k] !== "" ? 1 : (table.needs[k] ?? 0) > 0 ? 2 : 3 + (shown[k] ?? 0));
  return {
    table,
    t,
    count: table.id.length,
    text: words.text,
    shown,
    districts: words.districts,
    rowOf: words.rowOf,
    order: {
      ...words.order,
      urgent: orderedBy(words.order.name, urgency),
      // Whose last word is oldest comes first; of whom nothing was heard before all others.
      said: orderedBy(words.order.name, (k) => table.said_at_min[k] ?? 0),
    },
  };
}

function worded(table: PointTable, t: T): Worded {
  const collator = new Intl.Collator(t.language, { numeric: true });
  const names = table.id.map((_, k) => placeName(t, { names: table.name[k] ?? {}, kind: table.kind[k] ?? "" }));
  const text = names.map((name, k) =>
    folded([name, ...Object.values(table.name[k] ?? {}), table.address[k], table.district[k], table.number[k], table.operator[k]].filter(Boolean).join(" \n")),
  );
  const name = Int32Array.from(names, (_, k) => k).sort((a, b) => collator.compare(names[a] ?? "", names[b] ?? "") || a - b);
  const districts = [...new Set(table.district)].filter((one) => one !== "").sort(collator.compare);
  const placeOf = new Map(districts.map((one, k) => [one, k]));
  const district = orderedBy(name, (k) => placeOf.get(table.district[k] ?? "") ?? districts.length);
  return { text, districts, rowOf: new Map(table.id.map((id, k) => [id, k])), order: { name, district } };
}

/** Rows by a whole number of each, those of the same one as they stood. Numbers alone are sorted, without a call. */
function orderedBy(rows: Int32Array, of: (row: number) => number): Int32Array {
  const count = rows.length;
  const keys = Float64Array.from(rows, (row, place) => of(row) * count + place).sort();
  return Int32Array.from(keys, (key) => rows[key % count] ?? 0);
}

const WORDS = ["id", "kind", "address", "district", "number", "operator"] as const;

function hasSameWords(one: PointTable, other: PointTable): boolean {
  if (one.id.length !== other.id.length) return false;
  if (!WORDS.every((name) => one[name].every((value, k) => value === other[name][k]))) return false;
  return one.name.every((names, k) => {
    const others = other.name[k] ?? {};
    const languages = Object.keys(names);
    return languages.length === Object.keys(others).length && languages.every((language) => names[language] === others[language]);
  });
}

const MARKED: Readonly<Record<Mark, (table: PointTable, row: number) => boolean>> = {
  needs: (table, row) => (table.needs[row] ?? 0) > 0,
  contradicted: (table, row) => table.contradicted[row] === true,
  ordered: (table, row) => table.ordered[row] !== "",
  hidden: (table, row) => table.visibility[row] !== "public",
};

/** Rows that fit, in the order wanted. Every word of the text must be somewhere in the row. */
export const rowsOf = (sifted: Sifted, wanted: Wanted): Int32Array => inStates(sifted, fitting(sifted, wanted), wanted.shown);

/** Rows that fit whatever their state is, in the order wanted. */
export function fitting(sifted: Sifted, wanted: Omit<Wanted, "shown">): Int32Array {
  const { table, text } = sifted;
  const words = folded(wanted.text).split(/\s+/).filter(Boolean);
  const tests = wanted.marks.map((mark) => MARKED[mark]);
  return sifted.order[wanted.sort].filter(
    (row) =>
      (wanted.district === "" || table.district[row] === wanted.district) &&
      (wanted.area === "" || table.area[row] === wanted.area) &&
      tests.every((test) => test(table, row)) &&
      words.every((word) => text[row]?.includes(word)),
  );
}

/** Those of the rows that are in one of the states; all where none is named. */
export function inStates(sifted: Sifted, rows: Int32Array, shown: readonly Shown[]): Int32Array {
  if (shown.length === 0) return rows;
  const wanted = SHOWN.map((one) => shown.includes(one));
  return rows.filter((row) => wanted[sifted.shown[row] ?? 0]);
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
