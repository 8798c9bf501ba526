import { useEffect, useRef, useState } from "preact/hooks";
import type { NamedPlace } from "../../core/public.ts";
import { openNow } from "../ranking.ts";
import { mayAsk } from "../position.ts";
import { to } from "../route.ts";
import { aside, time } from "../words.ts";
import { Heading, Notices, Refused } from "./parts.tsx";
import type { Props } from "./props.ts";

const SHOWN_HITS = 8;

/** 1. Where are you? */
export function Where({ state, act, first }: Props & { first: boolean }) {
  const { t, town, names } = state;
  const open = openNow(state);
  return (
    <>
      <Heading quiet={first}>{t("where.title")}</Heading>
      <Refused state={state} act={act} />
      <Notices state={state} />
      <Search state={state} act={act} />
      {mayAsk() && <Position state={state} act={act} />}
      <fieldset class="wishes">
        <legend class="only-read">{t("where.wishes")}</legend>
        <label class="wish">
          <input type="checkbox" checked={state.slow} onChange={(event) => act.chooseSlow(event.currentTarget.checked)} />
          <span>{t("where.slow")}</span>
        </label>
        <label class="wish">
          <input type="checkbox" checked={state.forOther} onChange={(event) => act.set({ forOther: event.currentTarget.checked })} />
          <span>
            {t("where.other")}
            <small>{t("where.other_hint")}</small>
          </span>
        </label>
      </fieldset>
      {names && names.districts.length > 0 && <Districts state={state} act={act} />}
      {town && (
        <p class="meanwhile">
          <a class="act act-quiet" href={to("others")}>
            {open ? t("where.open_now", { n: open }) : t("where.all_places", { n: town.points.length })}
          </a>
          <span class="quiet">{t("age.as_of", { time: time(t, town.zone, town.asOfAtMin, state.nowMin) })}</span>
        </p>
      )}
      {!town && state.asking && <p role="status">{t("app.loading")}</p>}
    </>
  );
}

function Search({ state, act }: Props) {
  const { t, names } = state;
  const [text, setText] = useState("");
  const [shown, setShown] = useState("");
  // A pause of the fingers, so that a screen reader is not told of every letter.
  useEffect(() => {
    const timer = setTimeout(() => setShown(text.trim()), 150);
    return () => clearTimeout(timer);
  }, [text]);
  const hits = shown.length > 0 && names ? names.search(shown, SHOWN_HITS) : [];
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const best = names?.search(text, 1)[0];
        if (best) act.from(best.place);
      }}
    >
      <label for="search">{t("where.search")}</label>
      <input
        id="search"
        type="search"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        autocomplete="off"
        autocorrect="off"
        spellcheck={false}
        enterkeyhint="search"
        aria-describedby="search-count"
      />
      <p id="search-count" class={hits.length > 0 || shown === "" ? "only-read" : "quiet"} role="status">
        {shown === "" ? "" : names === null ? t("where.names_coming") : hits.length > 0 ? t("where.hits", { n: hits.length }) : t("where.no_hits")}
      </p>
      {hits.length > 0 && (
        <ul class="rows">
          {hits.map((hit) => (
            <li key={hit.index}>
              <Hit state={state} place={hit.place} by={hit.by} choose={() => act.from(hit.place)} />
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}

function Hit({ state, place, by, choose }: { state: Props["state"]; place: NamedPlace; by?: string; choose: () => void }) {
  const hint = [by !== undefined && by !== place.name ? by : "", aside(state.t, place)].filter(Boolean).join(" · ");
  return (
    <button type="button" class="row" onClick={choose}>
      <b>{place.name}</b>
      {hint && <span class="quiet">{hint}</span>}
    </button>
  );
}

function Districts({ state, act }: Props) {
  const { t, names } = state;
  return (
    <details class="fold">
      <summary>{t("where.districts")}</summary>
      <ul class="rows">
        {names?.districts.map((place) => (
          <li key={`${place.name} ${place.lon}`}>
            <Hit state={state} place={place} choose={() => act.from(place)} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Position({ state, act }: Props) {
  const { t } = state;
  const [asking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState("");
  const there = useRef(true);
  useEffect(() => () => void (there.current = false), []);
  const ask = async (): Promise<void> => {
    setAsking(true);
    setTrouble("");
    const found = await act.position();
    if (!there.current) return;
    setAsking(false);
    if ("why" in found) setTrouble(t(`position.${found.why}`, { n: Math.round(found.accuracyM ?? 0) }));
  };
  return (
    <div class="position">
      <button type="button" class="act" disabled={state.town === null} onClick={() => void ask()}>
        <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round">
          <path d="M12 5a7 7 0 1 0 0 14a7 7 0 1 0 0-14M12 2v3M12 19v3M2 12h3M19 12h3" />
        </svg>
        {t("where.position")}
      </button>
      <p class="quiet" role="status">
        {asking ? t("position.asking") : trouble || t("position.stays")}
      </p>
    </div>
  );
}
