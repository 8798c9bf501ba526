/** Sites of a plan as a list: why here, better places nearby, leave out, decide. All that dragging does goes without it. */
import { useState } from "preact/hooks";
import type { Plan } from "../../core/plan.ts";
import type { Texts } from "../../core/texts.ts";
import { placeName as siteName, reasons } from "../../core/words.ts";
import * as acts from "../acts.ts";
import type { WhatIf } from "../model.ts";
import { Mine, type Props, sayAll, useAct } from "./parts.tsx";
import { E7, type Spot } from "./Plan.tsx";

/** A candidate near a site, and what moving there would change. */
interface Near {
  readonly candidate: number;
  readonly lon_e7: number;
  readonly lat_e7: number;
  readonly name: string;
  readonly away_m: number;
  readonly change_persons: number;
}

export function PlanSites({ state, desk, p, plan, path, spots, figures, move }: Props & { p: Texts; plan: Plan; path: string; spots: readonly Spot[]; figures: WhatIf | null; move: (index: number, change: Partial<Spot>, ended: boolean) => void }) {
  const { t, frame } = state;
  const act = useAct(desk, t);
  const [decided, setDecided] = useState<Readonly<Record<number, readonly string[]>>>({});
  const area = frame?.areas.find((one) => one.map_name === plan.area.name)?.id ?? state.area;
  const [nearby, setNearby] = useState<{ readonly at: number; readonly rows: readonly Near[] | null } | null>(null);
  const [fault, setFault] = useState("");
  const look = async (k: number): Promise<void> => {
    setNearby({ at: k, rows: null });
    setFault("");
    const sites = spots.filter((spot) => !spot.taken).map(({ lon, lat }) => ({ lon_e7: E7(lon), lat_e7: E7(lat) }));
    try {
      const said = await desk.device.json<{ readonly nearby: readonly Near[] }>("POST", `${path}/nearby`, { sites, at: kept.indexOf(k) });
      setNearby((now) => (now?.at === k ? { at: k, rows: said.nearby } : now));
    } catch (error) {
      setNearby(null);
      setFault(t("app.fault", { why: error instanceof Error ? error.message : String(error) }));
    }
  };
  const go = (k: number, row: Near): void => {
    setNearby(null);
    move(k, { lon: row.lon_e7 / 1e7, lat: row.lat_e7 / 1e7, moved: true }, true);
  };
  const kept = spots.map((spot, k) => (spot.taken ? -1 : k)).filter((k) => k >= 0);
  return (
    <section class="card" aria-labelledby="sites">
      <h2 id="sites">{p("plan.sites.title")}</h2>
      <ol class="sites">
        {spots.map((spot, k) => {
          const site = plan.summary.sites[k];
          const rank = site?.rank ?? k + 1;
          const called = site ? siteName(p, site) : t("plan.added");
          const figure = figures && !spot.taken ? figures.sites[kept.indexOf(k)] : undefined;
          const said = decided[rank];
          return (
            <li key={site?.id ?? `added-${k}`} class={spot.taken ? "site site-out" : "site"} data-site={rank}>
              <span class="site-rank">{rank}</span>
              <div>
                <b>{called}</b>
                <small>
                  {!site ? "" : spot.moved ? t("plan.moved") : p("plan.site.adds", { people: p("plan.people", { n: Math.round(site.adds_persons) }) })}
                  {figure && ` · ${t("plan.only", { n: Math.round(Number(figure.only_persons)) })}`}
                </small>
                {site && (
                  <details>
                    <summary>{t("plan.why")}</summary>
                    {reasons(p, site, plan.summary.minutes).map((line) => (
                      <p key={line}>{line}</p>
                    ))}
                  </details>
                )}
                <div class="row-of">
                  {!spot.taken && (
                    <button type="button" class="choice" aria-expanded={nearby?.at === k} onClick={() => void (nearby?.at === k ? setNearby(null) : look(k))}>
                      {t("plan.nearby")}
                    </button>
                  )}
                  <button type="button" class="choice" aria-pressed={spot.taken} onClick={() => move(k, { taken: !spot.taken }, true)}>
                    {t(spot.taken ? "plan.put_back" : "plan.leave_out")}
                  </button>
                  <button
                    type="button"
                    class="choice"
                    disabled={act.busy || said !== undefined || spot.taken}
                    onClick={() =>
                      void act.run(async () => {
                        const at: acts.Spot = { names: { [t.language]: called }, address: "", lonE7: E7(spot.lon), latE7: E7(spot.lat), area };
                        const ids = await sayAll(desk, t, acts.decidedNew(at, desk.device.member?.net ?? "", rank));
                        setDecided((before) => ({ ...before, [rank]: ids }));
                      })
                    }
                  >
                    {t(said ? "plan.decided" : "plan.decide")}
                  </button>
                </div>
                {nearby?.at === k && <Nearby state={state} k={rank} rows={nearby.rows} go={(row) => go(k, row)} />}
                {said && <Mine state={state} ids={said} />}
              </div>
            </li>
          );
        })}
      </ol>
      {fault !== "" && <p class="fault" role="alert">{fault}</p>}
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      <p class="quiet">{t("plan.decide_then")}</p>
    </section>
  );
}

function Nearby({ state, k, rows, go }: { state: Props["state"]; k: number; rows: readonly Near[] | null; go: (row: Near) => void }) {
  const { t } = state;
  const change = (row: Near): string => {
    const n = Math.round(row.change_persons);
    return n === 0 ? t("plan.change_none") : n > 0 ? t("plan.change_more", { n }) : t("plan.change_less", { n: -n });
  };
  if (rows === null) return <p role="status">{t("plan.making")}</p>;
  if (rows.length === 0) return <p class="quiet">{t("plan.nearby_none")}</p>;
  return (
    <ul class="nearby" aria-label={t("plan.nearby_of", { k })}>
      {rows.map((row) => (
        <li key={row.candidate}>
          <button type="button" class="choice" onClick={() => go(row)}>
            {t("plan.nearby_row", { name: row.name || t("plan.here"), m: row.away_m, change: change(row) })}
          </button>
        </li>
      ))}
    </ul>
  );
}
