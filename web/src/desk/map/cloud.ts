/**
 * Twenty thousand places as one drawing over a map: near ones gathered into rings that show what states they are in.
 * Pure but for the canvas it draws on. Drawn anew at each move and at each sifting: no tile, no worker, no wait.
 */
import { SHOWN } from "../filter.ts";

/** What there is to draw: places by row, on the square of Web Mercator (0 to 1); NaN where nobody knows where. */
export interface Cloud {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly shown: Uint8Array;
  /** 1 where something contradicts what was said. */
  readonly alert: Uint8Array;
}

export interface View {
  /** Middle of the screen on the square, and the width of the whole square [px]. */
  readonly x: number;
  readonly y: number;
  readonly world: number;
  readonly width: number;
  readonly height: number;
}

export interface Colours {
  readonly states: readonly string[];
  readonly ink: string;
  readonly page: string;
  readonly alert: string;
}

/** What was drawn, so that a click finds it. */
export interface Drawn {
  readonly px: number;
  readonly py: number;
  readonly radius: number;
  /** Row of a single place; -1 for a ring of several. */
  readonly row: number;
  readonly count: number;
}

export function mercator(lonE7: number, latE7: number): readonly [number, number] {
  const latitude = (latE7 / 1e7) * (Math.PI / 180);
  return [lonE7 / 1e7 / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + latitude / 2)) / (2 * Math.PI)];
}

export function cloudOf(lonE7: readonly (number | null)[], latE7: readonly (number | null)[], shown: Uint8Array, alert: readonly boolean[]): Cloud {
  const x = new Float64Array(lonE7.length).fill(NaN);
  const y = new Float64Array(lonE7.length).fill(NaN);
  lonE7.forEach((lon, k) => {
    const lat = latE7[k];
    if (lon !== null && lat !== null && lat !== undefined) [x[k], y[k]] = mercator(lon, lat) as [number, number];
  });
  return { x, y, shown, alert: Uint8Array.from(alert, Number) };
}

/** Side of the squares that places are gathered in [px]. */
export const CELL = 64;
/** So many on the screen are drawn each for itself. */
const SINGLY = 160;

interface Heap {
  readonly states: Int32Array;
  count: number;
  sumX: number;
  sumY: number;
  alert: boolean;
  first: number;
}

/** Places of the rows on the screen, gathered by squares that stay where they are while one moves about. */
export function gathered(cloud: Cloud, rows: Int32Array, view: View): Drawn[] {
  return [...heaps(cloud, rows, view)].map(({ heap, px, py }) => ({ px, py, count: heap.count, row: heap.count === 1 ? heap.first : -1, radius: heap.count === 1 ? 11 : ringRadius(heap.count) }));
}

const ringRadius = (count: number): number => 14 + Math.min(16, Math.log2(count) * 2);

function* heaps(cloud: Cloud, rows: Int32Array, view: View): Generator<{ heap: Heap; px: number; py: number }> {
  const left = view.x * view.world - view.width / 2;
  const top = view.y * view.world - view.height / 2;
  // Squares of the nearest half step of zoom, so that they do not shift at each small one.
  const step = 2 ** (Math.round(Math.log2(view.world) * 2) / 2);
  const within: number[] = [];
  for (const row of rows) {
    const px = (cloud.x[row] ?? NaN) * view.world - left;
    const py = (cloud.y[row] ?? NaN) * view.world - top;
    if (px >= -CELL && py >= -CELL && px <= view.width + CELL && py <= view.height + CELL) within.push(row);
  }
  const singly = within.length <= SINGLY;
  const found = new Map<number, Heap>();
  for (const row of within) {
    const x = cloud.x[row] ?? 0;
    const y = cloud.y[row] ?? 0;
    const key = singly ? row : Math.floor((x * step) / CELL) * 67_108_864 + Math.floor((y * step) / CELL);
    let heap = found.get(key);
    if (!heap) found.set(key, (heap = { states: new Int32Array(SHOWN.length), count: 0, sumX: 0, sumY: 0, alert: false, first: row }));
    const state = cloud.shown[row] ?? 0;
    heap.states[state] = (heap.states[state] ?? 0) + 1;
    heap.count += 1;
    heap.sumX += x;
    heap.sumY += y;
    heap.alert ||= cloud.alert[row] === 1;
  }
  for (const heap of found.values()) {
    yield { heap, px: (heap.sumX / heap.count) * view.world - left, py: (heap.sumY / heap.count) * view.world - top };
  }
}

const SHAPES: readonly ((g: CanvasRenderingContext2D) => void)[] = [
  (g) => stroke(g, [-4, 0.5, -1.2, 3.4, 4.2, -3]), // open: a tick
  (g) => stroke(g, [-4, 0.5, -1.2, 3.4, 4.2, -3]), // not confirmed: a tick in a broken ring
  (g) => (stroke(g, [-2.2, -3.6, -2.2, 3.6]), stroke(g, [2.2, -3.6, 2.2, 3.6])), // short break: two bars
  (g) => (stroke(g, [-3.2, -3.2, 3.2, 3.2]), stroke(g, [3.2, -3.2, -3.2, 3.2])), // shut: a cross
  (g) => stroke(g, [0, -4, 0, 0.4, 3, 2.4]), // ready: a clock
  (g) => {
    g.font = "700 12px system-ui, sans-serif";
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.fillText("?", 0, 0.5);
  },
];

function stroke(g: CanvasRenderingContext2D, points: readonly number[]): void {
  g.beginPath();
  for (let k = 0; k < points.length; k += 2) k === 0 ? g.moveTo(points[0] ?? 0, points[1] ?? 0) : g.lineTo(points[k] ?? 0, points[k + 1] ?? 0);
  g.stroke();
}

/** Draws it all and tells what lies where. @param chosen row that is marked; -1 none */
export function draw(g: CanvasRenderingContext2D, cloud: Cloud, rows: Int32Array, view: View, colours: Colours, chosen: number, ratio: number): Drawn[] {
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, view.width, view.height);
  const drawn: Drawn[] = [];
  for (const { heap, px, py } of heaps(cloud, rows, view)) {
    g.save();
    g.translate(px, py);
    const single = heap.count === 1;
    const radius = single ? 11 : ringRadius(heap.count);
    if (single) place(g, colours, cloud.shown[heap.first] ?? 5, heap.alert, heap.first === chosen);
    else ring(g, colours, heap, radius);
    g.restore();
    drawn.push({ px, py, radius, row: single ? heap.first : -1, count: heap.count });
  }
  return drawn;
}

function place(g: CanvasRenderingContext2D, colours: Colours, state: number, alert: boolean, chosen: boolean): void {
  if (chosen || alert) {
    g.beginPath();
    g.arc(0, 0, chosen ? 16 : 14, 0, 2 * Math.PI);
    g.lineWidth = 3;
    g.strokeStyle = chosen ? colours.ink : colours.alert;
    g.stroke();
  }
  const colour = colours.states[state] ?? colours.ink;
  const hollow = state !== 0;
  g.beginPath();
  g.arc(0, 0, 10, 0, 2 * Math.PI);
  g.fillStyle = hollow ? colours.page : colour;
  g.fill();
  g.lineWidth = 2.4;
  g.strokeStyle = hollow ? colour : colours.page;
  if (state === 1) g.setLineDash([3, 2.6]);
  g.stroke();
  g.setLineDash([]);
  g.lineCap = "round";
  g.strokeStyle = g.fillStyle = hollow ? colour : colours.page;
  SHAPES[state]?.(g);
}

function ring(g: CanvasRenderingContext2D, colours: Colours, heap: Heap, radius: number): void {
  g.beginPath();
  g.arc(0, 0, radius + 1.5, 0, 2 * Math.PI);
  g.fillStyle = colours.page;
  g.fill();
  let from = -Math.PI / 2;
  g.lineWidth = 6;
  heap.states.forEach((n, state) => {
    if (n === 0) return;
    const until = from + (n / heap.count) * 2 * Math.PI;
    g.beginPath();
    g.arc(0, 0, radius - 3, from, until);
    g.strokeStyle = colours.states[state] ?? colours.ink;
    g.stroke();
    from = until;
  });
  if (heap.alert) {
    g.beginPath();
    g.arc(0, 0, radius + 3, 0, 2 * Math.PI);
    g.lineWidth = 2;
    g.strokeStyle = colours.alert;
    g.stroke();
  }
  g.fillStyle = colours.ink;
  g.font = `650 ${heap.count > 999 ? 11 : 13}px system-ui, sans-serif`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillText(heap.count > 9999 ? `${Math.round(heap.count / 1000)}k` : String(heap.count), 0, 0.5);
}

/** What lies under a finger: the nearest within reach. */
export function under(drawn: readonly Drawn[], px: number, py: number): Drawn | null {
  let nearest: Drawn | null = null;
  let least = Infinity;
  for (const one of drawn) {
    const away = Math.hypot(one.px - px, one.py - py) - one.radius;
    if (away < 14 && away < least) [nearest, least] = [one, away];
  }
  return nearest;
}
