/**
 * A device is its key: made in the browser, kept where no script can read it out. WebCrypto's own Ed25519 where it is
 * there; else a noble seed, encrypted by an AES key that cannot be taken out.
 */
import { type Bytes, toHex } from "../core/facts/bytes.ts";
import { owned } from "../core/facts/signing.ts";
import type { Signer } from "../core/facts/writing.ts";

/** As it is kept in the store; `CryptoKey` objects live in IndexedDB without ever showing what is in them. */
export type KeptKey =
  | { readonly is: "ed25519"; readonly key: string; readonly secret: CryptoKey }
  | { readonly is: "sealed"; readonly key: string; readonly lock: CryptoKey; readonly iv: Bytes; readonly seed: Bytes };

/** Browsers make keys only on a secure origin (https, or the machine itself). */
export class NoKeyHere extends Error {
  override name = "NoKeyHere";
}

export async function makeKey(crypto: Crypto = globalThis.crypto): Promise<KeptKey> {
  const subtle = crypto?.subtle;
  if (!subtle) throw new NoKeyHere("this page cannot make a key: it was not opened over https");
  try {
    const pair = (await subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
    const key = toHex(new Uint8Array(await subtle.exportKey("raw", pair.publicKey)));
    return { is: "ed25519", key, secret: pair.privateKey };
  } catch {
    return sealedKey(crypto);
  }
}

/** A seed of noble's, readable only through a key that stays inside the browser. */
export async function sealedKey(crypto: Crypto): Promise<KeptKey> {
  const { publicOf } = await import("../core/facts/noble.ts");
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const lock = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, lock, seed));
  const key = toHex(publicOf(seed));
  seed.fill(0);
  return { is: "sealed", key, lock, iv, seed: data };
}

export function signerOf(kept: KeptKey, subtle: SubtleCrypto = globalThis.crypto.subtle): Signer {
  if (kept.is === "ed25519") {
    return { key: kept.key, sign: async (message) => new Uint8Array(await subtle.sign("Ed25519", kept.secret, owned(message))) };
  }
  return {
    key: kept.key,
    async sign(message) {
      const { sign } = await import("../core/facts/noble.ts");
      const seed = new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, kept.lock, kept.seed));
      const sig = sign(message, seed);
      seed.fill(0);
      return sig;
    },
  };
}
