// The files of walk tables, read: cells and packs (spec/walk.md).

import { toHex } from "../facts/bytes.ts";
import { type Inflate, inflateRaw } from "./inflate.ts";
import { Body, bodyOf, crc32 } from "./shapes.ts";

export interface Cells {
  /** Content hash of the area. */
  readonly area: string;
  /** Positions in units of 1e-5 degree. */
  readonly lonUnit: Int32Array;
  readonly latUnit: Int32Array;
  /** CRC-32 of the body: packs name it. */
  readonly tie: number;
}

export interface Block {
  /** Cells of which the point is one of the nearest, ascending, and half-minutes from there. */
  readonly cell: Int32Array;
  readonly cellHalf: Uint8Array;
  /** The points nearest to it, and half-minutes to them. */
  readonly to: readonly number[];
  readonly toHalf: Uint8Array;
  /** Points of earlier packs of which it is one of the nearest, and half-minutes from them. */
  readonly from: readonly number[];
  readonly fromHalf: Uint8Array;
}

export interface Pack {
  readonly cellsTie: number;
  /** CRC-32 of the ids of all points in earlier packs. */
  readonly beforeTie: number;
  readonly profile: string;
  /** What the profile walks on the flat in half a minute [mm]. */
  readonly halfMinuteMm: number;
  readonly limitHalfMin: number;
  /** How many points the earlier packs have. */
  readonly first: number;
  readonly ids: readonly string[];
  readonly blocks: readonly Block[];
}

const UNIT_E7 = 100;
const MOST_CELLS = 1 << 20;
const MOST_POINTS = 1 << 16;
const BETWEEN = 12;

/** A cells file; Damaged where it is none, byte for byte. */
export async function readCells(file: Uint8Array, inflate: Inflate = inflateRaw): Promise<Cells> {
  const bytes = await bodyOf(file, "SHWC", "cells file", inflate);
  const body = new Body(bytes, "cells file");
  const area = toHex(body.take(32));
  const count = body.number(MOST_CELLS);
  const unit = body.number(10_000_000);
  if (unit !== UNIT_E7) throw body.fault(`positions in units of ${unit}, this program reads ${UNIT_E7}`);
  const [lonUnit, latUnit] = [180, 90].map((most) => {
    const values = new Int32Array(count);
    let value = 0;
    for (let k = 0; k < count; k++) {
      value += body.signed();
      if (Math.abs(value) > (most * 10_000_000) / UNIT_E7) throw body.fault("a cell is not on earth");
      values[k] = value;
    }
    return values;
  }) as [Int32Array, Int32Array];
  body.end();
  return { area, lonUnit, latUnit, tie: crc32(bytes) };
}

/**
 * A pack; Damaged where it is none. Whether it belongs to the other files is seen when they are joined.
 * `breathe` is awaited between pieces of the work.
 */
export async function readPack(file: Uint8Array, inflate: Inflate = inflateRaw, breathe: () => Promise<void> | undefined = () => undefined): Promise<Pack> {
  const body = new Body(await bodyOf(file, "SHWP", "pack of walks", inflate), "pack of walks");
  const cellsTie = body.u32();
  const beforeTie = body.u32();
  const name = body.take(body.number(64));
  if (name.some((byte) => byte > 127)) throw body.fault("its profile is not a name");
  const halfMinuteMm = body.number(1_000_000);
  const limitHalfMin = body.number(255);
  const first = body.number(MOST_POINTS);
  const count = body.number(MOST_POINTS - first);
  const each = <T>(make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const ids = each(() => toHex(body.take(32)));
  if (new Set(ids).size < count) throw body.fault("a point comes twice");
  const [sizes, toSizes, fromSizes] = [MOST_CELLS, BETWEEN, first].map((most) => each(() => body.number(most)));
  const within = (values: Uint8Array): Uint8Array => {
    if (values.some((half) => half > limitHalfMin)) {
      throw body.fault(`a walk of more than ${limitHalfMin} half-minutes`);
    }
    return values;
  };
  const cell = each((i) => runs(body, sizes![i]!));
  await breathe();
  const cellHalf = each((i) => within(summed(body.take(sizes![i]!))));
  await breathe();
  const to = each((i) => Array.from({ length: toSizes![i]! }, () => body.number(first + count - 1)));
  const toHalf = each((i) => within(body.take(toSizes![i]!)));
  const from = each((i) => {
    let point = 0;
    return Array.from({ length: fromSizes![i]! }, () => (point += body.number(first - 1)));
  });
  const fromHalf = each((i) => within(body.take(fromSizes![i]!)));
  body.end();
  await breathe();
  for (let i = 0; i < count; i++) {
    const [there, half, since] = [to[i]!, toHalf[i]!, from[i]!];
    const sound =
      half.every((h, k) => k === 0 || h >= half[k - 1]!) &&
      new Set(there).size === there.length &&
      !there.includes(first + i) &&
      since.every((point, k) => point < first && (k === 0 || point > since[k - 1]!));
    if (!sound) throw body.fault(`the walks between points of point ${i} are not in order`);
  }
  const profile = String.fromCharCode(...name);
  const blocks = each((i) => ({
    cell: cell[i]!, cellHalf: cellHalf[i]!, to: to[i]!, toHalf: toHalf[i]!, from: from[i]!, fromHalf: fromHalf[i]!,
  }));
  return { cellsTie, beforeTie, profile, halfMinuteMm, limitHalfMin, first, ids, blocks };
}

/** Cells of a block: gaps and lengths by turns, until there are `size` cells. */
function runs(body: Body, size: number): Int32Array {
  // not made before the runs are known: a size is only what a file says
  const found: [number, number][] = [];
  for (let count = 0, end = 0; count < size; ) {
    const gap = body.number(MOST_CELLS);
    const length = body.number(size - count);
    if (length === 0 || (gap === 0 && count > 0)) throw body.fault("a run is empty or touches the one before");
    if (end + gap + length > MOST_CELLS) throw body.fault("a cell's number is too large");
    found.push([end + gap, length]);
    end += gap + length;
    count += length;
  }
  const cells = new Int32Array(size);
  let at = 0;
  for (const [begin, length] of found) for (let k = 0; k < length; k++) cells[at++] = begin + k;
  return cells;
}

/** Each byte plus all before it, modulo 256. */
function summed(steps: Uint8Array): Uint8Array {
  const found = new Uint8Array(steps.length);
  let value = 0;
  for (let k = 0; k < steps.length; k++) found[k] = value = (value + steps[k]!) & 255;
  return found;
}
