/** What a plan is, as `/api/v1/plans/{id}` gives it. Names and units are those of the file `plan.json`. */

export interface Plan {
  readonly format: string;
  readonly id: string;
  readonly created: string;
  readonly area: Area;
  readonly summary: Summary;
  readonly existing: readonly Existing[];
  readonly unserved_persons: number;
  readonly unreachable_persons: number;
  readonly profile: { readonly name: string; readonly speed_m_per_s: number };
  readonly curve?: readonly CurvePoint[];
  readonly stability?: Stability;
  readonly assumptions?: readonly string[];
  readonly notes?: readonly string[];
}

export interface Area {
  readonly name: string;
  readonly title?: string;
  readonly made_up: boolean;
  /** west, south, east, north [degrees] */
  readonly box: readonly [number, number, number, number];
  readonly people_how: string;
  readonly people_source?: string;
  readonly attribution?: string;
  readonly notes?: readonly string[];
}

export interface Summary {
  readonly k: number;
  readonly minutes: number;
  readonly profile: string;
  readonly demand_persons: number;
  readonly existing_persons: number;
  readonly covered_persons: number;
  readonly bound_persons: number;
  readonly proven: boolean;
  readonly stopped_by: string;
  readonly sites: readonly Site[];
}

export interface Site {
  readonly rank: number;
  readonly id: string;
  readonly lon: number;
  readonly lat: number;
  readonly name: string;
  /** own: its own name; street: the streets that meet here; near: the nearest thing that has a name */
  readonly named_by?: string;
  readonly kind: string;
  readonly detail?: string;
  readonly asked: string;
  readonly adds_persons: number;
  readonly backup_persons: number;
  readonly covers_persons?: number;
  readonly farthest_walk_min?: number | null;
  readonly why?: readonly Reason[];
}

export interface Reason {
  readonly code: string;
  readonly persons?: number;
  readonly name?: string | null;
  readonly named_by?: string;
  readonly rank?: number | null;
  readonly minutes?: number | null;
}

export interface Existing {
  readonly id: string;
  readonly lon: number;
  readonly lat: number;
  readonly name: string;
  readonly named_by?: string;
  readonly covers_persons?: number;
}

export interface CurvePoint {
  readonly k: number;
  readonly covered_persons: number;
  readonly bound_persons: number;
}

export interface Stability {
  readonly walks_10_percent_slower?: { readonly same_sites_persons: number; readonly bound_persons: number };
  readonly people_20_percent?: {
    readonly draws: number;
    readonly worst_share_of_best: number;
    readonly sites_that_stay: readonly number[];
  };
}

/** One row of `/api/v1/plans`. */
export interface PlanRow {
  readonly id: string;
  readonly created: string;
  readonly area: string;
  readonly title: string;
  readonly made_up: boolean;
  readonly k: number;
  readonly minutes: number;
}
