/** What a person can do, joined from what is kept, what is asked for and what is known. */
import type { NamedPlace, Town } from "../core/public.ts";
import type { Opened } from "../core/bundle/bundle.ts";
import { BASEMAP, type Library, type Outcome } from "./net/library.ts";
import { breathe, pause } from "./breath.ts";
import { askPosition, type Found } from "./position.ts";
import { type Onward, profileOf, warm } from "./ranking.ts";
import { fetchLater } from "./screens/later.ts";
import { to } from "./route.ts";
import type { From, Holder, State, Walk } from "./state.ts";
import { chosen, passing } from "./store/choices.ts";
import type { Store } from "./store/idb.ts";
import { keep, type Report, sendWaiting } from "./store/reports.ts";
import { chooseLanguage, type Loader, speak } from "./texts.ts";

export type MapProgram = typeof import("./map/Frame.tsx");

export interface Actions {
  set(change: Partial<State>): void;
  chooseSlow(slow: boolean): void;
  speak(language: string): Promise<void>;
  from(place: NamedPlace): void;
  position(): Promise<Found>;
  start(id: string, minutes: number | null): void;
  /** It was shut: on to the next place. */
  goOn(shutIndex: number, next: Onward): void;
  say(report: Report): Promise<void>;
  refresh(): Promise<void>;
  forget(): Promise<void>;
  openAccounts(): Promise<void>;
  /** The program that draws the map; null where this page has none. */
  readonly mapProgram: (() => Promise<MapProgram>) | null;
  /** The town's map, whole: kept, or fetched once and kept; null where this page has no map. */
  readonly map: (() => Promise<Uint8Array>) | null;
  /** What the map's program weighs besides its data [bytes]. */
  readonly mapCodeBytes: number;
  readonly lasting: boolean;
  /** Everything is in this page; nothing can be refreshed or deleted. */
  readonly inPage: boolean;
}

/** Not asked sooner than this, whatever the bundle says [s]. */
const LEAST_WAIT_S = 5 * 60;

/** What names and walks hang on: contents by hash, so that a new status alone loads nothing again. */
function reachKey(of: Opened, profile: string): string {
  const roles = ["points", "names", of.walk?.cells ?? "", ...(of.walk?.profiles[profile] ?? [])];
  return roles.map((role) => of.files[role]?.sha256 ?? "").join();
}

export interface Parts {
  readonly holder: Holder<State>;
  readonly library: Library;
  readonly store: Store;
  readonly load: Loader;
  readonly send: ((report: Report, town: Town) => Promise<number>) | null;
  readonly nowMin: (town: Town | null) => number;
  readonly mapProgram: Actions["mapProgram"];
  readonly mapCodeBytes: number;
  readonly inPage: boolean;
}

export function makeActions({ holder, library, store, load, send, nowMin, mapProgram, mapCodeBytes, inPage }: Parts): Actions & { begin(opening: ReturnType<Library["start"]>): Promise<void>; tick(): void } {
  let copy: Opened | null = null;
  let askedAtS = -Infinity;
  const state = (): State => holder.get();
  const nowS = (): number => Date.now() / 1000;

  const speakNow = async (language: string): Promise<void> => {
    const t = await speak(language, load);
    holder.set({ t });
  };

  /** Names and walks of a copy; whatever of them cannot be had is missed, not the places. */
  const reach = async (of: Opened): Promise<void> => {
    const profile = profileOf(state().slow);
    const key = reachKey(of, profile);
    if (reached === key) return;
    holder.set({ coming: true });
    const program = fetchLater();
    const [names, walks] = await Promise.all([
      Promise.all([library.names(of), program]).then(([list, { makeNames }]) => makeNames(list, state().t.language, breathe)).catch(() => null),
      library.walks(of, profile).catch(() => null),
    ]);
    if (copy !== of || profile !== profileOf(state().slow)) return;
    reached = walks && names ? key : "";
    holder.set({ names, walks, coming: false });
    holder.set({ keptBytes: await library.keptBytes(of), mapKept: await library.mapKept(of) });
    await warm(state());
  };
  let reached = "";
  let underWay = false;

  /** Takes over what was opened. Names and walks follow. */
  const take = async ({ opened, refused }: Outcome): Promise<void> => {
    holder.set({ refused });
    if (!opened) return;
    const accountsChanged = copy?.files.accounts?.sha256 !== opened.files.accounts?.sha256;
    copy = opened;
    const { town } = opened;
    await pause();
    const wanted = chooseLanguage(chosen.language(), town.languages);
    if (wanted !== state().t.language) await speakNow(wanted);
    holder.set({
      town,
      languages: town.languages,
      checked: opened.checkedAtDoor,
      expired: opened.expiresS <= nowS(),
      mapBytes: opened.files[BASEMAP]?.bytes ?? 0,
      nowMin: nowMin(town),
      ...(accountsChanged && { accounts: null }),
    });
    void reach(opened);
  };

  const ask = async (): Promise<void> => {
    if (underWay || inPage) return;
    underWay = true;
    askedAtS = nowS();
    holder.set({ asking: true });
    try {
      await take(await library.fetch());
    } finally {
      underWay = false;
      holder.set({ asking: false });
    }
  };

  // One after the other: a word that waits is not sent twice when the network is back and somebody asks at once.
  let sending = Promise.resolve();
  const sendAll = (): Promise<void> => (sending = sending.then(sendWaitingOnes, sendWaitingOnes));
  const sendWaitingOnes = async (): Promise<void> => {
    const { town } = state();
    if (!send || !town) return;
    const became = await sendWaiting(store, (report) => send(report, town), nowMin(town));
    if (became.size > 0) holder.set({ reports: { ...state().reports, ...Object.fromEntries(became) } });
  };

  let mapComing: Promise<Uint8Array> | null = null;
  const fetchMap = async (): Promise<Uint8Array> => {
    if (!copy) throw new Error("there is no town");
    const archive = await library.map(copy);
    holder.set({ mapKept: true, keptBytes: await library.keptBytes(copy) });
    return archive;
  };

  const setFrom = (from: From): void => {
    passing.put("from", from);
    holder.set({ from, foundShut: [] });
    location.hash = to("go");
  };
  const setWalk = (walk: Walk | null): void => {
    passing.put("walk", walk);
    holder.set({ walk });
  };

  return {
    async begin(opening) {
      underWay = true;
      askedAtS = nowS();
      const kept = await opening.kept;
      if (kept) await take({ opened: kept, refused: null });
      const newer = await opening.newer.catch((): Outcome => ({ opened: null, refused: "damaged" }));
      await take(newer);
      underWay = false;
      holder.set({ asking: false });
      await sendAll();
    },
    tick() {
      const { town } = state();
      const now = nowMin(town);
      if (now !== state().nowMin) holder.set({ nowMin: now });
      if (!town || document.hidden) return;
      const wait = Math.max(LEAST_WAIT_S, town.ttlS);
      if (nowS() - askedAtS >= wait) void ask();
      void sendAll();
    },
    set: (change) => holder.set(change),
    chooseSlow(slow) {
      chosen.chooseSlow(slow);
      holder.set({ slow });
      if (copy) void reach(copy);
    },
    async speak(language) {
      chosen.chooseLanguage(language);
      await speakNow(language);
    },
    from: (place) => setFrom({ spot: { lon: place.lon, lat: place.lat }, name: place.name }),
    async position() {
      const found = await askPosition(state().town?.box ?? null);
      if ("spot" in found) setFrom({ spot: found.spot, name: "" });
      return found;
    },
    start(id, minutes) {
      setWalk({ id, minutes, startedAtMin: state().nowMin });
      holder.set({ foundShut: [] });
    },
    goOn(shutIndex, next) {
      const shut = state().town?.points[shutIndex];
      if (shut) {
        holder.set({ foundShut: [...state().foundShut, shut.id] });
        // They stand at its door: the way goes on from there.
        const from: From = { spot: { lon: shut.lonE7 / 1e7, lat: shut.latE7 / 1e7 }, name: state().from?.name ?? "" };
        passing.put("from", from);
        holder.set({ from });
      }
      setWalk({ id: next.point.id, minutes: next.minutes, startedAtMin: state().nowMin });
    },
    async say(report) {
      const { town } = state();
      if (!send || !town) return holder.set({ reports: { ...state().reports, [report.point]: "nowhere" } });
      await keep(store, report, nowMin(town));
      await sendAll();
    },
    async refresh() {
      if (nowS() - askedAtS < 10) return; // a finger that taps twice
      await ask();
    },
    async forget() {
      await library.forget();
      copy = null;
      reached = "";
      passing.put("from", null);
      setWalk(null);
      holder.set({ town: null, names: null, walks: null, from: null, accounts: null, checked: null, keptBytes: 0, mapKept: false, refused: null });
      location.hash = to("where");
    },
    async openAccounts() {
      if (!copy || state().accounts) return;
      holder.set({ accounts: await library.accounts(copy).catch(() => null), keptBytes: await library.keptBytes(copy) });
    },
    mapProgram,
    map: mapProgram && (() => {
      mapComing ??= fetchMap().finally(() => (mapComing = null)); // asked for again while it comes: not fetched twice
      return mapComing;
    }),
    mapCodeBytes,
    lasting: store.lasting,
    inPage,
  };
}
