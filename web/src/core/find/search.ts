/**
 * Search in the town's list of names while somebody types. An index is made once; answers are as those of
 * `area/gazetteer.py` (every word asked is, or begins, a word of a name; words such as "street" may be missing), and
 * besides one typing mistake is forgiven in words of five letters or more, behind all answers without one.
 */
import type { NamedPlace } from "../public.ts";
import { type Words, wordsOf } from "./fold.ts";

const KIND_ORDER = ["street", "stop", "landmark", "district", "address"];
const TYPO_FROM_LETTERS = 5;

export interface Found {
  readonly place: NamedPlace;
  /** Its position in the list. */
  readonly index: number;
  /** The name that fits: its own, or an old or other one. */
  readonly by: string;
}

export type Search = (text: string, most?: number) => Found[];

interface Name extends Words {
  readonly row: number;
  readonly text: string;
}

/** A search over a list; the list is read once. */
export function makeSearch(places: readonly NamedPlace[]): Search {
  const pieces = indexing(places);
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}

/** The same, made in small pieces: a phone goes on answering fingers while ten thousand names are read. */
export async function makeSearchInPieces(places: readonly NamedPlace[], breathe: () => Promise<void> | undefined): Promise<Search> {
  const pieces = indexing(places);
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
    await breathe();
  }
}

const PIECE_ROWS = 50;

function* indexing(places: readonly NamedPlace[]): Generator<undefined, Search> {
  const names: Name[] = [];
  const holders = new Map<string, number[]>();
  for (const [row, place] of places.entries()) {
    if (row % PIECE_ROWS === 0) yield;
    for (const text of [place.name, ...place.others]) {
      if (text === "") continue;
      const name = { row, text, ...wordsOf(text) };
      const at = names.push(name) - 1;
      for (const word of new Set(name.words)) {
        const known = holders.get(word);
        if (known === undefined) holders.set(word, [at]);
        else known.push(at);
      }
    }
  }
  yield;
  const vocabulary = [...holders.keys()].sort();

  /** Names that have a word which this one is, begins, or (if asked for) is one mistake away from. */
  const candidates = (asked: string, typos: boolean): Set<number> => {
    const out = new Set<number>();
    const take = (word: string): void => holders.get(word)?.forEach((at) => out.add(at));
    take(asked);
    if (asked.length > 1) {
      for (let at = firstFrom(vocabulary, asked); at < vocabulary.length && vocabulary[at]!.startsWith(asked); at++) take(vocabulary[at]!);
    }
    if (typos && asked.length >= TYPO_FROM_LETTERS) for (const word of vocabulary) if (nearly(asked, word)) take(word);
    return out;
  };

  const ranked = (asked: Words, typos: boolean): Map<number, { score: number; by: string }> => {
    const best = new Map<number, { score: number; by: string }>();
    // The rarest word decides who is looked at.
    const few = asked.words.map((word) => candidates(word, typos)).reduce((a, b) => (b.size < a.size ? b : a));
    for (const at of few) {
      const name = names[at]!;
      let score = scoreOf(asked.words, name.words, typos);
      if (score <= 0) continue;
      if (asked.kinds.size > 0 && name.kinds.size > 0) score += [...asked.kinds].some((kind) => name.kinds.has(kind)) ? 2 : -4;
      const known = best.get(name.row);
      if (known === undefined || score > known.score) best.set(name.row, { score, by: name.text });
    }
    return best;
  };

  const order = (row: number): number => {
    const at = KIND_ORDER.indexOf(places[row]!.kind);
    return at < 0 ? KIND_ORDER.length : at;
  };
  return (text, most = 10) => {
    const asked = wordsOf(text);
    if (asked.words.length === 0) return [];
    let found = ranked(asked, false);
    if (found.size === 0) found = ranked(asked, true);
    // A house number that the list does not have: the street.
    const [first, ...others] = withoutNumber(text);
    if (found.size === 0 && first !== undefined) {
      const street = wordsOf([first, ...others].join(" "));
      if (street.words.length > 0) {
        found = ranked(street, false);
        if (found.size === 0) found = ranked(street, true);
      }
    }
    return [...found]
      .map(([row, { score, by }]) => ({ row, score, by }))
      .sort(
        (a, b) =>
          b.score - a.score || order(a.row) - order(b.row) || [...places[a.row]!.name].length - [...places[b.row]!.name].length || a.row - b.row,
      )
      .slice(0, most)
      .map(({ row, by }) => ({ place: places[row]!, index: row, by }));
  };
}

/** The words of a question without its house number: the last part that begins with a digit, or a leading one. */
function withoutNumber(text: string): string[] {
  const parts = text.trim().split(/[\s,;]+/).filter((part) => part !== "");
  for (let at = parts.length - 1; at > 0; at--) if (/^\d/.test(parts[at]!)) return parts.slice(0, at);
  return parts.length > 1 && /^\d/.test(parts[0]!) ? parts.slice(1) : [];
}

/** 100 for the same words, 80 for all among others, 60 where one is only begun, 40 with a mistake, 0 for no fit. */
function scoreOf(asked: readonly string[], words: readonly string[], typos: boolean): number {
  const left = [...words];
  let begun = 0;
  let wrong = 0;
  for (const word of asked) {
    let at = left.indexOf(word);
    if (at < 0) {
      at = word.length > 1 ? left.findIndex((other) => other.startsWith(word)) : -1;
      if (at >= 0) begun++;
    }
    if (at < 0 && typos && word.length >= TYPO_FROM_LETTERS) {
      at = left.findIndex((other) => nearly(word, other));
      if (at >= 0) wrong++;
    }
    if (at < 0) return 0;
    left.splice(at, 1);
  }
  if (left.length === 0 && begun === 0 && wrong === 0) return asked.every((word, i) => word === words[i]) ? 100 : 95;
  return (wrong > 0 ? 40 : begun > 0 ? 60 : 80) - Math.min(left.length, 10);
}

/** Whether a word, or its beginning, is one mistake away: a letter wrong, missing, too many, or two swapped. */
export function nearly(asked: string, word: string): boolean {
  const length = asked.length;
  if (word.length < length - 1) return false;
  let same = 0;
  while (same < length && asked[same] === word[same]) same++;
  if (same >= length - 1) return true; // only the last letter differs, is missing or is too many
  const rest = asked.slice(same + 1);
  if (word.startsWith(rest, same + 1)) return true; // wrong
  if (word.startsWith(asked.slice(same), same + 1)) return true; // missing
  if (word.startsWith(rest, same)) return true; // too many
  return asked[same] === word[same + 1] && asked[same + 1] === word[same] && word.startsWith(asked.slice(same + 2), same + 2);
}

/** Position of the first word that is not before this one. */
function firstFrom(sorted: readonly string[], word: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < word) low = middle + 1;
    else high = middle;
  }
  return low;
}
