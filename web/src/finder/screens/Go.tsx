import { useState } from "preact/hooks";
import { askCompass } from "../compass.ts";
import { spotOf } from "../geo.ts";
import { placeOf, ranking } from "../ranking.ts";
import { to } from "../route.ts";
import { readOut } from "../sentence.ts";
import { has, hoursToday, kindOf, placeName, serviceLine, whatItIs } from "../words.ts";
import { Arrow, distance, Heading, Nothing, WordState } from "./parts.tsx";
import type { Props } from "./props.ts";

/** Asked first in the cold, in this order; what nobody knows is passed over. */
const FIRST_SERVICES = ["heat", "sockets", "hot_drink", "toilet", "drinking_water", "medical_power", "overnight", "internet"];

/** 2. Go here. */
export function Go({ state, act }: Props) {
  const { t, town, from } = state;
  const [why, setWhy] = useState(false);
  if (!town || !from) return null;
  const ranked = ranking(state);
  const first = ranked.places[0];
  const found = first && placeOf(town, first.index);
  if (!first || !found) {
    return (
      <Nothing t={t} title="go.none">
        <p>{t(state.needs.length > 0 ? "go.none_needs" : "go.none_do", { number: town.emergency })}</p>
      </Nothing>
    );
  }
  const { point } = found;
  const next = first.ifShut[0];
  const nextPoint = next && placeOf(town, next.index)?.point;
  const services = FIRST_SERVICES.filter((field) => has(point, field)).slice(0, 3);
  const hours = hoursToday(t, town, point, state.nowMin);
  const sure = first.shown === "open" && first.behind === "" && first.onArrival !== "shuts_before";
  return (
    <>
      <p class="over">{t(sure ? "go.title" : "go.title_unsure")}</p>
      <Heading>{placeName(t, town, point)}</Heading>
      <p class="quiet">{[whatItIs(t, point), kindOf(t, point), point.address].filter(Boolean).join(" · ")}</p>
      {state.forOther && <ReadOut state={state} act={act} />}
      <div class="way">
        <p class="minutes">{distance(t, first) || t("walk.not_known")}</p>
        <Arrow t={t} from={from.spot} to={spotOf(point)} />
      </div>
      <WordState state={state} found={found} shown={first.shown}>
        {first.onArrival === "shuts_before" && <p class="visitors">{t("sentence.shuts_before")}</p>}
      </WordState>
      <p>{hours ?? t("hours.not_known")}</p>
      {services.length > 0 && (
        <ul class="services">
          {services.map((field) => {
            const service = point.services[field];
            return service && <li key={field}>{serviceLine(t, field, service, String).text}</li>;
          })}
        </ul>
      )}
      {nextPoint && (
        <p class="if-shut">
          <b>{t("if_shut")}</b> {placeName(t, town, nextPoint)}
          {next.minutes !== null && `, ${t("walk.further_min", { n: next.minutes })}`}
          {next.minutes === null && next.lineM !== null && `, ${t("walk.line_m", { n: next.lineM })}`}
        </p>
      )}
      <p class="acts">
        <a
          class="act act-main"
          href={to("way")}
          onClick={() => {
            void askCompass();
            act.start(point.id, first.minutes);
          }}
        >
          {t("go.start")}
        </a>
        <a class="act act-quiet" href={to("others")}>
          {t("go.others")}
        </a>
        <a class="act act-quiet" href={to("place", point.id)}>
          {t("go.place")}
        </a>
      </p>
      <p>
        <button type="button" class="link" aria-expanded={why} onClick={() => setWhy(!why)}>
          {t("go.why")}
        </button>
      </p>
      <p role="status">{why && t("why_first")}</p>
    </>
  );
}

/** One sentence for the phone: everything somebody needs who cannot see this screen. */
function ReadOut({ state }: Props) {
  const { t } = state;
  const sentence = readOut(state);
  return (
    sentence && (
      <section class="read-out" aria-labelledby="read-out">
        <h2 id="read-out">{t("go.read_out")}</h2>
        <p>{sentence}</p>
      </section>
    )
  );
}
