/** Where something lies, as people write it and as the record has it. */

export interface Lies {
  readonly lonE7: number;
  readonly latE7: number;
}

/** "50.4501, 30.5234" as maps copy it, latitude first; null where it is none. */
export function readLies(text: string): Lies | null {
  const found = /^\s*(-?\d{1,2}(?:[.,]\d+)?)\s*°?\s*(?:[,;]\s+|[;\s]\s*|,(?=\s*-?\d+\.))(-?\d{1,3}(?:[.,]\d+)?)\s*°?\s*$/.exec(text);
  if (!found) return null;
  const [lat, lon] = [Number((found[1] ?? "").replace(",", ".")), Number((found[2] ?? "").replace(",", "."))];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lonE7: Math.round(lon * 1e7), latE7: Math.round(lat * 1e7) } : null;
}

export const writeLies = ({ lonE7, latE7 }: Lies): string => `${(latE7 / 1e7).toFixed(6)}, ${(lonE7 / 1e7).toFixed(6)}`;
