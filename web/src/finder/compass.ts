/** Which way the phone points, where it has a compass that it may tell. */

interface Turned extends DeviceOrientationEvent {
  readonly webkitCompassHeading?: number;
}
type Asking = { requestPermission?: () => Promise<"granted" | "denied"> };

/** Some phones ask their owner first; this must be called while a finger is on a button. */
export async function askCompass(): Promise<void> {
  const type = (globalThis as { DeviceOrientationEvent?: Asking }).DeviceOrientationEvent;
  await type?.requestPermission?.().catch(() => undefined);
}

/** Tells the heading [degree, 0 is north] whenever it turned by 3 degrees or more. Returns how to stop. */
export function compass(tell: (heading: number) => void): () => void {
  if (!isSecureContext) return () => undefined;
  let last = Number.NaN;
  const heard = (event: Turned): void => {
    const north = event.webkitCompassHeading ?? (event.absolute && event.alpha !== null ? 360 - event.alpha : null);
    if (north === null) return;
    const heading = (north + (screen.orientation?.angle ?? 0)) % 360;
    if (Math.abs(heading - last) < 3) return;
    last = heading;
    tell(heading);
  };
  const kinds = ["deviceorientationabsolute", "deviceorientation"] as const;
  for (const kind of kinds) addEventListener(kind, heard as EventListener);
  return () => kinds.forEach((kind) => removeEventListener(kind, heard as EventListener));
}
