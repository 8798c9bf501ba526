/**
 * What a plan that is not the first choice promises, and what it gives up against it. Sentences and rounding are those of
 * the report (`app/report/trading.py`): reached down, at most possible up, walks that somebody has up.
 */
import type { Compared, Figures, Plan } from "./plan.ts";
import { percent, type Texts } from "./texts.ts";
import { minutes, type Piece, placeName, sentence } from "./words.ts";

const TINY = 1e-9;
const down = (value: number): number => Math.floor(value + TINY);
const up = (value: number): number => Math.ceil(value - TINY);

const perCent = (t: Texts, value: number): string => t("plan.percent", { value: t.number(value, 1) });
export const shareDown = (t: Texts, share: number): string => perCent(t, down(share * 100));
export const shareUp = (t: Texts, share: number, parts = 100): string => perCent(t, (up(share * parts) * 100) / parts);
/** A walk that somebody has [min]. */
export const walkUp = (t: Texts, walk: number): string => t.number(up(walk * 10) / 10, 1);
const walkDown = (t: Texts, walk: number): string => t.number(down(walk * 10) / 10, 1);
const people = (t: Texts, n: number): string => t("plan.people", { n: down(n) });

export const choiceName = (t: Texts, aim: string | undefined): string => t.find(`plan.choice.${aim ?? "most"}`) ?? t("plan.choice.most");

/** The sentence a plan begins with, the first choice or another. */
export function sentenceOf(t: Texts, plan: Plan): Piece[] {
  if (!plan.first) return sentence(t, plan.summary, plan.existing.length);
  return [{ text: promise(t, plan), strong: false }];
}

function promise(t: Texts, plan: Plan): string {
  const { summary } = plan;
  const said = summary.objective;
  const what = said?.what ?? "own";
  const value = said?.value ?? summary.covered_persons;
  const bound = said?.bound ?? summary.bound_persons;
  const steps = Math.max(plan.asked?.steps ?? 1, 1);
  const places = t("plan.new_places", { n: summary.k });
  const head =
    plan.existing.length === 0
      ? t("plan.says.head", { places })
      : t("plan.says.head_existing", { places, existing: t("plan.sentence.existing", { n: plan.existing.length }) });
  const values: Record<string, string> = { head, minutes: minutes(t, summary.minutes), people: people(t, summary.covered_persons) };
  let limit = t.number(up(bound));
  switch (what) {
    case "covered":
    case "twice":
    case "gradual":
    case "expected":
      values.people = people(t, value);
      if (what === "expected") values.share = percent(t, plan.asked?.shut_chance ?? 0);
      break;
    case "over_order":
      values.people = people(t, value / steps);
      limit = t.number(up(bound / steps));
      break;
    case "worst_share": {
      const worst = plan.figures?.worst_district;
      if (!worst) return t("plan.says.worst_share_none", values);
      values.share = shareDown(t, worst.share);
      values.district = worst.name;
      limit = shareUp(t, bound);
      break;
    }
    case "farthest_min":
    case "mean_min":
      values.walk = walkUp(t, value);
      values.cut = t.number(4 * summary.minutes);
      limit = walkDown(t, bound);
      break;
    case "cost":
      values.cost = t.number(value);
      break;
  }
  const share = percent(t, (plan.asked?.share_millionths ?? 0) / 1e6);
  const limited = summary.proven ? t("plan.limit.proven") : (t.find(`plan.limit.${what}`, { limit, share }) ?? "");
  const lost = Math.round(plan.unreachable_persons + (summary.left_out_persons ?? 0));
  const left = what === "farthest_min" && lost > 0 ? ` ${t("plan.says.left_out", { n: lost })}` : "";
  return `${t.find(`plan.says.${what}`, values) ?? ""} ${limited}${left}`;
}

/** What was given up and won against the first choice, a sentence each. */
export function traded(t: Texts, plan: Plan): string[] {
  const { first, figures: mine, summary } = plan;
  if (!first || !mine) return [];
  const theirs = first.figures;
  const span = minutes(t, summary.minutes);
  const all = Math.max(summary.demand_persons, TINY);
  const lines: string[] = [];
  const less = Math.floor(theirs.covered_persons) - Math.floor(mine.covered_persons);
  const share = perCent(t, Math.round((Math.abs(less) / all) * 1000) / 10);
  if (less === 0) lines.push(t("plan.trade.people_same", { minutes: span }));
  else if (less > 0) lines.push(t("plan.trade.people_less", { n: less, minutes: span, share }));
  else lines.push(t("plan.trade.people_more", { n: -less, minutes: span }));
  const givenUp = Math.max(0, first.bound_persons - mine.covered_persons);
  if (!first.proven && Math.round(givenUp) > 0) lines.push(t("plan.trade.people_bound", { most: t.number(up(givenUp)), share: shareUp(t, givenUp / all, 1000) }));
  lines.push(...worst(t, mine, theirs), ...walk(t, "farthest_min", mine, theirs), ...walk(t, "mean_min", mine, theirs));
  const before = people(t, theirs.twice_persons);
  const after = people(t, mine.twice_persons);
  if (before !== after) lines.push(t("plan.trade.twice", { before, after, minutes: span }));
  if (typeof first.cost === "number" && typeof summary.cost === "number" && first.cost !== summary.cost)
    lines.push(t("plan.trade.cost", { before: t.number(first.cost), after: t.number(summary.cost) }));
  return lines;
}

function worst(t: Texts, { worst_district: mine }: Figures, { worst_district: theirs }: Figures): string[] {
  if (!mine || !theirs) return [];
  const values = { before: shareDown(t, theirs.share), after: shareDown(t, mine.share), district: mine.name, other: theirs.name };
  if (values.before === values.after) return [];
  const same = mine.name === theirs.name;
  if (mine.share > theirs.share) return [t(same ? "plan.trade.worst_up_same" : "plan.trade.worst_up", values)];
  return [t(same ? "plan.trade.worst_down_same" : "plan.trade.worst_down", values)];
}

function walk(t: Texts, name: "farthest_min" | "mean_min", mine: Figures, theirs: Figures): string[] {
  const [a, b] = [theirs[name], mine[name]];
  if (a === null || b === null) return [];
  const values = { before: walkUp(t, a), after: walkUp(t, b) };
  if (values.before === values.after) return [];
  if (name === "farthest_min") return [t(b < a ? "plan.trade.walk_down" : "plan.trade.walk_up", values)];
  return [t(b < a ? "plan.trade.mean_down" : "plan.trade.mean_up", values)];
}

/** Rows of two plans side by side: name, this, the other; what is unknown says so. */
export function figureRows(t: Texts, told: Compared): [string, string, string][] {
  const unknown = t("plan.figure.not_known");
  type One = Compared["plans"][number];
  const row = (name: string, of: (one: One) => string | null): [string, string, string] => {
    const [a, b] = told.plans;
    return [name, (a && of(a)) ?? unknown, (b && of(b)) ?? unknown];
  };
  const walkOf = (value: number | null | undefined): string | null => (typeof value === "number" ? t("plan.figure.walk_value", { value: walkUp(t, value) }) : null);
  const personsOf = (value: number | undefined): string | null => (value === undefined ? null : t.number(down(value)));
  const rows = [
    row(t("plan.compare.choice"), (one) => choiceName(t, one.aim)),
    row(t("plan.compare.places"), (one) => t.number(one.k)),
    row(t("plan.compare.minutes"), (one) => t.number(one.minutes)),
    row(t("plan.figure.covered"), (one) => personsOf(one.figures.covered_persons)),
    row(t("plan.figure.bound"), (one) => t.number(up(one.bound_persons))),
    row(t("plan.figure.worst"), ({ figures: { worst_district: w } }) => (w ? t("plan.figure.worst_value", { share: shareDown(t, w.share), district: w.name }) : null)),
    row(t("plan.figure.farthest"), (one) => walkOf(one.figures.farthest_min)),
    row(t("plan.figure.mean"), (one) => walkOf(one.figures.mean_min)),
    row(t("plan.figure.twice"), (one) => personsOf(one.figures.twice_persons)),
  ];
  if (told.plans.some((one) => typeof one.cost === "number")) rows.push(row(t("plan.figure.cost"), (one) => (typeof one.cost === "number" ? t.number(one.cost) : null)));
  const [left, right] = told.only;
  rows.push([t("plan.compare.only_places"), t.number(left?.length ?? 0), t.number(right?.length ?? 0)]);
  if (told.persons) rows.push([t("plan.compare.only_people"), t.number(Math.round(told.persons.only[0] ?? 0)), t.number(Math.round(told.persons.only[1] ?? 0))]);
  return rows;
}

export interface BothSite {
  readonly id: string;
  readonly lon: number;
  readonly lat: number;
  readonly label: string;
  readonly which: "both" | "this" | "other";
}

/** Sites of two plans, each once, for one map. */
export function sitesOfBoth(t: Texts, told: Compared): BothSite[] {
  const site = (id: string, which: BothSite["which"]): BothSite[] => {
    const one = told.sites[id];
    if (!one) return [];
    const name = placeName(t, { name: one.name || t("plan.kind.junction"), ...(one.named_by ? { named_by: one.named_by } : {}) });
    return [{ id, lon: one.lon, lat: one.lat, which, label: t(`plan.compare.marker_${which}`, { name }) }];
  };
  const [left, right] = told.only;
  return [...told.both.flatMap((id) => site(id, "both")), ...(left ?? []).flatMap((id) => site(id, "this")), ...(right ?? []).flatMap((id) => site(id, "other"))];
}
