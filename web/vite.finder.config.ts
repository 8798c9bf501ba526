import { defineConfig } from "vite";
import { finderAlias, leanTrust, output } from "./vite.config.ts";

// The finder: lives at <anything>/app/, its data at ../data/, so every address is relative.
export default defineConfig({
  base: "./",
  plugins: [leanTrust],
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
    rolldownOptions: { input: "find.html", output },
  },
});
