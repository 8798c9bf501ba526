/** Directions and distances on the scale of a walk. Pure; places are (lon, lat) in degrees, WGS 84. */

export interface Spot {
  readonly lon: number;
  readonly lat: number;
}

const EARTH_M = 6371008.8;
const RAD = Math.PI / 180;

/** East and north of `from` [m], on a plane that touches the earth between the two. */
function offset(from: Spot, to: Spot): readonly [number, number] {
  const middle = ((from.lat + to.lat) / 2) * RAD;
  return [(to.lon - from.lon) * RAD * Math.cos(middle) * EARTH_M, (to.lat - from.lat) * RAD * EARTH_M];
}

/** Straight line [m]. */
export function distanceM(from: Spot, to: Spot): number {
  return Math.hypot(...offset(from, to));
}

/** Direction [degree]: 0 is north, 90 is east. */
export function bearing(from: Spot, to: Spot): number {
  const [east, north] = offset(from, to);
  return (Math.atan2(east, north) / RAD + 360) % 360;
}

export const POINTS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;

/** The nearest of the eight winds. */
export function wind(degrees: number): (typeof POINTS)[number] {
  return POINTS[Math.round((((degrees % 360) + 360) % 360) / 45) % 8] ?? "n";
}

/** West, south, east, north [degree]; the border belongs to it. */
export function inside(box: readonly [number, number, number, number], at: Spot): boolean {
  return box[0] <= at.lon && at.lon <= box[2] && box[1] <= at.lat && at.lat <= box[3];
}
