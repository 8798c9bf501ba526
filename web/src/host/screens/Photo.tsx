/** A photo of the place: looked at before it is kept, made small on the phone, sent when there is a line. */
import { useEffect, useState } from "preact/hooks";
import { shrink } from "../../device/shrink.ts";
import { to } from "../route.ts";
import { moment } from "../texts.ts";
import { Heading, type Props, Tick } from "./parts.tsx";

export function PhotoPage({ state, app }: Props) {
  const { t } = state;
  return (
    <>
      <Heading>{t("photo.title")}</Heading>
      <TakePhoto state={state} app={app} about={state.point} />
      <Photos state={state} app={app} />
      <a class="act act-quiet" href={to("reports")}>
        {t("now.reports")}
      </a>
    </>
  );
}

/** Chosen, looked at, kept. */
export function TakePhoto({ state, app, about }: Props & { about: string }) {
  const { t } = state;
  const [made, setMade] = useState<{ readonly bytes: Uint8Array; readonly address: string } | null>(null);
  const [sure, setSure] = useState(false);
  const [told, setTold] = useState("");
  useEffect(() => () => void (made && URL.revokeObjectURL(made.address)), [made]);
  const take = async (file: File): Promise<void> => {
    setSure(false);
    setTold(t("photo.making"));
    try {
      const bytes = await shrink(file);
      setMade({ bytes, address: URL.createObjectURL(new Blob([bytes as BlobPart], { type: "image/jpeg" })) });
      setTold("");
    } catch {
      setMade(null);
      setTold(t("photo.unread"));
    }
  };
  return (
    <div class="photo-take">
      <p>{t("photo.what")}</p>
      <p class="word word-strong">
        <b>{t("photo.nobody")}</b>
      </p>
      <label class={made ? "act act-quiet file" : "act act-main file"}>
        {t(made ? "photo.other" : "photo.take")}
        <input
          type="file"
          accept="image/*"
          onChange={(event) => {
            const input = event.currentTarget;
            const file = input.files?.[0];
            input.value = ""; // the same file may be chosen again
            if (file) void take(file);
          }}
        />
      </label>
      <p role="status" class="became">
        {told}
      </p>
      {made && (
        <>
          <img class="photo" src={made.address} alt={t("photo.title")} />
          <Tick label={t("photo.sure")} on={sure} change={setSure} />
          <button
            type="button"
            class="act act-main"
            disabled={!sure}
            onClick={() =>
              void app.keepPhoto(made.bytes, about).then((kept) => {
                if (kept) setMade(null);
              })
            }
          >
            {t("app.send")}
          </button>
        </>
      )}
      <p class="quiet">{t("photo.then")}</p>
    </div>
  );
}

/** Photos that are on this phone still. */
export function Photos({ state, app }: Props) {
  const { t, photos } = state;
  if (photos.length === 0) return null;
  return (
    <ul class="rows">
      {photos.map((one) => (
        <li key={one.id} class={`row report report-${one.why === "" ? "phone" : "refused"}`} data-photo={one.why === "" ? "phone" : "refused"}>
          <b>{t("photo.title")}</b>
          <span class="quiet">
            {moment(t, one.atMs, state.nowMs)} · {t(one.why === "" ? "reports.phone" : "reports.refused")}
            {one.why !== "" && `, ${t("reports.because", { why: one.why })}`}
          </span>
          <button type="button" class="act act-quiet" onClick={() => void app.dropPhoto(one.id)}>
            {t("photo.drop")}
          </button>
        </li>
      ))}
    </ul>
  );
}
