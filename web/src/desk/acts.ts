/**
 * What the desk does, as what is said: one act, the entries it comes to. Pure. The order is the order they are written
 * in. What somebody said on the telephone carries `via: phone`; ordering a place open never opens it.
 */
import type { Said } from "../core/facts/writing.ts";
import { edtf } from "./format.ts";
import type { Labels } from "./model.ts";

export interface Entry {
  readonly kind: string;
  readonly body: Said;
  readonly about: string;
  /** Where it is said: the place, the area, the network. */
  readonly scope: string;
  readonly sealed?: Said;
}

export const BANDS = ["free", "some", "crowded", "full"] as const;
export type Band = (typeof BANDS)[number];
export const PAUSES = ["supplies", "people", "heat", "water", "generator", "air_alert", "other"] as const;
export const SHUTS = ["hours", "order", "supplies", "people", "unsafe", "season", "never_open", "other"] as const;
export const CANNOT = ["fuel", "heat", "water", "people", "power", "unsafe", "no_access", "other"] as const;
export const WITHIN_MIN = [15, 30, 60, 120, 180] as const;
export const MODES = ["everyday", "outage", "blackout"] as const;
export const MET_BY = ["delivery", "own", "found", "no_longer"] as const;
export const REVOKED_FOR = ["lost", "stolen", "left", "misused", "mistake", "other"] as const;
export const INSPECTED = ["co_alarm", "extinguisher", "generator_away", "wiring", "stove", "chimney", "exits", "shelter", "water", "toilet", "step_free", "sign", "stock", "papers"] as const;
/** Where one of these is not in order, a place is not fit to let people in. */
export const DEADLY: readonly string[] = ["co_alarm", "generator_away", "wiring", "stove", "chimney", "exits"];

const phone: Said = { via: "phone" };
const here = (kind: string, point: string, body: Said): Entry => ({ kind, about: point, scope: point, body });

// what they said on the telephone ------------------------------------------------------------------------------

export const saidOpen = (point: string, band: Band | null): Entry[] => [
  here("point.opened", point, phone),
  ...(band ? [here("status.reported", point, { band, ...phone })] : []),
];
export const saidPaused = (point: string, cause: (typeof PAUSES)[number]): Entry[] => [here("point.paused", point, { cause, ...phone })];
export const saidShut = (point: string, cause: (typeof SHUTS)[number]): Entry[] => [here("point.closed", point, { cause, ...phone })];
export const saidReady = (point: string): Entry[] => [here("point.ready", point, phone)];
export const saidWithin = (point: string, order: string, minutes: number): Entry[] => [
  here("activation.acknowledged", point, { acknowledged: order, opens_within_min: minutes, ...phone }),
];
export const saidCannot = (point: string, order: string, because: (typeof CANNOT)[number]): Entry[] => [
  here("activation.refused", point, { refused: order, refused_because: because, ...phone }),
];
export interface Counts {
  readonly fuelL?: number | null;
  readonly woodKg?: number | null;
  readonly waterL?: number | null;
}
/** What was counted; what nobody knows is left out: it is not zero. */
export function saidCounted(point: string, { fuelL = null, woodKg = null, waterL = null }: Counts): Entry[] {
  const body: Said = {
    ...(fuelL !== null && { fuel_ml: Math.round(fuelL * 1000) }),
    ...(woodKg !== null && { wood_g: Math.round(woodKg * 1000) }),
    ...(waterL !== null && { water_ml: Math.round(waterL * 1000) }),
  };
  return Object.keys(body).length > 0 ? [here("stock.counted", point, { ...body, ...phone })] : [];
}
export const saidService = (point: string, field: string, value: boolean): Entry[] => [here("services.declared", point, { [field]: value, ...phone })];

// a place ------------------------------------------------------------------------------------------------------

export const seen = (point: string, place: "public" | "blurred" | "hidden"): Entry[] => [here("visibility.decided", point, { place })];
export const crowding = (point: string, how: "off" | "bands" | "full"): Entry[] => [here("visibility.decided", point, { crowding: how })];
export const met = (need: string, point: string, how: (typeof MET_BY)[number]): Entry[] => [{ kind: "need.met", about: need, scope: point, body: { met_by: how } }];
export const released = (thing: string, hash: string, scope = thing): Entry[] => [{ kind: "release.decided", about: thing, scope, body: { releases: ["photo"], hash } }];
/** Which photo there is of a place or of equipment. */
export const pictured = (type: "point" | "kit", thing: string, hash: string, scope: string): Entry[] => [
  { kind: type === "point" ? "point.described" : "kit.described", about: thing, scope, body: { photo: hash } },
];
export const located = (point: string, lonE7: number, latE7: number): Entry[] => [here("point.described", point, { lon_e7: lonE7, lat_e7: latE7 })];
/** All that an entry said is taken back everywhere. */
export const takenBack = (record: string, about: string, scope: string, reason: "personal" | "other"): Entry[] => [{ kind: "body.withheld", about, scope, body: { fact: record, reason } }];
/** What somebody without a key said may be read by everybody. */
export const wordsReleased = (record: string, about: string, scope: string): Entry[] => [{ kind: "release.decided", about, scope, body: { releases: ["words"], released: record } }];
export const withheld = (record: string, point: string): Entry[] => [here("body.withheld", point, { fact: record, part: "sealed", reason: "personal" })];
export const wrong = (record: string, about: string): Entry[] => [here("correction.made", about, { fact: record, cause: "never_happened" })];
export const samePlace = (point: string, other: string, same: boolean): Entry[] => [
  same ? here("same.as", point, { same_as: other }) : here("not.same.as", point, { not_same_as: other }),
];

export type Looked = "" | "passed" | "failed";
export function verdict(looked: Readonly<Record<string, Looked>>): "fit" | "remarks" | "unfit" {
  const failed = INSPECTED.filter((item) => looked[item] === "failed");
  if (failed.length === 0) return "fit";
  return failed.some((item) => DEADLY.includes(item)) ? "unfit" : "remarks";
}
export function inspected(point: string, looked: Readonly<Record<string, Looked>>, nextDay: string, remarks: string): Entry[] {
  const of = (what: Looked): string[] => INSPECTED.filter((item) => looked[item] === what);
  const body: Said = {
    inspection: verdict(looked),
    ...(of("passed").length > 0 && { passed: of("passed") }),
    ...(of("failed").length > 0 && { failed: of("failed") }),
    ...(nextDay !== "" && { next_inspection: nextDay }),
  };
  return [{ ...here("inspection.done", point, body), ...(remarks !== "" && { sealed: { remarks } }) }];
}

// orders, mode, notices ----------------------------------------------------------------------------------------

export interface OrderTo {
  readonly area: string;
  readonly order: "open" | "stand_down";
  readonly district: string;
  /** Only these; all of the area or district where empty. */
  readonly points: readonly string[];
  readonly openByMin: number | null;
}

export function ordered({ area, order, district, points, openByMin }: OrderTo): Entry[] {
  const body: Said = {
    order,
    ...(district !== "" && { district }),
    ...(points.length > 0 && { points: [...points] }),
    ...(order === "open" && openByMin !== null && { open_by: edtf(openByMin) }),
  };
  return [{ kind: "activation.ordered", about: area, scope: area, body }];
}

export const mode = (area: string, now: (typeof MODES)[number]): Entry[] => [{ kind: "mode.set", about: area, scope: area, body: { mode: now } }];

export interface Notice {
  readonly area: string;
  readonly district: string;
  readonly urgency: "information" | "warning" | "danger";
  readonly untilMin: number;
  readonly words: Labels;
}
export function notice({ area, district, urgency, untilMin, words }: Notice): Entry[] {
  const said = Object.fromEntries(Object.entries(words).filter(([, text]) => text.trim() !== ""));
  const body: Said = { urgency, until: edtf(untilMin), ...(district !== "" && { district }) };
  return [{ kind: "notice.given", about: area, scope: area, body, sealed: { words: said } }];
}

// places that may come -----------------------------------------------------------------------------------------

export interface Spot {
  readonly names: Labels;
  readonly address: string;
  readonly lonE7: number | null;
  readonly latE7: number | null;
  readonly area: string;
}
const spotBody = ({ names, address, lonE7, latE7, area }: Spot): Said => ({
  ...(Object.keys(names).length > 0 && { names: { ...names } }),
  ...(address !== "" && { address }),
  ...(lonE7 !== null && latE7 !== null && { lon_e7: lonE7, lat_e7: latE7 }),
  ...(area !== "" && { area }),
});

/** A proposal is taken up, or it is said that it is not. @param scope where the proposal was said */
export const decided = (place: string, scope: string, spot: Spot, declined: boolean): Entry[] => [
  { kind: "place.decided", about: place, scope, body: { ...spotBody(spot), declined } },
];
/** A site of a plan becomes a place that was decided. */
export const decidedNew = (spot: Spot, net: string, rank: number | null): Entry[] => [
  { kind: "place.decided", about: "", scope: spot.area || net, body: { ...spotBody(spot), declined: false, ...(rank !== null && { rank }) } },
];
export const describedPoint = (spot: Spot, kind: string, district: string, net: string): Entry => ({
  kind: "point.described",
  about: "",
  scope: spot.area || net,
  body: { ...spotBody(spot), kind, ...(district !== "" && { district }) },
});
export const plannedPoint = (point: string, place: string): Entry => here("point.planned", point, place === "" ? {} : { from_place: place });

// equipment ----------------------------------------------------------------------------------------------------

export const KITS = ["yurt", "tent", "module", "vehicle", "room", "generator", "stove", "battery", "other"] as const;
export const HELP = ["yurt", "tent", "kit", "generator", "stove", "fuel", "wood", "water", "food", "goods", "money", "room", "work", "transport", "running_costs", "other"] as const;

export const assembled = (names: Labels, pledges: readonly string[], net: string): Entry => ({
  kind: "kit.assembled",
  about: "",
  scope: net,
  body: { ...(Object.keys(names).length > 0 && { names: { ...names } }), ...(pledges.length > 0 && { pledges: [...pledges] }) },
});
export const describedKit = (kit: string, kind: string, net: string): Entry => ({ kind: "kit.described", about: kit, scope: net, body: { kind } });
export const left = (kits: readonly string[], point: string, need: string, net: string): Entry => ({
  kind: "consignment.left",
  about: "",
  scope: net,
  body: { ...(kits.length > 0 && { kits: [...kits] }), ...(point !== "" && { to: point }), ...(need !== "" && { need }) },
});
export const arrived = (consignment: string, at: string, net: string): Entry[] => [
  { kind: "consignment.arrived", about: consignment, scope: net, body: { complete: true, ...(at !== "" && { at }) } },
];
export const erected = (kit: string, point: string, net: string): Entry[] => [{ kind: "kit.erected", about: kit, scope: net, body: { ...(point !== "" && { point }) } }];
export const dismantled = (kit: string, net: string): Entry[] => [{ kind: "kit.dismantled", about: kit, scope: net, body: { cause: "season" } }];
export const handedOver = (kit: string, holder: string, act: string, net: string): Entry[] => [
  { kind: "custody.transferred", about: kit, scope: net, body: { holder, ...(act !== "" && { act }) } },
];
export interface Promise_ {
  readonly what: (typeof HELP)[number];
  readonly count: number | null;
  readonly giver: string;
  readonly publish: "name" | "nothing";
  readonly point: string;
}
/** A promise that somebody made on the telephone or on paper. */
export const promised = ({ what, count, giver, publish, point }: Promise_, net: string): Entry => ({
  kind: "pledge.made",
  about: "",
  scope: net,
  body: { what, ...(count !== null && { count }), publish, ...(point !== "" && { point }), ...phone },
  ...(giver !== "" && { sealed: { giver } }),
});

// devices ------------------------------------------------------------------------------------------------------

export const revoked = (key: string, scope: string, cause: (typeof REVOKED_FOR)[number]): Entry[] => [{ kind: "device.revoked", about: scope, scope, body: { key, cause } }];
