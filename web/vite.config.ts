import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

// The texts lie beside `web/`, because Python reads them too.
export const texts = fileURLToPath(new URL("../spec/texts", import.meta.url));

/** The finder takes its own, light word for letters in normal form: src/finder/normalForm.ts. */
export const finderAlias = [
  { find: "#texts", replacement: texts },
  { find: /^\.\/normalForm\.ts$/, replacement: fileURLToPath(new URL("src/finder/normalForm.ts", import.meta.url)) },
];

/** Reasons are for people who change the numbers, not for a phone on a slow link. */
export const leanTrust: Plugin = {
  name: "lean-trust",
  enforce: "pre",
  transform(code, id) {
    if (!id.endsWith("/spec/trust.json")) return null;
    const { help: _help, reasons: _reasons, ...numbers } = JSON.parse(code) as Record<string, unknown>;
    return { code: JSON.stringify(numbers), map: null };
  },
};

export const output = {
  entryFileNames: "assets/[name]-[hash].js",
  chunkFileNames: "assets/[name]-[hash].js",
  // A worker that MapLibre brings as .mjs leaves as .js, a name every server knows the type of.
  assetFileNames: (asset: { readonly names: readonly string[] }): string =>
    asset.names.some((name) => name.endsWith(".mjs")) ? "assets/[name]-[hash].js" : "assets/[name]-[hash][extname]",
};

export default defineConfig({
  base: "/",
  resolve: { alias: { "#texts": texts } },
  server: { proxy: { "/api": "http://127.0.0.1:8765", "/areas": "http://127.0.0.1:8765" } },
  build: {
    outDir: ".vite/webapp",
    target: "es2022",
    sourcemap: false,
    // Nothing is inlined as data: URLs, so the content security policy can stay strict.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { output },
  },
});
