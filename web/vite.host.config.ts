import { defineConfig, type Plugin } from "vite";
import { output, texts } from "./vite.config.ts";

/** What kinds and roles are for is told to people who write programs, not to a phone: their `help` stays at home. */
export const leanKinds: Plugin = {
  name: "lean-kinds",
  enforce: "pre",
  transform(code, id) {
    if (!/\/spec\/(kinds\/\w+|roles)\.json$/.test(id)) return null;
    const without = JSON.parse(code, (key: string, value: unknown) => (key === "help" ? undefined : value)) as unknown;
    return { code: JSON.stringify(without), map: null };
  },
};

// The app of the person on duty: lives at <anything>/host/, its server at <anything>/api/v1/, so every address is relative.
export default defineConfig({
  base: "./",
  plugins: [leanKinds],
  publicDir: "public-host",
  resolve: { alias: { "#texts": texts } },
  build: {
    outDir: ".vite/webapp/host",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: "host.html", output },
  },
});
