// Facts as a compact stream of bytes, one-to-one with what was signed (spec/exchange.md, "Stream"). The network is known
// from outside. Where the layout has a choice the first that applies must be taken; anything else is refused with its byte.

import { type Bytes, fromHex, joined, toHex } from "../facts/bytes.ts";
import { Refused } from "../facts/canonical.ts";
import { type Fact, hashPart, type Header, idOf, MAX_BODY_BYTES, MAX_COUNTER, MAX_SEALED_BYTES, writeHeader } from "../facts/fact.ts";
import { chainName, chainOf, type Row } from "../facts/writing.ts";
import { counted, number, Reader, signed } from "./packing.ts";

/** How a fact begins: it follows the fact before; same chain with seq and prev given; another chain. */
const NEXT = 0;
const RUN = 1;
const CHAIN = 2;
const NO_ABOUT = 0;
const ABOUT_SCOPE = 1;
const ABOUT_SAME = 2;
const ABOUT_GIVEN = 3;
const BODY_HERE = 0x10;
const SEALED_AWAY = 1;
const SEALED_HERE = 2;
const FOUNDING = "network.founded";
const KIND = /^[a-z][a-z0-9]*(?:\.[a-z][a-z0-9]*)+$/;

/** The stream of facts in the order given; Refused where one is of another network. */
export function encode(rows: readonly Row[], net: string): Bytes {
  const encoder = new Encoder(net);
  for (const row of rows) encoder.add(row);
  return encoder.stream();
}

/** Takes facts one after the other and becomes a stream. */
export class Encoder {
  /** Bytes so far. */
  size = 0;
  readonly #net: string;
  readonly #out: Uint8Array[] = [];
  readonly #kinds = new Map<string, number>();
  #chain = "";
  #seq = -1;
  #prev = "";
  #about = "";
  #ms = 0;

  constructor(net: string) {
    this.#net = net;
  }

  add({ id, header, fact }: Row): void {
    if ((header.net || id) !== this.#net) throw new Refused("a fact of another network");
    const chain = chainName(header);
    const same = chain === this.#chain && this.#seq >= 0;
    const start = !same ? CHAIN : header.seq === this.#seq && header.prev === this.#prev ? NEXT : RUN;
    const [ms, counter] = header.at;
    const delta = same ? ms - this.#ms : ms;
    const { about, scope } = header;
    const aim = about === "" ? NO_ABOUT : about === scope ? ABOUT_SCOPE : same && about === this.#about ? ABOUT_SAME : ABOUT_GIVEN;
    const sealed = header.sealed_hash === "" ? 0 : fact.sealed === null ? SEALED_AWAY : SEALED_HERE;
    const named = `${header.kind}:${header.v}`;
    const kind = this.#kinds.get(named);

    const out: Uint8Array[] = [new Uint8Array([start | (aim << 2) | (fact.body === null ? 0 : BODY_HERE) | (sealed << 5)])];
    if (start === CHAIN) {
      out.push(fromHex(header.origin + header.chain));
      if (scope === "" || scope === this.#net) out.push(new Uint8Array([scope === "" ? 0 : 1]));
      else out.push(new Uint8Array([2]), fromHex(scope));
    }
    if (start !== NEXT) out.push(number(header.seq), fromHex(header.prev));
    out.push(signed(delta), number(counter), number(kind ?? this.#kinds.size));
    if (kind === undefined) {
      this.#kinds.set(named, this.#kinds.size);
      out.push(counted(new TextEncoder().encode(header.kind)), number(header.v));
    }
    if (aim === ABOUT_GIVEN) out.push(fromHex(about));
    out.push(fact.sig);
    if (fact.body === null || fact.salt === null) out.push(fromHex(header.body_hash));
    else out.push(fact.salt, counted(fact.body));
    if (sealed === SEALED_AWAY) out.push(fromHex(header.sealed_hash));
    if (sealed === SEALED_HERE && fact.sealedSalt && fact.sealed) out.push(fact.sealedSalt, counted(fact.sealed));
    const piece = joined(...out);
    this.#out.push(piece);
    this.size += piece.length;
    this.#chain = chain;
    this.#seq = header.seq + 1;
    this.#prev = id;
    this.#about = about;
    this.#ms = ms;
  }

  stream(): Bytes {
    return joined(...this.#out);
  }
}

/** What came out of a stream: all facts before `fault` (empty: all there are), which stands at byte `end`. */
export interface Decoded {
  readonly rows: Row[];
  readonly end: number;
  readonly fault: string;
}

/** The facts of a stream; Refused with the byte where anything is odd. Signatures and bodies' form are not looked at. */
export function decode(data: Uint8Array, net: string): Row[] {
  const { rows, fault, end } = decodeSome(data, net);
  if (fault !== "") throw new Refused(`${fault} (byte ${end})`);
  return rows;
}

/** The facts of a stream up to the first fault: each proves itself, so what came before a cut may be taken in. */
export function decodeSome(data: Uint8Array, net: string): Decoded {
  const rows: Row[] = [];
  const reader = new Reader(data);
  const kinds: [name: string, v: number][] = [];
  let start = 0;
  try {
    while (reader.position < data.length) {
      start = reader.position;
      rows.push(readFact(reader, net, rows.at(-1), kinds));
    }
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    return { rows, end: start, fault: fault.message };
  }
  return { rows, end: data.length, fault: "" };
}

function readFact(reader: Reader, net: string, before: Row | undefined, kinds: [string, number][]): Row {
  const flags = reader.byte();
  const begins = flags & 3;
  if (flags & 0x80) throw new Refused("the top bit of a fact's first byte is set");
  if (begins > CHAIN) throw new Refused("a fact begins in no known way");
  if (!before && begins !== CHAIN) throw new Refused("the first fact of a stream names no chain");

  let { origin, chain, scope } = before ? chainOf(before) : { origin: "", chain: "", scope: "" };
  let seq = before ? before.header.seq + 1 : 0;
  let prev = before?.id ?? "";
  if (begins === CHAIN) {
    origin = toHex(reader.take(32));
    chain = toHex(reader.take(16));
    scope = readScope(reader, net);
    if (before && chainName({ origin, chain, scope }) === chainName(before.header)) throw new Refused("the chain of the fact before is named again");
  }
  if (begins !== NEXT) {
    const given = reader.number();
    const named = given > 0 ? reader.hash() : "";
    if (begins === RUN && given === seq && named === prev) throw new Refused("seq and prev are given although they follow from the fact before");
    seq = given;
    prev = named;
  }

  const delta = reader.signed();
  const ms = (begins === CHAIN ? 0 : (before as Row).header.at[0]) + delta;
  const counter = reader.number();
  const [kind, v] = readKind(reader, kinds);
  if (ms < 0 || !Number.isSafeInteger(ms) || counter > MAX_COUNTER || !Number.isSafeInteger(seq)) throw new Refused("a number is out of bounds");
  const about = readAbout(reader, (flags >> 2) & 3, scope, begins === CHAIN ? "" : (before as Row).header.about);
  if (kind === FOUNDING && (seq > 0 || scope !== "" || about !== "")) {
    throw new Refused("the founding fact is the first of its chain, has no scope and is about nothing");
  }

  const sig = reader.take(64).slice();
  const body = flags & BODY_HERE ? readPart(reader, "body", MAX_BODY_BYTES) : { salt: null, data: null, hash: reader.hash() };
  const beside = flags >> 5;
  if (beside > SEALED_HERE) throw new Refused("a sealed part is neither here nor away");
  const none = { salt: null, data: null, hash: "" };
  const sealed = beside === SEALED_HERE ? readPart(reader, "sealed part", MAX_SEALED_BYTES) : beside === SEALED_AWAY ? { ...none, hash: reader.hash() } : none;
  const header: Header = {
    about,
    at: [ms, counter],
    body_hash: body.hash,
    chain,
    f: 1,
    kind,
    net: kind === FOUNDING ? "" : net,
    origin,
    prev,
    scope,
    sealed_hash: sealed.hash,
    seq,
    v,
  };
  const raw = writeHeader(header);
  const fact: Fact = { raw, sig, salt: body.salt, body: body.data, sealedSalt: sealed.salt, sealed: sealed.data };
  return { id: idOf(raw), header, fact };
}

function readScope(reader: Reader, net: string): string {
  const code = reader.byte();
  if (code > 2) throw new Refused(`${code} says of no scope`);
  if (code < 2) return code === 0 ? "" : net;
  const scope = reader.hash();
  if (scope === net) throw new Refused("the scope is the network and is given at length");
  return scope;
}

function readKind(reader: Reader, kinds: [string, number][]): [string, number] {
  const told = reader.number();
  const known = kinds[told];
  if (known) return known;
  if (told > kinds.length) throw new Refused(`kind ${told} was never said`);
  const name = reader.text(64);
  const v = reader.number();
  if (!KIND.test(name)) throw new Refused("a kind has no proper name");
  if (v < 1) throw new Refused("a number is out of bounds");
  if (kinds.some(([other, version]) => other === name && version === v)) throw new Refused("a kind is said twice");
  const kind: [string, number] = [name, v];
  kinds.push(kind);
  return kind;
}

function readAbout(reader: Reader, aim: number, scope: string, before: string): string {
  if (aim === NO_ABOUT) return "";
  if (aim === ABOUT_SCOPE) {
    if (scope === "") throw new Refused("about is the scope, which is empty");
    return scope;
  }
  const about = aim === ABOUT_SAME ? before : reader.hash();
  if (about === "" || about === scope || (aim === ABOUT_GIVEN && about === before)) throw new Refused("about is not said in its shortest way");
  return about;
}

function readPart(reader: Reader, name: string, most: number): { salt: Uint8Array; data: Uint8Array; hash: string } {
  const salt = reader.take(16).slice();
  const length = reader.number();
  if (length > most) throw new Refused(`a ${name} of ${length} bytes; at most ${most} are allowed`);
  const data = reader.take(length).slice();
  return { salt, data, hash: hashPart(salt, data) };
}

/** Sorted by chain, seq, id, no fact twice: the one order of files and batches. */
export function inFileOrder(rows: Iterable<Row>): Row[] {
  const unique = [...new Map([...rows].map((row) => [row.id, row])).values()];
  const place = new Map(unique.map((row) => [row.id, chainName(row.header)]));
  const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return unique.sort(
    (a, b) => byText(place.get(a.id) as string, place.get(b.id) as string) || a.header.seq - b.header.seq || byText(a.id, b.id),
  );
}
