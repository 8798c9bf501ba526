// Walk tables: the vectors of spec/vectors/walk_table.json, every cut and flipped byte, the grid beside plain search.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { fromHex, joined } from "../src/core/facts/bytes.ts";
import { nearestCellOf } from "../src/core/walk/grid.ts";
import { crc32 } from "../src/core/walk/shapes.ts";
import { Damaged, type Inflate, inflateRaw, makeTable, readCells, readPack, type Table } from "../src/core/walk/table.ts";

interface Files {
  name: string;
  cells: string;
  packs: string[];
}
interface Town extends Files {
  profile: string;
  base: number;
  area: string;
  town: { ids: string[] };
  answers: { walks_from: [number, number][][]; between: [number, number][][] };
}
interface Vectors {
  towns: Town[];
  nearest: { cells: string; asked: { lon: number; lat: number; cell: number; metres: number }[] };
  bad_cells: { name: string; bytes: string }[];
  bad_packs: { name: string; bytes: string }[];
  bad_together: Files[];
  good_together: Files[];
}
const vectors = JSON.parse(readFileSync("../spec/vectors/walk_table.json", "utf8")) as Vectors;

const packsOf = (files: Files) => Promise.all(files.packs.map((pack) => readPack(fromHex(pack))));
async function tableOf(files: Files, ids?: readonly string[]): Promise<Table> {
  const packs = await packsOf(files);
  return makeTable(await readCells(fromHex(files.cells)), packs, ids ?? packs.flatMap((pack) => pack.ids));
}

test("tables answer as the plain program says", async () => {
  assert.ok(vectors.towns.length >= 5);
  for (const vector of vectors.towns) {
    const table = await tableOf(vector);
    const { walks_from, between } = vector.answers;
    assert.deepEqual(walks_from.map((_, cell) => table.walksFrom(cell)), walks_from, vector.name);
    assert.deepEqual(between.map((_, point) => table.between(point)), between, vector.name);
    assert.equal(table.profile, vector.profile);
    assert.equal(table.halfMinuteMm, { adult: 37_500, slow: 29_100 }[vector.profile]);
    assert.equal((await readCells(fromHex(vector.cells))).area, vector.area);
  }
});

test("points are counted as the caller counts them; who is not asked for is left out, who is newer is not known", async () => {
  const vector = vectors.towns[0]!;
  const { ids } = vector.town;
  const mine = ["f".repeat(64), ids[5]!, ids[0]!];
  const table = await tableOf(vector, mine);
  assert.deepEqual([0, 1, 2].map(table.has), [false, true, true]);
  const mapped = new Map([[5, 1], [0, 2]]);
  const wanted = (ways: [number, number][]) =>
    ways
      .filter(([point]) => mapped.has(point))
      .map(([point, half]) => [mapped.get(point)!, half])
      .sort(([a, x], [b, y]) => x! - y! || a! - b!);
  vector.answers.walks_from.forEach((ways, cell) => assert.deepEqual(table.walksFrom(cell), wanted(ways)));
  assert.deepEqual(table.between(1), wanted(vector.answers.between[5]!));
  assert.deepEqual(table.between(0), []);
  assert.deepEqual(table.between(99), []);
});

test("a cell that there is not has no walks", async () => {
  const table = await tableOf(vectors.towns[0]!);
  for (const cell of [-1, 40, 41, 10_000, Number.NaN]) assert.deepEqual(table.walksFrom(cell), []);
});

test("the nearest cell of the vectors", async () => {
  const { nearestCell } = makeTable(await readCells(fromHex(vectors.nearest.cells)), [], []);
  for (const { lon, lat, cell, metres } of vectors.nearest.asked) assert.deepEqual(nearestCell(lon, lat), { cell, metres });
});

test("bad files are refused", async () => {
  assert.ok(vectors.bad_cells.length >= 15 && vectors.bad_packs.length >= 15);
  for (const { name, bytes } of vectors.bad_cells) await assert.rejects(readCells(fromHex(bytes)), Damaged, name);
  for (const { name, bytes } of vectors.bad_packs) await assert.rejects(readPack(fromHex(bytes)), Damaged, name);
});

test("files that do not belong together are refused, though each is fine", async () => {
  assert.ok(vectors.bad_together.length >= 8);
  for (const files of vectors.good_together) assert.deepEqual((await tableOf(files)).walksFrom(3), [[2, 1]]);
  for (const files of vectors.bad_together) {
    const cells = await readCells(fromHex(files.cells));
    const packs = await packsOf(files);
    assert.throws(() => makeTable(cells, packs, []), Damaged, files.name);
  }
});

/** The same file, its body really deflated. */
function deflated(file: Uint8Array): Uint8Array {
  const rest = deflateRawSync(inflateRawSync(file.subarray(9)), { level: 9 });
  const check = new Uint8Array(4);
  new DataView(check.buffer).setUint32(0, crc32(rest));
  return joined(file.subarray(0, 5), check, rest);
}

test("whatever way a body is deflated, it is the same file", async () => {
  for (const vector of vectors.towns) {
    assert.deepEqual(await readCells(deflated(fromHex(vector.cells))), await readCells(fromHex(vector.cells)));
    for (const pack of vector.packs) assert.deepEqual(await readPack(deflated(fromHex(pack))), await readPack(fromHex(pack)));
  }
});

test("every cut and every flipped byte of a small file is refused", async () => {
  const files = vectors.good_together[0]!;
  const kinds: [string, (file: Uint8Array) => Promise<unknown>][] = [
    [files.cells, readCells],
    ...files.packs.map((pack): [string, typeof readPack] => [pack, readPack]),
  ];
  for (const [hex, read] of kinds) {
    const whole = deflated(fromHex(hex));
    await read(whole);
    for (let size = 0; size < whole.length; size++) await assert.rejects(read(whole.subarray(0, size)), Damaged, `${size}`);
    for (let at = 0; at < whole.length; at++) {
      const flipped = whole.slice();
      flipped[at]! ^= 0x11;
      await assert.rejects(read(flipped), Damaged, `${at}`);
    }
    await assert.rejects(read(joined(whole, new Uint8Array(1))), Damaged);
  }
});

test("every cut of a body is refused though its check is right", async () => {
  for (const pack of vectors.good_together[0]!.packs) {
    const body = inflateRawSync(fromHex(pack).subarray(9));
    for (let size = 0; size < body.length; size++) {
      const cut: Inflate = () => Promise.resolve(body.subarray(0, size));
      await assert.rejects(readPack(fromHex(pack), cut), Damaged, `${size}`);
    }
  }
});

test("a body that would fill the memory is not inflated to its end", async () => {
  const bomb = deflateRawSync(new Uint8Array(50_000_000));
  await assert.rejects(inflateRaw(bomb, 1 << 20), /more than 1048576 bytes/);
  assert.equal((await inflateRaw(bomb, 50_000_000)).length, 50_000_000);
});

test("the grid finds what looking at every cell finds, inside the town and far outside", () => {
  let state = 7;
  const below = (top: number) => (state = (state * 48_271) % 2_147_483_647) % top;
  const shapes: [number, number, number][] = [
    [1, 1, 1], [2, 1, 400], [300, 5_000, 4_000], [300, 1, 9_000], [300, 9_000, 1], [200, 40, 40], [77, 30_000, 20],
  ];
  for (const [count, wide, high] of shapes) {
    const lonUnit = Int32Array.from({ length: count }, () => 3_050_000 + below(wide));
    const latUnit = Int32Array.from({ length: count }, () => 5_040_000 + below(high));
    const find = nearestCellOf({ area: "", lonUnit, latUnit, tie: 0 });
    for (let k = 0; k < 300; k++) {
      const spread = k % 3 === 0 ? 40 : 1.2;
      const lon = 30.5 + ((below(20_001) / 10_000 - 1) * spread * (wide + 1)) / 1e5;
      const lat = Math.min(89, 50.4 + ((below(20_001) / 10_000 - 1) * spread * (high + 1)) / 1e5);
      const narrow = Math.cos((lat * Math.PI) / 180);
      let best = 0;
      let least = Infinity;
      for (let cell = 0; cell < count; cell++) {
        const dx = (lonUnit[cell]! * 100 - Math.floor(lon * 1e7 + 0.5)) * narrow;
        const dy = latUnit[cell]! * 100 - Math.floor(lat * 1e7 + 0.5);
        if (dx * dx + dy * dy < least) [least, best] = [dx * dx + dy * dy, cell];
      }
      assert.equal(find(lon, lat)?.cell, best, `${count} cells, ${lon} ${lat}`);
    }
  }
  assert.equal(nearestCellOf({ area: "", lonUnit: new Int32Array(), latUnit: new Int32Array(), tie: 0 })(30, 50), null);
});
