/**
 * A headquarters for tests: the answering side of spec/exchange.md as plainly as can be, in memory. It keeps the order
 * in which facts arrived and how often each was given.
 */
import { blocksOf, chainDigest, DigestTree, lacking, newestStatusFirst } from "../src/core/exchange/chains.ts";
import { decode, encode, inFileOrder } from "../src/core/exchange/framing.ts";
import { type Message, readMessage, writeMessage } from "../src/core/exchange/messages.ts";
import { toHex } from "../src/core/facts/bytes.ts";
import { publicOf, sign } from "../src/core/facts/noble.ts";
import { type ChainKey, chainName, chainOf, type Row, type Said, type Signer, write } from "../src/core/facts/writing.ts";
import { memoryStore, type Store } from "../src/device/store.ts";

let drawn = 0;
/** Bytes that are the same at each run and never twice. */
export const replayed = (count: number): Uint8Array => {
  drawn += 1;
  return Uint8Array.from({ length: count }, (_, k) => (k < 6 ? Math.floor(drawn / 256 ** k) % 256 : (k * 37 + drawn) % 256));
};

export function signerOf(seed: number): Signer {
  const secret = new Uint8Array(32).fill(seed);
  return { key: toHex(publicOf(secret)), sign: async (message) => sign(message, secret) };
}

export class Headquarters {
  readonly store: Store = memoryStore();
  readonly signer = signerOf(1);
  net = "";
  point = "";
  /** Ids in the order in which they came, each once. */
  readonly arrived: string[] = [];
  /** Facts that were given again although they were here. */
  doubled = 0;
  /** Refuses these kinds, with a reason. */
  readonly refuses = new Map<string, string>();
  nowMs = 1_795_356_000_000;
  readonly #own = new Map<string, { chain: string; seq: number; prev: string }>();

  async found(): Promise<void> {
    const founding = await this.say("network.founded", { name: "Drawn town", recovery: "b".repeat(64) }, "", "");
    this.net = founding.id;
    const point = await this.say("point.described", { names: { uk: "Юрта" } }, "", this.net);
    this.point = point.id;
  }

  async say(kind: string, body: Said, about: string, scope: string): Promise<Row> {
    const place = this.#own.get(scope) ?? { chain: toHex(replayed(16)), seq: 0, prev: "" };
    this.nowMs += 1_000;
    const row = await write({ kind, v: 1, net: kind === "network.founded" ? "" : this.net, about, scope, at: [this.nowMs, 0], body, sealed: null }, place, this.signer, replayed);
    this.#own.set(scope, { chain: place.chain, seq: place.seq + 1, prev: row.id });
    await this.store.add([row], false);
    return row;
  }

  admit(key: string, role = "host", scope = this.point): Promise<Row> {
    return this.say("device.admitted", { key, role, scope }, scope, scope);
  }

  /** What a phone begins with. */
  async founding(): Promise<Row[]> {
    return [...(await this.store.ofKind("network.founded")), ...(await this.store.ofKind("device.admitted")), ...(await this.store.ofKind("point.described"))];
  }

  answer = async (request: Uint8Array): Promise<Uint8Array> => writeMessage(await this.#answer(readMessage(request)));

  async #answer(asked: Message): Promise<Message> {
    if ("net" in asked && asked.net !== this.net) return { is: "no", code: 1, what: "another network" };
    switch (asked.is) {
      case "compare": {
        const wanted = asked.scopes && new Set(asked.scopes);
        const tree = new DigestTree((await this.store.chains()).filter(({ key }) => !wanted || wanted.has(key.scope)));
        const buckets = asked.prefixes.map((prefix) => ({
          chains: tree.bucket(prefix).map((state) => {
            const many = state.heads.length + state.missing.length > 256;
            return { key: state.key, count: state.count, topSeq: state.topSeq, latestMs: 0, heads: many ? [] : state.heads, missing: many ? [] : state.missing, digest: many ? chainDigest(state) : "" };
          }),
        }));
        return { is: "compared", net: this.net, buckets };
      }
      case "want": {
        const unclear: number[] = [];
        const found: Row[] = [];
        for (const [k, held] of asked.chains.entries()) {
          const rows = lacking(await this.store.chain(held.key), held.heads, held.missing);
          if (rows) found.push(...rows);
          else unclear.push(k);
        }
        return this.#facts(found.filter((row) => !asked.not.includes(row.id)), asked.most, unclear);
      }
      case "get":
        return this.#facts(await this.store.get(asked.ids), asked.most, []);
      case "show": {
        const theirs = new Map(asked.blocks);
        const mine = blocksOf(await this.store.chain(asked.key));
        const numbers = [...new Set([...mine.keys(), ...theirs.keys()])].sort((a, b) => a - b).filter((at) => at >= asked.first);
        const differ = numbers.filter((at) => mine.get(at)?.digest !== theirs.get(at));
        return { is: "shown", next: 0, blocks: differ.map((at) => [at, (mine.get(at)?.rows ?? []).map((row) => row.id).sort()] as const) };
      }
      case "give":
        return this.#give(decode(asked.stream, this.net));
      case "witness":
        return { is: "witnessed", receipts: (await Promise.all(asked.keys.map((key) => this.#receipts(key)))).reduce((a, b) => a + b, 0) };
      case "refusing":
        return { is: "heard" };
      default:
        return { is: "no", code: 3, what: `${asked.is} is not asked here` };
    }
  }

  #facts(rows: Row[], most: number, unclear: number[]): Message {
    const batch: Row[] = [];
    let size = 0;
    for (const row of newestStatusFirst(rows)) {
      size += 150 + (row.fact.body?.length ?? 0);
      if (size > most && batch.length > 0) break;
      batch.push(row);
    }
    return { is: "facts", unclear, left: rows.length - batch.length, stream: encode(inFileOrder(batch), this.net) };
  }

  async #give(rows: readonly Row[]): Promise<Message> {
    const refused = rows.flatMap((row): [string, string][] => (this.refuses.has(row.header.kind) ? [[row.id, this.refuses.get(row.header.kind) as string]] : []));
    const good = rows.filter((row) => !this.refuses.has(row.header.kind));
    const here = new Set((await this.store.get(good.map((row) => row.id))).map((row) => row.id));
    const fresh = good.filter((row) => !here.has(row.id));
    this.doubled += good.length - fresh.length;
    this.arrived.push(...newestStatusFirst(fresh).map((row) => row.id));
    await this.store.add(fresh, false);
    const chains = new Map(fresh.filter(({ header }) => header.kind !== "receipt.noted").map((row) => [chainName(row.header), chainOf(row)]));
    for (const key of chains.values()) await this.#receipts(key);
    return { is: "taken", new: fresh.length, known: good.length - fresh.length, bodies: 0, refused };
  }

  /** A receipt for each run of facts of a chain that has none yet. */
  async #receipts(key: ChainKey): Promise<number> {
    if (key.origin === this.signer.key) return 0;
    const said = (await this.store.ofKind("receipt.noted")).flatMap((row) => (JSON.parse(new TextDecoder().decode(row.fact.body as Uint8Array)) as { chains: { chain: string; first: number; last: number }[] }).chains);
    const lines: Said[] = [];
    for (const { id, header } of await this.store.chain(key)) {
      if (said.some((line) => line.chain === key.chain && line.first <= header.seq && header.seq <= line.last)) continue;
      const line = lines.at(-1);
      if (line && line.last === header.seq - 1) lines[lines.length - 1] = { ...line, last: header.seq, head: id };
      else lines.push({ origin: key.origin, chain: key.chain, scope: key.scope, first: header.seq, last: header.seq, head: id });
    }
    for (let k = 0; k < lines.length; k += 38) {
      await this.say("receipt.noted", { level: "headquarters", time_ms: this.nowMs, chains: lines.slice(k, k + 38) }, this.net, key.scope || this.net);
    }
    return lines.length;
  }

  /** What a backup that was read back makes safe: everything of a chain as it is here. */
  async safe(key: ChainKey): Promise<void> {
    const rows = await this.store.chain(key);
    const last = rows.at(-1) as Row;
    await this.say("receipt.noted", { level: "safe", time_ms: this.nowMs, chains: [{ ...key, first: 0, last: last.header.seq, head: last.id }] }, this.net, key.scope);
  }
}
