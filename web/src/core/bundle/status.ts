// The status of all points: a base, and the delta that says what changed since (spec/bundle.md).

import type { Value } from "../facts/canonical.ts";
import type { Band, Labels, Notice, PointStatus, State, Visitors, Who } from "../public.ts";
import { list, text, whole } from "./checks.ts";
import { type Payload, Refusal } from "./signed.ts";

const STATES: Record<string, State> = { u: "unknown", o: "open", p: "paused", c: "closed", r: "ready" };
const WHO: Record<string, Who> = { "-": "", d: "duty", h: "desk", l: "list", i: "inspector" };
const BANDS: Record<string, Band> = { "-": "", f: "free", s: "some", c: "crowded", x: "full" };
const NOBODY: Visitors = { open: 0, full: 0, shut: 0, notHere: 0, lastAtMin: null };

/** The status of all points at one moment, in the order of the points file. */
export interface Status {
  readonly asOfAtMin: number;
  readonly points: readonly PointStatus[];
  readonly mode: string;
  readonly notices: readonly Notice[];
}

type Line = readonly Value[];

/** The status that a base tells; a Refusal where it is not as spec/bundle.md says. */
export function readBase(said: Payload): Status {
  return reading(() => {
    const asOf = whole(said["as_of_at_min"]);
    const [state, by, band] = [text(said["state"]), text(said["by"]), text(said["band"])];
    const words = list(said["said"]);
    if (by.length !== state.length || band.length !== state.length || words.length !== state.length) throw new Error("lengths differ");
    const until = byPoint(list(said["until"]), state.length);
    const visitors = byPoint(list(said["visitors"]), state.length);
    const points = words.map((word, k) =>
      pointStatus(
        `${state[k] ?? ""}${by[k] ?? ""}${band[k] ?? ""}`,
        word,
        exactly(until.get(k) ?? [null], 1)[0] ?? null,
        visitors.get(k) ?? null,
        asOf,
      ),
    );
    return { asOfAtMin: asOf, points, mode: text(said["mode"]), notices: readNotices(said["notices"]) };
  });
}

/** The status after a delta. */
export function readDelta(before: Status, said: Payload): Status {
  return reading(() => {
    const asOf = whole(said["as_of_at_min"]);
    const points = [...before.points];
    for (const [k, line] of byPoint(list(said["set"]), points.length)) {
      if (line.length < 1 || line.length > 4) throw new Error("a line has too few or too many parts");
      const visitors = line[3] ?? null;
      points[k] = pointStatus(text(line[0]), line[1] ?? null, line[2] ?? null, visitors === null ? null : list(visitors), asOf);
    }
    return {
      asOfAtMin: asOf,
      points,
      mode: said["mode"] === undefined ? before.mode : text(said["mode"]),
      notices: said["notices"] === undefined ? before.notices : readNotices(said["notices"]),
    };
  });
}

function pointStatus(letters: string, said: Value, until: Value, visitors: Line | null, asOf: number): PointStatus {
  const [state, by, band] = [STATES[letters[0] ?? ""], WHO[letters[1] ?? ""], BANDS[letters[2] ?? ""]];
  if (letters.length !== 3 || state === undefined || by === undefined || band === undefined) throw new Error("a letter is not known");
  return {
    state,
    saidAtMin: said === null ? null : asOf - whole(said),
    by,
    untilAtMin: until === null ? null : asOf + whole(until),
    band,
    visitors: visitors === null ? NOBODY : readVisitors(visitors, asOf),
  };
}

function readVisitors(line: Line, asOf: number): Visitors {
  const [open, full, shut, notHere] = exactly(line, 5).slice(0, 4).map(whole) as [number, number, number, number];
  if (Math.min(open, full, shut, notHere) < 0) throw new Error("a count of visitors is below 0");
  const last = line[4] as Value;
  return { open, full, shut, notHere, lastAtMin: last === null ? null : asOf - whole(last) };
}

function readNotices(value: Value | undefined): readonly Notice[] {
  return list(value).map((one) => {
    const said = one as Payload;
    const until = said["until_at_min"] as Value;
    const words = said["words"] as Labels;
    Object.values(words).forEach(text);
    return { district: text(said["district"]), urgency: text(said["urgency"]), untilAtMin: until === null ? null : whole(until), words };
  });
}

/** Lines by the point they begin with; points ascend and are there. */
function byPoint(lines: Line, count: number): Map<number, Line> {
  const found = new Map<number, Line>();
  let before = -1;
  for (const line of lines) {
    const [first, ...rest] = list(line);
    const k = whole(first);
    if (k <= before || k >= count) throw new Error("a point is not there, or not in order");
    found.set(k, rest);
    before = k;
  }
  return found;
}

function reading(read: () => Status): Status {
  try {
    return read();
  } catch (fault) {
    throw new Refusal("damaged", `its status cannot be read (${String(fault)})`);
  }
}

function exactly(line: Line, parts: number): Line {
  if (line.length !== parts) throw new Error("a line has too few or too many parts");
  return line;
}
