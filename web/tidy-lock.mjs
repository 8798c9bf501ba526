// Takes the addresses out of package-lock.json that npm puts there for sponsors: it then holds names, versions and
// integrity hashes only. Run after every `npm install`:  npm run lock
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
for (const entry of Object.values(lock.packages)) {
  delete entry.funding;
  delete entry.resolved;
}
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
