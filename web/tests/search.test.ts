import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { wordsOf } from "../src/core/find/fold.ts";
import { makeSearch, nearly } from "../src/core/find/search.ts";

interface Vectors {
  fold: [string, string[], string[]][];
  names: { kind: string; name: string; others: string[] }[];
  search: { asked: string; first: number | null }[];
}
const vectors = JSON.parse(readFileSync("../spec/vectors/search.json", "utf8")) as Vectors;
const search = makeSearch(vectors.names.map((name) => ({ ...name, district: "", lon: 30, lat: 50 })));

test("names are folded as Python folds them", () => {
  for (const [text, words, kinds] of vectors.fold) {
    const folded = wordsOf(text);
    assert.deepEqual([[...folded.words], [...folded.kinds].sort()], [words, kinds], text);
  }
});

test("questions find what people mean", () => {
  for (const { asked, first } of vectors.search) assert.equal(search(asked)[0]?.index ?? null, first, asked);
});

test("an answer says by which name it was found", () => {
  assert.equal(search("леніна")[0]?.by, "вулиця Леніна");
});

test("no more answers than asked for; a list without names answers nothing", () => {
  assert.equal(search("шк", 2).length, 2);
  assert.deepEqual(makeSearch([])("шкільна"), []);
});

test("one mistake: a letter wrong, missing, too many, or two swapped; not two", () => {
  for (const typed of ["peremohi", "peramohi", "permohi", "pereemohi", "peremhoi", "peremoha", "preemohi", "xeremohi", "eremohi"]) {
    assert.ok(nearly(typed, "peremohi"), typed);
  }
  for (const typed of ["paramohi", "prmohi", "mohi", "peremohixx"]) assert.ok(!nearly(typed, "peremohi"), typed);
});

test("a mistake in a word that is not yet typed to its end", () => {
  assert.ok(nearly("berestai", "beresteiskii"));
});
