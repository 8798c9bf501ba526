/**
 * What everybody may know, as the bundle gives it after it was checked: the twin of `publish/model.py`.
 * Moments are whole minutes since 1970, UTC (`...AtMin`). Absent means not known, never no and never zero.
 */

export type State = "unknown" | "open" | "paused" | "closed" | "ready";
export type Who = "" | "duty" | "desk" | "list" | "inspector";
export type Band = "" | "free" | "some" | "crowded" | "full";
export type Labels = Readonly<Record<string, string>>;

export interface Service {
  readonly value: boolean | number | string | readonly string[];
  readonly saidAtMin: number;
}

export interface Hours {
  readonly text: string;
  /** [from, to) of 14 days, ascending; null where the text cannot be read or does not hold in these days. */
  readonly openAtMin: readonly (readonly [number, number])[] | null;
}

export interface PublicPoint {
  readonly id: string;
  /** Empty where nobody gave one, and where blurred: then its kind and district name it. */
  readonly names: Labels;
  readonly kind: string;
  readonly official: boolean;
  readonly lonE7: number;
  readonly latE7: number;
  readonly blurred: boolean;
  readonly sinceAtMin: number;
  readonly lists: readonly (readonly [string, string])[];
  readonly operator: string;
  readonly address: string;
  readonly town: string;
  readonly district: string;
  readonly floor: number | null;
  readonly seats: number | null;
  readonly sockets: number | null;
  readonly entrance: Labels;
  readonly find: Labels;
  readonly photo: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly hours: Hours | null;
  readonly phone: string;
  readonly givenBy: readonly string[];
  readonly initiative: string;
  readonly paidUntil: string;
  readonly opensWhen: string;
  readonly opensWithinMin: number | null;
}

export interface Visitors {
  readonly open: number;
  readonly full: number;
  readonly shut: number;
  readonly notHere: number;
  readonly lastAtMin: number | null;
}

export interface PointStatus {
  readonly state: State;
  readonly saidAtMin: number | null;
  readonly by: Who;
  readonly untilAtMin: number | null;
  readonly band: Band;
  readonly visitors: Visitors;
}

export interface Notice {
  readonly district: string;
  readonly urgency: string;
  readonly untilAtMin: number | null;
  readonly words: Labels;
}

export interface Source {
  readonly id: string;
  readonly kind: string;
  readonly happened: string;
  readonly by: string;
}

export interface Statement {
  readonly id: string;
  readonly who: string;
  readonly role: string;
  readonly happened: string;
  readonly lang: string;
  readonly words: Labels;
  readonly url: string;
  readonly quotedVia: string;
  readonly sourceKnown: boolean;
  readonly ownWords: boolean;
  readonly inReplyTo: string;
  readonly about: string;
}

export interface Step {
  readonly step: string;
  readonly happened: string;
  readonly what: string;
  readonly count: number | null;
  readonly name: string;
  readonly point: string;
  readonly sources: readonly Source[];
}

export interface Account {
  readonly id: string;
  readonly type: "initiative" | "point";
  readonly names: Labels;
  readonly archive: boolean;
  readonly idea: Labels;
  readonly steps: readonly Step[];
  readonly statements: readonly Statement[];
  readonly points: readonly string[];
  readonly namesOf: Readonly<Record<string, Labels>>;
  readonly servedVisits: number | null;
  readonly servedUntil: string;
  readonly paidUntil: string;
}

/** Clocks of a town, ascending: from a minute since 1970 on they are so many minutes ahead of UTC. */
export type Zone = readonly (readonly [fromMin: number, aheadMin: number])[];

/** Points and statuses of one town, joined: `status[i]` belongs to `points[i]`. */
export interface Town {
  readonly net: string;
  readonly network: string;
  readonly operator: string;
  readonly area: string;
  readonly titles: Labels;
  readonly madeUp: boolean;
  readonly mode: string;
  readonly languages: readonly string[];
  readonly zone: Zone;
  readonly emergency: string;
  readonly reportUrl: string;
  readonly attribution: string;
  /** west, south, east, north [degree] */
  readonly box: readonly [number, number, number, number] | null;
  readonly asOfAtMin: number;
  readonly ttlS: number;
  readonly version: number;
  readonly points: readonly PublicPoint[];
  readonly status: readonly PointStatus[];
  readonly notices: readonly Notice[];
}

/** A street, stop, landmark or district of the town's list of names. */
export interface NamedPlace {
  readonly kind: string;
  readonly name: string;
  readonly others: readonly string[];
  readonly district: string;
  readonly lon: number;
  readonly lat: number;
}
