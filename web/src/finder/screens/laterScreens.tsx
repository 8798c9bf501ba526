/** By the names they have in addresses. */
export { Account as account } from "./Account.tsx";
export { Place as place } from "./Place.tsx";
export { Said as said } from "./Said.tsx";
export { Saved as saved } from "./Saved.tsx";
