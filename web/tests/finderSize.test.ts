// What a phone on a slow link must load before the finder answers, counted in the built folder (gzip, level 9).

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

/** Built by `npm run build`; `npm test` builds it before. */
const FINDER = ".vite/webapp/finder";

const packed = (name: string): number => gzipSync(readFileSync(`${FINDER}/${name}`), { level: 9 }).length;
const text = (name: string): string => readFileSync(`${FINDER}/${name}`, "utf8");

/** A chunk and all it imports at its beginning; chunks it loads later are not followed. */
function closure(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, imported] of text(name).matchAll(/(?:import|from)\s*["']\.\/([\w.-]+\.js)["']/g)) closure(`assets/${imported}`, found);
  return found;
}

const chunk = (stem: string): string => {
  const name = readdirSync(`${FINDER}/assets`).find((one) => one.startsWith(`${stem}-`) && one.endsWith(".js"));
  assert.ok(name, stem);
  return `assets/${name}`;
};
const weight = (names: Iterable<string>): number => [...names].reduce((sum, name) => sum + packed(name), 0);

test("script before the first places, words of one language included: at most 36.5 kB", () => {
  const entry = /src="\.\/(assets\/[\w.-]+\.js)"/.exec(text("index.html"))?.[1];
  assert.ok(entry);
  const first = closure(entry);
  for (const language of ["uk", "en", "kk", "de", "ru"]) assert.ok(weight([...first, chunk(language)]) <= 36_500, `${language}: ${weight([...first, chunk(language)])}`);
  assert.ok(![...first].some((name) => /view-|noble-|reach-|later/.test(name)));
});

test("search and walks besides: at most 42 kB", () => {
  const entry = /src="\.\/(assets\/[\w.-]+\.js)"/.exec(text("index.html"))?.[1] ?? "";
  const all = new Set([...closure(entry), ...closure(chunk("reach")), chunk("uk")]);
  assert.ok(weight(all) <= 42_000, String(weight(all)));
});

test("all addresses are relative: the folder works under any path", () => {
  for (const [, address] of text("index.html").matchAll(/(?:src|href)="([^"]*)"/g)) assert.match(address ?? "", /^\.\.?\//);
  assert.doesNotMatch(text("manifest.webmanifest"), /"\//);
});

test("the service worker keeps the app's own files, each of them there, and neither map nor fonts nor data", () => {
  const files = JSON.parse(/FILES = (\[.*?\]);/.exec(text("sw.js"))?.[1] ?? "[]") as string[];
  assert.ok(files.length > 8);
  for (const name of files) assert.ok(existsSync(`${FINDER}/${name}`), name);
  assert.deepEqual(files.filter((name) => /maplibre|woff2|data\/|\.shy|view-/.test(name)), []);
  assert.doesNotMatch(text("sw.js"), /__(FILES|VERSION)__/);
});

test("the offline script is one classic file that can stand inside a page", () => {
  const script = readFileSync(".vite/webapp/offline/app.js", "utf8");
  assert.doesNotMatch(script, /<\/script|<!--/i);
  assert.doesNotMatch(script, /maplibre/);
  assert.doesNotThrow(() => new Function(script)); // no import, no export
});
