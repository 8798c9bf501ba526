/** Where the bytes of a bundle come from. */
import type { Get } from "../../core/bundle/bundle.ts";
import type { Town } from "../../core/public.ts";
import type { Report } from "../store/reports.ts";

/** Longer than this without an answer, the line counts as dead [ms]; a phone on a slow link gets 40 kB in it. */
const PATIENCE_MS = 60_000;

/**
 * From the folder that this page lies in (`app/` beside `data/`). No request says more than which file is wanted:
 * no cookies, no address of the page.
 */
export const overHttp = (root: URL): Get => async (path) => {
  const answer = await fetch(new URL(path, root), {
    credentials: "omit",
    referrerPolicy: "no-referrer",
    // What is signed changes under one name, and must be asked for each time; contents never change.
    cache: path.endsWith(".shy") ? "no-cache" : "default",
    signal: path.includes("basemap") ? null : AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
};

/** From the page itself: `<script type="application/octet-stream" data-path="data/...">` with base64 in it. */
export const inPage = (page: Document): Get => async (path) => {
  const element = page.querySelector(`script[type="application/octet-stream"][data-path="${path}"]`);
  if (!element) throw new Error("not in this file");
  const text = atob((element.textContent ?? "").trim());
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
};

/** The visitor's word: the place and the answer, nothing else. Gives the status of the answer. */
export const sendTo = (root: URL) => async (report: Report, town: Town): Promise<number> => {
  const answer = await fetch(new URL(town.reportUrl || "said", root), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(report),
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return answer.status;
};
