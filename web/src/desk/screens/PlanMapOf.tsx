/** The map of a plan at the desk: sites that can be dragged, or moved by the arrow keys. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Plan } from "../../core/plan.ts";
import type { Texts } from "../../core/texts.ts";
import { placeName as siteName } from "../../core/words.ts";
import type { PlanMap } from "../map/plan.ts";
import type { Props } from "./parts.tsx";
import { basemapOf } from "./PlacesMap.tsx";
import type { Spot } from "./Plan.tsx";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export function PlanMapOf({ state, desk, p, plan, path, spots, move }: Props & { p: Texts; plan: Plan; path: string; spots: readonly Spot[]; move: (index: number, change: Partial<Spot>, ended: boolean) => void }) {
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
        labelOf: (rank) => t("plan.move", { k: rank, name: siteName(p, plan.summary.sites.find((site) => site.rank === rank) ?? { name: t("plan.added") }) }),
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
