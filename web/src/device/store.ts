/**
 * What a device keeps: facts, what is here of each chain, which facts still wait to go, which were refused, and single
 * values (key, network, clock, own chains). `memoryStore` is for tests and for browsers that keep nothing; the real one
 * is in `idbStore.ts`. One acceptance suite runs over both.
 */
import { type ChainState, grown, type Link } from "../core/exchange/chains.ts";
import { type ChainKey, chainName, type Row } from "../core/facts/writing.ts";

export type Refusal = readonly [id: string, reason: string];

export interface Store {
  /** Whether what it keeps is still there after the page is closed. */
  readonly lasting: boolean;
  value<T>(name: string): Promise<T | undefined>;
  putValue(name: string, value: unknown): Promise<void>;
  /**
   * Keep facts and values in one step that is on disk before this returns; facts that are here already stay as they
   * are, a part that was missing is filled in.
   *
   * @param waits whether they still have to go to headquarters
   * @param values undefined: forgotten
   * @returns how many were new
   */
  add(rows: readonly Row[], waits: boolean, values?: Readonly<Record<string, unknown>>): Promise<number>;
  chains(): Promise<ChainState[]>;
  chain(key: ChainKey): Promise<Row[]>;
  get(ids: readonly string[]): Promise<Row[]>;
  ofKind(kind: string): Promise<Row[]>;
  about(thing: string): Promise<Row[]>;
  /** The newest facts of one key, by the time they were written down. */
  newestOf(origin: string, most: number): Promise<Row[]>;
  waiting(): Promise<Row[]>;
  waitingCount(): Promise<number>;
  /** These need not go any more. */
  arrived(ids: readonly string[]): Promise<void>;
  refuse(refusals: readonly Refusal[]): Promise<void>;
  refusals(): Promise<ReadonlyMap<string, string>>;
  /** Let facts go; where they stood in their chains stays known, so that they are neither missed nor taken in again. */
  forget(ids: readonly string[]): Promise<void>;
  /** Facts of a chain that were let go. */
  forgotten(key: ChainKey): Promise<Link[]>;
}

/** A fact again, with a part that was missing filled in from the same fact that brings it. */
export function filled(kept: Row, brings: Row): Row | null {
  const body = kept.fact.body === null && brings.fact.body !== null;
  const sealed = kept.fact.sealed === null && brings.fact.sealed !== null;
  if (!body && !sealed) return null;
  return {
    ...kept,
    fact: {
      ...kept.fact,
      ...(body && { body: brings.fact.body, salt: brings.fact.salt }),
      ...(sealed && { sealed: brings.fact.sealed, sealedSalt: brings.fact.sealedSalt }),
    },
  };
}

export const linkOf = ({ id, header }: Row): Link => ({ id, header: { seq: header.seq, prev: header.prev } });

export const byTimeDown = (a: Row, b: Row): number =>
  b.header.at[0] - a.header.at[0] || b.header.at[1] - a.header.at[1] || (a.id < b.id ? 1 : -1);

export function memoryStore(): Store {
  const rows = new Map<string, Row>();
  const states = new Map<string, ChainState>();
  const values = new Map<string, unknown>();
  const waits = new Set<string>();
  const refused = new Map<string, string>();
  const past = new Map<string, Link & { readonly chain: string }>();
  const some = (wanted: (row: Row) => boolean): Row[] => [...rows.values()].filter(wanted);
  return {
    lasting: false,
    value: async <T>(name: string) => values.get(name) as T | undefined,
    putValue: async (name, value) => void values.set(name, value),
    async add(fresh, waiting, more = {}) {
      let count = 0;
      for (const row of fresh) {
        const kept = rows.get(row.id);
        if (kept) {
          rows.set(row.id, filled(kept, row) ?? kept);
          if (!waiting) waits.delete(row.id);
          continue;
        }
        if (past.has(row.id)) continue;
        const name = chainName(row.header);
        states.set(name, grown(states.get(name), row, rows.has(row.header.prev) || past.has(row.header.prev)));
        rows.set(row.id, row);
        if (waiting) waits.add(row.id);
        count += 1;
      }
      for (const [name, value] of Object.entries(more)) value === undefined ? values.delete(name) : values.set(name, value);
      return count;
    },
    chains: async () => [...states.values()],
    chain: async (key) => some(({ header }) => chainName(header) === chainName(key)).sort((a, b) => a.header.seq - b.header.seq),
    get: async (ids) => ids.flatMap((id) => rows.get(id) ?? []),
    ofKind: async (kind) => some(({ header }) => header.kind === kind),
    about: async (thing) => some((row) => row.header.about === thing || row.id === thing),
    newestOf: async (origin, most) => some(({ header }) => header.origin === origin).sort(byTimeDown).slice(0, most),
    waiting: async () => some((row) => waits.has(row.id)),
    waitingCount: async () => waits.size,
    arrived: async (ids) => ids.forEach((id) => waits.delete(id)),
    async refuse(refusals) {
      for (const [id, reason] of refusals) {
        refused.set(id, reason);
        waits.delete(id);
      }
    },
    refusals: async () => refused,
    async forget(ids) {
      for (const id of ids) {
        const row = rows.get(id);
        if (!row) continue;
        past.set(id, { ...linkOf(row), chain: chainName(row.header) });
        rows.delete(id);
      }
    },
    forgotten: async (key) => [...past.values()].filter(({ chain }) => chain === chainName(key)),
  };
}
