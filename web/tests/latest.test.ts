/** Figures of a site that is being dragged: the last place counts, and nothing of what was taken back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Latest } from "../src/desk/latest.ts";

/** Answers come when the test says so. */
function slow() {
  const asked: string[] = [];
  const told: string[] = [];
  const faults: unknown[] = [];
  const waiting: { answer: () => void; refuse: () => void }[] = [];
  const latest = new Latest<string, string>(
    (question) =>
      new Promise((resolve, reject) => {
        asked.push(question);
        waiting.push({ answer: () => resolve(`figures of ${question}`), refuse: () => reject(new Error("no line")) });
      }),
    (answer) => told.push(answer),
    (error) => faults.push(error),
  );
  const settle = async (act: "answer" | "refuse" = "answer"): Promise<void> => {
    waiting.shift()?.[act]();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { asked, told, faults, latest, settle };
}

test("of places passed while one is asked about, only the last is asked about", async () => {
  const { asked, told, latest, settle } = slow();
  for (const place of ["a", "b", "c"]) latest.put(place);
  assert.deepEqual(asked, ["a"]);
  await settle();
  await settle();
  assert.deepEqual(asked, ["a", "c"]);
  assert.deepEqual(told, ["figures of a", "figures of c"]);
});

test("an answer that comes after everything was put back is not told", async () => {
  const { asked, told, latest, settle } = slow();
  latest.put("a");
  latest.put("b");
  latest.forget();
  await settle();
  assert.deepEqual([asked, told], [["a"], []]);
  latest.put("c");
  await settle();
  assert.deepEqual(told, ["figures of c"]);
});

test("what is put after putting back is asked as soon as the old answer is in, and told", async () => {
  const { asked, told, latest, settle } = slow();
  latest.put("a");
  latest.forget();
  latest.put("b");
  await settle();
  await settle();
  assert.deepEqual([asked, told], [["a", "b"], ["figures of b"]]);
});

test("a fault is told once and the next place is asked about all the same", async () => {
  const { faults, told, latest, settle } = slow();
  latest.put("a");
  latest.put("b");
  await settle("refuse");
  await settle();
  assert.equal(faults.length, 1);
  assert.deepEqual(told, ["figures of b"]);
});
