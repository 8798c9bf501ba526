/** 2. Map and list: sift, see, choose some, take them along as a workbook or into an order. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { save } from "../ask.ts";
import { counted, EVERYTHING, fitting, inStates, MARKS, type Mark, SHOWN, type Sifted, SORTS, type Wanted } from "../filter.ts";
import { ago, moment, placeName, say } from "../format.ts";
import { useKeys } from "../keys.ts";
import type { Shown } from "../model.ts";
import { to } from "../route.ts";
import { Heading, type Props, Sign, tongue, useAct } from "./parts.tsx";
import { PlacesMapPanel } from "./PlacesMap.tsx";

/** Stays as it was when one comes back from a place. */
let wantedBefore: Wanted = EVERYTHING;
/** Rows high enough for a thumb [rem]. */
const ROW_REM = 4.2;
/** On a narrow screen marks stand below the name, so that no word is broken: one line more. */
const NARROW_ROW_REM = 5.6;
const NARROW = "(max-width: 40em)";

export function Places({ state, desk }: Props) {
  const on = tongue(state);
  const { t } = on;
  const sifted = state.places;
  const [wanted, setWanted] = useState<Wanted>({ ...wantedBefore, area: state.area });
  const [at, setAt] = useState(0);
  const [side, setSide] = useState<"list" | "map">("list");
  const act = useAct(desk, t);
  const want = (change: Partial<Wanted>): void => {
    setWanted((before) => (wantedBefore = { ...before, ...change }));
    setAt(0);
  };
  useEffect(() => want({ area: state.area }), [state.area]);
  useEffect(() => {
    void act.run(() => desk.places());
    return desk.hear(() => void desk.places().catch(() => undefined));
  }, []);
  const all = useMemo(() => (sifted ? fitting(sifted, wanted) : new Int32Array()), [sifted, wanted.text, wanted.district, wanted.area, wanted.marks, wanted.sort]);
  const rows = useMemo(() => (sifted ? inStates(sifted, all, wanted.shown) : all), [sifted, all, wanted.shown]);
  const counts = useMemo(() => (sifted ? counted(sifted, all) : SHOWN.map(() => 0)), [sifted, all]);
  const ids = sifted?.table.id ?? [];
  const toggle = (row: number): void => {
    const id = ids[row];
    if (id === undefined) return;
    const next = new Set(state.selected);
    if (!next.delete(id)) next.add(id);
    desk.select(next);
  };
  const open = (row: number): void => {
    const id = ids[row];
    if (id !== undefined) location.hash = to("place", id);
  };
  const chosenRow = rows[at] ?? -1;
  useKeys({
    j: () => setAt(Math.min(rows.length - 1, at + 1)),
    k: () => setAt(Math.max(0, at - 1)),
    m: () => setSide(side === "list" ? "map" : "list"),
  });
  return (
    <div class="places-screen" data-side={side}>
      <div class="sifting">
        <div class="title-row">
          <Heading>{t("screen.places")}</Heading>
          <p class="found" role="status" data-found={rows.length}>
            {sifted ? t("places.found", { n: rows.length, all: t.number(sifted.count) }) : act.fault || t("app.asking")}
          </p>
        </div>
        <div class="sift-row">
          <label class="only-read" for="sought">
            {t("places.search")}
          </label>
          <input id="sought" type="search" placeholder={t("places.search")} value={wanted.text} onInput={(event) => want({ text: event.currentTarget.value })} />
          <label class="only-read" for="district">
            {t("place.district")}
          </label>
          <select id="district" value={wanted.district} onChange={(event) => want({ district: event.currentTarget.value })}>
            <option value="">{t("places.all_districts")}</option>
            {sifted?.districts.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
          <label class="only-read" for="sort">
            {t("places.sort")}
          </label>
          <select id="sort" value={wanted.sort} onChange={(event) => want({ sort: event.currentTarget.value as Wanted["sort"] })}>
            {SORTS.map((one) => (
              <option key={one} value={one}>
                {t(`places.sort.${one}`)}
              </option>
            ))}
          </select>
        </div>
        <div class="chips" role="group" aria-label={t("places.sift")}>
          {SHOWN.map((one, k) => (
            <button key={one} type="button" class="chip" data-shown={one} aria-pressed={wanted.shown.includes(one)} onClick={() => want({ shown: flip(wanted.shown, one) })}>
              <Sign shown={one} size={18} /> {t(`state.${one}`)} <b>{t.number(counts[k] ?? 0)}</b>
            </button>
          ))}
          {MARKS.map((one) => (
            <button key={one} type="button" class="chip" data-mark={one} aria-pressed={wanted.marks.includes(one)} onClick={() => want({ marks: flip<Mark>(wanted.marks, one) })}>
              {t(`places.mark.${one}`)}
            </button>
          ))}
          {(wanted.text !== "" || wanted.shown.length > 0 || wanted.marks.length > 0 || wanted.district !== "") && (
            <button type="button" class="link" onClick={() => want({ ...EVERYTHING, area: state.area, sort: wanted.sort })}>
              {t("places.clear")}
            </button>
          )}
        </div>
        <div class="sides" role="group" aria-label={t("places.side")}>
          <button type="button" class="choice" aria-pressed={side === "list"} onClick={() => setSide("list")}>
            {t("places.list")}
          </button>
          <button type="button" class="choice" aria-pressed={side === "map"} onClick={() => setSide("map")}>
            {t("places.map")}
          </button>
        </div>
        <div class="selecting">
          <button type="button" class="link" onClick={() => desk.select(state.selected.size > 0 ? [] : Array.from(rows, (row) => ids[row] ?? ""))} disabled={rows.length === 0}>
            {state.selected.size > 0 ? t("places.select_none", { n: state.selected.size }) : t("places.select_all", { n: rows.length })}
          </button>
          {state.selected.size > 0 && (
            <>
              <button type="button" class="choice" disabled={act.busy} onClick={() => void act.run(() => save(desk.device, "desk/points.xlsx", `${t("places.file")}.xlsx`, { ids: [...state.selected], language: t.language }))}>
                {t("places.export")}
              </button>
              <a class="choice" href={to("orders")}>
                {t("places.order")}
              </a>
            </>
          )}
        </div>
        {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      </div>
      {sifted && <List state={state} sifted={sifted} rows={rows} at={at} move={setAt} toggle={toggle} open={open} />}
      <PlacesMapPanel state={state} desk={desk} rows={rows} chosen={chosenRow} visible={side === "map"} choose={(row) => {
        const place = rows.indexOf(row);
        if (place >= 0) setAt(place);
        open(row);
      }} />
    </div>
  );
}

const flip = <V,>(values: readonly V[], one: V): readonly V[] => (values.includes(one) ? values.filter((value) => value !== one) : [...values, one]);

/** A list of any length of which only what is seen is on the page. */
function List({ state, sifted, rows, at, move, toggle, open }: { state: Props["state"]; sifted: Sifted; rows: Int32Array; at: number; move: (at: number) => void; toggle: (row: number) => void; open: (row: number) => void }) {
  const on = tongue(state);
  const { t } = on;
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 900, row: ROW_REM * 18 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = (): void => setSeen({ top: element.scrollTop, height: element.clientHeight, row: (matchMedia(NARROW).matches ? NARROW_ROW_REM : ROW_REM) * Number.parseFloat(getComputedStyle(document.documentElement).fontSize) });
    const watch = new ResizeObserver(look);
    watch.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const top = at * seen.row;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + seen.row > element.scrollTop + element.clientHeight) element.scrollTop = top + seen.row - element.clientHeight;
  }, [at, rows]);
  const first = Math.max(0, Math.floor(seen.top / seen.row) - 4);
  const last = Math.min(rows.length, Math.ceil((seen.top + seen.height) / seen.row) + 4);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(Math.min(rows.length - 1, at + 1)),
    ArrowUp: () => move(Math.max(0, at - 1)),
    PageDown: () => move(Math.min(rows.length - 1, at + Math.floor(seen.height / seen.row))),
    PageUp: () => move(Math.max(0, at - Math.floor(seen.height / seen.row))),
    Home: () => move(0),
    End: () => move(Math.max(0, rows.length - 1)),
    " ": () => toggle(rows[at] ?? -1),
    Enter: () => open(rows[at] ?? -1),
  };
  const { table } = sifted;
  if (rows.length === 0) return <p class="nothing places-list">{t("places.none")}</p>;
  return (
    <div
      class="places-list"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-multiselectable="true"
      aria-label={t("places.listbox")}
      aria-activedescendant={at >= first && at < last ? `row-${at}` : undefined}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        act();
      }}
    >
      <div class="places-all" style={{ height: `${rows.length * seen.row}px` }} role="presentation">
        {Array.from({ length: Math.max(0, last - first) }, (_, k) => {
          const place = first + k;
          const row = rows[place] ?? 0;
          const id = table.id[row] ?? "";
          const shown = (table.shown[row] ?? "unknown") as Shown;
          const said = table.said_at_min[row] ?? null;
          const needs = table.needs[row] ?? 0;
          const name = placeName(t, { names: table.name[row] ?? {}, kind: table.kind[row] ?? "" });
          const ordered = table.ordered[row] ?? "";
          return (
            <div
              key={id}
              id={`row-${place}`}
              class={place === at ? "place-row place-row-at" : "place-row"}
              role="option"
              aria-selected={state.selected.has(id)}
              aria-setsize={rows.length}
              aria-posinset={place + 1}
              data-row={id}
              style={{ transform: `translateY(${place * seen.row}px)`, height: `${seen.row}px` }}
              onClick={(event) => {
                move(place);
                if ((event.target as HTMLElement).closest(".pick")) toggle(row);
                else open(row);
              }}
            >
              <span class="pick" aria-hidden="true">
                {state.selected.has(id) ? "✓" : ""}
              </span>
              <Sign shown={shown} size={26} />
              <span class="place-row-name">
                <b>{name}</b>
                <small>{[table.address[row], table.district[row]].filter(Boolean).join(" · ")}</small>
              </span>
              <span class="place-row-state">
                <span>{t(`state.${shown}`)}</span>
                <small>{said === null ? t("said.never_short") : `${moment(on, said)} · ${ago(on, said)}`}</small>
              </span>
              <span class="place-row-marks">
                {ordered !== "" && <span class="tag tag-ordered">{t(ordered === "open" ? "places.ordered" : "places.ordered_down")}</span>}
                {table.contradicted[row] && <span class="tag tag-alert">{t("places.mark.contradicted")}</span>}
                {needs > 0 && <span class="tag">{t("places.needs", { n: needs })}</span>}
                {table.visibility[row] !== "public" && <span class="tag tag-quiet">{say(t, `visibility.${table.visibility[row]}`)}</span>}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
