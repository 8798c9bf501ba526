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
  readonly figures?: Figures;
  /** The first choice with as many places, where the plan is another one. */
  readonly first?: First;
  readonly fronts?: { readonly walk?: readonly FrontPoint[]; readonly cost?: readonly FrontPoint[] };
  readonly districts?: { readonly how: string; readonly rows: readonly District[] };
  readonly asked?: { readonly steps?: number; readonly shut_chance?: number; readonly share_millionths?: number; readonly budget?: number };
  readonly notes?: readonly string[];
}

/** By these plans are compared; null: nobody, or not known. */
export interface Figures {
  readonly covered_persons: number;
  readonly twice_persons: number;
  readonly worst_district: { readonly name: string; readonly share: number } | null;
  readonly farthest_min: number | null;
  readonly mean_min: number | null;
}

export interface First {
  readonly k: number;
  readonly sites: readonly string[];
  readonly bound_persons: number;
  readonly proven: boolean;
  readonly figures: Figures;
  readonly cost?: number | null;
}

/** A point of a front: with this longest walk or this budget, so many people are reached, and at most so many. */
export interface FrontPoint {
  readonly farthest_min?: number;
  readonly cost?: number;
  readonly covered_persons: number;
  readonly bound_persons: number;
}

export interface District {
  readonly name: string;
  readonly persons: number;
  readonly covered_persons: number;
  /** whether it counts for the worst */
  readonly counts: boolean;
}

/** Two plans side by side, as `/api/v1/plans/{id}/compare/{other}` gives them. */
export interface Compared {
  readonly plans: readonly {
    readonly id: string;
    readonly aim: string;
    readonly k: number;
    readonly minutes: number;
    readonly covered_persons: number;
    readonly bound_persons: number;
    readonly proven: boolean;
    readonly cost: number | null;
    readonly figures: Partial<Figures>;
  }[];
  readonly both: readonly string[];
  readonly only: readonly (readonly string[])[];
  readonly sites: Readonly<Record<string, { readonly lon: number; readonly lat: number; readonly name: string; readonly named_by?: string | null }>>;
  readonly same_walk: boolean;
  readonly persons: { readonly both: number; readonly only: readonly number[]; readonly neither: number } | null;
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
  /** which choice it is; "most" where nothing is said */
  readonly aim?: string;
  readonly objective?: { readonly what: string; readonly value: number; readonly bound: number };
  readonly cost?: number;
  readonly left_out_persons?: number;
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
  readonly aim?: string;
}
