/** Screens by address, so that back, a bookmark and a second window work. */
export const SCREENS = ["todo", "places", "place", "orders", "plan", "equipment", "day", "people", "list", "sent"] as const;
export type Screen = (typeof SCREENS)[number];
/** Those of the menu, in the order of their digits. */
export const MENU: readonly Screen[] = ["todo", "places", "orders", "plan", "equipment", "day", "people", "list"];

export interface Route {
  readonly screen: Screen;
  readonly id: string;
}

export function readRoute(hash: string): Route {
  const [, screen = "", id = ""] = /^#\/([a-z]+)(?:\/(.+))?$/.exec(hash) ?? [];
  if (!SCREENS.some((one) => one === screen)) return { screen: "todo", id: "" };
  try {
    return { screen: screen as Screen, id: decodeURIComponent(id) };
  } catch {
    return { screen: screen as Screen, id: "" };
  }
}

export const to = (screen: Screen, id = ""): string => `#/${screen}${id && `/${encodeURIComponent(id)}`}`;

/** The invitation's token, of the link's fragment: never sent to the server by the browser itself. */
export const invitation = (hash: string): string => /^#invite=([A-Za-z0-9_-]{43})$/.exec(hash)?.[1] ?? "";
