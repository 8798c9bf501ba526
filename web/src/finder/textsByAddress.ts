/** Words as data of their own, one file a language: fetched, not compiled. */
import type { Messages } from "../core/texts.ts";
import { type Loader, NAMES } from "./texts.ts";

/** The words of a language; English where it is none of ours. They lie beside this script. */
export const byAddress: Loader = async (language) => {
  const response = await fetch(new URL([language in NAMES ? language : "en", __WORDS__].join("-") + ".json", import.meta.url));
  if (!response.ok) throw new Error(`the words of ${language} are not there (${response.status})`);
  return (await response.json()) as Messages;
};
