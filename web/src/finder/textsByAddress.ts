/** Words as data of their own, one file a language: fetched, not compiled. */
import de from "finder-texts:de";
import en from "finder-texts:en";
import kk from "finder-texts:kk";
import ru from "finder-texts:ru";
import uk from "finder-texts:uk";
import type { Messages } from "../core/texts.ts";
import type { Loader } from "./texts.ts";

const addresses: Readonly<Record<string, string>> = { uk, en, kk, de, ru };

/** The words of a language; English where it is none of ours. */
export const byAddress: Loader = async (language) => {
  const response = await fetch(addresses[language] ?? en);
  if (!response.ok) throw new Error(`the words of ${language} are not there (${response.status})`);
  return (await response.json()) as Messages;
};
