/** What a device keeps, in IndexedDB. Everything is on disk (durability strict) before a promise is kept. */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import { type ChainState, grown, type Link } from "../core/exchange/chains.ts";
import type { Fact, Header } from "../core/facts/fact.ts";
import { chainName, type Row, thingOf } from "../core/facts/writing.ts";
import { filled, linkOf, type Store } from "./store.ts";

interface Kept {
  readonly id: string;
  readonly header: Header;
  readonly fact: Fact;
  readonly chain: string;
  readonly thing: string;
  readonly atMs: number;
  readonly atCounter: number;
  /** Only where it still has to go; an index holds those rows alone. */
  readonly waits?: 1;
}

interface Schema extends DBSchema {
  facts: {
    key: string;
    value: Kept;
    indexes: { chain: [string, number]; kind: string; thing: string; origin: [string, number, number]; waits: number };
  };
  chains: { key: string; value: ChainState };
  values: { key: string; value: unknown };
  refused: { key: string; value: string };
  past: { key: string; value: Link & { readonly chain: string }; indexes: { chain: string } };
}

const DURABLE = { durability: "strict" } as const;
const ALL = ["facts", "chains", "values", "refused", "past"] as const;

const keptOf = (row: Row, waits: boolean): Kept => ({
  id: row.id,
  header: row.header,
  fact: row.fact,
  chain: chainName(row.header),
  thing: thingOf(row),
  atMs: row.header.at[0],
  atCounter: row.header.at[1],
  ...(waits && { waits: 1 as const }),
});
const rowOf = ({ id, header, fact }: Kept): Row => ({ id, header, fact });

/** @param name one database for each app of each network's address, so that two of them on one machine do not meet */
export async function idbStore(name: string): Promise<Store> {
  const db: IDBPDatabase<Schema> = await openDB<Schema>(name, 2, {
    upgrade(fresh, before) {
      fresh.createObjectStore("past", { keyPath: "id" }).createIndex("chain", "chain");
      if (before > 0) return;
      const facts = fresh.createObjectStore("facts", { keyPath: "id" });
      facts.createIndex("chain", ["chain", "header.seq"]);
      facts.createIndex("kind", "header.kind");
      facts.createIndex("thing", "thing");
      facts.createIndex("origin", ["header.origin", "atMs", "atCounter"]);
      facts.createIndex("waits", "waits");
      fresh.createObjectStore("chains");
      fresh.createObjectStore("values");
      fresh.createObjectStore("refused");
    },
  });

  const writing = async <T>(act: (tx: IDBPTransaction<Schema, typeof ALL, "readwrite">) => Promise<T>): Promise<T> => {
    const tx = db.transaction(ALL, "readwrite", DURABLE);
    try {
      const answer = await act(tx);
      await tx.done; // a full disk is told when the transaction ends, not before
      return answer;
    } catch (fault) {
      tx.done.catch(() => undefined);
      try {
        tx.abort();
      } catch {
        // it was aborted already
      }
      throw fault;
    }
  };

  return {
    lasting: true,
    value: async <T>(key: string) => (await db.get("values", key)) as T | undefined,
    putValue: (key, value) => writing(async (tx) => void (await tx.objectStore("values").put(value, key))),
    add: (rows, waits, values = {}) =>
      writing(async (tx) => {
        const facts = tx.objectStore("facts");
        const chains = tx.objectStore("chains");
        let count = 0;
        for (const row of rows) {
          const kept = await facts.get(row.id);
          if (kept) {
            const better = filled(kept, row);
            if (better || (kept.waits && !waits)) await facts.put(keptOf(better ?? kept, waits && kept.waits === 1));
            continue;
          }
          const past = tx.objectStore("past");
          if ((await past.getKey(row.id)) !== undefined) continue;
          const chain = chainName(row.header);
          const prevHere = row.header.prev !== "" && ((await facts.getKey(row.header.prev)) ?? (await past.getKey(row.header.prev))) !== undefined;
          await chains.put(grown(await chains.get(chain), row, prevHere), chain);
          await facts.put(keptOf(row, waits));
          count += 1;
        }
        for (const [key, value] of Object.entries(values)) await (value === undefined ? tx.objectStore("values").delete(key) : tx.objectStore("values").put(value, key));
        return count;
      }),
    chains: () => db.getAll("chains"),
    chain: async (key) => {
      const chain = chainName(key);
      return (await db.getAllFromIndex("facts", "chain", IDBKeyRange.bound([chain, 0], [chain, Number.MAX_SAFE_INTEGER]))).map(rowOf);
    },
    get: async (ids) => {
      const tx = db.transaction("facts");
      const found = await Promise.all(ids.map((id) => tx.store.get(id)));
      return found.flatMap((kept) => (kept ? [rowOf(kept)] : []));
    },
    ofKind: async (kind) => (await db.getAllFromIndex("facts", "kind", kind)).map(rowOf),
    about: async (thing) => (await db.getAllFromIndex("facts", "thing", thing)).map(rowOf),
    newestOf: async (origin, most) => {
      const found: Row[] = [];
      const range = IDBKeyRange.bound([origin, 0, 0], [origin, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
      let cursor = await db.transaction("facts").store.index("origin").openCursor(range, "prev");
      while (cursor && found.length < most) {
        found.push(rowOf(cursor.value));
        cursor = await cursor.continue();
      }
      return found;
    },
    waiting: async () => (await db.getAllFromIndex("facts", "waits")).map(rowOf),
    waitingCount: () => db.countFromIndex("facts", "waits"),
    arrived: (ids) => writing((tx) => leave(tx, ids)),
    refuse: (refusals) =>
      writing(async (tx) => {
        for (const [id, reason] of refusals) await tx.objectStore("refused").put(reason, id);
        await leave(tx, refusals.map(([id]) => id));
      }),
    forget: (ids) =>
      writing(async (tx) => {
        const facts = tx.objectStore("facts");
        for (const id of ids) {
          const kept = await facts.get(id);
          if (!kept) continue;
          await tx.objectStore("past").put({ ...linkOf(kept), chain: kept.chain });
          await facts.delete(id);
        }
      }),
    forgotten: async (key) => (await db.getAllFromIndex("past", "chain", chainName(key))).map(({ id, header }) => ({ id, header })),
    refusals: async () => {
      const tx = db.transaction("refused");
      const [keys, reasons] = await Promise.all([tx.store.getAllKeys(), tx.store.getAll()]);
      return new Map(keys.map((id, k) => [id, reasons[k] as string]));
    },
  };
}

/** Facts that need not go any more. */
async function leave(tx: IDBPTransaction<Schema, typeof ALL, "readwrite">, ids: readonly string[]): Promise<void> {
  const facts = tx.objectStore("facts");
  for (const id of ids) {
    const kept = await facts.get(id);
    if (kept?.waits) await facts.put(keptOf(kept, false));
  }
}
