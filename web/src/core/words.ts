/** A plan in words: the sentence, the reasons, the stability. Pure; the wording itself is in `spec/texts`. */
import type { Plan, Reason, Site, Stability, Summary } from "./plan.ts";
import { percent, slug, type Texts } from "./texts.ts";

/** Persons reached: rounded down, so that no sentence promises more than was found. */
export const reached = (persons: number): number => Math.floor(persons);
/** Persons at most possible: rounded up. */
export const atMost = (persons: number): number => Math.ceil(persons);
/** Minutes of a walk: rounded up, so that nobody is promised a shorter one. */
export const wholeMinutes = (minutes: number): number => Math.ceil(minutes);

export const people = (t: Texts, persons: number): string => t("plan.people", { n: Math.round(persons) });
export const minutes = (t: Texts, value: number): string => t("plan.minutes", { n: wholeMinutes(value) });

const OPEN = "\u0001";
const CLOSE = "\u0002";

/** A text cut into plain and emphasised pieces. */
export interface Piece {
  readonly text: string;
  readonly strong: boolean;
}

/** The sentence a plan begins with; the people reached are emphasised. */
export function sentence(t: Texts, summary: Summary, existing: number): Piece[] {
  const n = summary.k;
  const values = {
    n,
    people: OPEN + t("plan.people", { n: reached(summary.covered_persons) }) + CLOSE,
    minutes: minutes(t, summary.minutes),
    most: t.number(atMost(summary.bound_persons)),
  };
  if (n === 0) return pieces(t("plan.sentence.none", values));
  if (existing === 0) return pieces(t(summary.proven ? "plan.sentence.proven" : "plan.sentence.bounded", values));
  return pieces(
    t(summary.proven ? "plan.sentence.proven_existing" : "plan.sentence.bounded_existing", {
      ...values,
      existing: t("plan.sentence.existing", { n: existing }),
    }),
  );
}

function pieces(text: string): Piece[] {
  return text
    .split(new RegExp(`${OPEN}|${CLOSE}`))
    .map((part, i) => ({ text: part, strong: i % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

/** What is said when the search ended before its aim; null when it did not. */
export function stopped(t: Texts, summary: Summary): string | null {
  if (summary.stopped_by === "time") return t("plan.sentence.stopped_time");
  if (summary.stopped_by === "work") return t("plan.sentence.stopped_work");
  return null;
}

/** What a place is called: by its own name, by its street, or by the nearest thing that has a name. */
export function placeName(t: Texts, place: { readonly name: string; readonly named_by?: string }): string {
  return place.named_by === "near" ? t("plan.near", { name: place.name }) : place.name;
}

/** What an area is called. A made-up one has no name of its own: it is called made-up in the reader's language. */
export function areaTitle(t: Texts, area: { readonly name: string; readonly title?: string; readonly made_up: boolean }): string {
  const named = area.title !== undefined && area.title !== area.name ? area.title : null;
  return named ?? (area.made_up ? t("made_up.banner") : area.name);
}

/** What a plan takes for granted; a code without words is left out. */
export function assumptions(t: Texts, codes: readonly string[]): string[] {
  return codes.map((code) => t.find(`plan.assume.${slug(code)}`)).filter((text) => text !== null);
}

/** "+5,200 people", or in words that it is nobody. */
export function adds(t: Texts, persons: number): string {
  return Math.round(persons) === 0 ? t("plan.site.adds_none") : t("plan.site.adds", { people: people(t, persons) });
}

/** Kind of a place: its detail (school, park) where there is a word for it, else room, open ground, street corner. */
export function kind(t: Texts, site: Pick<Site, "kind" | "detail">): string {
  const detail = site.detail ? t.find(`plan.detail.${slug(site.detail)}`) : null;
  return detail ?? t.find(`plan.kind.${slug(site.kind)}`) ?? site.kind;
}

export function asked(t: Texts, site: Pick<Site, "asked">): string {
  return t.find(`plan.asked.${slug(site.asked)}`) ?? site.asked;
}

/** One reason why a place is where it is; null for a reason this version has no words for. */
export function reason(t: Texts, why: Reason, reach: number): string | null {
  const persons = why.persons ?? 0;
  switch (why.code) {
    case "adds":
      if (Math.round(persons) === 0) return t("plan.why.adds_none");
      return t("plan.why.adds", { people: people(t, persons), minutes: minutes(t, reach) });
    case "alone":
      return Math.round(persons) > 0 ? t("plan.why.alone", { people: people(t, persons) }) : null;
    case "next_best":
      return why.name && Math.round(persons) > 0
        ? t("plan.why.next_best", { name: placeName(t, { ...why, name: why.name }), people: people(t, persons) })
        : t("plan.why.next_best_none");
    case "nearest_other":
      return nearest(t, why);
    default:
      return null;
  }
}

function nearest(t: Texts, why: Reason): string {
  if (why.minutes === null || why.minutes === undefined) return t("plan.why.no_other");
  const walk = minutes(t, why.minutes);
  if (why.rank !== null && why.rank !== undefined) return t("plan.why.nearest_other", { rank: why.rank, minutes: walk });
  const name = why.name ? placeName(t, { ...why, name: why.name }) : t("plan.kind.existing");
  return t("plan.why.nearest_existing", { name, minutes: walk });
}

export function reasons(t: Texts, site: Site, reach: number): string[] {
  return (site.why ?? []).map((why) => reason(t, why, reach)).filter((text) => text !== null);
}

/** How steady the plan is, one paragraph each. */
export function stability(t: Texts, told: Stability, sites: number): string[] {
  const lines: string[] = [];
  const slower = told.walks_10_percent_slower;
  if (slower) {
    lines.push(
      t("plan.stability.slower", {
        people: t("plan.people", { n: reached(slower.same_sites_persons) }),
        most: t.number(atMost(slower.bound_persons)),
      }),
    );
  }
  const draws = told.people_20_percent;
  if (draws) {
    const stay = draws.sites_that_stay;
    const which =
      stay.length >= sites
        ? t("plan.stability.stay_all")
        : stay.length === 0
          ? t("plan.stability.stay_none")
          : t("plan.stability.stay_some", { ranks: t.list(stay.map(String)) });
    lines.push(`${t("plan.stability.people", { n: draws.draws, share: percent(t, draws.worst_share_of_best) })} ${which}`);
  }
  return lines;
}

/** Walking speed in words. */
export function walking(t: Texts, profile: Plan["profile"]): string {
  const speed = t.number(profile.speed_m_per_s * 3.6, 1);
  return t.find(`plan.walking.${slug(profile.name)}`, { speed }) ?? t("plan.walking.other", { speed });
}

export function peopleHow(t: Texts, how: string): string {
  return t.find(`plan.people_how.${slug(how)}`) ?? how;
}

export interface Shares {
  readonly key: "existing" | "new" | "unserved" | "unreachable";
  readonly persons: number;
}

/**
 * Where all the people of the area are, in whole persons that add up to those who live there. Reached is rounded
 * down as in the sentence; those farther away take what rounding leaves.
 */
export function shares(plan: Plan): Shares[] {
  const living = Math.round(plan.summary.demand_persons);
  const existing = Math.floor(plan.summary.existing_persons);
  const covered = Math.floor(plan.summary.covered_persons);
  const unreachable = Math.round(plan.unreachable_persons);
  return [
    { key: "existing", persons: existing },
    { key: "new", persons: covered - existing },
    { key: "unserved", persons: living - covered - unreachable },
    { key: "unreachable", persons: unreachable },
  ];
}
