/**
 * What a person does, as what is said: one act, the entries it comes to. Pure. The order is the order they are written
 * in; a danger says what it was before it shuts the place, and nothing here ever opens a place by itself.
 */
import type { Said } from "../core/facts/writing.ts";

export interface Entry {
  readonly kind: string;
  readonly body: Said;
  readonly sealed?: Said;
  /** The thing it is about; the place itself where absent, nothing where "". */
  readonly about?: string;
}

/** Beside every entry that was on paper first. */
export interface FromPaper {
  /** As in spec/facts.md, section 9. */
  readonly happened: string;
}

export type Band = "free" | "some" | "crowded" | "full";
export const BANDS: readonly Band[] = ["free", "some", "crowded", "full"];

/** Opening, in the order in which one walks around. */
export const OPENING = ["heat", "co_alarm", "generator_away", "fuel", "water", "sockets", "toilet", "sign", "light"] as const;
export const CLOSING = ["visitors_out", "fire_out", "fuel", "notice"] as const;
/** Without these nobody should be let in. */
export const VITAL: readonly string[] = ["co_alarm", "generator_away"];

export const PAUSES = ["supplies", "people", "heat", "water", "other"] as const;
export const SHUTS = ["hours", "order", "supplies", "people", "season", "other"] as const;
export const SHORT = ["fuel", "wood", "water", "food", "sockets", "people", "medicine", "blankets", "heat", "power", "internet", "repair"] as const;
export const LASTS_H = [1, 3, 6, 12, 24] as const;
export const CANNOT = ["fuel", "heat", "water", "people", "power", "unsafe", "no_access", "other"] as const;

export type Danger = "co" | "fire" | "generator" | "heat" | "air_alert" | "medical" | "minor_alone" | "violence";
export const DANGERS: readonly Danger[] = ["co", "fire", "medical", "generator", "heat", "air_alert", "minor_alone", "violence"];

/** What a danger does to the place: shut at once, a short break, or nothing. */
export function consequence(danger: Danger): "shut" | "pause" | "none" {
  if (danger === "co" || danger === "fire") return "shut";
  return danger === "generator" || danger === "heat" || danger === "air_alert" ? "pause" : "none";
}

export function inDanger(danger: Danger): Entry[] {
  const said: Entry[] =
    danger === "heat"
      ? [{ kind: "status.reported", body: { heat_works: false } }]
      : [{ kind: "incident.reported", body: { incident: danger } }];
  const then = consequence(danger);
  if (then === "shut") said.push({ kind: "point.closed", body: { cause: "unsafe" } });
  if (then === "pause") said.push({ kind: "point.paused", body: { cause: danger } });
  return said;
}

const paper = (from: FromPaper | null): Said => (from ? { happened: from.happened, via: "paper" } : {});

/** @param fuelL counted litres; null: not counted */
export function open(checked: readonly string[], fuelL: number | null, from: FromPaper | null): Entry[] {
  return [...counted({ fuelL }, from), { kind: "point.opened", body: { checked: [...checked], ...paper(from) } }];
}

export function close(checked: readonly string[], cause: (typeof SHUTS)[number], fuelL: number | null, from: FromPaper | null): Entry[] {
  return [...counted({ fuelL }, from), { kind: "point.closed", body: { checked: [...checked], cause, ...paper(from) } }];
}

export const pause = (cause: (typeof PAUSES)[number]): Entry[] => [{ kind: "point.paused", body: { cause } }];
export const band = (how: Band): Entry[] => [{ kind: "status.reported", body: { band: how } }];
export const visits = (n: number): Entry[] => (n > 0 ? [{ kind: "visit.counted", body: { visits: n } }] : []);

export interface Counts {
  readonly fuelL?: number | null;
  readonly woodKg?: number | null;
  readonly waterL?: number | null;
  readonly indoorC?: number | null;
}

/** What was counted; what nobody knows is left out: it is not zero. */
export function counted({ fuelL = null, woodKg = null, waterL = null, indoorC = null }: Counts, from: FromPaper | null = null): Entry[] {
  const body: Said = {
    ...(fuelL !== null && { fuel_ml: Math.round(fuelL * 1000) }),
    ...(woodKg !== null && { wood_g: Math.round(woodKg * 1000) }),
    ...(waterL !== null && { water_ml: Math.round(waterL * 1000) }),
    ...(indoorC !== null && { indoor_mc: Math.round(indoorC * 1000) }),
  };
  return Object.keys(body).length > 0 ? [{ kind: "stock.counted", body: { ...body, ...paper(from) } }] : [];
}

/** @param lastsH hours that what is there will last; null: not known */
export function shortOf(point: string, what: readonly string[], lastsH: number | null): Entry[] {
  const needs = what.map(
    (one): Entry => ({
      kind: "need.raised",
      about: "",
      body: { point, short_of: one, ...(lastsH !== null && { lasts_min: lastsH * 60, urgent: lastsH <= 3 }) },
    }),
  );
  return what.length > 0 ? [{ kind: "status.reported", body: { short_of: [...what] } }, ...needs] : [];
}

export const met = (needs: readonly string[]): Entry[] => needs.map((need) => ({ kind: "need.met", about: need, body: { met_by: "other" } }));
export const willOpen = (order: string, minutes: number): Entry[] => [{ kind: "activation.acknowledged", body: { acknowledged: order, opens_within_min: minutes } }];
export const cannotOpen = (order: string, because: (typeof CANNOT)[number]): Entry[] => [{ kind: "activation.refused", body: { refused: order, refused_because: because } }];
export const mistake = (fact: string): Entry[] => [{ kind: "correction.made", body: { fact, cause: "never_happened" } }];

// driver ------------------------------------------------------------------------------------------------------

export interface Load {
  readonly fuelL: number | null;
  readonly woodKg: number | null;
  readonly waterL: number | null;
  readonly meals: number | null;
  readonly blankets: number | null;
  readonly kits: readonly string[];
  readonly to: string;
  readonly toWhere: string;
}

export function left(load: Load): Entry[] {
  const body: Said = {
    ...(load.kits.length > 0 && { kits: [...load.kits] }),
    ...(load.fuelL !== null && { fuel_ml: Math.round(load.fuelL * 1000) }),
    ...(load.woodKg !== null && { wood_g: Math.round(load.woodKg * 1000) }),
    ...(load.waterL !== null && { water_ml: Math.round(load.waterL * 1000) }),
    ...(load.meals !== null && { meals: Math.round(load.meals) }),
    ...(load.blankets !== null && { blankets: Math.round(load.blankets) }),
    ...(load.to !== "" && { to: load.to }),
  };
  return [{ kind: "consignment.left", about: "", body, ...(load.toWhere !== "" && { sealed: { to_where: load.toWhere } }) }];
}

/** @param damaged labels of equipment that came damaged; `complete` only where nothing is missing or broken */
export function arrived(consignment: string, at: string, complete: boolean, damaged: readonly string[], remarks: string): Entry[] {
  const body: Said = { complete, ...(at !== "" && { at }), ...(damaged.length > 0 && { damaged: [...damaged] }) };
  return [{ kind: "consignment.arrived", about: consignment, body, ...(remarks !== "" && { sealed: { remarks } }) }];
}

export const passed = (consignment: string, lon_e7: number, lat_e7: number): Entry[] => [{ kind: "consignment.passed", about: consignment, body: { lon_e7, lat_e7 } }];

// inspector ---------------------------------------------------------------------------------------------------

export const INSPECTED = ["co_alarm", "extinguisher", "generator_away", "wiring", "stove", "chimney", "exits", "shelter", "water", "toilet", "step_free", "sign", "stock", "papers"] as const;
export type Looked = "" | "passed" | "failed";

/** Unfit where something fails that can kill; remarks where anything else does. */
export const DEADLY: readonly string[] = ["co_alarm", "generator_away", "wiring", "stove", "chimney", "exits"];

export function verdict(looked: Readonly<Record<string, Looked>>): "fit" | "remarks" | "unfit" {
  const failed = INSPECTED.filter((item) => looked[item] === "failed");
  if (failed.length === 0) return "fit";
  return failed.some((item) => DEADLY.includes(item)) ? "unfit" : "remarks";
}

export function inspected(looked: Readonly<Record<string, Looked>>, nextDay: string, act: string, remarks: string): Entry[] {
  const of = (what: Looked): string[] => INSPECTED.filter((item) => looked[item] === what);
  const body: Said = {
    inspection: verdict(looked),
    ...(of("passed").length > 0 && { passed: of("passed") }),
    ...(of("failed").length > 0 && { failed: of("failed") }),
    ...(nextDay !== "" && { next_inspection: nextDay }),
    ...(act !== "" && { inspection_act: act }),
  };
  return [{ kind: "inspection.done", body, ...(remarks !== "" && { sealed: { remarks } }) }];
}
