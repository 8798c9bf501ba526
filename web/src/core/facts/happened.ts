// When something was so: the subset of EDTF in spec/facts.md, section 9.

export const MAX_CHARACTERS = 80;
export const MOMENT =
  "(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01])(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?" +
  "(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9]))?)?)?[?~%]?";
export const HAPPENED =
  `unknown|${MOMENT}|${MOMENT}/(?:${MOMENT}|\\.\\.)?|(?:\\.\\.)?/${MOMENT}` +
  `|\\[${MOMENT}(?:,${MOMENT})+\\]|\\[${MOMENT}\\.\\.(?:${MOMENT})?\\]|\\[\\.\\.${MOMENT}\\]`;

/** First and last millisecond since 1970 UTC; null where that side is open or unknown. */
export type Bounds = readonly [first: number | null, last: number | null];

const WHOLE = new RegExp(`^(?:${HAPPENED})$`);
const PARTS =
  /([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(?:Z|([+-])([0-9]{2}):([0-9]{2})))?)?)?/g;
const DAY_MS = 86_400_000;

/** What is wrong with a `happened`, as a clause; empty where it is in order. */
export function fault(text: string): string {
  if (text.length > MAX_CHARACTERS || !WHOLE.test(text)) return "this is no date or time";
  for (const [, year, month, day] of text.matchAll(PARTS)) {
    if (day !== undefined && Number(day) > daysOf(Number(year), Number(month))) return `${year}-${month} has no day ${day}`;
  }
  const [first, last] = ends(text);
  return first !== null && last !== null && first > last ? `${text} ends before it begins` : "";
}

/** The first and the last millisecond it can mean; [null, null] too for a text that `fault` refuses. */
export function boundsMs(text: string): Bounds {
  if (fault(text) !== "") return [null, null];
  if (!text.includes(",")) return ends(text);
  const each = moments(text);
  return [Math.min(...each.map(([first]) => first)), Math.max(...each.map(([, last]) => last))];
}

/** First of the left moment, last of the right; lists have no order. */
function ends(text: string): Bounds {
  if (text === "unknown" || text.includes(",")) return [null, null];
  const [left, right] = moments(text);
  if (left === undefined) return [null, null];
  if (right !== undefined) return [left[0], right[1]];
  if (/^(?:\/|\.\.\/|\[\.\.)/.test(text)) return [null, left[1]];
  if (/(?:\/|\.\.|\.\.\])$/.test(text)) return [left[0], null];
  return left;
}

function moments(text: string): [number, number][] {
  return Array.from(text.matchAll(PARTS), momentBounds);
}

function momentBounds(found: RegExpMatchArray): [number, number] {
  const [, year, month, day, hour, minute, second, sign, offHours, offMinutes] = found;
  const y = Number(year);
  if (day === undefined) {
    const [from, to] = month === undefined ? [1, 12] : [Number(month), Number(month)];
    return [midnightMs(y, from, 1), midnightMs(y, to, daysOf(y, to)) + DAY_MS - 1];
  }
  const midnight = midnightMs(y, Number(month), Number(day));
  if (hour === undefined) return [midnight, midnight + DAY_MS - 1];
  const offsetMin = sign === undefined ? 0 : (Number(offHours) * 60 + Number(offMinutes)) * (sign === "-" ? -1 : 1);
  const first = midnight + ((Number(hour) * 60 + Number(minute) - offsetMin) * 60 + Number(second ?? 0)) * 1000;
  return [first, first + (second === undefined ? 59_999 : 999)];
}

function midnightMs(year: number, month: number, day: number): number {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function daysOf(year: number, month: number): number {
  return new Date(new Date(0).setUTCFullYear(year, month, 0)).getUTCDate();
}
