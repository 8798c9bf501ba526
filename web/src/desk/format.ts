/** Moments, names and numbers as the desk reads them. Pure: a language, a zone and values in, text out. */
import type { Labels, PointRef } from "./model.ts";
import type { T } from "./texts.ts";

/** Language, zone and now, as every screen needs them. */
export interface Tongue {
  readonly t: T;
  readonly zone: string;
  readonly nowMin: number;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Year, month, day, hour and minute of a moment in a zone, two digits each. */
export function partsOf(atMin: number, zone: string): { readonly year: string; readonly month: string; readonly day: string; readonly time: string } {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    clocks.set(zone, clock);
  }
  const of = Object.fromEntries(clock.formatToParts(atMin * 60_000).map(({ type, value }) => [type, value]));
  return { year: of.year ?? "", month: of.month ?? "", day: of.day ?? "", time: `${of.hour ?? ""}:${of.minute ?? ""}` };
}

/** The time; with the day where it is not today, with the year where it is not this one. */
export function moment({ t, zone, nowMin }: Tongue, atMin: number): string {
  const at = partsOf(atMin, zone);
  const now = partsOf(nowMin, zone);
  if (at.day === now.day && at.month === now.month && at.year === now.year) return at.time;
  const date = `${at.day}.${at.month}.${at.year === now.year ? "" : at.year}`;
  return t("time.day", { date, time: at.time });
}

/** A day as ISO writes it, in the zone. */
export function dayOf(atMin: number, zone: string): string {
  const { year, month, day } = partsOf(atMin, zone);
  return `${year}-${month}-${day}`;
}

/** A day of ISO as people write it; what is no day stays as it is. */
export function shownDay(iso: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso) ?? [];
  return year === undefined ? iso : `${day}.${month}.${year}`;
}

/** A length of time in its largest fitting unit: 35 min, 3 h, 2 days. */
export function span(t: T, minutes: number): string {
  const whole = Math.max(0, Math.round(minutes));
  if (whole < 120) return t("span.min", { n: whole });
  if (whole < 48 * 60) return t("span.h", { n: Math.round(whole / 60) });
  return t("span.days", { n: Math.round(whole / 1440) });
}

/** How long ago, for a list: nobody has to reckon. */
export const ago = ({ t, nowMin }: Tongue, atMin: number): string => t("time.ago", { span: span(t, nowMin - atMin) });

/** A name in the reader's language, else in any; "" where there is none. */
export const nameIn = (language: string, names: Labels): string => names[language] ?? names.uk ?? names.en ?? Object.values(names)[0] ?? "";

/** What a place is called: its name, else what it is. */
export const placeName = (t: T, { names, kind }: Pick<PointRef, "names" | "kind">): string => nameIn(t.language, names) || t.find(`kind.${kind}`) || t("point");

/** The text of a key put together from data; what has no words stays as it is. */
export const say = (t: T, key: string, otherwise = key): string => t.find(key) ?? otherwise;

/** Money of hundredths. */
export function money(t: T, minor: unknown, currency: unknown): string {
  if (typeof minor !== "number") return "";
  return `${t.number(minor / 100, 2)} ${typeof currency === "string" ? currency : ""}`.trim();
}

/** A moment as an entry says it: UTC to the minute. */
export const edtf = (atMin: number): string => new Date(atMin * 60_000).toISOString().slice(0, 16) + "Z";

/** Minutes since 1970 of a time of day in a zone, the next one after now. */
export function nextTime(time: string, zone: string, nowMin: number): number | null {
  const [, hour, minute] = /^(\d{2}):(\d{2})$/.exec(time) ?? [];
  if (hour === undefined || minute === undefined) return null;
  const now = partsOf(nowMin, zone).time.split(":").map(Number);
  const minutes = Number(hour) * 60 + Number(minute) - ((now[0] ?? 0) * 60 + (now[1] ?? 0));
  return nowMin + (minutes <= 0 ? minutes + 1440 : minutes);
}
