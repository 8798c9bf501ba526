/** Joins the parts of the finder with the browser: clock, disk, network. */
import { render } from "preact";
import type { DoorCode, Get, Memory } from "../core/bundle/bundle.ts";
import type { Town } from "../core/public.ts";
import { makeActions, type Parts } from "./actions.ts";
import { pause } from "./breath.ts";
import { makeLibrary } from "./net/library.ts";
import { App } from "./screens/App.tsx";
import { type From, hold, type State, type Walk } from "./state.ts";
import { chosen, passing } from "./store/choices.ts";
import type { Store } from "./store/idb.ts";
import { type Loader, NAMES, speak } from "./texts.ts";

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
  /** Language before the bundle says which there are. */
  readonly language: string;
}

/** Phones wake up seldom enough by themselves: this often the finder looks at the clock [ms]. */
const TICK_MS = 20_000;

/** Whole minutes since 1970; a phone's clock may be years behind what was signed. */
export const nowMin = (town: Town | null): number => Math.max(Math.floor(Date.now() / 60_000), town?.asOfAtMin ?? 0);

export async function begin(ground: Ground): Promise<void> {
  const remembered = chosen.language();
  // The page says the deployment's first language; what the bundle then offers has the last word (actions.ts).
  const language = remembered !== null && remembered in NAMES ? remembered : ground.language;
  const clock = ground.inPage ? () => 0 : () => Math.floor(Date.now() / 1000);
  const library = makeLibrary(ground.get, ground.memory, clock, ground.door);
  const opening = library.start(); // on its way while the words are
  const t = await speak(language, ground.load);
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
  await pause(); // words, state, and the first screen: a slow phone answers fingers between them
  const act = makeActions({ ...ground, holder, library, nowMin });
  const root = document.getElementById("app");
  if (!root) return;
  root.replaceChildren();
  render(<App holder={holder} act={act} />, root);
  await act.begin(opening);
  setInterval(act.tick, TICK_MS);
  addEventListener("online", act.tick);
  document.addEventListener("visibilitychange", act.tick);
}
