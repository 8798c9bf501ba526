import { useEffect, useState } from "preact/hooks";
import type { Actions } from "../actions.ts";
import { readRoute, type Route, to } from "../route.ts";
import type { Holder, State } from "../state.ts";
import { NAMES } from "../texts.ts";
import { time, townName } from "../words.ts";
import { Sign } from "../../screens/Sign.tsx";
import { Go } from "./Go.tsx";
import { fetchLater, later } from "./later.ts";
import { Others } from "./Others.tsx";
import type { Props } from "./props.ts";
import { Way } from "./Way.tsx";
import { Where } from "./Where.tsx";

/** Older than this, the screen says how old what it shows is [min]. */
const OLD_MIN = 12 * 60;

/** The frame of all screens: whose it is, language, 112, what must be said on every page. */
export function App({ holder, act }: { holder: Holder<State>; act: Actions }) {
  const [, redraw] = useState(0);
  const [at, setAt] = useState(() => ({ route: readRoute(location.hash), first: true }));
  useEffect(() => {
    const again = (): void => redraw((n) => n + 1);
    again(); // something may have changed before this listens
    return holder.listen(again);
  }, [holder]);
  useEffect(() => {
    const moved = (): void => {
      setAt({ route: readRoute(location.hash), first: false });
      scrollTo(0, 0);
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const state = holder.get();
  const { t, town } = state;
  // Nobody can be led anywhere from nowhere.
  const route: Route = at.route.screen === "go" && state.from === null ? { screen: "where", id: "" } : at.route;

  useEffect(() => {
    document.documentElement.lang = t.language;
    document.title = [town && townName(t, town), t("app.name")].filter(Boolean).join(": ");
  }, [t, town]);

  const alone = route.screen === "way"; // nothing else
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
        {town?.madeUp && <p class="made-up">{t("made_up.banner")}</p>}
        <div class="top">
          {route.screen === "where" ? (
            <span class="brand">
              <Sign />
              <span>
                {town ? townName(t, town) : t("app.name")}
                {town && <small>{t("app.name")}</small>}
              </span>
            </span>
          ) : (
            <a class="brand back" href={to("where")} onClick={back}>
              <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round">
                <path d="M14.5 5 7.5 12l7 7" />
              </svg>
              {t("app.back")}
            </a>
          )}
          <div class="top-right">
            {(route.screen === "where" || route.screen === "saved") && state.languages.length > 1 && (
              <label class="language">
                <span class="only-read">{t("app.language")}</span>
                <select value={t.language} onChange={(event) => void act.speak(event.currentTarget.value)}>
                  {state.languages.map((language) => (
                    <option key={language} value={language} lang={language}>
                      {NAMES[language] ?? language}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <a class="emergency" href={`tel:${town?.emergency ?? "112"}`} aria-label={t("emergency", { number: town?.emergency ?? "112" })}>
              {town?.emergency ?? "112"}
            </a>
        </div>
        </div>
      </header>
      <main id="content" class={`screen screen-${route.screen}`}>
        <Screen route={route} state={state} act={act} first={at.first} />
      </main>
      {!alone && town && <Foot state={state} act={act} />}
    </>
  );
}

/** Where somebody came to a screen from a link of ours, "back" goes where they came from. */
function back(event: MouseEvent): void {
  if (history.length < 2 || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  history.back();
}

function Screen({ route, state, act, first }: Props & { route: Route; first: boolean }) {
  const { screen, id } = route;
  const props = { state, act };
  if (screen === "where" || (state.town === null && screen !== "saved")) return <Where {...props} first={first} />;
  switch (screen) {
    case "go":
      return <Go {...props} />;
    case "others":
      return <Others {...props} />;
    case "way":
      return <Way key={state.walk?.id ?? ""} {...props} />;
    default:
      return <Later key={screen + id} {...props} route={route} />;
  }
}

/** A screen of the chunk that comes after the places. */
function Later({ route, state, act }: Props & { route: Route }) {
  const { screen, id } = route;
  const [, redraw] = useState(false);
  const screens = later();
  useEffect(() => {
    if (!screens) void fetchLater().then(() => redraw(true), () => undefined);
  }, [screens]);
  if (!screens) return <p role="status">{state.t("app.opening")}</p>;
  const One = screens[screen as "place" | "said" | "account" | "saved"];
  return <One state={state} act={act} id={id} />;
}

function Foot({ state }: Props) {
  const { t, town } = state;
  if (!town) return null;
  const official = town.points.filter((point) => point.official).length;
  const old = state.expired || state.nowMin - town.asOfAtMin > OLD_MIN;
  return (
    <footer class="foot">
      {old && <p class="word word-strong">{t("app.old", { time: time(t, town.zone, town.asOfAtMin, state.nowMin) })}</p>}
      <p>
        <b>{t("said_not_guaranteed")}.</b> <a href={`tel:${town.emergency}`}>{t("emergency", { number: town.emergency })}</a>
      </p>
      <p>
        {town.operator ? t("app.operator", { name: town.operator }) : t("app.operator_unknown")}.{" "}
        {official > 0 ? t("app.list_official", { n: official }) : t("app.list_not_official")}.
      </p>
      <p>
        <a href={to("saved")}>{t("app.saved")}</a>
        {" · "}
        {t("age.as_of", { time: time(t, town.zone, town.asOfAtMin, state.nowMin) })}
      </p>
      {town.attribution && <p>{town.attribution}</p>}
    </footer>
  );
}
