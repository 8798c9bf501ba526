/** The kinds of things that can be said, as spec/kinds has them, and whether something fits before it is signed. */
import common from "../../../spec/kinds/common.json";
import equipment from "../../../spec/kinds/equipment.json";
import giving from "../../../spec/kinds/giving.json";
import initiative from "../../../spec/kinds/initiative.json";
import network from "../../../spec/kinds/network.json";
import point from "../../../spec/kinds/point.json";
import running from "../../../spec/kinds/running.json";
import roles from "../../../spec/roles.json";
import { Refused } from "../core/facts/canonical.ts";
import { readRules, type Rules } from "../core/facts/rules.ts";
import { type Fields, fits } from "../core/facts/schema.ts";
import type { Said } from "../core/facts/writing.ts";

interface KindData {
  readonly v: number;
  readonly about: readonly string[];
  readonly creates: string;
  readonly by: readonly string[];
  readonly scope: "thing" | "around" | "network";
  readonly within?: string;
  readonly wordless?: boolean;
  readonly body: Fields;
  readonly sealed: Fields;
}

const FAMILIES = [equipment, giving, initiative, network, point, running];
const KINDS = Object.assign({}, ...FAMILIES.map((family) => family.kinds)) as { readonly [name: string]: KindData };
/** Types of thing that are places: what is said about them is said in them. */
const PLACES = new Set(["network", "area", "point"]);

/** The newest version of a kind; Refused where there is none. */
export function kindOf(name: string): KindData {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (!kind) throw new Refused(`there is no kind ${name}`);
  return kind;
}

/** Refuse to say what does not fit its kind. */
export function checkFits(name: string, body: Said, sealed: Said | null): void {
  const kind = kindOf(name);
  if (!fits({ ...kind.body, ...(common.body as Fields) }, body)) throw new Refused(`this does not fit ${name}: ${JSON.stringify(body)}`);
  if (!sealed || Object.keys(sealed).length === 0) {
    if (Object.values(kind.sealed).some((field) => field.required)) throw new Refused(`${name} lacks its words`);
    return;
  }
  if (kind.wordless || !fits({ ...(common.sealed as Fields), ...kind.sealed }, sealed)) throw new Refused(`the words do not fit ${name}`);
}

/**
 * Where something is said, as far as the kind alone tells; null where it depends on the thing it is about.
 *
 * @param net the network's id
 * @param own where the device is trusted: what begins nowhere else begins there, else its word would not count
 */
export function scopeOf(name: string, about: string, body: Said, net: string, own: string): string | null {
  const kind = kindOf(name);
  if (kind.scope === "network" || about === net) return net;
  if (about === "") return (kind.within !== undefined && (body[kind.within] as string | undefined)) || own;
  return kind.about.every((type) => PLACES.has(type)) ? about : null;
}

/** Whether a fact of this kind, about nothing, begins a place. */
export const beginsPlace = (kind: string): boolean => PLACES.has(KINDS[kind]?.creates ?? "");

let rules: Rules | undefined;
/** The rules by which what was said becomes the state of a thing. */
export function foldRules(): Rules {
  rules ??= readRules(common as never, FAMILIES as never, roles);
  return rules;
}
