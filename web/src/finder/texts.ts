/** The finder's words: shared ones and its own. Over http one file a language (`textsByAddress.ts`), in the offline page all. */
import type finder from "#texts/finder/en.json";
import type sentence from "#texts/finder-sentence/en.json";
import type words from "#texts/words/en.json";
import { makeTexts, type Messages, type Texts } from "../core/texts.ts";

export type FinderKey = keyof typeof finder | keyof typeof sentence | keyof typeof words;
export type T = Texts<FinderKey>;
export type Loader = (language: string) => Promise<Messages>;

/** Every language under its own name. */
export const NAMES: Readonly<Record<string, string>> = { uk: "Українська", en: "English", kk: "Қазақша", de: "Deutsch", ru: "Русский" };

export async function speak(language: string, load: Loader): Promise<T> {
  return makeTexts<FinderKey>(language, await load(language), {}); // tested: a complete language needs no fallback
}

/** What was chosen on this phone, else the first of the deployment: whatever the browser says. */
export function chooseLanguage(chosen: string | null, offered: readonly string[]): string {
  const known = offered.filter((language) => language in NAMES);
  return chosen !== null && known.includes(chosen) ? chosen : (known[0] ?? "en");
}
