// What a phone lets go: only what is safe for a month, never the newest, and nobody who looks sees a difference.

import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "../src/core/facts/bytes.ts";
import { publicOf, verifyByNoble } from "../src/core/facts/noble.ts";
import { chainOf, type Row } from "../src/core/facts/writing.ts";
import { Device, pageTurns, type Report, Unreachable } from "../src/device/device.ts";
import { forget, mayGo, NEWEST, SAFE_MS } from "../src/device/forgetting.ts";
import { memoryStore, type Store } from "../src/device/store.ts";
import { knownOf } from "../src/host/known.ts";
import { Headquarters, replayed, signerOf } from "./headquarters.ts";

const START_MS = 1_795_360_000_000;
const DAY_MS = 86_400_000;

interface Scene {
  readonly hq: Headquarters;
  readonly clock: { ms: number };
  readonly store: Store;
  host: Device;
}

const open = (hq: Headquarters, clock: { ms: number }, store: Store, seed: number): Promise<Device> =>
  Device.open({
    store,
    wire: () => ({ ask: () => hq.answer, json: () => Promise.reject(new Unreachable("no server")) }),
    root: null,
    nowMs: () => clock.ms,
    random: replayed,
    makeKey: async () => ({ is: "ed25519", key: toHex(publicOf(new Uint8Array(32).fill(seed))), secret: null as never }),
    signer: () => signerOf(seed),
    verify: async (key, message, sig) => verifyByNoble(key, message, sig),
    turn: pageTurns(),
  });

async function scene(seed: number): Promise<Scene> {
  const hq = new Headquarters();
  await hq.found();
  const clock = { ms: START_MS };
  const store = memoryStore();
  const host = await open(hq, clock, store, seed);
  await hq.admit(host.key);
  await host.join({ net: hq.net, network: "Drawn town", role: "host", scope: hq.point, scopeName: "Юрта", untilMs: null }, await hq.founding(), null);
  return { hq, clock, store, host };
}

/** Numbers from 0 below 1 that are the same at each run. */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** What a person sees: the place, and the newest reports with where they are. */
async function seen({ hq, store, host, clock }: Scene): Promise<unknown> {
  const needs = [...(await store.ofKind("need.raised")), ...(await store.ofKind("need.met"))];
  const known = knownOf(hq.point, await store.about(hq.point), needs, await store.ofKind("activation.ordered"), clock.ms - (clock.ms % DAY_MS));
  const newest = (await host.reports(NEWEST)).map(({ id, standing, reason }) => [id, standing, reason]);
  return { known, newest, refused: [...(await store.refusals())], waiting: (await store.waiting()).map(({ id }) => id).sort() };
}

async function backup({ hq, host, store, clock }: Scene): Promise<void> {
  hq.nowMs = Math.max(hq.nowMs, clock.ms);
  const own = (await store.chains()).filter(({ key }) => key.origin === host.key);
  for (const { key } of own) if ((await hq.store.chain(key)).length > 0) await hq.safe(key);
}

/** Some months of duty, drawn. */
async function duty(it: Scene, random: () => number, acts: number): Promise<void> {
  const { hq, clock, host } = it;
  const needs: string[] = [];
  for (let k = 0; k < acts; k++) {
    clock.ms += Math.floor(random() * 1.2 * DAY_MS);
    const what = Math.floor(random() * 10);
    const about = { about: hq.point };
    if (what < 3) await host.say("visit.counted", { visits: 1 + k }, about);
    else if (what === 3) await host.say("point.opened", {}, about);
    else if (what === 4) await host.say("point.closed", { cause: "hours" }, about);
    else if (what === 5) await host.say("status.reported", { band: random() < 0.5 ? "some" : "full" }, about);
    else if (what === 6) await host.say("stock.counted", { fuel_ml: k }, about);
    else if (what === 7) needs.push((await host.say("need.raised", { point: hq.point, short_of: random() < 0.5 ? "wood" : "fuel" })).id);
    else if (what === 8 && needs.length > 0) await host.say("need.met", { met_by: "own" }, { about: needs.shift() as string });
    else if (random() < 0.6) await host.exchange();
    else await backup(it);
  }
}

test("whatever months of duty were like, what goes was safe for thirty days and nobody who looks sees a difference", async () => {
  let went = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const random = drawn(seed);
    const it = await scene(100 + seed);
    const { hq, clock, store } = it;
    await duty(it, random, 140);
    hq.refuses.set("stock.counted", "too much");
    await it.host.say("stock.counted", { fuel_ml: 9 }, { about: hq.point });
    await it.host.exchange();
    hq.refuses.clear();
    if (random() < 0.8) await backup(it);
    await it.host.exchange();
    if (random() < 0.5) clock.ms += 31 * DAY_MS;
    await it.host.say("visit.counted", { visits: 1 }, { about: hq.point }); // waits

    const before = await seen(it);
    const reports = new Map((await it.host.reports(10_000)).map((one): [string, Report] => [one.id, one]));
    const newest = [...reports.keys()].slice(0, NEWEST);
    const go = await mayGo(store, { key: it.host.key, net: hq.net, scope: hq.point }, clock.ms);
    for (const id of go) {
      const report = reports.get(id);
      if (report) {
        assert.equal(report.standing, "safe", `seed ${seed}`);
        assert.ok(!newest.includes(id));
        assert.ok(report.atMs <= clock.ms - SAFE_MS);
      }
      const [row] = (await store.get([id])) as [Row];
      assert.ok(!/^(?:network|device|point\.described)/.test(row.header.kind));
    }
    await store.forget(go);
    went += go.length;
    assert.deepEqual(await seen(it), before, `seed ${seed}`);
    it.host = await open(hq, clock, store, 100 + seed); // the phone was closed and opened again
    assert.deepEqual(await seen(it), before, `seed ${seed}, opened again`);

    // It goes on where it was: nothing comes back, nothing is given twice, nothing of it is missing at headquarters.
    const { received } = await it.host.exchange();
    await it.host.say("visit.counted", { visits: 5 }, { about: hq.point });
    await it.host.exchange();
    assert.equal((await store.get(go)).length, 0);
    assert.ok(received <= 4, `${received} were fetched`); // receipts
    assert.equal(hq.doubled, 0);
    for (const [id, { standing }] of reports) if (standing !== "refused") assert.ok(hq.arrived.includes(id) || (await hq.store.get([id])).length > 0);
    for (const state of (await store.chains()).filter(({ key }) => key.origin === it.host.key)) assert.equal(state.heads.length, 1, "no chain was forked");
  }
  assert.ok(went > 100, `${went} went in all`);
});

test("nothing goes before it is safe for thirty days, and it is asked once a day", async () => {
  const it = await scene(90);
  const { hq, clock, store, host } = it;
  const mine = { key: host.key, net: hq.net, scope: hq.point };
  const said: string[] = [];
  for (let k = 0; k < NEWEST + 30; k++) said.push((await host.say("visit.counted", { visits: k }, { about: hq.point })).id);
  await host.exchange();
  const reportsThatGo = async (): Promise<string[]> => (await mayGo(store, mine, clock.ms)).filter((id) => said.includes(id));
  clock.ms += 40 * DAY_MS;
  assert.deepEqual(await reportsThatGo(), [], "at headquarters is not safe");
  await backup(it);
  await host.exchange();
  clock.ms = hq.nowMs + SAFE_MS - DAY_MS;
  assert.deepEqual(await reportsThatGo(), [], "safe, but not for long enough");
  clock.ms = hq.nowMs + SAFE_MS + 1;
  assert.deepEqual((await reportsThatGo()).sort(), said.slice(0, 30).sort(), "the newest stay");
  assert.ok((await forget(store, mine, clock.ms)) >= 30);
  for (let k = 0; k < 40; k++) await host.say("visit.counted", { visits: k }, { about: hq.point });
  assert.equal(await forget(store, mine, clock.ms + DAY_MS - 1), 0, "not again on the same day");
  assert.equal(await forget(store, mine, clock.ms + DAY_MS), 40, "forty are no longer among the newest");
});

test("what was let go is not taken in again, and a chain goes on after it", async () => {
  const it = await scene(91);
  const { hq, store, host } = it;
  const ids: string[] = [];
  for (let k = 0; k < 3; k++) ids.push((await host.say("visit.counted", { visits: k }, { about: hq.point })).id);
  const rows = await store.get(ids);
  const key = chainOf(rows[0] as Row);
  const before = (await store.chains()).find((state) => state.key.origin === host.key);
  await store.forget([ids[0] as string, ids[2] as string]);
  assert.deepEqual((await store.forgotten(key)).map(({ id, header }) => [id, header.seq, header.prev]).sort(), [[ids[0], 0, ""], [ids[2], 2, ids[1]]].sort());
  assert.equal(await store.add(rows, false), 0);
  assert.deepEqual((await store.chain(key)).map(({ id }) => id), [ids[1]]);
  assert.deepEqual((await store.chains()).find((state) => state.key.origin === host.key), before);
  const { id } = await host.say("visit.counted", { visits: 9 }, { about: hq.point });
  assert.equal(((await store.get([id])) as [Row])[0].header.prev, ids[2]);
  assert.deepEqual((await store.chains()).find((state) => state.key.origin === host.key)?.missing, []);
});
