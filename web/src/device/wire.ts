/** How a device speaks with its server: the exchange, signed request by request, and JSON with faults in one shape. */
import { sha256 } from "@noble/hashes/sha2.js";
import { fromHex, joined, toHex } from "../core/facts/bytes.ts";
import { SIGN_IN_PREFIX } from "../core/facts/fact.ts";
import type { Signer } from "../core/facts/writing.ts";
import { type Ask, Cut, No, Unreachable } from "../core/exchange/client.ts";
import { NOT_ADMITTED } from "../core/exchange/messages.ts";
import { u64 } from "../core/exchange/packing.ts";

/** What a server answered with 4xx or 5xx: what is wrong, where, and how to mend it. */
export class Fault extends Error {
  override name = "Fault";
  readonly status: number;
  readonly where: string;
  readonly mend: string;
  constructor(status: number, what: string, where = "", mend = "") {
    super(what);
    this.status = status;
    this.where = where;
    this.mend = mend;
  }
}

const PATIENCE_MS = 120_000;

const signedIn = (...parts: readonly Uint8Array[]): Uint8Array => joined(new TextEncoder().encode(SIGN_IN_PREFIX), ...parts);
const line = (text: string): Uint8Array => new TextEncoder().encode(`${text}\n`);

/** The headers that say who sends a request of the exchange. */
export async function exchangeHeaders(signer: Signer, net: string, body: Uint8Array, timeMs: number): Promise<Record<string, string>> {
  const message = signedIn(line("exchange"), fromHex(net), u64(timeMs), sha256(body));
  return {
    "content-type": "application/octet-stream",
    "x-shanyrak-key": signer.key,
    "x-shanyrak-time": String(timeMs),
    "x-shanyrak-signature": toHex(await signer.sign(message)),
  };
}

/** What is signed to sign in for reading. */
export const sessionBytes = (net: string, challenge: string): Uint8Array => signedIn(line("session"), fromHex(net), fromHex(challenge));
/** What is signed to redeem an invitation. */
export const redeemBytes = (token: Uint8Array, key: string): Uint8Array => signedIn(line("redeem"), sha256(token), fromHex(key));

export interface Wire {
  /** Carries exchange messages; `net` as the messages name it. */
  ask(signer: Signer, net: string): Ask;
  /** @param body sent as it is where it is bytes, else as JSON */
  json<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/**
 * @param root address that `api/v1/` lies under; null: this device knows no server yet
 * @param nowMs the clock; where it is wrong by more than the server bears, the server's own time is asked for
 */
export function wire(root: () => URL | null, nowMs: () => number, get: typeof fetch = (...args) => fetch(...args)): Wire {
  let aheadMs = 0;

  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const at = root();
    if (!at) throw new Unreachable("no server is known here");
    try {
      return await get(new URL(`api/v1/${path}`, at), { ...init, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch (fault) {
      throw new Unreachable(fault instanceof Error ? fault.message : String(fault));
    }
  };

  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const bytes = body instanceof Uint8Array;
    const headers: Record<string, string> = { accept: "application/json", ...(body !== undefined && { "content-type": bytes ? "application/octet-stream" : "application/json" }) };
    const answer = await send(path, { method, headers, ...(body !== undefined && { body: bytes ? (body as BodyInit) : JSON.stringify(body) }) });
    if (!answer.ok) throw await faultOf(answer);
    const text = await whole(answer);
    return (text.length === 0 ? null : JSON.parse(new TextDecoder().decode(text))) as T;
  };

  const carry = async (signer: Signer, net: string, request: Uint8Array): Promise<Response> => {
    const headers = await exchangeHeaders(signer, net, request, nowMs() + aheadMs);
    return send("exchange", { method: "POST", headers, body: request as BodyInit });
  };

  return {
    json,
    ask: (signer, net) => async (request) => {
      let answer = await carry(signer, net, request);
      if (answer.status === 401) {
        // Most likely this clock is wrong: signed once more with the server's time.
        const { time_ms } = await json<{ time_ms: number }>("POST", "session/challenge", { key: signer.key });
        aheadMs = time_ms - nowMs();
        answer = await carry(signer, net, request);
      }
      if (answer.ok) return whole(answer);
      const fault = await faultOf(answer);
      if (fault instanceof Fault && (fault.status === 403 || fault.status === 401)) throw new No(NOT_ADMITTED, fault.message);
      if (fault instanceof Fault && fault.status < 500 && fault.status !== 408 && fault.status !== 429) throw fault;
      throw new Unreachable(fault.message);
    },
  };
}

/** All bytes of an answer; Cut, with what came, where it breaks off. */
async function whole(answer: Response): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const reader = answer.body?.getReader();
  try {
    for (;;) {
      const piece = await reader?.read();
      if (!piece || piece.done) return joined(...pieces);
      pieces.push(piece.value);
    }
  } catch (fault) {
    throw new Cut(fault instanceof Error ? fault.message : String(fault), joined(...pieces));
  }
}

async function faultOf(answer: Response): Promise<Error> {
  let said: { readonly what?: string; readonly where?: string; readonly mend?: string } | undefined;
  try {
    said = (JSON.parse(new TextDecoder().decode(await whole(answer))) as { error?: typeof said }).error;
  } catch {
    // no answer of ours: a proxy's, or cut
  }
  return new Fault(answer.status, said?.what ?? `the server answered ${answer.status}`, said?.where, said?.mend);
}
