/**
 * Where a report of this device is: only on this phone, at headquarters, or safe. It follows from receipts
 * (`receipt.noted`, spec/facts.md, section 8) of keys that are a headquarters.
 *
 * Who is one is judged narrowly here, so that the screen never says more than is so: the founder; a key that the paper
 * recovery key admitted, or the only admin, or two admins; none that an admin, the recovery key or itself revoked.
 */
import { type ChainKey, chainName, partOf, type Row } from "../core/facts/writing.ts";

export type Standing = "phone" | "headquarters" | "safe" | "refused";

interface Line {
  readonly origin: string;
  readonly chain: string;
  readonly scope: string;
  readonly first: number;
  readonly last: number;
  readonly head: string;
}

interface Span {
  readonly by: string;
  readonly level: "headquarters" | "safe";
  readonly first: number;
  readonly last: number;
  readonly head: string;
}

/** Keys whose receipts are believed, out of everything here that founds, admits, replaces and revokes. */
export function headquartersOf(rows: readonly Row[], net: string): Set<string> {
  const founding = rows.find((row) => row.id === net);
  if (!founding) return new Set();
  const recovery = String(partOf(founding.fact.body)?.recovery ?? "");
  const admins = new Set([founding.header.origin]);
  const found = new Set([founding.header.origin]);
  const whole = (row: Row): boolean => (partOf(row.fact.body)?.scope ?? row.header.scope) === net;
  for (const role of ["admin", "headquarters"] as const) {
    const sayers = new Map<string, Set<string>>();
    for (let grew = true; grew; ) {
      grew = false;
      for (const row of rows) {
        const body = row.header.kind === "device.admitted" ? partOf(row.fact.body) : null;
        if (!body || body.role !== role || typeof body.key !== "string" || !whole(row)) continue;
        const by = row.header.origin;
        if (by !== recovery && !admins.has(by)) continue;
        const said = sayers.get(body.key) ?? new Set();
        sayers.set(body.key, said.add(by));
        const into = role === "admin" ? admins : found;
        const enough = said.has(recovery) || said.size > 1 || admins.size === 1;
        if (enough && !into.has(body.key)) {
          into.add(body.key);
          grew = true;
        }
      }
    }
  }
  for (const row of rows) {
    const revoked = row.header.kind === "device.revoked" ? partOf(row.fact.body)?.key : undefined;
    const by = row.header.origin;
    if (typeof revoked === "string" && (by === recovery || by === revoked || admins.has(by))) found.delete(revoked);
  }
  return found;
}

/** What receipts say of one device's facts; grows as receipts come in. */
export class Covered {
  readonly #key: string;
  readonly #spans = new Map<string, Span[]>();

  constructor(key: string) {
    this.#key = key;
  }

  /** Take in a `receipt.noted`; one that is no such thing, or speaks of others only, changes nothing. */
  add(receipt: Row): void {
    const body = partOf(receipt.fact.body);
    if (!body || !Array.isArray(body.chains)) return;
    for (const line of body.chains as Line[]) {
      if (line.origin !== this.#key) continue;
      const name = chainName({ origin: line.origin, chain: line.chain, scope: line.scope });
      const level = body.level === "safe" ? "safe" : "headquarters";
      this.#spans.set(name, [...(this.#spans.get(name) ?? []), { by: receipt.header.origin, level, first: line.first, last: line.last, head: line.head }]);
    }
  }

  /** Spans of own chains with the facts at their ends checked: a receipt for another branch covers nothing here. */
  standing(row: Row, headquarters: ReadonlySet<string>, idAt: (chain: string, seq: number) => string | undefined): "phone" | "headquarters" | "safe" {
    let best: "phone" | "headquarters" | "safe" = "phone";
    const name = chainName(row.header);
    for (const { by, level, first, last, head } of this.#spans.get(name) ?? []) {
      const { seq } = row.header;
      if (!headquarters.has(by) || seq < first || seq > last || idAt(name, last) !== head) continue;
      if (level === "safe") return "safe";
      best = "headquarters";
    }
    return best;
  }

  heads(): string[] {
    return [...new Set([...this.#spans.values()].flat().map(({ head }) => head))];
  }

  /** Whether any receipt reaches this far in a chain. */
  reaches(key: ChainKey, seq: number): boolean {
    return (this.#spans.get(chainName(key)) ?? []).some(({ first, last }) => first <= seq && seq <= last);
  }
}
