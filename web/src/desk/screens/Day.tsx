/** 7. Report of the day: what was so, by district. A place without a word is "no word", not nought. */
import { useEffect, useState } from "preact/hooks";
import { Fault } from "../../device/device.ts";
import { save } from "../ask.ts";
import { dayOf, moment, nameIn, say, shownDay } from "../format.ts";
import type { DayReport, PointRef, ReportRow } from "../model.ts";
import { Coming, Heading, PlaceLink, type Props, tongue, useAct, useAsked } from "./parts.tsx";

export function Day({ state, desk }: Props) {
  const on = tongue(state);
  const { t } = on;
  const { frame } = state;
  const [day, setDay] = useState(() => dayOf(on.nowMin, on.zone));
  const area = state.area || (frame?.areas[0]?.id ?? "");
  const path = `desk/reports/${day}?area=${area}`;
  const asked = useAsked<DayReport>(desk, area === "" ? "" : path);
  const report = asked.data?.day === day ? asked.data : undefined;
  const act = useAct(desk, t);
  const [notes, setNotes] = useState<string | null>(null);
  const [moved, setMoved] = useState(false);
  useEffect(() => setNotes(null), [day, area]);
  const areaName = nameIn(t.language, frame?.areas.find((one) => one.id === area)?.names ?? {});
  const keep = () => act.run(async () => (await desk.device.json("PUT", `desk/reports/${day}/notes`, { area, notes: notes ?? "" }), setNotes(null), asked.again(), desk.tell(t("app.written"))));
  const approve = () =>
    act.run(async () => {
      setMoved(false);
      try {
        if (notes !== null) await desk.device.json("PUT", `desk/reports/${day}/notes`, { area, notes });
        await desk.device.json("POST", `desk/reports/${day}/approve`, { area, hash: report?.hash });
        setNotes(null);
        desk.tell(t("day.approved_now"));
      } catch (fault) {
        if (!(fault instanceof Fault) || fault.status !== 409) throw fault;
        setMoved(true);
      }
      asked.again();
    });
  return (
    <section class="page-wide stack">
      <div class="title-row">
        <Heading>{t("screen.day")}</Heading>
        <span class="title-acts">
          <label for="day">{t("day.day")}</label>
          <input id="day" type="date" value={day} max={dayOf(on.nowMin, on.zone)} onInput={(event) => event.currentTarget.value !== "" && setDay(event.currentTarget.value)} />
          <button type="button" class="choice" disabled={!report} onClick={() => void act.run(() => save(desk.device, `desk/reports/${day}.xlsx?area=${area}&language=${t.language}`, `${day}.xlsx`))}>
            .xlsx
          </button>
          <button type="button" class="choice" disabled={!report} onClick={() => void act.run(() => save(desk.device, `desk/reports/${day}.pdf?area=${area}&language=${t.language}`, `${day}.pdf`))}>
            {t("day.one_page")}
          </button>
        </span>
      </div>
      {area === "" ? <p class="nothing">{t("day.no_area")}</p> : <Coming t={t} asked={asked} />}
      {report && (
        <>
          <p class="quiet">{t("day.as_of", { area: areaName, day: shownDay(report.day), time: moment(on, report.as_of_at_min) })}</p>
          <dl class="tally tally-day">
            {(["working", "ready", "not_working", "no_word"] as const).map((one) => (
              <div key={one} class={`tally-${one}`} data-day={one} data-n={report.total[one]}>
                <dt>{t(`day.${one}`)}</dt>
                <dd>{t.number(report.total[one])}</dd>
              </div>
            ))}
            <div>
              <dt>{t("day.visits")}</dt>
              <dd class={report.total.visits_24h === null ? "in-words" : undefined}>{report.total.visits_24h === null ? t("day.not_counted") : t.number(report.total.visits_24h)}</dd>
            </div>
            <div>
              <dt>{t("day.needs")}</dt>
              <dd>{t.number(report.total.open_needs)}</dd>
            </div>
          </dl>
          <div class="table-scroll" tabIndex={0} role="region" aria-label={t("day.table")}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("place.district")}</th>
                  {(["points", "working", "ready", "not_working", "no_word", "visits", "needs"] as const).map((one) => (
                    <th key={one} scope="col">
                      {t(`day.${one}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {report.rows.map((row) => (
                  <Line key={row.district} state={state} row={row} name={row.district || t("day.no_district")} />
                ))}
              </tbody>
              <tfoot>
                <Line state={state} row={report.total} name={t("day.total")} />
              </tfoot>
            </table>
          </div>
          <div class="columns">
            <section class="card" aria-labelledby="needs">
              <h2 id="needs">{t("day.short_of")}</h2>
              {report.needs.length === 0 ? (
                <p class="quiet">{t("day.no_needs")}</p>
              ) : (
                <ul class="plain-rows">
                  {report.needs.map((need) => (
                    <li key={String(need.short_of)}>
                      <span>{say(t, `short.${String(need.short_of)}`)}</span>
                      <b>{t("unit.places", { n: Number(need.points) })}</b>
                      {Number(need.urgent) > 0 && <span class="fault">{t("day.urgent", { n: Number(need.urgent) })}</span>}
                    </li>
                  ))}
                </ul>
              )}
            </section>
            <section class="card" aria-labelledby="shut">
              <h2 id="shut">{t("day.not_working")}</h2>
              {report.not_working.length === 0 ? (
                <p class="quiet">{t("day.none_shut")}</p>
              ) : (
                <ul class="plain-rows">
                  {report.not_working.slice(0, 100).map((one) => (
                    <li key={(one.point as PointRef).id}>
                      <PlaceLink t={t} point={one.point as PointRef} />
                      <span>{one.cause ? say(t, `cause.${String(one.cause)}`, String(one.cause)) : t("app.unknown")}</span>
                    </li>
                  ))}
                </ul>
              )}
            </section>
          </div>
          <section class="card stack" aria-labelledby="notes-title">
            <h2 id="notes-title">
              <label for="notes">{t("day.notes")}</label>
            </h2>
            <textarea id="notes" rows={4} maxLength={4000} value={notes ?? report.notes} onInput={(event) => setNotes(event.currentTarget.value)} />
            <div class="row-of">
              <button type="button" class="choice" disabled={act.busy || notes === null || notes === report.notes} onClick={() => void keep()}>
                {t("day.keep_notes")}
              </button>
              <button type="button" class="choice choice-strong" disabled={act.busy || (report.approved_at_min !== null && (notes === null || notes === report.notes))} onClick={() => void approve()}>
                {t("day.approve")}
              </button>
              {report.approved_at_min !== null && <b data-approved>{t("day.approved", { who: report.approved_by, time: moment(on, report.approved_at_min) })}</b>}
            </div>
            {moved && <p class="fault" role="alert">{t("day.moved")}</p>}
            {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
            <p class="quiet">
              {t("day.hash")} <code>{report.hash.slice(0, 16)}</code>
            </p>
          </section>
        </>
      )}
    </section>
  );
}

function Line({ state, row, name }: { state: Props["state"]; row: ReportRow; name: string }) {
  const { t } = state;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{t.number(row.points)}</td>
      <td>{t.number(row.working)}</td>
      <td>{t.number(row.ready)}</td>
      <td>{t.number(row.not_working)}</td>
      <td class={row.no_word > 0 ? "no-word" : undefined}>{t.number(row.no_word)}</td>
      <td>{row.visits_24h === null ? t("day.not_counted") : t.number(row.visits_24h)}</td>
      <td>{t.number(row.open_needs)}</td>
    </tr>
  );
}
