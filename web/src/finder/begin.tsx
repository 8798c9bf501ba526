/** Joins the parts of the finder with the browser: clock, disk, network. */
import { render } from "preact";
import { type DoorCode, type Get, MANIFEST, type Memory } from "../core/bundle/bundle.ts";
import type { Town } from "../core/public.ts";
import { makeActions, type Parts } from "./actions.ts";
import { languagesIn, makeLibrary } from "./net/library.ts";
import { App } from "./screens/App.tsx";
import { fetchLater } from "./screens/later.ts";
import { type From, hold, type State, type Walk } from "./state.ts";
import { chosen, passing } from "./store/choices.ts";
import type { Store } from "./store/idb.ts";
import { chooseLanguage, type Loader, NAMES, speak } from "./texts.ts";

export interface Ground {
  readonly get: Get;
  readonly memory: Memory;
  readonly store: Store;
  readonly load: Loader;
  readonly send: Parts["send"];
  readonly inPage: boolean;
  /** The map's program; null where this page has none. */
  readonly mapProgram: Parts["mapProgram"];
  readonly mapCodeBytes: number;
  readonly door?: DoorCode | undefined;
  /** Language before the deployment's own order is known. */
  readonly language: string;
}

/** Phones wake up seldom enough by themselves: this often the finder looks at the clock [ms]. */
const TICK_MS = 20_000;

/** Whole minutes since 1970; a phone's clock may be years behind what was signed. */
export const nowMin = (town: Town | null): number => Math.max(Math.floor(Date.now() / 60_000), town?.asOfAtMin ?? 0);

/** A `get` that listens: the language is known as soon as the first manifest is here, kept or fetched. */
function first({ get, memory, language }: Ground): { readonly get: Get; readonly language: Promise<string> } {
  const remembered = chosen.language();
  if (remembered !== null && remembered in NAMES) return { get, language: Promise.resolve(remembered) };
  const pick = (offered: readonly string[]): string => (offered.length > 0 ? chooseLanguage(null, offered) : language);
  let heard: (language: string) => void = () => undefined;
  const fetched = new Promise<string>((done) => (heard = done));
  const listening: Get = async (path) => {
    try {
      const bytes = await get(path);
      if (path === MANIFEST) void languagesIn(bytes).then((found) => heard(pick(found)));
      return bytes;
    } catch (fault) {
      if (path === MANIFEST) heard(language);
      throw fault;
    }
  };
  const kept = memory.get(MANIFEST).then(languagesIn);
  return { get: listening, language: kept.then((found) => (found.length > 0 ? pick(found) : fetched)) };
}

export async function begin(ground: Ground): Promise<void> {
  const { get, language } = first(ground);
  const clock = ground.inPage ? () => 0 : () => Math.floor(Date.now() / 1000);
  const library = makeLibrary(get, ground.memory, clock, ground.door);
  const opening = library.start(); // on its way while the words are
  const t = await speak(await language, ground.load);
  const holder = hold<State>({
    t,
    languages: [],
    town: null,
    checked: null,
    refused: null,
    expired: false,
    asking: true,
    keptBytes: 0,
    mapBytes: 0,
    mapKept: false,
    names: null,
    walks: null,
    coming: false,
    from: passing.get<From>("from"),
    slow: chosen.slow(),
    forOther: false,
    needs: [],
    walk: passing.get<Walk>("walk"),
    foundShut: [],
    accounts: null,
    reports: {},
    nowMin: nowMin(null),
  });
  const act = makeActions({ ...ground, holder, library, nowMin });
  const root = document.getElementById("app");
  if (!root) return;
  root.replaceChildren();
  render(<App holder={holder} act={act} />, root);
  await act.begin(opening);
  void fetchLater().catch(() => undefined); // it is asked for again when it is wanted
  setInterval(act.tick, TICK_MS);
  addEventListener("online", act.tick);
  document.addEventListener("visibilitychange", act.tick);
}
