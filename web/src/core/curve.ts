/** Geometry of the curve "new places against people reached". Pure: numbers in, positions out. */
import type { CurvePoint } from "./plan.ts";

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Scale {
  readonly x: (k: number) => number;
  readonly y: (persons: number) => number;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
}

/** Steps of 1, 2 or 5 times a power of ten, at most `count` of them up to `top`; from 0. */
export function ticks(top: number, count: number): number[] {
  if (!(top > 0) || count < 1) return [0];
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough - 1e-9 * s) ?? 10 * power;
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => i * step);
}

/** Where things lie in the frame [px]; people begin at 0, the highest bound fits below the top. */
export function scale(curve: readonly CurvePoint[], frame: Frame, xCount: number, yCount: number): Scale {
  const firstK = Math.min(...curve.map((p) => p.k));
  const lastK = Math.max(...curve.map((p) => p.k));
  const top = Math.max(1, ...curve.map((p) => Math.max(p.covered_persons, p.bound_persons))) * 1.04;
  const span = Math.max(1, lastK - firstK);
  return {
    x: (k) => frame.left + ((k - firstK) / span) * (frame.width - frame.left - frame.right),
    y: (persons) => frame.height - frame.bottom - (persons / top) * (frame.height - frame.top - frame.bottom),
    xTicks: ticks(lastK, xCount).filter((k) => k >= firstK && Number.isInteger(k)),
    yTicks: ticks(top, yCount),
  };
}

/** An SVG path through all points of one column. */
export function path(curve: readonly CurvePoint[], at: Scale, column: "covered_persons" | "bound_persons"): string {
  return curve.map((p, i) => `${i === 0 ? "M" : "L"}${round(at.x(p.k))} ${round(at.y(p[column]))}`).join("");
}

/** The area between what was found and what is at most possible. */
export function between(curve: readonly CurvePoint[], at: Scale): string {
  const back = [...curve].reverse().map((p) => `L${round(at.x(p.k))} ${round(at.y(p.covered_persons))}`);
  return `${path(curve, at, "bound_persons")}${back.join("")}Z`;
}

/** The fewest places that bring at least half of what the last point of the curve brings beyond its first. */
export function halfWay(curve: readonly CurvePoint[]): CurvePoint | null {
  const first = curve[0];
  const last = curve[curve.length - 1];
  if (!first || !last || last.covered_persons <= first.covered_persons) return null;
  const half = (first.covered_persons + last.covered_persons) / 2;
  return curve.find((p) => p.covered_persons >= half) ?? null;
}

const round = (value: number): number => Math.round(value * 10) / 10;
