/** Small parts that several screens share. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Unreachable } from "../../device/device.ts";
import type { Entry } from "../acts.ts";
import type { Desk, State } from "../desk.ts";
import { ago, moment, placeName, say, type Tongue } from "../format.ts";
import { useKeys } from "../keys.ts";
import type { PointRef, Shown, State as Word } from "../model.ts";
import { to } from "../route.ts";
import type { T } from "../texts.ts";

export interface Props {
  readonly state: State;
  readonly desk: Desk;
}

export const tongue = (state: State): Tongue => ({ t: state.t, zone: state.frame?.zone ?? "UTC", nowMin: state.nowMin });

/** The heading of a screen takes the focus when the screen is opened, so that it is read first. */
export function Heading({ children, level = 1 }: { children: ComponentChildren; level?: 1 | 2 }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return level === 1 ? (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  ) : (
    <h2 ref={heading} tabIndex={-1}>
      {children}
    </h2>
  );
}

export interface Asked<D> {
  readonly data: D | undefined;
  readonly fault: string;
  readonly away: boolean;
  readonly again: () => void;
}

/**
 * Ask for JSON and ask again when something it shows may be different.
 *
 * @param path "" asks for nothing
 * @param concerns whether a change of these things (null: of anything) concerns it
 */
export function useAsked<D>(desk: Desk, path: string, concerns: (changed: ReadonlySet<string> | null) => boolean = () => true): Asked<D> {
  const [data, setData] = useState<D | undefined>(() => desk.kept<D>(path));
  const [fault, setFault] = useState({ text: "", away: false });
  const [round, setRound] = useState(0);
  const test = useRef(concerns);
  test.current = concerns;
  useEffect(() => {
    let gone = false;
    if (path === "") return;
    if (round === 0) setData(desk.kept<D>(path));
    desk.get<D>(path).then(
      (said) => {
        if (gone) return;
        setData(said);
        setFault({ text: "", away: false });
      },
      (error: unknown) => {
        if (!gone) setFault({ text: error instanceof Error ? error.message : String(error), away: error instanceof Unreachable });
      },
    );
    return () => {
      gone = true;
    };
  }, [path, round]);
  useEffect(() => setRound(0), [path]);
  useEffect(() => desk.hear((changed) => test.current(changed) && setRound((k) => k + 1)), []);
  return { data, fault: fault.text, away: fault.away, again: () => setRound((k) => k + 1) };
}

/** What stands instead of data: it is coming, or why it is not. Where old data is shown, that it is old. */
export function Coming({ t, asked }: { t: T; asked: Asked<unknown> }) {
  if (asked.fault !== "") {
    return (
      <p class={asked.data === undefined ? "coming" : "coming coming-old"} role="status">
        {asked.away ? t(asked.data === undefined ? "app.away" : "app.away_old") : t("app.fault", { why: asked.fault })}{" "}
        <button type="button" class="link" onClick={asked.again}>
          {t("app.again")}
        </button>
      </p>
    );
  }
  return asked.data === undefined ? <p class="coming quiet">{t("app.asking")}</p> : null;
}

const SHAPES: Readonly<Record<Shown, string>> = {
  open: "M7.5 12.2l3 3l6-6.4",
  not_confirmed: "M7.5 12.2l3 3l6-6.4",
  paused: "M9.8 8.5v7M14.2 8.5v7",
  closed: "M8.5 8.5l7 7M15.5 8.5l-7 7",
  ready: "M12 7.5v4.7l3 2",
  unknown: "M9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.6v.1",
};

export function Sign({ shown, size = 22 }: { shown: Shown; size?: number }) {
  return (
    <svg class={`mark mark-${shown}`} viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">
      <circle cx="12" cy="12" r="9" stroke-dasharray={shown === "not_confirmed" ? "3 3.3" : undefined} />
      <path d={SHAPES[shown]} />
    </svg>
  );
}

/** A state: a shape, a colour and the word; the word alone is enough. */
export function StateMark({ t, shown }: { t: T; shown: Shown }) {
  return (
    <span class={`stateword stateword-${shown}`}>
      <Sign shown={shown} />
      {t(`state.${shown}`)}
    </span>
  );
}

export const stateWord = (t: T, state: Word): string => (state === "" ? t("state.unknown") : (t.find(`word.${state}`) ?? t.find(`state.${state}`) ?? state));

/** What somebody found that speaks against the last word, and how many of them. */
export function against(t: T, one: Readonly<Record<string, unknown>>): string {
  const state = String(one.state);
  const n = typeof one.n === "number" ? one.n : 1;
  if (String(one.who).startsWith("visitor")) return t.find(`visitors.${state === "closed" ? "shut" : state}`, { n }) ?? t("who.visitors");
  return `${say(t, `who.${String(one.who)}`)}: ${say(t, `found.${state}`)}`;
}

/** Where a place is, in one line. */
export const whereLine = (point: Pick<PointRef, "address" | "district">): string => [point.address, point.district].filter((one) => one !== "").join(" · ");

/** When a place was last heard of, and from whom. */
export function SaidLine({ tongue: on, point }: { tongue: Tongue; point: Pick<PointRef, "said_at_min" | "by"> }) {
  const { t } = on;
  if (point.said_at_min === null) return <>{t("said.never")}</>;
  return (
    <>
      {t("said.last", { time: moment(on, point.said_at_min), ago: ago(on, point.said_at_min) })}
      {point.by !== "" && ` · ${say(t, `who.${point.by}`)}`}
    </>
  );
}

export function PlaceLink({ t, point }: { t: T; point: PointRef }) {
  return (
    <a class="place-link" href={to("place", point.id)}>
      {placeName(t, point)}
    </a>
  );
}

/** A number to call; on a telephone it calls, here it is large enough to be read while dialling. */
export function Phone({ t, number }: { t: T; number: string | null }) {
  if (!number) return <p class="phone phone-none">{t("call.no_number")}</p>;
  return (
    <a class="phone" href={`tel:${number.replace(/[^\d+]/g, "")}`}>
      <small>{t("call.number")}</small>
      {number}
    </a>
  );
}

export function Kbd({ keys }: { keys: string }) {
  return <kbd aria-hidden="true">{keys.toUpperCase()}</kbd>;
}

export interface Choice<V extends string> {
  readonly value: V;
  readonly text: string;
  readonly key?: string;
  readonly strong?: boolean;
  readonly pressed?: boolean;
}

/** One of several answers, each with its key. */
export function Choices<V extends string>({ label, choices, choose, small = false, disabled = false }: { label: string; choices: readonly Choice<V>[]; choose: (value: V) => void; small?: boolean; disabled?: boolean }) {
  useKeys(Object.fromEntries(choices.filter((one) => one.key).map((one) => [one.key, () => !disabled && choose(one.value)])));
  return (
    <div class={small ? "choices choices-small" : "choices"} role="group" aria-label={label}>
      {choices.map(({ value, text, key, strong, pressed }) => (
        <button key={value} type="button" class={strong ? "choice choice-strong" : "choice"} aria-pressed={pressed} aria-keyshortcuts={key} disabled={disabled} onClick={() => choose(value)}>
          <span>{text}</span>
          {key && <Kbd keys={key} />}
        </button>
      ))}
    </div>
  );
}

/** Choices that stay as they were chosen, as one row of buttons. */
export function Switch<V extends string>({ label, values, text, now, choose, disabled = false }: { label: string; values: readonly V[]; text: (value: V) => string; now: V | ""; choose: (value: V) => void; disabled?: boolean }) {
  return (
    <div class="switch" role="group" aria-label={label}>
      {values.map((value) => (
        <button key={value} type="button" class="choice" aria-pressed={now === value} disabled={disabled} onClick={() => choose(value)}>
          {text(value)}
        </button>
      ))}
    </div>
  );
}

/** What was said about a thing from this desk, each with where it is now. Nothing where there is nothing new. */
export function Mine({ state, ids, about }: { state: State; ids?: readonly string[]; about?: string }) {
  const on = tongue(state);
  const { t } = on;
  const mine = state.reports.filter((one) => (ids ? ids.includes(one.id) : (one.about === about || one.scope === about) && (one.standing === "phone" || one.standing === "refused" || on.nowMin - one.atMs / 60_000 < 10)));
  if (mine.length === 0) return null;
  return (
    <ul class="mine" aria-label={t("sent.here")}>
      {mine.slice(0, 6).map((one) => (
        <li key={one.id} class={`mine-${one.standing}`} data-standing={one.standing}>
          <span>{saidTitle(t, one.kind, one.body)}</span>
          <b>{t(`sent.${one.standing === "phone" ? "way" : one.standing}`)}</b>
          {one.reason !== "" && <small>{t("sent.because", { why: one.reason })}</small>}
        </li>
      ))}
    </ul>
  );
}

/** What an entry says, in few words: for the person who has just said it. */
export function saidTitle(t: T, kind: string, body: Readonly<Record<string, unknown>> | null): string {
  const of = (key: string): string => (typeof body?.[key] === "string" ? (body[key] as string) : "");
  if (kind === "activation.ordered") return t(of("order") === "stand_down" ? "entry.order_down" : "entry.order_open");
  if (kind === "mode.set") return t("entry.mode", { mode: say(t, `mode.${of("mode")}`) });
  if (kind === "status.reported" && of("band") !== "") return t("entry.status", { what: say(t, `band.${of("band")}`) });
  if (kind === "place.decided") return t(body?.declined === true ? "entry.place_declined" : "entry.place_decided");
  return t.find(`entry.${kind}`) ?? t("entry.other");
}

/** Runs an act once at a time and says why where it could not be done. */
export function useAct(desk: Desk, t: T): { readonly busy: boolean; readonly fault: string; readonly run: (act: () => Promise<unknown>) => Promise<void> } {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  return {
    busy,
    fault,
    run: async (act) => {
      if (busy) return;
      setBusy(true);
      setFault("");
      try {
        await act();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        setFault(t("app.not_done", { why }));
        desk.tell(t("app.not_done", { why }));
      } finally {
        setBusy(false);
      }
    },
  };
}

/** A button that asks once more before it does what cannot be taken back. */
export function Twice({ text, sure, act, disabled = false }: { text: string; sure: string; act: () => void; disabled?: boolean }) {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked) return;
    const timer = setTimeout(() => setAsked(false), 6_000);
    return () => clearTimeout(timer);
  }, [asked]);
  return (
    <button
      type="button"
      class={asked ? "choice choice-alert" : "choice"}
      disabled={disabled}
      onClick={() => {
        if (asked) act();
        setAsked(!asked);
      }}
    >
      {asked ? sure : text}
    </button>
  );
}

export const sayAll = (desk: Desk, t: T, entries: readonly Entry[]): Promise<string[]> =>
  desk.say(entries).then((ids) => {
    desk.tell(t("app.written"));
    return ids;
  });
