import { defineConfig } from "vite";
import { output, texts } from "./vite.config.ts";
import { leanKinds } from "./vite.host.config.ts";

// The desk: lives at <anything>/desk/, its server at <anything>/api/v1/, so every address is relative.
export default defineConfig({
  base: "./",
  plugins: [leanKinds],
  publicDir: "public-desk",
  resolve: { alias: { "#texts": texts } },
  build: {
    outDir: ".vite/webapp/desk",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: "desk.html", output },
  },
});
