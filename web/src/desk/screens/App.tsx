/** The frame of every screen: menu, area, line, what waits, a danger; and the gate before one is in. */
import { Component, type ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Desk, Holder, State } from "../desk.ts";
import { moment, nameIn, placeName, say } from "../format.ts";
import { useKeys } from "../keys.ts";
import { MENU, type Route, readRoute, type Screen, to } from "../route.ts";
import { NAMES, type T } from "../texts.ts";
import { Gate } from "./Gate.tsx";
import { Kbd, tongue } from "./parts.tsx";
import { Sent } from "./Sent.tsx";
import { Todo } from "./Todo.tsx";

type Shown = ComponentType<{ state: State; desk: Desk; id: string }>;
/** Screens that are asked for when somebody goes there. */
const LATER: Readonly<Partial<Record<Screen, () => Promise<Shown>>>> = {
  places: () => import("./Places.tsx").then((m) => m.Places),
  place: () => import("./Place.tsx").then((m) => m.Place),
  orders: () => import("./Orders.tsx").then((m) => m.Orders),
  plan: () => import("./Plan.tsx").then((m) => m.PlanScreen),
  equipment: () => import("./Equipment.tsx").then((m) => m.EquipmentScreen),
  day: () => import("./Day.tsx").then((m) => m.Day),
  people: () => import("./People.tsx").then((m) => m.People),
  list: () => import("./TakeList.tsx").then((m) => m.TakeList),
};
const HERE: Readonly<Partial<Record<Screen, Shown>>> = { todo: Todo, sent: Sent };

export function App({ holder, desk, token, speak }: { holder: Holder; desk: Desk; token: string; speak: (language: string) => void }) {
  const [state, setState] = useState(holder.get());
  const [route, setRoute] = useState<Route>(readRoute(location.hash));
  useEffect(() => {
    setState(holder.get()); // what came before anybody listened
    return holder.listen(() => setState(holder.get()));
  }, []);
  useEffect(() => {
    const turn = (): void => setRoute(readRoute(location.hash));
    addEventListener("hashchange", turn);
    return () => removeEventListener("hashchange", turn);
  }, []);
  useEffect(() => {
    document.documentElement.lang = state.t.language;
    const now = state.todo?.items.filter((item) => item.urgency === "now").length ?? 0;
    document.title = `${now > 0 ? `(${now}) ` : ""}${state.gate === "in" ? `${state.t(`screen.${route.screen}`)} · ` : ""}${state.frame?.network ?? "Shanyrak"}`;
  });
  if (state.gate !== "in") return <Gate state={state} desk={desk} token={token} speak={speak} />;
  return <Frame state={state} desk={desk} route={route} speak={speak} />;
}

function Frame({ state, desk, route, speak }: { state: State; desk: Desk; route: Route; speak: (language: string) => void }) {
  const { t, frame } = state;
  const [menu, setMenu] = useState(false);
  const [help, setHelp] = useState(false);
  const main = useRef<HTMLElement>(null);
  useEffect(() => setMenu(false), [route.screen, route.id]);
  useEffect(() => void main.current?.scrollTo(0, 0), [route.screen]);
  useKeys({
    ...Object.fromEntries(MENU.map((screen, k) => [String(k + 1), () => (location.hash = to(screen))])),
    "?": () => setHelp(true),
    "/": () => {
      if (readRoute(location.hash).screen !== "places") location.hash = to("places");
      setTimeout(() => document.getElementById("sought")?.focus(), 60);
    },
    x: () => state.alarm && ((location.hash = to("todo", state.alarm.key)), desk.alarmSeen()),
  });
  const here = route.screen === "place" ? "places" : route.screen;
  const urgent = state.todo?.items.filter((item) => item.urgency === "now").length ?? 0;
  const madeUp = frame?.made_up === true || frame?.areas.some((area) => area.made_up) === true;
  return (
    <div class="desk">
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {t("app.skip")}
      </a>
      {madeUp && <p class="made-up">{t("made_up.banner")}</p>}
      <header class="bar">
        <span class="bar-name">
          <b>{frame?.network}</b>
          <small>{state.session?.name || t("app.desk")}</small>
        </span>
        <button type="button" class="menu-button" aria-expanded={menu} aria-controls="menu" onClick={() => setMenu(!menu)}>
          {t("app.menu")} {urgent > 0 && <span class="count">{t.number(urgent)}</span>}
        </button>
        <AreaChoice state={state} desk={desk} />
        <Line state={state} />
        <label class="language">
          <span class="only-read">{t("app.language")}</span>
          <select value={t.language} onChange={(event) => speak(event.currentTarget.value)}>
            {Object.entries(NAMES).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="help-button" onClick={() => setHelp(true)} aria-label={t("keys.title")} title={t("keys.title")}>
          ?
        </button>
      </header>
      <nav id="menu" class="menu" data-open={menu ? "" : undefined} aria-label={t("app.menu")}>
        <ul>
          {MENU.map((screen, k) => (
            <li key={screen}>
              <a href={to(screen)} aria-current={here === screen ? "page" : undefined} aria-keyshortcuts={String(k + 1)} onClick={() => setMenu(false)}>
                <span>{t(`screen.${screen}`)}</span>
                {screen === "todo" && urgent > 0 ? <span class="count" aria-label={t("todo.count_now", { n: urgent })}>{t.number(urgent)}</span> : <Kbd keys={String(k + 1)} />}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {state.alarm && (
        <div class="alarm" role="alert">
          <p>
            <b>{t("alarm.title")}</b> {say(t, `danger.${String(state.alarm.values.incident)}`)}
            {state.alarm.point && `: ${placeName(t, state.alarm.point)}`}, {moment(tongue(state), state.alarm.since_at_min)}
          </p>
          <a class="choice" href={to("todo", state.alarm.key)} onClick={() => desk.alarmSeen()} aria-keyshortcuts="x">
            <span>{t("alarm.see")}</span> <Kbd keys="x" />
          </a>
        </div>
      )}
      <main id="main" ref={main} tabIndex={-1} class={`main main-${route.screen}`}>
        <Wall key={`${route.screen} ${t.language}`} t={t}>
          <Now state={state} desk={desk} route={route} />
        </Wall>
      </main>
      <p class="only-read" role="status" aria-live="polite">
        {state.told}
      </p>
      <footer class="under">
        <p>{t("app.foot", { network: frame?.network ?? "" })}</p>
        {!madeUp && (
          <p>
            <a href="https://www.openstreetmap.org/copyright" rel="noopener noreferrer" target="_blank">
              © OpenStreetMap
            </a>
          </p>
        )}
      </footer>
      {help && <Help state={state} desk={desk} close={() => setHelp(false)} />}
    </div>
  );
}

function Now({ state, desk, route }: { state: State; desk: Desk; route: Route }) {
  const [loaded, setLoaded] = useState<{ readonly screen: Screen; readonly View: Shown } | null>(null);
  const [fault, setFault] = useState(false);
  const View = HERE[route.screen] ?? (loaded?.screen === route.screen ? loaded.View : null);
  useEffect(() => {
    const load = LATER[route.screen];
    if (!load) return;
    let gone = false;
    setFault(false);
    load().then(
      (found) => !gone && setLoaded({ screen: route.screen, View: found }),
      () => !gone && setFault(true),
    );
    return () => {
      gone = true;
    };
  }, [route.screen]);
  if (fault) return <p role="alert">{state.t("app.away")}</p>;
  return View ? <View state={state} desk={desk} id={route.id} /> : <p class="coming quiet">{state.t("app.asking")}</p>;
}

/** A fault of one screen leaves the others as they are. */
class Wall extends Component<{ t: T }, { why: string }> {
  override state = { why: "" };
  static override getDerivedStateFromError = (fault: unknown): { why: string } => ({ why: fault instanceof Error ? fault.message : String(fault) });
  override render() {
    return this.state.why === "" ? this.props.children : <p role="alert">{this.props.t("app.fault", { why: this.state.why })}</p>;
  }
}

function AreaChoice({ state, desk }: { state: State; desk: Desk }) {
  const { t, frame } = state;
  const areas = frame?.areas ?? [];
  const one = areas.find((area) => area.id === state.area) ?? (areas.length === 1 ? areas[0] : undefined);
  const mode = one?.mode ?? "";
  return (
    <span class="bar-area">
      {areas.length > 1 && (
        <label>
          <span class="only-read">{t("app.area")}</span>
          <select value={state.area} onChange={(event) => desk.chooseArea(event.currentTarget.value)}>
            <option value="">{t("app.all_areas")}</option>
            {areas.map((area) => (
              <option key={area.id} value={area.id}>
                {nameIn(t.language, area.names)}
              </option>
            ))}
          </select>
        </label>
      )}
      {areas.length === 1 && <span>{nameIn(t.language, one?.names ?? {})}</span>}
      {one && (
        <a class={`mode mode-${mode || "none"}`} href={to("orders")}>
          {mode === "" ? t("mode.none") : say(t, `mode.${mode}`)}
        </a>
      )}
    </span>
  );
}

/** Whether what is shown is live, and what of this desk's own is still on its way. */
function Line({ state }: { state: State }) {
  const { t, line } = state;
  const refused = state.reports.filter((one) => one.standing === "refused").length;
  return (
    <span class="line">
      <span class={state.live ? "live live-on" : "live"} role="status">
        {t(state.live ? "line.live" : "line.cut")}
      </span>
      <a href={to("sent")} data-waiting={line.waiting} class={line.waiting > 0 || refused > 0 ? "line-waits" : undefined}>
        {line.waiting > 0 ? t("line.way", { n: line.waiting }) : refused > 0 ? t("line.refused", { n: refused }) : t("line.all")}
      </a>
    </span>
  );
}

function Help({ state, desk, close }: { state: State; desk: Desk; close: () => void }) {
  const { t } = state;
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  const keys: readonly (readonly [string, string])[] = [
    ...MENU.map((screen, k) => [String(k + 1), t(`screen.${screen}`)] as const),
    ["/", t("keys.search")],
    ["j k ↑ ↓", t("keys.move")],
    ["n", t("todo.next")],
    ["o b s w c a", t("keys.said")],
    ["1 … 9", t("keys.answer")],
    ["esc", t("keys.back")],
    ["x", t("alarm.see")],
    ["?", t("keys.title")],
  ];
  return (
    <dialog ref={box} class="help" aria-labelledby="keys" onClose={close}>
      <h2 id="keys">{t("keys.title")}</h2>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(" ").map((one) => (
                <kbd key={one}>{one.toUpperCase()}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="tick-row">
        <input type="checkbox" checked={state.keys} onChange={(event) => desk.shortcuts(event.currentTarget.checked)} />
        <span>{t("keys.on")}</span>
      </label>
      <button type="button" class="choice choice-strong" onClick={() => box.current?.close()}>
        {t("app.close")}
      </button>
    </dialog>
  );
}
