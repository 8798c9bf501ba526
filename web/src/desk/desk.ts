/** What the desk's app knows at one moment, and what it does. Device, clock, browser and server come in by argument. */
import { type Device, Fault, No, type Report, type Session, Unreachable } from "../device/device.ts";
import type { Entry } from "./acts.ts";
import { tableOf } from "./ask.ts";
import { type Sifted, sift } from "./filter.ts";
import type { Frame, Todo, TodoList } from "./model.ts";
import type { T } from "./texts.ts";

export type Gate = "opening" | "join" | "in" | "away" | "refused" | "not_here";

export interface State {
  readonly t: T;
  readonly gate: Gate;
  /** Why one is not in, in the server's words. */
  readonly why: string;
  readonly session: Session | null;
  readonly frame: Frame | null;
  /** The area one looks at; "" all. */
  readonly area: string;
  readonly todo: TodoList | null;
  readonly places: Sifted | null;
  readonly selected: ReadonlySet<string>;
  readonly line: Device["line"];
  readonly live: boolean;
  /** What this desk said, newest first. */
  readonly reports: readonly Report[];
  /** Something dangerous that came in while somebody was looking elsewhere. */
  readonly alarm: Todo | null;
  /** Places that were called and nobody answered, at which minute: remembered in this browser only. */
  readonly called: Readonly<Record<string, number>>;
  readonly nowMin: number;
  /** What the last act came to, to be read out. */
  readonly told: string;
  readonly keys: boolean;
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

/** Things spoken of; null: anything may be different. */
export type Changed = ReadonlySet<string> | null;

export interface Around {
  readonly nowMs: () => number;
  /** Server-sent events under an address: what came, and whether the line stands. Returns how to end it. */
  readonly events: (address: URL, came: (data: string) => void, stands: (live: boolean) => void) => () => void;
  readonly later: (act: () => void, ms: number) => () => void;
  readonly keep: { readonly called: (value: Readonly<Record<string, number>>) => void; readonly keys: (on: boolean) => void };
}

/** Changes that come close together are asked for once [ms]: so long at least, and at most, where asking takes long. */
const GATHER_MS = 150;
const MOST_GATHERED_MS = 5_000;
/** How long until what could not be sent is tried again [ms]. */
const AGAIN_MS = [4_000, 15_000, 60_000] as const;

/** How soon a receipt is asked for [ms], and how often at most for the same entries. */
const RECEIPT_MS = 1_500;
const RECEIPT_ROUNDS = 5;

export type Desk = ReturnType<typeof makeDesk>;

export function makeDesk(holder: Holder, device: Device, { nowMs, events, later, keep }: Around) {
  const ears = new Set<(changed: Changed) => void>();
  const kept = new Map<string, unknown>();
  let endEvents: (() => void) | null = null;
  let stopAgain: (() => void) | null = null;
  let tries = 0;
  let rounds = 0;
  let tag = "";
  let known: ReadonlySet<string> | null = null;
  let gathered: Set<string> | null = new Set();
  let gathering = false;
  let asking: Promise<void> | null = null;
  let lookedMs = 0;

  const nowMin = (): number => Math.floor(nowMs() / 60_000);

  function changed(things: Changed): void {
    if (things === null || gathered === null) gathered = null;
    else for (const one of things) gathered.add(one);
    if (gathering) return;
    gathering = true;
    later(() => {
      const all = gathered;
      gathered = new Set();
      gathering = false;
      void look();
      for (const hear of [...ears]) hear(all);
    }, Math.max(GATHER_MS, 2 * lookedMs)); // on a busy evening a slow server or line is not asked without end
  }

  /** Ask for JSON; what was asked for last is remembered for the moment without a line. */
  async function get<T>(path: string): Promise<T> {
    const said = await device.json<T>("GET", path);
    kept.set(path, said);
    return said;
  }

  function refusedWhy(fault: unknown): void {
    if (fault instanceof Unreachable) holder.set({ live: false });
    if (fault instanceof Fault && (fault.status === 403 || fault.status === 401)) {
      end();
      holder.set({ gate: "refused", why: fault.message });
    }
  }

  /** What there is to do, and what is alarming in it. */
  async function look(): Promise<void> {
    const begunMs = nowMs();
    try {
      const todo = await get<TodoList>("desk/todo");
      const dangers = todo.items.filter((item) => item.what === "incident" && item.urgency === "now");
      const fresh = known ? dangers.find((item) => !known?.has(item.key)) : undefined;
      const gone = holder.get().alarm && !dangers.some((item) => item.key === holder.get().alarm?.key);
      known = new Set(dangers.map((item) => item.key));
      holder.set({ todo, nowMin: nowMin(), ...(gone && { alarm: null }), ...(fresh && { alarm: fresh }) });
    } catch (fault) {
      refusedWhy(fault);
    }
    lookedMs = Math.min(nowMs() - begunMs, MOST_GATHERED_MS / 2);
  }

  /** All places; asked again only where something changed. One at a time. */
  function places(): Promise<void> {
    asking ??= (async () => {
      try {
        const { places } = holder.get();
        const came = await tableOf(device, places && tag !== "" ? { table: places.table, tag } : null);
        if (came) {
          tag = came.tag;
          const { t, places: before } = holder.get();
          holder.set({ places: sift(came.table, t, before) });
        }
      } catch (fault) {
        refusedWhy(fault);
        if (!(fault instanceof Unreachable)) throw fault;
      } finally {
        asking = null;
      }
    })();
    return asking;
  }

  async function reports(): Promise<void> {
    holder.set({ reports: await device.reports(100), line: device.line });
  }

  /** Give what waits; where the line is cut it is tried again, and kept until then. */
  async function send(): Promise<void> {
    stopAgain?.();
    stopAgain = null;
    try {
      await device.exchange();
      tries = 0;
      changed(null);
      await reports();
      // The receipt for what was just given comes with the next exchange: it is fetched soon, a few times at most.
      const unwitnessed = holder.get().reports.some((one) => one.standing === "phone");
      rounds = unwitnessed ? rounds + 1 : 0;
      if (unwitnessed && rounds <= RECEIPT_ROUNDS) stopAgain = later(() => void send(), RECEIPT_MS * rounds);
      return;
    } catch (fault) {
      if (fault instanceof No && fault.code === 5) refusedWhy(new Fault(403, fault.message));
      const wait = AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)] ?? 60_000;
      tries += 1;
      stopAgain = later(() => void send(), wait);
    }
    await reports();
  }

  /** The network is back: what waits goes, and is not left to an exchange that began without a network and fails. */
  async function lineIsBack(): Promise<void> {
    if (device.line.busy) await device.exchange().catch(() => undefined);
    await send();
  }

  /** Say entries, one after the other; each is signed and on disk before the next, and all are given at once. */
  async function say(entries: readonly Entry[]): Promise<string[]> {
    const ids: string[] = [];
    try {
      for (const { kind, body, about, scope, sealed } of entries) {
        ids.push((await device.say(kind, body, { about, scope, sealed: sealed ?? null })).id);
      }
    } finally {
      rounds = 0;
      await reports();
      void send();
    }
    return ids;
  }

  function listen(): void {
    endEvents?.();
    if (!device.root) return;
    endEvents = events(
      new URL("api/v1/desk/events", device.root),
      (data) => {
        const said = JSON.parse(data) as { things?: readonly { readonly id: string }[]; many?: boolean };
        changed(said.many ? null : new Set((said.things ?? []).map((one) => one.id)));
      },
      (live) => {
        const before = holder.get().live;
        holder.set({ live });
        if (live && !before) {
          changed(null);
          void send();
        }
        // A line that ended for good may mean that the session is over, or the device shut out: asking says which.
        if (!live) void look();
      },
    );
  }

  function end(): void {
    endEvents?.();
    endEvents = null;
  }

  /** Sign in and begin; what hinders it is said at the gate. */
  async function enter(): Promise<void> {
    if (!device.member) return holder.set({ gate: "join" });
    try {
      const session = await device.signIn();
      if (!session.roles.some((one) => one.role === "desk" || one.role === "admin")) {
        return holder.set({ gate: "not_here", session });
      }
      const frame = await get<Frame>("desk/frame");
      holder.set({ gate: "in", why: "", session, frame, area: frame.areas.length === 1 ? (frame.areas[0]?.id ?? "") : holder.get().area, nowMin: nowMin() });
    } catch (fault) {
      if (fault instanceof Unreachable) {
        if (holder.get().gate !== "in") holder.set({ gate: "away", why: fault.message });
        later(() => holder.get().gate === "away" && void enter(), 5_000);
      } else holder.set({ gate: "refused", why: fault instanceof Error ? fault.message : String(fault) });
      return;
    }
    await reports();
    listen();
    await Promise.all([look(), send()]);
  }

  async function join(token: string): Promise<void> {
    await device.redeem(token);
    await enter();
  }

  return {
    device,
    get,
    say,
    send,
    lineIsBack,
    enter,
    join,
    look,
    places,
    end,
    kept: <T>(path: string): T | undefined => kept.get(path) as T | undefined,
    /** Hear what was spoken of. */
    hear(ear: (changed: Changed) => void): () => void {
      ears.add(ear);
      return () => ears.delete(ear);
    },
    changed,
    tell: (told: string) => holder.set({ told }),
    alarmSeen: () => holder.set({ alarm: null }),
    select(ids: Iterable<string>): void {
      holder.set({ selected: new Set(ids) });
    },
    chooseArea: (area: string) => holder.set({ area }),
    /** Nobody answered: remembered here, so that two rounds of calls do not begin with the same place. */
    noAnswer(point: string): void {
      const called = { ...holder.get().called, [point]: nowMin() };
      holder.set({ called });
      keep.called(called);
    },
    shortcuts(on: boolean): void {
      holder.set({ keys: on });
      keep.keys(on);
    },
    tick: () => holder.set({ nowMin: nowMin() }),
  };
}
