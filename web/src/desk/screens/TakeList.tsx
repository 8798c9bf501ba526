/** The city's list: brought as a file, looked at, its twins settled side by side, taken in whole or not at all. */
import { useRef, useState } from "preact/hooks";
import { preview } from "../ask.ts";
import { nameIn } from "../format.ts";
import { useKeys } from "../keys.ts";
import type { ListPreview } from "../model.ts";
import { to } from "../route.ts";
import { Heading, PlaceLink, type Props, StateMark, useAct, whereLine } from "./parts.tsx";

interface Taken {
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly gone: number;
}

export function TakeList({ state, desk }: Props) {
  const { t, frame } = state;
  const act = useAct(desk, t);
  const [name, setName] = useState("");
  const [area, setArea] = useState(state.area || frame?.areas[0]?.id || "");
  const [file, setFile] = useState<File | null>(null);
  const [seen, setSeen] = useState<ListPreview | null>(null);
  const [settled, setSettled] = useState<Readonly<Record<number, boolean>>>({});
  const [taken, setTaken] = useState<Taken | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const open = seen?.twins.filter((twin) => settled[twin.row] === undefined) ?? [];
  const settle = (row: number | undefined, same: boolean): void => {
    if (row !== undefined) setSettled((before) => ({ ...before, [row]: same }));
  };
  useKeys({ s: () => settle(open[0]?.row, true), t: () => settle(open[0]?.row, false) });
  const look = () =>
    act.run(async () => {
      if (!file) return;
      setTaken(null);
      setSettled({});
      setSeen(await preview(desk.device, file, name.trim() || file.name.replace(/\.[^.]+$/, ""), area));
    });
  const take = () =>
    act.run(async () => {
      const twins = Object.entries(settled).map(([row, same]) => ({ row: Number(row), same }));
      setTaken(await desk.device.json<Taken>("POST", `desk/lists/${seen?.token ?? ""}/take`, { twins }));
      setSeen(null);
      setFile(null);
      if (input.current) input.current.value = "";
      desk.changed(null);
    });
  return (
    <section class="page-wide stack">
      <Heading>{t("screen.list")}</Heading>
      <p class="lead">{t("list.what")}</p>
      <form
        class="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <div class="fields">
          <label for="list-file">{t("list.file")}</label>
          <input id="list-file" ref={input} type="file" accept=".xlsx,.csv,.tsv,.geojson,.json" onChange={(event) => (setFile(event.currentTarget.files?.[0] ?? null), setSeen(null))} />
          <label for="list-name">{t("list.name")}</label>
          <input id="list-name" value={name} maxLength={120} placeholder={file?.name.replace(/\.[^.]+$/, "") ?? ""} onInput={(event) => setName(event.currentTarget.value)} />
          {(frame?.areas.length ?? 0) > 1 && (
            <>
              <label for="list-area">{t("app.area")}</label>
              <select id="list-area" value={area} onChange={(event) => setArea(event.currentTarget.value)}>
                {frame?.areas.map((one) => (
                  <option key={one.id} value={one.id}>
                    {nameIn(t.language, one.names)}
                  </option>
                ))}
              </select>
            </>
          )}
        </div>
        <button type="submit" class={seen ? "choice" : "choice choice-strong"} disabled={act.busy || !file}>
          {t(act.busy ? "app.asking" : "list.look")}
        </button>
        {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      </form>
      {taken && (
        <section class="card settled" role="status" data-taken>
          <h2>{t("list.taken")}</h2>
          <p>{t("list.counts", { fresh: t.number(taken.new), changed: t.number(taken.changed), same: t.number(taken.same), gone: t.number(taken.gone) })}</p>
          <a class="choice" href={to("places")}>
            {t("screen.places")}
          </a>
        </section>
      )}
      {seen && (
        <>
          <dl class="tally" data-preview={seen.rows}>
            {(["rows", "new", "changed", "same", "gone"] as const).map((one) => (
              <div key={one} data-list={one} data-n={seen[one]}>
                <dt>{t(`list.${one}`)}</dt>
                <dd>{t.number(seen[one])}</dd>
              </div>
            ))}
          </dl>
          {seen.problems.length > 0 && (
            <details class="card fold-card">
              <summary>{t("list.problems", { n: seen.problems.length })}</summary>
              <ul class="plain-rows">
                {seen.problems.slice(0, 300).map((one) => (
                  <li key={`${one.row} ${one.what}`}>
                    <b>{t("list.row", { k: one.row })}</b>
                    <span lang="en">
                      {one.what}
                      {one.mend !== "" && <small>{one.mend}</small>}
                    </span>
                  </li>
                ))}
              </ul>
            </details>
          )}
          {seen.twins.length > 0 && (
            <section class="card stack" aria-labelledby="twins-title">
              <h2 id="twins-title">{t("list.twins", { n: seen.twins.length })}</h2>
              <p class="quiet">{t("list.twins_what")}</p>
              <ul class="twin-rows">
                {seen.twins.map((twin) => (
                  <li key={twin.row} class={open[0]?.row === twin.row ? "twin-now" : undefined} data-twin={twin.row} data-settled={settled[twin.row] === undefined ? "" : String(settled[twin.row])}>
                    <div class="twins">
                      <div class="twin">
                        <small>{t("list.row", { k: twin.row })}</small>
                        <b>{twin.name}</b>
                        <span>{twin.address || t("app.unknown")}</span>
                      </div>
                      <div class="twin">
                        <small>{t("list.known")}</small>
                        <PlaceLink t={t} point={twin.other} />
                        <span>{whereLine(twin.other)}</span>
                        <StateMark t={t} shown={twin.other.shown} />
                      </div>
                    </div>
                    <p class="quiet">{t("todo.twin", { percent: twin.likeness_percent, distance: twin.distance_m === null ? t("app.unknown") : t("unit.m", { k: t.number(twin.distance_m) }) })}</p>
                    <div class="row-of" role="group" aria-label={t("twin.ask")}>
                      <button type="button" class="choice" aria-pressed={settled[twin.row] === true} onClick={() => settle(twin.row, true)}>
                        {t("twin.same")}
                      </button>
                      <button type="button" class="choice" aria-pressed={settled[twin.row] === false} onClick={() => settle(twin.row, false)}>
                        {t("twin.two")}
                      </button>
                    </div>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <div class="row-of take-row">
            <button type="button" class="choice choice-strong" disabled={act.busy} onClick={() => void take()}>
              {t("list.take")}
            </button>
            {open.length > 0 && <p>{t("list.open_twins", { n: open.length })}</p>}
          </div>
        </>
      )}
    </section>
  );
}
