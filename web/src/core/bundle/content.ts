// The content of a bundle: points, accounts, names (spec/bundle.md). Empty members are left out in the files.

import type { Value } from "../facts/canonical.ts";
import type { Account, Hours, NamedPlace, PublicPoint, Service, Source, Statement, Step } from "../public.ts";
import { list, text, whole } from "./checks.ts";
import { inflate, MOST_PLAIN_BYTES, parsed, type Payload, Refusal } from "./signed.ts";

const POINT: Omit<PublicPoint, "id" | "lonE7" | "latE7" | "sinceAtMin"> = {
  names: {}, kind: "", official: false, blurred: false, lists: [], operator: "", address: "", town: "", district: "",
  floor: null, seats: null, sockets: null, entrance: {}, find: {}, photo: "", services: {}, hours: null, phone: "",
  givenBy: [], initiative: "", paidUntil: "", opensWhen: "", opensWithinMin: null,
};
const ACCOUNT: Omit<Account, "id"> = {
  type: "initiative", names: {}, archive: false, idea: {}, steps: [], statements: [], points: [], namesOf: {},
  servedVisits: null, servedUntil: "", paidUntil: "",
};
const STEP: Step = { step: "", happened: "", what: "", count: null, name: "", point: "", sources: [] };
const SOURCE: Omit<Source, "id"> = { kind: "", happened: "", by: "" };
const STATEMENT: Omit<Statement, "id"> = {
  who: "", role: "", happened: "", lang: "", words: {}, url: "", quotedVia: "", sourceKnown: false, ownWords: false,
  inReplyTo: "", about: "",
};

/** The points of a points file. */
export function readPoints(data: Uint8Array): Promise<readonly PublicPoint[]> {
  return reading(data, (said) =>
    list<Payload>(said["points"]).map((one) => ({
      ...filled(POINT, one),
      id: text(one["id"]),
      lonE7: whole(one["lon_e7"]),
      latE7: whole(one["lat_e7"]),
      sinceAtMin: whole(one["since_at_min"]),
      services: Object.fromEntries(Object.entries((one["services"] ?? {}) as Record<string, Payload>).map(([name, service]) => [name, readService(service)])),
      hours: one["hours"] === undefined ? null : readHours(one["hours"] as Payload),
    })),
  );
}

function readService(said: Payload): Service {
  return { value: said["value"] as Service["value"], saidAtMin: whole(said["said_at_min"]) };
}

function readHours(said: Payload): Hours {
  if (said["open_min"] === undefined) return { text: text(said["text"]), openAtMin: null };
  const at = sums(said["open_min"]);
  if (at.length % 2 !== 0) throw new Error("hours end in the middle");
  return { text: text(said["text"]), openAtMin: Array.from({ length: at.length / 2 }, (_, k) => [at[2 * k] as number, at[2 * k + 1] as number] as const) };
}

/** The accounts of an accounts file. */
export function readAccounts(data: Uint8Array): Promise<readonly Account[]> {
  return reading(data, (said) =>
    list<Payload>(said["accounts"]).map((one) => ({
      ...filled(ACCOUNT, one),
      id: text(one["id"]),
      steps: list<Payload>(one["steps"] ?? []).map((step) => ({
        ...filled(STEP, step),
        sources: list<Payload>(step["sources"] ?? []).map((source) => ({ ...filled(SOURCE, source), id: text(source["id"]) })),
      })),
      statements: list<Payload>(one["statements"] ?? []).map((statement) => ({ ...filled(STATEMENT, statement), id: text(statement["id"]) })),
    })),
  );
}

/** The names of streets, stops, landmarks and districts; positions to 1e-5 degree. */
export function readNames(data: Uint8Array): Promise<readonly NamedPlace[]> {
  return reading(data, (said) => {
    const [kinds, districts] = [said["kinds"] as string[], said["districts"] as string[]];
    const [kind, district] = [said["kind"] as number[], said["district"] as number[]];
    const [names, others] = [said["name"] as string[], said["others"] as string[][]];
    const [lon, lat] = [sums(said["lon_e5"]), sums(said["lat_e5"])];
    if ([kind, others, district, lon, lat].some((column) => column.length !== names.length)) throw new Error("columns differ in length");
    return names.map((name, k) => ({
      kind: text(kinds[kind[k] as number]),
      name: text(name),
      others: others[k] as string[],
      district: text(districts[district[k] as number]),
      lon: (lon[k] as number) / 100_000,
      lat: (lat[k] as number) / 100_000,
    }));
  });
}

async function reading<T>(data: Uint8Array, read: (said: Payload) => T): Promise<T> {
  const plain = await inflate(data, MOST_PLAIN_BYTES);
  const said = parsed(() => JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain)));
  try {
    return read(said);
  } catch (fault) {
    throw new Refusal("damaged", fault instanceof Error ? fault.message : String(fault));
  }
}

/** The record with what is left out filled in; a member of another type than its default is a fault. */
function filled<T extends object>(defaults: T, said: Payload): T {
  const found = { ...defaults } as Record<string, unknown>;
  for (const [name, empty] of Object.entries(defaults)) {
    const value = said[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
    if (value === undefined) continue;
    if (kindOf(value) !== (empty === null ? "number" : kindOf(empty)) && !(name === "hours")) throw new Error(`${name} is of another type`);
    found[name] = value;
  }
  return found as T;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "list" : value === null ? "null" : typeof value;
}

function sums(value: Value | undefined): number[] {
  let at = 0;
  return list<number>(value).map((step) => (at += whole(step)));
}
