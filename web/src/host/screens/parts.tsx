/** Small parts that several screens share. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import encodeQR from "qr";
import { type Code, readCode } from "../../device/codes.ts";
import { openLens } from "../../device/lens.ts";
import type { App, State } from "../app.ts";
import { to } from "../route.ts";
import type { Key, T } from "../texts.ts";

export interface Props {
  readonly state: State;
  readonly app: App;
}

/** The heading of a screen takes the focus when the screen is opened, so that it is read first. */
export function Heading({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

export function Back({ t }: { t: T }) {
  return (
    <a class="act act-quiet" href={to("now")}>
      {t("app.back")}
    </a>
  );
}

const SHAPES: Readonly<Record<string, string>> = {
  open: "M7.5 12.2l3 3l6-6.4",
  paused: "M9.8 8.5v7M14.2 8.5v7",
  closed: "M8.5 8.5l7 7M15.5 8.5l-7 7",
  ready: "M12 7.5v4.7l3 2",
  unknown: "M9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8M12 16.6v.1",
};

/** A state: a shape, a colour and the word; the word alone is enough. */
export function StateMark({ t, shown }: { t: T; shown: "open" | "paused" | "closed" | "ready" | "unknown" }) {
  return (
    <span class={`state state-${shown}`}>
      <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round">
        <path d={`M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18${SHAPES[shown]}`} />
      </svg>
      {t(`state.${shown}`)}
    </span>
  );
}

/** One of several answers; the one that holds now is marked. */
export function Answers<V extends string>({ label, values, text, now, choose }: { label: string; values: readonly V[]; text: (value: V) => string; now?: V | undefined; choose: (value: V) => void }) {
  return (
    <div class="answers" role="group" aria-label={label}>
      {values.map((value) => (
        <button key={value} type="button" class="act act-answer" aria-pressed={now === undefined ? undefined : now === value} onClick={() => choose(value)}>
          {text(value)}
        </button>
      ))}
    </div>
  );
}

/** A box to tick, the whole row a target. */
export function Tick({ label, on, change }: { label: string; on: boolean; change: (on: boolean) => void }) {
  return (
    <label class="wish">
      <input type="checkbox" checked={on} onChange={(event) => change(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

/** A number that may stay unknown; what is typed and is no number is unknown too. */
export function Amount({ t, name, label, value, change, least = 0 }: { t: T; name: string; label: string; value: string; change: (value: string) => void; least?: number }) {
  const unknown = value === "";
  return (
    <div class="amount">
      <label for={`amount-${name}`}>{label}</label>
      <input id={`amount-${name}`} type="number" inputMode="decimal" min={least} step="any" value={value} onInput={(event) => change(event.currentTarget.value)} />
      <button type="button" class="act act-quiet" aria-pressed={unknown} onClick={() => change("")}>
        {t("app.unknown")}
      </button>
    </div>
  );
}

/** What was typed; null where it is not known. */
export function amount(text: string, least = 0, most = 100_000): number | null {
  const value = Number(text.replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) || value < least || value > most ? null : value;
}

/** A QR code as one path, dark on light whatever the screen is: a camera needs it so. */
export function Qr({ text, label }: { text: string; label: string }) {
  const cells = encodeQR(text, "raw", { ecc: "low", border: 3 });
  const path = cells.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${cells.length} ${cells.length}`} shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** How long one code of a series is shown [ms]. */
const TURN_MS = 1_800;

/** A series of codes, one after the other, and the same as text for a phone without a camera. */
export function Series({ t, codes }: { t: T; codes: readonly string[] }) {
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (codes.length < 2) return;
    const timer = setInterval(() => setAt((k) => (k + 1) % codes.length), TURN_MS);
    return () => clearInterval(timer);
  }, [codes]);
  const code = codes[at % codes.length];
  if (code === undefined) return null;
  return (
    <div class="series">
      <Qr text={code} label={t("code.part", { k: at + 1, m: codes.length })} />
      {codes.length > 1 && (
        <p>
          {t("code.part", { k: at + 1, m: codes.length })}{" "}
          <button type="button" class="link" onClick={() => setAt((at + 1) % codes.length)}>
            {t("code.next")}
          </button>
        </p>
      )}
      <details>
        <summary>{t("code.text")}</summary>
        <textarea readOnly rows={4} aria-label={t("code.text")} value={codes.join("\n")} onFocus={(event) => event.currentTarget.select()} />
      </details>
    </div>
  );
}

/** Takes codes by camera or as text; `take` says how many of a series are here, or null when it is whole. */
export function Scan({ t, take }: { t: T; take: (code: Code) => Promise<{ readonly have: number; readonly all: number } | null> }) {
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<"off" | "on" | "none">("off");
  const [told, setTold] = useState("");
  const [typed, setTyped] = useState("");

  const read = async (text: string): Promise<boolean> => {
    try {
      const left = await take(readCode(text));
      setTold(left ? t("code.have", { k: left.have, m: left.all }) : "");
      return left === null;
    } catch (fault) {
      setTold(`${t("code.odd")} ${fault instanceof Error ? `(${fault.message})` : ""}`);
      return false;
    }
  };

  useEffect(() => {
    if (camera !== "on") return;
    let stop: () => void = () => undefined;
    let ended = false;
    let last = "";
    const seen = (text: string): void => {
      if (ended || text === last) return;
      last = text;
      void read(text).then((whole) => whole && setCamera("off"));
    };
    void openLens(video.current as HTMLVideoElement, seen).then(
      (lens) => {
        stop = () => lens.stop();
        if (ended) stop();
      },
      () => setCamera("none"),
    );
    return () => {
      ended = true;
      stop();
    };
  }, [camera]);

  return (
    <div class="scan">
      {camera === "on" ? (
        <>
          <video ref={video} playsInline muted aria-label={t("code.scan")} />
          <button type="button" class="act act-quiet" onClick={() => setCamera("off")}>
            {t("code.stop")}
          </button>
        </>
      ) : (
        <button type="button" class="act" onClick={() => setCamera("on")}>
          {t("code.scan")}
        </button>
      )}
      {camera === "none" && <p class="word word-strong">{t("code.no_camera")}</p>}
      <details open={camera === "none"}>
        <summary>{t("code.type")}</summary>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void (async () => {
              for (const one of typed.split(/\s+/).filter(Boolean)) if (await read(one)) setTyped("");
            })();
          }}
        >
          <textarea rows={4} aria-label={t("code.type")} value={typed} autocomplete="off" autocapitalize="off" spellcheck={false} onInput={(event) => setTyped(event.currentTarget.value)} />
          <button type="submit" class="act act-quiet">
            {t("code.take")}
          </button>
        </form>
      </details>
      <p role="status" class="became">
        {told}
      </p>
    </div>
  );
}

/** A text put together from data; the value itself where there is none. */
export const say = (t: T, key: string, otherwise = key): string => t.find(key) ?? otherwise;
export type { Key };
