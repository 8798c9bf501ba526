/** The ground that desk maps stand on: MapLibre over the area's own map, or an empty ground where there is none. */
import "../../style/map-fonts.css";
import "maplibre-gl/dist/maplibre-gl.css";
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { Protocol } from "pmtiles";
import { DAY, NIGHT, type Palette } from "../../map/palette.ts";
import { MAP_FONT, MAP_FONT_STRONG, makeStyle } from "../../map/style.ts";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
let protocol: Protocol | null = null;

export interface Ground {
  readonly container: HTMLElement;
  /** Address of the area's map; "" where there is none. */
  readonly basemap: string;
  /** west, south, east, north [degrees] */
  readonly box: readonly [number, number, number, number];
  readonly language: string;
  readonly title: string;
  readonly catchments?: GeoJSON.FeatureCollection;
  readonly cells?: GeoJSON.FeatureCollection;
}

export const night = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)");

export function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

/** Draws the ground; throws where the browser cannot. */
export async function openGround(input: Ground): Promise<maplibre.Map> {
  if (!protocol) {
    protocol = new Protocol();
    maplibre.addProtocol("pmtiles", protocol.tile);
    maplibre.setWorkerUrl(workerUrl);
  }
  await Promise.allSettled([document.fonts.load(`400 24px "${MAP_FONT}"`, "AāЖӘ"), document.fonts.load(`600 24px "${MAP_FONT_STRONG}"`, "AāЖӘ")]);
  const map = new maplibre.Map({
    container: input.container,
    style: styleOf(input, night().matches ? NIGHT : DAY),
    bounds: [...input.box] as [number, number, number, number],
    fitBoundsOptions: { padding: 40, maxZoom: 16 },
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    minZoom: 3,
    maxZoom: 19,
    locale: { "Map.Title": input.title },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.on("idle", () => input.container.setAttribute("data-map-state", "idle"));
  map.on("movestart", () => input.container.setAttribute("data-map-state", "moving"));
  map.on("error", () => input.container.setAttribute("data-map-trouble", ""));
  return map;
}

export function styleOf(input: Ground, palette: Palette): maplibre.StyleSpecification {
  if (input.basemap !== "") return makeStyle(palette, input.language, { basemap: `pmtiles://${input.basemap}`, catchments: input.catchments ?? EMPTY, cells: input.cells ?? EMPTY });
  return { version: 8, sources: {}, layers: [{ id: "land", type: "background", paint: { "background-color": palette.land } }] };
}

export { DAY, NIGHT };
export type { maplibre };
