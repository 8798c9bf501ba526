/** Long work in pieces, so that the page answers fingers in between. */

/** Gives the page a moment where the piece before lasted long enough; else undefined, and the work goes on at once. */
export type Breathe = () => Promise<void> | undefined;

/** So long may a piece take [ms] before the next one waits: a slow phone takes four times as long. */
const PIECE_MS = 6;

export const pause = (): Promise<void> => new Promise((done) => setTimeout(done));

let began = performance.now();

/** One clock for all work: two that take turns would make one long piece. */
export const breathe: Breathe = () => {
  if (performance.now() - began < PIECE_MS) return undefined;
  return pause().then(() => void (began = performance.now()));
};

/** Resolves when the page has nothing better to do. */
export const idle = (): Promise<unknown> => new Promise((done) => ("requestIdleCallback" in globalThis ? requestIdleCallback(done) : setTimeout(done, 200)));
