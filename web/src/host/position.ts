/** Where the phone is: asked for once, when a person presses for it, and never followed. */

/** Poorer than this it is not worth writing down [m]. */
const POOR_M = 300;

export function askOnce(): Promise<{ readonly lon_e7: number; readonly lat_e7: number } | null> {
  if (!isSecureContext || !("geolocation" in navigator)) return Promise.resolve(null);
  return new Promise((done) =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done(coords.accuracy > POOR_M ? null : { lon_e7: Math.round(coords.longitude * 1e7), lat_e7: Math.round(coords.latitude * 1e7) }),
      () => done(null),
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 },
    ),
  );
}
