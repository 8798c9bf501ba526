import { useState } from "preact/hooks";
import { age } from "../../core/find/trust.ts";
import { placeOf, ranking, wordOf } from "../ranking.ts";
import { to } from "../route.ts";
import { dayStart, has, here, inside, hoursToday, kindOf, openAt, placeName, serviceLine, time, whatItIs } from "../words.ts";
import { distance, Heading, Nothing, Row, WordState } from "./parts.tsx";
import type { Props } from "./props.ts";

/** What people ask for, in the order of the table of services; what is not here is passed over. */
const SERVICES = [
  "heat", "seats", "lying_places", "sockets", "high_power_charging", "medical_power", "medical_power_h", "medicine_cooling", "drinking_water",
  "hot_drink", "hot_food", "internet", "mobile_signal", "toilet", "accessible_toilet", "step_free", "mother_and_child", "quiet_corner", "pets",
  "psychologist", "languages", "overnight", "through_curfew",
] as const;
/** Where life hangs on it, the answer says since when and whom to call. */
const LIFE_CRITICAL = new Set(["medical_power", "medical_power_h", "medicine_cooling", "heat", "overnight", "through_curfew"]);
/** A word that says how much or for how long; the one before it says whether. */
const NOT_ASKED = new Set(["medical_power_h", "languages"]);

/** 4. The place. */
export function Place({ state, act, id }: Props & { id: string }) {
  const { t, town } = state;
  const [photo, setPhoto] = useState(false);
  const found = town && placeOf(town, id);
  if (!town || !found) {
    return <Nothing t={t} title="place.gone" />;
  }
  const { index, point, status } = found;
  const ranked = ranking({ ...state, needs: [] }).places.find((place) => place.index === index);
  const aged = age(wordOf(found), state.nowMin);
  const zone = town.zone;
  const known = SERVICES.filter((field) => point.services[field]);
  const unknown = SERVICES.filter((field) => has(point, field) === null && !NOT_ASKED.has(field));
  const night = openAt(point, dayStart(zone, state.nowMin) + 27 * 60);
  const entrance = here(t, town, point.entrance);
  const find = here(t, town, point.find);
  const shelterName = (other: string): string => {
    const shelter = placeOf(town, other);
    return shelter ? placeName(t, town, shelter.point) : t("place.shelter_unknown");
  };
  const alert = point.services.air_alert;
  const goesTo = point.services.shelter ?? point.services.shelter_address;
  const length = distance(t, ranked);
  return (
    <>
      <Heading>{placeName(t, town, point)}</Heading>
      <p class="quiet">
        {[whatItIs(t, point), kindOf(t, point), length].filter(Boolean).join(" · ")}
        {point.blurred && ` · ${t("point.blurred")}`}
      </p>
      <WordState state={state} found={found} shown={aged.shown}>
        {aged.shown !== "unknown" && aged.unknownFromAtMin !== null && (
          <p class="quiet">{t("age.unknown_after", { time: time(t, zone, aged.unknownFromAtMin, state.nowMin) })}</p>
        )}
        {status.state === "ready" && point.opensWhen && (
          <p>
            {t.find(`ready.${point.opensWhen}`)}
            {point.opensWithinMin !== null && `. ${t("ready.within", { time: span(state, point.opensWithinMin) })}`}
          </p>
        )}
      </WordState>
      <p class="acts">
        <a class="act act-main" href={to("way")} onClick={() => act.start(point.id, ranked?.minutes ?? null)} hidden={!state.from}>
          {t("go.start")}
        </a>
        <a class="act act-quiet" href={to("said", point.id)}>
          {t("visit.ask")}
        </a>
        {point.phone && (
          <a class="act act-quiet" href={`tel:${point.phone.replace(/[^\d+]/g, "")}`}>
            {t("place.call", { number: point.phone })}
          </a>
        )}
      </p>
      <section>
        <h2>{t("place.find")}</h2>
        <dl class="facts">
          {point.address && <Row term={t("place.address")}>{[point.address, point.district].filter(Boolean).join(", ")}</Row>}
          {point.floor !== null && <Row term={t("place.floor")}>{floor(state, point.floor)}</Row>}
          <Row term={t("place.entrance")}>{entrance || t("place.not_known")}</Row>
          <Row term={t("place.landmark")}>{find || t("place.not_known")}</Row>
        </dl>
        {point.photo && !act.inPage && (
          <details class="fold" onToggle={(event) => setPhoto(event.currentTarget.open)}>
            <summary>
              <span>
                {t("place.photo")} <small>{t("place.photo_asks")}</small>
              </span>
            </summary>
            {photo && <img class="photo" src={`../photos/${point.photo}.jpg`} alt={t("place.photo")} />}
          </details>
        )}
      </section>
      <section>
        <h2>{t("place.hours")}</h2>
        <p>{hoursToday(t, town, point, state.nowMin) ?? t("hours.not_known")}</p>
        {night !== null && <p>{t(night ? "place.night_open" : "place.night_shut")}</p>}
        {point.hours?.text && <p class="quiet">{t("place.hours_as_said", { hours: point.hours.text })}</p>}
      </section>
      <section>
        <h2>{t("place.has")}</h2>
        <ul class="ticks">
          {known.map((field) => {
            const service = point.services[field];
            if (!service) return null;
            const line = serviceLine(t, field, service, shelterName);
            return (
              <li key={field} class={line.has ? "tick" : "tick tick-no"}>
                {line.text}
                {LIFE_CRITICAL.has(field) && <small>{t("place.service_said", { time: time(t, zone, service.saidAtMin, state.nowMin) })}</small>}
              </li>
            );
          })}
        </ul>
        {known.length === 0 && <p>{t("place.nothing_known")}</p>}
        {unknown.length > 0 && (
          <p>
            <b>{t("place.unknown")}</b> {t.list(unknown.map((field) => inside(t, t(`service.${field}`))))}
            {point.phone && ` ${t("place.unknown_call")}`}
          </p>
        )}
      </section>
      <section>
        <h2>{t("service.air_alert")}</h2>
        <p>
          {goesTo
            ? serviceLine(t, point.services.shelter ? "shelter" : "shelter_address", goesTo, shelterName).text
            : alert
              ? serviceLine(t, "air_alert", alert, shelterName).text
              : t("place.alert_unknown")}
        </p>
      </section>
      <section>
        <h2>{t("account.ask")}</h2>
        <p>
          {point.operator && `${t("place.run_by", { name: point.operator })} `}
          {point.givenBy.length > 0 && t("place.given_by", { names: t.list(point.givenBy) })}
        </p>
        <p>{t(point.official ? "point.on_list" : "point.not_on_list")}</p>
        <a class="act act-quiet" href={to("account", point.id)}>
          {t("account.ask")}
        </a>
      </section>
    </>
  );
}

function floor({ t }: Props["state"], n: number): string {
  if (n === 0) return t("place.floor_street");
  return n < 0 ? t("place.floor_below", { n: -n }) : t("place.floor_above", { n });
}

function span({ t }: Props["state"], minutes: number): string {
  return minutes >= 120 ? t("span.h", { n: Math.ceil(minutes / 60) }) : t("span.min", { n: minutes });
}
