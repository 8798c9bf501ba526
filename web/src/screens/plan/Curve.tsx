import { useEffect, useRef, useState } from "preact/hooks";
import { between, halfWay, path, scale } from "../../core/curve.ts";
import type { CurvePoint, Plan } from "../../core/plan.ts";
import type { Texts } from "../../core/texts.ts";
import { atMost, reached } from "../../core/words.ts";

/** Width of an element [px] and size of its text [px], following both. */
function useSize(): [preact.RefObject<HTMLDivElement | null>, number, number] {
  const element = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<[number, number]>([0, 16]);
  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const watch = new ResizeObserver(() => setSize([box.clientWidth, Number.parseFloat(getComputedStyle(box).fontSize)]));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  return [element, ...size];
}

/** "What would more or fewer places bring?": curve, and the same as a table. */
export function Curve({ t, plan, curve }: { t: Texts; plan: Plan; curve: readonly CurvePoint[] }) {
  const first = curve[0];
  const last = curve[curve.length - 1];
  if (!first || !last || curve.length < 2) return null;
  const half = halfWay(curve);
  return (
    <section aria-labelledby="curve-title">
      <h2 id="curve-title">{t("plan.curve.title")}</h2>
      <p>
        {t("plan.curve.text")} {half && half.k > 0 && half.k < last.k && t("plan.curve.text_first", { n: half.k, most: t.number(last.k) })}
      </p>
      <Drawing t={t} curve={curve} k={plan.summary.k} label={t("plan.curve.label", { least: t.number(first.k), most: t.number(last.k) })} />
      <ul class="legend legend-curve">
        <li>
          <span class="legend-sign"><span class="legend-line" /></span>
          {t("plan.curve.found")}
        </li>
        <li>
          <span class="legend-sign"><span class="legend-line legend-line-limit" /></span>
          {t("plan.curve.limit")}
        </li>
      </ul>
      <details>
        <summary>{t("plan.curve.show_table")}</summary>
        <Table t={t} curve={curve} k={plan.summary.k} />
      </details>
    </section>
  );
}

function Drawing({ t, curve, k, label }: { t: Texts; curve: readonly CurvePoint[]; k: number; label: string }) {
  const [box, width, text] = useSize();
  const small = text * 0.83;
  const most = Math.max(...curve.map((p) => Math.max(p.covered_persons, p.bound_persons)));
  const left = (t.number(Math.round(most)).length + 1) * small * 0.6;
  const frame = { width, height: Math.max(text * 13, Math.min(width * 0.58, 340)), left, right: 14, top: small * 2.2, bottom: small * 2.9 };
  const at = scale(curve, frame, Math.max(2, Math.floor(width / (small * 4))), 4);
  const ground = frame.height - frame.bottom;
  const here = curve.find((p) => p.k === k);
  const mark = t("plan.curve.this_plan");
  // Beside its point where there is room, else ending at the right edge.
  const markX = Math.min(at.x(k) + 12, width - mark.length * small * 0.64);
  return (
    <div class="curve" ref={box}>
      {width > 0 && (
        <svg role="img" aria-label={label} width={width} height={frame.height} viewBox={`0 0 ${width} ${frame.height}`} font-size={small}>
          {at.yTicks.map((persons) => (
            <g key={persons}>
              <line class="curve-grid" x1={frame.left} x2={width - frame.right} y1={at.y(persons)} y2={at.y(persons)} />
              <text class="curve-text" x={frame.left - small * 0.6} y={at.y(persons) + small * 0.36} text-anchor="end">
                {t.number(persons)}
              </text>
            </g>
          ))}
          <text class="curve-text" x={0} y={small}>
            {t("plan.curve.y")}
          </text>
          {at.xTicks.map((x) => (
            <text key={x} class="curve-text" x={at.x(x)} y={ground + small * 1.35} text-anchor="middle">
              {t.number(x)}
            </text>
          ))}
          <text class="curve-text" x={width - frame.right} y={frame.height - small * 0.35} text-anchor="end">
            {t("plan.curve.x")}
          </text>
          <path class="curve-between" d={between(curve, at)} />
          <path class="curve-limit" d={path(curve, at, "bound_persons")} />
          <path class="curve-found" d={path(curve, at, "covered_persons")} />
          {curve.map((p) => (
            <circle key={p.k} class="curve-dot" cx={at.x(p.k)} cy={at.y(p.covered_persons)} r="2.6" />
          ))}
          {here && (
            <g>
              <line class="curve-here-line" x1={at.x(k)} x2={at.x(k)} y1={ground} y2={at.y(here.covered_persons)} />
              <circle class="curve-here" cx={at.x(k)} cy={at.y(here.covered_persons)} r="7" />
              <text class="curve-text curve-strong curve-halo" x={markX} y={at.y(here.covered_persons) + small * 1.6}>
                {mark}
              </text>
            </g>
          )}
        </svg>
      )}
    </div>
  );
}

function Table({ t, curve, k }: { t: Texts; curve: readonly CurvePoint[]; k: number }) {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-labelledby="curve-title">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("plan.curve.column_k")}</th>
            <th scope="col">{t("plan.curve.column_found")}</th>
            <th scope="col">{t("plan.curve.column_step")}</th>
            <th scope="col">{t("plan.curve.column_limit")}</th>
          </tr>
        </thead>
        <tbody>
          {curve.map((p, i) => {
            const before = curve[i - 1];
            return (
              <tr key={p.k} class={p.k === k ? "row-here" : undefined}>
                <th scope="row">{t.number(p.k)}</th>
                <td>{t.number(reached(p.covered_persons))}</td>
                <td>{before ? `+${t.number(reached(p.covered_persons) - reached(before.covered_persons))}` : ""}</td>
                <td>{t.number(atMost(p.bound_persons))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
