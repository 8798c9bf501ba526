// Shapes that the files of walk tables are made of (spec/walk.md): a head with its check, numbers, columns.

import type { Inflate } from "./inflate.ts";

/** A file is not what it should be, byte for byte, or does not belong to the others. */
export class Damaged extends Error {
  override readonly name = "Damaged";
}

const VERSION = 1;
const HEAD_BYTES = 9;
const MOST_BODY_BYTES = 1 << 24;

const crcTable = new Uint32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 as in zip and gzip. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) c = (crcTable[(c ^ bytes[k]!) & 255] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

/** The body of a file, once mark, version and check are right. */
export async function bodyOf(file: Uint8Array, mark: string, what: string, inflate: Inflate): Promise<Uint8Array> {
  if (file.length < HEAD_BYTES || [...mark].some((letter, k) => file[k] !== letter.charCodeAt(0))) {
    throw new Damaged(`this is no ${what}`);
  }
  if (file[4] !== VERSION) throw new Damaged(`a ${what} of version ${file[4]}, this program reads ${VERSION}`);
  const rest = file.subarray(HEAD_BYTES);
  if (crc32(rest) !== new DataView(file.buffer, file.byteOffset).getUint32(5)) {
    throw new Damaged(`the ${what} is cut or damaged`);
  }
  let body: Uint8Array;
  try {
    body = await inflate(rest, MOST_BODY_BYTES);
  } catch (fault) {
    throw new Damaged(`the ${what} is damaged: it does not inflate`, { cause: fault });
  }
  if (body.length > MOST_BODY_BYTES) throw new Damaged(`the ${what} is too large`);
  return body;
}

/** Takes shapes from a body, one after the other. */
export class Body {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  fault(why: string): Damaged {
    return new Damaged(`the ${this.#what} is damaged: ${why}`);
  }

  take(size: number): Uint8Array {
    const found = this.#bytes.subarray(this.#at, this.#at + size);
    if (found.length < size) throw this.fault("it ends too early");
    this.#at += size;
    return found;
  }

  u32(): number {
    const bytes = this.take(4);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  }

  /** LEB128 up to `most`, in its shortest form, at most 5 bytes. */
  number(most: number): number {
    let found = 0;
    for (let k = 0, scale = 1; ; k++, scale *= 128) {
      if (k > 4) throw this.fault("a number is too long");
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw this.fault("it ends too early");
      found += (byte & 127) * scale;
      if (byte >= 128) continue;
      if ((byte === 0 && k > 0) || found > most) throw this.fault(`${found} is no number up to ${most}`);
      return found;
    }
  }

  /** A number whose lowest bit is its sign. */
  signed(): number {
    const folded = this.number(2 ** 35 - 1);
    return folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2;
  }

  end(): void {
    if (this.#at < this.#bytes.length) throw this.fault("more follows after its end");
  }
}
