/** The map of two plans: their sites, each with the sign of the plan it belongs to. */
import { Marker } from "maplibre-gl";
import type { BothSite } from "../core/trade.ts";
import { canDraw, DAY, type Ground, night, NIGHT, openGround, styleOf } from "../desk/map/ground.ts";

/** Draws it and answers with what takes it away; null where the browser cannot draw. */
export async function openBoth(ground: Ground, sites: readonly BothSite[]): Promise<(() => void) | null> {
  if (!canDraw()) return null;
  const map = await openGround(ground);
  for (const site of sites) {
    const sign = document.createElement("span");
    sign.className = `both-sign both-${site.which}`;
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", site.label);
    sign.title = site.label;
    new Marker({ element: sign }).setLngLat([site.lon, site.lat]).addTo(map);
  }
  const [first] = sites;
  if (first) {
    const lon = sites.map((site) => site.lon);
    const lat = sites.map((site) => site.lat);
    map.fitBounds([Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)], { padding: 50, maxZoom: 15, animate: false });
  }
  const recolour = (event: MediaQueryListEvent): void => void map.setStyle(styleOf(ground, event.matches ? NIGHT : DAY));
  night().addEventListener("change", recolour);
  return () => {
    night().removeEventListener("change", recolour);
    map.remove();
  };
}
