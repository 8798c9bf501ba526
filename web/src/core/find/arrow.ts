/** Where a place lies: bearing, eight directions, metres in a straight line; the twin of `find/arrow.py`. */

/** Mean radius of the Earth (IUGG R1), as Python's core/units has it. */
const EARTH_RADIUS_M = 6371008.8;

/** Keys `direction.<name>` of the texts. */
export const DIRECTIONS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;
export type Direction = (typeof DIRECTIONS)[number];

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance between two places [degree], to the nearest metre (haversine). */
export function lineM(fromLon: number, fromLat: number, toLon: number, toLat: number): number {
  const p1 = radians(fromLat);
  const p2 = radians(toLat);
  const across = Math.sin(radians(toLon - fromLon) / 2);
  const up = Math.sin((p2 - p1) / 2);
  const h = up * up + Math.cos(p1) * Math.cos(p2) * across * across;
  return Math.floor(2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h))) + 0.5);
}

/** Direction in which to set out, whole degrees clockwise from north, 0 to 359; 0 where both are one place. */
export function bearingDeg(fromLon: number, fromLat: number, toLon: number, toLat: number): number {
  const p1 = radians(fromLat);
  const p2 = radians(toLat);
  const across = radians(toLon - fromLon);
  const east = Math.sin(across) * Math.cos(p2);
  const north = Math.cos(p1) * Math.sin(p2) - Math.sin(p1) * Math.cos(p2) * Math.cos(across);
  return Math.floor((Math.atan2(east, north) * 180) / Math.PI + 360.5) % 360;
}

/** Each direction is 45 degrees wide, north from 337.5 to 22.5. */
export function direction(bearing: number): Direction {
  return DIRECTIONS[Math.floor((2 * bearing + 45) / 90) % 8] ?? "n";
}
