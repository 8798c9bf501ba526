/** The town's list of names, as the first screen searches it. */
import { type Found, makeSearchInPieces } from "../core/find/search.ts";
import type { NamedPlace } from "../core/public.ts";
import type { Breathe } from "./breath.ts";

export interface Names {
  /** Best first; an old or other name that fits is told with it. */
  search(text: string, most?: number): readonly Found[];
  readonly districts: readonly NamedPlace[];
}

export async function makeNames(places: readonly NamedPlace[], language: string, breathe: Breathe): Promise<Names> {
  const search = await makeSearchInPieces(places, breathe);
  await breathe();
  const order = new Intl.Collator(language);
  return {
    search,
    districts: places.filter((place) => place.kind === "district").sort((a, b) => order.compare(a.name, b.name)),
  };
}
