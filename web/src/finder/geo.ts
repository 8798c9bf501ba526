/** Places on the scale of a walk. Pure; degrees, WGS 84. */
import { bearingDeg, lineM } from "../core/find/arrow.ts";
import type { PublicPoint } from "../core/public.ts";

export interface Spot {
  readonly lon: number;
  readonly lat: number;
}

/** Where a point is shown. */
export const spotOf = (point: PublicPoint): Spot => ({ lon: point.lonE7 / 1e7, lat: point.latE7 / 1e7 });

/** Straight line [m]. */
export const distanceM = (from: Spot, to: Spot): number => lineM(from.lon, from.lat, to.lon, to.lat);

/** Direction [degree clockwise from north]. */
export const bearing = (from: Spot, to: Spot): number => bearingDeg(from.lon, from.lat, to.lon, to.lat);

/** West, south, east, north [degree]; the border belongs to it. */
export function inside(box: readonly [number, number, number, number], at: Spot): boolean {
  return box[0] <= at.lon && at.lon <= box[2] && box[1] <= at.lat && at.lat <= box[3];
}
