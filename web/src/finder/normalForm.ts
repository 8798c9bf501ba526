/**
 * Stands for `core/facts/normalForm.ts` in the finder (vite.finder.config.ts). What the finder opens is believed for
 * its signature, which fixes every byte; a table of 10 kB to say the same of its letters is not loaded on a slow link.
 */
export const isNfc = (text: string): boolean => typeof text === "string";
