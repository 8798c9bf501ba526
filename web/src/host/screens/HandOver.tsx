/** 6. Hand over at the door, offline: what is still missing, notes from a list, the next person's code, until when. */
import { useState } from "preact/hooks";
import { Refused } from "../../device/device.ts";
import { Heading, type Props, say, Scan, Series, Tick } from "./parts.tsx";

const NOTES = ["stove", "generator", "ill", "medicine", "delivery", "key"] as const;
const HOURS = [12, 24, 168, 2160] as const;

export function HandOver({ state, app }: Props) {
  const { t, known } = state;
  const [notes, setNotes] = useState<readonly string[]>([]);
  const [hours, setHours] = useState<number>(24);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (state.point === "") {
    return (
      <>
        <Heading>{t("hand.title")}</Heading>
        <p>{t("hand.not_here")}</p>
      </>
    );
  }
  if (codes) {
    return (
      <>
        <Heading>{t("hand.show")}</Heading>
        <Series t={t} codes={codes} />
      </>
    );
  }
  return (
    <>
      <Heading>{t("hand.title")}</Heading>
      <section aria-labelledby="needs">
        <h2 id="needs">{t("hand.needs")}</h2>
        {known && known.needs.length > 0 ? (
          <ul class="ticks">
            {known.needs.map((need) => (
              <li key={need.what}>{say(t, `short.${need.what}`)}</li>
            ))}
          </ul>
        ) : (
          <p>{t("hand.no_needs")}</p>
        )}
      </section>
      <fieldset class="ticklist">
        <legend>{t("hand.notes")}</legend>
        {NOTES.map((note) => (
          <Tick key={note} label={t(`hand.note.${note}`)} on={notes.includes(note)} change={(on) => setNotes(on ? [...notes, note] : notes.filter((one) => one !== note))} />
        ))}
      </fieldset>
      <h2 id="until">{t("hand.until")}</h2>
      <div class="answers answers-small" role="group" aria-labelledby="until">
        {HOURS.map((one) => (
          <button key={one} type="button" class="act act-answer" aria-pressed={hours === one} onClick={() => setHours(one)}>
            {t(`hand.until.${one}`)}
          </button>
        ))}
      </div>
      <section aria-labelledby="scan">
        <h2 id="scan">{t("hand.scan")}</h2>
        <Scan
          t={t}
          take={async (code) => {
            if (code.is !== "key") throw new Refused(t("code.odd"));
            setCodes(await app.handOver(code.key, hours, notes.map((note) => say(t, `hand.note.${note}`))));
            return null;
          }}
        />
      </section>
    </>
  );
}
