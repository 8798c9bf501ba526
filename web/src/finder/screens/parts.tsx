/** Small parts that several screens share. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { compass } from "../compass.ts";
import { direction } from "../../core/find/arrow.ts";
import { bearing, type Spot } from "../geo.ts";
import type { Found, Ranked } from "../ranking.ts";
import { to } from "../route.ts";
import type { FinderKey, T } from "../texts.ts";
import { here, roundedM, said, time, visitorsSaid } from "../words.ts";
import type { Props } from "./props.ts";

/** The heading of a screen takes the focus when the screen is opened, so that it is read first. */
export function Heading({ children, quiet }: { children: ComponentChildren; quiet?: boolean | undefined }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!quiet) heading.current?.focus();
  }, [quiet]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

const SHAPES: Readonly<Record<Ranked["shown"], string>> = {
  open: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M7.5 12.2l3 3l6-6.4",
  not_confirmed: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.6v.1",
  paused: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9.8 8.5v7M14.2 8.5v7",
  closed: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M8.5 8.5l7 7M15.5 8.5l-7 7",
  ready: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7.5v4.7l3 2",
  unknown: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.6v.1",
};

/** A state: a shape, a colour and the word; the word alone is enough. */
export function StateMark({ t, shown }: { t: T; shown: Ranked["shown"] }) {
  return (
    <span class={`state state-${shown}`}>
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">
        <path d={SHAPES[shown]} />
      </svg>
      {t(`state.${shown}`)}
    </span>
  );
}

/** What was said of a place, by whom and when, and what visitors say since. */
export function WordState({ state, found, shown, children }: Pick<Props, "state"> & { found: Found; shown: Ranked["shown"]; children?: ComponentChildren }) {
  const { t, town } = state;
  const { status } = found;
  return (
    town && (
      <div class="word-state">
        <StateMark t={t} shown={shown} />
        <p>{said(t, town, status, state.nowMin)}</p>
        {visitorsSaid(t, status).map(({ text, against }) => (
          <p key={text} class={against ? "visitors" : ""}>
            {text}
          </p>
        ))}
        {status.band && status.state === "open" && <p>{t(`band.${status.band}`)}</p>}
        {children}
      </div>
    )
  );
}

/** A screen that has nothing to show: on to the others. */
export function Nothing({ t, title, children }: { t: T; title: FinderKey; children?: ComponentChildren }) {
  return (
    <>
      <Heading>{t(title)}</Heading>
      {children}
      <a class="act" href={to("others")}>
        {t("go.others")}
      </a>
    </>
  );
}

/** A name and what it says. */
export function Row({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Minutes on foot where the tables know them, else a straight line, else that it is not known. */
export function distance(t: T, ranked: Ranked | undefined): string {
  if (!ranked) return "";
  if (ranked.minutes !== null) return t("walk.min", { n: ranked.minutes });
  if (ranked.lineM !== null) return t("walk.line_m", { n: roundedM(ranked.lineM) });
  return "";
}

/** Which way: turned by the phone's compass where it has one, else with north at the top, and always in words. */
export function Arrow({ t, from, to, big }: { t: T; from: Spot; to: Spot; big?: boolean }) {
  const [heading, setHeading] = useState<number | null>(null);
  useEffect(() => compass(setHeading), []);
  const degrees = bearing(from, to);
  const word = t(`direction.${direction(degrees)}`);
  return (
    <span class={big ? "arrow arrow-big" : "arrow"} role="group">
      <svg viewBox="0 0 100 100" aria-hidden="true" style={{ transform: `rotate(${Math.round(degrees - (heading ?? 0))}deg)` }}>
        <path d="M50 6 84 92 50 74 16 92Z" />
      </svg>
      <span class="arrow-word">
        {word}
        <small>{t(heading === null ? "wind.north_up" : "wind.turns")}</small>
      </span>
    </span>
  );
}

/** Words of headquarters to everybody, as long as they hold. */
export function Notices({ state }: Pick<Props, "state">) {
  const { t, town, nowMin } = state;
  const notices = town?.notices.filter((notice) => notice.untilAtMin === null || notice.untilAtMin > nowMin) ?? [];
  if (!town || notices.length === 0) return null;
  return (
    <ul class="notices">
      {notices.map((notice, k) => (
        <li key={k} class={notice.urgency === "information" ? "word" : "word word-strong"}>
          <b>{[t.find(`urgency.${notice.urgency}`), notice.district].filter(Boolean).join(" · ")}</b>
          <p>{here(t, town, notice.words)}</p>
          {notice.untilAtMin !== null && <small>{t("age.until", { time: time(t, town.zone, notice.untilAtMin, nowMin) })}</small>}
        </li>
      ))}
    </ul>
  );
}

/** Why a copy was not taken, and what to do. */
export function Refused({ state, act }: Props) {
  const { t, refused, town } = state;
  if (refused === null || (refused === "unreachable" && town !== null)) return null;
  return (
    <section class={`word word-${refused === "unreachable" ? "calm" : "strong"}`} role="alert">
      <h2>{t(`refused.${refused}` as FinderKey)}</h2>
      <p>{t(`refused.${refused}.do` as FinderKey)}</p>
      {town === null ? (
        <p class="acts">
          <button type="button" class="act" onClick={() => void act.refresh()}>
            {t("app.try_again")}
          </button>
          <a class="act act-quiet" href="../">
            {t("app.plain")}
          </a>
        </p>
      ) : (
        <p>{t("refused.kept", { time: time(t, town.zone, town.asOfAtMin, state.nowMin) })}</p>
      )}
    </section>
  );
}
