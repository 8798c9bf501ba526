/** Colours of the map, for daylight and for the dark. Warm is where one gets warm, cold is who does not. */
export interface Palette {
  readonly land: string;
  readonly built: string;
  readonly works: string;
  readonly green: string;
  readonly wood: string;
  readonly field: string;
  readonly public: string;
  readonly paved: string;
  readonly water: string;
  readonly building: string;
  readonly buildingPublic: string;
  readonly buildingEdge: string;
  readonly road: string;
  readonly roadMain: string;
  readonly roadEdge: string;
  readonly path: string;
  readonly rail: string;
  readonly border: string;
  readonly label: string;
  readonly labelStrong: string;
  readonly labelWater: string;
  readonly halo: string;
  readonly warm: string;
  readonly cold: string;
  readonly coldEdge: string;
}

export const DAY: Palette = {
  land: "#f2f3f0",
  built: "#ecedea",
  works: "#e8e8ea",
  green: "#dde8d7",
  wood: "#d2e0cc",
  field: "#eef0e2",
  public: "#eae8df",
  paved: "#e6e5e0",
  water: "#bfd4e0",
  building: "#dcdad4",
  buildingPublic: "#cfccd6",
  buildingEdge: "#c6c3bb",
  road: "#ffffff",
  roadMain: "#fdf6e3",
  roadEdge: "#cdcbc4",
  path: "#a9a59b",
  rail: "#9b9aa0",
  border: "#a9a6b3",
  label: "#4d5560",
  labelStrong: "#1d2830",
  labelWater: "#31607c",
  halo: "#f8f9f7",
  warm: "#b5430a",
  cold: "#2b56a3",
  coldEdge: "#ffffff",
};

export const NIGHT: Palette = {
  land: "#172026",
  built: "#1b252b",
  works: "#1e262d",
  green: "#1d2b26",
  wood: "#1b2d25",
  field: "#1e2724",
  public: "#222830",
  paved: "#232b31",
  water: "#0d2533",
  building: "#2a343b",
  buildingPublic: "#363a49",
  buildingEdge: "#36424a",
  road: "#3a464e",
  roadMain: "#4a5257",
  roadEdge: "#141b20",
  path: "#54616a",
  rail: "#5b6570",
  border: "#58606b",
  label: "#b9c4cb",
  labelStrong: "#e8eef1",
  labelWater: "#86b4cf",
  halo: "#131b20",
  warm: "#ff9a5c",
  cold: "#86b1ff",
  coldEdge: "#131b20",
};
