/** What nobody needs first: a chunk of its own, fetched when the places are there. */
type Later = typeof import("../laterParts.ts");

let parts: Later | null = null;

/** The parts, where they are here already. */
export const later = (): Later | null => parts;

export const fetchLater = async (): Promise<Later> => (parts ??= await import("../laterParts.ts"));
