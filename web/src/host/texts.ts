/** The host's words: shared ones and its own, one chunk a language. */
import type host from "#texts/host/en.json";
import type words from "#texts/words/en.json";
import { makeTexts, type Messages, type Texts } from "../core/texts.ts";

export type Key = keyof typeof host | keyof typeof words;
export type T = Texts<Key>;

/** Every language under its own name, in the order of the menu where a network says nothing of its own. */
export const NAMES: Readonly<Record<string, string>> = { uk: "Українська", en: "English", kk: "Қазақша", de: "Deutsch", ru: "Русский" };
/** Russian only where the operator switches it on. */
export const OFFERED: readonly string[] = ["uk", "en", "kk", "de"];

const LOADERS: Readonly<Record<string, () => Promise<{ readonly default: Messages }[]>>> = {
  uk: () => Promise.all([import("#texts/words/uk.json"), import("#texts/host/uk.json")]),
  en: () => Promise.all([import("#texts/words/en.json"), import("#texts/host/en.json")]),
  kk: () => Promise.all([import("#texts/words/kk.json"), import("#texts/host/kk.json")]),
  de: () => Promise.all([import("#texts/words/de.json"), import("#texts/host/de.json")]),
  ru: () => Promise.all([import("#texts/words/ru.json"), import("#texts/host/ru.json")]),
};

export async function speak(language: string): Promise<T> {
  const parts = await (LOADERS[language] ?? (LOADERS.en as (typeof LOADERS)[string]))();
  return makeTexts<Key>(language, Object.assign({}, ...parts.map((part) => part.default)) as Messages, {});
}

/** What was chosen on this phone, else the first of the network: whatever the browser says. */
export function chooseLanguage(chosen: string | null, offered: readonly string[]): string {
  const known = offered.filter((language) => language in NAMES);
  return chosen !== null && known.includes(chosen) ? chosen : (known[0] ?? "uk");
}

/** A moment as the person on duty reads it: the time, with the day where it is not today. */
export function moment(t: T, ms: number, nowMs: number): string {
  const at = new Date(ms);
  const now = new Date(nowMs);
  const two = (n: number): string => String(n).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === now.toDateString()) return time;
  return t("time.day", { date: `${two(at.getDate())}.${two(at.getMonth() + 1)}.${at.getFullYear() === now.getFullYear() ? "" : at.getFullYear()}`, time });
}
