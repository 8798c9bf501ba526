/** One act at a time: two pens in two tabs would fork a chain. */
import type { Ground } from "./shapes.ts";

/** One at a time: in all tabs where the browser has locks, else in this page. */
export function turns(name: string): Ground["turn"] {
  const locks = globalThis.navigator?.locks;
  if (locks) return (what, act) => locks.request(`${name}:${what}`, act) as ReturnType<typeof act>;
  return pageTurns();
}

export function pageTurns(): Ground["turn"] {
  const ends = new Map<string, Promise<unknown>>();
  return (what, act) => {
    const next = (ends.get(what) ?? Promise.resolve()).then(act, act);
    ends.set(what, next.catch(() => undefined));
    return next;
  };
}
