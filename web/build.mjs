// Builds the plan's page, the finder (folder finder/, copied as it is into a published folder as app/), the finder's
// offline form (folder offline/), the app of the person on duty (folder host/) and the desk (folder desk/):  npm run build -- --outDir DIR --logLevel warn
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { build } from "vite";

const { values } = parseArgs({
  options: { outDir: { type: "string", default: ".vite/webapp" }, logLevel: { type: "string", default: "info" }, emptyOutDir: { type: "boolean" } },
});
const out = resolve(values.outDir);
const finder = join(out, "finder");
const make = (configFile, outDir) => build({ configFile, logLevel: values.logLevel, build: { outDir, emptyOutDir: true } });

await make("vite.config.ts", out);
await make("vite.finder.config.ts", finder);
await make("vite.offline.config.ts", join(out, "offline"));
await make("vite.host.config.ts", join(out, "host"));
await make("vite.desk.config.ts", join(out, "desk"));
renameSync(join(finder, "find.html"), join(finder, "index.html"));
renameSync(join(out, "host", "host.html"), join(out, "host", "index.html"));
renameSync(join(out, "desk", "desk.html"), join(out, "desk", "index.html"));

// The service worker keeps what a first visit needs; map and fonts are kept when they were asked for once.
const chunks = JSON.parse(readFileSync(join(finder, "files.json"), "utf8"));
rmSync(join(finder, "files.json"));
const late = new Set(Object.values(chunks).filter((c) => /(^|\/)map\//.test(c.src ?? "")).flatMap((c) => [c.file, ...(c.css ?? [])]));
const weight = readdirSync(join(finder, "assets")).reduce(
  (sum, name) => (late.has(`assets/${name}`) || /maplibre/.test(name) ? sum + statSync(join(finder, "assets", name)).size : sum),
  0,
);
for (const name of readdirSync(join(finder, "assets")).filter((name) => name.endsWith(".js"))) {
  const path = join(finder, "assets", name);
  const text = readFileSync(path, "utf8");
  if (text.includes("987654321")) writeFileSync(path, text.replaceAll("987654321", String(weight)));
}
keepOffline(finder, "app", (name) => late.has(name) || /\.woff2$|maplibre/.test(name));
// A phone on duty is offline at any moment: all of its app is kept, but letters that the phone has itself.
keepOffline(join(out, "host"), "host", (name) => /\.woff2$/.test(name));

/** Writes the service worker that keeps the files of an app; its version is the hash of all of them. */
function keepOffline(folder, app, leaveOut) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((name) => !leaveOut(name))
    .sort();
  const digest = createHash("sha256");
  for (const name of files) digest.update(name).update(readFileSync(join(folder, name)));
  const worker = readFileSync("src/sw.js", "utf8")
    .replaceAll("__APP__", app)
    .replace("__VERSION__", digest.digest("hex").slice(0, 16))
    .replace('["__FILES__"]', JSON.stringify(["./", ...files.filter((name) => name !== "index.html")]));
  writeFileSync(join(folder, "sw.js"), worker);
}
