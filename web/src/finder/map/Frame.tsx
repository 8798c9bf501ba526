import { useEffect, useRef, useState } from "preact/hooks";
import { DAY, NIGHT } from "../../map/palette.ts";
import { spotOf } from "../geo.ts";
import { placeOf, ranking } from "../ranking.ts";
import { to } from "../route.ts";
import { distance } from "../screens/parts.tsx";
import type { Props } from "../screens/props.ts";
import { placeName } from "../words.ts";
import { type MapView, openMap } from "./view.ts";

/** How many places carry their number in the list. */
const NUMBERED = 5;
const night = () => matchMedia("(prefers-color-scheme: dark)");

/** The map in its frame. All that is on it is in the list above as well. */
export function Frame({ state, act, tell }: Props & { tell: (at: "drawn" | "failed") => void }) {
  const { t, town, from } = state;
  const frame = useRef<HTMLDivElement>(null);
  const view = useRef<MapView | null>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    let gone = false;
    const draw = async (): Promise<void> => {
      if (!town?.box || !act.map || !frame.current) return tell("failed");
      const markers = ranking(state).places.flatMap((row, order) => {
        const found = placeOf(town, row.index);
        if (!found) return [];
        const label = [placeName(t, town, found.point), t(`state.${row.shown}`), distance(t, row)].filter(Boolean).join(", ");
        return [{ at: spotOf(found.point), shown: row.shown, label, number: order < NUMBERED ? String(order + 1) : "", href: to("place", found.point.id) }];
      });
      const opened = await openMap({
        container: frame.current,
        archive: await act.map(),
        box: town.box,
        language: t.language,
        palette: night().matches ? NIGHT : DAY,
        title: t("map.title"),
        markers,
        here: from && { at: from.spot, label: t("map.here") },
      });
      if (gone) return opened.remove();
      view.current = opened;
      setDrawn(true);
      tell("drawn");
    };
    draw().catch(() => !gone && tell("failed"));
    const recolour = (): void => view.current?.recolour(night().matches ? NIGHT : DAY);
    night().addEventListener("change", recolour);
    return () => {
      gone = true;
      night().removeEventListener("change", recolour);
      view.current?.remove();
      view.current = null;
    };
    // The map is drawn for what was known when it was opened; another language or town draws it anew.
  }, [town, t, from]);
  return (
    <div class="map-frame">
      <div class="map" ref={frame} />
      {drawn && (
        <div class="map-buttons">
          <button type="button" aria-label={t("map.near")} onClick={() => view.current?.zoom(1)}>
            <Glyph d="M12 5v14M5 12h14" />
          </button>
          <button type="button" aria-label={t("map.far")} onClick={() => view.current?.zoom(-1)}>
            <Glyph d="M5 12h14" />
          </button>
        </div>
      )}
    </div>
  );
}

function Glyph({ d }: { d: string }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round">
      <path d={d} />
    </svg>
  );
}
