import { useCallback, useEffect, useState } from "preact/hooks";
import { LANGUAGES, type Language } from "../core/languages.ts";
import type { Plan, PlanRow } from "../core/plan.ts";
import { date, type Texts } from "../core/texts.ts";
import { choiceName } from "../core/trade.ts";
import { areaTitle } from "../core/words.ts";
import { Fault, getPlan, listPlans } from "../net/api.ts";
import { loadTexts, NAMES, rememberLanguage } from "../net/language.ts";
import { PlanScreen } from "./plan/PlanScreen.tsx";
import { Sign } from "./Sign.tsx";

type Loaded = { readonly plans: readonly PlanRow[]; readonly plan: Plan | null };

/** The page: whose it is, in which language, which plan. */
export function App({ first }: { first: Texts }) {
  const [t, setTexts] = useState<Texts>(() => first);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);

  const load = useCallback(async (id: string | null): Promise<void> => {
    setFault(null);
    try {
      const plans = await listPlans();
      const wanted = id ?? plans[0]?.id ?? null;
      setLoaded({ plans, plan: wanted === null ? null : await getPlan(wanted) });
    } catch (error) {
      setFault(error instanceof Fault ? error : new Fault(String(error), "", "answered"));
    }
  }, []);

  useEffect(() => void load(new URLSearchParams(location.search).get("plan")), [load]);

  useEffect(() => {
    document.documentElement.lang = t.language;
    const area = loaded?.plan?.area;
    const place = area ? areaTitle(t, area) : null;
    const made = area?.made_up && place !== t("made_up.banner") ? `${t("made_up.banner")} · ` : "";
    document.title = `${made}${place ? `${place}: ` : ""}${t("plan.page_title")} · ${t("app.name")}`;
  }, [t, loaded]);

  const speak = async (language: Language): Promise<void> => {
    rememberLanguage(language);
    const texts = await loadTexts(language);
    setTexts(() => texts);
  };
  const choosePlan = (id: string): void => {
    const address = new URL(location.href);
    address.searchParams.set("plan", id);
    history.replaceState(null, "", address);
    setLoaded(null);
    void load(id);
  };

  const plan = loaded?.plan ?? null;
  return (
    <div class={plan ? (plan.area.made_up ? "page page-plan page-made-up" : "page page-plan") : "page"}>
      <a class="skip" href="#sentence">
        {t("app.skip")}
      </a>
      {plan?.area.made_up && (
        <p class="made-up" role="note">
          {t("made_up.banner")}
        </p>
      )}
      <header class="top">
        <span class="brand">
          <Sign />
          {t("app.name")}
        </span>
        <Choices t={t} loaded={loaded} speak={(language) => void speak(language)} choosePlan={choosePlan} />
      </header>
      <main class={plan ? "plan" : "plan-none"}>
        {fault ? (
          <Trouble t={t} fault={fault} again={() => void load(null)} />
        ) : loaded === null ? (
          <p role="status">{t("app.loading")}</p>
        ) : plan === null ? (
          <section>
            <h1>{t("error.no_plan")}</h1>
            <p>{t("error.no_plan_mend")}</p>
          </section>
        ) : (
          <PlanScreen key={plan.id} t={t} plan={plan} rows={loaded?.plans ?? []} />
        )}
      </main>
    </div>
  );
}

interface ChoicesProps {
  readonly t: Texts;
  readonly loaded: Loaded | null;
  readonly speak: (language: Language) => void;
  readonly choosePlan: (id: string) => void;
}

function Choices({ t, loaded, speak, choosePlan }: ChoicesProps) {
  return (
    <div class="choices">
      {loaded && loaded.plans.length > 1 && (
        <label class="choice choice-plan">
          <span class="only-read">{t("plan.choose")}</span>
          <select value={loaded.plan?.id ?? ""} onChange={(event) => choosePlan(event.currentTarget.value)}>
            {loaded.plans.map((row) => (
              <option key={row.id} value={row.id}>
                {t("plan.choose_option", { area: areaTitle(t, { ...row, name: row.area }), places: `${t("plan.new_places", { n: row.k })}${row.aim && row.aim !== "most" ? ` (${choiceName(t, row.aim)})` : ""}`, date: date(t, row.created) })}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="choice">
        <span class="only-read">{t("app.language")}</span>
        <select value={t.language} onChange={(event) => speak(event.currentTarget.value as Language)}>
          {LANGUAGES.map((language) => (
            <option key={language} value={language} lang={language}>
              {NAMES[language]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Trouble({ t, fault, again }: { t: Texts; fault: Fault; again: () => void }) {
  return (
    <section role="alert">
      <h1>{t("error.title")}</h1>
      {fault.kind === "unreachable" ? (
        <p>
          {t("error.unreachable")} {t("error.unreachable_mend")}
        </p>
      ) : (
        <p>
          {fault.what}. {fault.mend}
        </p>
      )}
      <button type="button" class="act" onClick={again}>
        {t("app.try_again")}
      </button>
    </section>
  );
}
