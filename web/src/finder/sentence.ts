/** The sentence for the phone, of the place that stands first. */
import { direction } from "../core/find/arrow.ts";
import { sentence } from "../core/find/sentence.ts";
import { contradict } from "../core/find/trust.ts";
import { bearing, spotOf } from "./geo.ts";
import { placeOf, ranking } from "./ranking.ts";
import type { State } from "./state.ts";
import { placeName, roundedM, when, whatItIs } from "./words.ts";

const rounded = (metres: number | null): number | null => metres && roundedM(metres);

/** What to read out; "" while nobody said where they are. */
export function readOut(state: State): string {
  const { t, town, from } = state;
  if (!town || !from) return "";
  const row = ranking(state).places[0];
  const found = row && placeOf(town, row.index);
  if (!found) return sentence(null, town.emergency, t);
  const { point, status } = found;
  const next = row.ifShut[0];
  const nextPoint = next && placeOf(town, next.index)?.point;
  const own = placeName(t, town, point);
  const { visitors } = status;
  const against = contradict(visitors);
  return sentence(
    {
      name: own.includes(whatItIs(t, point)) ? own : `${whatItIs(t, point)}: ${own}`,
      address: own.includes(point.address) ? "" : point.address,
      ...row,
      ...status,
      lineM: rounded(row.lineM),
      direction: direction(bearing(from.spot, spotOf(point))),
      when: status.saidAtMin === null ? "" : when(t, town.zone, status.saidAtMin, state.nowMin),
      visitorsShut: against ? visitors.shut : 0,
      visitorsNotHere: against ? visitors.notHere : 0,
      then: next && nextPoint ? { minutes: next.minutes, lineM: rounded(next.lineM), name: placeName(t, town, nextPoint) } : null,
    },
    town.emergency,
    t,
  );
}
