// SHA-256 by WebCrypto where it is there, else by noble, which is loaded only then (plain http has no WebCrypto).

import { toHex } from "./bytes.ts";

/** The 64 hex digits of the SHA-256 of some bytes. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle !== undefined) return toHex(new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
  const { sha256 } = await import("./noble.ts");
  return toHex(sha256(bytes));
}
