// Ed25519 by noble's arithmetic: for browsers whose WebCrypto has none, and for signing. A module of its own, so that
// a phone whose browser can verify does not load it.

import { getPublicKey, hashes, Point, sign as nobleSign } from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { type Bytes, equal, joined } from "./bytes.ts";
import { L, numberOf, owned, soundForm } from "./signing.ts";

export { sha256 };

hashes.sha512 = (message) => sha512(message);

/** All five points with noble's arithmetic: its own `verify` multiplies both sides by 8, which is another rule. */
export function verifyByNoble(publicKey: Uint8Array, message: Uint8Array, sig: Uint8Array): boolean {
  if (!soundForm(publicKey, sig)) return false;
  const r = sig.subarray(0, 32);
  try {
    const a = Point.fromBytes(publicKey);
    const k = numberOf(sha512(joined(r, publicKey, message))) % L;
    const found = times(Point.BASE, numberOf(sig.subarray(32))).subtract(times(a, k));
    return equal(found.toBytes(), r);
  } catch {
    return false; // A is no point
  }
}

/** The public key of a secret one; both 32 bytes. */
export function publicOf(secret: Uint8Array): Bytes {
  return owned(getPublicKey(secret));
}

/** A signature of 64 bytes, the same each time (RFC 8032). */
export function sign(message: Uint8Array, secret: Uint8Array): Bytes {
  return owned(nobleSign(message, secret));
}

function times(point: Point, n: bigint): Point {
  return n === 0n ? Point.ZERO : point.multiply(n, false); // nothing here is secret
}
