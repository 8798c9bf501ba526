// Finds the cell nearest to a position without looking at all of them.

import type { Cells } from "./files.ts";

const UNIT_E7 = 100;
const EARTH_RADIUS_M = 6_371_008.8;

export type NearestCell = (lon: number, lat: number) => { readonly cell: number; readonly metres: number } | null;

/** Cells sorted into a grid of about two each; a question looks at the buckets around, ring by ring. */
export function nearestCellOf({ lonUnit, latUnit }: Cells): NearestCell {
  const n = lonUnit.length;
  if (n === 0) return () => null;
  const [west, east] = ends(lonUnit);
  const [south, north] = ends(latUnit);
  const narrow = Math.max(0.01, Math.cos((((south + north) / 2) * UNIT_E7 * Math.PI) / 180e7));
  const side = Math.max(1, Math.sqrt((2 * (east - west) * narrow * (north - south)) / n));
  const most = 2 * Math.ceil(Math.sqrt(n));
  const columns = Math.min(most, Math.floor(((east - west) * narrow) / side) + 1);
  const rows = Math.min(most, Math.floor((north - south) / side) + 1);
  const wide = (east - west + 1) / columns;
  const high = (north - south + 1) / rows;
  const bucketOf = (k: number) =>
    Math.floor((latUnit[k]! - south) / high) * columns + Math.floor((lonUnit[k]! - west) / wide);
  const ptr = new Int32Array(columns * rows + 1);
  for (let k = 0; k < n; k++) ptr[bucketOf(k) + 1]!++;
  for (let b = 0; b < columns * rows; b++) ptr[b + 1]! += ptr[b]!;
  const next = ptr.slice();
  const cells = new Int32Array(n);
  for (let k = 0; k < n; k++) cells[next[bucketOf(k)]!++] = k;

  return (lon, lat) => {
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) return null;
    const [x, y] = [Math.floor(lon * 1e7 + 0.5), Math.floor(lat * 1e7 + 0.5)];
    const narrow = Math.cos((lat * Math.PI) / 180);
    const column = clamp(Math.floor((x / UNIT_E7 - west) / wide), columns);
    const row = clamp(Math.floor((y / UNIT_E7 - south) / high), rows);
    let cell = -1;
    let least = Infinity;
    const look = (c: number, r: number) => {
      if (c < 0 || c >= columns || r < 0 || r >= rows) return;
      const b = r * columns + c;
      for (let e = ptr[b]!; e < ptr[b + 1]!; e++) {
        const k = cells[e]!;
        const dx = (lonUnit[k]! * UNIT_E7 - x) * narrow;
        const dy = latUnit[k]! * UNIT_E7 - y;
        const square = dx * dx + dy * dy;
        if (square < least || (square === least && k < cell)) [least, cell] = [square, k];
      }
    };
    for (let ring = 0; ring <= Math.max(columns, rows); ring++) {
      // whatever lies in this ring is at least so far away
      const away = Math.max(0, ring - 1) * UNIT_E7 * Math.min(wide * narrow, high);
      if (least < away * away) break;
      for (let d = -ring; d <= ring; d++) {
        look(column + d, row - ring);
        if (ring > 0) look(column + d, row + ring);
        if (Math.abs(d) < ring) {
          look(column - ring, row + d);
          look(column + ring, row + d);
        }
      }
    }
    return { cell, metres: Math.ceil((((Math.sqrt(least) / 1e7) * Math.PI) / 180) * EARTH_RADIUS_M) };
  };
}

function ends(values: Int32Array): [number, number] {
  let [low, high] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  return [low, high];
}

const clamp = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);
