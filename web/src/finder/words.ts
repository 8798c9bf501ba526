/** Sentences of the finder: values of the bundle in, what a person reads out. Pure. */
import type { Labels, NamedPlace, PointStatus, PublicPoint, Service, Town, Who, Zone } from "../core/public.ts";
import { has as answer, type Value } from "../core/find/ranking.ts";
import type { Messages } from "../core/texts.ts";
import type { FinderKey, T } from "./texts.ts";

export const MINUTE_MS = 60_000;

/** A label in a language, else in the town's first, else any: names are data and are never translated. */
export function label(labels: Labels, ...languages: readonly string[]): string {
  for (const language of languages) {
    const found = labels[language];
    if (found) return found;
  }
  return Object.values(labels)[0] ?? "";
}

export const here = (t: T, town: Town, labels: Labels): string => label(labels, t.language, ...town.languages, "en");

export const townName = (t: T, town: Town): string => here(t, town, town.titles) || town.network;

/** What it is called; where nobody named it, its kind and street. */
export function placeName(t: T, town: Town, point: PublicPoint): string {
  return here(t, town, point.names) || [whatItIs(t, point), point.address].filter(Boolean).join(", ");
}

/** Point of Invincibility only where it is on the official list; a yurt only where it is one. */
export function whatItIs(t: T, point: PublicPoint): string {
  if (point.official) return t(point.kind === "yurt" ? "point.yurt" : "point.official");
  return t("point");
}

export const kindOf = (t: T, point: PublicPoint): string => t.find(`kind.${point.kind}`) ?? "";

const formats = new Map<string, Intl.DateTimeFormat>();
/** A formatter of days: each takes a slow phone long to make, so it is made for a day of another date only. */
function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" })));
  return found;
}

/** A moment as if the town's clocks were those of UTC: the bundle says how far ahead they are, phones need not know zones. */
function local(zone: Zone, atMin: number): Date {
  let ahead = zone[0]?.[1] ?? 0;
  for (const [from, min] of zone) if (from <= atMin) ahead = min;
  return new Date((atMin + ahead) * MINUTE_MS);
}

/** Day and clock in the town: 2026-11-23T17:40. */
const stamp = (zone: Zone, atMin: number): string => local(zone, atMin).toISOString();

/** Clock time in the town: 17:40, in 24 hours in every language. */
export const clock = (zone: Zone, atMin: number): string => stamp(zone, atMin).slice(11, 16);

/**
 * Some browsers lack the names of months in a language (Kazakh, mostly), and write "M11" even where they say that they
 * know the language: then days are written in numbers, day first, as is usual in all languages here.
 */
const named = (language: string): boolean =>
  Intl.DateTimeFormat.supportedLocalesOf(language).length > 0 && /\p{L}{2}/u.test(format(language, { month: "long" }).format(0));
const dated = (t: T, at: Date | number, parts: { year?: true; month?: true; day?: true }): string =>
  named(t.language)
    ? format(t.language, { ...(parts.year && { year: "numeric" }), ...(parts.month && { month: "long" }), ...(parts.day && { day: "numeric" }) }).format(at)
    : format("de", { ...(parts.year && { year: "numeric" }), ...(parts.month && { month: "2-digit" }), ...(parts.day && { day: "2-digit" }) }).format(at);
const day = (t: T, zone: Zone, atMin: number): string => dated(t, local(zone, atMin), { month: true, day: true });
const sameDay = (zone: Zone, a: number, b: number): boolean => stamp(zone, a).slice(0, 10) === stamp(zone, b).slice(0, 10);

/** 17:40 where it is today, else with its day. */
export function time(t: T, zone: Zone, atMin: number, nowMin: number): string {
  const hour = clock(zone, atMin);
  return sameDay(zone, atMin, nowMin) ? hour : t("time.day", { date: day(t, zone, atMin), time: hour });
}

/** The beginning of a sentence: At 17:40. */
export function when(t: T, zone: Zone, atMin: number, nowMin: number): string {
  const today = sameDay(zone, atMin, nowMin);
  return t(today ? "when.today" : "when.day", { date: today ? "" : day(t, zone, atMin), time: clock(zone, atMin) });
}

const who = (t: T, by: Who): string => t(`by.${by === "" ? "list" : by}` as FinderKey);

/** What was said, when, by whom: "At 17:40 the person on duty said it is open until 20:00." */
export function said(t: T, town: Town, status: PointStatus, nowMin: number): string {
  const { state, saidAtMin, untilAtMin } = status;
  if (saidAtMin === null || state === "unknown") return t("said.nobody");
  const values = { when: when(t, town.zone, saidAtMin, nowMin), who: who(t, status.by) };
  if (untilAtMin !== null && (state === "open" || state === "paused")) {
    return t(`said.${state}_until`, { ...values, until: time(t, town.zone, untilAtMin, nowMin) });
  }
  return t(`said.${state}`, values);
}

/** What visitors said since then, each kind a sentence; contradictions are shown, never hidden. */
export function visitorsSaid(t: T, status: PointStatus): { readonly text: string; readonly against: boolean }[] {
  const { open, full, shut, notHere } = status.visitors;
  const counts = { open, full, shut, not_here: notHere };
  return (Object.keys(counts) as (keyof typeof counts)[]).filter((k) => counts[k] > 0).map((k) => ({ text: t(`visitors.${k}`, { n: counts[k] }), against: k === "shut" || k === "not_here" }));
}

/** Midnight of the town's day that a moment lies in. */
export function dayStart(zone: Zone, atMin: number): number {
  const [hour = 0, minute = 0] = clock(zone, atMin).split(":").map(Number);
  return atMin - hour * 60 - minute;
}

const DAY_MIN = 24 * 60;

/** Hours of one day by the point's own account; null where nobody said, or this copy does not reach to today. */
export function hoursToday(t: T, town: Town, point: PublicPoint, nowMin: number): string | null {
  const all = point.hours?.openAtMin ?? null;
  if (all === null) return null;
  const start = dayStart(town.zone, nowMin);
  const end = start + DAY_MIN;
  const today = all.filter(([from, until]) => from < end && until > start);
  const last = all[all.length - 1];
  if (today.length === 0) return last && last[1] <= start ? null : t("hours.not_today");
  // The first interval of a bundle begins when it was made, so an open-ended beginning is no opening.
  if (today.some(([from, until]) => from <= nowMin && until >= end && until - from >= DAY_MIN)) return t("hours.all_day");
  return t("hours.today", { hours: t.list(today.map(([from, until]) => `${clock(town.zone, from)}–${clock(town.zone, until)}`)) });
}

/** Whether it is open at a moment by its hours; null where nobody said. */
export function openAt(point: PublicPoint, atMin: number): boolean | null {
  const all = point.hours?.openAtMin ?? null;
  const last = all?.[all.length - 1];
  if (all === null || (last && last[1] <= atMin)) return null;
  return all.some(([from, until]) => from <= atMin && atMin < until);
}

/** One thing a point has or has not, in words; the counts and kinds with it. */
export function serviceLine(t: T, field: string, service: Service, shelter: (id: string) => string): { readonly text: string; readonly has: boolean } {
  const { value } = service;
  const base = `service.${field}`;
  const say = (key: string, values?: Record<string, string | number>): string => t.find(key, values) ?? t.find(base) ?? field;
  if (field === "shelter") return { text: t("service.air_alert.goes_to_place", { place: shelter(String(value)) }), has: true };
  if (field === "shelter_address") return { text: t("service.air_alert.goes_to_place", { place: String(value) }), has: true };
  if (field === "languages" && Array.isArray(value)) {
    return { text: say(`${base}.list`, { list: t.list((value as string[]).map((tag) => languageName(t, tag))) }), has: value.length > 0 };
  }
  if (typeof value === "number") return value === 0 ? { text: say(`${base}.no`), has: false } : { text: say(`${base}.n`, { n: value }), has: true };
  if (typeof value === "string") return { text: say(`${base}.${value}`), has: value !== "none" && value !== "closes" };
  return value === true ? { text: say(base), has: true } : { text: say(`${base}.no`), has: false };
}

function languageName(t: T, tag: string): string {
  try {
    return new Intl.DisplayNames([t.language], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** What a point has or has not, as the ranking asks it; sockets and seats count where its services say nothing of them. */
export function servicesOf(point: PublicPoint): Record<string, Value> {
  const services: Record<string, Value> = {};
  for (const [field, { value }] of Object.entries(point.services)) services[field] = value;
  if (point.sockets !== null) services.sockets ??= point.sockets;
  if (point.seats !== null) services.seats ??= point.seats;
  return services;
}

/** Whether a point has what somebody needs; null where nobody said: not known is never yes. */
export function has(point: PublicPoint, need: string): boolean | null {
  return answer(servicesOf(point), need);
}

/** A text inside a sentence: it begins small where the language writes its nouns small. */
export const inside = (t: T, text: string): string => (t.language === "de" ? text : text.charAt(0).toLocaleLowerCase(t.language) + text.slice(1));

/** Size of a download as people read it. */
export function size(t: T, bytes: number): string {
  const kb = bytes / 1000;
  if (kb < 1000) return t("size.kb", { size: t.number(Math.max(1, Math.round(kb))) });
  return t("size.mb", { size: t.number(kb / 1000, 1) });
}

/** Straight line in steps that promise no more than is known [m]. */
export const roundedM = (metres: number): number => (metres < 1000 ? Math.ceil(metres / 50) * 50 : Math.ceil(metres / 100) * 100);

/** How a hit of the search is told apart from another of its name. */
export const aside = (t: T, place: NamedPlace): string => [t.find(`named.${place.kind}`), place.district].filter(Boolean).join(", ");

export type { Messages };

/** A day, month or year as it was written down (EDTF), in words; what is no such thing stands as it is. */
export function happened(t: T, edtf: string): string {
  const part = edtf.split("/")[0] ?? edtf;
  const [, year, month, dayOf] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:$|T|[?~%])/.exec(part) ?? [];
  if (!year || (month && (Number(month) < 1 || Number(month) > 12))) return edtf;
  const at = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(dayOf ?? 1));
  return dated(t, at, { year: true, ...(month && { month: true }), ...(dayOf && { day: true }) });
}
