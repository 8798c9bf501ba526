import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import { finderAlias, leanTrust, output, texts } from "./vite.config.ts";

/** Words of the finder: one file a language, data which no phone has to compile. One hash of them all stands in each name. */
const words = ["uk", "en", "kk", "de", "ru"].map((language) => {
  const parts = ["words", "finder-sentence", "finder"].map((part) => JSON.parse(readFileSync(`${texts}/${part}/${language}.json`, "utf8")) as object);
  return { language, source: JSON.stringify(Object.assign({}, ...parts)) };
});
const wordsHash = createHash("sha256").update(words.map(({ source }) => source).join()).digest("base64url").slice(0, 8);
const textsAsData: Plugin = {
  name: "texts-as-data",
  buildStart() {
    for (const { language, source } of words) this.emitFile({ type: "asset", fileName: `assets/${language}-${wordsHash}.json`, source });
  },
};

/**
 * What is refused is told by its class and code, which lead to the words for people. The sentence beside it is for
 * programmers at their own machine, and a phone on a slow link does not fetch it.
 */
const leanFaults: Plugin = {
  name: "lean-faults",
  enforce: "post",
  transform(code, id) {
    if (!id.includes("/src/core/")) return null;
    const sentences: { readonly start: number; readonly end: number }[] = [];
    const look = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      if (Array.isArray(node)) return node.forEach(look);
      const { type, callee, arguments: given } = node as { type?: string; callee?: { name?: string; property?: { name?: string } }; arguments?: { start: number; end: number }[] };
      const name = (type === "NewExpression" && callee?.name) || (type === "CallExpression" && callee?.property?.name) || "";
      const kept = name === "Refusal" ? given?.[0] : undefined; // its code stays
      const last = given?.at(-1);
      if (kept && last) sentences.push({ start: kept.end, end: last.end });
      else if (last && /^(Damaged|Refused|Error|RangeError|fault)$/.test(name)) sentences.push({ start: given?.[0]?.start ?? 0, end: last.end });
      else Object.values(node).forEach(look);
    };
    look(this.parse(code));
    let lean = "";
    let at = 0;
    for (const { start, end } of sentences) [lean, at] = [lean + code.slice(at, start), end];
    return { code: lean + code.slice(at), map: null };
  },
};

/**
 * Long names of our own that never leave a page (no file, no store, no address, no text in quotes has them), made short:
 * no minifier does so by itself, for it cannot know.
 */
const INTERNAL =
  "accuracyM asking asOfAtMin beforeTie chancePermille chanceThenPermille checkedAtDoor chooseSlow closesAtMin expiresS forOther foundShut halfMinuteMm ifShut inPage keptBytes lastAtMin lasting latE7 latUnit lineM lonE7 " +
  "lonUnit mapBytes mapCodeBytes mapKept mapProgram nearestCell notShownNo notShownUnknown notHere nowMin onArrival openAccounts openAtMin opensAtMin saidAtMin " +
  "unknownFromAtMin untilAtMin verifyByNoble visitorsNotHere visitorsShut walkHmin walksFrom " +
  // of spec/trust.json, which is read while building
  "ahead_min at_most_min chance_permille closing_margin_min detour_permille fresh_min needs_no not_led_to_permille nothing_found_min outside_hours " +
  "places_most seat_permille speed_m_per_h unknown_after_min within_hours";
const short = new Map(INTERNAL.split(" ").map((name, k) => [name, `_${k.toString(36)}`]));
const shortNames: Plugin = {
  name: "short-names",
  enforce: "post",
  transform(code, id) {
    if (!/\/src\/.*\.tsx?$|trust\.json$/.test(id)) return null;
    for (const [, quoted = ""] of id.endsWith("json") ? [] : code.matchAll(/["'](\w+)["']/g)) if (short.has(quoted)) this.error(`${quoted} is named in quotes: it cannot be shortened`);
    return { code: code.replace(/(?<![\w$])[a-z]\w*(?![\w$])/g, (name) => short.get(name) ?? name), map: null };
  },
};

/** Chunks that come later bring no style sheet and stand on the first alone: there is nothing to fetch ahead of them. */
const noPreload: Plugin = {
  name: "no-preload",
  enforce: "pre",
  load: (id) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null),
  generateBundle: {
    order: "post",
    handler: (_options, bundle) => {
      for (const chunk of Object.values(bundle)) if (chunk.type === "chunk") chunk.code = chunk.code.replaceAll(/,\[\],import\.meta\.url\)/g, ")");
    },
  },
};

// The finder: lives at <anything>/app/, its data at ../data/, so every address is relative.
export default defineConfig({
  base: "./",
  plugins: [leanTrust, textsAsData, leanFaults, shortNames, noPreload],
  // As calls of `h`, elements are shorter than as calls of the automatic runtime, which would come besides.
  oxc: { jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" }, jsxInject: `import { h, Fragment } from "preact";` },
  publicDir: "public-finder",
  // How much the map's program weighs is known when all is built: build.mjs writes it in.
  define: { __MAP_CODE_BYTES__: "987654321", __WORDS__: JSON.stringify(wordsHash) },
  resolve: { alias: finderAlias },
  build: {
    outDir: ".vite/webapp/finder",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    manifest: "files.json",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: "find.html",
      output: {
        ...output,
        // Preact would be a chunk of its own beside the first: one answer more to wait for on a slow line.
        codeSplitting: { groups: [{ name: "find", test: /\/preact\/|src\/finder\/main/ }] },
      },
    },
  },
});
