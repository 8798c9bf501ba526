/**
 * The words people read: `spec/texts`, one file a language (its README says how a text is made).
 * Pure: a language and its messages in, sentences out.
 */
import type en from "#texts/en.json";

export type Key = keyof typeof en;
export type Message = string | Readonly<Record<string, string>>;
export type Messages = Readonly<Record<string, Message>>;
export type Values = Readonly<Record<string, string | number>>;

/** Writes texts and numbers of one language; `K` are the keys it has (the plan's where nothing is said). */
export interface Texts<K extends string = Key> {
  readonly language: string;
  /** The text of a key. `n` chooses the plural form and is shown as a number; the rest is filled in as it is. */
  (key: K, values?: Values): string;
  /** The text of a key that is put together from data; null where there is none. */
  find(key: string, values?: Values): string | null;
  number(value: number, digits?: number): string;
  list(items: readonly string[]): string;
}

/** Texts of a language; what it lacks is taken from `fallback` (English). */
export function makeTexts<K extends string = Key>(language: string, messages: Messages, fallback: Messages): Texts<K> {
  const plural = new Intl.PluralRules(language);
  // Small whole numbers read the same in all our languages; a formatter takes a slow phone tens of milliseconds to make.
  const number = (value: number, digits = 0): string =>
    Number.isInteger(value) && value >= 0 && value < 1000 ? String(value) : new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

  const fill = (key: string, values: Values = {}): string | null => {
    const message = messages[key] ?? fallback[key];
    if (message === undefined) return null;
    const n = values.n;
    const text = typeof message === "string" ? message : form(message, typeof n === "number" ? n : 0, plural);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? number(value) : value;
    });
  };
  // A number stays on one line with a short unit: 97 %, 15 min.
  const find = (key: string, values?: Values): string | null => fill(key, values)?.replace(/(\d) (?=%|\p{L}{1,3}(?!\p{L}))/gu, "$1\u00a0") ?? null;
  const write = (key: string, values?: Values): string => find(key, values) ?? key;

  return Object.assign(write, {
    language,
    find,
    number,
    // Where a browser does not know the language it would say "and" in its own.
    list: (items: readonly string[]): string =>
      Intl.ListFormat.supportedLocalesOf(language).length > 0 ? new Intl.ListFormat(language, { type: "conjunction" }).format(items) : items.join(", "),
  });
}

/** A share of 1 in percent, rounded down to a tenth. */
export const percent = (t: Texts, share: number): string => t("plan.percent", { value: t.number(Math.floor(share * 1000) / 10, 1) });

/** A moment with its day, as the language writes it. */
export const date = (t: Texts, iso: string): string => new Intl.DateTimeFormat(t.language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

function form(message: Readonly<Record<string, string>>, n: number, plural: Intl.PluralRules): string {
  const exact = n === 1 ? message["=1"] : undefined;
  return exact ?? message[plural.select(n)] ?? message.other ?? "";
}

/** A value from the data as the last part of a key: `estimated from buildings` becomes `estimated_from_buildings`. */
export function slug(value: string): string {
  return value.toLowerCase().replace(/[^a-z0-9]+/g, "_");
}
