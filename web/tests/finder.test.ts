// What the finder keeps, sends and says; its screens are tried in a browser (tests/browser).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import de from "../src/finder/texts/de.ts";
import en from "../src/finder/texts/en.ts";
import kk from "../src/finder/texts/kk.ts";
import ru from "../src/finder/texts/ru.ts";
import uk from "../src/finder/texts/uk.ts";
import type { Get } from "../src/core/bundle/bundle.ts";
import { fromHex } from "../src/core/facts/bytes.ts";
import type { PublicPoint, Town } from "../src/core/public.ts";
import { makeTexts, type Message } from "../src/core/texts.ts";
import { inside } from "../src/finder/geo.ts";
import { makeLibrary, memoryIn } from "../src/finder/net/library.ts";
import { judge } from "../src/finder/position.ts";
import { doorLeadsTo, readPin, readRoute, to } from "../src/finder/route.ts";
import { passing } from "../src/finder/store/idb.ts";
import { keep, sendWaiting, STALE_MIN, waiting } from "../src/finder/store/reports.ts";
import { chooseLanguage, type FinderKey } from "../src/finder/texts.ts";
import { makeWalks } from "../src/finder/walks.ts";
import { happened, has, hoursToday, label, roundedM, said, serviceLine, size, time } from "../src/finder/words.ts";

const languages = { uk, en, kk, de, ru } as unknown as Record<string, Record<string, Message>>;
const t = makeTexts<FinderKey>("en", en, {});
const A = "a".repeat(64);
const B = "b".repeat(64);

// --- words

test("all five languages have every word, with the same placeholders", () => {
  const holes = (message: Message | undefined): string[] => {
    const texts = typeof message === "string" ? [message] : Object.values(message ?? {});
    return [...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? "")))].sort();
  };
  for (const [language, messages] of Object.entries(languages)) {
    assert.deepEqual(Object.keys(messages).sort(), Object.keys(en).sort(), language);
    for (const [key, message] of Object.entries(languages.en ?? {})) assert.deepEqual(holes(messages[key]), holes(message), `${language} ${key}`);
  }
});

test("a text with forms has the forms of its language: one few many other; one other in English, German and Kazakh", () => {
  const wanted: Record<string, string[]> = { uk: ["few", "many", "one", "other"], ru: ["few", "many", "one", "other"], en: ["one", "other"], de: ["one", "other"], kk: ["one", "other"] };
  for (const [language, messages] of Object.entries(languages)) {
    for (const [key, message] of Object.entries(messages)) {
      if (typeof message !== "string") assert.deepEqual(Object.keys(message).filter((form) => form !== "=1").sort(), wanted[language], `${language} ${key}`);
    }
  }
});

test("the deployment's first language, whatever a browser says; a choice is remembered while it is offered", () => {
  assert.equal(chooseLanguage(null, ["uk", "en"]), "uk");
  assert.equal(chooseLanguage("en", ["uk", "en"]), "en");
  assert.equal(chooseLanguage("ru", ["uk", "en"]), "uk"); // not switched on here
  assert.equal(chooseLanguage(null, []), "en");
});

// --- addresses

test("a screen and its address lead to each other; nonsense leads to the first screen", () => {
  for (const [screen, id] of [["where", ""], ["go", ""], ["others", ""], ["place", A], ["way", ""], ["said", A], ["saved", ""], ["account", A]] as const) {
    assert.deepEqual(readRoute(to(screen, id)), { screen, id });
  }
  for (const hash of ["", "#", "#/", "#/place", "#/place/xyz", "#/nowhere", "#/place/<script>"]) assert.equal(readRoute(hash).screen, "where");
});

test("the code at a door: network and key, whole or not at all", () => {
  assert.deepEqual(readPin(`#net=${A}&key=${B}`), { net: A, key: B });
  for (const hash of ["", "#/go", `#net=${A}`, `#net=${A}&key=${B.slice(1)}`, `#net=${A.toUpperCase()}&key=${B}`]) assert.equal(readPin(hash), null);
});

test("the code at a door leads to the place it hangs at", () => {
  assert.equal(doorLeadsTo(`#net=${A}&key=${B}&point=${A}`), `#/place/${A}`);
  for (const hash of [`#net=${A}&key=${B}`, `#net=${A}&key=${B}&point=../x`, ""]) assert.equal(doorLeadsTo(hash), "#/");
});

// --- where somebody is

test("a position is used inside the area and to 300 m, the borders included", () => {
  const box = [30, 50, 31, 51] as const;
  const there = { lon: 30.5, lat: 50.5 };
  assert.deepEqual(judge(there, 300, box), { spot: there });
  assert.deepEqual(judge(there, 301, box), { why: "poor", accuracyM: 301 });
  assert.deepEqual(judge({ lon: 37.6, lat: 55.7 }, 5, box), { why: "outside" }); // a jammed signal says it is elsewhere
  assert.deepEqual(judge(there, 5, null), { spot: there });
  assert.ok(inside(box, { lon: 31, lat: 50 }));
});

test("who stands beside a cell adds the way to it; far from all cells nothing is known", () => {
  // 37.5 m in half a minute: 100 m beside are 2.67, so 3 half-minutes more
  const table = (metres: number) => makeWalks({ profile: "adult", halfMinuteMm: 37_500, nearestCell: () => ({ cell: 0, metres }), walksFrom: () => [[4, 10]], between: () => [], has: () => true });
  assert.deepEqual([...table(100).from({ lon: 0, lat: 0 })], [[4, 13]]);
  assert.deepEqual([...table(0).from({ lon: 0, lat: 0 })], [[4, 10]]);
  assert.deepEqual([...table(501).from({ lon: 0, lat: 0 })], []);
});

// --- the visitor's word

test("a report waits without a network, is sent once, and holds nothing but place and answer", async () => {
  const store = passing();
  await keep(store, { point: A, state: "open" }, 1000);
  await keep(store, { point: A, state: "shut" }, 1001); // the last word on a place counts
  const sent: unknown[] = [];
  const line = { up: false };
  const send = async (report: unknown): Promise<number> => {
    if (!line.up) throw new TypeError("no network");
    sent.push(report);
    return 202;
  };
  assert.deepEqual([...(await sendWaiting(store, send, 1002))], [[A, "waits"]]);
  line.up = true;
  assert.deepEqual([...(await sendWaiting(store, send, 1003))], [[A, "sent"]]);
  assert.deepEqual([...(await sendWaiting(store, send, 1004))], []);
  assert.deepEqual(sent, [{ point: A, state: "shut" }]);
});

test("what the other side refuses is dropped, what it is too busy for waits, what is too old is not sent as new", async () => {
  for (const [status, became, left] of [[400, "refused", 0], [429, "waits", 1], [503, "waits", 1], [204, "sent", 0]] as const) {
    const store = passing();
    await keep(store, { point: A, state: "full" }, 0);
    assert.deepEqual([...(await sendWaiting(store, async () => status, 1))], [[A, became]], String(status));
    assert.equal((await waiting(store)).length, left);
  }
  const store = passing();
  await keep(store, { point: A, state: "open" }, 0);
  assert.deepEqual([...(await sendWaiting(store, async () => assert.fail("nothing is sent"), STALE_MIN + 1))], [[A, "refused"]]);
});

// --- the bundle, through the vectors of spec/vectors/bundle.json

const vectors = JSON.parse(readFileSync("../spec/vectors/bundle.json", "utf8")) as {
  folder: Record<string, string>;
  cases: { name: string; known: { net: string; keys: string[]; now_s: number } }[];
};
const NOW_S = vectors.cases[0]?.known.now_s ?? 0;
const published: Get = async (path) => {
  const hex = vectors.folder[path];
  if (hex === undefined) throw new Error("404");
  return fromHex(hex);
};

test("first visit: trusted on first use, kept, and opened again without a network", async () => {
  const memory = memoryIn(passing());
  const now = () => NOW_S;
  const first = await makeLibrary(published, memory, now).start().newer;
  assert.equal(first.refused, null);
  assert.equal(first.opened?.checkedAtDoor, false);
  const dead: Get = async () => Promise.reject(new Error("no network"));
  const again = makeLibrary(dead, memory, now).start();
  assert.equal((await again.kept)?.town.version, first.opened?.town.version);
  const newer = await again.newer;
  assert.equal(newer.refused, "unreachable");
  assert.equal(newer.opened?.town.version, first.opened?.town.version); // the copy stays in use
});

test("a door's code of another network: refused, and nothing is shown", async () => {
  const library = makeLibrary(published, memoryIn(passing()), () => NOW_S, { net: A, key: B });
  const { kept, newer } = library.start();
  assert.equal(await kept, null);
  assert.deepEqual(await newer, { opened: null, refused: "other_network" });
});


test("deleting leaves nothing of the bundle; reports that wait stay", async () => {
  const store = passing();
  const library = makeLibrary(published, memoryIn(store), () => NOW_S);
  const { opened } = await library.start().newer;
  assert.ok(opened);
  await keep(store, { point: A, state: "open" }, 0);
  const names = (await store.keys()).filter((key) => key.startsWith("bundle/"));
  const stored = await Promise.all(names.map((name) => store.get<Uint8Array>(name)));
  assert.equal(
    await library.keptBytes(opened),
    stored.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0),
  );
  await library.forget();
  assert.equal(await library.keptBytes(opened), 0);
  assert.deepEqual(await store.keys(), [`report/${A}`]);
});

// --- sentences

/** Kyiv in 2026: clocks go on an hour on 29 March at 01:00 UTC, and back on 25 October. */
const ZONE = [[Date.UTC(2025, 0, 1) / 60_000, 120], [Date.UTC(2026, 2, 29, 1) / 60_000, 180], [Date.UTC(2026, 9, 25, 1) / 60_000, 120]] as const;
/** 2026-01-15 15:40 UTC is 17:40 in Kyiv. */
const AT = Date.UTC(2026, 0, 15, 15, 40) / 60_000;
const town = { zone: ZONE, languages: ["uk"], titles: {} } as unknown as Town;
const point = (change: Partial<PublicPoint>): PublicPoint => ({ services: {}, sockets: null, hours: null, ...change }) as PublicPoint;
const quiet = { open: 0, full: 0, shut: 0, notHere: 0, lastAtMin: null };

test("who said it, when, in the clock of the town; yesterday has its date", () => {
  const sentence = said(t, town, { state: "open", saidAtMin: AT, by: "duty", untilAtMin: AT + 140, band: "", visitors: quiet }, AT + 5);
  assert.equal(sentence.replaceAll("\u00a0", " "), "At 17:40 the person on duty said it is open until 20:00.");
  assert.equal(said(t, town, { state: "unknown", saidAtMin: null, by: "", untilAtMin: null, band: "", visitors: quiet }, AT), t("said.nobody"));
  assert.equal(time(t, ZONE, AT, AT + 60), "17:40");
  assert.match(time(t, ZONE, AT, AT + 24 * 60), /January.*17:40/);
  const summer = Date.UTC(2026, 6, 1, 22, 30) / 60_000; // 01:30 of the next day in the town
  assert.equal(time(t, ZONE, summer, summer), "01:30");
  assert.match(time(t, ZONE, summer, summer + 24 * 60), /2 July.*01:30|July 2.*01:30/);
  assert.equal(time(t, ZONE, Date.UTC(2024, 6, 1) / 60_000, Date.UTC(2024, 6, 1) / 60_000), "02:00"); // before the first: as in the first
});

test("hours of today in the town's clock; nothing is said where nobody said, or this copy is too old to know", () => {
  const nine = Date.UTC(2026, 0, 15, 7, 0) / 60_000; // 09:00 in Kyiv
  const open = point({ hours: { text: "09:00-19:00", openAtMin: [[nine, nine + 600]] } });
  assert.equal(hoursToday(t, town, open, AT), "Today: 09:00–19:00");
  assert.equal(hoursToday(t, town, open, nine - 24 * 60), t("hours.not_today"));
  assert.equal(hoursToday(t, town, open, AT + 30 * 24 * 60), null);
  assert.equal(hoursToday(t, town, point({}), AT), null);
  const always = point({ hours: { text: "24/7", openAtMin: [[AT - 60, AT + 14 * 24 * 60]] } });
  assert.equal(hoursToday(t, town, always, AT), t("hours.all_day"));
});

test("not known is never yes, and never no", () => {
  const services = { sockets: { value: 0, saidAtMin: AT }, toilet: { value: "outside", saidAtMin: AT }, internet: { value: "none", saidAtMin: AT }, heat: { value: true, saidAtMin: AT } };
  const one = point({ services });
  assert.deepEqual(["sockets", "toilet", "internet", "heat", "pets"].map((need) => has(one, need)), [false, true, false, true, null]);
  assert.deepEqual(serviceLine(t, "internet", services.internet, String), { text: "No internet", has: false });
  assert.deepEqual(serviceLine(t, "sockets", { value: 3, saidAtMin: AT }, String), { text: "3 sockets", has: true });
});

test("names are data: the reader's language, else the town's, else any", () => {
  assert.equal(label({ uk: "Школа 12", en: "School 12" }, "en", "uk"), "School 12");
  assert.equal(label({ uk: "Школа 12" }, "de", "uk"), "Школа 12");
  assert.equal(label({ pl: "Szkoła" }, "de", "uk"), "Szkoła");
  assert.equal(label({}, "de"), "");
});

test("dates as precise as they were written down, in every language", () => {
  assert.equal(happened(t, "2026"), "2026");
  assert.equal(happened(t, "2026-02"), "February 2026");
  assert.match(happened(t, "2026-02-20"), /20/);
  assert.equal(happened(t, "unknown"), "unknown");
  // A browser without the names of a language's months would write M02: there it is numbers.
  assert.equal(happened(makeTexts<FinderKey>("tlh", en, {}), "2026-02-20"), "20.02.2026");
});

test("sizes and straight lines promise no more than is known", () => {
  assert.deepEqual([370_278, 1_990_000, 12].map((bytes) => size(t, bytes).replace("\u00a0", " ")), ["370 kB", "2 MB", "1 kB"]);
  assert.deepEqual([1, 50, 51, 999, 1001].map(roundedM), [50, 50, 100, 1000, 1100]);
});
