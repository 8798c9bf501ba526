/**
 * The asking side of an exchange (spec/exchange.md, "One exchange"), for a phone: what waits here goes first, newest
 * status before the rest, in small batches that grow while the line holds; then the two sides compare what they have.
 * A cut anywhere does no harm: what was answered is remembered, and the next exchange goes on from there.
 *
 * No network, clock or disk here: `ask` carries a request over, `shelf` keeps facts.
 */
import { Refused } from "../facts/canonical.ts";
import { type ChainKey, chainName, type Row } from "../facts/writing.ts";
import { blocksOf, type ChainState, DigestTree, lacking, type Link, MANY_HEADS, newestStatusFirst, same } from "./chains.ts";
import { decode, decodeSome, encode, inFileOrder } from "./framing.ts";
import { cutStream, type Detail, type Message, type Name, Newer, NOT_NOW, NOT_UNDERSTOOD, type Of, OTHER_NETWORK, readMessage, writeMessage } from "./messages.ts";

/** Carries a request over and gives the whole answer; throws Unreachable (or Cut) where that fails. */
export type Ask = (request: Uint8Array) => Promise<Uint8Array>;

/** The other side cannot be reached, or cannot answer now: try again later. */
export class Unreachable extends Error {
  override name = "Unreachable";
}
/** An answer broke off; `received` is what came of it. */
export class Cut extends Unreachable {
  readonly received: Uint8Array;
  constructor(message: string, received: Uint8Array) {
    super(message);
    this.received = received;
  }
}
/** The other side says no, and will say so again. */
export class No extends Error {
  override name = "No";
  readonly code: number;
  constructor(code: number, what: string) {
    super(what);
    this.code = code;
  }
}

/** Where facts are kept. */
export interface Shelf {
  chains(): Promise<readonly ChainState[]>;
  /** All facts of a chain that are here, by seq, and of those that this device let go only where they stood. */
  chain(key: ChainKey): Promise<(Row | Link)[]>;
  get(ids: readonly string[]): Promise<Row[]>;
  /** Facts of which nobody at the other end ever said that they are there, nor refused them. */
  waiting(): Promise<Row[]>;
  /** Ids of facts that the other side refused before: they are not given again. */
  refusals(): Promise<ReadonlyMap<string, string>>;
  /** Take in what came from the other side, each fact checked alone; how many were new, and which were refused. */
  take(rows: readonly Row[]): Promise<{ readonly fresh: number; readonly refused: readonly (readonly [string, string])[] }>;
  /** The other side has these now. */
  arrived(ids: readonly string[]): Promise<void>;
  /** The other side will not have these. */
  refused(refusals: readonly (readonly [string, string])[]): Promise<void>;
}

export interface Terms {
  readonly net: string;
  /** Chains of these scopes are compared; null: all. */
  readonly scopes: readonly string[] | null;
  /**
   * Chains of which a phone wants only what is new where they are long, such as all that a headquarters says to the whole
   * network: older facts are not fetched, and no more than `LEAN_BYTES` at a time.
   */
  readonly lean: (key: ChainKey) => boolean;
  /** Chains of these scopes that are not fetched at all, nor settled. */
  readonly passedOver?: (key: ChainKey) => boolean;
  /** Facts that must be there before others count, such as the admission of this device; given along with the first batch. */
  readonly before: readonly Row[];
  /** Own chains with facts that no receipt covers yet, asked for after all was given. */
  readonly unwitnessed: () => Promise<readonly ChainKey[]>;
  readonly progress?: (sent: number, received: number, left: number) => void;
}

export interface Moved {
  readonly sent: number;
  readonly received: number;
  readonly refusedThere: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

const FIRST_BYTES = 2_048;
const MOST_BYTES = 16_384;
const LEAN_BYTES = 65_536;
/** A chain that lacks no more than this is fetched whole, whoever speaks in it. */
const MANY_FACTS = 300;
const WANT_BYTES = 32_768;
const MAX_ROUNDS = 8;
const PREFIXES = 256;
const MAX_PREFIX = 12;
const FACT_BYTES = 150;
const MAX_REASON = 200;

interface Difference {
  readonly key: ChainKey;
  readonly mine: ChainState | undefined;
  readonly theirs: Detail | undefined;
}

/** One exchange; throws Unreachable, No or Refused where it could not be brought to its end. What moved until then stays moved. */
export function exchange(shelf: Shelf, ask: Ask, terms: Terms): Promise<Moved> {
  return new Exchange(shelf, ask, terms).run();
}

class Exchange {
  readonly #shelf: Shelf;
  readonly #ask: Ask;
  readonly #terms: Terms;
  readonly #given = new Set<string>();
  readonly #refusedHere = new Map<string, string>();
  #sent = 0;
  #received = 0;
  #refusedThere = 0;
  #bytesOut = 0;
  #bytesIn = 0;
  #batchBytes = FIRST_BYTES;

  constructor(shelf: Shelf, ask: Ask, terms: Terms) {
    this.#shelf = shelf;
    this.#ask = ask;
    this.#terms = terms;
  }

  async run(): Promise<Moved> {
    const waiting = await this.#shelf.waiting();
    await this.#give(waiting, this.#terms.before);
    let witnessed = false;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const moved = await this.#settleAll(await this.#compare());
      if (moved > 0) continue;
      if (witnessed) break;
      witnessed = true;
      if (!(await this.#witness())) break;
    }
    await this.#tellRefused();
    return { sent: this.#sent, received: this.#received, refusedThere: this.#refusedThere, bytesOut: this.#bytesOut, bytesIn: this.#bytesIn };
  }

  // asking
  async #talk<N extends Name>(message: Message, wanted: N): Promise<Of<N>> {
    const request = writeMessage(message);
    this.#bytesOut += request.length;
    const bytes = await this.#ask(request);
    this.#bytesIn += bytes.length;
    let answer: Message;
    try {
      answer = readMessage(bytes);
    } catch (fault) {
      if (fault instanceof Newer) throw fault;
      if (fault instanceof Refused) throw new Cut(`the answer is not whole (${fault.message})`, bytes);
      throw fault;
    }
    if (answer.is === "no") {
      if (answer.code === NOT_NOW) throw new Unreachable(answer.what);
      throw new No(answer.code, answer.what);
    }
    if (answer.is !== wanted) throw new Refused("the other side answered something that was not asked");
    return answer as Of<N>;
  }

  async #fetch(message: Message): Promise<{ left: number; unclear: readonly number[]; fresh: number; rows: Row[]; bytes: number }> {
    const { net } = this.#terms;
    try {
      const answer = await this.#talk(message, "facts");
      const rows = decode(answer.stream, net);
      return { left: answer.left, unclear: answer.unclear, fresh: await this.#take(rows), rows, bytes: answer.stream.length };
    } catch (fault) {
      if (fault instanceof Cut) await this.#take(decodeSome(cutStream(fault.received), net).rows);
      throw fault;
    }
  }

  async #take(rows: readonly Row[]): Promise<number> {
    if (rows.length === 0) return 0;
    const { fresh, refused } = await this.#shelf.take(rows);
    for (const [id, reason] of refused) this.#refusedHere.set(id, reason);
    this.#received += fresh;
    this.#tell(0);
    return fresh;
  }

  #tell(left: number): void {
    this.#terms.progress?.(this.#sent, this.#received, left);
  }

  // giving
  async #give(rows: readonly Row[], before: readonly Row[] = []): Promise<number> {
    const unwanted = await this.#shelf.refusals();
    const along = new Set(before.map((row) => row.id));
    const fresh = newestStatusFirst(rows.filter((row) => !this.#given.has(row.id) && !unwanted.has(row.id) && !along.has(row.id)));
    let taken = fresh.length === 0 && before.length > 0 ? await this.#giveBatch(before) : 0;
    for (let first = 0; first < fresh.length; ) {
      const batch = firstThatFit(fresh, first, this.#batchBytes);
      taken += await this.#giveBatch(first === 0 ? [...before, ...batch] : batch);
      first += batch.length;
      this.#batchBytes = Math.min(2 * this.#batchBytes, MOST_BYTES);
      this.#tell(fresh.length - first);
    }
    return taken;
  }

  /** One batch. Where the other side cannot read it, halves of it: one odd fact never holds up the rest. */
  async #giveBatch(rows: readonly Row[]): Promise<number> {
    const { net } = this.#terms;
    let answer: Of<"taken">;
    try {
      answer = await this.#talk({ is: "give", net, stream: encode(inFileOrder(rows), net) }, "taken");
    } catch (fault) {
      if (!(fault instanceof No) || fault.code !== NOT_UNDERSTOOD) throw fault;
      const [only] = rows;
      if (rows.length === 1 && only) {
        this.#given.add(only.id);
        this.#refusedThere += 1;
        await this.#shelf.refused([[only.id, fault.message]]);
        return 0;
      }
      const half = Math.ceil(rows.length / 2);
      return (await this.#giveBatch(rows.slice(0, half))) + (await this.#giveBatch(rows.slice(half)));
    }
    for (const row of rows) this.#given.add(row.id);
    const refused = new Map(answer.refused);
    await this.#shelf.refused([...refused]);
    await this.#shelf.arrived(rows.map((row) => row.id).filter((id) => !refused.has(id)));
    this.#refusedThere += refused.size;
    this.#sent += answer.new + answer.bodies;
    return answer.new + answer.bodies;
  }

  // comparing
  async #compare(): Promise<Difference[]> {
    const { net, scopes } = this.#terms;
    const wanted = scopes && new Set(scopes);
    const tree = new DigestTree((await this.#shelf.chains()).filter(({ key }) => !wanted || wanted.has(key.scope)));
    const found: Difference[] = [];
    let todo = [""];
    while (todo.length > 0) {
      const now = todo.slice(0, PREFIXES);
      const answer = await this.#talk({ is: "compare", net, scopes: scopes && [...scopes].sort(), prefixes: now }, "compared");
      if (answer.net !== net) throw new No(OTHER_NETWORK, "the other side belongs to another network");
      if (answer.buckets.length === 0 || answer.buckets.length > now.length) throw new Refused("the other side answered something that was not asked");
      const below: string[] = [];
      answer.buckets.forEach((bucket, k) => {
        const prefix = now[k] as string;
        if ("below" in bucket) {
          bucket.below.forEach((digest, digit) => {
            const next = prefix + digit.toString(16);
            if (tree.digest(next) !== digest) below.push(next);
          });
          return;
        }
        const there = new Map(bucket.chains.map((one) => [chainName(one.key), one]));
        for (const mine of tree.bucket(prefix)) {
          const theirs = there.get(chainName(mine.key));
          there.delete(chainName(mine.key));
          if (!same(mine, theirs)) found.push({ key: mine.key, mine, theirs });
        }
        for (const theirs of there.values()) {
          if (wanted && !wanted.has(theirs.key.scope)) throw new Refused("the other side answered something that was not asked");
          found.push({ key: theirs.key, mine: undefined, theirs });
        }
      });
      if (below.some((prefix) => prefix.length > MAX_PREFIX)) throw new Refused("the other side never comes to an end of its digests");
      todo = [...below, ...todo.slice(answer.buckets.length)];
    }
    return found;
  }

  async #settleAll(differences: readonly Difference[]): Promise<number> {
    let moved = 0;
    const pull: Difference[] = [];
    const push: Row[] = [];
    const unclear: ChainKey[] = [];
    for (const one of differences) {
      const { mine, theirs, key } = one;
      if (this.#terms.passedOver?.(key)) continue;
      if (theirs && theirs.count - (mine?.count ?? 0) > MANY_FACTS && this.#terms.lean(key)) moved += await this.#pullLean(one);
      else if (theirs?.digest || (theirs && mine && mine.heads.length + mine.missing.length > MANY_HEADS)) unclear.push(key);
      else if (theirs && (!mine || theirs.count > mine.count)) pull.push(one);
      else {
        const rows = lacking(await this.#shelf.chain(key), theirs?.heads ?? [], theirs?.missing ?? []);
        if (rows === null) unclear.push(key);
        else push.push(...rows.filter(isHere));
      }
    }
    moved += await this.#give(push);
    const pulled = await this.#pull(pull.map(({ key }) => key));
    moved += pulled.moved;
    for (const key of [...unclear, ...pulled.unclear]) moved += await this.#settle(key);
    return moved;
  }

  async #pull(wanted: readonly ChainKey[]): Promise<{ moved: number; unclear: ChainKey[] }> {
    let keys = [...wanted].sort((a, b) => (chainName(a) < chainName(b) ? -1 : 1));
    const unclear: ChainKey[] = [];
    let moved = 0;
    while (keys.length > 0) {
      const answer = await this.#fetch(await this.#want(keys, WANT_BYTES));
      moved += answer.fresh;
      const odd = new Set(answer.unclear);
      unclear.push(...keys.filter((_, k) => odd.has(k)));
      keys = keys.filter((_, k) => !odd.has(k));
      if (answer.fresh === 0 || answer.left === 0) break;
    }
    return { moved, unclear };
  }

  /** Only what is newer than the newest here, newest first, and not more than a phone can bear. */
  async #pullLean({ key, mine, theirs }: Difference): Promise<number> {
    if (mine && theirs && theirs.topSeq <= mine.topSeq) return 0;
    let moved = 0;
    let bytes = 0;
    while (bytes < LEAN_BYTES) {
      const answer = await this.#fetch(await this.#want([key], MOST_BYTES));
      moved += answer.fresh;
      bytes += answer.bytes;
      const olderOnly = mine !== undefined && answer.rows.every((row) => row.header.seq <= mine.topSeq);
      if (answer.fresh === 0 || answer.left === 0 || answer.unclear.length > 0 || olderOnly) break;
    }
    return moved;
  }

  async #want(keys: readonly ChainKey[], most: number): Promise<Message> {
    const states = new Map((await this.#shelf.chains()).map((state) => [chainName(state.key), state]));
    const chains = keys.map((key) => {
      const state = states.get(chainName(key));
      return { key, heads: state?.heads ?? [], missing: state?.missing ?? [] };
    });
    return { is: "want", net: this.#terms.net, latest: false, most, chains, not: [...this.#refusedHere.keys()].sort().slice(0, 1_000) };
  }

  /** Compare a chain block by block, where heads do not tell who has what. */
  async #settle(key: ChainKey): Promise<number> {
    const { net } = this.#terms;
    let moved = 0;
    for (let first = 0; ; ) {
      const mine = blocksOf(await this.#shelf.chain(key));
      const blocks = [...mine].filter(([at]) => at >= first).map(([at, { digest }]) => [at, digest] as const);
      const answer = await this.#talk({ is: "show", net, key, first, blocks }, "shown");
      const wanted: string[] = [];
      const give: Row[] = [];
      for (const [at, ids] of answer.blocks) {
        const there = new Set(ids);
        const here = mine.get(at)?.rows ?? [];
        const ours = new Set(here.map((row) => row.id));
        wanted.push(...ids.filter((id) => !ours.has(id) && !this.#refusedHere.has(id)));
        give.push(...here.filter(isHere).filter((row) => !there.has(row.id)));
      }
      moved += await this.#give(give);
      for (let k = 0; k < wanted.length; k += 128) {
        const page = wanted.slice(k, k + 128).sort();
        moved += (await this.#fetch({ is: "get", net, bodies: false, most: WANT_BYTES, ids: page })).fresh;
      }
      if (answer.next <= first) return moved;
      first = answer.next;
    }
  }

  // at the end
  async #witness(): Promise<boolean> {
    const keys = [...(await this.#terms.unwitnessed())].sort((a, b) => (chainName(a) < chainName(b) ? -1 : 1));
    if (keys.length === 0) return false;
    return (await this.#talk({ is: "witness", net: this.#terms.net, keys }, "witnessed")).receipts > 0;
  }

  async #tellRefused(): Promise<void> {
    const refused = [...this.#refusedHere].slice(0, 1_000).map(([id, reason]) => [id, reason.slice(0, MAX_REASON)] as const);
    if (refused.length > 0) await this.#talk({ is: "refusing", net: this.#terms.net, refused }, "heard");
  }
}

const isHere = (row: Row | Link): row is Row => "fact" in row;

function firstThatFit(rows: readonly Row[], first: number, most: number): Row[] {
  let size = 0;
  let end = first;
  while (end < rows.length) {
    const { fact } = rows[end] as Row;
    size += FACT_BYTES + (fact.body?.length ?? 0) + (fact.sealed?.length ?? 0);
    if (size > most && end > first) break;
    end += 1;
  }
  return rows.slice(first, end);
}
