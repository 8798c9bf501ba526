/**
 * Which warm place first: expected half-minutes to a warm seat, falling back to the next place (`spec/ranking.md`);
 * the twin of `find/ranking.py`. Whole numbers only: a sum is carried in half-minutes times 1000 to the power of the
 * places tried, at most three, so it stays exact in a browser's numbers.
 */
import { type Shown, TABLE, type Table } from "./trust.ts";

const POWER = [1, 1e3, 1e6, 1e9] as const;

export type Value = boolean | number | string | readonly string[];

/** A walk to another place: half-minutes where the walk table has them, else metres in a straight line. */
export interface Leg {
  readonly to: number;
  readonly walkHmin: number | null;
  readonly lineM: number | null;
}

export interface Place {
  /** Its number for the caller; legs name places by it. */
  readonly index: number;
  /** Decides between equals. */
  readonly id: string;
  readonly shown: Shown;
  readonly chancePermille: number;
  /** Half-minutes on foot from here; null where the walk table does not have it. */
  readonly walkHmin: number | null;
  /** Metres in a straight line from here; needed where there is no walk. */
  readonly lineM: number | null;
  readonly band: string;
  /** The three of `Outlook`. */
  readonly opensAtMin: number | null;
  readonly chanceThenPermille: number;
  readonly closesAtMin: number | null;
  /** Only handed through. */
  readonly saidAtMin: number | null;
  /** To its nearest places; one named twice counts with the shorter, itself or a place not given is passed over. */
  readonly legs: readonly Leg[];
  /** What it has or has not; absent is not known. */
  readonly services: Readonly<Record<string, Value>>;
}

/** Where to go from a place that is shut; exactly one of the two lengths is given. */
export interface Next {
  readonly index: number;
  /** From that place, rounded up. */
  readonly minutes: number | null;
  readonly lineM: number | null;
}

export interface Ranked {
  readonly index: number;
  /** On foot from here, rounded up; null where only `lineM` is known. */
  readonly minutes: number | null;
  readonly lineM: number | null;
  readonly shown: Shown;
  readonly saidAtMin: number | null;
  /** Of a seat on arrival, as counted; never shown. */
  readonly chancePermille: number;
  /** Where arriving changes what it counts as. */
  readonly onArrival: "" | "shuts_before" | "opens_before";
  /** Why it stands behind the others: "" (it does not), full or shut. */
  readonly behind: "" | "full" | "shut";
  /** Up to two, best first. */
  readonly ifShut: readonly Next[];
}

export interface Ranking {
  readonly places: readonly Ranked[];
  /** Nobody knows whether they have all that is needed; none of it is known to be missing. */
  readonly notShownUnknown: number;
  /** They said that something needed is not there. */
  readonly notShownNo: number;
}

export interface Wishes {
  /** A field of `services.declared`, or `field:value` for one of a list (`languages:uk`). */
  readonly needs?: readonly string[];
  /** Whose walk the half-minutes are; turns straight lines into time, for sorting only. */
  readonly profile?: string;
}

/** Places in the order in which a person should try them. Throws RangeError as `find/ranking.py` refuses. */
export function rank(places: Iterable<Place>, nowAtMin: number, wishes: Wishes = {}, table: Table = TABLE): Ranking {
  const kept: Place[] = [];
  let notShownUnknown = 0;
  let notShownNo = 0;
  for (const place of places) {
    const answers = (wishes.needs ?? []).map((need) => has(place.services, need, table));
    if (answers.includes(false)) notShownNo++;
    else if (answers.includes(null)) notShownUnknown++;
    else kept.push(place);
  }
  return { places: sorted(kept, nowAtMin, wishes.profile ?? "adult", table), notShownUnknown, notShownNo };
}

/** Whether what is needed is there: yes, no, or (null) nobody knows. */
export function has(services: Readonly<Record<string, Value>>, need: string, table: Table = TABLE): boolean | null {
  const colon = need.indexOf(":");
  const name = colon < 0 ? need : need.slice(0, colon);
  const wanted = colon < 0 ? "" : need.slice(colon + 1);
  const value = Object.hasOwn(services, name) ? services[name] : undefined;
  if (value === undefined || value === null) return null;
  if (wanted !== "") return typeof value === "string" ? value === wanted : typeof value === "object" && value.includes(wanted);
  if (typeof value === "string") return !(table.needs_no[name] ?? []).includes(value);
  if (typeof value === "object") return value.length > 0;
  return Number(value) > 0;
}

/** Half-minutes that a straight line counts as when sorting, rounded up. */
export function lineHmin(lineM: number, profile: string, table: Table = TABLE): number {
  const speed = speedOf(profile, table);
  const over = lineM * table.ranking.detour_permille * 120;
  const whole = 1000 * speed;
  return (over - (over % whole)) / whole + (over % whole > 0 ? 1 : 0);
}

function speedOf(profile: string, table: Table): number {
  const speed = Object.hasOwn(table.ranking.speed_m_per_h, profile) ? table.ranking.speed_m_per_h[profile] : undefined;
  if (speed === undefined) throw new RangeError(`no walking speed for ${profile}`);
  return speed;
}

interface Way {
  readonly walk: number;
  readonly to: number;
  readonly leg: Leg;
}

function sorted(places: readonly Place[], nowAtMin: number, profile: string, table: Table): Ranked[] {
  const most = table.ranking.places_most;
  const shutPermille = table.chance_permille.shut;
  const notLedTo = table.ranking.not_led_to_permille;
  const margin = 2 * table.ranking.closing_margin_min;
  const nothing = 2 * table.ranking.nothing_found_min;
  const length = (walkHmin: number | null, lineM: number | null): number => {
    if (walkHmin !== null) return walkHmin;
    if (lineM === null) throw new RangeError("a place has neither walk nor line");
    return lineHmin(lineM, profile, table);
  };
  speedOf(profile, table); // refused even where nothing is a straight line

  const atOf = new Map(places.map((place, at) => [place.index, at]));
  if (atOf.size < places.length) throw new RangeError("two places have one index");
  const rankOfId = new Int32Array(places.length);
  places
    .map((place, at) => ({ id: place.id, index: place.index, at }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.index - b.index))
    .forEach((one, order) => (rankOfId[one.at] = order));
  const isAfter = (way: Way, walk: number, rank: number): boolean => way.walk > walk || (way.walk === walk && rankOfId[way.to]! > rank);
  const walks = places.map((place) => length(place.walkHmin, place.lineM));
  const full = places.map((place) => place.shown === "open" && place.band === "full");
  const usual = table.seat_permille[""] ?? 1000;
  const seats = places.map((place) => table.seat_permille[place.shown === "open" ? place.band : ""] ?? usual);
  const ways = places.map((place, at) => {
    const sortedWays: Way[] = []; // a handful: put in where it belongs, the shorter of two to one place stays
    for (const leg of place.legs) {
      const to = atOf.get(leg.to);
      if (to === undefined || to === at) continue;
      const walk = length(leg.walkHmin, leg.lineM);
      const known = sortedWays.findIndex((way) => way.to === to);
      if (known >= 0 && sortedWays[known]!.walk <= walk) continue;
      if (known >= 0) sortedWays.splice(known, 1);
      let position = sortedWays.length;
      while (position > 0 && isAfter(sortedWays[position - 1]!, walk, rankOfId[to]!)) position--;
      sortedWays.splice(position, 0, { walk, to, leg });
    }
    return sortedWays;
  });

  // All that is asked for each of some ten thousand ways lies in flat arrays: this runs on a phone while a finger waits.
  const chances = Int32Array.from(places, (place) => place.chancePermille);
  const later = Int32Array.from(places, (place) => place.chanceThenPermille);
  const seatPermille = Int32Array.from(seats);
  const isFull = Uint8Array.from(full, Number);
  // When a door opens and shuts, in half-minutes from now.
  const opens = Float64Array.from(places, (place) => (place.opensAtMin === null ? Infinity : 2 * (place.opensAtMin - nowAtMin)));
  const closes = Float64Array.from(places, (place) => (place.closesAtMin === null ? Infinity : 2 * (place.closesAtMin - nowAtMin)));
  const first = new Int32Array(places.length + 1);
  ways.forEach((some, at) => (first[at + 1] = first[at]! + some.length));
  const wayTo = Int32Array.from(ways.flatMap((some) => some.map((way) => way.to)));
  const wayWalk = Float64Array.from(ways.flatMap((some) => some.map((way) => way.walk)));

  const isOpened = (at: number, time: number): boolean => time >= opens[at]! && later[at]! > chances[at]!;
  const isLate = (at: number, time: number): boolean => time + margin > closes[at]! && (opens[at] === Infinity || isOpened(at, time));
  const openOnArrival = (at: number, time: number): number => {
    const chance = isOpened(at, time) ? later[at]! : chances[at]!;
    return chance > shutPermille && isLate(at, time) ? shutPermille : chance;
  };
  const changeOf = (at: number, time: number): Ranked["onArrival"] => {
    const opened = isOpened(at, time);
    if ((opened ? later[at]! : chances[at]!) > shutPermille && isLate(at, time)) return "shuts_before";
    return opened ? "opens_before" : "";
  };
  const seatOf = (at: number, chance: number): number => Math.floor((chance * seatPermille[at]!) / 1000);
  const leastMissed = 1000 - places.reduce((most, _, at) => Math.max(most, seatOf(at, Math.max(chances[at]!, later[at]!))), 0);
  const groupOf = (at: number): number => (openOnArrival(at, walks[at]!) <= notLedTo ? 2 : isFull[at]! > 0 ? 1 : 0);

  /**
   * Expected time from the door of a place that is tried after `a` and `b` (-1: none), times 1000 to the power of
   * `left` (it included), where somebody comes after `time` half-minutes and `chance` is that of the door.
   */
  const rest = (at: number, time: number, chance: number, left: number, a: number, b: number): number => {
    const missed = 1000 - seatOf(at, chance);
    const unit = POWER[(left - 1) as 0];
    let best = nothing * unit;
    if (left === 1 || missed === 0) return missed * best;
    const least = left === 2 ? leastMissed * nothing : 0; // what is left after any last place
    for (let way = first[at]!; way < first[at + 1]!; way++) {
      const walk = wayWalk[way]! * unit;
      if (walk + least >= best) break; // they are sorted: none after it is better
      const expected = walk + beyond(way, time, left - 1, at, a, b, best - walk);
      if (expected < best) best = expected;
    }
    return missed * best;
  };
  /** The rest behind a way; Infinity where nobody is sent: tried before, full, or counted as shut on arrival. */
  const beyond = (way: number, time: number, left: number, at: number, a: number, b: number, enough: number): number => {
    const to = wayTo[way]!;
    if (to === a || to === b || isFull[to]! > 0) return Infinity;
    const arrival = time + wayWalk[way]!;
    const chance = openOnArrival(to, arrival);
    if (chance <= notLedTo) return Infinity;
    if (left === 0) return 0;
    // Whoever goes on from there walks at least its first leg, and what then is left is never less than nothing.
    const missed = 1000 - seatOf(to, chance);
    const next = first[to]! < first[to + 1]! ? Math.min(nothing, wayWalk[first[to]!]!) : nothing;
    if (missed * next * POWER[(left - 1) as 0] >= enough) return Infinity;
    return rest(to, arrival, chance, left, at, a);
  };

  const shownLength = (walkHmin: number | null, lineM: number | null): { minutes: number | null; lineM: number | null } =>
    walkHmin === null ? { minutes: null, lineM } : { minutes: Math.ceil(walkHmin / 2), lineM: null };
  const row = (at: number): { key: readonly number[]; ranked: Ranked } => {
    const place = places[at]!;
    const walk = walks[at]!;
    const seat = seatOf(at, openOnArrival(at, walk));
    // The best two; ways are sorted, so of equals the shorter walk and the smaller id stay before.
    const onward: { way: Way; expected: number }[] = [];
    for (const [order, way] of ways[at]!.entries()) {
      const there = way.walk * POWER[(most - 1) as 0];
      const enough = onward[1]?.expected ?? Infinity;
      if (there >= enough) break;
      const expected = there + beyond(first[at]! + order, walk, most - 1, at, -1, -1, enough - there);
      if (expected >= enough) continue;
      onward.splice(onward.length > 0 && expected >= onward[0]!.expected ? 1 : 0, 0, { way, expected });
      onward.length = Math.min(onward.length, 2);
    }
    const best = Math.min(nothing * POWER[(most - 1) as 0], (most > 1 ? onward[0]?.expected : undefined) ?? Infinity);
    const group = groupOf(at);
    return {
      key: [group, walk * POWER[most as 0] + (1000 - seat) * best, walk, rankOfId[at]!],
      ranked: {
        index: place.index,
        ...shownLength(place.walkHmin, place.lineM),
        shown: place.shown,
        saidAtMin: place.saidAtMin,
        chancePermille: seat,
        onArrival: changeOf(at, walk),
        behind: (["", "full", "shut"] as const)[group]!,
        ifShut: onward.map(({ way }) => ({ index: places[way.to]!.index, ...shownLength(way.leg.walkHmin, way.leg.lineM) })),
      },
    };
  };
  return places
    .map((_, at) => row(at))
    .sort((a, b) => a.key.reduce((found, value, i) => found || value - b.key[i]!, 0))
    .map(({ ranked }) => ranked);
}
