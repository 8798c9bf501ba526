import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import { finderAlias, leanTrust, output, texts } from "./vite.config.ts";

/** `finder-texts:uk` is the address of one file with the words of that language: data, which no phone has to compile. */
const textsAsData: Plugin = {
  name: "texts-as-data",
  resolveId: (id) => (id.startsWith("finder-texts:") ? `\0${id}` : null),
  load(id) {
    if (!id.startsWith("\0finder-texts:")) return null;
    const language = id.slice(-2);
    const parts = ["words", "finder-sentence", "finder"].map((part) => JSON.parse(readFileSync(`${texts}/${part}/${language}.json`, "utf8")) as object);
    const file = this.emitFile({ type: "asset", name: `${language}.json`, source: JSON.stringify(Object.assign({}, ...parts)) });
    return `export default import.meta.ROLLUP_FILE_URL_${file}`;
  },
};

/** Modules of the finder and what they stand on. */
const FIRST = /\/src\/(finder|core|screens)\/|\/preact\/|preload-helper|trust\.json$/;
/** Of these, what comes later, each in a chunk of its own: words, map, search and walks, screens nobody needs first, noble. */
const LATER = /main\.tsx|finder\/map\/|(Account|MapPanel|Place|Said|Saved|laterScreens)\.tsx|(reach|names|walks|search|fold|table|files|shapes|grid|noble)\.ts$/;

// The finder: lives at <anything>/app/, its data at ../data/, so every address is relative.
export default defineConfig({
  base: "./",
  plugins: [leanTrust, textsAsData],
  publicDir: "public-finder",
  // How much the map's program weighs is known when all is built: build.mjs writes it in.
  define: { __MAP_CODE_BYTES__: "987654321" },
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
        // All that is needed before the first places lies in one chunk: fewer answers to wait for on a slow line.
        codeSplitting: {
          groups: [{ name: "first", test: (id: string): boolean => FIRST.test(id) && !LATER.test(id) }],
        },
      },
    },
  },
});
