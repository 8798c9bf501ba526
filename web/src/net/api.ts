/** Talking with the program on this computer. Every failure is one `Fault`: what, where, how to mend. */
import type { Compared, Plan, PlanRow } from "../core/plan.ts";

export class Fault extends Error {
  constructor(
    readonly what: string,
    readonly mend: string,
    /** "unreachable": nobody answered; "answered": the program said what is wrong */
    readonly kind: "unreachable" | "answered",
  ) {
    super(what);
  }
}

async function get<T>(path: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { headers: { accept: "application/json" } });
  } catch {
    throw new Fault(path, "", "unreachable");
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok || body === null) {
    const error = (body as { error?: { what?: string; mend?: string } } | null)?.error;
    throw new Fault(error?.what ?? `${response.status}`, error?.mend ?? "", "answered");
  }
  return body as T;
}

const plans = "/api/v1/plans";

export const listPlans = async (): Promise<readonly PlanRow[]> => (await get<{ plans: PlanRow[] }>(plans)).plans;
export const getPlan = (id: string): Promise<Plan> => get(`${plans}/${encodeURIComponent(id)}`);

export const comparePlans = (id: string, other: string): Promise<Compared> => get(`${plans}/${encodeURIComponent(id)}/compare/${encodeURIComponent(other)}`);

/** Addresses of what belongs to a plan. */
export const filesOf = (id: string) => {
  const base = `${plans}/${encodeURIComponent(id)}`;
  return {
    plan: base,
    sites: `${base}/sites.geojson`,
    catchments: `${base}/catchments.geojson`,
    unserved: `${base}/cells.geojson?covered=false`,
    report: `${base}/report.html`,
  };
};

export const basemapOf = (area: string): string => `/areas/${encodeURIComponent(area)}/basemap.pmtiles`;
