import { useState } from "preact/hooks";
import { placeOf, ranking } from "../ranking.ts";
import { to } from "../route.ts";
import { placeName, size, time, whatItIs } from "../words.ts";
import { distance, Heading, StateMark } from "./parts.tsx";
import type { MapProgram } from "../actions.ts";
import type { Props } from "./props.ts";

const NEEDS = ["sockets", "medical_power", "overnight", "step_free", "hot_food", "toilet", "mother_and_child", "medicine_cooling", "pets", "internet", "through_curfew"] as const;
const ROWS = 5;

/** 3. Others. */
export function Others({ state, act }: Props) {
  const { t, town, from } = state;
  const [rows, setRows] = useState(ROWS);
  if (!town) return null;
  const { places, notShownUnknown, notShownNo } = ranking(state);
  const shown = places.slice(0, rows);
  return (
    <>
      <Heading>{t(from ? "others.title" : "others.title_all")}</Heading>
      {from ? (
        <p class="quiet">{from.name ? t("others.from", { name: from.name }) : t("others.from_position")}</p>
      ) : (
        <p>
          <a href={to("where")}>{t("others.say_where")}</a>
        </p>
      )}
      {state.coming && <p role="status" class="quiet">{t("others.walks_coming")}</p>}
      <details class="fold" open={state.needs.length > 0}>
        <summary>{t("others.needs")}</summary>
        <div class="needs">
          {NEEDS.map((need) => (
            <label class="wish" key={need}>
              <input
                type="checkbox"
                checked={state.needs.includes(need)}
                onChange={(event) => {
                  act.set({ needs: event.currentTarget.checked ? [...state.needs, need] : state.needs.filter((other) => other !== need) });
                  setRows(ROWS);
                }}
              />
              <span>{t(`service.${need}`)}</span>
            </label>
          ))}
        </div>
      </details>
      <p role="status" class={state.needs.length > 0 ? "" : "only-read"}>
        {t("others.count", { n: places.length })}
        {notShownUnknown > 0 && ` ${t("others.not_shown_unknown", { n: notShownUnknown })}`}
        {notShownNo > 0 && ` ${t("others.not_shown_no", { n: notShownNo })}`}
      </p>
      <ul class="rows">
        {shown.map((ranked) => {
          const found = placeOf(town, ranked.index);
          if (!found) return null;
          const { point, status } = found;
          const length = distance(t, ranked);
          return (
            <li key={point.id}>
              <a class="row row-place" href={to("place", point.id)}>
                <b>{placeName(t, town, point)}</b>
                {length && <span class="row-minutes">{length}</span>}
                <span class="row-state">
                  <StateMark t={t} shown={ranked.shown} />
                  {status.band && status.state === "open" && <span>{t(`band.${status.band}`)}</span>}
                </span>
                <span class="quiet">
                  {status.saidAtMin === null ? whatItIs(t, point) : t("age.last_word", { time: time(t, town.zone, status.saidAtMin, state.nowMin) })}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
      {places.length > rows && (
        <button type="button" class="act act-quiet" onClick={() => setRows(rows + ROWS)}>
          {t("others.more", { n: Math.min(ROWS, places.length - rows) })}
        </button>
      )}
      {state.mapBytes > 0 && act.map && <TownMap state={state} act={act} />}
    </>
  );
}

/** A browser that cannot draw says so before a megabyte is loaded. */
function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

/** The map, once somebody asked for it: its program and the town's map come whole, side by side. */
function TownMap({ state, act }: Props) {
  const { t } = state;
  const [at, setAt] = useState<"" | "coming" | "drawn" | "failed" | "impossible">("");
  const [program, setProgram] = useState<MapProgram | null>(null);
  const ask = (): void => {
    if (!canDraw() || !act.mapProgram || !act.map) return setAt("impossible");
    setAt("coming");
    Promise.all([act.mapProgram(), act.map()]).then(([found]) => setProgram(found), () => setAt("failed"));
  };
  if (at === "") {
    return (
      <button type="button" class="act act-quiet" onClick={ask}>
        {state.mapKept ? t("map.show") : t("map.load", { size: size(t, state.mapBytes + act.mapCodeBytes) })}
      </button>
    );
  }
  const failed = at === "failed" || at === "impossible";
  return (
    <section class="map-panel" aria-labelledby="map-title">
      <h2 id="map-title">{t("map.title")}</h2>
      <p role="status" class={at === "drawn" ? "only-read" : "quiet"}>
        {at === "coming" && `${t("map.coming")} ${t("map.whole_town")}`}
        {failed && t(`map.${at}`)}
      </p>
      {program && !failed && <program.Frame state={state} act={act} tell={setAt} />}
    </section>
  );
}
