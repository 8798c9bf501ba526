/**
 * The shapes in which the desk is told what is so; `src/shanyrak/app/desk/model.py` says what each member means.
 * Moments are whole minutes since 1970 UTC (`*_at_min`); null is "not known", never zero.
 */

export type Labels = Readonly<Record<string, string>>;
export type State = "" | "planned" | "equipping" | "ready" | "open" | "paused" | "closed" | "lost";
export type Shown = "open" | "not_confirmed" | "paused" | "closed" | "ready" | "unknown";
export type Who = "" | "duty" | "desk" | "list" | "inspector" | "driver" | "visitors" | "headquarters";
export type TodoWhat = "ordered" | "contradicted" | "silent" | "need" | "incident" | "runs_out" | "proposal" | "photo" | "initiative" | "twin" | "refused" | "fork" | "quarantine";

export interface AreaFrame {
  readonly id: string;
  readonly names: Labels;
  readonly districts: readonly string[];
  readonly mode: string;
  readonly mode_said_at_min: number | null;
  readonly made_up: boolean;
  readonly map_name: string;
  readonly box_e7: readonly number[] | null;
}

export interface Frame {
  readonly network: string;
  readonly net: string;
  readonly made_up: boolean;
  readonly zone: string;
  readonly now_at_min: number;
  readonly areas: readonly AreaFrame[];
  readonly plans: boolean;
}

export interface PointRef {
  readonly id: string;
  readonly names: Labels;
  readonly address: string;
  readonly district: string;
  readonly kind: string;
  readonly state: State;
  readonly shown: Shown;
  readonly said_at_min: number | null;
  readonly by: Who;
}

export interface Todo {
  readonly key: string;
  readonly what: TodoWhat;
  readonly urgency: "now" | "soon" | "later";
  readonly since_at_min: number;
  readonly point: PointRef | null;
  readonly phone: string | null;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface TodoList {
  readonly as_of_at_min: number;
  readonly items: readonly Todo[];
  /** How many more there are of a kind than are told here. */
  readonly more?: Readonly<Record<string, number>>;
}

export interface PointTable {
  readonly as_of_at_min: number;
  readonly id: readonly string[];
  readonly name: readonly Labels[];
  readonly kind: readonly string[];
  readonly address: readonly string[];
  readonly district: readonly string[];
  readonly area: readonly string[];
  readonly operator: readonly string[];
  readonly lon_e7: readonly (number | null)[];
  readonly lat_e7: readonly (number | null)[];
  readonly state: readonly State[];
  readonly shown: readonly Shown[];
  readonly said_at_min: readonly (number | null)[];
  readonly by: readonly Who[];
  readonly band: readonly string[];
  readonly official: readonly boolean[];
  readonly number: readonly string[];
  readonly seats: readonly (number | null)[];
  readonly needs: readonly (number | null)[];
  readonly contradicted: readonly boolean[];
  readonly ordered: readonly ("" | "open" | "stand_down")[];
  readonly visibility: readonly ("public" | "blurred" | "hidden")[];
}

/** What is different in a table since the one of a tag: both have the same places in the same order. */
export interface PointChanges {
  readonly since: string;
  readonly at: readonly number[];
  readonly rows: PointTable;
}

export interface StoryLine {
  readonly record: string;
  readonly kind: string;
  readonly at_min: number;
  readonly happened: string;
  readonly via: string;
  readonly by: Who;
  readonly device: string;
  readonly line: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly mark: string;
}

export interface Said {
  readonly value: unknown;
  readonly said_at_min: number;
  readonly by: Who;
}

export interface PointWhole {
  readonly ref: PointRef;
  readonly area: string;
  readonly lon_e7: number | null;
  readonly lat_e7: number | null;
  readonly operator: string;
  readonly official: boolean;
  readonly lists: Readonly<Record<string, string>>;
  readonly unknown_from_at_min: number | null;
  readonly contradicted: boolean;
  readonly against: readonly Readonly<Record<string, unknown>>[];
  readonly hours: Said | null;
  readonly services: Readonly<Record<string, Said>>;
  readonly status: Readonly<Record<string, Said>>;
  readonly stock: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly needs: readonly Readonly<Record<string, unknown>>[];
  readonly incidents: readonly Readonly<Record<string, unknown>>[];
  readonly visits_24h: number | null;
  readonly orders: readonly Readonly<Record<string, unknown>>[];
  readonly visibility: Readonly<Record<string, string>>;
  readonly equipment: readonly Readonly<Record<string, unknown>>[];
  readonly inspections: readonly Readonly<Record<string, unknown>>[];
  readonly devices: readonly Readonly<Record<string, unknown>>[] | null;
  readonly phone: string | null;
  readonly entrance: Labels | null;
  readonly photo: string;
  readonly photo_public: boolean;
  readonly story: readonly StoryLine[];
}

export interface OrderRow {
  readonly point: PointRef;
  readonly answer: "opened" | "confirmed" | "refused" | "silent" | "closed";
  readonly because: string;
  readonly answered_at_min: number | null;
  readonly opens_within_min: number | null;
  readonly phone: string | null;
}

export interface Order {
  readonly id: string;
  readonly order: "open" | "stand_down";
  readonly area: string;
  readonly district: string;
  readonly said_at_min: number;
  readonly open_by_at_min: number | null;
  readonly by: string;
  readonly rows: readonly OrderRow[];
}

export interface Preview {
  readonly rows: readonly PointRef[];
  readonly counts: Readonly<Record<string, number>>;
  readonly without_phone: number;
  readonly already: number;
}

export interface ReportRow {
  readonly district: string;
  readonly points: number;
  readonly working: number;
  readonly ready: number;
  readonly not_working: number;
  readonly no_word: number;
  readonly visits_24h: number | null;
  readonly open_needs: number;
}

export interface DayReport {
  readonly day: string;
  readonly area: string;
  readonly as_of_at_min: number;
  readonly rows: readonly ReportRow[];
  readonly total: ReportRow;
  readonly needs: readonly Readonly<Record<string, unknown>>[];
  readonly not_working: readonly Readonly<Record<string, unknown>>[];
  readonly notes: string;
  readonly approved_by: string;
  readonly approved_at_min: number | null;
  readonly hash: string;
}

export interface DeviceRow {
  readonly key: string;
  readonly name: string;
  readonly roles: readonly Readonly<Record<string, unknown>>[];
  readonly last_heard_at_min: number | null;
  readonly records: number;
  readonly this: boolean;
}

export interface Equipment {
  readonly promises: readonly Readonly<Record<string, unknown>>[];
  readonly kits: readonly Readonly<Record<string, unknown>>[];
  readonly deliveries: readonly Readonly<Record<string, unknown>>[];
  readonly costs: readonly Readonly<Record<string, unknown>>[];
}

export interface ListProblem {
  readonly row: number;
  readonly what: string;
  readonly mend: string;
}

export interface ListTwin {
  readonly row: number;
  readonly name: string;
  readonly address: string;
  readonly other: PointRef;
  readonly distance_m: number | null;
  readonly likeness_percent: number;
}

export interface ListPreview {
  readonly token: string;
  readonly name: string;
  readonly rows: number;
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly gone: number;
  readonly problems: readonly ListProblem[];
  readonly twins: readonly ListTwin[];
}

export interface WhatIf {
  readonly covered_persons: number;
  readonly persons: number;
  readonly share: number;
  readonly change_persons: number;
  readonly at_most_persons: number;
  readonly farthest_min: number | null;
  readonly mean_min: number | null;
  readonly twice_persons: number;
  readonly worst_district: { readonly name: string; readonly share: number } | null;
  readonly sites: readonly Readonly<Record<string, unknown>>[];
  readonly seconds: number;
}
