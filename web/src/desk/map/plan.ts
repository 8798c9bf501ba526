/** The map of a plan on the desk: what is reached, who is not, and sites that can be dragged or moved by the arrow keys. */
import type { Existing, Site } from "../../core/plan.ts";
import { DAY, type Ground, type maplibre, night, NIGHT, openGround, styleOf } from "./ground.ts";
import { Marker } from "maplibre-gl";

export interface PlanMap {
  /** Where sites are now; moved ones are marked. */
  put(sites: readonly { readonly lon: number; readonly lat: number; readonly moved: boolean; readonly taken: boolean }[]): void;
  zoom(by: 1 | -1): void;
  remove(): void;
}

export interface PlanInput extends Ground {
  readonly sites: readonly Site[];
  readonly existing: readonly Existing[];
  readonly labelOf: (rank: number) => string;
  readonly labelOfExisting: (name: string) => string;
  /** A site was put elsewhere; `ended` once the finger is lifted. */
  readonly moved: (index: number, lon: number, lat: number, ended: boolean) => void;
}

/** How far an arrow key moves a site [m]. */
const STEP_M = 50;

export async function openPlan(input: PlanInput): Promise<PlanMap> {
  const map: maplibre.Map = await openGround(input);
  const put = (site: { readonly lon: number; readonly lat: number; readonly rank: number }, index: number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plan-site";
    button.textContent = String(site.rank);
    button.setAttribute("aria-label", input.labelOf(site.rank));
    const marker = new Marker({ element: button, draggable: true }).setLngLat([site.lon, site.lat]).addTo(map);
    const tell = (ended: boolean): void => {
      const { lng, lat } = marker.getLngLat();
      input.moved(index, lng, lat, ended);
    };
    marker.on("drag", () => tell(false));
    marker.on("dragend", () => tell(true));
    button.addEventListener("keydown", (event) => {
      const by = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      const { lng, lat } = marker.getLngLat();
      const metre = 1 / 111_320;
      marker.setLngLat([lng + ((by[0] ?? 0) * STEP_M * metre) / Math.cos((lat * Math.PI) / 180), lat + (by[1] ?? 0) * STEP_M * metre]);
      tell(true);
    });
    return { marker, button };
  };
  const markers = input.sites.map(put);
  for (const point of input.existing) {
    const dot = document.createElement("span");
    dot.className = "plan-existing";
    dot.setAttribute("role", "img");
    dot.setAttribute("aria-label", input.labelOfExisting(point.name));
    new Marker({ element: dot }).setLngLat([point.lon, point.lat]).addTo(map);
  }
  const recolour = (event: MediaQueryListEvent): void => void map.setStyle(styleOf(input, event.matches ? NIGHT : DAY));
  night().addEventListener("change", recolour);
  return {
    put(sites) {
      for (const gone of markers.splice(Math.max(sites.length, input.sites.length))) gone.marker.remove();
      sites.forEach(({ lon, lat, moved, taken }, index) => {
        const one = (markers[index] ??= put({ lon, lat, rank: index + 1 }, index));
        one.marker.setLngLat([lon, lat]);
        one.button.hidden = taken;
        one.button.toggleAttribute("data-moved", moved);
      });
    },
    zoom: (by) => void (by > 0 ? map.zoomIn() : map.zoomOut()),
    remove() {
      night().removeEventListener("change", recolour);
      map.remove();
    },
  };
}
