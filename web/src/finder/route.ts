/** Addresses inside the finder: what stands behind the #. Pure. */

export type Screen = "where" | "go" | "others" | "place" | "way" | "said" | "saved" | "account";

export interface Route {
  readonly screen: Screen;
  /** Id of a point or an initiative; "" where the screen needs none. */
  readonly id: string;
}

const SCREENS: Readonly<Record<string, Screen>> = {
  go: "go",
  others: "others",
  place: "place",
  way: "way",
  said: "said",
  saved: "saved",
  account: "account",
};

/** Screen of a hash such as `#/place/ab12`; whatever is not understood is the first screen. */
export function readRoute(hash: string): Route {
  const [, name = "", id = ""] = hash.replace(/^#/, "").split("/");
  const screen = SCREENS[name];
  const clean = /^[0-9a-f]{64}$/.test(id) ? id : "";
  if (screen === undefined || ((screen === "place" || screen === "said" || screen === "account") && clean === "")) {
    return { screen: "where", id: "" };
  }
  return { screen, id: clean };
}

export const to = (screen: Screen, id = ""): string => (screen === "where" ? "#/" : `#/${screen}${id && `/${id}`}`);

export interface Pin {
  readonly net: string;
  readonly key: string;
}

/** What the code at a door says: `#net=<64 hex>&key=<64 hex>`; null where the hash is no such thing. */
export function readPin(hash: string): Pin | null {
  const values = new URLSearchParams(hash.replace(/^#\/?/, ""));
  const net = values.get("net") ?? "";
  const key = values.get("key") ?? "";
  const hex = /^[0-9a-f]{64}$/;
  return hex.test(net) && hex.test(key) ? { net, key } : null;
}

/** Where the code at a door leads: to the place it hangs at, `&point=<64 hex>`; else to the first screen. */
export function doorLeadsTo(hash: string): string {
  const point = new URLSearchParams(hash.replace(/^#\/?/, "")).get("point") ?? "";
  return /^[0-9a-f]{64}$/.test(point) ? to("place", point) : to("where");
}
