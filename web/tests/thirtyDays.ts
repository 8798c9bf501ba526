/** Thirty days alone with ten thousand entries, and a line of 20 kbit/s that is cut again and again: told once for tests here and against a real server. */
import { Cut, Unreachable } from "../src/core/exchange/client.ts";
import type { Device } from "../src/device/device.ts";

export const FACTS = 10_000;
export const DAYS = 30;
const DAY_MS = 86_400_000;
const BYTES_PER_S = 2_500;

/** A clock that a test moves. */
export interface Clock {
  ms: number;
}

/** What is said in 30 days: mostly counts and visits, now and then what is open, once a danger. */
export async function thirtyDays(device: Device, point: string, clock: Clock, facts = FACTS): Promise<string[]> {
  const ids: string[] = [];
  for (let k = 0; k < facts; k++) {
    clock.ms += Math.floor((DAYS * DAY_MS) / facts);
    const what = k % 20;
    if (what === 0) ids.push((await device.say("point.opened", { checked: ["heat", "co_alarm"] }, { about: point })).id);
    else if (what === 7) ids.push((await device.say("status.reported", { band: "some", persons: k % 50 }, { about: point })).id);
    else if (what === 13) ids.push((await device.say("stock.counted", { fuel_ml: 1_000 * (k % 90) }, { about: point })).id);
    else if (k === facts - 1) ids.push((await device.say("incident.reported", { incident: "co" }, { about: point })).id);
    else ids.push((await device.say("visit.counted", { visits: 1 + (k % 3) }, { about: point })).id);
  }
  return ids;
}

export interface Journey {
  exchanges: number;
  cuts: number;
  bytes: number;
  seconds: number;
}

/** A line that takes its time and is cut every so many bytes: before the request came, after it was taken in, or in the answer. */
export function badLine(ask: (request: Uint8Array) => Promise<Uint8Array>, journey: Journey, clock: Clock, seed = 1): (request: Uint8Array) => Promise<Uint8Array> {
  let state = seed;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const travel = (bytes: number): void => {
    journey.bytes += bytes;
    journey.seconds += bytes / BYTES_PER_S + 0.3;
    clock.ms += Math.round((bytes / BYTES_PER_S + 0.3) * 1_000);
  };
  return async (request) => {
    const fate = random();
    if (fate < 0.05) {
      journey.cuts += 1;
      travel(Math.floor(request.length * random()));
      throw new Unreachable("the line was cut on the way there");
    }
    travel(request.length);
    const answer = await ask(request);
    if (fate < 0.1) {
      journey.cuts += 1;
      throw new Unreachable("the line was cut before the answer");
    }
    if (fate < 0.15) {
      journey.cuts += 1;
      const part = answer.subarray(0, Math.floor(answer.length * random()));
      travel(part.length);
      throw new Cut("the answer was cut", part);
    }
    travel(answer.length);
    return answer;
  };
}

/** Exchange until one comes to its end. */
export async function catchUp(device: Device, journey: Journey): Promise<void> {
  for (;;) {
    journey.exchanges += 1;
    try {
      await device.exchange();
      return;
    } catch (fault) {
      if (!(fault instanceof Unreachable) || journey.exchanges > 500) throw fault;
    }
  }
}
