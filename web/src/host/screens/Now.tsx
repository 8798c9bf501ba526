/** 1. Now: state, how full, visits, what headquarters asks, where my reports are. */
import { useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { to } from "../route.ts";
import { moment } from "../texts.ts";
import { Answers, Heading, type Props, say, StateMark } from "./parts.tsx";
import { Where } from "./Where.tsx";

/** Full has its button above. */
const ROOMS = acts.BANDS.filter((one) => one !== "full");

export function Now({ state, app }: Props) {
  const { t, known } = state;
  const [why, setWhy] = useState(false);
  const shown = known?.shown ?? "unknown";
  const name = (known && (known.names[t.language] ?? Object.values(known.names)[0])) || state.scopeName || t("now.title");
  const now = shown === "open" ? (known?.band === "full" ? "full" : "open") : shown === "paused" ? "break" : shown === "closed" ? "shut" : undefined;

  const press = (what: "open" | "full" | "break" | "shut"): void => {
    setWhy(what === "break" && !why);
    if (what === "full") void app.say(acts.band("full"));
    if (what === "shut") location.hash = to("close");
    if (what === "open") {
      if (shown === "open") void app.say(acts.band("some"));
      else location.hash = to("open");
    }
  };

  return (
    <>
      <Heading>{name}</Heading>
      <div class="word-state">
        <StateMark t={t} shown={shown} />
        {known?.sinceMs != null && <p>{t("app.since", { time: moment(t, known.sinceMs, state.nowMs) })}</p>}
        {known?.band && <p>{say(t, `band.${known.band}`)}</p>}
        {known?.danger && <p class="visitors">{t("now.after_danger")}</p>}
      </div>
      {known?.order && <Order state={state} app={app} />}
      <Answers label={t("now.title")} values={["open", "full", "break", "shut"] as const} text={(value) => t(`now.${value}`)} now={now} choose={press} />
      {why && (
        <section aria-labelledby="why">
          <h2 id="why">{t("now.break_why")}</h2>
          <Answers
            label={t("now.break_why")}
            values={acts.PAUSES}
            text={(cause) => t(`cause.${cause}`)}
            choose={(cause) => {
              setWhy(false);
              void app.say(acts.pause(cause));
            }}
          />
        </section>
      )}
      {shown !== "closed" && (
        <div class="counter">
          <button type="button" class="act act-main" onClick={() => void app.tap(1)}>
            {t("now.visit")}
          </button>
          <p>
            <span data-visits={(known?.visits ?? 0) + state.tapped}>{t("now.visits_today", { k: (known?.visits ?? 0) + state.tapped })}</span>
            {state.tapped > 0 && (
              <button type="button" class="link" onClick={() => void app.tap(-1)}>
                {t("now.visit_undo")}
              </button>
            )}
          </p>
        </div>
      )}
      {shown === "open" && (
        <section aria-labelledby="full">
          <h2 id="full">{t("now.how_full")}</h2>
          <Answers label={t("now.how_full")} values={ROOMS} text={(one) => say(t, `band.${one}`)} now={(known?.band || undefined) as acts.Band | undefined} choose={(one) => void app.say(acts.band(one))} />
        </section>
      )}
      {known && known.needs.length > 0 && (
        <section aria-labelledby="needs">
          <h2 id="needs">{t("now.needs")}</h2>
          <ul class="rows">
            {known.needs.map((need) => (
              <li key={need.what} class="row row-need">
                <span>
                  {say(t, `short.${need.what}`)} <small class="quiet">{t("app.since", { time: moment(t, need.sinceMs, state.nowMs) })}</small>
                </span>
                <button type="button" class="act act-quiet" onClick={() => void app.say(acts.met(need.ids))}>
                  {t("now.met")}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <nav class="acts ways" aria-label={t("app.more")}>
        <a class="act act-quiet" href={to("short")}>
          {t("now.short")}
        </a>
        <a class="act act-quiet" href={to("count")}>
          {t("now.count")}
        </a>
        <a class="act act-quiet" href={to("hand")}>
          {t("now.handover")}
        </a>
        <a class="act act-quiet" href={to("photo")}>
          {t("now.photo")}
        </a>
        <a class="act act-quiet" href={to("cards")}>
          {t("now.cards")}
        </a>
      </nav>
      <Where state={state} app={app} />
    </>
  );
}

const WITHIN_MIN = [15, 30, 60, 120] as const;

/** What headquarters asks for. Asked is not done: the place itself says so. */
function Order({ state, app }: Props) {
  const { t, known } = state;
  const [cannot, setCannot] = useState(false);
  const order = known?.order;
  if (!order) return null;
  return (
    <section class="word word-strong" aria-labelledby="order">
      <h2 id="order">
        {t(order.order === "open" ? "now.order_open" : "now.order_down")} {order.openBy && t("now.order_by", { time: order.openBy.slice(11, 16) || order.openBy })}
      </h2>
      {order.order === "stand_down" ? (
        <a class="act" href={to("close")}>
          {t("list.close")}
        </a>
      ) : (
        <>
          <p>{t("now.order_yes")}</p>
          <Answers
            label={t("now.order_yes")}
            values={WITHIN_MIN.map(String)}
            text={(min) => (Number(min) < 60 ? t("now.min", { k: Number(min) }) : t("now.h", { k: Number(min) / 60 }))}
            choose={(min) => void app.say(acts.willOpen(order.id, Number(min)))}
          />
          <button type="button" class="link" aria-expanded={cannot} onClick={() => setCannot(!cannot)}>
            {t("now.order_no")}
          </button>
          {cannot && <Answers label={t("now.order_no")} values={acts.CANNOT} text={(one) => t(`cause.${one}`)} choose={(one) => void app.say(acts.cannotOpen(order.id, one))} />}
        </>
      )}
    </section>
  );
}
