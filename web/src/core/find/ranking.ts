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
  const walks = places.map((place) => length(place.walkHmin, place.lineM));
  const full = places.map((place) => place.shown === "open" && place.band === "full");
  const usual = table.seat_permille[""] ?? 1000;
  const seats = places.map((place) => table.seat_permille[place.shown === "open" ? place.band : ""] ?? usual);
  const ways = places.map((place, at) => {
    const shortest = new Map<number, Way>();
    for (const leg of place.legs) {
      const to = atOf.get(leg.to);
      if (to === undefined || to === at) continue;
      const walk = length(leg.walkHmin, leg.lineM);
      const known = shortest.get(to);
      if (known === undefined || walk < known.walk) shortest.set(to, { walk, to, leg });
    }
    return [...shortest.values()].sort((a, b) => a.walk - b.walk || rankOfId[a.to]! - rankOfId[b.to]!);
  });

  // When a door opens and shuts, in half-minutes from now.
  const opens = places.map((place) => (place.opensAtMin === null ? Infinity : 2 * (place.opensAtMin - nowAtMin)));
  const closes = places.map((place) => (place.closesAtMin === null ? Infinity : 2 * (place.closesAtMin - nowAtMin)));
  const changeOf = (at: number, time: number): Ranked["onArrival"] => {
    const place = places[at]!;
    const opened = time >= opens[at]! && place.chanceThenPermille > place.chancePermille;
    const chance = opened ? place.chanceThenPermille : place.chancePermille;
    const late = time + margin > closes[at]!;
    if (late && (opened || place.opensAtMin === null) && chance > shutPermille) return "shuts_before";
    return opened ? "opens_before" : "";
  };
  const openOnArrival = (at: number, time: number): number => {
    const place = places[at]!;
    if (opens[at] === Infinity && closes[at] === Infinity) return place.chancePermille;
    const change = changeOf(at, time);
    return change === "shuts_before" ? shutPermille : change === "" ? place.chancePermille : place.chanceThenPermille;
  };
  const seatOnArrival = (at: number, time: number): number => Math.floor((openOnArrival(at, time) * seats[at]!) / 1000);
  const countsAsShut = (at: number, time: number): boolean => openOnArrival(at, time) <= notLedTo;
  const groupOf = (at: number): number => (countsAsShut(at, walks[at]!) ? 2 : full[at] ? 1 : 0);

  const tried: number[] = [];
  /** Nobody is sent on to a place tried before, a full one, or one that counts as shut on arrival. */
  const leads = (way: Way, time: number): boolean => !tried.includes(way.to) && !full[way.to] && !countsAsShut(way.to, time + way.walk);
  const onward = (way: Way, time: number, left: number): number =>
    way.walk * POWER[left as 0] + (left > 0 ? rest(way.to, time + way.walk, left) : 0);
  /** Expected time from the door of a place, times 1000 to the power of `left` (it included). */
  const rest = (at: number, time: number, left: number): number => {
    const missed = 1000 - seatOnArrival(at, time);
    let best = nothing * POWER[(left - 1) as 0];
    if (left > 1 && missed > 0) {
      tried.push(at);
      for (const way of ways[at]!) {
        if (way.walk * POWER[(left - 1) as 0] >= best) break; // they are sorted: none after it is better
        if (leads(way, time)) best = Math.min(best, onward(way, time, left - 1));
      }
      tried.pop();
    }
    return missed * best;
  };

  const shownLength = (walkHmin: number | null, lineM: number | null): { minutes: number | null; lineM: number | null } =>
    walkHmin === null ? { minutes: null, lineM } : { minutes: Math.ceil(walkHmin / 2), lineM: null };
  const row = (at: number): Ranked => {
    const place = places[at]!;
    const walk = walks[at]!;
    tried.push(at);
    const beyond = ways[at]!
      .filter((way) => leads(way, walk))
      .map((way) => ({ way, expected: onward(way, walk, most - 1) }));
    tried.pop();
    beyond.sort((a, b) => a.expected - b.expected); // stable: the shorter walk and the smaller id stand before
    return {
      index: place.index,
      ...shownLength(place.walkHmin, place.lineM),
      shown: place.shown,
      saidAtMin: place.saidAtMin,
      chancePermille: seatOnArrival(at, walk),
      onArrival: changeOf(at, walk),
      behind: (["", "full", "shut"] as const)[groupOf(at)]!,
      ifShut: beyond.slice(0, 2).map(({ way }) => ({ index: places[way.to]!.index, ...shownLength(way.leg.walkHmin, way.leg.lineM) })),
    };
  };
  return places
    .map((_, at) => ({ at, group: groupOf(at), expected: walks[at]! * POWER[most as 0] + rest(at, walks[at]!, most) }))
    .sort((a, b) => a.group - b.group || a.expected - b.expected || walks[a.at]! - walks[b.at]! || rankOfId[a.at]! - rankOfId[b.at]!)
    .map(({ at }) => row(at));
}
