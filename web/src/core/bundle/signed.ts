// The signed files of a bundle, opened without trusting a byte of them (spec/bundle.md).

import { type Bytes, joined } from "../facts/bytes.ts";
import { parseCanonical, type Value } from "../facts/canonical.ts";
import { strictVerify, type Verify } from "../facts/signing.ts";

/** Why a copy is refused, in the order in which it is looked at. */
export const CODES = ["unreachable", "damaged", "too_new", "other_network", "forged", "rolled_back", "expired"] as const;
export type Code = (typeof CODES)[number];

/** A published file that must not be used; `message` is for programmers, `code` leads to the words for people. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly code: Code;
  readonly path: string;

  constructor(code: Code, message: string, path = "") {
    super(path ? `${path}: ${message}` : message);
    this.code = code;
    this.path = path;
  }
}

export type Kind = "manifest" | "base" | "delta";
export type Payload = { readonly [key: string]: Value };

export const MOST_SIGNED_BYTES = 262_144;
export const MOST_PAYLOAD_BYTES = 1_048_576;
export const MOST_PLAIN_BYTES = 67_108_864;
const HEAD = 68;
const PREFIX = new TextEncoder().encode("shanyrak/bundle/1\n");

/** What judges a file: the network and keys known, the highest version taken, and the moment of fetching. */
export interface Known {
  readonly net: string;
  /** Pinned keys (hex); null trusts the keys a manifest itself lists (first use). */
  readonly keys: readonly string[] | null;
  readonly highest: number;
  /** null for a copy that is kept: it may have expired. */
  readonly nowS: number | null;
}

let verifying: Promise<Verify> | undefined;
/** WebCrypto where it is there and right, else noble: plain http has none. */
export function verifier(): Promise<Verify> {
  verifying ??= strictVerify(globalThis.crypto?.subtle);
  return verifying;
}

/** The bytes again; refused where there would be more than `most`, or where the stream does not end with the data. */
export async function inflate(data: Uint8Array, most: number, path = ""): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const stream = new Blob([new Uint8Array(data)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > most) {
        await reader.cancel().catch(() => undefined);
        break;
      }
      parts.push(value);
    }
  } catch {
    throw new Refusal("damaged", "it cannot be inflated, is cut, or goes on behind its end", path);
  }
  if (size > most) throw new Refusal("damaged", `it would inflate to more than ${most} bytes`, path);
  return joined(...parts);
}

/** The payload of a signed file that may be taken; a Refusal with the reason for any other. */
export async function judged(data: Uint8Array, kind: Kind, known: Known, path = ""): Promise<Payload> {
  if (data.length > MOST_SIGNED_BYTES || data.length < HEAD || String.fromCharCode(...data.subarray(0, 4)) !== "SHY1") {
    throw new Refusal("damaged", "this is no signed file of a bundle", path);
  }
  const plain = await inflate(data.subarray(HEAD), MOST_PAYLOAD_BYTES, path);
  const payload = parsed(() => parseCanonical(plain), path);
  if (payload["t"] !== kind) throw new Refusal("damaged", `it is no ${kind}`, path);
  if (known.net && payload["net"] !== known.net) throw new Refusal("other_network", "it belongs to another network", path);
  checkHead(payload, kind, path);
  const own = kind === "manifest" ? (payload["keys"] as readonly string[]) : null;
  const trusted = known.keys ?? own ?? [];
  const key = await signedBy(trusted, joined(PREFIX, plain), data.subarray(4, HEAD));
  if (key === "" || (own !== null && !own.includes(key))) {
    throw new Refusal("forged", "it is not signed by this network's headquarters", path);
  }
  if ((payload["version"] as number) < known.highest) throw new Refusal("rolled_back", "a newer copy was seen before", path);
  if (known.nowS !== null && (payload["expires_s"] as number) <= known.nowS) throw new Refusal("expired", "it has expired", path);
  return payload;
}

/** An object that says a format we know; "damaged" or "too_new" for anything else. */
export function parsed(read: () => unknown, path: string): Payload {
  let value: unknown;
  try {
    value = read();
  } catch (fault) {
    throw new Refusal("damaged", fault instanceof Error ? fault.message : String(fault), path);
  }
  const format = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Payload)["f"] : undefined;
  if (!Number.isSafeInteger(format)) throw new Refusal("damaged", "it says no format", path);
  if (format !== 1) throw new Refusal("too_new", `its format ${String(format)} is not known here`, path);
  return value as Payload;
}

const NUMBERS: Record<Kind, readonly string[]> = {
  manifest: ["version", "made_s", "expires_s", "points"],
  base: ["version", "expires_s", "as_of_at_min", "ttl_s"],
  delta: ["version", "expires_s", "as_of_at_min", "ttl_s", "base"],
};
const TEXTS: Record<Kind, readonly string[]> = {
  manifest: ["net", "network", "operator", "area", "zone", "emergency", "report_url"],
  base: ["net", "points"],
  delta: ["net"],
};

function checkHead(payload: Payload, kind: Kind, path: string): void {
  const wrong = [
    ...NUMBERS[kind].filter((name) => !Number.isSafeInteger(payload[name])),
    ...TEXTS[kind].filter((name) => typeof payload[name] !== "string"),
  ];
  if (kind === "manifest") {
    if (!isTexts(payload["keys"]) || !payload["keys"].every((key) => HEX.test(key))) wrong.push("keys");
    if (!isTexts(payload["languages"])) wrong.push("languages");
    if (typeof payload["made_up"] !== "boolean") wrong.push("made_up");
    if (!isLabels(payload["titles"])) wrong.push("titles");
    if (!isFiles(payload["files"])) wrong.push("files");
  }
  if (wrong.length > 0) throw new Refusal("damaged", `missing or of another type: ${wrong.join(", ")}`, path);
}

const HEX = /^[0-9a-f]{64}$/;

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isLabels(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isTexts(Object.values(value));
}

function isFiles(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value as Record<string, Payload | null>).every(
    (one) => typeof one?.["path"] === "string" && typeof one["sha256"] === "string" && Number.isSafeInteger(one["bytes"]),
  );
}

async function signedBy(keys: readonly string[], message: Uint8Array, sig: Uint8Array): Promise<string> {
  const verify = await verifier();
  for (const key of keys) {
    const bytes = Uint8Array.from(key.match(/../g) ?? [], (two) => Number.parseInt(two, 16));
    if (await verify(bytes, message, sig)) return key;
  }
  return "";
}
