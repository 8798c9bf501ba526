/** 3. Short of: what, for how long it lasts, send. */
import { useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { to } from "../route.ts";
import { Heading, type Props } from "./parts.tsx";

export function Short({ state, app }: Props) {
  const { t } = state;
  const [what, setWhat] = useState<readonly string[]>([]);
  const [lasts, setLasts] = useState<number | null>(null);
  return (
    <>
      <Heading>{t("short.title")}</Heading>
      <div class="answers" role="group" aria-label={t("short.title")}>
        {acts.SHORT.map((one) => (
          <button key={one} type="button" class="act act-answer" aria-pressed={what.includes(one)} onClick={() => setWhat(what.includes(one) ? what.filter((other) => other !== one) : [...what, one])}>
            {t(`short.${one}`)}
          </button>
        ))}
      </div>
      <h2 id="lasts">{t("short.lasts")}</h2>
      <div class="answers answers-small" role="group" aria-labelledby="lasts">
        {acts.LASTS_H.map((hours) => (
          <button key={hours} type="button" class="act act-answer" aria-pressed={lasts === hours} onClick={() => setLasts(hours)}>
            {t("now.h", { k: hours })}
          </button>
        ))}
        <button type="button" class="act act-answer" aria-pressed={lasts === null} onClick={() => setLasts(null)}>
          {t("app.unknown")}
        </button>
      </div>
      <button
        type="button"
        class="act act-main"
        disabled={what.length === 0}
        onClick={() => void app.say(acts.shortOf(state.point, what, lasts)).then((done) => done && (location.hash = to("now")))}
      >
        {t("app.send")}
      </button>
      {what.length === 0 && <p class="quiet">{t("short.choose")}</p>}
    </>
  );
}
