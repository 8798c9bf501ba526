/** Places in the order in which somebody here and now should try them: joins the town, the walks and the shared ranking. */
import { type Leg, type Next, type Place, rank, type Ranked, type Ranking } from "../core/find/ranking.ts";
import { age, contradict, outlook, type Word } from "../core/find/trust.ts";
import type { PointStatus, PublicPoint, Town } from "../core/public.ts";
import { distanceM, type Spot, spotOf } from "./geo.ts";
import type { State } from "./state.ts";
import { idle } from "./breath.ts";
import { servicesOf } from "./words.ts";

export type { Ranked, Ranking };

export const PROFILE = { quick: "adult", slow: "slow" } as const;
export const profileOf = (slow: boolean): string => (slow ? PROFILE.slow : PROFILE.quick);

export interface Found {
  readonly index: number;
  readonly point: PublicPoint;
  readonly status: PointStatus;
}

/** A place by its number or id. */
export function placeOf(town: Town, name: number | string): Found | null {
  const index = typeof name === "number" ? name : town.points.findIndex((point) => point.id === name);
  const point = town.points[index];
  const status = town.status[index];
  return point && status ? { index, point, status } : null;
}

/** What was said of a place, in the form that ages. */
export function wordOf({ point, status }: { readonly point: PublicPoint; readonly status: PointStatus }): Word {
  const { state, saidAtMin, untilAtMin, visitors } = status;
  return { state, saidAtMin, untilAtMin, openAtMin: point.hours?.openAtMin ?? null, contradicted: contradict(visitors) };
}


/** How many others a place without walks of its own leads on to. */
const LEGS = 12;

/** Ways on from a place: by the tables; from one that is newer than they are, straight lines. */
function legsOf(state: State, town: Town, index: number): Leg[] {
  const walked = state.walks?.between(index);
  if (walked && walked.length > 0) return walked.map(([to, walkHmin]) => ({ to, walkHmin, lineM: null }));
  const point = town.points[index];
  if (!point) return [];
  const here = spotOf(point);
  return town.points
    .map((other, to) => ({ to, walkHmin: null, lineM: distanceM(here, spotOf(other)) }))
    .filter(({ to }) => to !== index)
    .sort((a, b) => a.lineM - b.lineM)
    .slice(0, LEGS);
}

function places(state: State, town: Town, from: Spot, only: Iterable<number> = town.points.keys()): Place[] {
  const walked = state.walks?.from(from);
  return Array.from(only, (index): Place => {
    const point = town.points[index] as PublicPoint;
    const status = town.status[index] as PointStatus;
    const word = wordOf({ point, status });
    const aged = age(word, state.nowMin);
    return {
      index,
      id: point.id,
      shown: aged.shown,
      chancePermille: aged.chancePermille,
      ...outlook(word, state.nowMin),
      walkHmin: walked?.get(index) ?? null,
      lineM: distanceM(from, spotOf(point)),
      band: status.band,
      saidAtMin: status.saidAtMin,
      legs: legsOf(state, town, index),
      services: servicesOf(point),
    };
  });
}

/** How many are open by what was said; no order is needed for it, and the first screen must stand soon. */
export function openNow(state: State): number {
  const { town, nowMin, needs } = state;
  if (needs.length > 0) return ranking(state).places.filter((row) => row.shown === "open").length;
  return town?.points.filter((point, index) => age(wordOf({ point, status: town.status[index] as PointStatus }), nowMin).shown === "open").length ?? 0;
}

/** So often, then the browser has made fast code of it. */
const WARM_ROUNDS = 60;

/** Ranks one place and its neighbours again and again in idle moments: the first order is there as fast as a later one. */
export async function warm(state: State): Promise<void> {
  const { town } = state;
  const [middle] = town?.points ?? [];
  if (!town || !middle) return;
  await idle();
  state.walks?.from(spotOf(middle)); // the first question lays out where people live: a piece of its own
  for (let round = 0; round < WARM_ROUNDS; round++) {
    await idle();
    const near = [0, ...legsOf(state, town, 0).map((leg) => leg.to)];
    rank(places(state, town, spotOf(middle), near), state.nowMin, { profile: profileOf(state.slow) });
  }
}

const NONE: Ranking = { places: [], notShownUnknown: 0, notShownNo: 0 };
const ORDER: readonly Ranked["shown"][] = ["open", "not_confirmed", "unknown", "ready", "paused", "closed"];
let last: { readonly key: readonly unknown[]; readonly ranking: Ranking } | null = null;

/** The order for what is known now; counted once for everything that did not change. */
export function ranking(state: State): Ranking {
  const { town, walks, from, slow, nowMin, needs } = state;
  if (town === null) return NONE;
  const key = [town, walks, from, slow, nowMin, needs.join()];
  if (last?.key.every((part, k) => part === key[k])) return last.ranking;
  const found = from === null ? anywhere(state, town) : rank(places(state, town, from.spot), nowMin, { needs, profile: profileOf(slow) });
  last = { key, ranking: found };
  return found;
}

/** Nobody said where they are: what is open first, no walks. */
function anywhere(state: State, town: Town): Ranking {
  const box = town.box ?? [0, 0, 0, 0];
  const middle = { lon: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 };
  const all = rank(places({ ...state, walks: null }, town, middle), state.nowMin, { needs: state.needs });
  const rows = all.places.map((row): Ranked => ({ ...row, minutes: null, lineM: null, onArrival: "", ifShut: [] }));
  const said = (row: Ranked): number => row.saidAtMin ?? 0;
  rows.sort((a, b) => ORDER.indexOf(a.shown) - ORDER.indexOf(b.shown) || said(b) - said(a) || a.index - b.index);
  return { ...all, places: rows };
}

/** Minutes on foot from a spot to one place; null where the tables do not have it. */
export function minutesFrom(state: State, at: Spot, index: number): number | null {
  const walked = state.walks?.from(at).get(index);
  return walked === undefined ? null : Math.ceil(walked / 2);
}

export interface Onward extends Found {
  readonly minutes: number | null;
}

/** Where to go from a place that was found shut, leaving out those found shut before. */
export function afterShut(state: State, index: number): Onward | null {
  const { town, nowMin, foundShut } = state;
  const found = town && placeOf(town, index);
  if (!town || !found) return null;
  const standing = spotOf(found.point);
  const legs = new Map<number, number | null>(legsOf(state, town, index).map((leg) => [leg.to, leg.walkHmin]));
  const others = places(state, town, standing)
    .filter((place) => place.index !== index && !foundShut.includes(place.id))
    .map((place) => ({ ...place, walkHmin: legs.get(place.index) ?? null }));
  const best = rank(others, nowMin, { needs: state.needs, profile: profileOf(state.slow) }).places.find((row) => row.behind !== "shut");
  const next = best && placeOf(town, best.index);
  return next ? { ...next, minutes: best.minutes } : null;
}

export type { Next };
