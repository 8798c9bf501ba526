/** What the host's app knows at one moment, and what a person can do. Device, clock and browser come in by argument. */
import type { Code, HandOver } from "../device/codes.ts";
import { Gathering, MOST_REPORTS, packHandOver, piecesOf, readHandOver } from "../device/codes.ts";
import { type Device, Fault, No, pageTurns, type Report, type Role, Unreachable } from "../device/device.ts";
import { forget } from "../device/forgetting.ts";
import { beginsPlace } from "../device/kinds.ts";
import { Photos, type WaitingPhoto } from "../device/photos.ts";
import { readFile, writeFile } from "../core/exchange/file.ts";
import { partOf, type Row, thingOf } from "../core/facts/writing.ts";
import { byTimeDown } from "../device/store.ts";
import type { Entry } from "./acts.ts";
import * as acts from "./acts.ts";
import { type Known, knownOf } from "./known.ts";
import type { T } from "./texts.ts";

export interface Place {
  readonly id: string;
  readonly names: Readonly<Record<string, string>>;
  readonly address: string;
}

export interface Delivery {
  readonly id: string;
  readonly leftMs: number;
  readonly toWhere: string;
  readonly to: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface State {
  readonly t: T;
  readonly languages: readonly string[];
  readonly role: Role | null;
  /** The place this phone is on duty in; "" for a driver, or an inspector of an area. */
  readonly point: string;
  readonly scopeName: string;
  /** What the network is called. */
  readonly network: string;
  readonly known: Known | null;
  readonly places: readonly Place[];
  readonly deliveries: readonly Delivery[];
  readonly reports: readonly Report[];
  /** Photos that were not sent yet, or not accepted. */
  readonly photos: readonly WaitingPhoto[];
  /** Own reports and photos that headquarters never said it has. */
  readonly here: number;
  /** Reports of others that this phone carries. */
  readonly carried: number;
  /** Visits tapped and not yet written into an entry. */
  readonly tapped: number;
  readonly line: Device["line"];
  /** Whether the browser promised not to forget; null: not known yet. */
  readonly persists: boolean | null;
  readonly nowMs: number;
  /** What the last act came to, to be read out. */
  readonly told: string;
}

export interface Holder {
  get(): State;
  set(change: Partial<State>): void;
  listen(hear: () => void): () => void;
}

export function hold(first: State): Holder {
  let state = first;
  const ears = new Set<() => void>();
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const hear of ears) hear();
    },
    listen(hear) {
      ears.add(hear);
      return () => ears.delete(hear);
    },
  };
}

/** No asking of its own accord more often than this [ms]: batteries and lines are short. */
export const QUIET_MS = 5 * 60_000;
/** After the phone says that its network is back: a line is often no use in its first seconds [ms]. */
export const BACK_MS = [2_000, 10_000, 30_000];
/** Taps on "+1 visit" become one entry when nobody taps for so long [ms]. */
export const TAPS_MS = 15_000;

export type App = ReturnType<typeof makeApp>;

export function makeApp(holder: Holder, device: Device, nowMs: () => number, later: (act: () => void, ms: number) => () => void, album = new Photos(device, pageTurns())) {
  let stopTaps: (() => void) | null = null;
  let triedMs = 0;
  let returns = 0;

  /** Read again what this phone knows. */
  async function look(): Promise<void> {
    const { store, member } = device;
    if (!member) return holder.set({ role: null, nowMs: nowMs() });
    const point = await pointOf(device);
    const midnight = new Date(nowMs()).setHours(0, 0, 0, 0);
    const [about, raised, met, orders, described, left, arrived, said, waiting, photos] = await Promise.all([
      point ? store.about(point) : [],
      store.ofKind("need.raised"),
      store.ofKind("need.met"),
      store.ofKind("activation.ordered"),
      store.ofKind("point.described"),
      store.ofKind("consignment.left"),
      store.ofKind("consignment.arrived"),
      device.reports(),
      waitingHere(device),
      album.list(),
    ]);
    const reports = said.map(onlySent);
    const there = new Set(arrived.map(thingOf));
    holder.set({
      role: member.role,
      point,
      scopeName: member.scopeName,
      network: member.network,
      known: point ? knownOf(point, about, [...raised, ...met], orders, midnight) : null,
      places: placesOf(described),
      deliveries: left.filter((row) => row.header.origin === device.key && !there.has(row.id)).sort(byTimeDown).map(deliveryOf),
      reports,
      photos,
      here: Math.max(waiting.own, reports.filter(({ standing }) => standing === "phone").length) + photos.filter(({ why }) => why === "").length,
      carried: waiting.others,
      tapped: (await store.value<number>("tapped")) ?? 0,
      line: device.line,
      nowMs: nowMs(),
    });
  }

  /** Write down what an act comes to, one entry after the other, and send it; true when it is on this phone's disk. */
  async function say(entries: readonly Entry[], about = holder.get().point): Promise<boolean> {
    const { t } = holder.get();
    try {
      for (const { kind, body, sealed, about: thing } of entries) await device.say(kind, body, { about: thing ?? about, sealed: sealed ?? null });
    } catch (fault) {
      holder.set({ told: t("app.not_done", { why: fault instanceof Error ? fault.message : String(fault) }) });
      return false;
    }
    holder.set({ told: entries.length > 0 ? t("app.done") : t("count.none") });
    await look();
    void send();
    return true;
  }

  /** Exchange with headquarters; why it failed stands in `line`. */
  async function send(): Promise<void> {
    triedMs = nowMs();
    try {
      await device.exchange();
      if ((await album.send()) > 0) await device.exchange();
      const { member } = device;
      if (member) await forget(device.store, { key: device.key, net: member.net, scope: member.scope }, nowMs());
    } catch (fault) {
      const known = fault instanceof Unreachable || fault instanceof No || (fault instanceof Fault && fault.status === 403);
      if (!known) holder.set({ told: holder.get().t("where.other", { why: fault instanceof Error ? fault.message : String(fault) }) });
    }
    await look();
  }

  /** The network is back: what waits goes, and is not left to an exchange that began without a network and fails. */
  async function lineIsBack(): Promise<void> {
    const mine = (returns += 1);
    if (device.line.busy) await device.exchange().catch(() => undefined);
    for (const ms of [0, ...BACK_MS]) {
      if (ms > 0) await new Promise<void>((done) => void later(done, ms));
      if (mine !== returns) return; // it went and came back once more: that one's turn
      await send();
      if (device.line.fault !== "unreachable") return;
    }
  }

  async function keepTaps(tapped: number): Promise<void> {
    await device.store.putValue("tapped", tapped);
    holder.set({ tapped });
  }

  /** The taps become one entry. */
  async function writeTaps(): Promise<void> {
    stopTaps?.();
    stopTaps = null;
    const tapped = (await device.store.value<number>("tapped")) ?? 0;
    if (tapped === 0) return;
    await keepTaps(0);
    if (!(await say(acts.visits(tapped)))) await keepTaps(tapped);
  }

  async function tap(change: 1 | -1): Promise<void> {
    await keepTaps(Math.max(0, holder.get().tapped + change));
    stopTaps?.();
    stopTaps = later(() => void writeTaps(), TAPS_MS);
  }

  const hand = new Gathering("H");
  const file = new Gathering("F");

  return {
    device,
    look,
    say,
    send,
    lineIsBack,
    tap,
    writeTaps,
    tell: (told: string) => holder.set({ told }),
    /** From a timer, or when the page is looked at again: asks only if it was quiet for long enough. */
    async wake(): Promise<void> {
      holder.set({ nowMs: nowMs(), line: device.line });
      if (device.member && nowMs() - triedMs >= QUIET_MS && !device.line.busy) await send();
    },
    async redeem(token: string): Promise<void> {
      await device.redeem(token);
      await look();
      await send();
    },
    /** The next person's phone: admitted until then, with what they should know; the codes to show. */
    async handOver(key: string, hours: number, notes: readonly string[]): Promise<string[] | null> {
      const { point } = holder.get();
      const member = device.member;
      if (!member || point === "") return null;
      const said = await say([
        { kind: "device.admitted", body: { key, role: "host", scope: point, until_ms: nowMs() + hours * 3_600_000 }, ...(notes.length > 0 && { sealed: { note: notes.join("; ") } }) },
      ]);
      if (!said) return null;
      const made = (await device.store.ofKind("device.admitted")).filter((row) => partOf(row.fact.body)?.key === key && row.header.origin === device.key).sort(byTimeDown)[0];
      const described = (await device.store.about(point)).filter(({ header }) => header.kind === "point.described").sort(byTimeDown);
      // The creating entry and the last one that names it: where it is and what it is called.
      const named = described.find((row) => partOf(row.fact.body)?.names !== undefined);
      const place = [...new Set([described.at(-1), named])].filter((row) => row !== undefined);
      const rows = [...(await device.admissions()), ...(made ? [made] : []), ...place];
      return piecesOf("H", await packHandOver({ net: member.net, root: device.root?.href ?? "", point, rows }));
    },
    /** A code of the phone on duty; how many are here when some are missing, null when this phone is on duty. */
    async takeOver(code: Code): Promise<{ readonly have: number; readonly all: number } | null> {
      const whole = hand.take(code);
      if (whole === null) return { have: hand.have, all: hand.all };
      await join(device, await readHandOver(whole));
      await look();
      void send();
      return null;
    },
    /** All that waits here, as the bytes of a file. */
    async asFile(): Promise<Uint8Array | null> {
      const rows = await device.store.waiting();
      return rows.length > 0 && device.member ? writeFile(rows, device.member.net) : null;
    },
    /** The latest that waits here, as codes. */
    async asCodes(): Promise<string[]> {
      const rows = (await device.store.waiting()).sort(byTimeDown).slice(0, MOST_REPORTS);
      return rows.length > 0 && device.member ? piecesOf("F", writeFile(rows, device.member.net)) : [];
    },
    async takeFile(bytes: Uint8Array): Promise<void> {
      const { t } = holder.get();
      try {
        const { net, rows } = readFile(bytes);
        if (net !== device.member?.net) throw new Error(t("reports.other_network"));
        const { fresh } = await device.carry(rows);
        holder.set({ told: t("reports.taken", { k: fresh }) });
      } catch (fault) {
        holder.set({ told: t("reports.not_taken", { why: fault instanceof Error ? fault.message : String(fault) }) });
      }
      await look();
      void send();
    },
    async takeCode(code: Code): Promise<{ readonly have: number; readonly all: number } | null> {
      const whole = file.take(code);
      if (whole === null) return { have: file.have, all: file.all };
      await this.takeFile(whole);
      return null;
    },
    /** A photo of a place, small already: on this phone's disk, then on its way; true when it is kept. */
    async keepPhoto(bytes: Uint8Array, about = holder.get().point): Promise<boolean> {
      const { t } = holder.get();
      try {
        await album.keep(bytes, { id: crypto.randomUUID(), atMs: nowMs(), kind: "point.described", about });
      } catch (fault) {
        holder.set({ told: t("app.not_done", { why: fault instanceof Error ? fault.message : String(fault) }) });
        return false;
      }
      holder.set({ told: t("photo.kept") });
      await look();
      void send();
      return true;
    },
    async dropPhoto(id: string): Promise<void> {
      await album.drop(id);
      await look();
    },
    /** Ask the browser not to forget. */
    async persist(ask: boolean): Promise<void> {
      const storage = globalThis.navigator?.storage;
      const persists = (await storage?.persisted?.().catch(() => false)) || (ask && (await storage?.persist?.().catch(() => false))) || false;
      holder.set({ persists });
    },
  };
}

/** Whether a report says nothing but which photo there is. */
export const isPhoto = ({ kind, body }: Pick<Report, "kind" | "body">): boolean => kind === "point.described" && body !== null && typeof body.photo === "string" && Object.keys(body).length === 1;

/** Backups hold what was said, not photos: of a photo nothing more is promised than that headquarters has it. */
const onlySent = (report: Report): Report => (report.standing === "safe" && isPhoto(report) ? { ...report, standing: "headquarters" } : report);

/** More than these are not looked at one by one. */
const FEW = 500;

/** How many own reports, and how many of others, still have to go; admissions that came along are neither. */
async function waitingHere({ store, key }: Device): Promise<{ own: number; others: number }> {
  const all = await store.waitingCount();
  if (all === 0 || all > FEW) return { own: all, others: 0 };
  const rows = await store.waiting();
  const own = rows.filter((row) => row.header.origin === key).length;
  return { own, others: rows.filter((row) => row.header.origin !== key && !/^(?:device|network|point\.described)/.test(row.header.kind)).length };
}

/** The place a device is on duty in; "" where its scope is no place that is known here. */
async function pointOf({ member, store }: Device): Promise<string> {
  if (!member || member.scope === member.net) return "";
  if (member.role === "host") return member.scope;
  const [thing] = await store.get([member.scope]);
  return thing && thing.header.kind === "point.described" ? member.scope : "";
}

async function join(device: Device, { net, root, point, rows }: HandOver): Promise<void> {
  const founding = rows.find((row) => row.id === net);
  const mine = rows.find((row) => row.header.kind === "device.admitted" && partOf(row.fact.body)?.key === device.key);
  const until = mine ? partOf(mine.fact.body)?.until_ms : null;
  const names = rows.filter((row) => beginsPlace(row.header.kind) && thingOf(row) === point).map((row) => partOf(row.fact.body)?.names as Record<string, string> | undefined);
  await device.join(
    {
      net,
      network: String((founding && partOf(founding.fact.body)?.name) ?? ""),
      role: "host",
      scope: point,
      scopeName: Object.values(names.at(-1) ?? {})[0] ?? "",
      untilMs: typeof until === "number" ? until : null,
    },
    rows,
    root === "" ? null : new URL(root),
    true,
  );
}

function placesOf(described: readonly Row[]): Place[] {
  const found = new Map<string, Place>();
  for (const row of [...described].sort(byTimeDown).reverse()) {
    const body = partOf(row.fact.body) ?? {};
    const before = found.get(thingOf(row));
    found.set(thingOf(row), {
      id: thingOf(row),
      names: (body.names as Place["names"] | undefined) ?? before?.names ?? {},
      address: String(body.address ?? before?.address ?? ""),
    });
  }
  return [...found.values()];
}

function deliveryOf(row: Row): Delivery {
  const body = partOf(row.fact.body) ?? {};
  return { id: row.id, leftMs: row.header.at[0], toWhere: String(partOf(row.fact.sealed)?.to_where ?? ""), to: String(body.to ?? ""), body };
}
