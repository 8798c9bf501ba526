import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const lock = readFileSync("package-lock.json", "utf8");
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, Record<string, string>>;

test("the lock file names no address, and has a hash for every package", () => {
  assert.doesNotMatch(lock, /https?:|"resolved"/);
  const { packages } = JSON.parse(lock) as { packages: Record<string, { integrity?: string; inBundle?: boolean }> };
  const bare = Object.entries(packages).filter(([place, entry]) => place && !entry.inBundle && !entry.integrity);
  assert.deepEqual(bare.map(([place]) => place), []);
});

test("every version is exact", () => {
  for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) assert.match(version, /^\d+\.\d+\.\d+$/);
});
