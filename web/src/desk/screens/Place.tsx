/** 3. A place: how it is now, a call, what it offers, its people, who may see it, an inspection, its story, its file. */
import { useEffect, useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { photoAddress, save } from "../ask.ts";
import { ago, moment, nameIn, placeName, say, shownDay, span } from "../format.ts";
import type { PointWhole, Said } from "../model.ts";
import { to } from "../route.ts";
import { NotOnMap } from "./Locate.tsx";
import { AddPhoto, erase } from "./Photos.tsx";
import { Called } from "./Called.tsx";
import { against, Coming, Heading, Mine, type Props, SaidLine, sayAll, StateMark, stateWord, Switch, tongue, Twice, useAct, useAsked, whereLine } from "./parts.tsx";

/** Services the desk may note on the telephone: those with a plain yes or no. */
const YES_NO = ["heat", "drinking_water", "hot_drink", "hot_food", "medical_power", "medicine_cooling", "high_power_charging", "accessible_toilet", "step_free", "mother_and_child", "quiet_corner", "pets", "psychologist", "overnight", "through_curfew"] as const;

export function Place({ state, desk, id }: Props & { id: string }) {
  const on = tongue(state);
  const { t } = on;
  const asked = useAsked<PointWhole>(desk, `desk/points/${id}`, (changed) => changed === null || changed.has(id));
  const whole = asked.data?.ref.id === id ? asked.data : undefined;
  if (!whole) {
    return (
      <section class="page-narrow">
        <Heading>{t("screen.place")}</Heading>
        <Coming t={t} asked={asked} />
      </section>
    );
  }
  const { ref } = whole;
  const waits = whole.orders.find((order) => order.answer === "silent" || order.answer === "refused" || order.answer === "confirmed");
  return (
    <article class="place-screen" data-place={id} data-state={ref.state}>
      <div class="title-row">
        <div>
          <a class="link" href={to("places")}>
            {t("place.back")}
          </a>
          <Heading>{placeName(t, ref)}</Heading>
          <p class="quiet">
            {[say(t, `kind.${ref.kind}`, ""), whereLine(ref), whole.operator].filter(Boolean).join(" · ")}
            {Object.entries(whole.lists).map(([list, number]) => ` · ${list}${number && ` № ${number}`}`)}
          </p>
        </div>
        <p class="title-acts">{whole.official && <span class="tag">{t("point.on_list")}</span>}</p>
      </div>
      <Coming t={t} asked={asked} />
      <div class="columns columns-place">
        <div class="stack">
          <Now state={state} whole={whole} />
          {waits && waits.answer !== "" && (
            <section class="card card-order">
              <h2>{t(waits.order === "stand_down" ? "entry.order_down" : "entry.order_open")}</h2>
              <p>
                {t("order.said_short", { time: moment(on, Number(waits.said_at_min)) })}
                {typeof waits.open_by_at_min === "number" && ` · ${t("order.until", { time: moment(on, waits.open_by_at_min) })}`} · <b>{t.find(`order.answer.${String(waits.answer)}`)}</b>
              </p>
              <p class="quiet">{t("todo.ordered.not_open")}</p>
            </section>
          )}
          <section class="card" aria-labelledby="call">
            <h2 id="call">{t("place.call")}</h2>
            <Called state={state} desk={desk} point={ref} phone={whole.phone} order={waits ? { id: String(waits.id), open: waits.order !== "stand_down" } : undefined} />
          </section>
          <Needs state={state} desk={desk} whole={whole} />
          <Stock state={state} whole={whole} />
        </div>
        <div class="stack">
          <Services state={state} desk={desk} whole={whole} />
          <Visible state={state} desk={desk} whole={whole} />
          {whole.lon_e7 === null && <NotOnMap state={state} desk={desk} point={whole.ref.id} area={whole.area} />}
          <Photo state={state} desk={desk} whole={whole} />
          <Inspection state={state} desk={desk} whole={whole} />
          <Equipment state={state} whole={whole} />
          <Devices state={state} whole={whole} />
          <section class="card" aria-labelledby="file">
            <h2 id="file">{t("place.file")}</h2>
            <FileOf state={state} desk={desk} id={id} />
          </section>
        </div>
        <Story state={state} desk={desk} whole={whole} />
      </div>
    </article>
  );
}

function Now({ state, whole }: { state: Props["state"]; whole: PointWhole }) {
  const on = tongue(state);
  const { t } = on;
  const { ref } = whole;
  const band = whole.status.band;
  const rows = Object.entries(whole.status).filter(([name]) => name !== "band" && name !== "found");
  return (
    <section class="card now" aria-labelledby="now">
      <h2 id="now" class="only-read">
        {t("place.now")}
      </h2>
      <p class="now-state">
        <StateMark t={t} shown={ref.shown} />
        {band && <b>{say(t, `band.${String(band.value)}`)}</b>}
      </p>
      {ref.shown !== ref.state && ref.state !== "" && <p>{t("place.last_word", { state: stateWord(t, ref.state) })}</p>}
      <p>
        <SaidLine tongue={on} point={ref} />
      </p>
      {whole.unknown_from_at_min !== null && whole.unknown_from_at_min > on.nowMin && <p class="quiet">{t("age.unknown_after", { time: moment(on, whole.unknown_from_at_min) })}</p>}
      {whole.contradicted && (
        <ul class="against">
          {whole.against.map((one, k) => (
            <li key={k}>
              {against(t, one)} <span class="quiet">{typeof one.last_at_min === "number" && moment(on, one.last_at_min)}</span>
            </li>
          ))}
        </ul>
      )}
      <dl class="pairs">
        <dt>{t("place.hours")}</dt>
        <dd>{whole.hours ? String(whole.hours.value) : t("app.unknown")}</dd>
        <dt>{t("day.visits")}</dt>
        <dd>{whole.visits_24h === null ? t("day.not_counted") : t.number(whole.visits_24h)}</dd>
        {whole.entrance && (
          <>
            <dt>{t("place.entrance")}</dt>
            <dd>{nameIn(t.language, whole.entrance)}</dd>
          </>
        )}
        {rows.map(([name, said]) => (
          <Pair key={name} state={state} name={name} said={said} />
        ))}
      </dl>
      {whole.incidents.length > 0 && (
        <p class="incidents">
          <b>{t("place.incidents")}</b>{" "}
          {whole.incidents
            .slice(0, 5)
            .map((one) => `${say(t, `danger.${String(one.incident)}`)}, ${moment(on, Number(one.at_min))}`)
            .join(" · ")}
        </p>
      )}
    </section>
  );
}

function Pair({ state, name, said }: { state: Props["state"]; name: string; said: Said }) {
  const on = tongue(state);
  const { t } = on;
  const label = t.find(`status.${name}`);
  if (label === null) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {valueOf(t, name, said.value)} <small class="quiet">{ago(on, said.said_at_min)}</small>
      </dd>
    </>
  );
}

function valueOf(t: Props["state"]["t"], name: string, value: unknown): string {
  if (typeof value === "boolean") return t(value ? "app.yes" : "app.no");
  if (Array.isArray(value)) return value.map((one) => say(t, `short.${String(one)}`, String(one))).join(", ");
  if (typeof value === "number") return name.endsWith("_mc") ? `${t.number(value / 1000, 1)} °C` : t.number(value);
  return say(t, `value.${String(value)}`, String(value));
}

function Needs({ state, desk, whole }: Props & { whole: PointWhole }) {
  const on = tongue(state);
  const { t } = on;
  const act = useAct(desk, t);
  if (whole.needs.length === 0) return null;
  return (
    <section class="card" aria-labelledby="needs">
      <h2 id="needs">{t("place.needs")}</h2>
      <ul class="plain-rows">
        {whole.needs.map((need) => (
          <li key={String(need.id)}>
            <span>
              <b>{say(t, `short.${String(need.short_of)}`)}</b>
              <small>
                {moment(on, Number(need.raised_at_min))}
                {typeof need.lasts_min === "number" && ` · ${t("todo.need.lasts", { span: span(t, need.lasts_min) })}`}
              </small>
            </span>
            {need.urgent === true && <span class="tag tag-alert">{t("place.urgent")}</span>}
            <button type="button" class="choice" disabled={act.busy} onClick={() => void act.run(() => sayAll(desk, t, acts.met(String(need.id), whole.ref.id, "delivery")))}>
              {t("need.met.delivery")}
            </button>
          </li>
        ))}
      </ul>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </section>
  );
}

function Stock({ state, whole }: { state: Props["state"]; whole: PointWhole }) {
  const on = tongue(state);
  const { t } = on;
  const rows = Object.entries(whole.stock);
  if (rows.length === 0) return null;
  return (
    <section class="card" aria-labelledby="stock">
      <h2 id="stock">{t("place.stock")}</h2>
      <dl class="pairs">
        {rows.map(([name, left]) => (
          <>
            <dt>{say(t, `stock.${name}`)}</dt>
            <dd>
              {typeof left.left === "number" ? quantity(t, name, left.left) : t("app.unknown")}
              {typeof left.counted_at_min === "number" && <small class="quiet"> {t("stock.counted", { ago: ago(on, left.counted_at_min) })}</small>}
              {typeof left.out_at_min === "number" && <small> {t("stock.out", { time: moment(on, left.out_at_min) })}</small>}
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}

const quantity = (t: Props["state"]["t"], name: string, value: number): string =>
  name.endsWith("_ml") ? t("unit.l", { k: t.number(value / 1000, 1) }) : name.endsWith("_g") ? t("unit.kg", { k: t.number(value / 1000, 1) }) : t.number(value);

function Services({ state, desk, whole }: Props & { whole: PointWhole }) {
  const on = tongue(state);
  const { t } = on;
  const act = useAct(desk, t);
  const [field, setField] = useState<(typeof YES_NO)[number]>("heat");
  const words = (name: string, value: unknown): string => {
    if (value === true) return t.find(`service.${name}`) ?? name;
    if (value === false || value === 0) return t.find(`service.${name}.no`) ?? name;
    if (typeof value === "number") return t.find(`service.${name}.n`, { n: value }) ?? `${name}: ${value}`;
    if (Array.isArray(value)) return t("service.languages.list", { list: value.join(", ") });
    return t.find(`service.${name}.${String(value)}`) ?? String(value);
  };
  return (
    <section class="card" aria-labelledby="services">
      <h2 id="services">{t("place.services")}</h2>
      {Object.keys(whole.services).length === 0 && <p class="quiet">{t("place.services_unknown")}</p>}
      <ul class="services">
        {Object.entries(whole.services).map(([name, said]) => (
          <li key={name} class={said.value === false || said.value === "none" ? "service service-no" : "service"}>
            {words(name, said.value)} <small>{ago(on, said.said_at_min)}</small>
          </li>
        ))}
      </ul>
      <div class="fields">
        <label for="service">{t("place.service_said")}</label>
        <span class="field-pair">
          <select id="service" value={field} onChange={(event) => setField(event.currentTarget.value as (typeof YES_NO)[number])}>
            {YES_NO.map((one) => (
              <option key={one} value={one}>
                {t(`service.${one}`)}
              </option>
            ))}
          </select>
          <button type="button" class="choice" disabled={act.busy} onClick={() => void act.run(() => sayAll(desk, t, acts.saidService(whole.ref.id, field, true)))}>
            {t("app.yes")}
          </button>
          <button type="button" class="choice" disabled={act.busy} onClick={() => void act.run(() => sayAll(desk, t, acts.saidService(whole.ref.id, field, false)))}>
            {t("app.no")}
          </button>
        </span>
      </div>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </section>
  );
}

function Visible({ state, desk, whole }: Props & { whole: PointWhole }) {
  const { t } = state;
  const act = useAct(desk, t);
  const say_ = (entries: acts.Entry[]) => void act.run(() => sayAll(desk, t, entries));
  return (
    <section class="card" aria-labelledby="visible">
      <h2 id="visible">{t("visibility.title")}</h2>
      <Switch label={t("visibility.title")} values={["public", "blurred", "hidden"] as const} text={(one) => t(`visibility.${one}`)} now={(whole.visibility.place ?? "") as "public"} disabled={act.busy} choose={(one) => say_(acts.seen(whole.ref.id, one))} />
      <p id="crowding">{t("crowding.title")}</p>
      <Switch label={t("crowding.title")} values={["bands", "full", "off"] as const} text={(one) => t(`crowding.${one}`)} now={(whole.visibility.crowding ?? "") as "bands"} disabled={act.busy} choose={(one) => say_(acts.crowding(whole.ref.id, one))} />
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </section>
  );
}

function Photo({ state, desk, whole }: Props & { whole: PointWhole }) {
  const { t } = state;
  const act = useAct(desk, t);
  const takeBack = async (): Promise<void> => {
    await erase(desk, whole.photo);
    const alone = whole.story.find((one) => one.kind === "point.described" && one.values.photo === whole.photo && Object.keys(one.values).length === 1);
    if (alone) await sayAll(desk, t, acts.takenBack(alone.record, whole.ref.id, whole.ref.id, "personal"));
  };
  if (whole.photo === "") return <AddPhoto state={state} desk={desk} type="point" thing={whole.ref.id} scope={whole.ref.id} card />;
  return (
    <section class="card" aria-labelledby="photo">
      <h2 id="photo">{t("photo.title")}</h2>
      <img class="photo" src={photoAddress(desk.device, whole.photo)} alt={t("photo.of", { name: placeName(t, whole.ref) })} />
      {whole.photo_public ? (
        <p>{t("photo.public")}</p>
      ) : (
        <>
          <p class="quiet">{t("photo.look")}</p>
          <Twice text={t("photo.release")} sure={t("photo.release_sure")} disabled={act.busy} act={() => void act.run(() => sayAll(desk, t, acts.released(whole.ref.id, whole.photo)))} />
        </>
      )}
      <Twice text={t("photo.refuse")} sure={t("photo.refuse_sure")} disabled={act.busy} act={() => void act.run(() => takeBack())} />
      <AddPhoto state={state} desk={desk} type="point" thing={whole.ref.id} scope={whole.ref.id} />
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </section>
  );
}

function Inspection({ state, desk, whole }: Props & { whole: PointWhole }) {
  const on = tongue(state);
  const { t } = on;
  const act = useAct(desk, t);
  const [looked, setLooked] = useState<Readonly<Record<string, acts.Looked>>>({});
  const [next, setNext] = useState("");
  const [remarks, setRemarks] = useState("");
  const any = Object.values(looked).some((one) => one !== "");
  const last = whole.inspections[0];
  return (
    <section class="card" aria-labelledby="inspection">
      <h2 id="inspection">{t("inspection.title")}</h2>
      {last ? (
        <p>
          {say(t, `inspection.${String(last.inspection)}`)}, {moment(on, Number(last.at_min))}
          {typeof last.next === "string" && last.next !== "" && ` · ${t("inspection.next_is", { day: shownDay(last.next) })}`}
          {Array.isArray(last.failed) && last.failed.length > 0 && <small>{t("inspection.failed", { what: last.failed.map((one) => say(t, `inspect.${String(one)}`)).join(", ") })}</small>}
        </p>
      ) : (
        <p class="quiet">{t("inspection.none")}</p>
      )}
      <details>
        <summary>{t("inspection.write")}</summary>
        <div class="inspect">
          {acts.INSPECTED.map((item) => (
            <div key={item} class="inspect-row" role="group" aria-label={t(`inspect.${item}`)}>
              <span>{t(`inspect.${item}`)}</span>
              {(["passed", "failed"] as const).map((one) => (
                <button key={one} type="button" class={`choice choice-${one}`} aria-pressed={looked[item] === one} onClick={() => setLooked({ ...looked, [item]: looked[item] === one ? "" : one })}>
                  {t(`inspect.is_${one}`)}
                </button>
              ))}
            </div>
          ))}
        </div>
        <div class="fields">
          <label for="next-inspection">{t("inspection.next")}</label>
          <input id="next-inspection" type="date" value={next} onInput={(event) => setNext(event.currentTarget.value)} />
          <label for="remarks">{t("inspection.remarks")}</label>
          <textarea id="remarks" rows={2} maxLength={1000} value={remarks} onInput={(event) => setRemarks(event.currentTarget.value)} />
        </div>
        {any && <p>{t("inspection.comes_to", { verdict: t(`inspection.${acts.verdict(looked)}`) })}</p>}
        <button
          type="button"
          class="choice choice-strong"
          disabled={act.busy || !any}
          onClick={() =>
            void act.run(async () => {
              await sayAll(desk, t, acts.inspected(whole.ref.id, looked, next, remarks.trim()));
              setLooked({});
              setRemarks("");
            })
          }
        >
          {t("inspection.sign")}
        </button>
        {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      </details>
    </section>
  );
}

function Equipment({ state, whole }: { state: Props["state"]; whole: PointWhole }) {
  const { t } = state;
  if (whole.equipment.length === 0) return null;
  return (
    <section class="card" aria-labelledby="gear">
      <h2 id="gear">{t("screen.equipment")}</h2>
      <ul class="plain-rows">
        {whole.equipment.map((one) => (
          <li key={String(one.id)}>
            <span>
              {nameIn(t.language, (one.names as Record<string, string>) ?? {}) || say(t, `help.${String(one.kind)}`, t("help.kit"))} <small>{say(t, `kit.${String(one.state)}`)}</small>
            </span>
            {typeof one.paid_until === "string" && one.paid_until !== "" && <span>{t("gear.paid", { day: shownDay(one.paid_until) })}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Devices({ state, whole }: { state: Props["state"]; whole: PointWhole }) {
  const on = tongue(state);
  const { t } = on;
  if (whole.devices === null) return null;
  return (
    <section class="card" aria-labelledby="devices">
      <h2 id="devices">{t("place.people")}</h2>
      {whole.devices.length === 0 && <p class="quiet">{t("place.nobody")}</p>}
      <ul class="plain-rows">
        {whole.devices.map((one) => (
          <li key={String(one.key)}>
            <span>
              <b>{String(one.name || t("people.no_name"))}</b>
              <small>
                {say(t, `role.${String(one.role)}`)} · {typeof one.last_heard_at_min === "number" ? t("people.heard", { ago: ago(on, one.last_heard_at_min) }) : t("people.never_heard")}
              </small>
            </span>
            {typeof one.ended_at_min === "number" && <span class="tag tag-quiet">{t("people.ended", { time: moment(on, one.ended_at_min) })}</span>}
          </li>
        ))}
      </ul>
      <a class="link" href={to("people")}>
        {t("screen.people")}
      </a>
    </section>
  );
}

function FileOf({ state, desk, id }: Props & { id: string }) {
  const { t } = state;
  const act = useAct(desk, t);
  const [people, setPeople] = useState(false);
  const file = (kind: "pdf" | "json") => void act.run(() => save(desk.device, `desk/points/${id}/file.${kind}?people=${people}${kind === "pdf" ? `&language=${t.language}` : ""}`, `${id.slice(0, 8)}.${kind}`));
  return (
    <>
      <p class="quiet">{t("file.what")}</p>
      <label class="tick-row">
        <input type="checkbox" checked={people} onChange={(event) => setPeople(event.currentTarget.checked)} />
        <span>{t("file.people")}</span>
      </label>
      <div class="row-of">
        <button type="button" class="choice" disabled={act.busy} onClick={() => file("pdf")}>
          PDF
        </button>
        <button type="button" class="choice" disabled={act.busy} onClick={() => file("json")}>
          JSON
        </button>
      </div>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </>
  );
}

function Story({ state, desk, whole }: Props & { whole: PointWhole }) {
  const on = tongue(state);
  const { t } = on;
  const act = useAct(desk, t);
  const [most, setMost] = useState(30);
  useEffect(() => setMost(30), [whole.ref.id]);
  return (
    <section class="card story" aria-labelledby="story">
      <h2 id="story">{t("place.story")}</h2>
      <Mine state={state} about={whole.ref.id} />
      <ol class="story-lines">
        {whole.story.slice(0, most).map((one) => (
          <li key={one.record} class={one.mark === "" ? undefined : "story-odd"} data-kind={one.kind}>
            <time>{moment(on, one.at_min)}</time>
            <div>
              <p>
                <b>{t.find(`entry.${one.kind}`) ?? one.line}</b> <Values state={state} values={one.values} />
              </p>
              <small>
                {[one.by === "" ? "" : say(t, `who.${one.by}`), one.device, one.via === "" || one.via === "self" ? "" : say(t, `via.${one.via}`)].filter(Boolean).join(" · ")}
                {one.mark !== "" && ` · ${t("story.odd", { why: one.mark })}`}
              </small>
              {one.mark === "" && (
                <details class="story-more">
                  <summary>{t("story.more")}</summary>
                  <p class="quiet" lang="en">
                    {one.line}
                  </p>
                  <p>
                    <code>{one.record.slice(0, 16)}</code>
                  </p>
                  <div class="row-of">
                    <Twice text={t("story.withhold")} sure={t("story.withhold_sure")} disabled={act.busy} act={() => void act.run(() => sayAll(desk, t, acts.withheld(one.record, whole.ref.id)))} />
                    <Twice text={t("story.wrong")} sure={t("story.wrong_sure")} disabled={act.busy} act={() => void act.run(() => sayAll(desk, t, acts.wrong(one.record, whole.ref.id)))} />
                  </div>
                </details>
              )}
            </div>
          </li>
        ))}
      </ol>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      {whole.story.length > most && (
        <button type="button" class="choice" onClick={() => setMost(most + 100)}>
          {t("app.more", { n: whole.story.length - most })}
        </button>
      )}
    </section>
  );
}

/** What an entry says beyond its kind, as far as there are words for it. */
function Values({ state, values }: { state: Props["state"]; values: Readonly<Record<string, unknown>> }) {
  const { t } = state;
  const parts: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (name === "band") parts.push(say(t, `band.${String(value)}`));
    else if (name === "cause" || name === "refused_because") parts.push(say(t, `cause.${String(value)}`, ""));
    else if (name === "incident") parts.push(say(t, `danger.${String(value)}`));
    else if (name === "short_of") parts.push((Array.isArray(value) ? value : [value]).map((one) => say(t, `short.${String(one)}`)).join(", "));
    else if (name === "visits") parts.push(t.number(Number(value)));
    else if (name === "opens_within_min") parts.push(t("span.min", { n: Number(value) }));
    else if (name === "opening_hours") parts.push(String(value));
    else if (name === "place") parts.push(say(t, `visibility.${String(value)}`, ""));
    else if (name.endsWith("_ml") || name.endsWith("_g")) parts.push(`${say(t, `stock.${name}`)} ${quantity(t, name, Number(value))}`);
  }
  return <>{parts.filter(Boolean).join(" · ")}</>;
}
