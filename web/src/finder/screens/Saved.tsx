import { useState } from "preact/hooks";
import { size, time, townName } from "../words.ts";
import { Heading, Refused, Row } from "./parts.tsx";
import type { Props } from "./props.ts";

/** 7. Saved on this phone. */
export function Saved({ state, act }: Props) {
  const { t, town } = state;
  const [sure, setSure] = useState(false);
  if (!town) {
    return (
      <>
        <Heading>{t("saved.title")}</Heading>
        <p>{t("saved.nothing")}</p>
        <Refused state={state} act={act} />
      </>
    );
  }
  return (
    <>
      <Heading>{t("saved.title")}</Heading>
      <Refused state={state} act={act} />
      <dl class="facts">
        <Row term={t("saved.town")}>{townName(t, town)}</Row>
        <Row term={t("saved.as_of")}>{time(t, town.zone, town.asOfAtMin, state.nowMin)}</Row>
        <Row term={t("saved.version")}>{String(town.version)}</Row>
        <Row term={t("saved.size")}>{size(t, state.keptBytes)}</Row>
        <Row term={t("saved.map")}>{state.mapBytes === 0 ? t("saved.map_none") : t(state.mapKept ? "saved.map_kept" : "saved.map_not_kept", { size: size(t, state.mapBytes) })}</Row>
        <Row term={t("saved.checked")}>{t(state.checked ? "saved.checked_door" : "saved.checked_first")}</Row>
      </dl>
      {act.inPage ? <p class="word">{t("saved.in_page")}</p> : !act.lasting && <p class="word">{t("saved.not_lasting")}</p>}
      {!act.inPage && (
        <>
          <p role="status">{state.asking ? t("saved.asking") : state.refused === "unreachable" ? t("saved.unreachable") : ""}</p>
          <p class="acts">
            <button type="button" class="act" disabled={state.asking} onClick={() => void act.refresh()}>
              {t("saved.refresh")}
            </button>
            {sure ? (
              <button type="button" class="act act-strong" onClick={() => void act.forget()}>
                {t("saved.delete_sure")}
              </button>
            ) : (
              <button type="button" class="act act-quiet" onClick={() => setSure(true)}>
                {t("saved.delete")}
              </button>
            )}
          </p>
        </>
      )}
      {sure && <p role="alert">{t("saved.delete_what")}</p>}
    </>
  );
}
