/**
 * 5. Plan: a kept plan in its sentence, curve and map; a site dragged or left out and the figures follow; two plans side
 * by side; a site turned into a place that was decided. Of the three choices those are shown that were reckoned; the others
 * are reckoned here. Parts of it: `PlanSites.tsx` (the list), `PlanMapOf.tsx` (the map), `PlanChoices.tsx`.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import en from "#texts/en.json";
import uk from "#texts/uk.json";
import type { Compared, Plan, PlanRow } from "../../core/plan.ts";
import { makeTexts, type Texts } from "../../core/texts.ts";
import { choiceName, sentenceOf } from "../../core/trade.ts";
import { atMost, reached, stability, stopped } from "../../core/words.ts";
import { ChooseOther, SideBySide } from "../../screens/plan/Compare.tsx";
import { Curve } from "../../screens/plan/Curve.tsx";
import { Districts, Fronts, Further, Traded } from "../../screens/plan/Traded.tsx";
import { partsOf } from "../format.ts";
import { Latest } from "../latest.ts";
import type { WhatIf } from "../model.ts";
import { to } from "../route.ts";
import { Coming, Heading, type Props, tongue, useAsked } from "./parts.tsx";
import { basemapOf } from "./PlacesMap.tsx";
import { Choices, useVariant } from "./PlanChoices.tsx";
import { PlanMapOf } from "./PlanMapOf.tsx";
import { PlanSites } from "./PlanSites.tsx";

/** Where a site is tried; those beyond the plan's own were added here. */
export interface Spot {
  readonly lon: number;
  readonly lat: number;
  readonly moved: boolean;
  readonly taken: boolean;
}

/** While somebody drags, figures are asked for so often at most [ms]. */
const ASK_MS = 120;
export const E7 = (degrees: number): number => Math.round(degrees * 1e7);

export function PlanScreen({ state, desk, id }: Props & { id: string }) {
  const { t, frame } = state;
  const p = makeTexts(t.language, t.language === "uk" ? uk : en, en);
  const asked = useAsked<{ readonly plans: readonly PlanRow[] }>(desk, frame?.plans ? "desk/plans" : "", () => false);
  const rows = asked.data?.plans ?? [];
  const chosen = id !== "" ? id : (rows[0]?.id ?? "");
  const whole = useAsked<Plan>(desk, chosen === "" ? "" : `desk/plans/${encodeURIComponent(chosen)}`, () => false);
  const plan = whole.data;
  const listed = rows.length === 0 || rows.some((row) => row.id === chosen);
  useEffect(() => {
    if (!listed) asked.again(); // a plan that was just made
  }, [chosen, listed]);
  if (!frame?.plans) {
    return (
      <section class="page-narrow">
        <Heading>{t("screen.plan")}</Heading>
        <p class="nothing">{t("plan.none_here")}</p>
      </section>
    );
  }
  return (
    <section class="page-wide stack">
      <div class="title-row">
        <Heading>{t("screen.plan")}</Heading>
        {rows.length > 0 && (
          <span class="title-acts">
            <label for="plan-which">{t("plan.which")}</label>
            <select id="plan-which" value={chosen} onChange={(event) => (location.hash = to("plan", event.currentTarget.value))}>
              {rows.map((row) => (
                <option key={row.id} value={row.id}>
                  {rowName(state, p, row)}
                </option>
              ))}
            </select>
          </span>
        )}
      </div>
      <Coming t={t} asked={asked} />
      {asked.data && rows.length === 0 && <p class="nothing">{t("plan.no_plans")}</p>}
      {chosen !== "" && <Coming t={t} asked={whole} />}
      {plan && <Opened key={`${chosen} ${t.language}`} state={state} desk={desk} p={p} plan={plan} id={chosen} rows={rows} />}
    </section>
  );
}

export function rowName(state: Props["state"], p: Texts, row: PlanRow): string {
  const at = partsOf(Math.floor(Date.parse(row.created) / 60_000), tongue(state).zone);
  return `${row.title || row.area} · ${choiceName(p, row.aim)} · ${p("plan.new_places", { n: row.k })} · ${p("plan.minutes_short", { n: row.minutes })} · ${at.day}.${at.month}. ${at.time}`;
}

function Opened({ state, desk, p, plan, id, rows }: Props & { p: Texts; plan: Plan; id: string; rows: readonly PlanRow[] }) {
  const { t } = state;
  const { summary } = plan;
  const first = (): readonly Spot[] => summary.sites.map(({ lon, lat }) => ({ lon, lat, moved: false, taken: false }));
  const [spots, setSpots] = useState<readonly Spot[]>(first);
  const [figures, setFigures] = useState<WhatIf | null>(null);
  const [fault, setFault] = useState("");
  const lastMs = useRef(0);
  const changed = spots.length !== summary.sites.length || spots.some((spot) => spot.moved || spot.taken);
  const saving = useVariant(desk, t, id);
  const path = `desk/plans/${encodeURIComponent(id)}`;

  const asking = useMemo(
    () =>
      new Latest<readonly Spot[], WhatIf>(
        (wanted) => {
          const sites = wanted.filter((spot) => !spot.taken).map(({ lon, lat }) => ({ lon_e7: E7(lon), lat_e7: E7(lat) }));
          return desk.device.json<WhatIf>("POST", `${path}/figures`, { sites });
        },
        (told) => {
          setFigures(told);
          setFault("");
        },
        (error) => setFault(t("app.fault", { why: error instanceof Error ? error.message : String(error) })),
      ),
    [],
  );
  const move = (index: number, change: Partial<Spot>, ended: boolean): void =>
    setSpots((before) => {
      const next = before.map((spot, k) => (k === index ? { ...spot, ...change } : spot));
      if (ended || performance.now() - lastMs.current > ASK_MS) {
        lastMs.current = performance.now();
        asking.put(next);
      }
      return next;
    });
  /** A new site begins in the middle of the area, from where it is dragged, or moved to a place nearby. */
  const add = (): void => {
    const [west, south, east, north] = plan.area.box;
    const next = [...spots, { lon: (west + east) / 2, lat: (south + north) / 2, moved: true, taken: false }];
    setSpots(next);
    asking.put(next);
  };
  const back = (): void => {
    asking.forget();
    setSpots(first());
    setFigures(null);
  };
  const cut = stopped(p, summary);
  return (
    <>
      <section class="plan-head">
        <Choices state={state} desk={desk} p={p} plan={plan} id={id} rows={rows} />
        <p class="sentence">
          {sentenceOf(p, plan).map((piece, k) => (piece.strong ? <strong key={k}>{piece.text}</strong> : piece.text))}
        </p>
        {cut && <p class="quiet">{cut}</p>}
        <Traded t={p} plan={plan} />
        <p class="quiet">
          {plan.area.people_how !== "" && (p.find(`plan.people_how.${plan.area.people_how.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_")}`) ?? plan.area.people_how)}
        </p>
      </section>
      <div class="columns columns-plan">
        <div class="stack">
          <PlanMapOf state={state} desk={desk} p={p} plan={plan} path={path} spots={spots} move={move} />
          <div class="figures" role="status" data-changed={changed ? "" : undefined} data-covered={figures ? figures.covered_persons : summary.covered_persons}>
            <p class="figure">
              <b>{t.number(reached(figures ? figures.covered_persons : summary.covered_persons))}</b> <span>{t("plan.reached")}</span>
            </p>
            {figures && changed && (
              <p class={figures.change_persons < 0 ? "figure figure-less" : "figure"} data-change={figures.change_persons}>
                <b>
                  {figures.change_persons > 0 ? "+" : figures.change_persons < 0 ? "−" : "±"}
                  {t.number(Math.abs(Math.round(figures.change_persons)))}
                </b>{" "}
                <span>{t("plan.against")}</span>
              </p>
            )}
            <p class="figure">
              <b>{t.number(atMost(figures && figures.at_most_persons > 0 ? figures.at_most_persons : summary.bound_persons))}</b> <span>{t("plan.at_most", { n: summary.k })}</span>
            </p>
            <Further p={p} told={figures ?? plan.figures} />
          </div>
          <div class="row-of">
            <button type="button" class="choice" onClick={add}>
              {t("plan.add_site")}
            </button>
            {changed && (
              <button type="button" class="choice" onClick={back}>
                {t("plan.as_it_was")}
              </button>
            )}
            {changed && (
              <button type="button" class="choice choice-strong" disabled={saving.busy} onClick={() => saving.make("own", spots)}>
                {t("plan.save_own")}
              </button>
            )}
            {saving.busy && <p role="status">{t("plan.making")}</p>}
            {saving.fault !== "" && <p class="fault" role="alert">{saving.fault}</p>}
          </div>
          {fault !== "" && <p class="fault" role="alert">{fault}</p>}
          <p class="quiet">{t("plan.drag")}</p>
        </div>
        <div class="stack">
          <PlanSites state={state} desk={desk} p={p} plan={plan} spots={spots} path={path} figures={figures} move={move} />
        </div>
      </div>
      {plan.curve && plan.curve.length > 1 && (
        <div class="card plan-curve">
          <Curve t={p} plan={plan} curve={plan.curve} />
        </div>
      )}
      {plan.fronts && (
        <div class="card plan-curve">
          <Fronts t={p} plan={plan} />
        </div>
      )}
      {plan.districts && (
        <div class="card plan-curve">
          <Districts t={p} plan={plan} />
        </div>
      )}
      {plan.stability && (
        <section class="card" aria-labelledby="steady">
          <h2 id="steady">{p("plan.stability.title")}</h2>
          {stability(p, plan.stability, summary.sites.length).map((line) => (
            <p key={line}>{line}</p>
          ))}
        </section>
      )}
      {rows.length > 1 && <Compare state={state} desk={desk} p={p} plan={plan} path={path} id={id} rows={rows} />}
    </>
  );
}

function Compare({ state, desk, p, plan, path, id, rows }: Props & { p: Texts; plan: Plan; path: string; id: string; rows: readonly PlanRow[] }) {
  const others = rows.filter((row) => row.id !== id && row.area === plan.area.name);
  const [other, setOther] = useState("");
  const asked = useAsked<Compared>(desk, other === "" ? "" : `${path}/compare/${encodeURIComponent(other)}`, () => false);
  if (others.length === 0) return null;
  return (
    <section class="card stack compare" aria-labelledby="compare">
      <h2 id="compare">{p("plan.compare.title")}</h2>
      <ChooseOther t={p} others={others} other={other} choose={setOther} nameOf={(row) => rowName(state, p, row)} />
      {other !== "" && <Coming t={state.t} asked={asked} />}
      {other !== "" && asked.data && <SideBySide key={other} t={p} told={asked.data} plan={plan} basemap={basemapOf(desk, plan.area.name)} title="compare" />}
    </section>
  );
}
