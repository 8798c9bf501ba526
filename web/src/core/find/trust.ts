/**
 * How a word ages, and the chance that a door is open (`spec/ranking.md`): the twin of `find/trust.py`.
 * Nothing reads a clock. `nowAtMin` should be the later of the device's clock and the moment the data was made,
 * because a phone's clock may be years behind.
 */
import data from "../../../../spec/trust.json";
import type { State } from "../public.ts";

export type Intervals = readonly (readonly [number, number])[];
export type Shown = "open" | "not_confirmed" | "paused" | "closed" | "ready" | "unknown";

/** What `spec/trust.json` holds. */
export interface Table {
  readonly open: {
    readonly ahead_min: number;
    readonly fresh_min: number;
    readonly unknown_after_min: number;
    readonly said: readonly { readonly at_most_min: number; readonly chance_permille: number }[];
  };
  readonly paused: { readonly unknown_after_min: number };
  readonly chance_permille: {
    readonly within_hours: number;
    readonly outside_hours: number;
    readonly unknown: number;
    readonly shut: number;
    readonly contradicted: number;
  };
  readonly seat_permille: Readonly<Record<string, number>>;
  readonly ranking: {
    readonly places_most: number;
    readonly nothing_found_min: number;
    readonly closing_margin_min: number;
    readonly not_led_to_permille: number;
    readonly detour_permille: number;
    readonly speed_m_per_h: Readonly<Record<string, number>>;
  };
  readonly needs_no: Readonly<Record<string, readonly string[]>>;
}

export const TABLE: Table = data;

/** A state as it was said, with what else was declared. */
export interface Word {
  readonly state: State;
  readonly saidAtMin: number | null;
  /** Open until, or back at, as said. */
  readonly untilAtMin: number | null;
  /** Declared hours; null where nobody declared any, empty where it is shut on all the days given. */
  readonly openAtMin: Intervals | null;
  /** Visitors since then say otherwise (`contradict`). */
  readonly contradicted: boolean;
}

export interface Aged {
  readonly shown: Shown;
  /** Chance that the door is open now. */
  readonly chancePermille: number;
  /** From when on the word is unknown if nobody says more; null where it has no such end. */
  readonly unknownFromAtMin: number | null;
}

export interface Outlook {
  /** When it opens, where it does not count as open now. */
  readonly opensAtMin: number | null;
  /** Chance that it is open from then on; 0 where that is null. */
  readonly chanceThenPermille: number;
  /** When it shuts: today, or after it has opened. */
  readonly closesAtMin: number | null;
}

/** A state as it is to be shown now. */
export function age(word: Word, nowAtMin: number, table: Table = TABLE): Aged {
  const aged = believed(word, nowAtMin, table);
  const cap = table.chance_permille.contradicted;
  return word.contradicted && aged.chancePermille > cap ? { ...aged, chancePermille: cap } : aged;
}

function believed(word: Word, nowAtMin: number, table: Table): Aged {
  const silent = withoutWord(word.openAtMin, nowAtMin, table);
  const end = wordEnds(word, table);
  const shut = table.chance_permille.shut;
  if (word.state === "ready") return { shown: "ready", chancePermille: shut, unknownFromAtMin: null };
  if (word.state === "closed" || word.state === "paused") {
    const over = end !== null && nowAtMin >= end;
    return { shown: over ? "unknown" : word.state, chancePermille: over ? silent : shut, unknownFromAtMin: end };
  }
  if (word.state === "open" && word.saidAtMin !== null && end !== null) {
    const ageMin = nowAtMin - word.saidAtMin;
    if (nowAtMin >= end || ageMin < -table.open.ahead_min) return { shown: "unknown", chancePermille: silent, unknownFromAtMin: end };
    const step = table.open.said.find((said) => ageMin <= said.at_most_min);
    const fresh = ageMin <= table.open.fresh_min && !word.contradicted;
    return { shown: fresh ? "open" : "not_confirmed", chancePermille: step?.chance_permille ?? table.chance_permille.unknown, unknownFromAtMin: end };
  }
  return { shown: "unknown", chancePermille: silent, unknownFromAtMin: null };
}

/** When a place will open or shut by its own account. */
export function outlook(word: Word, nowAtMin: number, table: Table = TABLE): Outlook {
  const now = age(word, nowAtMin, table);
  const never = (closesAtMin: number | null): Outlook => ({ opensAtMin: null, chanceThenPermille: 0, closesAtMin });
  if (now.shown === "open" || now.shown === "not_confirmed") return never(closing(word));
  if (now.shown === "ready") return never(null);
  let opens = now.unknownFromAtMin;
  if (now.shown === "unknown") {
    const inside = intervalAt(word.openAtMin, nowAtMin);
    if (inside !== null) return never(inside[1]);
    opens = nextOpening(word.openAtMin, nowAtMin);
  }
  if (opens === null || word.contradicted) return never(null);
  const later = age({ ...word, contradicted: false }, opens, table);
  return { opensAtMin: opens, chanceThenPermille: later.chancePermille, closesAtMin: intervalAt(word.openAtMin, opens)?.[1] ?? null };
}

/** Two visitors at least say shut or not here, and more of them than say open or full. */
export function contradict(visitors: { readonly open: number; readonly full: number; readonly shut: number; readonly notHere: number }): boolean {
  const against = visitors.shut + visitors.notHere;
  return against >= 2 && against > visitors.open + visitors.full;
}

function wordEnds(word: Word, table: Table): number | null {
  const { state, saidAtMin, untilAtMin, openAtMin } = word;
  if (saidAtMin === null) return state === "closed" || state === "paused" ? untilAtMin : null;
  if (state === "open") return earlier(saidAtMin + table.open.unknown_after_min, closing(word));
  if (state === "closed" || state === "paused") {
    if (untilAtMin !== null) return untilAtMin;
    const opening = nextOpening(openAtMin, saidAtMin);
    return state === "closed" ? opening : earlier(saidAtMin + table.paused.unknown_after_min, opening);
  }
  return null;
}

const earlier = (a: number, b: number | null): number => (b === null ? a : Math.min(a, b));

/** As said, else the end of the first declared interval that ends after the word. */
function closing(word: Word): number | null {
  const { saidAtMin, untilAtMin, openAtMin } = word;
  if (untilAtMin !== null || saidAtMin === null) return untilAtMin;
  return openAtMin?.find((interval) => interval[1] > saidAtMin)?.[1] ?? null;
}

function nextOpening(hours: Intervals | null, afterMin: number): number | null {
  return hours?.find((interval) => interval[0] > afterMin)?.[0] ?? null;
}

function intervalAt(hours: Intervals | null, atMin: number): readonly [number, number] | null {
  return hours?.find((interval) => interval[0] <= atMin && atMin < interval[1]) ?? null;
}

/** Chance where no word holds: by the declared hours, as far as the days given reach. */
function withoutWord(hours: Intervals | null, nowAtMin: number, table: Table): number {
  const last = hours?.[hours.length - 1];
  if (hours === null || (last !== undefined && nowAtMin >= last[1])) return table.chance_permille.unknown;
  return intervalAt(hours, nowAtMin) === null ? table.chance_permille.outside_hours : table.chance_permille.within_hours;
}
