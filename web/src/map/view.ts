/**
 * The map on the screen: MapLibre over our PMTiles archive, markers as real buttons.
 * This file and all it needs is a chunk of its own, loaded only when a map is shown.
 */
import * as maplibre from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { Protocol } from "pmtiles";
import type { Existing, Site } from "../core/plan.ts";
import type { Palette } from "./palette.ts";
import { MAP_FONT, MAP_FONT_STRONG, makeStyle } from "./style.ts";

export interface MapInput {
  readonly container: HTMLElement;
  readonly basemap: string;
  readonly catchments: GeoJSON.FeatureCollection;
  readonly cells: GeoJSON.FeatureCollection;
  readonly sites: readonly Site[];
  readonly existing: readonly Existing[];
  readonly box: readonly [number, number, number, number];
  readonly language: string;
  readonly palette: Palette;
  readonly title: string;
  readonly labelOf: (id: string) => string;
  readonly choose: (id: string) => void;
  /** The streets are missing (the archive cannot be read); the plan is drawn all the same. */
  readonly streetsMissing: (what: string) => void;
}

export interface MapView {
  choose(id: string | null): void;
  recolour(palette: Palette): void;
  zoom(by: 1 | -1): void;
  whole(): void;
  remove(): void;
}

/** How near the map goes for a place whose reach is tiny. */
const NEAR_ZOOM = 16;
let protocol: Protocol | null = null;

function prepare(): void {
  if (protocol) return;
  protocol = new Protocol();
  maplibre.addProtocol("pmtiles", protocol.tile);
  maplibre.setWorkerUrl(workerUrl);
}

/** The page's fonts must be there before the first label is drawn: MapLibre keeps what it drew. */
async function fonts(): Promise<void> {
  const everyScript = "AāЖӘ";
  await Promise.allSettled([
    document.fonts.load(`400 24px "${MAP_FONT}"`, everyScript),
    document.fonts.load(`600 24px "${MAP_FONT_STRONG}"`, everyScript),
  ]);
}

/** Draws the map. Throws where the browser has no WebGL. */
export async function openMap(input: MapInput): Promise<MapView> {
  prepare();
  await fonts();
  const { container } = input;
  const basemap = `pmtiles://${new URL(input.basemap, location.href).href}`;
  const styleFor = (palette: Palette) =>
    makeStyle(palette, input.language, { basemap, catchments: input.catchments, cells: input.cells });

  const map = new maplibre.Map({
    container,
    style: styleFor(input.palette),
    bounds: boundsOf(input),
    fitBoundsOptions: { padding: padding(container) },
    attributionControl: false, // ours stands below the map, always visible
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

  let told = false;
  map.on("error", ({ error }) => {
    if (told) return;
    told = true;
    input.streetsMissing(error.message);
  });
  map.on("idle", () => container.setAttribute("data-map-state", "idle"));
  map.on("movestart", () => container.setAttribute("data-map-state", "moving"));

  const buttons = new Map<string, HTMLButtonElement>();
  const boxes = boxesOf(input);
  const put = (place: Site | Existing, button: HTMLButtonElement): void => {
    button.type = "button";
    button.setAttribute("aria-label", input.labelOf(place.id));
    button.title = input.labelOf(place.id);
    button.dataset.place = place.id;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", (event) => input.choose(nearestTo(event, buttons) ?? place.id));
    // Where markers crowd, the earlier place lies on top; points that are there already lie below.
    button.style.zIndex = "rank" in place ? String(1000 - Math.min(place.rank, 999)) : "0";
    buttons.set(place.id, button);
    new maplibre.Marker({ element: button }).setLngLat([place.lon, place.lat]).addTo(map);
  };
  for (const site of input.sites) put(site, siteMarker(site.rank));
  for (const point of input.existing) put(point, existingMarker());

  let chosen: string | null = null;
  const mark = (id: string, on: boolean): void => {
    buttons.get(id)?.setAttribute("aria-pressed", String(on));
    map.setFeatureState({ source: "catchments", id }, { chosen: on });
  };

  return {
    choose(id) {
      if (chosen) mark(chosen, false);
      chosen = id;
      if (!id) return;
      mark(id, true);
      const box = boxes.get(id);
      if (box) map.fitBounds(box, { padding: padding(container), maxZoom: NEAR_ZOOM, duration: 700 });
    },
    recolour(palette) {
      map.setStyle(styleFor(palette));
      map.once("styledata", () => chosen && mark(chosen, true));
    },
    zoom: (by) => void (by > 0 ? map.zoomIn() : map.zoomOut()),
    whole: () => void map.fitBounds(boundsOf(input), { padding: padding(container), duration: 700 }),
    remove: () => map.remove(),
  };
}

/** A thumb is wider than a marker: what it means is the marker whose middle is nearest. Null for the keyboard. */
function nearestTo(event: MouseEvent, buttons: ReadonlyMap<string, HTMLElement>): string | null {
  if (event.detail === 0) return null;
  let nearest: string | null = null;
  let least = Infinity;
  for (const [id, button] of buttons) {
    const { left, top, width, height } = button.getBoundingClientRect();
    const distance = Math.hypot(event.clientX - left - width / 2, event.clientY - top - height / 2);
    if (distance < least) [nearest, least] = [id, distance];
  }
  return nearest;
}

function siteMarker(rank: number): HTMLButtonElement {
  const button = document.createElement("button");
  button.className = "marker marker-new";
  const face = document.createElement("span");
  face.className = "marker-face";
  face.textContent = String(rank);
  button.append(face);
  return button;
}

function existingMarker(): HTMLButtonElement {
  const button = document.createElement("button");
  button.className = "marker marker-existing";
  const face = document.createElement("span");
  face.className = "marker-face";
  button.append(face);
  return button;
}

/** Room for markers at the edge [px]; less on a small map. */
const padding = (container: HTMLElement): number => Math.round(Math.min(56, container.clientWidth / 9, container.clientHeight / 7));

type Box = [west: number, south: number, east: number, north: number];

/** The box around each place and where it is reached from. */
function boxesOf(input: MapInput): Map<string, Box> {
  const boxes = new Map<string, Box>();
  const add = (id: string, lon: number, lat: number): void => {
    const box = boxes.get(id) ?? [lon, lat, lon, lat];
    boxes.set(id, [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)]);
  };
  for (const place of [...input.sites, ...input.existing]) add(place.id, place.lon, place.lat);
  for (const { geometry, properties } of input.catchments.features) {
    const polygons =
      geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
    for (const [lon, lat] of polygons.flatMap((rings) => rings[0] ?? [])) {
      if (lon !== undefined && lat !== undefined) add(String(properties?.id), lon, lat);
    }
  }
  return boxes;
}

/** The box around all places and where they are reached from; the area's own where there are none. */
function boundsOf(input: MapInput): Box {
  const all = [...boxesOf(input).values()];
  if (all.length === 0) return [...input.box];
  return [
    Math.min(...all.map((box) => box[0])),
    Math.min(...all.map((box) => box[1])),
    Math.max(...all.map((box) => box[2])),
    Math.max(...all.map((box) => box[3])),
  ];
}
