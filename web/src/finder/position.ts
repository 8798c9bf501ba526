/** Where the phone says it is. It stays in this page: nothing is asked of anybody because of it. */
import { inside, type Spot } from "./geo.ts";

/** Poorer than this it could name the wrong street [m]. */
export const POOR_M = 300;

export type Found = { readonly spot: Spot } | { readonly why: "denied" | "none" | "poor" | "outside"; readonly accuracyM?: number };

/** Browsers give a position only to a secure origin. */
export const mayAsk = (): boolean => isSecureContext && "geolocation" in navigator;

/** Judges what the phone said: not used outside the area or poorer than 300 m. Pure. */
export function judge(at: Spot, accuracyM: number, box: readonly [number, number, number, number] | null): Found {
  if (accuracyM > POOR_M) return { why: "poor", accuracyM };
  if (box && !inside(box, at)) return { why: "outside" };
  return { spot: at };
}

export function askPosition(box: readonly [number, number, number, number] | null): Promise<Found> {
  return new Promise((done) =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done(judge({ lon: coords.longitude, lat: coords.latitude }, coords.accuracy, box)),
      (fault) => done({ why: fault.code === 1 ? "denied" : "none" }),
      // A fresh one: who asks again because the last was poor must not get that one again.
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 },
    ),
  );
}

/** Follows the phone while somebody walks; only good positions are told. Returns how to stop. */
export function follow(box: readonly [number, number, number, number] | null, tell: (at: Spot) => void): () => void {
  if (!mayAsk()) return () => undefined;
  const id = navigator.geolocation.watchPosition(
    ({ coords }) => {
      const found = judge({ lon: coords.longitude, lat: coords.latitude }, coords.accuracy, box);
      if ("spot" in found) tell(found.spot);
    },
    () => undefined,
    { enableHighAccuracy: true, maximumAge: 5_000 },
  );
  return () => navigator.geolocation.clearWatch(id);
}
