/** "What they said": somebody is called, and what they say is written down in two taps after the place was chosen. */
import { useEffect, useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { moment, placeName, say } from "../format.ts";
import { useKeys } from "../keys.ts";
import type { PointRef } from "../model.ts";
import { Choices, Mine, Phone, type Props, sayAll, tongue, useAct } from "./parts.tsx";

type Step = "" | "open" | "within" | "cannot" | "pause" | "shut";

/** @param order an order that waits for an answer, so that the answer goes to it */
export function Called({ state, desk, point, phone, order }: Props & { point: PointRef; phone: string | null; order?: { readonly id: string; readonly open: boolean } | undefined }) {
  const { t } = state;
  const [step, setStep] = useState<Step>("");
  const act = useAct(desk, t);
  useEffect(() => setStep(""), [point.id]);
  const done = (entries: acts.Entry[]) =>
    void act.run(async () => {
      await sayAll(desk, t, entries);
      setStep("");
    });
  const callAt = state.called[point.id];
  const waits = order?.open === true;
  const first: { value: Exclude<Step, "">; key: string; text: string }[] = [
    ...(waits ? [{ value: "within" as const, key: "w", text: t("call.within") }, { value: "cannot" as const, key: "c", text: t("call.cannot") }] : []),
    { value: "open" as const, key: "o", text: t("call.open") },
    { value: "pause" as const, key: "b", text: t("call.break") },
    { value: "shut" as const, key: "s", text: t("call.shut") },
  ];
  return (
    <section class="called" aria-label={t("call.title", { name: placeName(t, point) })}>
      <Phone t={t} number={phone} />
      <h3 id="said-what">{step === "" ? t("call.what") : t(`call.ask.${step}`)}</h3>
      {step === "" ? (
        <>
          <Choices label={t("call.what")} choices={first} choose={setStep} disabled={act.busy} />
          <Choices
            small
            label={t("call.else")}
            disabled={act.busy}
            choices={[
              ...(point.state === "ready" ? [] : [{ value: "ready" as const, text: t("call.ready") }]),
              { value: "none" as const, text: t("call.none"), key: "a" },
            ]}
            choose={(value) => {
              if (value === "ready") return done(acts.saidReady(point.id));
              desk.noAnswer(point.id);
              desk.tell(t("call.none_noted"));
            }}
          />
        </>
      ) : (
        <Second state={state} step={step} busy={act.busy} point={point.id} order={order?.id ?? ""} done={done} back={() => setStep("")} />
      )}
      {callAt !== undefined && <p class="quiet">{t("call.none_at", { time: moment(tongue(state), callAt) })}</p>}
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      <Mine state={state} about={point.id} />
    </section>
  );
}

const numbered = <V extends string>(values: readonly V[], text: (value: V) => string) => values.map((value, k) => ({ value, text: text(value), key: k < 9 ? String(k + 1) : "" }));

function Second({ state, step, busy, point, order, done, back }: { state: Props["state"]; step: Exclude<Step, "">; busy: boolean; point: string; order: string; done: (entries: acts.Entry[]) => void; back: () => void }) {
  const { t } = state;
  useKeys({ escape: back });
  const shared = { label: t(`call.ask.${step}`), disabled: busy };
  const choices =
    step === "open" ? (
      <Choices {...shared} choices={numbered<acts.Band | "not_asked">([...acts.BANDS, "not_asked"], (one) => (one === "not_asked" ? t("call.not_asked") : t(`band.${one}`)))} choose={(one) => done(acts.saidOpen(point, one === "not_asked" ? null : one))} />
    ) : step === "within" ? (
      <Choices
        {...shared}
        choices={numbered(acts.WITHIN_MIN.map(String), (one) => (Number(one) < 60 ? t("span.min", { n: Number(one) }) : t("span.h", { n: Number(one) / 60 })))}
        choose={(one) => done(acts.saidWithin(point, order, Number(one)))}
      />
    ) : step === "cannot" ? (
      <Choices {...shared} choices={numbered(acts.CANNOT, (one) => say(t, `cause.${one}`))} choose={(one) => done(acts.saidCannot(point, order, one))} />
    ) : step === "pause" ? (
      <Choices {...shared} choices={numbered(acts.PAUSES, (one) => say(t, `cause.${one}`))} choose={(one) => done(acts.saidPaused(point, one))} />
    ) : (
      <Choices {...shared} choices={numbered(acts.SHUTS, (one) => say(t, `cause.${one}`))} choose={(one) => done(acts.saidShut(point, one))} />
    );
  return (
    <>
      {choices}
      <button type="button" class="link" onClick={back}>
        {t("app.back")}
      </button>
    </>
  );
}
