/** Screens by address, so that "back" of the phone works. */
export const SCREENS = ["now", "open", "close", "short", "danger", "count", "hand", "reports", "cards", "card", "photo", "drive", "look"] as const;
export type Screen = (typeof SCREENS)[number];

export interface Route {
  readonly screen: Screen;
  readonly id: string;
}

export function readRoute(hash: string): Route {
  const [, screen = "", id = ""] = /^#\/([a-z]+)(?:\/([\w.]+))?$/.exec(hash) ?? [];
  return SCREENS.some((one) => one === screen) ? { screen: screen as Screen, id } : { screen: "now", id: "" };
}

export const to = (screen: Screen, id = ""): string => `#/${screen}${id && `/${id}`}`;

/** The invitation's token, of the link's fragment: never sent to the server by the browser itself. */
export function invitation(hash: string): string {
  return /^#invite=([A-Za-z0-9_-]{43})$/.exec(hash)?.[1] ?? "";
}
