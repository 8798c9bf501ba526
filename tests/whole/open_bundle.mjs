// Opens a published folder with the code the finder uses: node open_bundle.mjs BUNDLE.TS FOLDER KEY NET
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

// As the finder's bundler does: a JSON file is a module.
registerHooks({
  load: (url, context, next) =>
    url.endsWith(".json")
      ? { format: "module", shortCircuit: true, source: `export default ${readFileSync(fileURLToPath(url), "utf8")}` }
      : next(url, context),
});
const [core, folder, key, net] = process.argv.slice(2);
const { content, openBundle } = await import(core);
const files = new Map();
const memory = { get: async (n) => files.get(n), put: async (n, b) => void files.set(n, b), drop: async (n) => void files.delete(n), names: async () => [...files.keys()] };
const get = async (path) => new Uint8Array(readFileSync(`${folder}/${path}`));
const bundle = await openBundle(get, memory, Date.now() / 1000, { net, key });
if (bundle.town === undefined) console.log(JSON.stringify({ code: bundle.code }));
else {
  for (const role of Object.keys(bundle.files)) await content(role, bundle, get, memory);
  console.log(JSON.stringify({ code: "", states: Object.fromEntries(bundle.town.points.map((p, k) => [p.names.en, bundle.town.status[k].state])) }));
}
