// The few shapes of bytes that streams, files and messages are made of (spec/exchange.md, "Shapes"). Hashes are hex in here.

import { type Bytes, fromHex, joined, toHex } from "../facts/bytes.ts";
import { Refused } from "../facts/canonical.ts";

const MAX_NUMBER = 2 ** 53 - 1;
const MAX_BIG = 2n ** 56n - 1n;
const MAX_NUMBER_BYTES = 8;
/** Items of one list. */
export const MOST = 100_000;

const writer = new TextEncoder();
const reader = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** LEB128 in its shortest form. */
export function number(value: number | bigint): Bytes {
  if (value < 0x80) return new Uint8Array([Number(value)]);
  const out: number[] = [];
  let rest = BigInt(value);
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return new Uint8Array([...out, Number(rest)]);
}

/** Zigzag: 2d for d >= 0, -2d - 1 below; may leave 2^53 behind. */
export function signed(value: number): Bytes {
  const big = BigInt(value);
  return number(big >= 0n ? 2n * big : -2n * big - 1n);
}

export const u32 = (value: number): Bytes => new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
export const u64 = (value: number): Bytes => joined(u32(Math.floor(value / 2 ** 32)), u32(value % 2 ** 32));
export const flag = (value: boolean): Bytes => new Uint8Array([value ? 1 : 0]);
export const counted = (data: Uint8Array): Bytes => joined(number(data.length), data);
export const maybe = (hash: string): Bytes => (hash === "" ? new Uint8Array([0]) : joined(new Uint8Array([1]), fromHex(hash)));
export const hashes = (sorted: readonly string[]): Bytes => joined(number(sorted.length), ...sorted.map(fromHex));
export const list = <T>(items: readonly T[], put: (item: T) => Uint8Array): Bytes => joined(number(items.length), ...items.map(put));

/** Counted UTF-8 of at most `most` bytes; what is longer is cut at a whole character. */
export function text(value: string, most: number): Bytes {
  let cut = value;
  while (writer.encode(cut).length > most) cut = [...cut].slice(0, -1).join("");
  return counted(writer.encode(cut));
}

/** Takes one shape after the other; Refused, with the byte, where they are not what they should be. */
export class Reader {
  readonly data: Uint8Array;
  position: number;

  constructor(data: Uint8Array, start = 0) {
    this.data = data;
    this.position = start;
  }

  fault(what: string, at = this.position): Refused {
    return new Refused(`${what} (byte ${at})`);
  }

  take(size: number): Uint8Array {
    const end = this.position + size;
    if (end > this.data.length) throw this.fault(`the bytes end in the middle, at byte ${this.data.length}`);
    const piece = this.data.subarray(this.position, end);
    this.position = end;
    return piece;
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  number(most = MAX_NUMBER): number {
    const start = this.position;
    const first = this.byte();
    const value = first < 0x80 ? first : this.#long(first, start);
    if (value > most) throw this.fault(`the number ${value} is too large; at most ${most} is allowed here`, start);
    return Number(value);
  }

  signed(): number {
    const start = this.position;
    const first = this.byte();
    const big = BigInt(first < 0x80 ? first : this.#long(first, start));
    return Number(big & 1n ? -(big + 1n) / 2n : big / 2n);
  }

  #long(first: number, start: number): bigint {
    let value = BigInt(first & 0x7f);
    for (let k = 1; k < MAX_NUMBER_BYTES; k++) {
      const piece = this.byte();
      value |= BigInt(piece & 0x7f) << BigInt(7 * k);
      if (piece >= 0x80) continue;
      if (piece === 0) throw this.fault("a number is not in its shortest form", start);
      if (value > MAX_BIG) break;
      return value;
    }
    throw this.fault("a number of more than 8 bytes", start);
  }

  flag(): boolean {
    const start = this.position;
    const code = this.byte();
    if (code > 1) throw this.fault(`${code} is neither 0 nor 1`, start);
    return code === 1;
  }

  hash(): string {
    return toHex(this.take(32));
  }

  maybe(): string {
    return this.flag() ? this.hash() : "";
  }

  hashes(): string[] {
    const start = this.position;
    const found = this.list(() => this.hash());
    if (found.some((one, k) => k > 0 && (found[k - 1] as string) >= one)) throw this.fault("a list of hashes is not sorted", start);
    return found;
  }

  list<T>(read: () => T): T[] {
    const found: T[] = [];
    for (let left = this.number(MOST); left > 0; left--) found.push(read());
    return found;
  }

  counted(most: number): Uint8Array {
    return this.take(this.number(most));
  }

  text(most: number): string {
    const start = this.position;
    const data = this.counted(most);
    try {
      return reader.decode(data);
    } catch {
      throw this.fault("text is not UTF-8", start);
    }
  }

  rest(): Uint8Array {
    return this.take(this.data.length - this.position);
  }

  end(): void {
    if (this.position < this.data.length) throw this.fault(`${this.data.length - this.position} bytes too many`);
  }
}
