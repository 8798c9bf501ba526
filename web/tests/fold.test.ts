// The fold in TypeScript comes to the same bytes as the fold in Python (spec/vectors/fold.json).

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type Entry, foldThing, ledgerHash, type State, stateBytes, stateHash } from "../src/core/facts/fold.ts";
import { type CommonData, type FamilyData, readRules } from "../src/core/facts/rules.ts";
import { fits } from "../src/core/facts/schema.ts";

const read = <T>(path: string) => JSON.parse(readFileSync(`../spec/${path}`, "utf8")) as T;
const families = readdirSync("../spec/kinds").filter((name) => name.endsWith(".json") && name !== "common.json");
const rules = readRules(
  read<CommonData>("kinds/common.json"),
  families.map((name) => read<FamilyData>(`kinds/${name}`)),
  read<{ roles: unknown }>("roles.json"),
);

interface History {
  name: string;
  thing: string;
  facts: Omit<Entry, "about">[];
  state: string;
  hash: string;
}
const vectors = read<{ rules_version: string; things: History[]; ledger: string }>("vectors/fold.json");
const entriesOf = ({ thing, facts }: History): Entry[] => facts.map((fact) => ({ ...fact, about: thing }));

test("both languages read the same rules", () => {
  assert.equal(rules.version, vectors.rules_version, "write spec/vectors/fold.json again: python spec/vectors/make_fold.py");
});

test("both languages come to the same state of every thing, and of the ledger", () => {
  assert.ok(vectors.things.length >= 30);
  for (const history of vectors.things) {
    const state = foldThing(rules, history.thing, entriesOf(history));
    assert.equal(new TextDecoder().decode(stateBytes(state)), history.state, history.name);
    assert.equal(stateHash(state), history.hash, history.name);
  }
  assert.equal(ledgerHash(rules.version, vectors.things.map(({ thing, hash }) => [thing, hash])), vectors.ledger);
});

test("the histories reach every member a state can have", () => {
  const reached = new Set(vectors.things.flatMap(({ state }) => Object.keys(JSON.parse(state) as State)));
  const all = ["conflicts", "fields", "newer", "recent", "sets", "sources", "state", "sums", "totals", "type", "unfit", "waits", "withheld"];
  assert.deepEqual([...reached].sort(), all);
});

test("the order of arrival plays no role", () => {
  for (const history of vectors.things) {
    const backwards = entriesOf(history).reverse();
    assert.equal(stateHash(foldThing(rules, history.thing, backwards)), history.hash, history.name);
  }
});

// --- small, drawn rules

const drawn = readRules(
  { body: { via: { type: "enum", values: ["self"], merge: "none" } } },
  [
    {
      things: { stove: { moves: { "stove.lit": { from: ["", "cold"], to: "hot" }, "stove.out": { from: ["hot"], to: "cold" } } } },
      kinds: {
        "stove.put": { v: 1, about: [], creates: "stove", body: {} },
        "stove.lit": { v: 1, about: ["stove"], creates: "", body: {} },
        "stove.out": { v: 1, about: ["stove"], creates: "", body: {} },
        "wood.counted": { v: 1, about: ["stove"], creates: "", body: { wood: { type: "int", min: 0, max: Number.MAX_SAFE_INTEGER, merge: "count" } } },
        "wood.brought": { v: 1, about: ["stove"], creates: "", body: { wood: { type: "int", min: 0, max: Number.MAX_SAFE_INTEGER, merge: "plus" } } },
        "wood.burnt": { v: 1, about: ["stove"], creates: "", body: { wood: { type: "int", min: 0, max: 99, merge: "minus" } } },
      },
    },
  ],
  { roles: {} },
);
const STOVE = "aa".repeat(32);
let made = 0;
const said = (kind: string, body: Entry["body"] = {}): Entry => {
  made += 1;
  return { id: made.toString(16).padStart(64, "0"), origin: "bb".repeat(32), kind, v: 1, about: STOVE, ms: made, counter: 0, body, waits: false };
};
const put = (): Entry => ({ ...said("stove.put"), id: STOVE });
const folded = (...entries: Entry[]) => foldThing(drawn, STOVE, [put(), ...entries]);

test("a count begins anew; what came and went before it is in it already", () => {
  // brought 5 | counted 40 | burnt 3, brought 10: 40 + 7
  const state = folded(said("wood.brought", { wood: 5 }), said("wood.counted", { wood: 40 }), said("wood.burnt", { wood: 3 }), said("wood.brought", { wood: 10 }));
  assert.equal(state.sums?.wood?.base, 40);
  assert.equal(state.sums?.wood?.plus, 7n);
});

test("missing is not zero: without a count nobody knows how much there is", () => {
  assert.deepEqual(folded(said("wood.burnt", { wood: 3 })).sums?.wood, { base: null, fact: "", plus: -3n });
});

test("a sum beyond 2^53 stays exact", () => {
  const much = said("wood.brought", { wood: Number.MAX_SAFE_INTEGER });
  const state = folded(much, { ...much, id: "cc".repeat(32) }, said("wood.brought", { wood: 1 }));
  assert.match(new TextDecoder().decode(stateBytes(state)), /"plus":18014398509481983[},]/); // 2 (2^53 - 1) + 1
});

test("what does not follow is a conflict and changes nothing", () => {
  const early = said("stove.out");
  const state = folded(early, said("stove.lit"));
  assert.equal(state.state?.[0], "hot");
  assert.deepEqual(state.conflicts, [early.id]);
});

test("a fact from the future of this program is listed, not guessed at", () => {
  const strange = { ...said("stove.lit"), v: 2 };
  assert.deepEqual(folded(strange).newer, [strange.id]);
});

test("a body fits with known fields of the right type, and with nothing else", () => {
  const body = rules.kind("point.described", 1)!.body;
  assert.ok(fits(body, { names: { uk: "Школа № 12" } }));
  for (const wrong of [null, [], { nmaes: { uk: "Школа" } }, { names: {} }, { names: { uk: " Школа" } }, { names: { uk: "Школа\n" } }, { names: { UK: "Школа" } }, { seats: "60" }, { seats: 0.5 }, { toString: 1 }]) {
    assert.ok(!fits(body, wrong), JSON.stringify(wrong));
  }
});
