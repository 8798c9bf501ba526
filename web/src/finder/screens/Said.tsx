import { useState } from "preact/hooks";
import { placeOf } from "../ranking.ts";
import { to } from "../route.ts";
import { SEEN, type Seen } from "../store/reports.ts";
import { placeName } from "../words.ts";
import { Heading } from "./parts.tsx";
import type { Props } from "./props.ts";

/** 6. Was it open? */
export function Said({ state, act, id }: Props & { id: string }) {
  const { t, town } = state;
  const [answer, setAnswer] = useState<Seen | null>(null);
  const found = town && placeOf(town, id);
  if (!town || !found) return null;
  const became = state.reports[id];
  const tell = (seen: Seen): void => {
    setAnswer(seen);
    void act.say({ point: id, state: seen });
  };
  return (
    <>
      <Heading>{t("visit.ask")}</Heading>
      <p>{placeName(t, town, found.point)}</p>
      <div class="answers">
        {SEEN.map((seen) => (
          <button key={seen} type="button" class="act act-answer" aria-pressed={answer === seen} disabled={became === "sent"} onClick={() => tell(seen)}>
            {t(`visit.${seen}`)}
          </button>
        ))}
      </div>
      <p role="status" class="became">
        {became ? t(`visit.${became}`) : answer ? t("visit.sending") : ""}
      </p>
      <p class="quiet">{t("visit.what_is_sent")}</p>
      {became && (
        <a class="act act-quiet" href={to("others")}>
          {t("go.others")}
        </a>
      )}
    </>
  );
}
