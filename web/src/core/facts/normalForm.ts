// NFC as Unicode 14.0 has it, whatever Unicode this browser knows (spec/facts.md, section 3).

import table from "../../../../spec/unicode-14.json";

const ASCII = /^[\0-\x7f]*$/;
let unknown: RegExp | undefined;

/** Whether what lies between code points that Unicode 14.0 does not know is NFC. */
export function isNfc(text: string): boolean {
  if (ASCII.test(text)) return true;
  unknown ??= new RegExp(`[${table.unassigned.map((range) => range.map(escaped).join("-")).join("")}]`, "u");
  return text.split(unknown).every((piece) => piece.normalize("NFC") === piece);
}

function escaped(point: number): string {
  return `\\u{${point.toString(16)}}`;
}
