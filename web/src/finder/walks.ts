/** Walks of one profile, with points counted as the town counts them. */
import type { Table } from "../core/walk/table.ts";
import type { Spot } from "./geo.ts";

export interface Walks {
  readonly profile: string;
  /** Half-minutes on foot from a spot, by point. */
  from(at: Spot): ReadonlyMap<number, number>;
  /** Half-minutes from a point to its nearest others. */
  between(index: number): readonly (readonly [number, number])[];
}

/** Farther from any place where somebody lives, the tables know nothing [m]. */
const FAR_M = 500;

export function makeWalks(table: Table): Walks {
  return {
    profile: table.profile,
    from(at) {
      const near = table.nearestCell(at.lon, at.lat);
      if (near === null || near.metres > FAR_M) return new Map();
      // Who stands beside a cell adds the way to it, at the profile's own pace.
      const beside = table.halfMinuteMm > 0 ? Math.ceil((near.metres * 1000) / table.halfMinuteMm) : 0;
      return new Map(table.walksFrom(near.cell).map(([point, half]) => [point, half + beside]));
    },
    between: (index) => table.between(index),
  };
}
