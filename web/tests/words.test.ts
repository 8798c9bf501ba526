import assert from "node:assert/strict";
import { test } from "node:test";
import en from "#texts/en.json";
import uk from "#texts/uk.json";
import type { Plan, Site, Summary } from "../src/core/plan.ts";
import { makeTexts } from "../src/core/texts.ts";
import { adds, areaTitle, asked, assumptions, kind, placeName, reason, reasons, sentence, shares, stability, stopped } from "../src/core/words.ts";

const t = makeTexts("en", en, {});
const ukrainian = makeTexts("uk", uk, {});
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, " ");

const summary: Summary = {
  k: 8,
  minutes: 15,
  profile: "adult",
  demand_persons: 30000,
  existing_persons: 5200,
  covered_persons: 21400.9,
  bound_persons: 21459.1,
  proven: false,
  stopped_by: "gap",
  sites: [],
};
const said = (s: Partial<Summary>, existing = 0, texts = t): string =>
  plain(sentence(texts, { ...summary, ...s }, existing).map((piece) => piece.text).join(""));

test("people reached are rounded down, the most possible up", () => {
  assert.equal(said({}), "These 8 places bring 21,400 people within 15 minutes; no other 8 could bring more than 21,460.");
});

test("a proven plan says so without a number", () => {
  assert.equal(said({ proven: true }), "These 8 places bring 21,400 people within 15 minutes; no other 8 could bring more.");
});

test("points that are there already are named: the people include theirs", () => {
  assert.match(said({}, 2), /^With the 2 points that are there already, these 8 places bring 21,400 people/);
  assert.match(said({}, 1), /^With the point that is there already, these/);
});

test("one place, no place", () => {
  assert.equal(said({ k: 1 }), "This place brings 21,400 people within 15 minutes; no other place could bring more than 21,460.");
  assert.equal(said({ k: 0 }), "Without a new place, 21,400 people are within 15 minutes of one.");
});

test("the people reached are the emphasised piece", () => {
  const strong = sentence(t, summary, 2).filter((piece) => piece.strong);
  assert.deepEqual(strong.map((piece) => plain(piece.text)), ["21,400 people"]);
});

test("in Ukrainian the numbers govern their words", () => {
  assert.equal(
    said({ k: 3, covered_persons: 2, bound_persons: 5 }, 2, ukrainian),
    "Разом із 2 пунктами, що вже є, і цими 3 місцями 2 людини матиме тепло не далі ніж за 15 хвилин пішки; " +
      "з жодними іншими 3 їх не було б більше ніж 5.",
  );
});

test("a search that was stopped is owned up to", () => {
  assert.equal(stopped(t, summary), null);
  assert.match(stopped(t, { ...summary, stopped_by: "time" }) ?? "", /longer search may find better/);
});

test("a kind with a word of its own is called by it, else by what it is", () => {
  assert.equal(kind(t, { kind: "room", detail: "school" }), "School");
  assert.equal(kind(t, { kind: "ground", detail: "ice_rink" }), "Open ground");
  assert.equal(asked(t, { asked: "to inspect" }), "To be inspected");
});

const site: Site = {
  rank: 1, id: "w1", lon: 30, lat: 50, name: "School 12", kind: "room", detail: "school", asked: "not asked",
  adds_persons: 5200.4, backup_persons: 0,
  why: [
    { code: "adds", persons: 5200.4 },
    { code: "alone", persons: 0.2 },
    { code: "next_best", name: "Library", persons: 4900 },
    { code: "nearest_other", rank: 3, minutes: 21.2 },
    { code: "a later version knows more" },
  ],
};

test("reasons in words; nobody, and what is not known here, is left out", () => {
  assert.deepEqual(reasons(t, site, 15).map(plain), [
    "It brings 5,200 people within 15 minutes who would otherwise walk farther.",
    "Instead of it, Library would be the next best, with 4,900 people.",
    "The nearest other place of this plan is number 3, 22 minutes on foot.",
  ]);
});

test("a place that brings nobody more says so", () => {
  assert.equal(adds(t, 0.3), "nobody more");
  assert.equal(adds(t, 12), "+12 people");
  assert.match(reason(t, { code: "adds", persons: 0 }, 15) ?? "", /fewer new places would do/);
});

test("a place without a name is called after what is near", () => {
  assert.equal(placeName(t, { name: "Library", named_by: "near" }), "near Library");
  assert.equal(placeName(t, { name: "Library", named_by: "own" }), "Library");
});

test("a made-up area is called so in the reader's language, unless it was given a title", () => {
  assert.equal(areaTitle(ukrainian, { name: "made-up-town", title: "made-up-town", made_up: true }), "Вигадане місто");
  assert.equal(areaTitle(t, { name: "x", title: "Ours", made_up: true }), "Ours");
  assert.equal(areaTitle(t, { name: "bucha", made_up: false }), "bucha");
});

test("what is taken for granted in words; a code nobody has words for is left out", () => {
  assert.equal(assumptions(t, ["at_home", "sunny"]).length, 1);
});

test("no way on foot to another place is said, not shown as 0 minutes", () => {
  assert.equal(reason(t, { code: "nearest_other", rank: 2, minutes: null }, 15), "No other place of this plan can be reached from it on foot.");
});

test("how steady: all, some or none of the places stay", () => {
  const draws = (stay: number[]) =>
    plain(stability(t, { people_20_percent: { draws: 20, worst_share_of_best: 0.9712, sites_that_stay: stay } }, 3).join(""));
  assert.match(draws([1, 2, 3]), /tried it 20 times.*at least 97.1% .*Every place was chosen again/);
  assert.match(draws([1, 3]), /Chosen again each time: 1 and 3/);
  assert.match(draws([]), /No place was chosen again/);
});

test("the bar says what the sentence says: reached rounded down, the rest takes what is left", () => {
  const plan = { summary: { ...summary, covered_persons: 21400.9 }, unserved_persons: 8509.1, unreachable_persons: 90 } as unknown as Plan;
  assert.deepEqual(shares(plan).map((share) => share.persons), [5200, 16200, 8510, 90]);
});

test("shares add up to everybody", () => {
  // 5200 there already + 16200.9 new + 8509.1 too far + 90 without a way = 30000
  const plan = { summary, unserved_persons: 8509.1, unreachable_persons: 90 } as unknown as Plan;
  assert.equal(shares(plan).reduce((sum, share) => sum + share.persons, 0), 30000);
});
