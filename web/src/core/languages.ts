/** Which language to speak. Pure. */

/** Languages that are complete, in the order of the menu. */
export const LANGUAGES = ["uk", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

export function isLanguage(value: string | null | undefined): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/**
 * The first that we speak of: what the address asks for, what was chosen before, what the browser prefers. Else English.
 *
 * @param browser language tags in order of preference, as in `navigator.languages` (`uk-UA`, `en`)
 */
export function chooseLanguage(asked: string | null, stored: string | null, browser: readonly string[]): Language {
  const wishes = [asked, stored, ...browser.map((tag) => tag.split("-")[0] ?? "")];
  return wishes.find(isLanguage) ?? "en";
}
