/**
 * What a person reads out on the phone for someone else: which place, how far, what was said, and if it is shut.
 * The twin of `find/sentence.py`; everything that depends on a clock or a zone comes in as text.
 */
import type words from "#texts/words/en.json";
import type own from "#texts/finder-sentence/en.json";
import type { Values } from "../texts.ts";
import type { Band, State, Who } from "../public.ts";
import type { Direction } from "./arrow.ts";
import type { Next, Ranked } from "./ranking.ts";
import type { Shown } from "./trust.ts";

/** Writes texts of `words` and `finder-sentence`. */
export type SentenceTexts = (key: keyof typeof words | keyof typeof own, values?: Values) => string;

export interface Spoken {
  /** With its kind where the name does not tell it. */
  readonly name: string;
  readonly address: string;
  readonly minutes: number | null;
  readonly lineM: number | null;
  /** Said only with a straight line. */
  readonly direction: Direction;
  /** As said last, and as it is shown now. */
  readonly state: State;
  readonly shown: Shown;
  readonly by: Who;
  /** Text `when.today` or `when.day`, filled in; "" where nobody said. */
  readonly when: string;
  readonly band: Band;
  readonly onArrival: Ranked["onArrival"];
  /** How many visitors said so since, where they contradict; else 0. */
  readonly visitorsShut: number;
  readonly visitorsNotHere: number;
  readonly then: (Omit<Next, "index"> & { readonly name: string }) | null;
}

/** Short sentences in the order in which somebody needs them; null is: no warm place is known. */
export function sentence(spoken: Spoken | null, emergency: string, t: SentenceTexts): string {
  if (spoken === null) return t("sentence.nothing", { number: emergency });
  const { name, address, minutes, lineM, then } = spoken;
  const parts = [t(address === "" ? "sentence.place_only" : "sentence.place", { name, address })];
  if (minutes !== null) parts.push(t("sentence.walk_min", { n: minutes }));
  else if (lineM !== null) parts.push(t("sentence.walk_line", { n: lineM, direction: t(`direction.${spoken.direction}`) }));
  parts.push(...said(spoken, t));
  if (spoken.visitorsShut > 0) parts.push(t("visitors.shut", { n: spoken.visitorsShut }));
  if (spoken.visitorsNotHere > 0) parts.push(t("visitors.not_here", { n: spoken.visitorsNotHere }));
  if (spoken.onArrival !== "") parts.push(t(`sentence.${spoken.onArrival}`));
  if (then !== null && then.minutes !== null) parts.push(t("sentence.if_shut_min", { n: then.minutes, name: then.name }));
  else if (then !== null && then.lineM !== null) parts.push(t("sentence.if_shut_line", { n: then.lineM, name: then.name }));
  parts.push(t("sentence.emergency", { number: emergency }));
  return parts.join(" ");
}

/** Whose word and when; then what became of it since. */
function said(spoken: Spoken, t: SentenceTexts): string[] {
  const { state, shown, by, when, band } = spoken;
  if (by === "" || when === "" || state === "unknown") return [t("said.nobody")];
  const parts = [t(`said.${state}`, { when, who: t(`by.${by}`) })];
  if (shown === "unknown") parts.push(t("sentence.unknown_now"));
  else if (shown === "not_confirmed") parts.push(t("sentence.not_confirmed"));
  else if (shown === "open" && band === "full") parts.push(t("sentence.full"));
  return parts;
}
