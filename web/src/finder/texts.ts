/** The finder's words: shared ones and its own, one chunk a language. */
import type finder from "#texts/finder/en.json";
import type sentence from "#texts/finder-sentence/en.json";
import type words from "#texts/words/en.json";
import { makeTexts, type Messages, type Texts } from "../core/texts.ts";

export type FinderKey = keyof typeof finder | keyof typeof sentence | keyof typeof words;
export type T = Texts<FinderKey>;
export type Loader = (language: string) => Promise<Messages>;

/** Every language under its own name. */
export const NAMES: Readonly<Record<string, string>> = { uk: "Українська", en: "English", kk: "Қазақша", de: "Deutsch", ru: "Русский" };

const loaders: Readonly<Record<string, () => Promise<{ default: Messages }>>> = {
  uk: () => import("./texts/uk.ts"),
  en: () => import("./texts/en.ts"),
  kk: () => import("./texts/kk.ts"),
  de: () => import("./texts/de.ts"),
  ru: () => import("./texts/ru.ts"),
};

/** Texts as a chunk of their own; the offline page brings another loader, with all in it. */
export const byChunk: Loader = async (language) => ((await loaders[language]?.()) ?? (await import("./texts/en.ts"))).default;

export async function speak(language: string, load: Loader): Promise<T> {
  return makeTexts<FinderKey>(language, await load(language), {}); // tested: a complete language needs no fallback
}

/** What was chosen on this phone, else the first of the deployment: whatever the browser says. */
export function chooseLanguage(chosen: string | null, offered: readonly string[]): string {
  const known = offered.filter((language) => language in NAMES);
  return chosen !== null && known.includes(chosen) ? chosen : (known[0] ?? "en");
}
