/**
 * A device of a network: its key, what it says, and how that reaches headquarters. Used by the host's app and the desk.
 *
 *     const device = await openDevice({ name: "desk", root: new URL("../", location.href) });
 *     device.key                                   its public key, hex
 *     device.member                                network, role and place it was admitted for; null before that
 *     await device.redeem(token)                   token of the invitation's link (`#invite=<token>`)
 *     await device.signIn()                        a session for reading JSON (a cookie); `device.json(method, path, body)` asks
 *     const { id } = await device.say("mode.set", { mode: "outage" }, { about: area })
 *                                                  signed and on disk before this returns; Refused where it does not fit
 *     await device.exchange()                      gives what waits (newest status first), fetches what is new; one at a time
 *     await device.reports()                       what this device said, newest first, each with where it is now
 *     device.listen(() => ...)                     something changed: said, exchanged, admitted
 *
 * Faults: NoKeyHere (no secure origin: lead to the plain form `/report`), Refused (does not fit; the message says what),
 * Unreachable (no network, server away: it waits here), No (the server says no; `code` 5: not admitted, or revoked), Fault
 * (an error of the server: `status`, `message`, `where`, `mend`). All of them are exported here.
 */
import { fromHex, toHex } from "../core/facts/bytes.ts";
import { Refused } from "../core/facts/canonical.ts";
import { signedBytes } from "../core/facts/fact.ts";
import { strictVerify } from "../core/facts/signing.ts";
import { type ChainKey, chainName, chainOf, partOf, type Place, type Row, rowOf, type Said, type Signer, tick, write } from "../core/facts/writing.ts";
import { decode } from "../core/exchange/framing.ts";
import { exchange, type Moved, No, type Shelf, Unreachable } from "../core/exchange/client.ts";
import { fromBase64url } from "./base64url.ts";
import { type KeptKey, makeKey, NoKeyHere, signerOf } from "./key.ts";
import { beginsPlace, checkFits, kindOf, scopeOf } from "./kinds.ts";
import type { Ground, Line, Member, Report, Role, Session, Where } from "./shapes.ts";
import { Covered, headquartersOf, type Standing } from "./standing.ts";
import type { Store } from "./store.ts";
import { pageTurns, turns } from "./turns.ts";
import { Fault, redeemBytes, sessionBytes, type Wire, wire } from "./wire.ts";

export { Fault, No, NoKeyHere, pageTurns, Refused, Unreachable };
export type { Ground, Line, Member, Moved, Report, Role, Row, Said, Session, Standing, Where };

/** Facts of these kinds tell who is trusted; a device keeps them all. */
const TRUST = ["network.founded", "device.admitted", "device.replaced", "device.revoked"];

/** The device of this browser, its key made when it is opened first. */
export async function openDevice({ name, root }: { readonly name: string; readonly root: URL }): Promise<Device> {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) throw new NoKeyHere("this page cannot make a key: it was not opened over https");
  const { idbStore } = await import("./idbStore.ts");
  const nowMs = (): number => Date.now();
  return Device.open({
    store: await idbStore(`shanyrak-${name}#${root.pathname}`),
    wire: (at) => wire(at, nowMs),
    root,
    nowMs,
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    makeKey: () => makeKey(),
    signer: (kept) => signerOf(kept),
    verify: await strictVerify(crypto.subtle),
    turn: turns(`shanyrak-${name}#${root.pathname}`),
  });
}

export class Device {
  readonly key: string;
  readonly store: Store;
  readonly #ground: Ground;
  readonly #signer: Signer;
  readonly #wire: Wire;
  readonly #covered: Covered;
  readonly #ears = new Set<() => void>();
  #member: Member | null;
  #root: URL | null;
  #line: Line;
  #running: Promise<Moved> | null = null;

  private constructor(ground: Ground, signer: Signer, member: Member | null, root: URL | null, line: Line) {
    this.store = ground.store;
    this.key = signer.key;
    this.#ground = ground;
    this.#signer = signer;
    this.#member = member;
    this.#root = root;
    this.#line = line;
    this.#covered = new Covered(signer.key);
    this.#wire = ground.wire(() => this.#root);
  }

  static async open(ground: Ground): Promise<Device> {
    const { store } = ground;
    const kept = await ground.turn("key", async () => {
      const found = await store.value<KeptKey>("key");
      if (found) return found;
      const made = await ground.makeKey();
      await store.putValue("key", made);
      return made;
    });
    const root = (await store.value<string>("root")) ?? null;
    const line: Line = { busy: false, lastMs: (await store.value<number>("exchanged")) ?? null, fault: "", waiting: await store.waitingCount() };
    const device = new Device(ground, ground.signer(kept), (await store.value<Member>("member")) ?? null, root ? new URL(root) : ground.root, line);
    for (const receipt of await store.ofKind("receipt.noted")) device.#covered.add(receipt);
    return device;
  }

  get member(): Member | null {
    return this.#member;
  }

  get line(): Line {
    return this.#line;
  }

  /** Address of the server; null where none is known. */
  get root(): URL | null {
    return this.#root;
  }

  listen(hear: () => void): () => void {
    this.#ears.add(hear);
    return () => this.#ears.delete(hear);
  }

  #tell(change: Partial<Line> = {}): void {
    this.#line = { ...this.#line, ...change };
    for (const hear of this.#ears) hear();
  }

  // admission ------------------------------------------------------------------------------------------------

  /** Take up an invitation: the server admits this key. @param token of the link's fragment, base64url */
  async redeem(token: string): Promise<Member> {
    const bytes = fromBase64url(token);
    const sig = toHex(await this.#signer.sign(redeemBytes(bytes, this.key)));
    const said = await this.#wire.json<{
      net: string;
      network: string;
      role: Role;
      scope: string;
      scope_name: string;
      founding: string;
    }>("POST", "invites/redeem", { token, key: this.key, sig });
    const member: Member = { net: said.net, network: said.network, role: said.role, scope: said.scope || said.net, scopeName: said.scope_name, untilMs: null };
    await this.join(member, decode(fromBase64url(said.founding), said.net), this.#ground.root);
    return member;
  }

  /** Become a member by facts that admit this key, from a server or from a phone at the door. */
  async join(member: Member, rows: readonly Row[], root: URL | null, waits = false): Promise<void> {
    if (this.#member && this.#member.net !== member.net) throw new Refused("this device belongs to another network");
    if (!rows.some((row) => row.id === member.net)) throw new Refused("the founding record is missing");
    const { sound, refused } = await this.#examine(rows, member.net);
    if (refused[0]) throw new Refused(refused[0][1]);
    const admits = sound.some((row) => row.header.kind === "device.admitted" && partOf(row.fact.body)?.key === this.key);
    if (!admits) throw new Refused("these records do not admit this device");
    await this.store.add(sound, waits, { member, ...(root && { root: root.href }) });
    this.#member = member;
    if (root) this.#root = root;
    this.#tell({ fault: "", waiting: await this.store.waitingCount() });
  }

  /** A session for reading, 30 minutes and longer while it is used. */
  async signIn(): Promise<Session> {
    const { challenge, net } = await this.#wire.json<{ challenge: string; net: string }>("POST", "session/challenge", { key: this.key });
    if (this.#member && net !== this.#member.net) throw new Refused("this server belongs to another network");
    const sig = toHex(await this.#signer.sign(sessionBytes(net, challenge)));
    return this.#wire.json<Session>("POST", "session", { key: this.key, challenge, sig });
  }

  signOut(): Promise<unknown> {
    return this.#wire.json("DELETE", "session");
  }

  /** Ask the server for JSON under `api/v1/`, bytes or JSON in the body; signs in where there is no session yet. */
  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    try {
      return await this.#wire.json<T>(method, path, body);
    } catch (fault) {
      if (!(fault instanceof Fault) || fault.status !== 401) throw fault;
      await this.signIn();
      return this.#wire.json<T>(method, path, body);
    }
  }

  // saying ---------------------------------------------------------------------------------------------------

  /** Say something: checked, signed and on disk before this returns. It goes to headquarters with the next exchange. */
  async say(kind: string, body: Said, { about = "", scope, sealed = null, kept = {} }: Where = {}): Promise<{ readonly id: string }> {
    const { net, scope: own } = this.#mustBelong();
    checkFits(kind, body, sealed);
    const where = scope ?? scopeOf(kind, about, body, net, own) ?? (await this.#scopeAround(about, net));
    const row = await this.#ground.turn("pen", async () => {
      const clock = (await this.store.value<[number, number]>("clock")) ?? [0, 0];
      const at = tick(this.#ground.nowMs(), clock);
      const place = await this.#place(where);
      const made = await write({ kind, v: kindOf(kind).v, net, about, scope: where, at, body, sealed }, place, this.#signer, this.#ground.random);
      await this.store.add([made], true, { ...kept, clock: at, [`own:${where}`]: { chain: place.chain, last: made.id } });
      return made;
    });
    this.#tell({ waiting: await this.store.waitingCount() });
    return { id: row.id };
  }

  /** Chain, seq and prev of the next fact. Where a chain goes on elsewhere (a phone restored or cloned), a new one begins. */
  async #place(scope: string): Promise<Place> {
    const kept = await this.store.value<{ chain: string; last: string }>(`own:${scope}`);
    if (kept) {
      const name = chainName({ origin: this.key, chain: kept.chain, scope });
      const state = (await this.store.chains()).find(({ key }) => chainName(key) === name);
      if (state && state.heads.length === 1 && state.heads[0] === kept.last) return { chain: kept.chain, seq: state.topSeq + 1, prev: kept.last };
    }
    return { chain: toHex(this.#ground.random(16)), seq: 0, prev: "" };
  }

  async #scopeAround(about: string, net: string): Promise<string> {
    const [thing] = await this.store.get([about]);
    if (!thing) throw new Refused("what it is about is not known here: say the scope as well");
    return beginsPlace(thing.header.kind) ? about : thing.header.scope || net;
  }

  #mustBelong(): Member {
    if (!this.#member) throw new Refused("this device was not admitted to any network yet");
    return this.#member;
  }

  // reports --------------------------------------------------------------------------------------------------

  /** What this device said, newest first. */
  async reports(most = 200): Promise<Report[]> {
    return this.#reportsOf(await this.store.newestOf(this.key, most));
  }

  async #reportsOf(rows: readonly Row[]): Promise<Report[]> {
    const [standing, refusals] = await Promise.all([this.#standing(), this.store.refusals()]);
    return rows.map((row) => ({
      id: row.id,
      kind: row.header.kind,
      about: row.header.about || row.id,
      scope: row.header.scope,
      atMs: row.header.at[0],
      body: partOf(row.fact.body),
      sealed: partOf(row.fact.sealed),
      standing: refusals.has(row.id) ? "refused" : standing(row),
      reason: refusals.get(row.id) ?? "",
    }));
  }

  async #standing(): Promise<(row: Row) => "phone" | "headquarters" | "safe"> {
    if (!this.#member) return () => "phone";
    const trusted = await this.#headquarters(this.#member.net);
    const ends = await this.store.get(this.#covered.heads());
    const ids = new Map(ends.map((row) => [`${chainName(row.header)}:${row.header.seq}`, row.id]));
    return (row) => this.#covered.standing(row, trusted, (chain, seq) => ids.get(`${chain}:${seq}`));
  }

  async #headquarters(net: string): Promise<Set<string>> {
    return headquartersOf((await Promise.all(TRUST.map((kind) => this.store.ofKind(kind)))).flat(), net);
  }

  // exchange -------------------------------------------------------------------------------------------------

  /** Give what waits and fetch what is new. A call while one is running waits for that one. */
  exchange(): Promise<Moved> {
    this.#running ??= this.#untilNothingWaits().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** What was said while an exchange was running goes with the next one, at once. */
  async #untilNothingWaits(): Promise<Moved> {
    let moved = await this.#exchange();
    for (let k = 0; k < 2 && this.#line.waiting > 0; k++) {
      const more = await this.#exchange();
      moved = {
        sent: moved.sent + more.sent,
        received: moved.received + more.received,
        refusedThere: moved.refusedThere + more.refusedThere,
        bytesOut: moved.bytesOut + more.bytesOut,
        bytesIn: moved.bytesIn + more.bytesIn,
      };
    }
    return moved;
  }

  async #exchange(): Promise<Moved> {
    const { net, scope } = this.#mustBelong();
    this.#tell({ busy: true });
    try {
      const moved = await this.#ground.turn("exchange", async () => {
        const home = await this.#scopes(net, scope);
        // A receipt is said where the report was: a desk speaks of places that it does not keep itself.
        const spoken = new Set((await this.#unwitnessed()).map((key) => key.scope).filter((one) => !home.includes(one)));
        const trusted = await this.#headquarters(net);
        return exchange(this.#shelf(net), this.#wire.ask(this.#signer, net), {
          net,
          scopes: [...home, ...spoken].sort(),
          lean: (key) => key.origin !== this.key && (key.scope === net || key.scope === "" || spoken.has(key.scope)),
          passedOver: (key) => spoken.has(key.scope) && key.origin !== this.key && !trusted.has(key.origin),
          before: await this.#before(),
          unwitnessed: () => this.#unwitnessed(),
          progress: (_sent, _received, left) => this.#tell({ waiting: left }),
        });
      });
      const lastMs = this.#ground.nowMs();
      await this.store.putValue("exchanged", lastMs);
      this.#tell({ busy: false, lastMs, fault: "", waiting: await this.store.waitingCount() });
      return moved;
    } catch (fault) {
      const why = fault instanceof Unreachable ? "unreachable" : fault instanceof No && fault.code === 5 ? "not_admitted" : "other";
      this.#tell({ busy: false, fault: why, waiting: await this.store.waitingCount() });
      throw fault;
    }
  }

  /** Own place, the area around it, the network: nothing of other points is asked for. */
  async #scopes(net: string, scope: string): Promise<string[]> {
    const found = new Set([net]);
    for (let at = scope, k = 0; at !== "" && at !== net && k < 8; k++) {
      found.add(at);
      const described = (await this.store.about(at)).map((row) => partOf(row.fact.body));
      at = described.map((body) => body?.area ?? body?.within).find((area): area is string => typeof area === "string") ?? "";
    }
    return [...found].sort();
  }

  /** The admissions that a phone got at the door, as long as headquarters may not have them. */
  async #before(): Promise<Row[]> {
    const waiting = await this.store.waiting();
    return waiting.filter(({ header }) => TRUST.includes(header.kind) && header.origin !== this.key);
  }

  async #unwitnessed(): Promise<ChainKey[]> {
    const standing = await this.#standing();
    const own = (await this.store.chains()).filter(({ key }) => key.origin === this.key);
    const heads = await this.store.get(own.flatMap((state) => state.heads));
    return heads.filter((row) => standing(row) === "phone").map(chainOf);
  }

  #shelf(net: string): Shelf {
    const { store } = this;
    return {
      chains: () => store.chains(),
      chain: async (key) => [...(await store.forgotten(key)), ...(await store.chain(key))].sort((a, b) => a.header.seq - b.header.seq),
      get: (ids) => store.get(ids),
      waiting: () => store.waiting(),
      arrived: (ids) => store.arrived(ids),
      refused: (refusals) => store.refuse(refusals),
      refusals: () => store.refusals(),
      take: async (rows) => {
        const { sound, refused } = await this.#examine(rows, net);
        const fresh = await store.add(sound, false);
        for (const row of sound) if (row.header.kind === "receipt.noted") this.#covered.add(row);
        if (fresh > 0) this.#tell();
        return { fresh, refused };
      },
    };
  }

  /** Form, parts, network and signature of facts, each alone. */
  async #examine(rows: readonly Row[], net: string): Promise<{ sound: Row[]; refused: (readonly [string, string])[] }> {
    const sound: Row[] = [];
    const refused: (readonly [string, string])[] = [];
    for (const given of rows) {
      try {
        const row = rowOf(given.fact);
        if ((row.header.net || row.id) !== net) throw new Refused("it belongs to another network");
        if (!(await this.#ground.verify(fromHex(row.header.origin), signedBytes(row.fact.raw), row.fact.sig))) throw new Refused("the signature does not verify");
        sound.push(row);
      } catch (fault) {
        if (!(fault instanceof Refused)) throw fault;
        refused.push([given.id, fault.message]);
      }
    }
    return { sound, refused };
  }

  // carrying for others ----------------------------------------------------------------------------------------

  /** Keep another phone's reports and give them on; how many were new here, and how many did not verify. */
  async carry(rows: readonly Row[]): Promise<{ readonly fresh: number; readonly refused: number }> {
    const { net } = this.#mustBelong();
    const { sound, refused } = await this.#examine(rows, net);
    const fresh = await this.store.add(sound, true);
    this.#tell({ waiting: await this.store.waitingCount() });
    return { fresh, refused: refused.length };
  }

  /** Facts that tell why this device may speak: the founding one, admissions of its key and of those who admitted. */
  async admissions(): Promise<Row[]> {
    const { net } = this.#mustBelong();
    const trust = (await Promise.all(TRUST.map((kind) => this.store.ofKind(kind)))).flat();
    const found = new Map<string, Row>();
    const keys = [this.key];
    for (const key of keys) {
      for (const row of trust) {
        if (row.header.kind !== "device.admitted" || partOf(row.fact.body)?.key !== key || found.has(row.id)) continue;
        found.set(row.id, row);
        if (!keys.includes(row.header.origin)) keys.push(row.header.origin);
      }
    }
    const founding = trust.find((row) => row.id === net);
    return [...(founding ? [founding] : []), ...found.values()];
  }
}
