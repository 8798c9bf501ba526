/** 4. Danger: what happened, what it does to the place at once, whom to call, what to do. Never back to open by itself. */
import { useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { to } from "../route.ts";
import { Steps } from "./Cards.tsx";
import { Answers, Heading, type Props } from "./parts.tsx";

/** Whom to call first, and the card with the steps; where there is none, steps of its own. */
const HELP: Readonly<Record<acts.Danger, { readonly call: readonly string[]; readonly card: string }>> = {
  co: { call: ["101", "112"], card: "card.co" },
  fire: { call: ["101", "112"], card: "card.fire" },
  medical: { call: ["103", "112"], card: "card.collapsed" },
  generator: { call: [], card: "do.generator" },
  heat: { call: [], card: "do.heat" },
  air_alert: { call: [], card: "do.air_alert" },
  minor_alone: { call: ["102", "112"], card: "card.minor" },
  violence: { call: ["102", "112"], card: "card.aggressive" },
};

export function Danger({ state, app, id }: Props & { id: string }) {
  const { t } = state;
  const danger = acts.DANGERS.find((one) => one === id);
  if (danger) return <Happened state={state} app={app} danger={danger} />;
  return (
    <>
      <Heading>{t("danger.what")}</Heading>
      <div class="dangers">
        {acts.DANGERS.map((one) => (
          <button
            key={one}
            type="button"
            class={acts.consequence(one) === "none" ? "act act-answer" : "act act-strong"}
            onClick={() => {
              location.hash = to("danger", one);
              void app.say(acts.inDanger(one));
            }}
          >
            {t(`danger.${one}`)}
            <small>{t(`danger.then.${acts.consequence(one)}`)}</small>
          </button>
        ))}
      </div>
      <p class="quiet">{t("danger.never_alone")}</p>
      <a class="act act-quiet" href={to("now")}>
        {t("danger.none")}
      </a>
    </>
  );
}

function Happened({ state, app, danger }: Props & { danger: acts.Danger }) {
  const { t } = state;
  const [mistaken, setMistaken] = useState(false);
  const { call, card } = HELP[danger];
  const then = acts.consequence(danger);
  const entries = acts.inDanger(danger);
  const kinds = new Set(entries.map(({ kind }) => kind));
  /** What this page's own press wrote down: the newest of each kind, of the last quarter of an hour. */
  const written = state.reports.filter((report, k, all) => kinds.has(report.kind) && state.nowMs - report.atMs < 900_000 && all.findIndex((other) => other.kind === report.kind) === k);
  /** Written down, all of it: not before is anything said to be so, or taken back. */
  const done = written.length === entries.length;
  const sent = written.every(({ standing }) => standing === "headquarters" || standing === "safe");
  return (
    <>
      <Heading>{t(`danger.${danger}`)}</Heading>
      {call.length > 0 && (
        <section class="calls">
          <p>
            <b>{t("danger.call_first")}</b>
          </p>
          {call.map((number) => (
            <a key={number} class="act act-strong act-main" href={`tel:${number}`}>
              {t("app.call", { number })}
            </a>
          ))}
        </section>
      )}
      <Steps t={t} of={card} />
      <p class={done ? "word word-strong" : ""} role="status">
        {done && (sent ? <b>{[then === "shut" && `${t("state.closed")}.`, then === "pause" && `${t("state.paused")}.`, t("danger.sent")].filter(Boolean).join(" ")}</b> : t(`danger.did.${then}`))}
      </p>
      {then !== "none" && <p class="quiet">{t("danger.never_alone")}</p>}
      {mistaken && <p class="word">{t("danger.mistaken")}</p>}
      {done && !mistaken && (
        <Answers
          label={t("danger.mistake")}
          values={["mistake"]}
          text={() => t("danger.mistake")}
          choose={() => void app.say(written.flatMap((report) => acts.mistake(report.id))).then(setMistaken)}
        />
      )}
    </>
  );
}
