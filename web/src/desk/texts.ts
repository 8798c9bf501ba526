/** The desk's words: shared ones and its own, one chunk a language. */
import type desk from "#texts/desk/en.json";
import type words from "#texts/words/en.json";
import { makeTexts, type Messages, type Texts } from "../core/texts.ts";

export type Key = keyof typeof desk | keyof typeof words;
export type T = Texts<Key>;

export const NAMES: Readonly<Record<string, string>> = { uk: "Українська", en: "English" };

const LOADERS: Readonly<Record<string, () => Promise<{ readonly default: Messages }[]>>> = {
  uk: () => Promise.all([import("#texts/words/uk.json"), import("#texts/desk/uk.json")]),
  en: () => Promise.all([import("#texts/words/en.json"), import("#texts/desk/en.json")]),
};

export async function speak(language: string): Promise<T> {
  const parts = await (LOADERS[language] ?? (LOADERS.uk as (typeof LOADERS)[string]))();
  return makeTexts<Key>(language, Object.assign({}, ...parts.map((part) => part.default)) as Messages, {});
}

/** What was chosen in this browser, else Ukrainian: whatever the browser says. */
export const chooseLanguage = (chosen: string | null): string => (chosen !== null && chosen in NAMES ? chosen : "uk");
