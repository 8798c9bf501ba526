/** Before one is in: taking up an invitation, signing in, and why it does not work. */
import { useState } from "preact/hooks";
import type { Desk, State } from "../desk.ts";
import { invitation } from "../route.ts";
import { NAMES } from "../texts.ts";

export function Gate({ state, desk, token, speak }: { state: State; desk: Desk; token: string; speak: (language: string) => void }) {
  const { t } = state;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const [link, setLink] = useState("");
  const typed = /#(invite=.+)$/.exec(link)?.[1];
  const use = token || (typed ? invitation(`#${typed}`) : /^[A-Za-z0-9_-]{43}$/.test(link.trim()) ? link.trim() : "");
  const join = async (): Promise<void> => {
    setBusy(true);
    setFault("");
    try {
      await desk.join(use);
    } catch (error) {
      setFault(t("gate.failed", { why: error instanceof Error ? error.message : String(error) }));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class="gate">
      <label class="language">
        <span class="only-read">{t("app.language")}</span>
        <select value={t.language} onChange={(event) => speak(event.currentTarget.value)}>
          {Object.entries(NAMES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <h1>{t("gate.title")}</h1>
      {state.gate === "opening" && <p role="status">{t("app.asking")}</p>}
      {state.gate === "away" && <p role="status">{t("gate.away")}</p>}
      {state.gate === "not_here" && (
        <p role="alert">
          {t("gate.not_here")} <a href="../host/">{t("gate.to_host")}</a>
        </p>
      )}
      {state.gate === "refused" && (
        <>
          <p role="alert">{t("gate.refused", { why: state.why })}</p>
          <button type="button" class="choice" onClick={() => void desk.enter()}>
            {t("app.again")}
          </button>
        </>
      )}
      {(state.gate === "join" || state.gate === "refused") && (
        <form
          class="gate-join"
          onSubmit={(event) => {
            event.preventDefault();
            if (use !== "") void join();
          }}
        >
          {token !== "" ? (
            <p>{t("gate.invited")}</p>
          ) : (
            <>
              <label for="link">{t("gate.link")}</label>
              <input id="link" value={link} autocomplete="off" onInput={(event) => setLink(event.currentTarget.value)} />
            </>
          )}
          <button type="submit" class="choice choice-strong" disabled={busy || use === ""}>
            {t(busy ? "app.asking" : "gate.accept")}
          </button>
          {fault !== "" && <p role="alert" class="fault">{fault}</p>}
          <p class="quiet">{t("gate.key")}</p>
        </form>
      )}
    </main>
  );
}

/** No key can be made here: the page was not opened over https. */
export function NoKey({ state }: { state: Pick<State, "t"> }) {
  const { t } = state;
  return (
    <main class="gate">
      <h1>{t("gate.title")}</h1>
      <p role="alert">{t("gate.no_key")}</p>
      <p>
        <a href="../report">{t("gate.plain")}</a>
      </p>
    </main>
  );
}
