// The signed files of a bundle, opened without trusting a byte of them (spec/bundle.md).

import { fromHex, joined } from "../facts/bytes.ts";
import { parseCanonical, type Value } from "../facts/canonical.ts";
import { inflateRaw } from "../walk/inflate.ts";
import { strictVerify, type Verify } from "../facts/signing.ts";

/** Why a copy is refused, in the order in which it is looked at. */
export const CODES = ["unreachable", "damaged", "too_new", "other_network", "forged", "rolled_back", "expired"] as const;
export type Code = (typeof CODES)[number];

/** A published file that must not be used; `message` is for programmers, `code` leads to the words for people. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
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
export async function inflate(data: Uint8Array, most: number): Promise<Uint8Array> {
  try {
    return await inflateRaw(data, most);
  } catch {
    throw new Refusal("damaged", `it cannot be inflated, is cut, goes on behind its end, or is more than ${most} bytes`);
  }
}

/** The payload of a signed file that may be taken; a Refusal with the reason for any other. */
export async function judged(data: Uint8Array, kind: Kind, known: Known): Promise<Payload> {
  if (data.length > MOST_SIGNED_BYTES || data.length < HEAD || String.fromCharCode(...data.subarray(0, 4)) !== "SHY1") {
    throw new Refusal("damaged", `this is no signed ${kind} of a bundle`);
  }
  const plain = await inflate(data.subarray(HEAD), MOST_PAYLOAD_BYTES);
  const payload = parsed(() => parseCanonical(plain));
  if (payload["t"] !== kind) throw new Refusal("damaged", `it is no ${kind}`);
  if (known.net && payload["net"] !== known.net) throw new Refusal("other_network", `the ${kind} belongs to another network`);
  checkHead(payload, kind);
  const own = kind === "manifest" ? (payload["keys"] as readonly string[]) : null;
  const trusted = known.keys ?? own ?? [];
  const key = await signedBy(trusted, joined(PREFIX, plain), data.subarray(4, HEAD));
  if (key === "" || (own !== null && !own.includes(key))) {
    throw new Refusal("forged", `the ${kind} is not signed by this network's headquarters`);
  }
  if ((payload["version"] as number) < known.highest) throw new Refusal("rolled_back", `a newer ${kind} was seen before`);
  if (known.nowS !== null && (payload["expires_s"] as number) <= known.nowS) throw new Refusal("expired", `the ${kind} has expired`);
  return payload;
}

/** An object that says a format we know; "damaged" or "too_new" for anything else. */
export function parsed(read: () => unknown): Payload {
  let value: unknown;
  try {
    value = read();
  } catch (fault) {
    throw new Refusal("damaged", fault instanceof Error ? fault.message : String(fault));
  }
  const format = isRecord(value) ? value["f"] : undefined;
  if (!Number.isSafeInteger(format)) throw new Refusal("damaged", "it says no format");
  if (format !== 1) throw new Refusal("too_new", `its format ${String(format)} is not known here`);
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

function checkHead(payload: Payload, kind: Kind): void {
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
  if (wrong.length > 0) throw new Refusal("damaged", `missing or of another type in the ${kind}: ${wrong.join(", ")}`);
}

const HEX = /^[0-9a-f]{64}$/;

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isRecord(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isLabels(value: unknown): boolean {
  return isRecord(value) && isTexts(Object.values(value));
}

function isFiles(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return Object.values(value as Record<string, Payload | null>).every(
    (one) => isTexts([one?.["path"], one?.["sha256"]]) && Number.isSafeInteger(one?.["bytes"]),
  );
}

async function signedBy(keys: readonly string[], message: Uint8Array, sig: Uint8Array): Promise<string> {
  const verify = await verifier();
  for (const key of keys) {
    if (await verify(fromHex(key), message, sig)) return key;
  }
  return "";
}
