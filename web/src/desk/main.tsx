/** Joins the desk's app with the browser: clock, disk, network, events, language. */
import "./style/desk.css";
import { render } from "preact";
import { NoKeyHere, openDevice } from "../device/device.ts";
import { type Around, hold, makeDesk, type State } from "./desk.ts";
import { sift } from "./filter.ts";
import { listenToKeys, switchKeys } from "./keys.ts";
import { invitation } from "./route.ts";
import { App } from "./screens/App.tsx";
import { NoKey } from "./screens/Gate.tsx";
import { chooseLanguage, speak } from "./texts.ts";

const here = new URL(location.href.replace(/[?#].*/, ""));
const root = new URL("../", here);
const place = document.getElementById("app") as HTMLElement;
const token = invitation(location.hash);
if (token) history.replaceState(null, "", here); // said once, and not left in what is shared or photographed
const BEAT_MS = 30_000;

const kept = {
  read: (name: string): string | null => {
    try {
      return localStorage.getItem(`shanyrak-desk-${name}`);
    } catch {
      return null;
    }
  },
  write: (name: string, value: string): void => {
    try {
      localStorage.setItem(`shanyrak-desk-${name}`, value);
    } catch {
      // a browser that keeps nothing: it is asked again next time
    }
  },
};

/** Calls without an answer of the last twelve hours. */
function calledBefore(nowMin: number): Readonly<Record<string, number>> {
  try {
    const said = JSON.parse(kept.read("called") ?? "{}") as Record<string, number>;
    return Object.fromEntries(Object.entries(said).filter(([, at]) => typeof at === "number" && nowMin - at < 720));
  } catch {
    return {};
  }
}

const events: Around["events"] = (address, came, stands) => {
  let source: EventSource | null = null;
  let timer = 0;
  let ended = false;
  const open = (): void => {
    source = new EventSource(address);
    source.addEventListener("open", () => stands(true));
    source.addEventListener("changed", (event) => came((event as MessageEvent<string>).data));
    source.addEventListener("error", () => {
      stands(false);
      // The browser comes back by itself after a cut; an answer that is no stream ends it for good.
      if (source?.readyState !== EventSource.CLOSED || ended) return;
      timer = window.setTimeout(open, 5_000);
    });
  };
  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    source?.close();
  };
};

async function begin(): Promise<void> {
  const nowMin = Math.floor(Date.now() / 60_000);
  const device = await openDevice({ name: "desk", root });
  const keys = kept.read("keys") !== "off";
  switchKeys(keys);
  const holder = hold({
    t: await speak(chooseLanguage(kept.read("language"))),
    gate: "opening",
    why: "",
    session: null,
    frame: null,
    area: "",
    todo: null,
    places: null,
    selected: new Set(),
    line: device.line,
    live: false,
    reports: [],
    alarm: null,
    called: calledBefore(nowMin),
    nowMin,
    told: "",
    keys,
  } satisfies State);
  const desk = makeDesk(holder, device, {
    nowMs: () => Date.now(),
    events,
    later: (act, ms) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    keep: {
      called: (value) => kept.write("called", JSON.stringify(value)),
      keys: (on) => {
        switchKeys(on);
        kept.write("keys", on ? "on" : "off");
      },
    },
  });
  device.listen(() => holder.set({ line: device.line }));
  render(
    <App
      holder={holder}
      desk={desk}
      token={device.member ? "" : token}
      speak={(language) => {
        kept.write("language", language);
        void speak(language).then((t) => {
          const { places } = holder.get();
          holder.set({ t, ...(places && { places: sift(places.table, t) }) });
        });
      }}
    />,
    place,
  );
  listenToKeys(document);
  void navigator.storage?.persist?.().catch(() => false); // some browsers ask a person first: nothing waits for it
  await desk.enter();
  setInterval(desk.tick, BEAT_MS);
  addEventListener("online", () => void desk.lineIsBack());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && holder.get().gate === "in" && desk.changed(null));
}

begin().catch(async (fault: unknown) => {
  const t = await speak(chooseLanguage(kept.read("language")));
  document.documentElement.lang = t.language;
  render(fault instanceof NoKeyHere ? <NoKey state={{ t }} /> : <p role="alert">{t("app.fault", { why: fault instanceof Error ? fault.message : String(fault) })}</p>, place);
});
