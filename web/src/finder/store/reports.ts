/** Answers to "was it open?" that wait on this phone. Nothing but the place and the answer leaves it. */
import type { Store } from "./idb.ts";

export type Seen = "open" | "full" | "shut" | "not_here";
export const SEEN: readonly Seen[] = ["open", "full", "shut", "not_here"];

export interface Report {
  readonly point: string;
  readonly state: Seen;
}

interface Waiting extends Report {
  /** Kept here only, so that what is too old is not sent as if it were new. */
  readonly atMin: number;
}

/** What somebody saw longer ago than this says nothing about now [min]. */
export const STALE_MIN = 6 * 60;
const PREFIX = "report/";

export async function keep(store: Store, report: Report, nowMin: number): Promise<void> {
  await store.put(`${PREFIX}${report.point}`, { ...report, atMin: nowMin } satisfies Waiting); // the last word on a place counts
}

export async function waiting(store: Store): Promise<Waiting[]> {
  const keys = (await store.keys()).filter((key) => key.startsWith(PREFIX));
  const found = await Promise.all(keys.map((key) => store.get<Waiting>(key)));
  return found.filter((report) => report !== undefined);
}

/** What became of a report; `nowhere`: this copy cannot send any. */
export type Became = "sent" | "waits" | "refused" | "nowhere";

/**
 * Sends all that wait. What the other side does not take (an answer 4xx) is dropped; what cannot be sent stays.
 *
 * @param send gives the status of the answer; throws where nobody answered
 * @returns what became of the report on each point
 */
export async function sendWaiting(store: Store, send: (report: Report) => Promise<number>, nowMin: number): Promise<Map<string, Became>> {
  const became = new Map<string, Became>();
  for (const report of await waiting(store)) {
    const key = `${PREFIX}${report.point}`;
    if (nowMin - report.atMin > STALE_MIN) {
      await store.delete(key);
      became.set(report.point, "refused");
      continue;
    }
    let status = 0;
    try {
      status = await send({ point: report.point, state: report.state });
    } catch {
      // No network: it waits.
    }
    const done = status >= 200 && status < 300;
    const refused = status >= 400 && status < 500 && status !== 429 && status !== 408;
    if (done || refused) await store.delete(key);
    became.set(report.point, done ? "sent" : refused ? "refused" : "waits");
  }
  return became;
}
