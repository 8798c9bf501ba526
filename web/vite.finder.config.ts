import { defineConfig } from "vite";
import { output, texts } from "./vite.config.ts";

// The finder: lives at <anything>/app/, its data at ../data/, so every address is relative.
export default defineConfig({
  base: "./",
  publicDir: "public-finder",
  resolve: { alias: { "#texts": texts } },
  build: {
    outDir: ".vite/webapp/finder",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    manifest: "files.json",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: "find.html", output },
  },
});
