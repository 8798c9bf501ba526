/** 4. Open / stand down: whom, by when, a look at whom it reaches, the order, and what became of each. */
import { useEffect, useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { moment, nameIn, nextTime, placeName, say } from "../format.ts";
import type { Order, OrderRow, Preview } from "../model.ts";
import { to } from "../route.ts";
import { Called } from "./Called.tsx";
import { Coming, Heading, Mine, PlaceLink, type Props, sayAll, Switch, StateMark, tongue, useAct, useAsked, whereLine } from "./parts.tsx";

const ANSWERS = ["silent", "refused", "confirmed", "opened", "closed"] as const;

export function Orders({ state, desk, id }: Props & { id: string }) {
  const { t, frame } = state;
  const area = frame?.areas.find((one) => one.id === state.area) ?? (frame?.areas.length === 1 ? frame.areas[0] : undefined);
  const asked = useAsked<readonly Order[]>(desk, area ? `desk/orders?area=${area.id}` : "");
  const orders = asked.data ?? [];
  const chosen = orders.find((order) => order.id === id) ?? (id === "" ? orders[0] : undefined);
  const one = useAsked<Order>(desk, id !== "" && !chosen ? `desk/orders/${id}` : "");
  const shown = chosen ?? one.data;
  return (
    <div class="columns columns-orders">
      <div class="stack">
        <Heading>{t("screen.orders")}</Heading>
        {!area ? (
          <AreaFirst state={state} desk={desk} />
        ) : (
          <>
            <section aria-labelledby="mode-title" class="card">
              <h2 id="mode-title">{t("mode.title", { area: nameIn(t.language, area.names) })}</h2>
              <Mode state={state} desk={desk} area={area.id} now={area.mode} since={area.mode_said_at_min} />
            </section>
            <Give key={area.id} state={state} desk={desk} area={area.id} districts={area.districts} />
            <Notice state={state} desk={desk} area={area.id} districts={area.districts} />
          </>
        )}
      </div>
      <div class="stack">
        <h2>{t("order.given")}</h2>
        {area && <Coming t={t} asked={asked} />}
        {asked.data?.length === 0 && <p class="nothing">{t("order.none")}</p>}
        {orders.length > 1 && (
          <ul class="order-tabs">
            {orders.map((order) => (
              <li key={order.id}>
                <a href={to("orders", order.id)} aria-current={order.id === shown?.id ? "true" : undefined}>
                  {t(order.order === "open" ? "entry.order_open" : "entry.order_down")} · {order.district || t("order.everywhere")} · {moment(tongue(state), order.said_at_min)}
                </a>
              </li>
            ))}
          </ul>
        )}
        {shown && <Given state={state} desk={desk} order={shown} />}
      </div>
    </div>
  );
}

function AreaFirst({ state, desk }: Props) {
  const { t, frame } = state;
  return (
    <section class="card">
      <h2>{t("order.which_area")}</h2>
      <ul class="area-list">
        {(frame?.areas ?? []).map((area) => (
          <li key={area.id}>
            <button type="button" class="choice" onClick={() => desk.chooseArea(area.id)}>
              <span>{nameIn(t.language, area.names)}</span> <small>{area.mode === "" ? t("mode.none") : say(t, `mode.${area.mode}`)}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Mode({ state, desk, area, now, since }: Props & { area: string; now: string; since: number | null }) {
  const { t } = state;
  const act = useAct(desk, t);
  const [said, setSaid] = useState<string>("");
  useEffect(() => setSaid(""), [now]);
  return (
    <>
      <Switch label={t("mode.title", { area: "" })} values={acts.MODES} text={(one) => t(`mode.${one}`)} now={(said || now) as (typeof acts.MODES)[number] | ""} disabled={act.busy} choose={(one) => void act.run(async () => (setSaid(one), await sayAll(desk, t, acts.mode(area, one))))} />
      {since !== null && <p class="quiet">{t("mode.since", { time: moment(tongue(state), since) })}</p>}
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </>
  );
}

/** An order in three steps: to whom, a look, the order. */
function Give({ state, desk, area, districts }: Props & { area: string; districts: readonly string[] }) {
  const { t, selected } = state;
  const on = tongue(state);
  const act = useAct(desk, t);
  const [order, setOrder] = useState<"open" | "stand_down">("open");
  const [where, setWhere] = useState(selected.size > 0 ? "*" : "");
  const [by, setBy] = useState("120");
  const [time, setTime] = useState("");
  const [seen, setSeen] = useState<Preview | null>(null);
  const [given, setGiven] = useState<readonly string[]>([]);
  useEffect(() => setSeen(null), [order, where, by, time]);
  const points = where === "*" ? [...selected] : [];
  const district = where === "*" ? "" : where;
  const openByMin = by === "time" ? nextTime(time, on.zone, on.nowMin) : on.nowMin + Number(by);
  const look = () =>
    act.run(async () => setSeen(await desk.device.json<Preview>("POST", "desk/orders/preview", { area, district: district || null, points: points.length > 0 ? points : null, order })));
  const give = () =>
    act.run(async () => {
      setGiven(await sayAll(desk, t, acts.ordered({ area, order, district, points, openByMin })));
      setSeen(null);
    });
  const reached = seen ? seen.rows.length - seen.already : 0;
  return (
    <section class="card" aria-labelledby="give-title">
      <h2 id="give-title">{t("order.title")}</h2>
      <Switch label={t("order.what")} values={["open", "stand_down"] as const} text={(one) => t(`order.${one}`)} now={order} choose={setOrder} />
      <div class="fields">
        <label for="order-where">{t("order.where")}</label>
        <select id="order-where" value={where} onChange={(event) => setWhere(event.currentTarget.value)}>
          <option value="">{t("order.everywhere")}</option>
          {selected.size > 0 && <option value="*">{t("order.selected", { n: selected.size })}</option>}
          {districts.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
        {order === "open" && (
          <>
            <label for="order-by">{t("order.by")}</label>
            <span class="field-pair">
              <select id="order-by" value={by} onChange={(event) => setBy(event.currentTarget.value)}>
                {[60, 120, 180, 360].map((minutes) => (
                  <option key={minutes} value={String(minutes)}>
                    {t("order.in_h", { n: minutes / 60 })} ({moment(on, on.nowMin + minutes)})
                  </option>
                ))}
                <option value="time">{t("order.at_time")}</option>
              </select>
              {by === "time" && <input type="time" aria-label={t("order.at_time")} value={time} onInput={(event) => setTime(event.currentTarget.value)} />}
            </span>
          </>
        )}
      </div>
      <button type="button" class="choice" onClick={() => void look()} disabled={act.busy || (order === "open" && openByMin === null)}>
        {t("order.look")}
      </button>
      {seen && (
        <div class="preview" role="region" aria-label={t("order.look")} data-reached={reached}>
          <p>
            <b>{t("order.reaches", { n: reached })}</b> {seen.already > 0 && t(order === "open" ? "order.already_open" : "order.already_shut", { n: seen.already })}
          </p>
          {seen.without_phone > 0 && <p>{t("order.no_phone", { n: seen.without_phone })}</p>}
          <p class="quiet">{Object.entries(seen.counts).map(([shown, n]) => `${say(t, `state.${shown}`)}: ${t.number(n)}`).join(" · ")}</p>
          <details>
            <summary>{t("order.who")}</summary>
            <ul class="plain-rows">
              {seen.rows.slice(0, 300).map((point) => (
                <li key={point.id}>
                  <PlaceLink t={t} point={point} /> <StateMark t={t} shown={point.shown} />
                </li>
              ))}
            </ul>
            {seen.rows.length > 300 && <p>{t("app.and_more", { n: seen.rows.length - 300 })}</p>}
          </details>
          <button type="button" class="choice choice-strong" disabled={act.busy || seen.rows.length === 0} onClick={() => void give()}>
            {t(order === "open" ? "order.give_open" : "order.give_down", { n: reached })}
          </button>
        </div>
      )}
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      {given.length > 0 && <Mine state={state} ids={given} />}
    </section>
  );
}

/** One order and what became of it at each place. Ordered is not open until the place says so. */
function Given({ state, desk, order }: Props & { order: Order }) {
  const on = tongue(state);
  const { t } = on;
  const [calling, setCalling] = useState("");
  const count = (answer: string): number => order.rows.filter((row) => row.answer === answer).length;
  const groups = ANSWERS.map((answer) => ({ answer, rows: order.rows.filter((row) => row.answer === answer) })).filter((group) => group.rows.length > 0);
  const open = order.order === "open";
  return (
    <article class="card order" data-order={order.id}>
      <h3>
        {t(open ? "entry.order_open" : "entry.order_down")} · {order.district || t("order.everywhere")}
      </h3>
      <p class="quiet">
        {t("order.said", { time: moment(on, order.said_at_min), who: order.by })}
        {order.open_by_at_min !== null && ` · ${t("order.until", { time: moment(on, order.open_by_at_min) })}`}
      </p>
      <dl class="tally">
        {(open ? (["opened", "confirmed", "refused", "silent"] as const) : (["closed", "confirmed", "refused", "silent"] as const)).map((answer) => (
          <div key={answer} class={`tally-${answer}`} data-tally={answer} data-n={count(answer)}>
            <dt>{t(`order.answer.${answer}`)}</dt>
            <dd>{t.number(count(answer))}</dd>
          </div>
        ))}
      </dl>
      <div class="bar-of" aria-hidden="true">
        {["opened", "closed", "confirmed", "refused", "silent"].map((answer) => (
          <span key={answer} class={`bar-${answer}`} style={{ flexGrow: count(answer) }} />
        ))}
      </div>
      {groups.map(({ answer, rows }) => (
        <section key={answer} aria-label={t(`order.answer.${answer}`)}>
          <h4>
            {t(`order.answer.${answer}`)} <span class="quiet">{t.number(rows.length)}</span>
          </h4>
          <ul class="answer-rows">
            {rows.slice(0, 200).map((row) => (
              <Row key={row.point.id} state={state} desk={desk} row={row} order={order} open={calling === row.point.id} toggle={() => setCalling(calling === row.point.id ? "" : row.point.id)} />
            ))}
          </ul>
          {rows.length > 200 && <p class="quiet">{t("app.and_more", { n: rows.length - 200 })}</p>}
        </section>
      ))}
    </article>
  );
}

function Row({ state, desk, row, order, open, toggle }: Props & { row: OrderRow; order: Order; open: boolean; toggle: () => void }) {
  const on = tongue(state);
  const { t } = on;
  return (
    <li data-answer={row.answer} data-point={row.point.id}>
      <div class="answer-row">
        <span>
          <PlaceLink t={t} point={row.point} />
          <small>{whereLine(row.point)}</small>
        </span>
        <span>
          {row.answer === "refused" && <b>{say(t, `cause.${row.because}`)}</b>}
          {row.answer === "confirmed" && row.opens_within_min !== null && <b>{t("order.within", { time: moment(on, (row.answered_at_min ?? order.said_at_min) + row.opens_within_min) })}</b>}
          {row.answered_at_min !== null && <small>{moment(on, row.answered_at_min)}</small>}
        </span>
        {(row.answer === "silent" || row.answer === "refused" || row.answer === "confirmed") && (
          <button type="button" class="choice" aria-expanded={open} aria-label={t("order.call", { name: placeName(t, row.point) })} onClick={toggle}>
            {t("call.call")}
          </button>
        )}
      </div>
      {open && <Called state={state} desk={desk} point={row.point} phone={row.phone} order={{ id: order.id, open: order.order === "open" }} />}
    </li>
  );
}

/** Something everybody in an area or district should know, with its end. */
function Notice({ state, desk, area, districts }: Props & { area: string; districts: readonly string[] }) {
  const { t } = state;
  const on = tongue(state);
  const act = useAct(desk, t);
  const [urgency, setUrgency] = useState<"information" | "warning" | "danger">("warning");
  const [district, setDistrict] = useState("");
  const [hours, setHours] = useState(12);
  const [uk, setUk] = useState("");
  const [en, setEn] = useState("");
  const [ids, setIds] = useState<readonly string[]>([]);
  return (
    <details class="card fold-card">
      <summary>{t("notice.title")}</summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(async () => {
            setIds(await sayAll(desk, t, acts.notice({ area, district, urgency, untilMin: on.nowMin + hours * 60, words: { uk: uk.trim(), en: en.trim() } })));
            setUk("");
            setEn("");
          });
        }}
      >
        <p class="quiet">{t("notice.public")}</p>
        <Switch label={t("notice.urgency")} values={["information", "warning", "danger"] as const} text={(one) => t(`urgency.${one}`)} now={urgency} choose={setUrgency} />
        <div class="fields">
          <label for="notice-where">{t("order.where")}</label>
          <select id="notice-where" value={district} onChange={(event) => setDistrict(event.currentTarget.value)}>
            <option value="">{t("order.everywhere")}</option>
            {districts.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
          <label for="notice-until">{t("notice.until")}</label>
          <select id="notice-until" value={hours} onChange={(event) => setHours(Number(event.currentTarget.value))}>
            {[3, 6, 12, 24, 72].map((one) => (
              <option key={one} value={one}>
                {moment(on, on.nowMin + one * 60)}
              </option>
            ))}
          </select>
          <label for="notice-uk">{t("notice.words", { language: "українською" })}</label>
          <textarea id="notice-uk" lang="uk" rows={2} maxLength={600} value={uk} onInput={(event) => setUk(event.currentTarget.value)} />
          <label for="notice-en">{t("notice.words", { language: "English" })}</label>
          <textarea id="notice-en" lang="en" rows={2} maxLength={600} value={en} onInput={(event) => setEn(event.currentTarget.value)} />
        </div>
        <button type="submit" class="choice choice-strong" disabled={act.busy || (uk.trim() === "" && en.trim() === "")}>
          {t("notice.give")}
        </button>
        {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
        {ids.length > 0 && <Mine state={state} ids={ids} />}
      </form>
    </details>
  );
}
