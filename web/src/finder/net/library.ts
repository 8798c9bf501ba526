/** The bundle as the finder uses it: what is kept on this phone, what is newer, and the big parts when they are wanted. */
import { accounts, content, type DoorCode, type Get, type Memory, names, type Opened, openBundle, openKept, Refusal, refresh } from "../../core/bundle/bundle.ts";
import type { Account, NamedPlace } from "../../core/public.ts";
import type { Why } from "../state.ts";
import { breathe } from "../breath.ts";
import { fetchLater } from "../screens/later.ts";
import type { Store } from "../store/idb.ts";
import type { Walks } from "../walks.ts";

/** What was opened, or why not; what is kept stays in use where something newer was refused. */
export interface Outcome {
  readonly opened: Opened | null;
  readonly refused: Why | null;
}

export interface Library {
  /** What is kept, and what is asked for at once beside it. */
  start(): { readonly kept: Promise<Opened | null>; readonly newer: Promise<Outcome> };
  /** Asks for what is newer than what is kept; for everything where nothing is. */
  fetch(): Promise<Outcome>;
  names(of: Opened): Promise<readonly NamedPlace[]>;
  /** Walks of one profile; null where there is no map, or none of that profile. */
  walks(of: Opened, profile: string): Promise<Walks | null>;
  accounts(of: Opened): Promise<readonly Account[]>;
  /** The basemap, whole. */
  map(of: Opened): Promise<Uint8Array>;
  mapKept(of: Opened): Promise<boolean>;
  /** How much is kept [bytes]. */
  keptBytes(of: Opened): Promise<number>;
  forget(): Promise<void>;
}

export const BASEMAP = "basemap";
const PREFIX = "bundle/";

/** What a bundle keeps, beside the reports that wait in the same store. */
export function memoryIn(store: Store): Memory {
  return {
    get: (name) => store.get<Uint8Array>(PREFIX + name),
    put: (name, bytes) => store.put(PREFIX + name, bytes),
    drop: (name) => store.delete(PREFIX + name),
    names: async () => (await store.keys()).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length)),
  };
}

/**
 * @param nowS the clock [s]; a page that carries its data gives 0: it is a copy kept, which stays readable when it expired
 * @param door what the code at the door said, where this page was opened by it
 */
export function makeLibrary(get: Get, memory: Memory, nowS: () => number, door?: DoorCode): Library {
  let code = door;
  let opened = false;
  const outcome = (found: Opened | Refusal): Outcome =>
    found instanceof Refusal ? { opened: null, refused: found.code } : { opened: found, refused: found.refused?.code ?? null };
  return {
    start() {
      const kept = code ? Promise.resolve(null) : openKept(memory, nowS()).catch(() => null);
      return { kept, newer: kept.then((copy) => ((opened = copy !== null), this.fetch())) };
    },
    async fetch() {
      const found = opened ? await refresh(get, memory, nowS()) : await openBundle(get, memory, nowS(), code);
      code = undefined; // a code is one visit to a door
      opened ||= !(found instanceof Refusal);
      return outcome(found);
    },
    names: (of) => names(of, get, memory),
    async walks(of, profile) {
      const roles = of.walk?.profiles[profile];
      if (!of.walk || !roles) return null;
      const program = fetchLater();
      const [cells, ...packs] = await Promise.all([of.walk.cells, ...roles].map((role) => content(role, of, get, memory)));
      if (!cells) return null;
      const { walksOf } = await program;
      return walksOf(cells, packs, of.town.points.map((point) => point.id), breathe);
    },
    accounts: (of) => accounts(of, get, memory),
    map: (of) => content(BASEMAP, of, get, memory),
    mapKept: async (of) => (await memory.names()).includes(of.files[BASEMAP]?.path ?? ""),
    async keptBytes(of) {
      const known = Object.values(of.files); // a map is not read for its size
      let sum = 0;
      for (const name of await memory.names()) sum += (known.find((file) => file.path === name)?.bytes ?? (await memory.get(name))?.length) || 0;
      return sum;
    },
    async forget() {
      for (const name of await memory.names()) await memory.drop(name);
      opened = false;
    },
  };
}
