// Coordinates as people copy them from maps: latitude first, points or commas, and nothing guessed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readLies, writeLies } from "../src/desk/lies.ts";
import { fitting, SIDE_PX } from "../src/device/shrink.ts";

test("coordinates are read as maps and people write them", () => {
  const kyiv = { latE7: 504_501_000, lonE7: 305_234_000 };
  for (const text of ["50.4501, 30.5234", "50.4501,30.5234", " 50.4501 30.5234 ", "50,4501; 30,5234", "50,4501, 30,5234", "50.4501° 30.5234°"]) assert.deepEqual(readLies(text), kyiv, text);
  assert.deepEqual(readLies("-33.5, -70.25"), { latE7: -335_000_000, lonE7: -702_500_000 });
  assert.deepEqual(readLies("0, 0"), { latE7: 0, lonE7: 0 });
});

test("what could be read in two ways, or lies nowhere, is not read", () => {
  for (const text of ["", "50", "50,30", "50.4501", "Лісова 7", "95, 30", "50, 181", "50.1, 30.2, 40.3", "1e1, 2", "50.4501,"]) assert.equal(readLies(text), null, text);
});

test("what is written can be read again, to a hand's breadth", () => {
  for (let k = 0; k < 2_000; k++) {
    const lies = { latE7: Math.round(Math.sin(k * 1.7) * 9e8), lonE7: Math.round(Math.sin(k * 2.3) * 18e8) };
    const again = readLies(writeLies(lies));
    assert.ok(again && Math.abs(again.latE7 - lies.latE7) <= 5 && Math.abs(again.lonE7 - lies.lonE7) <= 5, writeLies(lies));
  }
});

test("a photo is made to fit in its own shape, and a small one stays as it is", () => {
  assert.deepEqual(fitting(4000, 3000), { width: SIDE_PX, height: 1200 });
  assert.deepEqual(fitting(3000, 4000), { width: 1200, height: SIDE_PX });
  assert.deepEqual(fitting(640, 480), { width: 640, height: 480 });
  assert.deepEqual(fitting(20_000, 2), { width: SIDE_PX, height: 1 });
});
