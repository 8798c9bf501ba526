// Raw deflate undone, by what browsers (and Node) have for it.

import { joined } from "../facts/bytes.ts";

/** Inflates raw deflate; rejects what is none, goes on after its end, or would become more than `most` bytes. */
export type Inflate = (deflated: Uint8Array, most: number) => Promise<Uint8Array>;

export const inflateRaw: Inflate = async (deflated, most) => {
  const source = new Blob([deflated as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel().catch(() => undefined);
      throw new Error(`more than ${most} bytes`);
    }
    parts.push(value);
  }
  return joined(...parts);
};
