/** The map beside the list. What it shows is in the list as well; without WebGL only there. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { cloudOf } from "../map/cloud.ts";
import type { PlacesMap } from "../map/places.ts";
import { nameIn } from "../format.ts";
import { SHOWN } from "../filter.ts";
import type { Props } from "./parts.tsx";
import { Sign } from "./parts.tsx";

export const basemapOf = (desk: Props["desk"], name: string): string => (name === "" || !desk.device.root ? "" : new URL(`api/v1/desk/areas/${encodeURIComponent(name)}/basemap.pmtiles`, desk.device.root).href);

export function PlacesMapPanel({ state, desk, rows, chosen, visible, choose }: Props & { rows: Int32Array; chosen: number; visible: boolean; choose: (row: number) => void }) {
  const { t, frame, places } = state;
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<PlacesMap | null>(null);
  const chosenBy = useRef(choose);
  chosenBy.current = choose;
  const [drawn, setDrawn] = useState<"waiting" | "drawn" | "impossible">("waiting");
  const wide = typeof matchMedia === "function" && matchMedia("(min-width: 64em)").matches;
  const wanted = visible || wide;
  const cloud = useMemo(() => (places ? cloudOf(places.table.lon_e7, places.table.lat_e7, places.shown, places.table.contradicted) : null), [places]);
  const area = frame?.areas.find((one) => one.id === state.area) ?? (frame?.areas.length === 1 ? frame.areas[0] : frame?.areas.find((one) => one.map_name !== ""));
  const ready = cloud !== null;
  useEffect(() => {
    if (!wanted || !ready) return;
    let gone = false;
    setDrawn("waiting");
    const open = async (): Promise<void> => {
      const { canDraw } = await import("../map/ground.ts");
      if (!canDraw()) return setDrawn("impossible");
      const { openPlaces } = await import("../map/places.ts");
      if (gone || !box.current) return;
      const opened = await openPlaces(
        { container: box.current, basemap: basemapOf(desk, area?.map_name ?? ""), box: boxOf(places?.table.lon_e7 ?? [], places?.table.lat_e7 ?? [], state.area === "" ? null : (area?.box_e7 ?? null)), language: t.language, title: t("places.map_of", { area: nameIn(t.language, area?.names ?? {}) }) },
        (row) => chosenBy.current(row),
      );
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
  }, [wanted, ready, area?.id, t.language]);
  useEffect(() => {
    if (cloud) view.current?.show(cloud, rows, chosen);
  }, [cloud, rows, chosen, drawn]);
  return (
    <section class="places-map" aria-label={t("places.map")}>
      <div class="map-box" ref={box} data-drawn={drawn} />
      {drawn === "waiting" && <p class="map-note">{t("places.map_coming")}</p>}
      {drawn === "impossible" && <p class="map-note">{t("places.map_impossible")}</p>}
      {drawn === "drawn" && (
        <div class="map-buttons">
          <button type="button" aria-label={t("places.zoom_in")} title={t("places.zoom_in")} onClick={() => view.current?.zoom(1)}>
            +
          </button>
          <button type="button" aria-label={t("places.zoom_out")} title={t("places.zoom_out")} onClick={() => view.current?.zoom(-1)}>
            −
          </button>
          <button type="button" aria-label={t("places.whole")} title={t("places.whole")} onClick={() => view.current?.whole()}>
            ⤢
          </button>
        </div>
      )}
      <ul class="map-legend" aria-label={t("places.legend")}>
        {SHOWN.map((one) => (
          <li key={one}>
            <Sign shown={one} size={18} /> {t(`state.${one}`)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Around everything with a place, or the area's own box. */
export function boxOf(lonE7: readonly (number | null)[], latE7: readonly (number | null)[], area: readonly number[] | null): [number, number, number, number] {
  if (area && area.length === 4) return area.map((one) => one / 1e7) as [number, number, number, number];
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  lonE7.forEach((lon, k) => {
    const lat = latE7[k];
    if (lon === null || lat === null || lat === undefined) return;
    box[0] = Math.min(box[0], lon / 1e7);
    box[1] = Math.min(box[1], lat / 1e7);
    box[2] = Math.max(box[2], lon / 1e7);
    box[3] = Math.max(box[3], lat / 1e7);
  });
  return Number.isFinite(box[0]) ? box : [22, 44, 40.3, 52.4];
}
