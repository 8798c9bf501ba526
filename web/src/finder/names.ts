/** The town's list of names, as the first screen searches it. */
import { type Found, makeSearch } from "../core/find/search.ts";
import type { NamedPlace } from "../core/public.ts";

export interface Names {
  /** Best first; an old or other name that fits is told with it. */
  search(text: string, most?: number): readonly Found[];
  readonly districts: readonly NamedPlace[];
}

export function makeNames(places: readonly NamedPlace[], language: string): Names {
  const order = new Intl.Collator(language);
  return {
    search: makeSearch(places),
    districts: places.filter((place) => place.kind === "district").sort((a, b) => order.compare(a.name, b.name)),
  };
}
