import { useState } from "preact/hooks";
import type { Plan, PlanRow } from "../../core/plan.ts";
import type { Texts } from "../../core/texts.ts";
import { assumptions, minutes, peopleHow, shares, stability, stopped, walking } from "../../core/words.ts";
import { sentenceOf } from "../../core/trade.ts";
import { filesOf } from "../../net/api.ts";
import { ComparePlans } from "./Compare.tsx";
import { Curve } from "./Curve.tsx";
import { Districts, Fronts, Traded } from "./Traded.tsx";
import { MapPanel } from "./MapPanel.tsx";
import { Places } from "./Places.tsx";

/** One plan: the sentence, the map beside the places, what more would bring, how far to trust it. */
export function PlanScreen({ t, plan, rows }: { t: Texts; plan: Plan; rows: readonly PlanRow[] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const { summary } = plan;
  const ended = stopped(t, summary);
  return (
    <>
      <section class="intro" aria-labelledby="sentence">
        <h1 id="sentence" tabIndex={-1}>
          {sentenceOf(t, plan).map((piece) =>
            piece.strong ? <strong key={piece.text}>{piece.text}</strong> : piece.text,
          )}
        </h1>
        {ended && <p>{ended}</p>}
        <Traded t={t} plan={plan} />
        <People t={t} plan={plan} />
      </section>
      <div class="explore">
        <MapPanel t={t} plan={plan} chosen={chosen} choose={setChosen} />
        <Places t={t} plan={plan} chosen={chosen} toggle={(id) => setChosen(id === chosen ? null : id)} />
      </div>
      <div class="more">
        {plan.curve && <Curve t={t} plan={plan} curve={plan.curve} />}
        <Fronts t={t} plan={plan} />
        <Districts t={t} plan={plan} />
        <ComparePlans t={t} plan={plan} rows={rows} />
        {plan.stability && (
          <section aria-labelledby="stability-title">
            <h2 id="stability-title">{t("plan.stability.title")}</h2>
            {stability(t, plan.stability, summary.sites.length).map((text) => (
              <p key={text}>{text}</p>
            ))}
          </section>
        )}
        <Grounds t={t} plan={plan} />
        <Files t={t} plan={plan} />
        <section aria-labelledby="next-title">
          <h2 id="next-title">{t("plan.next.title")}</h2>
          <p>{t("plan.next.text")}</p>
        </section>
      </div>
    </>
  );
}

const SHARE_TEXT = {
  existing: "plan.numbers.existing",
  new: "plan.numbers.new",
  unserved: "plan.numbers.unserved",
  unreachable: "plan.numbers.unreachable",
} as const;

/** Everybody who lives here, as one bar and as numbers. */
function People({ t, plan }: { t: Texts; plan: Plan }) {
  const all = shares(plan).filter(({ key, persons }) => persons >= 0.5 || key === "new" || key === "unserved");
  const total = Math.max(1, plan.summary.demand_persons);
  return (
    <div class="people">
      <p class="people-total">
        <b>{t.number(Math.round(plan.summary.demand_persons))}</b> {t("plan.numbers.living")}
      </p>
      <div class="bar" aria-hidden="true">
        {all.map(({ key, persons }) => (
          <span key={key} class={`bar-part share-${key}`} style={{ flexGrow: Math.max(persons, 0) / total }} />
        ))}
      </div>
      <ul class="share-list">
        {all.map(({ key, persons }) => (
          <li key={key}>
            <span class={`share-sign share-${key}`} aria-hidden="true" />
            <span>
              <b>{t.number(Math.round(persons))}</b> {t(SHARE_TEXT[key], { minutes: minutes(t, plan.summary.minutes) })}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the plan rests on: how people and walking were had, assumptions, notes. */
function Grounds({ t, plan }: { t: Texts; plan: Plan }) {
  // Notes are written by the program in English, for whoever looks after it.
  const notes = plan.notes ?? [];
  const imported = plan.area.notes ?? [];
  return (
    <section aria-labelledby="grounds-title">
      <h2 id="grounds-title">{t("plan.assumptions.title")}</h2>
      {plan.area.made_up && <p>{t("made_up.banner_long")}</p>}
      <h3>{t("plan.people_how.title")}</h3>
      <p>
        {peopleHow(t, plan.area.people_how)}{" "}
        {plan.area.people_source && t("plan.people_how.source", { source: plan.area.people_source })}
      </p>
      <p>{walking(t, plan.profile)}</p>
      <Lines lines={assumptions(t, plan.assumptions ?? [])} />
      {notes.length > 0 && (
        <>
          <h3>{t("plan.notes.title")}</h3>
          <Lines lines={notes} lang="en" />
        </>
      )}
      {imported.length > 0 && (
        <details>
          <summary>{t("plan.notes.area")}</summary>
          <Lines lines={imported} lang="en" />
        </details>
      )}
    </section>
  );
}

function Lines({ lines, lang }: { lines: readonly string[]; lang?: string }) {
  if (lines.length === 0) return null;
  return (
    <ul class="lines" lang={lang}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Files({ t, plan }: { t: Texts; plan: Plan }) {
  const files = filesOf(plan.id);
  return (
    <section aria-labelledby="files-title">
      <h2 id="files-title">{t("plan.files.title")}</h2>
      <ul class="files">
        <li>
          <a href={files.report}>{t("plan.files.report")}</a>
        </li>
        <li>
          <a href={files.sites} download={`${plan.id}-sites.geojson`}>{t("plan.files.sites")}</a>
        </li>
        <li>
          <a href={files.plan} download={`${plan.id}-plan.json`}>{t("plan.files.plan")}</a>
        </li>
      </ul>
      <p class="quiet">{t("plan.files.check")}</p>
    </section>
  );
}
