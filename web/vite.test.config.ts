import { readdirSync } from "node:fs";
import { defineConfig } from "vite";
import { texts } from "./vite.config.ts";

const tests = readdirSync("tests", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `tests/${name}`);

// Bundles the tests for Node's own test runner: no test framework to install.
export default defineConfig({
  resolve: { alias: { "#texts": texts } },
  build: {
    ssr: true,
    outDir: ".vite/test",
    emptyOutDir: true,
    rolldownOptions: { input: tests, output: { entryFileNames: "[name].js" } },
  },
});
