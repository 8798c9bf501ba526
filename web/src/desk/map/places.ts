/** The map of all places: the ground, and over it the cloud of places, drawn on a canvas of its own. */
import { type Cloud, type Colours, draw, type Drawn, under, type View } from "./cloud.ts";
import { DAY, type Ground, night, NIGHT, openGround, styleOf } from "./ground.ts";

export interface PlacesMap {
  /** Show these rows of this cloud, one of them marked (-1: none). */
  show(cloud: Cloud, rows: Int32Array, chosen: number): void;
  goTo(lonE7: number, latE7: number): void;
  zoom(by: 1 | -1): void;
  whole(): void;
  remove(): void;
}

const NAMES = ["open", "not-confirmed", "paused", "closed", "ready", "unknown"] as const;

function coloursOf(element: HTMLElement): Colours {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim();
  return { states: NAMES.map((name) => of(`--s-${name}`)), ink: of("--ink"), page: of("--page"), alert: of("--alert") };
}

export async function openPlaces(input: Ground, choose: (row: number) => void): Promise<PlacesMap> {
  const map = await openGround(input);
  const canvas = document.createElement("canvas");
  canvas.className = "cloud";
  canvas.setAttribute("aria-hidden", "true");
  input.container.append(canvas);
  const g = canvas.getContext("2d");
  let cloud: Cloud | null = null;
  let rows: Int32Array = new Int32Array();
  let chosen = -1;
  let drawn: Drawn[] = [];
  let colours = coloursOf(input.container);

  const view = (): View => {
    const { lng, lat } = map.getCenter();
    const latitude = (lat * Math.PI) / 180;
    return {
      x: lng / 360 + 0.5,
      y: 0.5 - Math.log(Math.tan(Math.PI / 4 + latitude / 2)) / (2 * Math.PI),
      world: 512 * 2 ** map.getZoom(),
      width: input.container.clientWidth,
      height: input.container.clientHeight,
    };
  };
  const paint = (): void => {
    if (!g || !cloud) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    const at = view();
    const [width, height] = [Math.round(at.width * ratio), Math.round(at.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    drawn = draw(g, cloud, rows, at, colours, chosen, ratio);
    canvas.dataset.drawn = String(drawn.reduce((sum, one) => sum + one.count, 0));
    canvas.dataset.shown = String(rows.length);
  };
  map.on("move", paint);
  map.on("resize", paint);
  map.on("click", (event) => {
    const hit = under(drawn, event.point.x, event.point.y);
    if (!hit) return;
    if (hit.row >= 0) choose(hit.row);
    else map.easeTo({ center: map.unproject([hit.px, hit.py]), zoom: Math.min(18, map.getZoom() + 2), duration: 300 });
  });
  map.on("mousemove", (event) => (map.getCanvas().style.cursor = under(drawn, event.point.x, event.point.y) ? "pointer" : ""));
  const recolour = (event: MediaQueryListEvent): void => {
    map.setStyle(styleOf(input, event.matches ? NIGHT : DAY));
    colours = coloursOf(input.container);
    paint();
  };
  night().addEventListener("change", recolour);
  return {
    show(next, wanted, marked) {
      [cloud, rows, chosen] = [next, wanted, marked];
      paint();
    },
    goTo: (lonE7, latE7) => void map.easeTo({ center: [lonE7 / 1e7, latE7 / 1e7], zoom: Math.max(map.getZoom(), 15), duration: 300 }),
    zoom: (by) => void (by > 0 ? map.zoomIn() : map.zoomOut()),
    whole: () => void map.fitBounds([...input.box] as [number, number, number, number], { padding: 40, maxZoom: 16, duration: 300 }),
    remove() {
      night().removeEventListener("change", recolour);
      map.remove();
    },
  };
}
