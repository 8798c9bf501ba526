/** What nobody needs before the first places: search and walks, and further screens, by the names they have in addresses. */
export { makeNames, walksOf } from "./reach.ts";
export { Account as account } from "./screens/Account.tsx";
export { Place as place } from "./screens/Place.tsx";
export { Said as said } from "./screens/Said.tsx";
export { Saved as saved } from "./screens/Saved.tsx";
