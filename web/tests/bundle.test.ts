// Bundles: the vectors of spec/vectors/bundle.json, and what a phone keeps through refusals (spec/bundle.md).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { accounts, BASE, DELTA, type Get, MANIFEST, type Memory, openBundle, openKept, type Opened, refresh, Refusal } from "../src/core/bundle/bundle.ts";
import { CODES } from "../src/core/bundle/signed.ts";
import { fromHex, toHex } from "../src/core/facts/bytes.ts";

interface Known {
  net: string;
  keys: string[] | null;
  manifest: number;
  status: number;
  now_s: number;
}
interface Case {
  name: string;
  files: Record<string, string | null>;
  known: Known;
  code: string;
}
interface Vectors {
  folder: Record<string, string>;
  found: { version: number; as_of_at_min: number; mode: string; points: Record<string, unknown>[] };
  cases: Case[];
}
const all = JSON.parse(readFileSync("../spec/vectors/bundle.json", "utf8")) as Vectors;

/** Whether the platform says so when data go on behind their end: browsers must (Compression Streams), Node 20 does not. */
async function seesTheEnd(): Promise<boolean> {
  const packed = new Uint8Array([...deflateRawSync(Buffer.from("end")), 0]);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer().then(
    () => false,
    () => true,
  );
}
const strict = await seesTheEnd();
const vectors: Vectors = { ...all, cases: all.cases.filter((one) => strict || one.name !== "one byte more behind the end") };

class Kept implements Memory {
  readonly files = new Map<string, Uint8Array>();
  get = (name: string) => Promise.resolve(this.files.get(name));
  put = (name: string, bytes: Uint8Array) => Promise.resolve(void this.files.set(name, bytes));
  drop = (name: string) => Promise.resolve(void this.files.delete(name));
  names = () => Promise.resolve([...this.files.keys()]);
}

function memoryOf(known: Known): Kept {
  const memory = new Kept();
  if (known.keys !== null) {
    const trust = { net: known.net, keys: known.keys, atDoor: true, manifest: known.manifest, status: known.status };
    memory.files.set("trust.json", new TextEncoder().encode(JSON.stringify(trust)));
  }
  return memory;
}

function folder(files: Record<string, string | null>, asked: string[] = []): Get {
  const all: Record<string, string | null> = { ...vectors.folder, ...files };
  return (path) => {
    asked.push(path);
    const data = all[path];
    return data === null || data === undefined ? Promise.reject(new Error("404")) : Promise.resolve(fromHex(data));
  };
}

const find = (name: string): Case => {
  const one = vectors.cases.find((each) => each.name === name);
  assert.ok(one, name);
  return one;
};
const first = find("as published");
const NOW_S = first.known.now_s;

async function taken(get: Get, memory: Memory, nowS = NOW_S): Promise<Opened> {
  const bundle = await openBundle(get, memory, nowS);
  assert.ok(!(bundle instanceof Refusal), String(bundle));
  return bundle;
}

test("what may be used is taken, what must not is refused for the right reason", async () => {
  assert.deepEqual(new Set(vectors.cases.map((one) => one.code)), new Set(["", ...CODES]));
  for (const one of vectors.cases) {
    const bundle = await openBundle(folder(one.files), memoryOf(one.known), one.known.now_s);
    if (one.code === "") assert.ok(!(bundle instanceof Refusal) && bundle.town.points.length === 3, `${one.name}: ${String(bundle)}`);
    else assert.equal(bundle instanceof Refusal ? bundle.code : "taken", one.code, one.name);
  }
});

test("without WebCrypto, as on plain http, the same holds", async () => {
  const { strictVerify } = await import("../src/core/facts/signing.ts");
  const { verifyByNoble } = await import("../src/core/facts/noble.ts");
  const verify = await strictVerify(undefined);
  const manifest = fromHex(vectors.folder[MANIFEST] ?? "");
  assert.equal(await verify(new Uint8Array(32), manifest, manifest.subarray(4, 68)), verifyByNoble(new Uint8Array(32), manifest, manifest.subarray(4, 68)));
});

test("the folder says what it should", async () => {
  const { town } = await taken(folder({}), memoryOf(first.known));
  const { found } = vectors;
  assert.deepEqual([town.version, town.asOfAtMin, town.mode], [found.version, found.as_of_at_min, found.mode]);
  const said = town.points.map((point, k) => {
    const status = town.status[k];
    assert.ok(status);
    const { open, full, shut, notHere, lastAtMin } = status.visitors;
    return {
      id: point.id,
      state: status.state,
      said_at_min: status.saidAtMin,
      by: status.by,
      until_at_min: status.untilAtMin,
      band: status.band,
      visitors: [open, full, shut, notHere, lastAtMin],
      open_at_min: point.hours?.openAtMin ?? null,
    };
  });
  assert.deepEqual(said, found.points);
  assert.equal(town.points[0]?.floor, 0);
  assert.equal(town.points[0]?.services["pets"]?.value, false);
  assert.deepEqual(town.points[1]?.names, { uk: "Юрта", kk: "Киіз үй" });
});

test("accounts are fetched when asked for, and kept", async () => {
  const memory = memoryOf(first.known);
  const bundle = await taken(folder({}), memory);
  assert.equal((await accounts(bundle, folder({}), memory))[0]?.servedVisits, 120);
  const gone: Get = () => Promise.reject(new Error("no network"));
  assert.equal((await accounts(bundle, gone, memory))[0]?.steps[0]?.sources.length, 1);
});

test("whatever is refused, the copy on the phone stays in use", async () => {
  for (const one of vectors.cases.filter((each) => each.code !== "" && each.known.keys !== null)) {
    const memory = memoryOf(first.known);
    await taken(folder({}), memory);
    const before = new Map(memory.files);
    const trust = new TextDecoder().decode(memory.files.get("trust.json"));
    if (one.known.now_s !== NOW_S || one.known.manifest > 0 || one.known.status > 0 || one.name.includes("pinned key of small order")) continue;
    if (one.name.startsWith("no points") || one.name.includes("points cut") || one.name.includes("points flipped")) continue; // they are on the phone
    const bundle = await openBundle(folder(one.files), memory, NOW_S);
    assert.ok(!(bundle instanceof Refusal), one.name);
    assert.equal(bundle.refused?.code, one.code, one.name);
    assert.equal(bundle.town.version, vectors.found.version);
    assert.deepEqual(memory.files, before, `${one.name}: nothing was replaced`);
    assert.equal(new TextDecoder().decode(memory.files.get("trust.json")), trust);
  }
});

test("an old copy stays readable, and says that it is old; a newly fetched one that expired replaces nothing", async () => {
  const memory = memoryOf(first.known);
  await taken(folder({}), memory);
  const later = NOW_S + 15 * 86_400;
  const kept = await openKept(memory, later);
  assert.ok(kept?.expired);
  const asked = await openBundle(folder({}), memory, later);
  assert.ok(!(asked instanceof Refusal) && asked.expired);
  assert.equal(asked.refused?.code, "expired");
  const offline = await refresh(() => Promise.reject(new Error("no network")), memory, later);
  assert.ok(!(offline instanceof Refusal));
  assert.equal(offline.refused?.code, "unreachable");
});

test("nothing on the phone and nothing to be had is a refusal", async () => {
  const bundle = await openBundle(() => Promise.reject(new Error("no network")), new Kept(), NOW_S);
  assert.ok(bundle instanceof Refusal && bundle.code === "unreachable");
  assert.equal(await openKept(new Kept(), NOW_S), null);
});

test("a refresh asks for the delta alone", async () => {
  const memory = memoryOf(first.known);
  await taken(folder({}), memory);
  const asked: string[] = [];
  const bundle = await refresh(folder({}, asked), memory, NOW_S + 60);
  assert.ok(!(bundle instanceof Refusal) && bundle.refused === null);
  assert.deepEqual(asked, [DELTA]);
  const other: string[] = [];
  await refresh(folder(find("a delta for another base is passed over").files, other), memory, NOW_S + 60);
  assert.deepEqual(other, [DELTA, MANIFEST, BASE, DELTA]);
});

test("first use is trusted and says so; the door's code makes it checked; another key at the door replaces it", async () => {
  const memory = new Kept();
  assert.equal((await taken(folder({}), memory)).checkedAtDoor, false);
  const { net, keys } = first.known;
  const door = { net, key: keys?.[0] ?? "" };
  const checked = await openBundle(folder({}), memory, NOW_S, door);
  assert.ok(!(checked instanceof Refusal) && checked.checkedAtDoor);
  const wrong = await openBundle(folder({}), memory, NOW_S, { net, key: toHex(new Uint8Array(32).fill(7)) });
  assert.ok(wrong instanceof Refusal && wrong.code === "forged");
  const again = await openBundle(folder({}), memory, NOW_S, door);
  assert.ok(!(again instanceof Refusal) && again.checkedAtDoor);
  const elsewhere = await openBundle(folder({}), new Kept(), NOW_S, { ...door, net: toHex(new Uint8Array(32)) });
  assert.ok(elsewhere instanceof Refusal && elsewhere.code === "other_network");
});

test("a file longer than any signed one is not even inflated", async () => {
  const long = `${vectors.folder[BASE] ?? ""}${"00".repeat(262_144)}`;
  const bundle = await openBundle(folder({ [BASE]: long }), memoryOf(first.known), NOW_S);
  assert.ok(bundle instanceof Refusal && bundle.code === "damaged");
});
