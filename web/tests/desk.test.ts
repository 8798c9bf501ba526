// The desk's pure parts: what acts say, how twenty thousand places are sifted, how they are gathered on a map.
import assert from "node:assert/strict";
import { test } from "node:test";
import en from "#texts/desk/en.json";
import wordsEn from "#texts/words/en.json";
import { makeTexts } from "../src/core/texts.ts";
import * as acts from "../src/desk/acts.ts";
import { changed, tableOf } from "../src/desk/ask.ts";
import { counted, EVERYTHING, rowsOf, SHOWN, SORTS, sift } from "../src/desk/filter.ts";
import { edtf, moment, nextTime, span } from "../src/desk/format.ts";
import { cloudOf, gathered, mercator, under } from "../src/desk/map/cloud.ts";
import type { PointTable, Shown } from "../src/desk/model.ts";
import { readRoute, to } from "../src/desk/route.ts";
import type { T } from "../src/desk/texts.ts";
import { checkFits } from "../src/device/kinds.ts";

const t = makeTexts("en", { ...wordsEn, ...en }, {}) as unknown as T;
const id = (n: number): string => n.toString(16).padStart(64, "0");
const POINT = id(1);
const NOW_MIN = Date.UTC(2026, 0, 15, 18, 0) / 60_000;

interface Place {
  readonly name: string;
  readonly shown?: Shown;
  readonly district?: string;
  readonly needs?: number;
  readonly contradicted?: boolean;
  readonly said?: number | null;
  readonly lonE7?: number | null;
}

function table(rows: readonly Place[]): PointTable {
  const column = <V>(of: (row: Place, k: number) => V): V[] => rows.map(of);
  return {
    as_of_at_min: NOW_MIN,
    id: column((_, k) => id(k)),
    name: column((row) => ({ en: row.name })),
    kind: column(() => "hall"),
    address: column(() => ""),
    district: column((row) => row.district ?? ""),
    area: column(() => ""),
    operator: column(() => ""),
    lon_e7: column((row) => (row.lonE7 === undefined ? 305_000_000 : row.lonE7)),
    lat_e7: column((row) => (row.lonE7 === null ? null : 504_000_000)),
    state: column(() => "open" as const),
    shown: column((row) => row.shown ?? "open"),
    said_at_min: column((row) => (row.said === undefined ? NOW_MIN : row.said)),
    by: column(() => "duty" as const),
    band: column(() => ""),
    official: column(() => false),
    number: column(() => ""),
    seats: column(() => null),
    needs: column((row) => row.needs ?? 0),
    contradicted: column((row) => row.contradicted ?? false),
    ordered: column(() => "" as const),
    visibility: column(() => "public" as const),
  };
}

test("rows that came put into a table make the one that they came of, in every column", () => {
  const before = table([{ name: "A" }, { name: "B", needs: 1 }, { name: "C" }]);
  const after = { ...table([{ name: "A" }, { name: "Б", shown: "closed", said: null, lonE7: null }, { name: "C", contradicted: true }]), as_of_at_min: NOW_MIN + 5 };
  const rows = Object.fromEntries(Object.entries(after).map(([name, column]) => [name, Array.isArray(column) ? column.slice(1) : column])) as unknown as PointTable;
  assert.deepEqual(changed(before, { since: "", at: [1, 2], rows }), after);
  assert.equal(before.shown[1], "open"); // the table that is shown stays as it is
});

test("changes are asked of the table that is there, and joined with no other", async () => {
  const there = { table: table([{ name: "A" }]), tag: '"1"' };
  const asked: string[] = [];
  const device = { root: new URL("http://localhost/"), signIn: () => Promise.reject(new Error("not asked")) };
  const answer = (said: unknown, status = 200): void => {
    globalThis.fetch = async (to) => (asked.push(String(to)), new Response(status === 304 ? null : JSON.stringify(said), { status, headers: { etag: '"2"' } }));
  };
  const kept = globalThis.fetch;
  try {
    answer({ since: '"1"', at: [0], rows: table([{ name: "A", shown: "full" as Shown }]) });
    assert.deepEqual((await tableOf(device, there))?.table.shown, ["full"]);
    assert.ok(asked[0]?.endsWith("desk/points?since=%221%22"));
    answer({ since: '"0"', at: [0], rows: table([{ name: "Z" }]) });
    await assert.rejects(tableOf(device, there), /another table/);
    answer(null, 304);
    assert.equal(await tableOf(device, there), null);
    answer(table([{ name: "B" }]));
    assert.deepEqual((await tableOf(device, null))?.table.name, [{ en: "B" }]);
    assert.ok(asked.at(-1)?.endsWith("desk/points"));
  } finally {
    globalThis.fetch = kept;
  }
});

test("everything an act says fits its kind", () => {
  const spot: acts.Spot = { names: { uk: "Двір" }, address: "Лісова 7", lonE7: 305_000_000, latE7: 504_000_000, area: id(9) };
  const said = [
    ...acts.saidOpen(POINT, "some"),
    ...acts.PAUSES.flatMap((cause) => acts.saidPaused(POINT, cause)),
    ...acts.SHUTS.flatMap((cause) => acts.saidShut(POINT, cause)),
    ...acts.WITHIN_MIN.flatMap((minutes) => acts.saidWithin(POINT, id(2), minutes)),
    ...acts.CANNOT.flatMap((because) => acts.saidCannot(POINT, id(2), because)),
    ...acts.saidReady(POINT),
    ...acts.saidCounted(POINT, { fuelL: 12.5, waterL: 0 }),
    ...acts.saidService(POINT, "heat", false),
    ...acts.seen(POINT, "blurred"),
    ...acts.crowding(POINT, "full"),
    ...acts.MET_BY.flatMap((how) => acts.met(id(3), POINT, how)),
    ...acts.released(POINT, id(4)),
    ...acts.withheld(id(5), POINT),
    ...acts.wrong(id(5), POINT),
    ...acts.samePlace(POINT, id(6), true),
    ...acts.samePlace(POINT, id(6), false),
    ...acts.inspected(POINT, { stove: "failed", sign: "passed" }, "2026-02-01", "cold"),
    ...acts.ordered({ area: id(9), order: "open", district: "North", points: [POINT], openByMin: NOW_MIN }),
    ...acts.ordered({ area: id(9), order: "stand_down", district: "", points: [], openByMin: NOW_MIN }),
    ...acts.MODES.flatMap((mode) => acts.mode(id(9), mode)),
    ...acts.notice({ area: id(9), district: "", urgency: "danger", untilMin: NOW_MIN, words: { uk: "Мороз", en: "" } }),
    ...acts.decided(id(7), id(9), spot, true),
    ...acts.decidedNew(spot, id(8), 3),
    acts.describedPoint(spot, "yurt", "North", id(8)),
    acts.plannedPoint(POINT, id(7)),
    acts.assembled({ uk: "Юрта 7" }, [id(10)], id(8)),
    ...acts.KITS.map((kind) => acts.describedKit(id(11), kind, id(8))),
    acts.left([id(11)], POINT, id(3), id(8)),
    ...acts.arrived(id(12), POINT, id(8)),
    ...acts.erected(id(11), POINT, id(8)),
    ...acts.dismantled(id(11), id(8)),
    ...acts.handedOver(id(11), "City", "A-12", id(8)),
    ...acts.HELP.map((what) => acts.promised({ what, count: 2, giver: "Olena", publish: "nothing", point: "" }, id(8))),
    ...acts.REVOKED_FOR.flatMap((cause) => acts.revoked(id(13), id(8), cause)),
  ];
  for (const { kind, body, sealed } of said) assert.doesNotThrow(() => checkFits(kind, body, sealed ?? null), kind);
});

test("an order opens nothing, and what was said on the telephone says so", () => {
  assert.deepEqual(acts.ordered({ area: id(9), order: "open", district: "", points: [], openByMin: null }).map((one) => one.kind), ["activation.ordered"]);
  for (const entry of [...acts.saidOpen(POINT, "free"), ...acts.saidShut(POINT, "hours")]) assert.equal(entry.body.via, "phone");
});

test("what nobody counted is left out: it is not zero", () => {
  assert.deepEqual(acts.saidCounted(POINT, {}), []);
  assert.deepEqual(acts.saidCounted(POINT, { fuelL: 0 })[0]?.body, { fuel_ml: 0, via: "phone" });
});

test("a stove that failed is not fit, a sign that failed is a remark", () => {
  assert.equal(acts.verdict({ stove: "failed" }), "unfit");
  assert.equal(acts.verdict({ sign: "failed", stove: "passed" }), "remarks");
  assert.equal(acts.verdict({ sign: "passed" }), "fit");
});

test("every word typed must be in the row; case and apostrophes do not matter", () => {
  const sifted = sift(table([{ name: "School 12", district: "North" }, { name: "Кам’янка" }, { name: "School 2" }]), t);
  const found = (text: string): number[] => [...rowsOf(sifted, { ...EVERYTHING, text, sort: "name" })];
  assert.deepEqual(found("SCHOOL north"), [0]);
  assert.deepEqual(found("кам'ян"), [1]);
  assert.deepEqual(found("school"), [2, 0]); // 2 before 12, as people count
  assert.deepEqual(found("nowhere"), []);
});

test("states and marks narrow down together; what needs a look comes first", () => {
  const sifted = sift(table([{ name: "A" }, { name: "B", shown: "closed" }, { name: "C", contradicted: true }, { name: "D", needs: 2 }]), t);
  assert.deepEqual([...rowsOf(sifted, EVERYTHING)], [2, 3, 0, 1]);
  assert.deepEqual([...rowsOf(sifted, { ...EVERYTHING, shown: ["closed"] })], [1]);
  assert.deepEqual([...rowsOf(sifted, { ...EVERYTHING, shown: ["open"], marks: ["needs"] })], [3]);
  assert.deepEqual(counted(sifted, rowsOf(sifted, EVERYTHING)), SHOWN.map((one) => (one === "open" ? 3 : one === "closed" ? 1 : 0)));
});

test("of whom nothing was ever heard comes first among the oldest words", () => {
  const sifted = sift(table([{ name: "new", said: NOW_MIN }, { name: "never", said: null }, { name: "old", said: NOW_MIN - 900 }]), t);
  assert.deepEqual([...rowsOf(sifted, { ...EVERYTHING, sort: "said" })], [1, 2, 0]);
});

test("a table that came after another is sifted as if it were the first, whatever changed", () => {
  const rows: readonly Place[] = [{ name: "School 12", district: "North" }, { name: "Library", district: "South", needs: 1 }, { name: "School 2", said: NOW_MIN - 60 }];
  const before = sift(table(rows), t);
  const changes: readonly (readonly Place[])[] = [
    rows,
    rows.map((row) => ({ ...row, shown: "closed" as const, said: NOW_MIN - 5 })), // states only: words hold on
    [{ name: "Yard", district: "North" }, ...rows.slice(1)], // one was renamed
    rows.map((row) => ({ ...row, district: "West" })),
    [...rows, { name: "Annex" }],
    rows.slice(1),
    [],
  ];
  for (const change of changes) {
    const [after, alone] = [sift(table(change), t, before), sift(table(change), t)];
    assert.deepEqual(after, alone);
    for (const sort of SORTS) assert.deepEqual([...after.order[sort]].sort(), change.map((_, k) => k), "each row once");
  }
  assert.equal(sift(table(rows), t, before).text, before.text); // not reckoned again
  const other = makeTexts("uk", { ...wordsEn, ...en }, {}) as unknown as T;
  assert.notEqual(sift(table(rows), other, before).text, before.text); // names are those of the language
});

test("no place is lost on the map: rings and single ones add up, those without a place are in the list only", () => {
  const many = table(Array.from({ length: 2_000 }, (_, k) => ({ name: `${k}`, lonE7: k === 7 ? null : 305_000_000 + (k % 50) * 2_000 })));
  const sifted = sift(many, t);
  const cloud = cloudOf(many.lon_e7, many.lat_e7, sifted.shown, many.contradicted);
  const [x, y] = mercator(305_050_000, 504_000_000);
  const view = { x, y, world: 512 * 2 ** 12, width: 800, height: 600 };
  const drawn = gathered(cloud, rowsOf(sifted, EVERYTHING), view);
  assert.equal(drawn.reduce((sum, one) => sum + one.count, 0), 1_999);
  assert.ok(drawn.length < 200);
  const ring = drawn[0];
  assert.ok(ring && under(drawn, ring.px + 3, ring.py - 3) === ring);
  assert.equal(under(drawn, -500, -500), null);
});

test("moments are those of the zone, with their day where it is not today", () => {
  const on = { t, zone: "Europe/Kyiv", nowMin: NOW_MIN }; // 20:00 in Kyiv
  assert.equal(moment(on, NOW_MIN - 20), "19:40");
  assert.equal(moment(on, NOW_MIN - 24 * 60), "14.01., 20:00");
  assert.equal(nextTime("21:30", on.zone, NOW_MIN), NOW_MIN + 90);
  assert.equal(nextTime("19:00", on.zone, NOW_MIN), NOW_MIN + 23 * 60); // it was an hour ago: tomorrow
  assert.equal(nextTime("", on.zone, NOW_MIN), null);
  assert.equal(edtf(NOW_MIN), "2026-01-15T18:00Z");
  assert.deepEqual([35, 119, 120, 3_000].map((n) => span(t, n).replaceAll("\u00a0", " ")), ["35 min", "119 min", "2 h", "2 days"]);
});

test("an address leads back to its screen, whatever its id holds", () => {
  for (const key of ["", "silent:ab12", "a/b c?", "%"]) assert.deepEqual(readRoute(to("todo", key)), { screen: "todo", id: key });
  assert.deepEqual(readRoute("#/nonsense"), { screen: "todo", id: "" });
  assert.deepEqual(readRoute("#/todo/%"), { screen: "todo", id: "" });
});
