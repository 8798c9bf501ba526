// Prints milliseconds as JSON: python -m bench ranking. Runs in Node and in a browser alike.
import { type Place, rank } from "../src/core/find/ranking.ts";
import { makeSearch } from "../src/core/find/search.ts";

let seed = 1;
const draw = (below: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
const pick = <T>(of: readonly T[]): T => of[draw(of.length)]!;

/** Places on a square of 3 km with legs to their nearest; walks are straight lines at 37.5 m a half-minute. */
function town(count: number, legs: number): Place[] {
  const at = Array.from({ length: count }, () => [draw(3000), draw(3000)] as const);
  const walk = (a: readonly [number, number], b: readonly [number, number]): number => Math.floor(Math.hypot(a[0] - b[0], a[1] - b[1]) / 37.5) + 1;
  return at.map((mine, index) => ({
    index,
    id: draw(2 ** 31).toString(16),
    shown: pick(["open", "open", "not_confirmed", "unknown"] as const),
    chancePermille: pick([950, 900, 800, 500]),
    walkHmin: walk([1500, 1500], mine),
    lineM: null,
    band: "",
    opensAtMin: null,
    chanceThenPermille: 0,
    closesAtMin: pick([null, 60, 300]),
    saidAtMin: 0,
    legs: at
      .map((other, to) => ({ to, walkHmin: walk(mine, other), lineM: null }))
      .filter((leg) => leg.to !== index)
      .sort((a, b) => a.walkHmin - b.walkHmin)
      .slice(0, legs),
    services: {},
  }));
}

function timed(work: () => unknown, runs: number, take: number): number {
  const times = Array.from({ length: runs }, () => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return Math.round(times.sort((a, b) => a - b)[Math.floor(runs * take)]! * 100) / 100;
}
const median = (work: () => unknown, runs: number): number => timed(work, runs, 0.5);
const once = (work: () => unknown): number => timed(work, 1, 0);

const places = town(200, 12);
const syllables = ["шкіль", "пере", "мож", "гон", "бере", "ста", "ків", "ські", "на", "лес", "укра", "вок", "зал", "під", "гір"];
const names = Array.from({ length: 10_000 }, () => ({
  kind: "street",
  name: `вулиця ${pick(syllables)}${pick(syllables)}${pick(syllables)}а`,
  others: [],
  district: "",
  lon: 30,
  lat: 50,
}));
const figures: Record<string, number> = {};
figures["rank 200 places x 12 legs, the first time"] = once(() => rank(places, 0));
figures["rank 200 places x 12 legs, median of 50"] = median(() => rank(places, 0), 50);
figures["rank 200 places x 12 legs, best of 50"] = timed(() => rank(places, 0), 50, 0);
figures["index of 10,000 names, once"] = once(() => makeSearch(names));
const search = makeSearch(names);
figures["a letter typed in 10,000 names, median"] = median(() => search(pick(["шк", "перем", "гонка", "лесі укр"])), 40);
figures["a mistake in 10,000 names, median"] = median(() => search("перезалсжа"), 40);
console.log(JSON.stringify(figures));
