// A ledger as one file (spec/exchange.md, "File"): how unsent reports leave a phone and come in on another device.

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, equal, fromHex, joined, toHex } from "../facts/bytes.ts";
import { Refused } from "../facts/canonical.ts";
import type { Row } from "../facts/writing.ts";
import { decode, Encoder, inFileOrder } from "./framing.ts";
import { Reader, u32, u64 } from "./packing.ts";

const ascii = (text: string): Bytes => new TextEncoder().encode(text);
const MAGIC = ascii("shanyrak ledger 1\n");
const BLOCK = ascii("blk.");
const END = ascii("end.");
const BLOCK_BYTES = 16_384;
const TAIL_BYTES = 4 + 32 + 8 + 32;

/** The file of some facts of one network, in the one order of files. */
export function writeFile(rows: Iterable<Row>, net: string): Bytes {
  const pieces: Uint8Array[] = [MAGIC, fromHex(net)];
  const sorted = inFileOrder(rows);
  let encoder = new Encoder(net);
  const close = (): void => {
    const stream = encoder.stream();
    pieces.push(BLOCK, u32(stream.length), sha256(stream), stream);
    encoder = new Encoder(net);
  };
  for (const row of sorted) {
    encoder.add(row);
    if (encoder.size >= BLOCK_BYTES) close();
  }
  if (encoder.size > 0) close();
  const before = joined(...pieces, END, fromHex(net), u64(sorted.length));
  return joined(before, sha256(before));
}

/** Network and facts of a file, whole or not at all. Signatures are checked by whoever takes them in. */
export function readFile(data: Uint8Array): { readonly net: string; readonly rows: Row[] } {
  if (data.length < MAGIC.length || !equal(data.subarray(0, MAGIC.length), MAGIC)) throw new Refused("this is no file of records");
  if (data.length < MAGIC.length + 32 + TAIL_BYTES) throw new Refused("the file is cut");
  if (!equal(sha256(data.subarray(0, -32)), data.subarray(-32))) throw new Refused("the file was cut or damaged: its hash differs");
  const reader = new Reader(data.subarray(0, -32), MAGIC.length);
  const net = reader.hash();
  const rows: Row[] = [];
  for (;;) {
    const mark = reader.take(4);
    if (equal(mark, END)) break;
    if (!equal(mark, BLOCK)) throw reader.fault("neither a block nor the end");
    const size = reader.take(4).reduce((sum, byte) => sum * 256 + byte, 0);
    const hash = reader.hash();
    const stream = reader.take(size);
    if (toHex(sha256(stream)) !== hash) throw reader.fault("a block was damaged");
    rows.push(...decode(stream, net));
  }
  const again = reader.hash();
  const count = reader.take(8).reduce((sum, byte) => sum * 256 + byte, 0);
  reader.end();
  if (again !== net || count !== rows.length) throw new Refused("the end of the file does not fit its beginning");
  const sorted = inFileOrder(rows);
  if (sorted.length !== rows.length || sorted.some((row, k) => row.id !== rows[k]?.id)) throw new Refused("the records are not in their order");
  return { net, rows };
}
