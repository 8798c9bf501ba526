import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Place, type Ranking, rank, type Value } from "../src/core/find/ranking.ts";
import { age, contradict, outlook, type Shown, type Word } from "../src/core/find/trust.ts";

// Made by a plain program in another way; Python passes the same.
const vectors = JSON.parse(readFileSync("../spec/vectors/ranking.json", "utf8")) as { age: AgeCase[]; rank: RankCase[] };

interface AgeCase {
  name: string;
  now_at_min: number;
  word: { state: Word["state"]; said_at_min: number | null; until_at_min: number | null; open_at_min: [number, number][] | null; contradicted: boolean };
  aged: { shown: string; chance_permille: number; unknown_from_at_min: number | null };
  outlook: { opens_at_min: number | null; chance_then_permille: number; closes_at_min: number | null };
}
interface RankCase {
  name: string;
  now_at_min: number;
  needs: string[];
  profile: string;
  places: {
    index: number; id: string; shown: Shown; chance_permille: number; walk_hmin: number | null; line_m: number | null; band: string;
    opens_at_min: number | null; chance_then_permille: number; closes_at_min: number | null; said_at_min: number | null;
    legs: { to: number; walk_hmin: number | null; line_m: number | null }[]; services: Record<string, Value>;
  }[];
  answer: unknown;
}

const placeOf = (p: RankCase["places"][number]): Place => ({
  index: p.index, id: p.id, shown: p.shown, chancePermille: p.chance_permille, walkHmin: p.walk_hmin, lineM: p.line_m, band: p.band,
  opensAtMin: p.opens_at_min, chanceThenPermille: p.chance_then_permille, closesAtMin: p.closes_at_min, saidAtMin: p.said_at_min,
  legs: p.legs.map((leg) => ({ to: leg.to, walkHmin: leg.walk_hmin, lineM: leg.line_m })), services: p.services,
});
const answerOf = (ranking: Ranking): unknown => ({
  places: ranking.places.map((row) => ({
    index: row.index, minutes: row.minutes, line_m: row.lineM, shown: row.shown, said_at_min: row.saidAtMin,
    chance_permille: row.chancePermille, on_arrival: row.onArrival, behind: row.behind,
    if_shut: row.ifShut.map((next) => ({ index: next.index, minutes: next.minutes, line_m: next.lineM })),
  })),
  not_shown_unknown: ranking.notShownUnknown,
  not_shown_no: ranking.notShownNo,
});

test("words age as the vectors say", () => {
  for (const { name, word: w, now_at_min, aged, outlook: ahead } of vectors.age) {
    const word: Word = { state: w.state, saidAtMin: w.said_at_min, untilAtMin: w.until_at_min, openAtMin: w.open_at_min, contradicted: w.contradicted };
    assert.deepEqual(age(word, now_at_min), { shown: aged.shown, chancePermille: aged.chance_permille, unknownFromAtMin: aged.unknown_from_at_min }, name);
    const expected = { opensAtMin: ahead.opens_at_min, chanceThenPermille: ahead.chance_then_permille, closesAtMin: ahead.closes_at_min };
    assert.deepEqual(outlook(word, now_at_min), expected, name);
  }
  assert.ok(vectors.age.length > 40);
});

test("towns are ranked as the vectors say", () => {
  for (const { name, now_at_min, needs, profile, places, answer } of vectors.rank) {
    assert.deepEqual(answerOf(rank(places.map(placeOf), now_at_min, { needs, profile })), answer, name);
  }
  assert.ok(vectors.rank.length > 190);
});

test("a place without a length, two of one index and an unknown walker are refused", () => {
  const place = placeOf({
    index: 0, id: "a", shown: "open", chance_permille: 950, walk_hmin: 4, line_m: null, band: "", opens_at_min: null,
    chance_then_permille: 0, closes_at_min: null, said_at_min: null, legs: [], services: {},
  });
  assert.throws(() => rank([{ ...place, walkHmin: null }], 0), RangeError);
  assert.throws(() => rank([place, place], 0), RangeError);
  assert.throws(() => rank([place], 0, { profile: "constructor" }), RangeError);
});

test("one visitor contradicts nobody, two do, and as many who found it open hold against them", () => {
  assert.equal(contradict({ open: 0, full: 0, shut: 1, notHere: 0 }), false);
  assert.equal(contradict({ open: 0, full: 0, shut: 1, notHere: 1 }), true);
  assert.equal(contradict({ open: 1, full: 1, shut: 2, notHere: 0 }), false);
});
