/** What a device is told with and tells: see `device.ts`, which gives all of this on. */
import type { Verify } from "../core/facts/signing.ts";
import type { Said, Signer } from "../core/facts/writing.ts";
import type { KeptKey } from "./key.ts";
import type { Standing } from "./standing.ts";
import type { Store } from "./store.ts";
import type { Wire } from "./wire.ts";

export type Role = "admin" | "headquarters" | "desk" | "host" | "driver" | "inspector";

/** What a device was admitted for. */
export interface Member {
  /** The network's id, and what it is called. */
  readonly net: string;
  readonly network: string;
  readonly role: Role;
  /** The point or area it is trusted for; the network's id: everywhere. */
  readonly scope: string;
  readonly scopeName: string;
  /** Until when, ms since 1970; null: it goes on. */
  readonly untilMs: number | null;
}

export interface Session {
  readonly key: string;
  readonly net: string;
  readonly name: string;
  readonly roles: readonly { readonly role: Role; readonly scope: string; readonly until_ms: number | null }[];
  readonly until_ms: number;
}

/** Something this device said. */
export interface Report {
  readonly id: string;
  readonly kind: string;
  readonly about: string;
  readonly scope: string;
  readonly atMs: number;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly sealed: Readonly<Record<string, unknown>> | null;
  readonly standing: Standing;
  /** Why it was not accepted, in the server's words; "" otherwise. */
  readonly reason: string;
}

/** How the last exchange went. */
export interface Line {
  readonly busy: boolean;
  /** When an exchange last came to its end, ms since 1970; null: never. */
  readonly lastMs: number | null;
  readonly fault: "" | "unreachable" | "not_admitted" | "other";
  /** Facts that still wait here. */
  readonly waiting: number;
}

export interface Ground {
  readonly store: Store;
  readonly wire: (root: () => URL | null) => Wire;
  /** Address of the server that this page came from. */
  readonly root: URL | null;
  readonly nowMs: () => number;
  readonly random: (count: number) => Uint8Array;
  readonly makeKey: () => Promise<KeptKey>;
  readonly signer: (kept: KeptKey) => Signer;
  readonly verify: Verify;
  /** Runs one at a time, in all tabs of this browser. */
  readonly turn: <T>(name: string, act: () => Promise<T>) => Promise<T>;
}

export interface Where {
  /** The thing it is about; left out in what creates a thing. */
  readonly about?: string;
  /** Where it is said; follows from the kind and `about` where this device knows the thing. */
  readonly scope?: string;
  /** Words, names: kept beside the signed record, and can be withdrawn. */
  readonly sealed?: Said | null;
  /** Values kept in the same step; undefined: forgotten. */
  readonly kept?: Readonly<Record<string, unknown>>;
}
