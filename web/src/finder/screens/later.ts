/** Screens that nobody needs first: a chunk of its own, fetched when the places are there. */
type Later = typeof import("./laterScreens.tsx");

let screens: Later | null = null;

/** The screens, where they are here already. */
export const later = (): Later | null => screens;

export async function fetchLater(): Promise<void> {
  screens ??= await import("./laterScreens.tsx");
}
