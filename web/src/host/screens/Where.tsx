/** Where my reports are, in one line; `inside` the screen that lists them. */
import { to } from "../route.ts";
import { moment } from "../texts.ts";
import type { Props } from "./parts.tsx";

export function Where({ state, app, inside }: Props & { inside?: boolean }) {
  const { t, line, reports, photos, persists, here } = state;
  const refused = reports.filter(({ standing }) => standing === "refused").length + photos.filter(({ why }) => why !== "").length;
  return (
    <section class="where" aria-label={t("now.reports")}>
      {persists === false && (
        <div class="word">
          <p>{t("keep.warn")}</p>
          <button type="button" class="act act-quiet" onClick={() => void app.persist(true)}>
            {t("keep.ask")}
          </button>
        </div>
      )}
      <p class={here > 0 ? "kept" : "quiet"} data-here={here}>
        {reports.length === 0 && here === 0 ? t("where.none") : here > 0 ? t("where.kept", { k: here }) : t("where.sent")}
        {refused > 0 && (
          <b class="visitors">
            {" "}
            {t("reports.refused")}: {refused}
          </b>
        )}
      </p>
      <p class="quiet">
        {line.busy
          ? t("where.busy")
          : line.fault === "unreachable"
            ? t("where.offline")
            : line.fault === "not_admitted"
              ? t("where.not_admitted")
              : line.lastMs === null
                ? t("where.never")
                : t("where.last", { time: moment(t, line.lastMs, state.nowMs) })}
      </p>
      {!inside && (
        <a class="act act-quiet" href={to("reports")}>
          {t("now.reports")}
        </a>
      )}
    </section>
  );
}
