/** 7. My reports: each with where it is now; what waits leaves as a file or codes; others' reports are taken in. */
import { useState } from "preact/hooks";
import { MOST_REPORTS } from "../../device/codes.ts";
import type { Report, Standing } from "../../device/device.ts";
import { isPhoto } from "../app.ts";
import { to } from "../route.ts";
import { moment, type T } from "../texts.ts";
import { Heading, type Props, say, Scan, Series } from "./parts.tsx";
import { Photos } from "./Photo.tsx";
import { Where } from "./Where.tsx";

const STANDINGS: readonly Standing[] = ["phone", "headquarters", "safe", "refused"];

export function Reports({ state, app }: Props) {
  const { t, reports, photos } = state;
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [taking, setTaking] = useState(false);
  const [told, setTold] = useState("");
  const save = async (): Promise<void> => {
    const bytes = await app.asFile();
    setTold(bytes ? "" : t("reports.nothing"));
    if (bytes) download(bytes, `${new Date(state.nowMs).toISOString().slice(0, 16).replaceAll(":", "-")}.ledger`);
  };
  return (
    <>
      <Heading>{t("reports.title")}</Heading>
      <dl class="tally">
        {STANDINGS.map((standing) => (
          <div key={standing} class={`tally-${standing}`}>
            <dt>{t(`reports.${standing}`)}</dt>
            <dd data-standing={standing}>{reports.filter((report) => report.standing === standing).length + photos.filter(({ why }) => standing === (why === "" ? "phone" : "refused")).length}</dd>
          </div>
        ))}
      </dl>
      {state.carried > 0 && <p>{t("reports.told", { k: state.carried })}</p>}
      <p class="acts">
        <button type="button" class="act" onClick={() => void app.writeTaps().then(() => app.send())}>
          {t("reports.send_now")}
        </button>
      </p>
      <Where state={state} app={app} inside />
      <p class="acts">
        <button type="button" class="act act-quiet" onClick={() => void save()}>
          {t("reports.as_file")}
        </button>
        <button
          type="button"
          class="act act-quiet"
          aria-expanded={codes !== null}
          onClick={() =>
            void (async () => {
              const made = codes ? null : await app.asCodes();
              setCodes(made && made.length > 0 ? made : null);
              setTold(made && made.length === 0 ? t("reports.nothing") : "");
            })()
          }
        >
          {t("reports.as_codes")}
        </button>
        <button type="button" class="act act-quiet" aria-expanded={taking} onClick={() => setTaking(!taking)}>
          {t("reports.take")}
        </button>
      </p>
      <p role="status">{told}</p>
      {codes && (
        <section>
          <p class="quiet">{t("reports.latest", { k: MOST_REPORTS })}</p>
          <Series t={t} codes={codes} />
        </section>
      )}
      {taking && (
        <section>
          <label class="act act-quiet file">
            {t("reports.take_file")}
            <input
              type="file"
              onChange={(event) => {
                const input = event.currentTarget;
                const file = input.files?.[0];
                if (!file) return;
                void file.arrayBuffer().then((buffer) => {
                  input.value = ""; // the same file may be chosen again
                  return app.takeFile(new Uint8Array(buffer));
                });
              }}
            />
          </label>
          <Scan t={t} take={(code) => app.takeCode(code)} />
        </section>
      )}
      <Photos state={state} app={app} />
      <ul class="rows">
        {reports.slice(0, 60).map((report) => (
          <li key={report.id} class={`row report report-${report.standing}`} data-report={report.standing}>
            <b>{whatOf(t, report)}</b>
            <span class="quiet">
              {moment(t, report.atMs, state.nowMs)} · {t(`reports.${report.standing}`)}
              {report.reason && `, ${t("reports.because", { why: report.reason })}`}
            </span>
            {report.standing === "refused" && (
              <a class="act act-quiet" href={to("now")}>
                {t("reports.mend")}
              </a>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What was said, in a few words. */
function whatOf(t: T, { kind, body }: Report): string {
  if (isPhoto({ kind, body })) return t("photo.title");
  const head = say(t, `said.${kind}`, t("said.other"));
  const b = body ?? {};
  const more = [
    typeof b.incident === "string" && say(t, `danger.${b.incident}`, ""),
    typeof b.band === "string" && say(t, `band.${b.band}`, ""),
    typeof b.short_of === "string" && say(t, `short.${b.short_of}`, ""),
    Array.isArray(b.short_of) && t.list(b.short_of.map((one) => say(t, `short.${String(one)}`))),
    typeof b.cause === "string" && (t.find(`cause.${b.cause}`) ?? t.find(`danger.${b.cause}`) ?? ""),
    typeof b.visits === "number" && String(b.visits),
    typeof b.inspection === "string" && say(t, `look.verdict.${b.inspection}`, ""),
  ].filter(Boolean);
  return more.length > 0 ? `${head}: ${more.join(", ")}` : head;
}

function download(bytes: Uint8Array, name: string): void {
  const address = URL.createObjectURL(new Blob([bytes as BlobPart], { type: "application/octet-stream" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
