/**
 * A phone that was alone for thirty days and catches up with a real server: told on standard input whom it belongs to,
 * it prints what it did. Started by tests/simulation/test_thirty_days.py.
 */
import { readFileSync } from "node:fs";
import { fromHex, joined, toHex } from "../src/core/facts/bytes.ts";
import { publicOf } from "../src/core/facts/noble.ts";
import { strictVerify } from "../src/core/facts/signing.ts";
import { decode } from "../src/core/exchange/framing.ts";
import { fromBase64url } from "../src/device/base64url.ts";
import { Device, pageTurns } from "../src/device/device.ts";
import { memoryStore } from "../src/device/store.ts";
import { wire } from "../src/device/wire.ts";
import { signerOf } from "../src/device/key.ts";
import { replayed } from "./headquarters.ts";
import { badLine, catchUp, DAYS, type Journey, thirtyDays } from "./thirtyDays.ts";

interface Told {
  readonly address: string;
  readonly net: string;
  readonly point: string;
  readonly founding: string;
  readonly seed: number;
  readonly facts: number;
}

const told = JSON.parse(readFileSync(0, "utf8")) as Told;
const seed = new Uint8Array(32).fill(told.seed);
/** The seed as PKCS #8 has it (RFC 8410). */
const secret = await crypto.subtle.importKey("pkcs8", joined(fromHex("302e020100300506032b657004220420"), seed), "Ed25519", false, ["sign"]);
const clock = { ms: Date.now() - DAYS * 86_400_000 };
const journey: Journey = { exchanges: 0, cuts: 0, bytes: 0, seconds: 0 };
const device = await Device.open({
  store: memoryStore(),
  // Requests bear the real time: the server compares it with its own.
  wire: (root) => {
    const real = wire(root, () => Date.now());
    return { json: real.json, ask: (signer, net) => badLine(real.ask(signer, net), journey, clock) };
  },
  root: new URL(told.address),
  nowMs: () => clock.ms,
  random: replayed,
  makeKey: async () => ({ is: "ed25519", key: toHex(publicOf(seed)), secret }),
  signer: (kept) => signerOf(kept),
  verify: await strictVerify(crypto.subtle),
  turn: pageTurns(),
});
await device.join({ net: told.net, network: "", role: "host", scope: told.point, scopeName: "", untilMs: null }, decode(fromBase64url(told.founding), told.net), null);
const said = await thirtyDays(device, told.point, clock, told.facts);
await catchUp(device, journey);
const standings: Record<string, number> = {};
for (const { standing } of await device.reports(told.facts)) standings[standing] = (standings[standing] ?? 0) + 1;
process.stdout.write(JSON.stringify({ said, journey, standings, waiting: device.line.waiting }));
