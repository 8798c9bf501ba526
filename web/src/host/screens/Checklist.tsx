/** 2. Open for the day, and close: the same lists as on paper, which can be entered afterwards. */
import { useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { happenedAt } from "../known.ts";
import { to } from "../route.ts";
import { Amount, amount, Answers, Heading, type Props, Tick } from "./parts.tsx";

export function Checklist({ state, app, which }: Props & { which: "open" | "close" }) {
  const { t } = state;
  const items: readonly string[] = which === "open" ? acts.OPENING : acts.CLOSING;
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [fuel, setFuel] = useState("");
  const [paper, setPaper] = useState("");
  const checked = items.filter((item) => ticked.has(item) || (item === "fuel" && fuel !== ""));
  const vital = which === "open" && acts.VITAL.some((item) => !ticked.has(item));
  const from = paper === "" ? null : { happened: happenedAt(paper, -new Date(paper).getTimezoneOffset()) };

  const done = async (entries: acts.Entry[]): Promise<void> => {
    if (await app.say(entries)) location.hash = to("now");
  };

  return (
    <>
      <Heading>{t(`list.${which}`)}</Heading>
      <p>{t("list.go_round")}</p>
      <div class="ticklist">
        {items.map((item) => (
          <Tick
            key={item}
            label={t(`list.${item}` as "list.heat")}
            on={checked.includes(item)}
            change={(on) => {
              const next = new Set(ticked);
              if (on) next.add(item);
              else next.delete(item);
              setTicked(next);
            }}
          />
        ))}
      </div>
      <Amount t={t} name="fuel" label={t("list.fuel_l")} value={fuel} change={setFuel} />
      <details class="fold">
        <summary>{t("list.paper")}</summary>
        <label class="field">
          {t("list.paper_help")}
          <input type="datetime-local" value={paper} onInput={(event) => setPaper(event.currentTarget.value)} />
        </label>
      </details>
      {which === "open" ? (
        <>
          {vital && <p class="word word-strong">{t("list.vital")}</p>}
          <button type="button" class={vital ? "act act-quiet" : "act act-main"} onClick={() => void done(acts.open(checked, amount(fuel), from))}>
            {t(vital ? "list.open_all_the_same" : "list.open_now")}
          </button>
        </>
      ) : (
        <section aria-labelledby="why">
          <h2 id="why">{t("list.why_shut")}</h2>
          <Answers label={t("list.why_shut")} values={acts.SHUTS} text={(cause) => t(`cause.${cause}`)} choose={(cause) => void done(acts.close(checked, cause, amount(fuel), from))} />
        </section>
      )}
    </>
  );
}
