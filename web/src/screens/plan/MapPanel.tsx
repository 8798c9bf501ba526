import { useEffect, useRef, useState } from "preact/hooks";
import type { Plan } from "../../core/plan.ts";
import type { Texts } from "../../core/texts.ts";
import { areaTitle, minutes, placeName } from "../../core/words.ts";
import type { MapView } from "../../map/view.ts";
import { DAY, NIGHT } from "../../map/palette.ts";
import { basemapOf, filesOf } from "../../net/api.ts";

interface Props {
  readonly t: Texts;
  readonly plan: Plan;
  readonly chosen: string | null;
  readonly choose: (id: string) => void;
}

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const night = () => matchMedia("(prefers-color-scheme: dark)");

async function features(address: string): Promise<GeoJSON.FeatureCollection> {
  const answer = await fetch(address);
  return answer.ok ? ((await answer.json()) as GeoJSON.FeatureCollection) : EMPTY;
}

/** A browser that cannot draw says so here, before a megabyte of map code is loaded. */
function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

/** The map, its legend and its source. What it shows is in the list as well; without WebGL only there. */
export function MapPanel({ t, plan, chosen, choose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<MapView | null>(null);
  const [state, setState] = useState<"loading" | "drawn" | "impossible">("loading");
  const [trouble, setTrouble] = useState<string | null>(null);

  useEffect(() => {
    let gone = false;
    setState("loading");
    setTrouble(null);
    const draw = async (): Promise<void> => {
      if (!canDraw()) {
        setState("impossible");
        return;
      }
      const files = filesOf(plan.id);
      const [module, catchments, cells] = await Promise.all([
        import("../../map/view.ts"),
        features(files.catchments),
        features(files.unserved),
      ]);
      if (gone || !box.current) return;
      const names = new Map<string, string>([
        ...plan.summary.sites.map((s): [string, string] => [s.id, t("plan.map.marker", { rank: s.rank, name: placeName(t, s) })]),
        ...plan.existing.map((x): [string, string] => [x.id, t("plan.map.marker_existing", { name: placeName(t, x) })]),
      ]);
      const opened = await module.openMap({
        container: box.current,
        basemap: basemapOf(plan.area.name),
        catchments,
        cells,
        sites: plan.summary.sites,
        existing: plan.existing,
        box: plan.area.box,
        language: t.language,
        palette: night().matches ? NIGHT : DAY,
        title: t("plan.map.label", { area: areaTitle(t, plan.area), places: t("plan.new_places", { n: plan.summary.k }) }),
        labelOf: (id) => names.get(id) ?? id,
        choose,
        streetsMissing: (what) => setTrouble(t("plan.map.no_streets", { what })),
      });
      if (gone) return opened.remove();
      view.current = opened;
      setState("drawn");
    };
    draw().catch((error: unknown) => {
      if (gone) return;
      setState("impossible");
      setTrouble(t("plan.map.failed", { what: error instanceof Error ? error.message : String(error) }));
    });
    const recolour = (event: MediaQueryListEvent): void => view.current?.recolour(event.matches ? NIGHT : DAY);
    night().addEventListener("change", recolour);
    return () => {
      gone = true;
      night().removeEventListener("change", recolour);
      view.current?.remove();
      view.current = null;
    };
  }, [plan.id, t.language]);

  useEffect(() => view.current?.choose(chosen), [chosen, state]);

  return (
    <section class="map-section" aria-labelledby="map-title">
      <h2 id="map-title" class="only-read">
        {t("plan.map.title")}
      </h2>
      <a class="skip skip-map" href="#places">
        {t("plan.map.skip")}
      </a>
      <div class={`map-frame map-${state}`}>
        <div class="map" ref={box} data-map-state={state} />
        {state === "loading" && <p class="map-note" role="status">{t("plan.map.loading")}</p>}
        {state === "impossible" && <p class="map-note" role="status">{trouble ?? t("plan.map.no_webgl")}</p>}
        {state === "drawn" && trouble && <p class="map-trouble" role="status">{trouble}</p>}
        {state === "drawn" && (
          <div class="map-buttons">
            <button type="button" aria-label={t("plan.map.zoom_in")} title={t("plan.map.zoom_in")} onClick={() => view.current?.zoom(1)}>
              <Glyph d="M12 5v14M5 12h14" />
            </button>
            <button type="button" aria-label={t("plan.map.zoom_out")} title={t("plan.map.zoom_out")} onClick={() => view.current?.zoom(-1)}>
              <Glyph d="M5 12h14" />
            </button>
            <button type="button" aria-label={t("plan.map.whole")} title={t("plan.map.whole")} onClick={() => view.current?.whole()}>
              <Glyph d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />
            </button>
          </div>
        )}
        <p class="map-source">
          <Source t={t} plan={plan} />
        </p>
      </div>
      <Legend t={t} plan={plan} />
    </section>
  );
}

function Source({ t, plan }: { t: Texts; plan: Plan }) {
  if (plan.area.made_up) return <>{t("made_up.attribution")}</>;
  return (
    <a href="https://www.openstreetmap.org/copyright" rel="noopener noreferrer" target="_blank">
      {t("app.source_osm")}
    </a>
  );
}

function Glyph({ d }: { d: string }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round">
      <path d={d} />
    </svg>
  );
}

function Legend({ t, plan }: { t: Texts; plan: Plan }) {
  return (
    <ul class="legend" aria-label={t("plan.legend.title")}>
      <li>
        <span class="legend-sign"><span class="marker-new legend-face">1</span></span>
        {t("plan.legend.new")}
      </li>
      {plan.existing.length > 0 && (
        <li>
          <span class="legend-sign"><span class="marker-existing legend-face" /></span>
          {t("plan.legend.existing")}
        </li>
      )}
      <li>
        <span class="legend-sign"><span class="legend-area" /></span>
        {t("plan.legend.catchment", { minutes: minutes(t, plan.summary.minutes) })}
      </li>
      <li>
        <span class="legend-sign"><span class="legend-dots"><i /><i /><i /></span></span>
        {t("plan.legend.unserved")}
      </li>
    </ul>
  );
}
