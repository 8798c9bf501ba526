/** The inspector's page: a list to go through, remarks, the next date, and an act to print. */
import { useState } from "preact/hooks";
import { Refused } from "../../device/device.ts";
import * as acts from "../acts.ts";
import { to } from "../route.ts";
import { Heading, type Props, Scan } from "./parts.tsx";
import { TakePhoto } from "./Photo.tsx";
import { Where } from "./Where.tsx";

const LOOKED: readonly acts.Looked[] = ["passed", "failed", ""];

export function Look({ state, app, id }: Props & { id: string }) {
  const { t } = state;
  const point = id || state.point;
  const [looked, setLooked] = useState<Readonly<Record<string, acts.Looked>>>({});
  const [remarks, setRemarks] = useState("");
  const [next, setNext] = useState("");
  const [act, setAct] = useState("");
  const [written, setWritten] = useState(false);
  const place = state.places.find((one) => one.id === point);
  const name = place ? (place.names[t.language] ?? Object.values(place.names)[0] ?? "") : state.scopeName;
  if (point === "") return <Choose state={state} app={app} />;

  const write = async (): Promise<void> => {
    const clean = remarks.trim().normalize("NFC");
    setWritten(await app.say(acts.inspected(looked, next, act.replace(/[^A-Za-z0-9_.:+-]/g, "-").slice(0, 80), clean), point));
  };

  return (
    <>
      <Heading>{t("look.title")}</Heading>
      <p class="over">{[name, place?.address].filter(Boolean).join(", ")}</p>
      {acts.INSPECTED.map((item) => (
        <fieldset key={item} class="looked">
          <legend>{t(`look.${item}`)}</legend>
          {LOOKED.map((value) => (
            <label key={value}>
              <input type="radio" name={item} checked={(looked[item] ?? "") === value} onChange={() => setLooked({ ...looked, [item]: value })} />
              <span>{t(value === "" ? "look.not" : `look.${value}`)}</span>
            </label>
          ))}
        </fieldset>
      ))}
      <label class="field">
        {t("look.remarks")}
        <textarea rows={4} maxLength={1500} value={remarks} onInput={(event) => setRemarks(event.currentTarget.value)} />
      </label>
      <label class="field">
        {t("look.next")}
        <input type="date" value={next} onInput={(event) => setNext(event.currentTarget.value)} />
      </label>
      <label class="field">
        {t("look.act")}
        <input type="text" maxLength={80} value={act} onInput={(event) => setAct(event.currentTarget.value)} />
      </label>
      <details class="fold">
        <summary>{t("photo.title")}</summary>
        <TakePhoto state={state} app={app} about={point} />
      </details>
      <p class="word">
        <b>{t(`look.verdict.${acts.verdict(looked)}`)}</b>
      </p>
      <button type="button" class="act act-main" onClick={() => void write()}>
        {t("look.write")}
      </button>
      {written && (
        <button type="button" class="act" onClick={() => print()}>
          {t("look.print")}
        </button>
      )}
      <Where state={state} app={app} />
      <section class="sheet" aria-hidden="true">
        <h1>
          {t("look.act_title")} {act}
        </h1>
        <p>{[name, place?.address].filter(Boolean).join(", ")}</p>
        <p>{t("look.day", { day: new Date(state.nowMs).toISOString().slice(0, 10) })}</p>
        <table>
          <tbody>
            {acts.INSPECTED.map((item) => (
              <tr key={item}>
                <th scope="row">{t(`look.${item}`)}</th>
                <td>{t(looked[item] ? `look.${looked[item]}` : "look.not")}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p>
          {t("look.remarks")}: {remarks}
        </p>
        <p>
          {t("look.next")}: {next}
        </p>
        <p>
          <b>{t(`look.verdict.${acts.verdict(looked)}`)}</b>
        </p>
        <p>{t("look.signature")}: ______________________</p>
      </section>
    </>
  );
}

function Choose({ state, app }: Props) {
  const { t } = state;
  return (
    <>
      <Heading>{t("look.where")}</Heading>
      {state.places.length === 0 && <p>{t("look.no_places")}</p>}
      <nav class="acts" aria-label={t("look.where")}>
        {state.places.map((place) => (
          <a key={place.id} class="act act-answer" href={to("look", place.id)}>
            {place.names[t.language] ?? Object.values(place.names)[0] ?? place.id.slice(0, 8)}
            <small>{place.address}</small>
          </a>
        ))}
      </nav>
      <Scan
        t={t}
        take={async (code) => {
          if (code.is !== "thing") throw new Refused(t("code.odd"));
          location.hash = to("look", code.id);
          return null;
        }}
      />
      <Where state={state} app={app} />
    </>
  );
}
