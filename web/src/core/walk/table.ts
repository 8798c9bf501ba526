// What a walk table answers, joined from its files (spec/walk.md). The twin of walk/table_answers.py.

import { fromHex, joined } from "../facts/bytes.ts";
import type { Cells, Pack } from "./files.ts";
import { type NearestCell, nearestCellOf } from "./grid.ts";
import { crc32, Damaged } from "./shapes.ts";

export { type Cells, type Pack, readCells, readPack } from "./files.ts";
export { type Inflate, inflateRaw } from "./inflate.ts";
export { Damaged } from "./shapes.ts";

/** (point, half-minutes) */
export type Way = readonly [number, number];

export interface Table {
  /** "" where there is no pack. */
  readonly profile: string;
  /** What the profile walks on the flat in half a minute [mm]; 0 where there is no pack. */
  readonly halfMinuteMm: number;
  /** Degrees; the first of cells as near, metres rounded up. Null where there are no cells. */
  readonly nearestCell: NearestCell;
  /** Walks from a cell, by half-minutes, then point; empty for a cell that there is not. */
  walksFrom(cell: number): Way[];
  /** Walks from a point to the points nearest to it, likewise. */
  between(point: number): Way[];
  /** Whether the table has the point; if not, it is newer, and only a straight line can be told. */
  has(point: number): boolean;
}

const POINT = 1 << 16;

/**
 * Joins the packs of one profile, the base pack first. A *point* is its place in `pointIds`; points of the packs that
 * are not there are left out. Throws Damaged where the files do not belong together.
 */
export function makeTable(cells: Cells, packs: readonly Pack[], pointIds: readonly string[]): Table {
  check(cells, packs);
  if (pointIds.length > POINT) throw new Damaged(`${pointIds.length} points are more than a table can tell of`);
  const placeOf = new Map(pointIds.map((id, i) => [id, i]));
  const here = packs.flatMap((pack) => pack.ids.map((id) => placeOf.get(id) ?? -1));
  const shown = packs.flatMap((pack) =>
    pack.blocks.map((block, i) => ({ block, point: here[pack.first + i]! })).filter(({ point }) => point >= 0),
  );

  // walks by cell; each as half-minutes * 2^16 + point, so that they sort as numbers
  const ptr = new Uint32Array(cells.lonUnit.length + 1);
  for (const { block } of shown) for (const cell of block.cell) ptr[cell + 1]!++;
  for (let c = 0; c + 1 < ptr.length; c++) ptr[c + 1]! += ptr[c]!;
  const next = ptr.slice();
  const walk = new Uint32Array(ptr[ptr.length - 1]!);
  for (const { block, point } of shown) {
    block.cell.forEach((cell, k) => (walk[next[cell]!++] = block.cellHalf[k]! * POINT + point));
  }

  const ways = new Map<number, Way[]>(shown.map(({ point }) => [point, []]));
  const add = (from: number, to: number, half: number) => {
    if (from >= 0 && to >= 0) ways.get(from)?.push([to, half]);
  };
  for (const { block, point } of shown) {
    block.to.forEach((other, k) => add(point, here[other]!, block.toHalf[k]!));
    block.from.forEach((other, k) => add(here[other]!, point, block.fromHalf[k]!));
  }
  for (const list of ways.values()) list.sort(([a, x], [b, y]) => x - y || a - b);

  let nearest: NearestCell | null = null; // sorted when it is asked for first
  return {
    profile: packs[0]?.profile ?? "",
    halfMinuteMm: packs[0]?.halfMinuteMm ?? 0,
    nearestCell: (lon, lat) => (nearest ??= nearestCellOf(cells))(lon, lat),
    walksFrom: (cell) => {
      const keys = walk.slice(ptr[cell] ?? 0, ptr[cell + 1] ?? 0).sort();
      return Array.from(keys, (key): Way => [key % POINT, Math.floor(key / POINT)]);
    },
    between: (point) => [...(ways.get(point) ?? [])],
    has: (point) => ways.has(point),
  };
}

function check(cells: Cells, packs: readonly Pack[]): void {
  const before: string[] = [];
  for (const pack of packs) {
    if (pack.cellsTie !== cells.tie) throw new Damaged("a pack of walks was made for another area or other cells");
    if (pack.profile !== packs[0]!.profile || pack.halfMinuteMm !== packs[0]!.halfMinuteMm) {
      throw new Damaged(`packs of ${packs[0]!.profile} and ${pack.profile} are mixed`);
    }
    if (pack.first !== before.length || pack.beforeTie !== crc32(joined(...before.map(fromHex)))) {
      throw new Damaged("a pack of walks does not follow the ones before it");
    }
    const known = new Set(before);
    if (pack.ids.some((id) => known.has(id))) throw new Damaged("a point is in two packs of walks");
    if (pack.blocks.some(({ cell }) => cell.length > 0 && cell[cell.length - 1]! >= cells.lonUnit.length)) {
      throw new Damaged("a pack of walks names a cell that there is not");
    }
    before.push(...pack.ids);
  }
}
