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

const asset = (stem: string, ending = "js"): string => {
  const name = readdirSync(`${FINDER}/assets`).find((one) => one.startsWith(`${stem}-`) && one.endsWith(`.${ending}`));
  assert.ok(name, stem);
  return `assets/${name}`;
};
const weight = (names: Iterable<string>): number => [...names].reduce((sum, name) => sum + packed(name), 0);
const entry = (): string => {
  const name = /src="\.\/(assets\/[\w.-]+\.js)"/.exec(text("index.html"))?.[1];
  assert.ok(name);
  return name;
};
/** All script that a person may use before asking for the map; noble, which only plain http needs, counts apart. */
const beforeMap = (): Set<string> => new Set([...closure(entry()), ...closure(asset("laterParts"))]);
const LANGUAGES = ["uk", "en", "kk", "de", "ru"];

test("before the first places, words of one language included: at most 34.5 kB", () => {
  const first = closure(entry());
  for (const language of LANGUAGES) assert.ok(weight([...first, asset(language, "json")]) <= 34_500, language);
  assert.ok(![...first].some((name) => /Frame-|noble-|later/.test(name)));
});

test("all script before the map: at most 35 kB, and 42.5 kB with the words of one language", () => {
  const all = beforeMap();
  assert.ok(![...all].some((name) => /Frame-|noble-/.test(name)));
  assert.ok(weight(all) <= 35_000, String(weight(all)));
  for (const language of LANGUAGES) assert.ok(weight([...all, asset(language, "json")]) <= 42_500, language);
  assert.ok(packed(asset("noble")) <= 7_600, "where WebCrypto is missing");
});

test("words are data: no script has them in it", () => {
  for (const language of LANGUAGES) {
    const words = JSON.parse(text(asset(language, "json"))) as Record<string, string>;
    const title = words["where.title"];
    assert.ok(title);
    for (const name of beforeMap()) assert.ok(!text(name).includes(title), name);
  }
});

test("all addresses are relative: the folder works under any path", () => {
  for (const [, address] of text("index.html").matchAll(/(?:src|href)="([^"]*)"/g)) assert.match(address ?? "", /^\.\.?\//);
  assert.doesNotMatch(text("manifest.webmanifest"), /"\//);
});

test("the service worker keeps the app's own files, each of them there, and neither map nor fonts nor data", () => {
  const files = JSON.parse(/FILES = (\[.*?\]);/.exec(text("sw.js"))?.[1] ?? "[]") as string[];
  assert.ok(files.length > 8);
  for (const name of files) assert.ok(existsSync(`${FINDER}/${name}`), name);
  assert.deepEqual(files.filter((name) => /maplibre|woff2|data\/|\.shy|Frame-|map-/.test(name)), []);
  assert.doesNotMatch(text("sw.js"), /__(FILES|VERSION)__/);
});

test("the offline script is one classic file that can stand inside a page", () => {
  const script = readFileSync(".vite/webapp/offline/app.js", "utf8");
  assert.doesNotMatch(script, /<\/script|<!--/i);
  assert.doesNotMatch(script, /maplibre/);
  assert.doesNotThrow(() => new Function(script)); // no import, no export
});
