/** Where a place lies: by coordinates, or put on the map. Without it nobody can be led there. */
import "../style/locate.css";
import { useEffect, useRef, useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { nameIn } from "../format.ts";
import { type Lies, readLies, writeLies } from "../lies.ts";
import type { Pick } from "../map/pick.ts";
import { type Props, sayAll, useAct } from "./parts.tsx";
import { basemapOf, boxOf } from "./PlacesMap.tsx";

export function Locate({ state, desk, area, value, choose }: Props & { area: string; value: Lies | null; choose: (lies: Lies | null) => void }) {
  const { t, frame } = state;
  const around = frame?.areas.find((one) => one.id === area) ?? (frame?.areas.length === 1 ? frame.areas[0] : undefined);
  const [typed, setTyped] = useState(value ? writeLies(value) : "");
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const pick = useRef<Pick | null>(null);
  const [drawn, setDrawn] = useState<"waiting" | "drawn" | "impossible">("waiting");
  const chosenBy = useRef(choose);
  chosenBy.current = choose;
  useEffect(() => {
    if (!open) return;
    let gone = false;
    const draw = async (): Promise<void> => {
      const { canDraw } = await import("../map/ground.ts");
      if (!canDraw()) return setDrawn("impossible");
      const { openPick } = await import("../map/pick.ts");
      if (gone || !box.current) return;
      const ground = { container: box.current, basemap: basemapOf(desk, around?.map_name ?? ""), box: boxOf([], [], around?.box_e7 ?? null), language: t.language, title: t("locate.title"), label: t("locate.title") };
      const opened = await openPick(ground, (lon, lat) => {
        const lies = { lonE7: Math.round(lon * 1e7), latE7: Math.round(lat * 1e7) };
        setTyped(writeLies(lies));
        chosenBy.current(lies);
      });
      if (gone) return opened.remove();
      pick.current = opened;
      opened.put(value ? { lon: value.lonE7 / 1e7, lat: value.latE7 / 1e7 } : null);
      setDrawn("drawn");
    };
    draw().catch(() => !gone && setDrawn("impossible"));
    return () => {
      gone = true;
      pick.current?.remove();
      pick.current = null;
    };
  }, [open, around?.id, t.language]);
  const outside = value !== null && around?.box_e7 != null && !within(value, around.box_e7);
  return (
    <div class="locate stack">
      <div class="fields">
        <label for="lies">{t("locate.typed")}</label>
        <input
          id="lies"
          value={typed}
          autocomplete="off"
          placeholder="50.450100, 30.523400"
          aria-invalid={typed.trim() !== "" && value === null}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            const lies = readLies(event.currentTarget.value);
            choose(lies);
            pick.current?.put(lies && { lon: lies.lonE7 / 1e7, lat: lies.latE7 / 1e7 });
          }}
        />
      </div>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t("locate.map")}</summary>
        <p class="quiet">{t("locate.how")}</p>
        <div class="locate-map" ref={box} data-drawn={drawn} />
        {open && drawn === "impossible" && <p class="quiet">{t("places.map_impossible")}</p>}
      </details>
      {outside && <p class="fault" role="status">{t("locate.outside", { area: nameIn(t.language, around?.names ?? {}) })}</p>}
    </div>
  );
}

const within = ({ lonE7, latE7 }: Lies, [west = 0, south = 0, east = 0, north = 0]: readonly number[]): boolean => lonE7 >= west && lonE7 <= east && latE7 >= south && latE7 <= north;

/** A place that nobody put on the map yet. */
export function NotOnMap({ state, desk, point, area }: Props & { point: string; area: string }) {
  const { t } = state;
  const act = useAct(desk, t);
  const [lies, setLies] = useState<Lies | null>(null);
  return (
    <section class="card stack" aria-labelledby="locate">
      <h2 id="locate">{t("locate.title")}</h2>
      <p class="fault">{t("locate.missing")}</p>
      <Locate state={state} desk={desk} area={area} value={lies} choose={setLies} />
      <button type="button" class="choice choice-strong" disabled={act.busy || lies === null} onClick={() => lies && void act.run(() => sayAll(desk, t, acts.located(point, lies.lonE7, lies.latE7)))}>
        {t("locate.write")}
      </button>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </section>
  );
}
