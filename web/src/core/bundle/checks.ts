// Members of what was published, taken only where they are of the type that spec/bundle.md says.

import type { Value } from "../facts/canonical.ts";

export function whole(value: Value | undefined): number {
  if (!Number.isSafeInteger(value)) throw new Error("a whole number is missing");
  return value as number;
}

export function text(value: Value | undefined): string {
  if (typeof value !== "string") throw new Error("a text is missing");
  return value;
}

export function list<T = Value>(value: Value | undefined): readonly T[] {
  if (!Array.isArray(value)) throw new Error("a list is missing");
  return value as readonly T[];
}
