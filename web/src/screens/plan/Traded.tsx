/** What a plan gave up against the first choice, its fronts and its districts. The page and the desk show the same. */
import "../../style/both.css";
import type { Figures, FrontPoint, Plan } from "../../core/plan.ts";
import type { Texts } from "../../core/texts.ts";
import { choiceName, shareDown, traded, walkUp } from "../../core/trade.ts";
import { atMost, minutes, reached } from "../../core/words.ts";

interface Props {
  readonly t: Texts;
  readonly plan: Plan;
}

export function Traded({ t, plan }: Props) {
  const lines = traded(t, plan);
  if (lines.length === 0) return null;
  return (
    <div class="traded">
      <p class="traded-choice">{choiceName(t, plan.summary.aim)}</p>
      <p>{t("plan.trade.against")}</p>
      <ul class="lines">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

type Name = "walk" | "cost";
const COLUMN = { walk: "farthest_min", cost: "cost" } as const;

export function Fronts({ t, plan }: Props) {
  return (
    <>
      {(["walk", "cost"] as const).map((name) => {
        const front = plan.fronts?.[name];
        return front && front.length > 1 && <Front key={name} t={t} plan={plan} name={name} front={front} />;
      })}
    </>
  );
}

/** Drawn in a frame of its own units, so that it fits any width; the table below says the same. */
const FRAME = { width: 360, height: 220, left: 64, right: 14, top: 14, bottom: 44 };

function Front({ t, plan, name, front }: Props & { name: Name; front: readonly FrontPoint[] }) {
  const column = COLUMN[name];
  const value = (point: FrontPoint): number => point[column] ?? 0;
  const told = (x: number): string => (name === "walk" ? walkUp(t, x) : t.number(x));
  const first = value(front[0] as FrontPoint);
  const last = value(front[front.length - 1] as FrontPoint);
  const least = Math.min(...front.map((p) => p.covered_persons));
  const most = Math.max(...front.map((p) => p.bound_persons));
  const bottom = least - Math.max(most - least, 1) * 0.15;
  const { width, height, left, right, top } = FRAME;
  const ground = height - FRAME.bottom;
  const x = (at: number): number => left + 16 + ((at - first) / Math.max(last - first, 1e-9)) * (width - left - right - 32);
  const y = (persons: number): number => ground - ((persons - bottom) / Math.max(most - bottom, 1)) * (ground - top);
  const line = (of: (p: FrontPoint) => number): string => front.map((p, i) => `${i === 0 ? "M" : "L"}${x(value(p)).toFixed(1)} ${y(of(p)).toFixed(1)}`).join("");
  const title = `front-${name}`;
  return (
    <section class="front" aria-labelledby={title}>
      <h2 id={title}>{t(`plan.front.${name}.title`)}</h2>
      <p>{t(`plan.front.${name}.text`, { minutes: minutes(t, plan.summary.minutes) })}</p>
      <svg class="front-drawing" role="img" aria-label={t(`plan.front.${name}.label`, { least: told(first), most: told(last) })} viewBox={`0 0 ${width} ${height}`} font-size="12">
        {[least, most].map((persons) => (
          <g key={persons}>
            <line class="curve-grid" x1={left} x2={width - right} y1={y(persons)} y2={y(persons)} />
            <text class="curve-text" x={left - 6} y={y(persons) + 4} text-anchor="end">
              {t.number(Math.round(persons))}
            </text>
          </g>
        ))}
        {front.map((p) => (
          <text key={value(p)} class="curve-text" x={x(value(p))} y={ground + 18} text-anchor="middle">
            {told(value(p))}
          </text>
        ))}
        <text class="curve-text" x={width - right} y={height - 6} text-anchor="end">
          {t(`plan.front.${name}.x`)}
        </text>
        <path class="curve-limit" d={line((p) => p.bound_persons)} />
        <path class="curve-found" d={line((p) => p.covered_persons)} />
        {front.map((p) => (
          <circle key={value(p)} class="curve-dot" cx={x(value(p))} cy={y(p.covered_persons)} r="3.4" />
        ))}
      </svg>
      <details>
        <summary>{t("plan.curve.show_table")}</summary>
        <div class="table-frame" tabIndex={0} role="region" aria-labelledby={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t(`plan.front.${name}.column`)}</th>
                <th scope="col">{t("plan.curve.column_found")}</th>
                <th scope="col">{t("plan.curve.column_limit")}</th>
              </tr>
            </thead>
            <tbody>
              {front.map((p) => (
                <tr key={value(p)}>
                  <th scope="row">{name === "walk" ? t("plan.figure.walk_value", { value: told(value(p)) }) : told(value(p))}</th>
                  <td>{t.number(reached(p.covered_persons))}</td>
                  <td>{t.number(atMost(p.bound_persons))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

export function Districts({ t, plan }: Props) {
  const districts = plan.districts;
  if (!districts || districts.rows.length < 2) return null;
  const share = (row: { readonly covered_persons: number; readonly persons: number }): number => row.covered_persons / (row.persons || 1);
  const rows = [...districts.rows].sort((a, b) => share(a) - share(b) || a.name.localeCompare(b.name));
  return (
    <section aria-labelledby="districts-title">
      <h2 id="districts-title">{t("plan.districts.title")}</h2>
      <p>
        {t.find(`plan.districts.${districts.how}`)} {t("plan.districts.small")} (*)
      </p>
      <details>
        <summary>{t("plan.districts.show_table")}</summary>
        <div class="table-frame" tabIndex={0} role="region" aria-labelledby="districts-title">
          <table>
            <thead>
              <tr>
                <th scope="col">{t("plan.districts.column_name")}</th>
                <th scope="col">{t("plan.districts.column_persons")}</th>
                <th scope="col">{t("plan.districts.column_covered")}</th>
                <th scope="col">{t("plan.districts.column_share")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name}>
                  <th scope="row">
                    {row.name}
                    {row.counts ? "" : " *"}
                  </th>
                  <td>{t.number(Math.round(row.persons))}</td>
                  <td>{t.number(reached(row.covered_persons))}</td>
                  <td>{row.persons > 0 && shareDown(t, share(row))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

/** Figures beside the people reached: the worst district, the longest walk, who has a second place. */
export function Further({ p, told }: { p: Texts; told: Partial<Figures> | undefined }) {
  if (!told) return null;
  const { worst_district: worst, farthest_min: walk, twice_persons: twice } = told;
  return (
    <>
      {worst && (
        <p class="figure" data-worst={worst.share}>
          <b>{shareDown(p, worst.share)}</b>{" "}
          <span>
            {p("plan.figure.worst")}: {worst.name}
          </span>
        </p>
      )}
      {typeof walk === "number" && (
        <p class="figure" data-walk={walk}>
          <b>{p("plan.figure.walk_value", { value: walkUp(p, walk) })}</b> <span>{p("plan.figure.farthest")}</span>
        </p>
      )}
      {twice !== undefined && (
        <p class="figure" data-twice={twice}>
          <b>{p.number(reached(twice))}</b> <span>{p("plan.figure.twice")}</span>
        </p>
      )}
    </>
  );
}
