// Canonical bytes of what is signed: RFC 8785 narrowed as spec/facts.md, section 3, says.

import { type Bytes, equal } from "./bytes.ts";
import { isNfc } from "./normalForm.ts";

export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** What was given is not what spec/facts.md asks for; the message says why. */
export class Refused extends Error {
  override name = "Refused";
}

export const MAX_DEPTH = 8;
const KEY = /^[A-Za-z0-9_.:-]{1,64}$/;
const SURROGATE = /\p{Surrogate}/u;
const writer = new TextEncoder();
const reader = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The canonical bytes of a value; Refused where it has none. */
export function canonical(value: Value): Bytes {
  check(value, 0);
  return writer.encode(written(value));
}

/** The value of canonical bytes; Refused for any other bytes, however harmless the difference. */
export function parseCanonical(data: Uint8Array): Value {
  let value: Value;
  try {
    value = JSON.parse(reader.decode(data)) as Value;
  } catch (fault) {
    throw new Refused(`these bytes are no JSON (${fault instanceof Error ? fault.message : String(fault)})`);
  }
  // Two equal keys, a fraction, an escape, a blank: whatever JSON.parse smooths over, the bytes differ then.
  if (!equal(canonical(value), data)) throw new Refused("the bytes are not in canonical form (RFC 8785)");
  return value;
}

function check(value: unknown, depth: number): void {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Refused("a number is not whole, or beyond 2^53 - 1");
    return;
  }
  if (typeof value === "string") return checkText(value);
  if (typeof value !== "object") throw new Refused(`${typeof value} is not a value of a record`);
  if (depth >= MAX_DEPTH) throw new Refused(`nested deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (!KEY.test(key)) throw new Refused(`${JSON.stringify(key)} cannot be a key`);
    check(item, depth + 1);
  }
}

function checkText(text: string): void {
  if (text.includes("\0")) throw new Refused("text holds NUL");
  if (SURROGATE.test(text)) throw new Refused("text holds half a character (a lone surrogate)");
  if (!isNfc(text)) throw new Refused("text is not in Unicode form NFC");
}

function written(value: Value): string {
  if (value === null || typeof value !== "object") return JSON.stringify(Object.is(value, -0) ? 0 : value);
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  const members = value as { readonly [key: string]: Value };
  // Keys are ASCII: the order of UTF-16 units, in which sort() sorts, is that of bytes.
  const keys = Object.keys(members).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${written(members[key] as Value)}`).join(",")}}`;
}
