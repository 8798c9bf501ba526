// The app of the person on duty: what an act comes to, what the phone knows of its place, when it asks for anything.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fits } from "../src/core/facts/schema.ts";
import type { Said } from "../src/core/facts/writing.ts";
import { Device, pageTurns, Unreachable } from "../src/device/device.ts";
import { kindOf } from "../src/device/kinds.ts";
import { checkFits } from "../src/device/kinds.ts";
import { memoryStore } from "../src/device/store.ts";
import * as acts from "../src/host/acts.ts";
import { type App, BACK_MS, hold, makeApp, QUIET_MS, type State, TAPS_MS } from "../src/host/app.ts";
import { happenedAt } from "../src/host/known.ts";
import { invitation, readRoute, to } from "../src/host/route.ts";
import { chooseLanguage, moment, OFFERED } from "../src/host/texts.ts";
import { fault } from "../src/core/facts/happened.ts";
import { Headquarters, replayed, signerOf } from "./headquarters.ts";

const POINT = "a".repeat(64);
const kinds = (entries: readonly acts.Entry[]): string[] => entries.map(({ kind }) => kind);

// --- acts

test("every act comes to entries that fit their kinds", () => {
  const all: acts.Entry[] = [
    ...acts.DANGERS.flatMap(acts.inDanger),
    ...acts.open([...acts.OPENING], 12.5, null),
    ...acts.open([], null, { happened: "2026-11-22T17:40+02:00" }),
    ...acts.SHUTS.flatMap((cause) => acts.close([...acts.CLOSING], cause, 0, { happened: "2026-11-22" })),
    ...acts.PAUSES.flatMap(acts.pause),
    ...acts.BANDS.flatMap(acts.band),
    ...acts.visits(3),
    ...acts.counted({ fuelL: 0.5, woodKg: 40, waterL: 19, indoorC: -3.5 }),
    ...acts.shortOf(POINT, acts.SHORT, 3),
    ...acts.shortOf(POINT, ["fuel"], null),
    ...acts.met([POINT]),
    ...acts.willOpen(POINT, 60),
    ...acts.CANNOT.flatMap((because) => acts.cannotOpen(POINT, because)),
    ...acts.mistake(POINT),
    ...acts.left({ fuelL: 200, woodKg: null, waterL: 1, meals: 40, blankets: 0, kits: [POINT], to: POINT, toWhere: "Паркова 1" }),
    ...acts.arrived(POINT, "", false, [POINT], "Двері"),
    ...acts.passed(POINT, 305_234_000, 504_501_000),
    ...acts.inspected({ exits: "passed", sign: "failed" }, "2026-12-24", "A-7", "Двері"),
    ...acts.inspected({}, "", "", ""),
  ];
  assert.ok(all.length > 60);
  for (const { kind, body, sealed } of all) checkFits(kind, body, sealed ?? null);
});

test("danger says what it was before it shuts the place, and nothing but the list opens it", () => {
  assert.deepEqual(acts.inDanger("co").map(({ kind, body }) => [kind, body]), [
    ["incident.reported", { incident: "co" }],
    ["point.closed", { cause: "unsafe" }],
  ]);
  assert.deepEqual(kinds(acts.inDanger("fire")), ["incident.reported", "point.closed"]);
  for (const danger of ["generator", "air_alert"] as const) assert.deepEqual(kinds(acts.inDanger(danger)), ["incident.reported", "point.paused"]);
  assert.deepEqual(kinds(acts.inDanger("heat")), ["status.reported", "point.paused"]);
  for (const danger of ["medical", "minor_alone", "violence"] as const) assert.deepEqual(kinds(acts.inDanger(danger)), ["incident.reported"]);
  const opening = [...acts.DANGERS.flatMap(acts.inDanger), ...acts.mistake(POINT), ...acts.met([POINT]), ...acts.willOpen(POINT, 5), ...acts.band("free")];
  assert.ok(!kinds(opening).includes("point.opened"));
});

test("in danger counts and kinds only: no words, no person", () => {
  for (const entry of acts.DANGERS.flatMap(acts.inDanger)) {
    assert.equal(entry.sealed, undefined);
    assert.ok(Object.values(entry.body).every((value) => typeof value === "string" || typeof value === "boolean"));
  }
  assert.deepEqual(Object.keys(kindOf("incident.reported").sealed), []);
});

test("what nobody counted is left out, what is none is zero", () => {
  assert.deepEqual(acts.counted({ fuelL: null, woodKg: 0, waterL: null, indoorC: null })[0]?.body, { wood_g: 0 });
  assert.deepEqual(acts.counted({}), []);
  assert.deepEqual(acts.visits(0), []);
  assert.deepEqual(acts.shortOf(POINT, [], 3), []);
});

test("a place is unfit where something fails that can kill, fit with remarks where anything else does", () => {
  assert.equal(acts.verdict({}), "fit");
  assert.equal(acts.verdict({ sign: "failed", co_alarm: "passed" }), "remarks");
  assert.equal(acts.verdict({ sign: "failed", co_alarm: "failed" }), "unfit");
  for (const item of acts.DEADLY) assert.ok((acts.INSPECTED as readonly string[]).includes(item));
});

test("what was on paper bears the minute it was so, with the clock's offset", () => {
  assert.equal(happenedAt("2026-11-22T17:40", 120), "2026-11-22T17:40+02:00");
  assert.equal(happenedAt("2026-11-22T17:40", -210), "2026-11-22T17:40-03:30");
  assert.equal(fault(happenedAt("2026-02-28T00:00", 0)), "");
  assert.ok(fits({ ...kindOf("point.opened").body, happened: { type: "edtf" }, via: { type: "enum", values: ["paper"] } }, acts.open([], null, { happened: "2026-11-22" })[0]?.body as Said));
});

// --- what the phone knows

interface Stage {
  readonly hq: Headquarters;
  readonly app: App;
  readonly device: Device;
  readonly clock: { ms: number };
  /** `hold`: an answer takes until it is done */
  readonly line: { up: boolean; asked: number; hold: (() => Promise<void>) | null };
  readonly timers: { act: () => void; ms: number }[];
  state(): State;
}

let seeds = 150;
async function onStage(): Promise<Stage> {
  const hq = new Headquarters();
  await hq.found();
  const seed = (seeds += 1);
  const clock = { ms: 1_795_400_000_000 };
  const line: Stage["line"] = { up: true, asked: 0, hold: null };
  const ask = async (request: Uint8Array): Promise<Uint8Array> => {
    line.asked += 1;
    const { up } = line;
    await line.hold?.();
    if (!up) throw new Unreachable("no network");
    return hq.answer(request);
  };
  const device = await Device.open({
    store: memoryStore(),
    wire: () => ({ ask: () => ask, json: () => Promise.reject(new Unreachable("no server")) }),
    root: null,
    nowMs: () => (clock.ms += 1),
    random: replayed,
    makeKey: async () => ({ is: "ed25519", key: signerOf(seed).key, secret: null as never }),
    signer: () => signerOf(seed),
    verify: async () => true,
    turn: pageTurns(),
  });
  await hq.admit(device.key);
  await device.join({ net: hq.net, network: "Drawn town", role: "host", scope: hq.point, scopeName: "Юрта", untilMs: null }, await hq.founding(), null);
  const t = Object.assign((key: string) => key, { language: "uk", find: () => null, number: String, percent: String, date: String, list: String });
  const holder = hold({ t: t as never, languages: ["uk"], role: "host", point: "", scopeName: "", network: "", known: null, places: [], deliveries: [], reports: [], photos: [], here: 0, carried: 0, tapped: 0, line: device.line, persists: null, nowMs: clock.ms, told: "" });
  const timers: { act: () => void; ms: number }[] = [];
  const app = makeApp(holder, device, () => clock.ms, (act, ms) => {
    const timer = { act, ms };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), 1);
  });
  await app.look();
  return { hq, app, device, clock, line, timers, state: () => holder.get() };
}

test("ready, open, full, danger: the phone shows what was said, by the rules of headquarters", async () => {
  const { app, state, hq } = await onStage();
  assert.equal(state().known?.shown, "unknown"); // nobody said anything: not "shut"
  await app.say(acts.open(["heat"], null, null));
  assert.equal(state().known?.shown, "open");
  await app.say(acts.band("full"));
  assert.equal(state().known?.band, "full");
  await app.say(acts.inDanger("co"));
  assert.deepEqual([state().known?.shown, state().known?.danger, state().known?.band], ["closed", "unsafe", ""]);
  await app.send();
  assert.ok(hq.arrived.length >= 4);
  await app.say(acts.mistake(state().reports[0]?.id ?? ""));
  assert.equal(state().known?.shown, "closed"); // a correction opens nothing
});

test("an order that concerns the place is shown until it is answered or done, the newest only", async () => {
  const { hq, app, state } = await onStage();
  const first = await hq.say("activation.ordered", { order: "open" }, hq.point, hq.point);
  await app.send();
  assert.equal(state().known?.order?.id, first.id);
  await app.say(acts.willOpen(first.id, 60));
  assert.equal(state().known?.order, null);
  const second = await hq.say("activation.ordered", { order: "stand_down" }, hq.point, hq.point);
  await app.send();
  assert.equal(state().known?.order?.id, second.id);
  await app.say(acts.close([], "order", null, null));
  assert.equal(state().known?.order, null);
});

test("a need is open until it is met; said twice it is shown once, and met at once", async () => {
  const { hq, app, state } = await onStage();
  await app.say(acts.shortOf(hq.point, ["fuel", "wood"], 3));
  await app.say(acts.shortOf(hq.point, ["fuel"], 1));
  assert.deepEqual(state().known?.needs.map(({ what }) => what), ["fuel", "wood"]);
  assert.equal(state().known?.needs[0]?.ids.length, 2);
  await app.say(acts.met(state().known?.needs[0]?.ids ?? []));
  assert.deepEqual(state().known?.needs.map(({ what }) => what), ["wood"]);
});

// --- asking, tapping

test("nothing is asked of its own accord more often than every five minutes", async () => {
  const { app, clock, line } = await onStage();
  await app.wake();
  const asked = line.asked;
  assert.ok(asked > 0);
  for (let k = 0; k < 20; k++) {
    clock.ms += 14_000;
    await app.wake(); // 20 times in 4 min 40 s
  }
  assert.equal(line.asked, asked);
  clock.ms += QUIET_MS;
  await app.wake();
  assert.ok(line.asked > asked);
});

test("a report is on the phone when the line is dead, and says so; it goes when the line is back", async () => {
  const { app, line, state, hq } = await onStage();
  line.up = false;
  assert.equal(await app.say(acts.band("crowded")), true);
  await app.send();
  assert.deepEqual([state().here, state().line.fault], [1, "unreachable"]);
  line.up = true;
  await app.send();
  assert.deepEqual([state().here, state().line.fault, hq.arrived.length], [0, "", 1]);
});

test("the network comes back while an exchange that began without it is failing: the report goes all the same", async () => {
  const { app, line, state, hq } = await onStage();
  line.up = false;
  await app.say(acts.band("crowded"));
  await app.send();
  assert.equal(state().line.fault, "unreachable");
  let fail: (() => void) | null = null;
  line.hold = () => new Promise<void>((done) => (fail = done));
  const begun = app.send(); // it does not know yet that nobody will answer
  while (!fail) await new Promise((done) => setTimeout(done, 1));
  const back = app.lineIsBack();
  line.hold = null;
  (fail as () => void)(); // only now it hears that there is no network
  line.up = true;
  await Promise.all([begun, back]);
  assert.deepEqual([state().here, state().line.fault, hq.arrived.length], [0, "", 1]);
});

test("a line that is no use in its first seconds is tried again a few times, and then left in peace", async () => {
  const { app, line, timers, state, hq } = await onStage();
  line.up = false;
  await app.say(acts.band("crowded"));
  await app.send();
  const asked = line.asked;
  const back = app.lineIsBack();
  const waited: number[] = [];
  for (const up of [false, true]) {
    while (timers.length === 0) await new Promise((done) => setTimeout(done, 1));
    const [timer] = timers.splice(0, 1);
    waited.push(timer?.ms ?? 0);
    line.up = up;
    timer?.act();
  }
  await back;
  assert.deepEqual(waited, BACK_MS.slice(0, 2));
  assert.ok(line.asked > asked + 2);
  assert.deepEqual([state().here, hq.arrived.length, timers.length], [0, 1, 0]);
});

test("what does not fit is not written, and is told", async () => {
  const { app, state, hq } = await onStage();
  assert.equal(await app.say([{ kind: "status.reported", body: { persons: -4 } }]), false);
  assert.equal(state().told, "app.not_done");
  assert.equal(state().here, 0);
  assert.equal(hq.arrived.length, 0);
});

test("taps become one entry when nobody taps for a while, and lie on the disk until then", async () => {
  const { app, device, state, timers } = await onStage();
  for (const change of [1, 1, 1, -1] as const) await app.tap(change);
  assert.equal(await device.store.value("tapped"), 2);
  assert.deepEqual(timers.map(({ ms }) => ms), [TAPS_MS]); // one timer, begun anew by each tap
  await app.writeTaps();
  assert.deepEqual(state().reports.map(({ kind, body }) => [kind, body]), [["visit.counted", { visits: 2 }]]);
  assert.equal(state().tapped, 0);
  await app.tap(-1); // never below nobody
  await app.writeTaps();
  assert.equal(state().reports.length, 1);
});

// --- addresses and words

test("addresses of screens; whatever is not understood is Now; the token is read only from an invitation", () => {
  assert.deepEqual(readRoute(to("card", "co")), { screen: "card", id: "co" });
  assert.deepEqual(readRoute("#/danger/air_alert"), { screen: "danger", id: "air_alert" });
  for (const hash of ["", "#", "#/nowhere", "#/card/<script>", "#invite=x"]) assert.deepEqual(readRoute(hash), { screen: "now", id: "" });
  assert.equal(invitation(`#invite=${"a".repeat(43)}`), "a".repeat(43));
  for (const hash of ["", "#invite=short", `#invite=${"a".repeat(44)}`, `#/invite=${"a".repeat(43)}`]) assert.equal(invitation(hash), "");
});

test("the network's first language, whatever the browser says; Russian only where it is switched on", () => {
  assert.equal(chooseLanguage(null, OFFERED), "uk");
  assert.equal(chooseLanguage("de", OFFERED), "de");
  assert.equal(chooseLanguage("ru", OFFERED), "uk");
  assert.equal(chooseLanguage("ru", ["kk", "ru"]), "ru");
});

test("a moment of today is a time, of another day has its day", () => {
  const t = ((_key: string, values: { date: string; time: string }) => `${values.date}, ${values.time}`) as never;
  const noon = new Date(2026, 10, 22, 12, 5).getTime();
  assert.equal(moment(t, noon, noon + 3_600_000), "12:05");
  assert.equal(moment(t, noon, noon + 86_400_000), "22.11., 12:05");
});

test("every key of an act, a card and a step has its text in every language", () => {
  for (const language of ["uk", "en", "kk", "de", "ru"]) {
    const read = (folder: string) => JSON.parse(readFileSync(`../spec/texts/${folder}/${language}.json`, "utf8")) as Record<string, string>;
    const texts = { ...read("words"), ...read("host") };
    const keys = [
      ...acts.DANGERS.map((one) => `danger.${one}`),
      ...[...acts.OPENING, ...acts.CLOSING].map((one) => `list.${one}`),
      ...[...acts.PAUSES, ...acts.SHUTS, ...acts.CANNOT].map((one) => `cause.${one}`),
      ...acts.SHORT.map((one) => `short.${one}`),
      ...acts.INSPECTED.map((one) => `look.${one}`),
      ...["co", "fire", "collapsed", "minor", "medicine", "aggressive", "power"].flatMap((card) => [`card.${card}`, `card.${card}.1`, `card.${card}.5`]),
    ];
    assert.deepEqual(keys.filter((key) => !texts[key]), [], language);
    const numbers = (text: string | undefined): string[] => (text?.match(/\b1(?:0[1-3]|12)\b/g) ?? []).sort();
    const english = JSON.parse(readFileSync("../spec/texts/host/en.json", "utf8")) as Record<string, string>;
    for (const [key, text] of Object.entries(english)) {
      if (/^(?:card|do)\./.test(key)) assert.deepEqual(numbers(texts[key]), numbers(text), `${language} ${key}: the numbers to call`);
    }
  }
});
