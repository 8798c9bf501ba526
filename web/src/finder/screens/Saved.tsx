import { useState } from "preact/hooks";
import { size, time, townName } from "../words.ts";
import { Heading, Refused } from "./parts.tsx";
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
        <Row term={t("saved.town")} value={townName(t, town)} />
        <Row term={t("saved.as_of")} value={time(t, town.zone, town.asOfAtMin, state.nowMin)} />
        <Row term={t("saved.version")} value={String(town.version)} />
        <Row term={t("saved.size")} value={size(t, state.keptBytes)} />
        <Row term={t("saved.map")} value={state.mapBytes === 0 ? t("saved.map_none") : t(state.mapKept ? "saved.map_kept" : "saved.map_not_kept", { size: size(t, state.mapBytes) })} />
        <Row term={t("saved.checked")} value={t(state.checked ? "saved.checked_door" : "saved.checked_first")} />
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

function Row({ term, value }: { term: string; value: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}
