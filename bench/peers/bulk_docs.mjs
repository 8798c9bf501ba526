// The peer of the ledger: PouchDB with LevelDB takes the same documents in by `_bulk_docs`, and verifies nothing.
// Usage: node bulk_docs.mjs DOCUMENTS.jsonl DATABASE BATCH       prints {"seconds", "cpu_s", "documents"}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`); // the packages lie where it is started, not beside this file
const PouchDB = require("pouchdb-core");
PouchDB.plugin(require("pouchdb-adapter-leveldb"));

const [source, database, batch] = process.argv.slice(2);
const documents = readFileSync(source, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
const db = new PouchDB(database, { adapter: "leveldb" });
await db.info();
const before = process.cpuUsage();
const begun = performance.now();
for (let first = 0; first < documents.length; first += Number(batch)) {
  const answers = await db.bulkDocs(documents.slice(first, first + Number(batch)));
  if (!answers.every((one) => one.ok)) throw new Error(JSON.stringify(answers.find((one) => !one.ok)));
}
const seconds = (performance.now() - begun) / 1000;
const cpu = process.cpuUsage(before);
const { doc_count: count } = await db.info();
await db.close();
console.log(JSON.stringify({ seconds, cpu_s: (cpu.user + cpu.system) / 1e6, documents: count }));
