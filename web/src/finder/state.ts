/** What the finder knows at one moment, and whoever wants to hear of a change. */
import type { Account, Town } from "../core/public.ts";
import type { Spot } from "./geo.ts";
import type { Became } from "./store/reports.ts";
import type { T } from "./texts.ts";
import type { Names } from "./names.ts";
import type { Walks } from "./walks.ts";

/** Why a copy was not taken. */
export type Why = "unreachable" | "damaged" | "too_new" | "other_network" | "forged" | "rolled_back" | "expired";

export interface From {
  readonly spot: Spot;
  /** As the list of names has it; "" where it is the phone's position. */
  readonly name: string;
}

/** A walk that was begun. */
export interface Walk {
  readonly id: string;
  readonly startedAtMin: number;
  /** Minutes on foot from where it began; null where only a straight line is known. */
  readonly minutes: number | null;
}

export interface State {
  readonly t: T;
  readonly languages: readonly string[];
  readonly town: Town | null;
  /** Whether the network's key came from a code at a door; null before anything was opened. */
  readonly checked: boolean | null;
  /** The last thing that was not taken, and why; null where all is well. */
  readonly refused: Why | null;
  /** The copy in use is past its day. */
  readonly expired: boolean;
  readonly asking: boolean;
  /** Bytes kept on this phone; what is read out of the page itself counts as kept. */
  readonly keptBytes: number;
  readonly mapBytes: number;
  readonly mapKept: boolean;
  /** The town's list of names; null while it is not here. */
  readonly names: Names | null;
  /** Walk minutes of the profile chosen; null while they are not here, and where there is no map. */
  readonly walks: Walks | null;
  /** Names or walks are still on their way. */
  readonly coming: boolean;
  readonly from: From | null;
  readonly slow: boolean;
  readonly forOther: boolean;
  readonly needs: readonly string[];
  readonly walk: Walk | null;
  /** Ids of places somebody stood before and found shut on this walk. */
  readonly foundShut: readonly string[];
  readonly accounts: readonly Account[] | null;
  readonly reports: Readonly<Record<string, Became>>;
  readonly nowMin: number;
}

export interface Holder<S> {
  get(): S;
  set(change: Partial<S>): void;
  listen(hear: () => void): () => void;
}

export function hold<S extends object>(first: S): Holder<S> {
  let state = first;
  const ears = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const hear of ears) hear();
    },
    listen(hear) {
      ears.add(hear);
      return () => ears.delete(hear);
    },
  };
}
