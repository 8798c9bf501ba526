import assert from "node:assert/strict";
import { test } from "node:test";
import { between, halfWay, path, scale, ticks } from "../src/core/curve.ts";

//  k        0    1    2    3
//  found   10   60   80   90      half of what 0 -> 3 brings lies at (10 + 90) / 2 = 50: one place is enough
//  limit   10   60   85  100
const curve = [
  { k: 0, covered_persons: 10, bound_persons: 10 },
  { k: 1, covered_persons: 60, bound_persons: 60 },
  { k: 2, covered_persons: 80, bound_persons: 85 },
  { k: 3, covered_persons: 90, bound_persons: 100 },
];
const frame = { width: 330, height: 124, left: 20, right: 10, top: 10, bottom: 10 };

test("ticks are round numbers up to the top", () => {
  assert.deepEqual(ticks(104, 4), [0, 50, 100]);
  assert.deepEqual(ticks(24, 5), [0, 5, 10, 15, 20]);
  assert.deepEqual(ticks(0, 4), [0]);
});

test("the first point lies at the left, the last at the right, nobody at the bottom", () => {
  const at = scale(curve, frame, 3, 4);
  assert.deepEqual([at.x(0), at.x(3), at.y(0)], [20, 320, 114]);
  // 104 px for the highest limit plus 4 %: one person is one pixel
  assert.equal(at.y(100), 14);
});

test("the path goes through every point; the area runs back along what was found", () => {
  const at = scale(curve, frame, 3, 4);
  assert.equal(path(curve, at, "covered_persons"), "M20 104L120 54L220 34L320 24");
  assert.equal(between(curve, at), "M20 104L120 54L220 29L320 14L320 24L220 34L120 54L20 104Z");
});

test("half way is the first point with half of the further people", () => {
  assert.equal(halfWay(curve)?.k, 1);
  assert.equal(halfWay(curve.slice(0, 1)), null);
  assert.equal(halfWay([]), null);
});

test("places are whole: no tick at half a place", () => {
  assert.deepEqual(scale(curve.slice(0, 2), frame, 8, 4).xTicks, [0, 1]);
});
