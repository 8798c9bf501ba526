/** One place put on the map by a press, by dragging, or by the arrow keys. */
import { Marker } from "maplibre-gl";
import { type Ground, type maplibre, night, NIGHT, DAY, openGround, styleOf } from "./ground.ts";

export interface Pick {
  /** Show it there; null: nowhere yet. */
  put(at: { readonly lon: number; readonly lat: number } | null): void;
  remove(): void;
}

/** How far an arrow key moves it [px]. */
const STEP_PX = 12;

export async function openPick(input: Ground & { readonly label: string }, picked: (lon: number, lat: number) => void): Promise<Pick> {
  const map: maplibre.Map = await openGround(input);
  const button = Object.assign(document.createElement("button"), { type: "button", className: "plan-site" });
  button.setAttribute("aria-label", input.label);
  const marker = new Marker({ element: button, draggable: true });
  const tell = (lon: number, lat: number): void => {
    marker.setLngLat([lon, lat]).addTo(map);
    picked(lon, lat);
  };
  marker.on("dragend", () => tell(marker.getLngLat().lng, marker.getLngLat().lat));
  map.on("click", (event) => tell(event.lngLat.lng, event.lngLat.lat));
  button.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const at = map.project(marker.getLngLat());
    const to = map.unproject([at.x + (by[0] ?? 0) * STEP_PX, at.y + (by[1] ?? 0) * STEP_PX]);
    tell(to.lng, to.lat);
  });
  const recolour = (event: MediaQueryListEvent): void => void map.setStyle(styleOf(input, event.matches ? NIGHT : DAY));
  night().addEventListener("change", recolour);
  return {
    put(at) {
      if (at) marker.setLngLat([at.lon, at.lat]).addTo(map);
      else marker.remove();
    },
    remove() {
      night().removeEventListener("change", recolour);
      map.remove();
    },
  };
}
