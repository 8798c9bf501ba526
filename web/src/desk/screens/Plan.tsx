/**
 * 5. Plan: a kept plan in its sentence, curve and map; a site dragged or left out and the figures follow; two plans side
 * by side; a site turned into a place that was decided. Of the three choices only the one that was reckoned is shown.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import en from "#texts/en.json";
import uk from "#texts/uk.json";
import type { Plan, PlanRow } from "../../core/plan.ts";
import { makeTexts, type Texts } from "../../core/texts.ts";
import { atMost, placeName as siteName, reached, reasons, sentence, stability, stopped } from "../../core/words.ts";
import { Curve } from "../../screens/plan/Curve.tsx";
import * as acts from "../acts.ts";
import { partsOf } from "../format.ts";
import type { PlanMap } from "../map/plan.ts";
import type { WhatIf } from "../model.ts";
import { to } from "../route.ts";
import { Coming, Heading, Mine, type Props, sayAll, tongue, useAct, useAsked } from "./parts.tsx";
import { basemapOf } from "./PlacesMap.tsx";

interface Spot {
  readonly lon: number;
  readonly lat: number;
  readonly moved: boolean;
  readonly taken: boolean;
}

interface Compared {
  readonly plans: readonly { readonly id: string; readonly k: number; readonly minutes: number; readonly covered_persons: number; readonly bound_persons: number; readonly proven: boolean }[];
  readonly both: readonly string[];
  readonly only: readonly (readonly string[])[];
  readonly persons: { readonly both: number; readonly only: readonly number[]; readonly neither: number } | null;
}

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
/** While somebody drags, figures are asked for so often at most [ms]. */
const ASK_MS = 120;
const E7 = (degrees: number): number => Math.round(degrees * 1e7);

export function PlanScreen({ state, desk, id }: Props & { id: string }) {
  const { t, frame } = state;
  const p = makeTexts(t.language, t.language === "uk" ? uk : en, en);
  const asked = useAsked<{ readonly plans: readonly PlanRow[] }>(desk, frame?.plans ? "desk/plans" : "", () => false);
  const rows = asked.data?.plans ?? [];
  const chosen = id !== "" ? id : (rows[0]?.id ?? "");
  const whole = useAsked<Plan>(desk, chosen === "" ? "" : `desk/plans/${encodeURIComponent(chosen)}`, () => false);
  const plan = whole.data;
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

function rowName(state: Props["state"], p: Texts, row: PlanRow): string {
  const at = partsOf(Math.floor(Date.parse(row.created) / 60_000), tongue(state).zone);
  return `${row.title || row.area} · ${p("plan.new_places", { n: row.k })} · ${p("plan.minutes_short", { n: row.minutes })} · ${at.day}.${at.month}. ${at.time}`;
}

function Opened({ state, desk, p, plan, id, rows }: Props & { p: Texts; plan: Plan; id: string; rows: readonly PlanRow[] }) {
  const { t } = state;
  const { summary } = plan;
  const first = (): readonly Spot[] => summary.sites.map(({ lon, lat }) => ({ lon, lat, moved: false, taken: false }));
  const [spots, setSpots] = useState<readonly Spot[]>(first);
  const [figures, setFigures] = useState<WhatIf | null>(null);
  const [fault, setFault] = useState("");
  const asking = useRef({ busy: false, next: null as readonly Spot[] | null, lastMs: 0 });
  const changed = spots.some((spot) => spot.moved || spot.taken);
  const path = `desk/plans/${encodeURIComponent(id)}`;

  // One question at a time; of what is moved meanwhile only the last place is asked.
  const ask = async (wanted: readonly Spot[]): Promise<void> => {
    const turn = asking.current;
    if (turn.busy) {
      turn.next = wanted;
      return;
    }
    turn.busy = true;
    try {
      const sites = wanted.filter((spot) => !spot.taken).map(({ lon, lat }) => ({ lon_e7: E7(lon), lat_e7: E7(lat) }));
      setFigures(await desk.device.json<WhatIf>("POST", `${path}/figures`, { sites }));
      setFault("");
    } catch (error) {
      setFault(t("app.fault", { why: error instanceof Error ? error.message : String(error) }));
    } finally {
      turn.busy = false;
      const next = turn.next;
      turn.next = null;
      if (next) void ask(next);
    }
  };
  const move = (index: number, change: Partial<Spot>, ended: boolean): void =>
    setSpots((before) => {
      const next = before.map((spot, k) => (k === index ? { ...spot, ...change } : spot));
      if (ended || performance.now() - asking.current.lastMs > ASK_MS) {
        asking.current.lastMs = performance.now();
        void ask(next);
      }
      return next;
    });
  const back = (): void => {
    setSpots(first());
    setFigures(null);
  };
  const cut = stopped(p, summary);
  return (
    <>
      <section class="plan-head">
        <p class="choice-name">{t("plan.choice_most")}</p>
        <p class="sentence">
          {sentence(p, summary, plan.existing.length).map((piece, k) => (piece.strong ? <strong key={k}>{piece.text}</strong> : piece.text))}
        </p>
        {cut && <p class="quiet">{cut}</p>}
        <p class="quiet">
          {plan.area.people_how !== "" && (p.find(`plan.people_how.${plan.area.people_how.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_")}`) ?? plan.area.people_how)}
        </p>
      </section>
      <div class="columns columns-plan">
        <div class="stack">
          <MapOf state={state} desk={desk} p={p} plan={plan} path={path} spots={spots} move={move} />
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
            {figures && figures.farthest_min !== null && (
              <p class="figure">
                <b>{t("span.min", { n: Math.ceil(figures.farthest_min) })}</b> <span>{t("plan.farthest")}</span>
              </p>
            )}
            {changed && (
              <button type="button" class="choice" onClick={back}>
                {t("plan.as_it_was")}
              </button>
            )}
          </div>
          {fault !== "" && <p class="fault" role="alert">{fault}</p>}
          <p class="quiet">{t("plan.drag")}</p>
        </div>
        <div class="stack">
          <Sites state={state} desk={desk} p={p} plan={plan} spots={spots} figures={figures} move={move} />
        </div>
      </div>
      {plan.curve && plan.curve.length > 1 && (
        <div class="card plan-curve">
          <Curve t={p} plan={plan} curve={plan.curve} />
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

function MapOf({ state, desk, p, plan, path, spots, move }: Props & { p: Texts; plan: Plan; path: string; spots: readonly Spot[]; move: (index: number, change: Partial<Spot>, ended: boolean) => void }) {
  const { t } = state;
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<PlanMap | null>(null);
  const mover = useRef(move);
  mover.current = move;
  const [drawn, setDrawn] = useState<"waiting" | "drawn" | "impossible">("waiting");
  useEffect(() => {
    let gone = false;
    const open = async (): Promise<void> => {
      const { canDraw } = await import("../map/ground.ts");
      if (!canDraw()) return setDrawn("impossible");
      const features = (name: string): Promise<GeoJSON.FeatureCollection> => desk.device.json<GeoJSON.FeatureCollection>("GET", `${path}/${name}`).catch(() => EMPTY);
      const [{ openPlan }, catchments, cells] = await Promise.all([import("../map/plan.ts"), features("catchments.geojson"), features("cells.geojson?covered=false")]);
      if (gone || !box.current) return;
      const opened = await openPlan({
        container: box.current,
        basemap: basemapOf(desk, plan.area.name),
        box: plan.area.box,
        language: t.language,
        title: t("plan.map"),
        catchments,
        cells,
        sites: plan.summary.sites,
        existing: plan.existing,
        labelOf: (rank) => t("plan.move", { k: rank, name: siteName(p, plan.summary.sites.find((site) => site.rank === rank) ?? { name: "" }) }),
        labelOfExisting: (name) => p("plan.map.marker_existing", { name }),
        moved: (index, lon, lat, ended) => mover.current(index, { lon, lat, moved: true }, ended),
      });
      if (gone) return opened.remove();
      view.current = opened;
      setDrawn("drawn");
    };
    open().catch(() => !gone && setDrawn("impossible"));
    return () => {
      gone = true;
      view.current?.remove();
      view.current = null;
    };
  }, [plan.id]);
  useEffect(() => view.current?.put(spots), [spots, drawn]);
  return (
    <div class="plan-map">
      <div class="map-box" ref={box} data-drawn={drawn} />
      {drawn === "waiting" && <p class="map-note">{t("places.map_coming")}</p>}
      {drawn === "impossible" && <p class="map-note">{t("places.map_impossible")}</p>}
      {drawn === "drawn" && (
        <div class="map-buttons">
          <button type="button" aria-label={t("places.zoom_in")} onClick={() => view.current?.zoom(1)}>
            +
          </button>
          <button type="button" aria-label={t("places.zoom_out")} onClick={() => view.current?.zoom(-1)}>
            −
          </button>
        </div>
      )}
    </div>
  );
}

function Sites({ state, desk, p, plan, spots, figures, move }: Props & { p: Texts; plan: Plan; spots: readonly Spot[]; figures: WhatIf | null; move: (index: number, change: Partial<Spot>, ended: boolean) => void }) {
  const { t, frame } = state;
  const act = useAct(desk, t);
  const [decided, setDecided] = useState<Readonly<Record<number, readonly string[]>>>({});
  const area = frame?.areas.find((one) => one.map_name === plan.area.name)?.id ?? state.area;
  const kept = spots.map((spot, k) => (spot.taken ? -1 : k)).filter((k) => k >= 0);
  return (
    <section class="card" aria-labelledby="sites">
      <h2 id="sites">{p("plan.sites.title")}</h2>
      <ol class="sites">
        {plan.summary.sites.map((site, k) => {
          const spot = spots[k];
          const figure = figures && !spot?.taken ? figures.sites[kept.indexOf(k)] : undefined;
          const said = decided[site.rank];
          return (
            <li key={site.id} class={spot?.taken ? "site site-out" : "site"} data-site={site.rank}>
              <span class="site-rank">{site.rank}</span>
              <div>
                <b>{siteName(p, site)}</b>
                <small>
                  {spot?.moved ? t("plan.moved") : p("plan.site.adds", { people: p("plan.people", { n: Math.round(site.adds_persons) }) })}
                  {figure && ` · ${t("plan.only", { n: Math.round(Number(figure.only_persons)) })}`}
                </small>
                <details>
                  <summary>{t("plan.why")}</summary>
                  {reasons(p, site, plan.summary.minutes).map((line) => (
                    <p key={line}>{line}</p>
                  ))}
                </details>
                <div class="row-of">
                  <button type="button" class="choice" aria-pressed={spot?.taken === true} onClick={() => move(k, { taken: !spot?.taken }, true)}>
                    {t(spot?.taken ? "plan.put_back" : "plan.leave_out")}
                  </button>
                  <button
                    type="button"
                    class="choice"
                    disabled={act.busy || said !== undefined || spot?.taken === true}
                    onClick={() =>
                      void act.run(async () => {
                        const at: acts.Spot = { names: { [t.language]: siteName(p, site) }, address: "", lonE7: E7(spot?.lon ?? site.lon), latE7: E7(spot?.lat ?? site.lat), area };
                        const ids = await sayAll(desk, t, acts.decidedNew(at, desk.device.member?.net ?? "", site.rank));
                        setDecided((before) => ({ ...before, [site.rank]: ids }));
                      })
                    }
                  >
                    {t(said ? "plan.decided" : "plan.decide")}
                  </button>
                </div>
                {said && <Mine state={state} ids={said} />}
              </div>
            </li>
          );
        })}
      </ol>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      <p class="quiet">{t("plan.decide_then")}</p>
    </section>
  );
}

function Compare({ state, desk, p, plan, path, id, rows }: Props & { p: Texts; plan: Plan; path: string; id: string; rows: readonly PlanRow[] }) {
  const { t } = state;
  const others = rows.filter((row) => row.id !== id && row.area === plan.area.name);
  const [other, setOther] = useState("");
  const asked = useAsked<Compared>(desk, other === "" ? "" : `${path}/compare/${encodeURIComponent(other)}`, () => false);
  if (others.length === 0) return null;
  const both = asked.data;
  return (
    <section class="card stack" aria-labelledby="compare">
      <h2 id="compare">{t("plan.compare")}</h2>
      <div class="fields">
        <label for="compare-with">{t("plan.compare_with")}</label>
        <select id="compare-with" value={other} onChange={(event) => setOther(event.currentTarget.value)}>
          <option value="">{t("plan.choose_other")}</option>
          {others.map((row) => (
            <option key={row.id} value={row.id}>
              {rowName(state, p, row)}
            </option>
          ))}
        </select>
      </div>
      {other !== "" && <Coming t={t} asked={asked} />}
      {both && (
        <div class="table-scroll" tabIndex={0} role="region" aria-labelledby="compare" data-compared>
          <table>
            <thead>
              <tr>
                <td />
                <th scope="col">{t("plan.this")}</th>
                <th scope="col">{t("plan.other")}</th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">{t("plan.row_sites")}</th>
                {both.plans.map((one) => (
                  <td key={one.id}>{t.number(one.k)}</td>
                ))}
              </tr>
              <tr>
                <th scope="row">{t("plan.row_minutes")}</th>
                {both.plans.map((one) => (
                  <td key={one.id}>{t.number(one.minutes)}</td>
                ))}
              </tr>
              <tr>
                <th scope="row">{t("plan.reached")}</th>
                {both.plans.map((one) => (
                  <td key={one.id}>{t.number(reached(one.covered_persons))}</td>
                ))}
              </tr>
              <tr>
                <th scope="row">{t("plan.row_bound")}</th>
                {both.plans.map((one) => (
                  <td key={one.id}>{t.number(atMost(one.bound_persons))}</td>
                ))}
              </tr>
              <tr>
                <th scope="row">{t("plan.row_only_sites")}</th>
                {both.only.map((ids, k) => (
                  <td key={k}>{t.number(ids.length)}</td>
                ))}
              </tr>
              {both.persons && (
                <tr>
                  <th scope="row">{t("plan.row_only_people")}</th>
                  {both.persons.only.map((n, k) => (
                    <td key={k}>{t.number(Math.round(n))}</td>
                  ))}
                </tr>
              )}
            </tbody>
          </table>
        </div>
      )}
      {both && <p class="quiet">{t("plan.shared", { n: both.both.length })}</p>}
    </section>
  );
}
