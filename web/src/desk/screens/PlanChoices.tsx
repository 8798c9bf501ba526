/** The three choices by what they mean: those that were reckoned are opened, the others are reckoned here. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Plan, PlanRow } from "../../core/plan.ts";
import type { Texts } from "../../core/texts.ts";
import { choiceName } from "../../core/trade.ts";
import type { Desk } from "../desk.ts";
import { to } from "../route.ts";
import type { T } from "../texts.ts";
import type { Props } from "./parts.tsx";
import { E7, type Spot } from "./Plan.tsx";

const AIMS = ["most", "near", "backup"] as const;
type Aim = (typeof AIMS)[number] | "own";
const AGAIN_MS = 1200;

export interface Variant {
  readonly busy: boolean;
  readonly fault: string;
  readonly make: (aim: Aim, spots?: readonly Spot[]) => void;
}

/** Has another plan made like this one, asks until it is there, and opens it. */
export function useVariant(desk: Desk, t: T, id: string): Variant {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const gone = useRef(false);
  useEffect(() => () => void (gone.current = true), []);
  const make = (aim: Aim, spots: readonly Spot[] = []): void => {
    const sites = spots.filter((spot) => !spot.taken).map(({ lon, lat }) => ({ lon_e7: E7(lon), lat_e7: E7(lat) }));
    const wanted = { aim, language: t.language === "uk" ? "uk" : "en", sites: aim === "own" ? sites : [] };
    const again = async (): Promise<void> => {
      const said = await desk.device.json<{ readonly id: string; readonly made: boolean }>("POST", `desk/plans/${encodeURIComponent(id)}/variants`, wanted);
      if (gone.current) return;
      if (said.made) location.hash = to("plan", said.id);
      else {
        await new Promise((wake) => setTimeout(wake, AGAIN_MS));
        if (!gone.current) await again();
      }
    };
    setBusy(true);
    setFault("");
    again()
      .catch((error: unknown) => !gone.current && setFault(t("app.fault", { why: error instanceof Error ? error.message : String(error) })))
      .finally(() => !gone.current && setBusy(false));
  };
  return { busy, fault, make };
}

export function Choices({ state, desk, p, plan, id, rows }: Props & { p: Texts; plan: Plan; id: string; rows: readonly PlanRow[] }) {
  const { t } = state;
  const variant = useVariant(desk, t, id);
  const aim = plan.summary.aim ?? "most";
  const like = (row: PlanRow): boolean => row.area === plan.area.name && row.k === plan.summary.k && row.minutes === plan.summary.minutes;
  const shown = (AIMS as readonly string[]).includes(aim) ? AIMS : [...AIMS, aim];
  return (
    <div class="stack">
      <div class="choices" role="group" aria-label={t("plan.choices")}>
        {shown.map((one) => {
          const row = rows.find((each) => (each.aim ?? "most") === one && like(each));
          const here = one === aim;
          return (
            <button
              key={one}
              type="button"
              class="choice"
              aria-pressed={here}
              disabled={variant.busy}
              data-aim={one}
              onClick={() => {
                if (here) return;
                if (row) location.hash = to("plan", row.id);
                else variant.make(one as Aim);
              }}
            >
              {choiceName(p, one)}
            </button>
          );
        })}
      </div>
      {variant.busy && <p role="status">{t("plan.making")}</p>}
      {variant.fault !== "" && <p class="fault" role="alert">{variant.fault}</p>}
    </div>
  );
}
