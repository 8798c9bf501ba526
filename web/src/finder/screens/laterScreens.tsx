export { Account } from "./Account.tsx";
export { MapPanel } from "./MapPanel.tsx";
export { Place } from "./Place.tsx";
export { Said } from "./Said.tsx";
export { Saved } from "./Saved.tsx";
