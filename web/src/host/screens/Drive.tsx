/** The driver's page: what is loaded, left, passed, arrived or damaged; offline like all else. */
import { useState } from "preact/hooks";
import { Refused } from "../../device/device.ts";
import * as acts from "../acts.ts";
import type { Delivery } from "../app.ts";
import { moment } from "../texts.ts";
import { Amount, amount, Heading, type Props, Scan, say } from "./parts.tsx";
import { Where } from "./Where.tsx";
import { askOnce } from "../position.ts";

export function Drive({ state, app }: Props) {
  const { t } = state;
  const [leaving, setLeaving] = useState(false);
  return (
    <>
      <Heading>{t("drive.title")}</Heading>
      <section aria-labelledby="road">
        <h2 id="road">{t("drive.on_road")}</h2>
        {state.deliveries.length === 0 && <p>{t("drive.none")}</p>}
        {state.deliveries.map((one) => (
          <OnRoad key={one.id} state={state} app={app} delivery={one} />
        ))}
      </section>
      <button type="button" class="act act-main" aria-expanded={leaving} onClick={() => setLeaving(!leaving)}>
        {t("drive.new")}
      </button>
      {leaving && <Leaving state={state} app={app} done={() => setLeaving(false)} />}
      <Where state={state} app={app} />
    </>
  );
}

function Leaving({ state, app, done }: Props & { done: () => void }) {
  const { t } = state;
  const [load, setLoad] = useState<Readonly<Record<string, string>>>({});
  const [kits, setKits] = useState<readonly string[]>([]);
  const [to, setTo] = useState("");
  const [where, setWhere] = useState("");
  const field = (name: string, label: string) => <Amount t={t} name={name} label={label} value={load[name] ?? ""} change={(value) => setLoad({ ...load, [name]: value })} />;
  const leave = async (): Promise<void> => {
    const of = (name: string): number | null => amount(load[name] ?? "");
    const said = acts.left({ fuelL: of("fuel"), woodKg: of("wood"), waterL: of("water"), meals: of("meals"), blankets: of("blankets"), kits, to, toWhere: where.trim().normalize("NFC") });
    if (await app.say(said, "")) done();
  };
  return (
    <section aria-labelledby="load">
      <h2 id="load">{t("drive.what")}</h2>
      {field("fuel", t("count.fuel"))}
      {field("wood", t("count.wood"))}
      {field("water", t("count.water"))}
      {field("meals", t("drive.meals"))}
      {field("blankets", t("drive.blankets"))}
      <h2>{t("drive.scan")}</h2>
      <Scan
        t={t}
        take={async (code) => {
          if (code.is !== "thing") throw new Refused(t("code.odd"));
          if (!kits.includes(code.id)) setKits([...kits, code.id]);
          return null;
        }}
      />
      {kits.length > 0 && <p>{t("drive.equipment", { k: kits.length })}</p>}
      <h2 id="where">{t("drive.where")}</h2>
      {state.places.length > 0 && (
        <select class="wide" aria-labelledby="where" value={to} onChange={(event) => setTo(event.currentTarget.value)}>
          <option value="">…</option>
          {state.places.map((place) => (
            <option key={place.id} value={place.id}>
              {[place.names[t.language] ?? Object.values(place.names)[0] ?? place.id.slice(0, 8), place.address].filter(Boolean).join(", ")}
            </option>
          ))}
        </select>
      )}
      <label class="field">
        {t("drive.where_words")}
        <input class="wide" type="text" maxLength={200} value={where} onInput={(event) => setWhere(event.currentTarget.value)} />
      </label>
      <button type="button" class="act act-main" onClick={() => void leave()}>
        {t("drive.left")}
      </button>
    </section>
  );
}

function OnRoad({ state, app, delivery }: Props & { delivery: Delivery }) {
  const { t } = state;
  const [wrong, setWrong] = useState<string | null>(null);
  const [broken, setBroken] = useState<readonly string[]>([]);
  const place = state.places.find(({ id }) => id === delivery.to);
  const kits = Array.isArray(delivery.body.kits) ? (delivery.body.kits as string[]) : [];
  const goal = [place && (place.names[t.language] ?? Object.values(place.names)[0]), delivery.toWhere].filter(Boolean).join(", ");
  const pass = async (): Promise<void> => {
    const at = await askOnce();
    if (at) await app.say(acts.passed(delivery.id, at.lon_e7, at.lat_e7));
    else app.tell(t("drive.no_position"));
  };
  return (
    <article class="word">
      <b>{goal || say(t, "said.consignment.left")}</b>
      <p class="quiet">{t("app.since", { time: moment(t, delivery.leftMs, state.nowMs) })}</p>
      <button type="button" class="act" onClick={() => void app.say(acts.arrived(delivery.id, delivery.to, true, [], ""))}>
        {t("drive.arrived")}
      </button>
      <button type="button" class="act act-quiet" aria-expanded={wrong !== null} onClick={() => setWrong(wrong === null ? "" : null)}>
        {t("drive.damaged")}
      </button>
      {wrong !== null && (
        <>
          {kits.map((kit) => (
            <label key={kit} class="wish">
              <input type="checkbox" checked={broken.includes(kit)} onChange={(event) => setBroken(event.currentTarget.checked ? [...broken, kit] : broken.filter((one) => one !== kit))} />
              <span>
                {t("drive.thing")} {kit.slice(0, 8)}
              </span>
            </label>
          ))}
          <label class="field">
            {t("drive.what_wrong")}
            <textarea rows={3} maxLength={800} value={wrong} onInput={(event) => setWrong(event.currentTarget.value)} />
          </label>
          <button type="button" class="act" onClick={() => void app.say(acts.arrived(delivery.id, delivery.to, false, broken, wrong.trim().normalize("NFC")))}>
            {t("app.send")}
          </button>
        </>
      )}
      <button type="button" class="act act-quiet" onClick={() => void pass()}>
        {t("drive.passed")}
        <small>{t("drive.position")}</small>
      </button>
    </article>
  );
}
