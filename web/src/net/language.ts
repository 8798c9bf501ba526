/** Which language this browser wants, and its texts. Each language is a chunk of its own. */
import type { Language } from "../core/languages.ts";
import { chooseLanguage } from "../core/languages.ts";
import { makeTexts, type Messages, type Texts } from "../core/texts.ts";

const KEY = "shanyrak.language";

/** Every language is listed under its own name. */
export const NAMES: Readonly<Record<Language, string>> = { uk: "Українська", en: "English" };

const loaders: Readonly<Record<Language, () => Promise<{ default: Messages }>>> = {
  en: () => import("#texts/en.json"),
  uk: () => import("#texts/uk.json"),
};

/** A browser may forbid storage; then the choice lasts as long as the page. */
export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Nothing to mend: the page speaks the language anyway.
  }
}

export function wantedLanguage(): Language {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // As above.
  }
  return chooseLanguage(new URLSearchParams(location.search).get("lang"), stored, navigator.languages);
}

export async function loadTexts(language: Language): Promise<Texts> {
  const messages = (await loaders[language]()).default;
  // Tested: a complete language needs no fallback, so English is not loaded beside it.
  return makeTexts(language, messages, {});
}
