export { Account } from "./Account.tsx";
export { MapPanel } from "./MapPanel.tsx";
export { Said } from "./Said.tsx";
export { Saved } from "./Saved.tsx";
