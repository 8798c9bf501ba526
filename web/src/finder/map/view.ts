/**
 * The map of the finder: our basemap, read from memory (it was fetched whole, so nobody learns which part is looked
 * at), places as real links on it. This file and all it needs is a chunk of its own, loaded when the map is asked for.
 */
import style from "./map.css?url";
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { PMTiles, Protocol, type RangeResponse, type Source } from "pmtiles";
import type { Palette } from "../../map/palette.ts";
import { MAP_FONT, MAP_FONT_STRONG, makeStyle } from "../../map/style.ts";
import type { Spot } from "../geo.ts";

export interface Marker {
  readonly at: Spot;
  readonly shown: string;
  readonly label: string;
  /** Shown on it: its place in the order, or nothing. */
  readonly number: string;
  readonly href: string;
}

export interface MapInput {
  readonly container: HTMLElement;
  readonly archive: Uint8Array;
  readonly box: readonly [number, number, number, number];
  readonly language: string;
  readonly palette: Palette;
  readonly title: string;
  readonly markers: readonly Marker[];
  readonly here: { readonly at: Spot; readonly label: string } | null;
}

export interface MapView {
  recolour(palette: Palette): void;
  zoom(by: 1 | -1): void;
  remove(): void;
}

/** An archive in memory. */
class InMemory implements Source {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly key: string,
  ) {}
  getKey(): string {
    return this.key;
  }
  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    return { data: this.bytes.slice(offset, offset + length).buffer as ArrayBuffer };
  }
}

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const KEY = "town";
let protocol: Protocol | null = null;

/** The fonts must be there before the first label is drawn: MapLibre keeps what it drew. */
async function fonts(): Promise<void> {
  await Promise.allSettled([
    document.fonts.load(`400 24px "${MAP_FONT}"`, "AāЖӘ"),
    document.fonts.load(`600 24px "${MAP_FONT_STRONG}"`, "AāЖӘ"),
  ]);
}

/** The map's style sheet, asked for with the map: the finder's own need not carry it. */
let styled: Promise<void> | null = null;
const styles = (): Promise<void> =>
  (styled ??= new Promise((done, failed) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: style, onload: () => done() });
    link.onerror = () => failed(new Error("no style sheet"));
    document.head.append(link);
  }));

/** Draws the map. Throws where the browser cannot. */
export async function openMap(input: MapInput): Promise<MapView> {
  await styles();
  if (!protocol) {
    protocol = new Protocol();
    maplibre.addProtocol("pmtiles", protocol.tile);
    maplibre.setWorkerUrl(workerUrl);
  }
  protocol.add(new PMTiles(new InMemory(input.archive, KEY)));
  await fonts();
  const styleFor = (palette: Palette) => makeStyle(palette, input.language, { basemap: `pmtiles://${KEY}`, catchments: EMPTY, cells: EMPTY });
  const map = new maplibre.Map({
    container: input.container,
    style: styleFor(input.palette),
    bounds: boundsOf(input),
    fitBoundsOptions: { padding: 44, maxZoom: 15.5 },
    attributionControl: false, // it stands below every screen
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    minZoom: 7,
    maxZoom: 19,
    locale: { "Map.Title": input.title },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.on("idle", () => input.container.setAttribute("data-map-state", "idle"));
  // The best place lies on top of the others.
  for (const marker of [...input.markers].reverse()) {
    const link = document.createElement("a");
    link.href = marker.href;
    link.className = `marker marker-${marker.shown}`;
    link.setAttribute("aria-label", marker.label);
    link.title = marker.label;
    const face = document.createElement("span");
    face.className = "marker-face";
    face.textContent = marker.number;
    link.append(face);
    new maplibre.Marker({ element: link }).setLngLat([marker.at.lon, marker.at.lat]).addTo(map);
  }
  if (input.here) {
    const dot = document.createElement("span");
    dot.className = "marker-here";
    dot.setAttribute("role", "img");
    dot.setAttribute("aria-label", input.here.label);
    new maplibre.Marker({ element: dot }).setLngLat([input.here.at.lon, input.here.at.lat]).addTo(map);
  }
  return {
    recolour: (palette) => void map.setStyle(styleFor(palette)),
    zoom: (by) => void (by > 0 ? map.zoomIn() : map.zoomOut()),
    remove: () => map.remove(),
  };
}

/** Where one is and the first places; the whole town where nobody said where they are. */
function boundsOf({ box, here, markers }: MapInput): [number, number, number, number] {
  if (!here) return [...box];
  const spots = [here.at, ...markers.filter((marker) => marker.number !== "").map((marker) => marker.at)];
  const lons = spots.map((at) => at.lon);
  const lats = spots.map((at) => at.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
