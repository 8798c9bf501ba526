/**
 * The map as a MapLibre style: our basemap (layers and fields: docs/reference/basemap.md) and the plan on top.
 * Pure: a palette, a language and addresses in, a style out. Labels are drawn with the fonts of this page
 * (no `glyphs`), so no glyph server is asked.
 */
import type {
  ExpressionSpecification as Expression,
  LayerSpecification as Layer,
  StyleSpecification as Style,
} from "maplibre-gl";
import type { Palette } from "./palette.ts";

/** Families declared in style/fonts.css; MapLibre reads the weight out of the name. */
export const MAP_FONT = "Shanyrak Map";
export const MAP_FONT_STRONG = "Shanyrak Map Semibold";

export interface Sources {
  readonly basemap: string;
  readonly catchments: GeoJSON.FeatureCollection;
  readonly cells: GeoJSON.FeatureCollection;
}

const kindIs = (...kinds: string[]): Expression => ["in", ["get", "kind"], ["literal", kinds]];

/** A line width that doubles with each zoom from `at14` [px at zoom 14]. */
const wide = (at14: number, least = 0.5): Expression => [
  "interpolate",
  ["exponential", 1.7],
  ["zoom"],
  10,
  Math.max(least, at14 / 5),
  14,
  at14,
  18,
  at14 * 5.5,
];

export function nameIn(language: string): Expression {
  return ["coalesce", ["get", `name:${language}`], ["get", "name"]];
}

export function makeStyle(palette: Palette, language: string, sources: Sources): Style {
  return {
    version: 8,
    sources: {
      base: { type: "vector", url: sources.basemap },
      catchments: { type: "geojson", data: sources.catchments, promoteId: "id" },
      cells: { type: "geojson", data: sources.cells },
    },
    layers: [
      { id: "land", type: "background", paint: { "background-color": palette.land } },
      ...ground(palette),
      ...streets(palette),
      ...planUnder(palette),
      ...labels(palette, language),
    ],
  };
}

function ground(p: Palette): Layer[] {
  const area = (id: string, color: string, filter: Expression, minzoom = 0): Layer => ({
    id,
    type: "fill",
    source: "base",
    "source-layer": "landuse",
    minzoom,
    filter,
    paint: { "fill-color": color, "fill-antialias": false },
  });
  return [
    area("built", p.built, kindIs("residential", "commercial")),
    area("works", p.works, kindIs("industrial", "railway", "quarry")),
    area("field", p.field, kindIs("farmland", "orchard", "allotments", "sand", "rock")),
    area("wood", p.wood, kindIs("forest", "scrub", "wetland")),
    area("green", p.green, kindIs("grass", "park", "garden", "cemetery", "stadium")),
    area("public", p.public, kindIs("school", "hospital")),
    area("play", p.green, kindIs("pitch", "playground")),
    area("paved", p.paved, kindIs("parking", "square", "pier")),
    { id: "water", type: "fill", source: "base", "source-layer": "water", paint: { "fill-color": p.water } },
    {
      id: "waterway",
      type: "line",
      source: "base",
      "source-layer": "waterway",
      filter: ["!=", ["get", "tunnel"], true],
      paint: { "line-color": p.water, "line-width": ["match", ["get", "kind"], ["river", "canal"], 2.2, 1.1] },
    },
    {
      id: "buildings",
      type: "fill",
      source: "base",
      "source-layer": "buildings",
      minzoom: 13,
      paint: {
        "fill-color": ["match", ["get", "kind"], "public", p.buildingPublic, p.building],
        "fill-outline-color": p.buildingEdge,
        "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0.4, 15, 1],
      },
    },
  ];
}

const WALKS = ["pedestrian", "footway", "path", "cycleway", "track", "steps"];
const SMALL = ["residential", "living_street", "service"];
const MIDDLE = ["secondary", "tertiary"];
const MAIN = ["motorway", "trunk", "primary"];

function streets(p: Palette): Layer[] {
  const line = (id: string, kinds: string[], paint: object, extra: Expression[] = [], layout: object = {}): Layer => ({
    id,
    type: "line",
    source: "base",
    "source-layer": "roads",
    filter: ["all", ["==", ["geometry-type"], "LineString"], ["!=", ["get", "tunnel"], true], kindIs(...kinds), ...extra],
    layout: { "line-cap": "round", "line-join": "round", ...layout },
    paint,
  });
  const service: Expression = ["==", ["get", "kind"], "service"];
  const smallWidth = (grow: number): Expression => wide(2.4 + grow);
  return [
    {
      id: "squares",
      type: "fill",
      source: "base",
      "source-layer": "roads",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": p.paved },
    },
    line("walks", WALKS, { "line-color": p.path, "line-width": wide(0.7), "line-dasharray": [2, 1.4] }),
    line("service", ["service"], { "line-color": p.road, "line-width": wide(1.3) }),
    line("small-edge", SMALL, { "line-color": p.roadEdge, "line-width": smallWidth(0.9) }, [["!", service]], { "line-cap": "butt" }),
    line("middle-edge", MIDDLE, { "line-color": p.roadEdge, "line-width": wide(4.6) }, [], { "line-cap": "butt" }),
    line("main-edge", MAIN, { "line-color": p.roadEdge, "line-width": wide(5.6) }, [], { "line-cap": "butt" }),
    line("small", SMALL, { "line-color": p.road, "line-width": smallWidth(0) }, [["!", service]]),
    line("middle", MIDDLE, { "line-color": p.road, "line-width": wide(3.6) }),
    line("main", MAIN, { "line-color": p.roadMain, "line-width": wide(4.6) }),
    {
      id: "rail",
      type: "line",
      source: "base",
      "source-layer": "rail",
      filter: ["!=", ["get", "tunnel"], true],
      paint: { "line-color": p.rail, "line-width": wide(1), "line-dasharray": [4, 2] },
    },
    {
      id: "border",
      type: "line",
      source: "base",
      "source-layer": "boundaries",
      filter: ["<=", ["get", "admin_level"], 6],
      paint: { "line-color": p.border, "line-width": 1, "line-dasharray": [3, 2], "line-opacity": 0.6 },
    },
  ];
}

/** Where one gets in time, and who does not. Lies under the labels, so that streets stay readable. */
function planUnder(p: Palette): Layer[] {
  const chosen: Expression = ["boolean", ["feature-state", "chosen"], false];
  return [
    {
      id: "catchments",
      type: "fill",
      source: "catchments",
      paint: { "fill-color": p.warm, "fill-opacity": ["case", chosen, 0.24, 0.08] },
    },
    {
      id: "catchment-lines",
      type: "line",
      source: "catchments",
      layout: { "line-join": "round" },
      paint: { "line-color": p.warm, "line-width": ["case", chosen, 2.6, 1], "line-opacity": ["case", chosen, 1, 0.45] },
    },
    {
      id: "unserved",
      type: "circle",
      source: "cells",
      paint: {
        "circle-color": p.cold,
        "circle-opacity": 0.72,
        "circle-stroke-color": p.coldEdge,
        "circle-stroke-width": 0.7,
        // The area of a dot is proportional to its people; the page says what the biggest stands for.
        "circle-radius": [
          "interpolate",
          ["exponential", 1.5],
          ["zoom"],
          10,
          ["max", 1.2, ["*", 0.22, ["sqrt", ["get", "persons"]]]],
          16,
          ["max", 3, ["*", 1.5, ["sqrt", ["get", "persons"]]]],
        ],
      },
    },
  ];
}

function labels(p: Palette, language: string): Layer[] {
  const name = nameIn(language);
  const halo = { "text-halo-color": p.halo, "text-halo-width": 1.4 };
  const rank: Expression = ["coalesce", ["get", "rank"], 99];
  return [
    {
      id: "street-names",
      type: "symbol",
      source: "base",
      "source-layer": "roads",
      minzoom: 13.5,
      filter: ["all", ["==", ["geometry-type"], "LineString"], ["has", "name"]],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 320,
        "text-field": name,
        "text-font": [MAP_FONT],
        "text-size": ["interpolate", ["linear"], ["zoom"], 13.5, 11, 17, 14],
        "text-max-angle": 30,
      },
      paint: { "text-color": p.label, ...halo },
    },
    {
      id: "water-names",
      type: "symbol",
      source: "base",
      "source-layer": "waterway",
      minzoom: 12,
      filter: ["has", "name"],
      layout: { "symbol-placement": "line", "text-field": name, "text-font": [MAP_FONT], "text-size": 13, "text-letter-spacing": 0.08 },
      paint: { "text-color": p.labelWater, ...halo },
    },
    {
      id: "housenumbers",
      type: "symbol",
      source: "base",
      "source-layer": "housenumbers",
      minzoom: 17,
      layout: { "text-field": ["get", "number"], "text-font": [MAP_FONT], "text-size": 11 },
      paint: { "text-color": p.label, ...halo },
    },
    {
      id: "pois",
      type: "symbol",
      source: "base",
      "source-layer": "pois",
      minzoom: 14.5,
      filter: [
        "all",
        ["has", "name"],
        ["any", kindIs("station", "hospital", "school", "library", "community_centre", "townhall", "fire_station"), [">=", ["zoom"], 16]],
      ],
      layout: {
        "text-field": name,
        "text-font": [MAP_FONT],
        "text-size": 12,
        "text-max-width": 8,
        "text-padding": 6,
        "symbol-sort-key": rank,
      },
      paint: { "text-color": p.label, ...halo },
    },
    {
      id: "quarters",
      type: "symbol",
      source: "base",
      "source-layer": "places",
      minzoom: 11,
      maxzoom: 16,
      filter: kindIs("suburb", "quarter", "neighbourhood", "hamlet", "village", "island", "park", "square"),
      layout: {
        "text-field": name,
        "text-font": [MAP_FONT_STRONG],
        "text-size": ["interpolate", ["linear"], ["zoom"], 11, 12, 15, 16],
        "text-max-width": 8,
        "text-padding": 8,
        "symbol-sort-key": rank,
      },
      paint: { "text-color": p.label, ...halo },
    },
    {
      id: "towns",
      type: "symbol",
      source: "base",
      "source-layer": "places",
      maxzoom: 14,
      filter: kindIs("city", "town"),
      layout: { "text-field": name, "text-font": [MAP_FONT_STRONG], "text-size": 19, "symbol-sort-key": rank },
      paint: { "text-color": p.labelStrong, ...halo },
    },
  ];
}
