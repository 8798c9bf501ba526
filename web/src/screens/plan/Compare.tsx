/** Two plans side by side: a table of figures and one map with the sites of both. The page and the desk show the same. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Compared, Plan, PlanRow } from "../../core/plan.ts";
import { date, type Texts } from "../../core/texts.ts";
import { choiceName, figureRows, sitesOfBoth } from "../../core/trade.ts";
import { basemapOf, comparePlans } from "../../net/api.ts";

export function ComparePlans({ t, plan, rows }: { t: Texts; plan: Plan; rows: readonly PlanRow[] }) {
  const others = rows.filter((row) => row.id !== plan.id && row.area === plan.area.name);
  const [other, setOther] = useState("");
  const [told, setTold] = useState<Compared | null>(null);
  const [fault, setFault] = useState("");
  useEffect(() => {
    let gone = false;
    setTold(null);
    setFault("");
    if (other !== "")
      comparePlans(plan.id, other).then(
        (said) => !gone && setTold(said),
        (error: unknown) => !gone && setFault(error instanceof Error ? error.message : String(error)),
      );
    return () => {
      gone = true;
    };
  }, [other, plan.id]);
  if (others.length === 0) return null;
  return (
    <section class="compare" aria-labelledby="compare-title">
      <h2 id="compare-title">{t("plan.compare.title")}</h2>
      <ChooseOther t={t} others={others} other={other} choose={setOther} nameOf={(row) => rowName(t, row)} />
      {fault !== "" && <p role="alert">{fault}</p>}
      {told && <SideBySide t={t} told={told} plan={plan} basemap={basemapOf(plan.area.name)} title="compare-title" />}
    </section>
  );
}

const rowName = (t: Texts, row: PlanRow): string => `${choiceName(t, row.aim)}, ${t("plan.new_places", { n: row.k })}, ${t("plan.minutes_short", { n: row.minutes })}, ${date(t, row.created)}`;

interface ChooseProps {
  readonly t: Texts;
  readonly others: readonly PlanRow[];
  readonly other: string;
  readonly choose: (id: string) => void;
  readonly nameOf: (row: PlanRow) => string;
}

export function ChooseOther({ t, others, other, choose, nameOf }: ChooseProps) {
  return (
    <div class="compare-choose fields">
      <label for="compare-with">{t("plan.compare.with")}</label>
      <select id="compare-with" value={other} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{t("plan.compare.choose")}</option>
        {others.map((row) => (
          <option key={row.id} value={row.id}>
            {nameOf(row)}
          </option>
        ))}
      </select>
    </div>
  );
}

export function SideBySide({ t, told, plan, basemap, title }: { t: Texts; told: Compared; plan: Plan; basemap: string; title: string }) {
  return (
    <>
      <div class="table-frame table-scroll" tabIndex={0} role="region" aria-labelledby={title} data-compared>
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">{t("plan.compare.this")}</th>
              <th scope="col">{t("plan.compare.other")}</th>
            </tr>
          </thead>
          <tbody>
            {figureRows(t, told).map(([name, left, right]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{left}</td>
                <td>{right}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="quiet">
        {t("plan.compare.shared", { n: told.both.length })} {!told.same_walk && t("plan.compare.other_walks")}
      </p>
      <BothMap t={t} told={told} plan={plan} basemap={basemap} />
    </>
  );
}

/** Sites of both plans on one map; where the browser cannot draw, the table above is all. */
function BothMap({ t, told, plan, basemap }: { t: Texts; told: Compared; plan: Plan; basemap: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<"waiting" | "drawn" | "impossible">("waiting");
  const sites = sitesOfBoth(t, told);
  useEffect(() => {
    let gone = false;
    let close: (() => void) | null = null;
    const open = async (): Promise<void> => {
      const { openBoth } = await import("../../map/both.ts");
      if (gone || !box.current) return;
      close = await openBoth({ container: box.current, basemap, box: plan.area.box, language: t.language, title: t("plan.compare.map") }, sites);
      if (gone) return close?.();
      setDrawn(close ? "drawn" : "impossible");
    };
    open().catch(() => !gone && setDrawn("impossible"));
    return () => {
      gone = true;
      close?.();
    };
  }, [told, t.language]);
  if (drawn === "impossible") return null;
  return (
    <figure class="both">
      <div class="both-map" ref={box} data-drawn={drawn} />
      <figcaption class="both-legend">
        {(["both", "this", "other"] as const).map((which) => (
          <span key={which}>
            <span class={`both-sign both-${which}`} aria-hidden="true" /> {t(`plan.compare.sign_${which}`)}
          </span>
        ))}
        <small>{plan.area.made_up ? t("made_up.attribution") : plan.area.attribution}</small>
      </figcaption>
    </figure>
  );
}
