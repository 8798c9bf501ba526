// The kinds of facts and the lives of things, from the data of spec/kinds/*.json and spec/roles.json (spec/kinds.md).
// Python reads them strictly and refuses what is unknown; this reads data that passed there.

import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "./bytes.ts";
import { canonical, type Value } from "./canonical.ts";
import type { Field, Fields, Merge } from "./schema.ts";

export interface Kind {
  readonly name: string;
  readonly v: number;
  readonly about: readonly string[];
  readonly creates: string;
  readonly silent: boolean;
  /** Fields of the kind and those that every kind has. */
  readonly body: Fields;
  readonly merges: ReadonlyMap<string, Merge>;
}

export interface Move {
  readonly from: readonly string[];
  readonly to: string;
}

export interface Rules {
  /** SHA-256 in hex; states are compared at equal version only. */
  readonly version: string;
  readonly kinds: readonly Kind[];
  kind(name: string, v: number): Kind | undefined;
  /** The moves of a type of thing, by kind; undefined for a type that does not exist. */
  moves(type: string): { readonly [kind: string]: Move } | undefined;
}

interface KindData {
  readonly v: number;
  readonly about: readonly string[];
  readonly creates: string;
  readonly silent?: boolean;
  readonly body: Fields;
}
interface ThingData {
  readonly moves: { readonly [kind: string]: Move };
}
export interface FamilyData {
  readonly kinds: { readonly [name: string]: KindData };
  readonly things: { readonly [name: string]: ThingData };
}
export interface CommonData {
  readonly body: Fields;
}

/** Rules of what `common.json`, the families beside it and `roles.json` hold. */
export function readRules(common: CommonData, families: readonly FamilyData[], roles: { readonly roles: unknown }): Rules {
  const kinds: { [name: string]: KindData } = Object.assign({}, ...families.map((family) => family.kinds));
  const things: { [name: string]: ThingData } = Object.assign({}, ...families.map((family) => family.things));
  const read = Object.entries(kinds).map(([name, data]) => readKind(name, data, common));
  const byVersion = new Map(read.map((kind) => [`${kind.name}:${kind.v}`, kind]));
  const raw = { common, kinds, roles: roles.roles, things };
  return {
    version: toHex(sha256(canonical(withoutHelp(raw as unknown as Value)))),
    kinds: read,
    kind: (name, v) => byVersion.get(`${name}:${v}`),
    moves: (type) => (Object.hasOwn(things, type) ? things[type]!.moves : undefined),
  };
}

function readKind(key: string, data: KindData, common: CommonData): Kind {
  const silent = data.silent === true;
  const own = Object.entries(data.body).map(([name, field]) => [name, mergeOf(field, silent ? "none" : "last")] as const);
  const shared = Object.entries(common.body).map(([name, field]) => [name, mergeOf(field, "none")] as const);
  return {
    name: key.split(":")[0]!,
    v: data.v,
    about: data.about,
    creates: data.creates,
    silent,
    body: { ...data.body, ...common.body },
    merges: new Map([...own, ...shared]),
  };
}

function mergeOf(field: Field, usual: Merge): Merge {
  return field.merge ?? usual;
}

function withoutHelp(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutHelp);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "help")
      .map(([key, item]) => [key, withoutHelp(item)]),
  );
}
