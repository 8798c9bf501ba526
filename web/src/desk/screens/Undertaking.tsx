/** An undertaking that somebody began, or stands behind, without a key: public once somebody here read it. */
import * as acts from "../acts.ts";
import { nameIn, say } from "../format.ts";
import type { Todo as Item } from "../model.ts";
import { type Props, sayAll, Twice, useAct } from "./parts.tsx";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function Undertaking({ state, desk, item }: Props & { item: Item }) {
  const { t } = state;
  const act = useAct(desk, t);
  const v = item.values;
  const [initiative, record, scope] = [text(v.initiative), text(v.record), text(v.scope)];
  const words = nameIn(t.language, (v.words as Record<string, string> | undefined) ?? {});
  const row = (label: string, value: string) =>
    value === "" ? null : (
      <>
        <dt>{label}</dt>
        <dd>{value}</dd>
      </>
    );
  return (
    <div class="stack">
      <dl class="pairs">
        {row(t("initiative.idea"), words)}
        {row(t("initiative.who"), text(v.who))}
        {row(t("initiative.as"), text(v.support) === "" ? "" : say(t, `initiative.as.${text(v.support)}`))}
        {row(t("initiative.organisation"), text(v.organisation))}
        {row(t("initiative.wants"), typeof v.wants === "number" ? t.number(v.wants) : "")}
      </dl>
      <p class="fault">{t("initiative.look")}</p>
      <div class="row-of">
        <Twice text={t("initiative.accept")} sure={t("initiative.accept_sure")} disabled={act.busy} act={() => void act.run(() => sayAll(desk, t, acts.wordsReleased(record, initiative, scope)))} />
        <Twice text={t("initiative.refuse")} sure={t("initiative.refuse_sure")} disabled={act.busy} act={() => void act.run(() => sayAll(desk, t, acts.takenBack(record, initiative, scope, "other")))} />
      </div>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </div>
  );
}
