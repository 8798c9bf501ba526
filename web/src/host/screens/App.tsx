import { useEffect, useState } from "preact/hooks";
import { Sign } from "../../screens/Sign.tsx";
import type { App as Acts, Holder } from "../app.ts";
import { invitation, readRoute, type Route, to } from "../route.ts";
import { NAMES, type T } from "../texts.ts";
import { Cards, CardPage } from "./Cards.tsx";
import { Count } from "./Count.tsx";
import { Danger } from "./Danger.tsx";
import { Drive } from "./Drive.tsx";
import { HandOver } from "./HandOver.tsx";
import { Join } from "./Join.tsx";
import { Checklist } from "./Checklist.tsx";
import { Look } from "./Look.tsx";
import { Now } from "./Now.tsx";
import type { Props } from "./parts.tsx";
import { PhotoPage } from "./Photo.tsx";
import { Reports } from "./Reports.tsx";
import { Short } from "./Short.tsx";
import { Where } from "./Where.tsx";

export interface Choices {
  readonly speak: (language: string) => Promise<void>;
  readonly dark: () => boolean;
  readonly chooseDark: (always: boolean) => void;
}

/** The frame of all screens: whose it is, language, Danger at the foot of every one. */
export function App({ holder, app, choices, token: first }: { holder: Holder; app: Acts; choices: Choices; token: string }) {
  const [, redraw] = useState(0);
  const [route, setRoute] = useState<Route>(() => readRoute(location.hash));
  const [token, setToken] = useState(first);
  useEffect(() => {
    const again = (): void => redraw((n) => n + 1);
    again(); // something may have changed before this listens
    return holder.listen(again);
  }, [holder]);
  useEffect(() => {
    const moved = (): void => {
      const invited = invitation(location.hash); // the link was opened where the page was open already
      if (invited) {
        history.replaceState(null, "", location.pathname);
        setToken(invited);
      }
      setRoute(readRoute(location.hash));
      holder.set({ told: "" });
      scrollTo(0, 0);
    };
    addEventListener("hashchange", moved);
    setRoute((now) => {
      const there = readRoute(location.hash); // pressed before this listened
      return there.screen === now.screen && there.id === now.id ? now : there;
    });
    return () => removeEventListener("hashchange", moved);
  }, [holder]);
  const state = holder.get();
  const { t } = state;
  useEffect(() => {
    document.documentElement.lang = t.language;
    document.title = [state.network, t("app.name")].filter(Boolean).join(": ");
  }, [t, state.network]);
  const home = route.screen === "now";

  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>("main h1")?.focus();
        }}
      >
        {t("app.skip")}
      </a>
      <header>
        <div class="top">
          {home ? (
            <span class="brand">
              <Sign />
              <span>
                {state.network || t("app.name")}
                {state.role && <small>{t(`app.role.${state.role}`)}</small>}
              </span>
            </span>
          ) : (
            <a class="brand back" href={to("now")}>
              <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round">
                <path d="M14.5 5 7.5 12l7 7" />
              </svg>
              {t("app.back")}
            </a>
          )}
          {home && (
            <label class="language">
              <span class="only-read">{t("app.language")}</span>
              <select value={t.language} onChange={(event) => void choices.speak(event.currentTarget.value)}>
                {state.languages.map((language) => (
                  <option key={language} value={language} lang={language}>
                    {NAMES[language] ?? language}
                  </option>
                ))}
              </select>
            </label>
          )}
        </div>
      </header>
      <main id="content" class={`screen screen-${route.screen}`}>
        <Screen route={route} state={state} app={app} token={token} />
        <p role="status" class="became">
          {state.told}
        </p>
      </main>
      {state.role && <Foot t={t} choices={choices} />}
      {state.role && route.screen !== "danger" && (state.point !== "" || state.role === "host") && (
        <nav class="danger-bar">
          <a class="act act-strong" href={to("danger")}>
            {t("danger.title")}
          </a>
        </nav>
      )}
    </>
  );
}

function Screen({ route, state, app, token }: Props & { route: Route; token: string }) {
  const props = { state, app };
  const { screen, id } = route;
  if (!state.role) return screen === "cards" || screen === "card" ? <Aid {...props} route={route} /> : <Join {...props} token={token} />;
  if (screen === "cards" || screen === "card") return <Aid {...props} route={route} />;
  if (screen === "reports") return <Reports {...props} />;
  if (screen === "drive" || (state.role === "driver" && screen === "now")) return <Drive {...props} />;
  if (screen === "look" || (state.role === "inspector" && screen === "now")) return <Look {...props} id={id} />;
  if (state.role !== "host" && state.point === "") return <Desk {...props} />;
  switch (screen) {
    case "open":
    case "close":
      return <Checklist key={screen} {...props} which={screen} />;
    case "short":
      return <Short {...props} />;
    case "danger":
      return <Danger {...props} id={id} />;
    case "count":
      return <Count {...props} />;
    case "photo":
      return <PhotoPage {...props} />;
    case "hand":
      return <HandOver {...props} />;
    default:
      return <Now {...props} />;
  }
}

function Aid({ state, route }: Props & { route: Route }) {
  return route.screen === "card" ? <CardPage key={route.id} t={state.t} id={route.id} /> : <Cards t={state.t} />;
}

/** A key of headquarters opened this page: its place is the desk. */
function Desk({ state, app }: Props) {
  const { t } = state;
  return (
    <>
      <h1 tabIndex={-1}>{t("desk.title")}</h1>
      <a class="act" href="../desk/">
        {t("desk.go")}
      </a>
      <Where state={state} app={app} />
    </>
  );
}

function Foot({ t, choices }: { t: T; choices: Choices }) {
  const [always, setAlways] = useState(choices.dark());
  return (
    <footer class="foot">
      <label>
        {t("app.dark")}{" "}
        <select
          value={always ? "on" : "auto"}
          onChange={(event) => {
            choices.chooseDark(event.currentTarget.value === "on");
            setAlways(event.currentTarget.value === "on");
          }}
        >
          <option value="auto">{t("app.dark.auto")}</option>
          <option value="on">{t("app.dark.on")}</option>
        </select>
      </label>
      <p>
        <b>{t("said_not_guaranteed")}.</b> <a href="tel:112">{t("emergency", { number: "112" })}</a>
      </p>
    </footer>
  );
}
