// A bundle as a phone keeps it: opened, refreshed, never replaced by a copy that must not be used (spec/bundle.md, Reading).

import { sha256Hex } from "../facts/digest.ts";
import type { Account, NamedPlace, PublicPoint, Town, Zone } from "../public.ts";
import { readAccounts, readNames, readPoints } from "./content.ts";
import { judged, type Kind, type Payload, Refusal } from "./signed.ts";
import { readBase, readDelta, type Status } from "./status.ts";

export { type Code, CODES, Refusal } from "./signed.ts";

export const MANIFEST = "data/manifest.shy";
export const BASE = "data/base.shy";
export const DELTA = "data/delta.shy";
const TRUST = "trust.json";
const DAY_S = 86_400;

/** The bytes of a path of the published folder; it throws where there is no answer. */
export type Get = (path: string) => Promise<Uint8Array>;

/** What this origin keeps: IndexedDB in a browser, a Map in tests. Names are paths of the folder, and `trust.json`. */
export interface Memory {
  get(name: string): Promise<Uint8Array | undefined>;
  put(name: string, bytes: Uint8Array): Promise<void>;
  drop(name: string): Promise<void>;
  names(): Promise<readonly string[]>;
}

/** What a door's code says: network and key, 64 hex digits each. */
export interface DoorCode {
  readonly net: string;
  readonly key: string;
}

export interface FileEntry {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A bundle that was checked, and is kept. */
export interface Opened {
  readonly town: Town;
  /** Content files by role. */
  readonly files: Readonly<Record<string, FileEntry>>;
  /** Roles of the walk tables; null without a map. */
  readonly walk: { readonly cells: string; readonly profiles: Readonly<Record<string, readonly string[]>> } | null;
  /** Content hash of the area; "" without a map. */
  readonly content: string;
  /** Whether the keys come from a door's code, not from first use. */
  readonly checkedAtDoor: boolean;
  /** When the manifest was made, and when the copy of the status stops being taken. */
  readonly madeS: number;
  readonly expiresS: number;
  /** An old copy: it expired, and nothing newer could be had. */
  readonly expired: boolean;
  /** Why what was published just now was not taken; null where it was, or where nobody asked. */
  readonly refused: Refusal | null;
}

interface Trust {
  readonly net: string;
  readonly keys: readonly string[];
  readonly atDoor: boolean;
  readonly manifest: number;
  readonly status: number;
}

interface Copy {
  readonly manifest: Payload;
  readonly base: Payload;
  readonly delta: Payload | null;
  readonly points: readonly PublicPoint[];
}

/**
 * Ask for what is published; where it cannot be had or must not be used, the copy kept, with the reason in `refused`.
 * A Refusal is returned (never thrown) where there is no copy to fall back on.
 */
export async function openBundle(get: Get, memory: Memory, nowS: number, door?: DoorCode): Promise<Opened | Refusal> {
  if (door !== undefined) await pin(memory, door);
  return takenOrKept(get, memory, nowS, false);
}

/** The copy that is kept; null where there is none, or not a whole one. It may be expired. */
export async function openKept(memory: Memory, nowS: number): Promise<Opened | null> {
  const trust = await readTrust(memory);
  if (trust === null) return null;
  try {
    const copy = await keptCopy(memory, trust);
    return copy === null ? null : opened(copy, trust, nowS);
  } catch (fault) {
    asRefusal(fault);
    return null;
  }
}

/** As `openBundle`, asking for as little as can be: the delta, and more only where the delta says so. */
export function refresh(get: Get, memory: Memory, nowS: number): Promise<Opened | Refusal> {
  return takenOrKept(get, memory, nowS, true);
}

async function takenOrKept(get: Get, memory: Memory, nowS: number, sparing: boolean): Promise<Opened | Refusal> {
  try {
    return await taken(get, memory, nowS, sparing);
  } catch (fault) {
    const refused = asRefusal(fault);
    const kept = await openKept(memory, nowS);
    return kept === null ? refused : { ...kept, refused };
  }
}

/** Trust a door's code: a key that is not pinned yet replaces keys and versions, another network replaces everything. */
export async function pin(memory: Memory, door: DoorCode): Promise<void> {
  if (!/^[0-9a-f]{64}$/.test(door.net) || !/^[0-9a-f]{64}$/.test(door.key)) return; // a torn code pins nothing
  const trust = await readTrust(memory);
  const same = trust !== null && trust.net === door.net && trust.keys.includes(door.key);
  if (same) {
    if (!trust.atDoor) await writeTrust(memory, { ...trust, atDoor: true });
    return;
  }
  for (const path of [MANIFEST, BASE, DELTA]) await memory.drop(path);
  await writeTrust(memory, { net: door.net, keys: [door.key], atDoor: true, manifest: -1, status: -1 });
}

/** A content file by its role: from memory where it is there, else fetched, compared with its hash, and kept. */
export async function content(role: string, bundle: Pick<Opened, "files">, get: Get, memory: Memory): Promise<Uint8Array> {
  const entry = bundle.files[role];
  if (entry === undefined) throw new Refusal("damaged", `the manifest lists no ${role}`);
  return (await wholeContent(entry.path, entry.sha256, get, memory)).bytes;
}

export async function accounts(bundle: Opened, get: Get, memory: Memory): Promise<readonly Account[]> {
  return readAccounts(await content("accounts", bundle, get, memory));
}

export async function names(bundle: Opened, get: Get, memory: Memory): Promise<readonly NamedPlace[]> {
  return bundle.files["names"] === undefined ? [] : readNames(await content("names", bundle, get, memory));
}

// --- taking what is published

async function taken(get: Get, memory: Memory, nowS: number, sparing: boolean): Promise<Opened> {
  const trust = await readTrust(memory);
  const kept = trust === null ? null : await keptCopy(memory, trust).catch(() => null);
  if (sparing && trust !== null && kept !== null && nowS - (kept.manifest["made_s"] as number) < DAY_S) {
    const copy = await afterDelta(get, memory, nowS, trust, kept);
    if (copy !== null) return copy;
  }
  // Three small files at once: on a slow line the waiting is for the answer, not for the bytes.
  const asked = { manifest: ask(get, MANIFEST), base: ask(get, BASE), delta: ask(get, DELTA) };
  for (const one of Object.values(asked)) one.catch(() => undefined); // whichever is awaited first says what is wrong
  const manifestBytes = await asked.manifest;
  const manifest = await judged(
    manifestBytes,
    "manifest",
    { net: trust?.net ?? "", keys: trust === null ? null : trust.keys, highest: trust?.manifest ?? -1, nowS },
  );
  const keys = manifest["keys"] as readonly string[];
  const known = { net: manifest["net"] as string, keys, highest: -1, nowS };
  const baseBytes = await asked.base;
  const base = await judged(baseBytes, "base", known);
  const deltaBytes = await asked.delta;
  const judgedDelta = await judged(deltaBytes, "delta", known);
  const delta = judgedDelta["base"] === base["version"] ? judgedDelta : null;
  const status = statusVersion(base, delta);
  if (status < (trust?.status ?? -1)) throw new Refusal("rolled_back", "a newer status was seen before");
  const sha256Hex = base["points"] as string;
  const points = await wholeContent(`data/points-${sha256Hex.slice(0, 16)}.z`, sha256Hex, get, memory);
  const copy = { manifest, base, delta, points: await readPoints(points.bytes) };
  const now: Trust = {
    net: known.net,
    keys,
    atDoor: trust?.atDoor ?? false,
    manifest: manifest["version"] as number,
    status,
  };
  const bundle = opened(copy, now, nowS); // whatever is wrong is found before anything is replaced
  await memory.put(BASE, baseBytes);
  await memory.put(DELTA, deltaBytes);
  await memory.put(MANIFEST, manifestBytes);
  await writeTrust(memory, now);
  await tidy(memory, bundle, points.path);
  return bundle;
}

/** The copy kept after a new delta; null where the delta goes with another base. */
async function afterDelta(get: Get, memory: Memory, nowS: number, trust: Trust, kept: Copy): Promise<Opened | null> {
  const bytes = await ask(get, DELTA);
  const delta = await judged(bytes, "delta", { net: trust.net, keys: trust.keys, highest: -1, nowS });
  if (delta["base"] !== kept.base["version"]) return null;
  const version = statusVersion(kept.base, delta);
  if (version < trust.status) throw new Refusal("rolled_back", "a newer status was seen before");
  const now = { ...trust, status: version };
  const bundle = opened({ ...kept, delta }, now, nowS);
  await memory.put(DELTA, bytes);
  await writeTrust(memory, now);
  return bundle;
}

async function ask(get: Get, path: string): Promise<Uint8Array> {
  try {
    return await get(path);
  } catch (fault) {
    throw fault instanceof Refusal ? fault : new Refusal("unreachable", `${path}: ${String(fault)}`);
  }
}

async function wholeContent(path: string, hash: string, get: Get, memory: Memory): Promise<{ path: string; bytes: Uint8Array }> {
  const kept = await memory.get(path);
  if (kept !== undefined && (await sha256Hex(kept)) === hash) return { path, bytes: kept };
  const bytes = await ask(get, path);
  if ((await sha256Hex(bytes)) !== hash) throw new Refusal("damaged", `${path}: its bytes are not those that were signed`);
  await memory.put(path, bytes);
  return { path, bytes };
}

/** Drop contents that nothing names any more. */
async function tidy(memory: Memory, bundle: Opened, points: string): Promise<void> {
  const named = new Set([points, ...Object.values(bundle.files).map((entry) => entry.path)]);
  for (const name of await memory.names()) {
    if (name.startsWith("data/") && !name.endsWith(".shy") && !named.has(name)) await memory.drop(name);
  }
}

// --- what is kept

async function keptCopy(memory: Memory, trust: Trust): Promise<Copy | null> {
  const known = { net: trust.net, keys: trust.keys, highest: -1, nowS: null };
  const read = async (path: string, kind: Kind) => {
    const bytes = await memory.get(path);
    return bytes === undefined ? null : judged(bytes, kind, known);
  };
  const manifest = await read(MANIFEST, "manifest");
  const base = await read(BASE, "base");
  if (manifest === null || base === null) return null;
  const delta = await read(DELTA, "delta");
  const hash = base["points"] as string;
  const path = `data/points-${hash.slice(0, 16)}.z`;
  const bytes = await memory.get(path);
  if (bytes === undefined || (await sha256Hex(bytes)) !== hash) return null;
  return {
    manifest,
    base,
    delta: delta !== null && delta["base"] === base["version"] ? delta : null,
    points: await readPoints(bytes),
  };
}

async function readTrust(memory: Memory): Promise<Trust | null> {
  const bytes = await memory.get(TRUST);
  return bytes === undefined ? null : (JSON.parse(new TextDecoder().decode(bytes)) as Trust);
}

function writeTrust(memory: Memory, trust: Trust): Promise<void> {
  return memory.put(TRUST, new TextEncoder().encode(JSON.stringify(trust)));
}

// --- as the screens want it

function opened(copy: Copy, trust: Trust, nowS: number): Opened {
  const { manifest, base, delta, points } = copy;
  const before = readBase(base);
  const status: Status = delta === null ? before : readDelta(before, delta);
  if (status.points.length !== points.length) throw new Refusal("damaged", "status and points do not fit");
  const map = manifest["map"] as { content: string; box_e7: number[]; attribution: string } | null;
  const head = delta ?? base;
  const expiresS = Math.min(manifest["expires_s"] as number, head["expires_s"] as number);
  const said = manifest as unknown as {
    readonly net: string; readonly network: string; readonly operator: string; readonly area: string; readonly offsets_min?: Zone;
    readonly titles: Record<string, string>; readonly made_up: boolean; readonly languages: string[];
    readonly emergency: string; readonly report_url: string; readonly made_s: number;
    readonly files: Record<string, FileEntry>; readonly walk: Opened["walk"];
  };
  const { net, network, operator, area, titles, languages, emergency } = said;
  return {
    town: {
      net,
      network,
      operator,
      area,
      titles,
      madeUp: said.made_up,
      mode: status.mode,
      languages,
      zone: said.offsets_min ?? [[0, -new Date().getTimezoneOffset()]], // a copy of before: the phone's own clock is the best guess
      emergency,
      reportUrl: said.report_url,
      attribution: map?.attribution ?? "",
      box: map === null ? null : (map.box_e7.map((at) => at / 1e7) as [number, number, number, number]),
      asOfAtMin: status.asOfAtMin,
      ttlS: head["ttl_s"] as number,
      version: statusVersion(base, delta),
      points,
      status: status.points,
      notices: status.notices,
    },
    files: said.files,
    walk: said.walk,
    content: map?.content ?? "",
    checkedAtDoor: trust.atDoor,
    madeS: said.made_s,
    expiresS,
    expired: expiresS <= nowS,
    refused: null,
  };
}

function statusVersion(base: Payload, delta: Payload | null): number {
  return (delta ?? base)["version"] as number;
}

function asRefusal(fault: unknown): Refusal {
  if (fault instanceof Refusal) return fault;
  throw fault;
}
