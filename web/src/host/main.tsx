/** Joins the host's app with the browser: clock, disk, network, language, night. */
import "./style/host.css";
import { render } from "preact";
import { NoKeyHere, openDevice } from "../device/device.ts";
import { Photos } from "../device/photos.ts";
import { turns } from "../device/turns.ts";
import { partOf } from "../core/facts/writing.ts";
import { hold, makeApp, QUIET_MS, type State } from "./app.ts";
import { chosen } from "./choices.ts";
import { invitation } from "./route.ts";
import { App } from "./screens/App.tsx";
import { NoKey } from "./screens/Join.tsx";
import { chooseLanguage, NAMES, OFFERED, speak } from "./texts.ts";

const here = new URL(location.href.replace(/[?#].*/, ""));
const root = new URL("../", here);
const place = document.getElementById("app") as HTMLElement;
const token = invitation(location.hash);
if (token) history.replaceState(null, "", here); // said once, and not left in what is shared or photographed

/** Between eight in the evening and seven in the morning the screen is dark, whatever the phone says. */
function night(): void {
  const hour = new Date().getHours();
  document.documentElement.toggleAttribute("data-night", chosen.dark() || hour >= 20 || hour < 7);
}
night();

async function begin(): Promise<void> {
  const device = await openDevice({ name: "host", root });
  const founding = device.member ? (await device.store.get([device.member.net]))[0] : undefined;
  const said = founding ? partOf(founding.fact.body)?.languages : undefined;
  const languages = Array.isArray(said) && said.length > 0 ? said.map(String).filter((one) => one in NAMES) : OFFERED;
  const holder = hold({
    t: await speak(chooseLanguage(chosen.language(), languages)),
    languages,
    role: device.member?.role ?? null,
    point: "",
    scopeName: device.member?.scopeName ?? "",
    network: device.member?.network ?? "",
    known: null,
    places: [],
    deliveries: [],
    reports: [],
    photos: [],
    here: 0,
    carried: 0,
    tapped: 0,
    line: device.line,
    persists: null,
    nowMs: Date.now(),
    told: "",
  } satisfies State);
  const later = (act: () => void, ms: number): (() => void) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  };
  const app = makeApp(holder, device, () => Date.now(), later, new Photos(device, turns(`shanyrak-host-photos#${root.pathname}`)));
  await app.look();
  device.listen(() => holder.set({ line: device.line }));
  place.replaceChildren();
  render(
    <App
      holder={holder}
      app={app}
      token={token}
      choices={{
        speak: async (language) => {
          chosen.chooseLanguage(language);
          holder.set({ t: await speak(language) });
        },
        dark: chosen.dark,
        chooseDark: (always) => {
          chosen.chooseDark(always);
          night();
        },
      }}
    />,
    place,
  );
  await app.persist(false);
  await app.writeTaps(); // what was tapped before the page was closed
  await app.wake();
  setInterval(() => {
    night();
    void app.wake();
  }, QUIET_MS);
  addEventListener("online", () => void app.lineIsBack());
  document.addEventListener("visibilitychange", () => void (document.visibilityState === "hidden" ? app.writeTaps() : app.wake()));
}

begin().catch(async (fault: unknown) => {
  const t = await speak(chooseLanguage(chosen.language(), OFFERED));
  document.documentElement.lang = t.language;
  place.replaceChildren();
  if (fault instanceof NoKeyHere) render(<NoKey t={t} />, place);
  else render(<p role="alert">{t("app.not_done", { why: fault instanceof Error ? fault.message : String(fault) })}</p>, place);
});

if (isSecureContext && "serviceWorker" in navigator) {
  void navigator.serviceWorker.register(new URL("sw.js", here)).catch(() => undefined);
}
