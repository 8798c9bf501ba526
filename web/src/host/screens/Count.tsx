/** 5. Count: each with "don't know", which is not zero. */
import { useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { to } from "../route.ts";
import { Amount, amount, Heading, type Props } from "./parts.tsx";

export function Count({ state, app }: Props) {
  const { t } = state;
  const [fuel, setFuel] = useState("");
  const [wood, setWood] = useState("");
  const [water, setWater] = useState("");
  const [indoor, setIndoor] = useState("");
  const send = async (): Promise<void> => {
    const entries = acts.counted({ fuelL: amount(fuel), woodKg: amount(wood), waterL: amount(water), indoorC: amount(indoor, -60, 60) });
    if ((await app.say(entries)) && entries.length > 0) location.hash = to("now");
  };
  return (
    <>
      <Heading>{t("count.title")}</Heading>
      <Amount t={t} name="fuel" label={t("count.fuel")} value={fuel} change={setFuel} />
      <Amount t={t} name="wood" label={t("count.wood")} value={wood} change={setWood} />
      <Amount t={t} name="water" label={t("count.water")} value={water} change={setWater} />
      <Amount t={t} name="indoor" label={t("count.indoor")} value={indoor} change={setIndoor} least={-60} />
      <button type="button" class="act act-main" onClick={() => void send()}>
        {t("app.send")}
      </button>
    </>
  );
}
