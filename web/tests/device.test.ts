// A device of a network: what it says is kept before anybody is told so, goes to headquarters, and comes to stand there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile, writeFile } from "../src/core/exchange/file.ts";
import { fromHex, toHex } from "../src/core/facts/bytes.ts";
import { verifyByNoble, publicOf, sign } from "../src/core/facts/noble.ts";
import { partOf, type Row } from "../src/core/facts/writing.ts";
import { Gathering, keyCode, packHandOver, piecesOf, readCode, readHandOver, thingCode } from "../src/device/codes.ts";
import { Device, type Ground, pageTurns, Refused, Unreachable } from "../src/device/device.ts";
import { makeKey, sealedKey, signerOf as keySigner } from "../src/device/key.ts";
import { headquartersOf } from "../src/device/standing.ts";
import { memoryStore, type Store } from "../src/device/store.ts";
import type { Wire } from "../src/device/wire.ts";
import { exchangeHeaders, redeemBytes, sessionBytes } from "../src/device/wire.ts";
import { Headquarters, replayed, signerOf } from "./headquarters.ts";
import { badLine, catchUp, type Clock, type Journey, thirtyDays } from "./thirtyDays.ts";

type Ask = (request: Uint8Array) => Promise<Uint8Array>;

let seeds = 40;
/** A device whose line is `ask`; `store` may be that of an earlier one, as after closing the page. */
async function device(ask: Ask, clock: Clock = { ms: 1_795_360_000_000 }, store: Store = memoryStore(), seed = (seeds += 1)): Promise<Device> {
  const secret = new Uint8Array(32).fill(seed);
  const wire: Wire = { ask: () => ask, json: () => Promise.reject(new Unreachable("no server")) };
  return Device.open({
    store,
    wire: () => wire,
    root: new URL("http://headquarters.test/"),
    nowMs: () => clock.ms,
    random: replayed,
    makeKey: async () => ({ is: "ed25519", key: toHex(publicOf(secret)), secret: null as never }),
    signer: () => signerOf(seed),
    verify: async (key, message, sig) => verifyByNoble(key, message, sig),
    turn: pageTurns(),
  } satisfies Ground);
}

async function onDuty(hq: Headquarters, ask: Ask = hq.answer, clock?: Clock): Promise<Device> {
  const made = await device(ask, clock);
  await hq.admit(made.key);
  await made.join({ net: hq.net, network: "Drawn town", role: "host", scope: hq.point, scopeName: "Юрта", untilMs: null }, await hq.founding(), null);
  return made;
}

async function founded(): Promise<Headquarters> {
  const hq = new Headquarters();
  await hq.found();
  return hq;
}

test("what is said is kept here, then at headquarters, then safe", async () => {
  const hq = await founded();
  const host = await onDuty(hq);
  const { id } = await host.say("point.opened", { checked: ["heat"] }, { about: hq.point });
  assert.deepEqual((await host.reports()).map(({ id, standing }) => [id, standing]), [[id, "phone"]]);
  assert.equal(host.line.waiting, 1);
  assert.deepEqual(hq.arrived, []);

  await host.exchange();
  assert.deepEqual(hq.arrived, [id]);
  assert.equal((await host.reports())[0]?.standing, "headquarters");
  assert.equal(host.line.waiting, 0);

  const [row] = await host.store.get([id]);
  await hq.safe({ origin: host.key, chain: (row as Row).header.chain, scope: hq.point });
  await host.exchange();
  assert.equal((await host.reports())[0]?.standing, "safe");
});

test("a desk hears that what it said of a place has arrived, and fetches nothing else of that place", async () => {
  const hq = await founded();
  const host = await onDuty(hq);
  await host.say("visit.counted", { visits: 2 }, { about: hq.point });
  await host.exchange();
  const desk = await device(hq.answer);
  await hq.admit(desk.key);
  await desk.join({ net: hq.net, network: "Drawn town", role: "desk", scope: hq.net, scopeName: "Drawn town", untilMs: null }, await hq.founding(), null);
  const { id } = await desk.say("point.paused", { via: "phone" }, { about: hq.point, scope: hq.point });
  await desk.exchange();
  assert.deepEqual((await desk.reports()).map(({ id, standing }) => [id, standing]), [[id, "headquarters"]]);
  assert.deepEqual(await desk.store.ofKind("visit.counted"), [], "what others said there is not fetched");
});

test("receipts of anybody but a headquarters make nothing true", async () => {
  const hq = await founded();
  const host = await onDuty(hq);
  const { id } = await host.say("visit.counted", { visits: 2 }, { about: hq.point });
  const [row] = (await host.store.get([id])) as [Row];
  const stranger = await onDuty(hq);
  // The stranger is a host as well, and says of the first one's chain what only a headquarters may say.
  const line = { origin: host.key, chain: row.header.chain, scope: hq.point, first: 0, last: 0, head: id };
  await stranger.say("receipt.noted", { level: "safe", time_ms: 1, chains: [line] }, { about: hq.net });
  const false_ = await stranger.store.ofKind("receipt.noted");
  await host.carry(false_);
  assert.equal((await host.reports())[0]?.standing, "phone");
});

test("who is a headquarters is judged narrowly: founder, paper key, two admins; never one who was revoked", async () => {
  const hq = await founded();
  const [a, b, second] = [signerOf(11).key, signerOf(12).key, signerOf(13).key];
  const trusted = async () => headquartersOf((await Promise.all(["network.founded", "device.admitted", "device.revoked"].map((kind) => hq.store.ofKind(kind)))).flat(), hq.net);
  assert.deepEqual([...(await trusted())], [hq.signer.key]);
  await hq.admit(a, "headquarters", hq.net); // the only admin may
  assert.ok((await trusted()).has(a));
  await hq.admit(second, "admin", hq.net);
  await hq.admit(b, "headquarters", hq.net); // now there are two, and one of them is not enough
  assert.ok(!(await trusted()).has(b));
  await hq.say("device.revoked", { key: a, cause: "stolen" }, hq.net, hq.net);
  assert.ok(!(await trusted()).has(a));
});

test("one refused report never blocks the rest, says why, and is not given again", async () => {
  const hq = await founded();
  hq.refuses.set("stock.counted", "it is too large");
  const host = await onDuty(hq);
  await host.say("stock.counted", { fuel_ml: 1 }, { about: hq.point });
  await host.say("point.opened", {}, { about: hq.point });
  await host.say("visit.counted", { visits: 1 }, { about: hq.point });
  await host.exchange();
  const states = (await host.reports()).map(({ kind, standing, reason }) => [kind, standing, reason]);
  assert.deepEqual(states, [["visit.counted", "headquarters", ""], ["point.opened", "headquarters", ""], ["stock.counted", "refused", "it is too large"]]);
  hq.refuses.clear();
  await host.exchange();
  assert.equal(hq.arrived.length, 2);
});

test("what does not fit its kind is not signed, and what is about nothing known must say where", async () => {
  const hq = await founded();
  const host = await onDuty(hq);
  await assert.rejects(host.say("stock.counted", { fuel_l: 20 }, { about: hq.point }), Refused);
  await assert.rejects(host.say("incident.reported", { incident: "flood" }, { about: hq.point }), Refused);
  await assert.rejects(host.say("visit.counted", { visits: 1 }, { about: hq.point, sealed: { note: "Ivan" } }), Refused); // never a person
  await assert.rejects(host.say("need.met", { met_by: "own" }, { about: "c".repeat(64) }), Refused);
  assert.equal((await host.reports()).length, 0);
});

test("a need lies in its point's chain, and what meets it as well", async () => {
  const hq = await founded();
  const host = await onDuty(hq);
  const need = await host.say("need.raised", { point: hq.point, short_of: "fuel" });
  const met = await host.say("need.met", { met_by: "own" }, { about: need.id });
  const [raisedRow, metRow] = await host.store.get([need.id, met.id]);
  assert.equal(raisedRow?.header.scope, hq.point);
  assert.equal(metRow?.header.scope, hq.point);
  assert.equal(metRow?.header.prev, need.id);
});

test("many taps at once become one chain without a fork, and no time twice", async () => {
  const hq = await founded();
  const host = await onDuty(hq);
  await Promise.all(Array.from({ length: 20 }, (_, k) => host.say("visit.counted", { visits: k + 1 }, { about: hq.point })));
  const [chain] = (await host.store.chains()).filter(({ key }) => key.origin === host.key);
  assert.equal(chain?.heads.length, 1);
  assert.equal(chain?.count, 20);
  const times = (await host.store.newestOf(host.key, 50)).map(({ header }) => header.at.join());
  assert.equal(new Set(times).size, 20);
});

test("a phone that was closed goes on where it was; one that was restored begins a new chain", async () => {
  const hq = await founded();
  const clock = { ms: 1_795_360_000_000 };
  const store = memoryStore();
  const first = await device(hq.answer, clock, store, 90);
  await hq.admit(first.key);
  const member = { net: hq.net, network: "", role: "host", scope: hq.point, scopeName: "", untilMs: null } as const;
  await first.join(member, await hq.founding(), null);
  await first.say("visit.counted", { visits: 1 }, { about: hq.point });
  await first.exchange();
  const image = await store.value(`own:${hq.point}`);
  const again = await device(hq.answer, clock, store, 90);
  const second = await again.say("visit.counted", { visits: 2 }, { about: hq.point });
  assert.equal((await store.get([second.id]))[0]?.header.seq, 1);
  await again.exchange();

  await store.putValue(`own:${hq.point}`, image); // the old image of the phone, its facts fetched back from headquarters
  const restored = await device(hq.answer, clock, store, 90);
  const third = await restored.say("visit.counted", { visits: 3 }, { about: hq.point });
  assert.equal((await store.get([third.id]))[0]?.header.seq, 0);
  await restored.exchange();
  assert.equal(hq.arrived.length, 3);
});

test("thirty days alone, then 20 kbit/s with cuts: newest status first, none lost, none doubled", async () => {
  const hq = await founded();
  const clock = { ms: 1_795_360_000_000 };
  const journey: Journey = { exchanges: 0, cuts: 0, bytes: 0, seconds: 0 };
  const host = await onDuty(hq, badLine(hq.answer, journey, clock), clock);
  const said = await thirtyDays(host, hq.point, clock, 2_000); // ten thousand: tests/simulation/test_thirty_days.py
  await catchUp(host, journey);

  assert.ok(journey.cuts > 5, `${journey.cuts} cuts`);
  assert.deepEqual([...hq.arrived].sort(), [...said].sort()); // each once
  assert.equal(hq.arrived[0], said.at(-1)); // the danger of the last minute
  const arrivedRows = await hq.store.get(hq.arrived);
  const status = arrivedRows.filter(({ header }) => ["point.opened", "status.reported", "incident.reported"].includes(header.kind)).map(({ header }) => header.at[0]);
  assert.deepEqual(status.slice(0, 8), [...status].sort((a, b) => b - a).slice(0, 8));
  assert.ok((await host.reports(2_000)).every(({ standing }) => standing === "headquarters"));
  const least = arrivedRows.reduce((sum, { fact }) => sum + 64 + 16 + 12 + (fact.body?.length ?? 0), 0);
  assert.ok(journey.bytes < 2 * least, `${journey.bytes} bytes for ${least}`);
});

test("a headquarters that lost its last days in a fire gets them again", async () => {
  const hq = await founded();
  let answer: Ask = hq.answer;
  const host = await onDuty(hq, (request) => answer(request));
  for (let k = 0; k < 30; k++) await host.say("visit.counted", { visits: 1 }, { about: hq.point });
  await host.exchange();
  const backup = new Headquarters(); // restored from before the thirty
  backup.net = hq.net;
  backup.point = hq.point;
  await backup.store.add([...(await hq.founding())], false);
  answer = backup.answer;
  await host.exchange();
  const kinds = (await backup.store.get(backup.arrived)).map(({ header }) => header.kind);
  assert.equal(kinds.filter((kind) => kind === "visit.counted").length, 30);
  assert.ok(kinds.includes("receipt.noted")); // and the receipts it had written for them
});

test("unsent reports leave as a file that another phone takes in and gives on, each once", async () => {
  const hq = await founded();
  const cutOff = await onDuty(hq, () => Promise.reject(new Unreachable("no network")));
  const courier = await onDuty(hq);
  const said = [await cutOff.say("point.closed", { cause: "supplies" }, { about: hq.point }), await cutOff.say("visit.counted", { visits: 9 }, { about: hq.point })];
  await assert.rejects(cutOff.exchange(), Unreachable);
  assert.equal(cutOff.line.fault, "unreachable");

  const file = readFile(writeFile(await cutOff.store.waiting(), hq.net));
  assert.deepEqual(await courier.carry(file.rows), { fresh: 2, refused: 0 });
  assert.deepEqual(await courier.carry(file.rows), { fresh: 0, refused: 0 });
  await courier.exchange();
  assert.deepEqual([...hq.arrived].sort(), said.map(({ id }) => id).sort());
  assert.deepEqual(await courier.reports(), []); // they are not its own
});

test("what is said while an exchange is running goes at once, not with the next time somebody asks", async () => {
  const hq = await founded();
  let during: (() => Promise<unknown>) | null = null;
  const host = await onDuty(hq, async (request) => {
    const answer = await hq.answer(request);
    const say = during;
    during = null;
    await say?.();
    return answer;
  });
  await host.say("point.opened", {}, { about: hq.point });
  await host.exchange();
  during = () => host.say("visit.counted", { visits: 1 }, { about: hq.point }); // while the only answer is on its way
  await host.exchange();
  assert.equal(host.line.waiting, 0);
  assert.equal(hq.arrived.length, 2);
});

test("a forged report is not carried", async () => {
  const hq = await founded();
  const [a, courier] = [await onDuty(hq), await onDuty(hq)];
  await a.say("visit.counted", { visits: 9 }, { about: hq.point });
  const [row] = (await a.store.waiting()) as [Row];
  const sig = row.fact.sig.slice();
  sig[3] = (sig[3] as number) ^ 1;
  assert.deepEqual(await courier.carry([{ ...row, fact: { ...row.fact, sig } }]), { fresh: 0, refused: 1 });
});

test("a host hands over at the door, offline; the first exchange of the next one brings the admission along", async () => {
  const hq = await founded();
  const offline: Ask = () => Promise.reject(new Unreachable("no network"));
  const first = await onDuty(hq, offline);
  let line: Ask = offline;
  const next = await device((request) => line(request));

  const code = readCode(keyCode(next.key));
  assert.ok(code.is === "key" && code.key === next.key);
  const { id } = await first.say("device.admitted", { key: code.key, role: "host", scope: hq.point, until_ms: 1_800_000_000_000 }, { about: hq.point });
  const rows = [...(await first.admissions()), ...(await first.store.get([id])), ...(await first.store.about(hq.point)).filter(({ header }) => header.kind === "point.described")];
  const pieces = piecesOf("H", await packHandOver({ net: hq.net, root: "https://warm.example/", point: hq.point, rows }));
  assert.ok(pieces.length >= 2 && pieces.every((piece) => piece.length < 700), `${pieces.map((piece) => piece.length)}`);

  const gathering = new Gathering("H");
  const wholes = [...pieces].reverse().map((piece) => gathering.take(readCode(piece)));
  const whole = wholes.at(-1);
  assert.ok(whole && wholes.slice(0, -1).every((one) => one === null));
  const over = await readHandOver(whole);
  await next.join({ net: over.net, network: "", role: "host", scope: over.point, scopeName: "", untilMs: null }, over.rows, new URL(over.root), true);
  await next.say("point.opened", {}, { about: hq.point }); // at once, offline

  line = hq.answer;
  await next.exchange();
  const kinds = (await hq.store.get(hq.arrived)).map(({ header }) => header.kind);
  assert.ok(kinds.includes("device.admitted") && kinds.includes("point.opened"), String(kinds));
  const last = (await hq.store.ofKind("device.admitted")).map((row) => partOf(row.fact.body)?.key);
  assert.ok(last.includes(next.key));
});

test("a phone joins nobody by records that do not admit it, are forged, or are of another network", async () => {
  const [hq, other] = [await founded(), await founded()];
  const phone = await device(hq.answer);
  const member = { net: hq.net, network: "", role: "host", scope: hq.point, scopeName: "", untilMs: null } as const;
  await assert.rejects(phone.join(member, await hq.founding(), null), Refused);
  const admitted = await hq.admit(phone.key);
  await assert.rejects(phone.join({ ...member, net: other.net }, [...(await other.founding()), admitted], null), Refused);
  const forged = { ...admitted, fact: { ...admitted.fact, sig: new Uint8Array(64) } };
  await assert.rejects(phone.join(member, [...(await hq.founding()).filter(({ id }) => id !== admitted.id), forged], null), Refused);
  assert.equal(phone.member, null);
  await phone.join(member, await hq.founding(), null);
  await assert.rejects(phone.join({ ...member, net: other.net }, await other.founding(), null), Refused); // one network at a time
});

test("codes that are cut, typed wrongly or of something else are refused", () => {
  const key = "ab".repeat(32);
  assert.deepEqual(readCode(` ${thingCode(key)}\n`), { is: "thing", id: key });
  for (const text of ["", "SHY:K:short", keyCode(key).slice(0, -1), "SHY:H:0/2:abc", "SHY:H:3/2:abc", "SHY:X:1/1:abc", "https://example.org", `${keyCode(key)}?`]) {
    assert.throws(() => readCode(text), Refused, text);
  }
  const gathering = new Gathering("F");
  gathering.take(readCode("SHY:F:1/3:aaaa"));
  assert.deepEqual(gathering.missing, [2, 3]);
  gathering.take(readCode("SHY:F:1/3:bbbb")); // the first of another series
  assert.deepEqual([gathering.have, gathering.all], [1, 3]);
  assert.throws(() => gathering.take(readCode(keyCode(key))), Refused);
});

test("keys: what WebCrypto makes and what is sealed in the browser sign alike, and neither can be taken out", async () => {
  for (const kept of [await makeKey(globalThis.crypto), await sealedKey(globalThis.crypto)]) {
    const message = new TextEncoder().encode("a word");
    const signer = keySigner(kept);
    assert.ok(verifyByNoble(fromHex(kept.key), message, await signer.sign(message)), kept.is);
    const secret = kept.is === "ed25519" ? kept.secret : kept.lock;
    assert.equal(secret.extractable, false);
  }
});

test("what is signed for one purpose serves no other", async () => {
  const signer = signerOf(5);
  const [net, challenge] = ["aa".repeat(32), "bb".repeat(32)];
  const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
  assert.ok(text(sessionBytes(net, challenge)).startsWith("shanyrak/sign-in/1\nsession\n"));
  assert.ok(text(redeemBytes(new Uint8Array(32), signer.key)).startsWith("shanyrak/sign-in/1\nredeem\n"));
  const headers = await exchangeHeaders(signer, net, new Uint8Array([1]), 5);
  assert.notEqual(headers["x-shanyrak-signature"], toHex(sign(sessionBytes(net, challenge), new Uint8Array(32).fill(5))));
});
