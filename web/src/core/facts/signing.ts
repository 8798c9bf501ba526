// Ed25519 in the one strict form of spec/facts.md, section 4, by WebCrypto where it can, else by noble, which is loaded only then.

import { fromHex, type Bytes } from "./bytes.ts";

export type Verify = (publicKey: Uint8Array, message: Uint8Array, sig: Uint8Array) => Promise<boolean>;

/** As much of WebCrypto as verifying needs; `crypto.subtle` comes in by argument. */
export type Subtle = Pick<SubtleCrypto, "importKey" | "verify">;

const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** y of the eight points whose order divides 8. */
const SMALL_ORDER_Y: readonly bigint[] = [
  0n,
  1n,
  P - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
];

/** Points 1 to 4: everything that can be said without the message. */
export function soundForm(publicKey: Uint8Array, sig: Uint8Array): boolean {
  if (publicKey.length !== 32 || sig.length !== 64) return false;
  return numberOf(sig.subarray(32)) < L && soundPoint(publicKey) && soundPoint(sig.subarray(0, 32));
}

/** Whether 32 bytes may stand for A or R: y below p and not of small order. */
function soundPoint(encoded: Uint8Array): boolean {
  const y = numberOf(encoded) & (2n ** 255n - 1n);
  return y < P && !SMALL_ORDER_Y.includes(y);
}

/** Points 1 to 4 checked first, then WebCrypto's own verify, which is the equation without the cofactor. */
export function verifyByWebCrypto(subtle: Subtle): Verify {
  return async (publicKey, message, sig) => {
    if (!soundForm(publicKey, sig)) return false;
    try {
      const key = await subtle.importKey("raw", owned(publicKey), "Ed25519", false, ["verify"]);
      return await subtle.verify("Ed25519", key, owned(sig), owned(message));
    } catch (fault) {
      if (isMissing(fault)) throw fault;
      return false; // A is no point
    }
  };
}

// Two signatures of spec/vectors/signatures.json: a plain one, and one that only libraries with the cofactor accept.
const PROBES: readonly (readonly [publicKey: string, message: string, sig: string, good: boolean])[] = [
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    true,
  ],
  [
    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
    "6d697865642052",
    "2266de82951c60442d6ed6ab85c58fc58a20b6e60577b1faa5bc2e21435835100397a1c1b42ea8fdfaea4071604b82de2af8dfcbb3de8c16e41b41c50d0ca402",
    false,
  ],
];

/** WebCrypto where it is there and gives the right answers, else noble. */
export async function strictVerify(subtle: Subtle | undefined): Promise<Verify> {
  const noble = async (): Promise<Verify> => {
    const { verifyByNoble } = await import("./noble.ts");
    return async (publicKey, message, sig) => verifyByNoble(publicKey, message, sig);
  };
  if (subtle === undefined) return noble(); // plain http: browsers give no keys there
  const byWebCrypto = verifyByWebCrypto(subtle);
  try {
    for (const [publicKey, message, sig, good] of PROBES) {
      if ((await byWebCrypto(fromHex(publicKey), fromHex(message), fromHex(sig))) !== good) return await noble();
    }
  } catch {
    return noble();
  }
  return byWebCrypto;
}

export function numberOf(littleEndian: Uint8Array): bigint {
  let number = 0n;
  for (let k = littleEndian.length - 1; k >= 0; k--) number = (number << 8n) | BigInt(littleEndian[k] as number);
  return number;
}

/** The same bytes in a buffer of their own, as WebCrypto's types ask for. */
export function owned(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

function isMissing(fault: unknown): boolean {
  return fault instanceof Error && fault.name === "NotSupportedError";
}
