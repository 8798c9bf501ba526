import { defineConfig } from "vite";
import { finderAlias, leanTrust } from "./vite.config.ts";

// The finder as one classic script and one style sheet, to be written into offline.html: browsers load no modules from file://.
export default defineConfig({
  base: "./",
  plugins: [leanTrust],
  publicDir: false,
  resolve: { alias: finderAlias },
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: ".vite/webapp/offline",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    lib: { entry: "src/finder/offline.tsx", formats: ["iife"], name: "finder", fileName: () => "app.js", cssFileName: "app" },
  },
});
