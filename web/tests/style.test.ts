import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { DAY, NIGHT } from "../src/map/palette.ts";
import { makeStyle, MAP_FONT, MAP_FONT_STRONG } from "../src/map/style.ts";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const style = (palette = DAY) =>
  makeStyle(palette, "uk", { basemap: "pmtiles://http://127.0.0.1/areas/x/basemap.pmtiles", catchments: EMPTY, cells: EMPTY });

test("the style is valid by day and by night", () => {
  assert.deepEqual(validateStyleMin(style(DAY) as never), []);
  assert.deepEqual(validateStyleMin(style(NIGHT) as never), []);
});

test("nothing is asked of anybody else: no glyph server, no sprite", () => {
  assert.equal(style().glyphs, undefined);
  assert.equal(style().sprite, undefined);
  assert.doesNotMatch(JSON.stringify(style()), /https?:\/\/(?!127\.0\.0\.1)/);
});

test("every label is in a font that this page ships", () => {
  const css = readFileSync("src/style/map-fonts.css", "utf8");
  for (const layer of style().layers) {
    const fonts = (layer.layout as Record<string, unknown> | undefined)?.["text-font"] as string[] | undefined;
    if (layer.type === "symbol") assert.ok(fonts?.every((font) => font === MAP_FONT || font === MAP_FONT_STRONG), layer.id);
    for (const font of fonts ?? []) assert.ok(css.includes(`"${font}"`), font);
  }
});

test("every layer of the basemap that is drawn is one the archive has", () => {
  const page = readFileSync("../docs/reference/basemap.md", "utf8");
  const has = new Set([...page.matchAll(/^\| `(\w+)` \|/gm)].map((m) => m[1]));
  for (const layer of style().layers) {
    if ("source-layer" in layer && layer["source-layer"]) assert.ok(has.has(layer["source-layer"]), layer["source-layer"]);
  }
});
