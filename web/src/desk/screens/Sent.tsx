/** What this desk said, and where each of it is: on its way, at headquarters, safe, not accepted and why. */
import { moment } from "../format.ts";
import { Heading, type Props, saidTitle, tongue } from "./parts.tsx";

export function Sent({ state, desk }: Props) {
  const on = tongue(state);
  const { t } = on;
  const { line } = state;
  return (
    <section class="page-narrow">
      <Heading>{t("screen.sent")}</Heading>
      <p>
        {line.waiting > 0 ? t("line.way", { n: line.waiting }) : t("line.all")}
        {line.lastMs !== null && ` · ${t("sent.last", { time: moment(on, Math.floor(line.lastMs / 60_000)) })}`}
      </p>
      {line.fault === "unreachable" && <p class="coming coming-old">{t("sent.kept")}</p>}
      <p>
        <button type="button" class="choice" onClick={() => void desk.send()} disabled={line.busy}>
          {t("sent.now")}
        </button>
      </p>
      {state.reports.length === 0 && <p class="nothing">{t("sent.none")}</p>}
      <ul class="sents">
        {state.reports.map((one) => (
          <li key={one.id} class={`mine-${one.standing}`} data-standing={one.standing}>
            <span>
              <b>{saidTitle(t, one.kind, one.body)}</b>
              <small>{placeOf(state, one.scope)}</small>
            </span>
            <time>{moment(on, Math.floor(one.atMs / 60_000))}</time>
            <span>
              {t(`sent.${one.standing === "phone" ? "way" : one.standing}`)}
              {one.reason !== "" && <small>{t("sent.because", { why: one.reason })}</small>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function placeOf(state: Props["state"], scope: string): string {
  const row = state.places?.rowOf.get(scope);
  const names = row === undefined ? undefined : state.places?.table.name[row];
  return names?.[state.t.language] ?? names?.uk ?? names?.en ?? "";
}
