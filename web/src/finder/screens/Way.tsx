import { useEffect, useState } from "preact/hooks";
import { distanceM, type Spot, spotOf } from "../geo.ts";
import { follow } from "../position.ts";
import { afterShut, minutesFrom, placeOf } from "../ranking.ts";
import { to } from "../route.ts";
import { here, placeName, roundedM } from "../words.ts";
import { Arrow, Heading, Nothing } from "./parts.tsx";
import type { Props } from "./props.ts";

/** Nearer than this one looks for the door, not for the way [m]. */
const THERE_M = 40;

/** 5. On the way: works without a network. */
export function Way({ state, act }: Props) {
  const { t, town, walk, from } = state;
  const [at, setAt] = useState<Spot | null>(null);
  const box = town?.box ?? null;
  // Only a walk that began at the phone's own position goes on with it: nobody is asked for a position he did not use.
  const byPosition = from?.name === "";
  useEffect(() => (byPosition ? follow(box, setAt) : undefined), [byPosition, box]);
  const found = town && walk && placeOf(town, walk.id);
  if (!town || !walk || !found) {
    return <Nothing t={t} title="way.none" />;
  }
  const { point } = found;
  const goal = spotOf(point);
  const start = at ?? from?.spot ?? null;
  const there = at !== null && distanceM(at, goal) <= THERE_M;
  const left = at ? minutesFrom(state, at, found.index) : null;
  const planned = walk.minutes === null ? null : Math.max(0, walk.minutes - Math.max(0, state.nowMin - walk.startedAtMin));
  const landmark = here(t, town, point.find) || here(t, town, point.entrance);
  const next = afterShut(state, found.index);
  return (
    <div class="on-the-way">
      <Heading>{placeName(t, town, point)}</Heading>
      {start && !there && <Arrow t={t} from={start} to={goal} big />}
      <p class="minutes" role="status">
        {there || planned === 0 ? t("way.there") : left !== null ? t("way.left", { n: left }) : at ? t("walk.line_m", { n: roundedM(distanceM(at, goal)) }) : planned !== null ? t("way.left_estimate", { n: planned }) : t("walk.not_known")}
      </p>
      <p class="landmark">
        {landmark ? `${t("way.look_for")} ${landmark}` : point.address}
      </p>
      {next && (
        <button type="button" class="act act-main" onClick={() => act.goOn(found.index, next)}>
          {t("way.shut")}
          <small>
            {next.minutes === null
              ? t("way.next", { name: placeName(t, town, next.point) })
              : t("way.next_min", { name: placeName(t, town, next.point), n: next.minutes })}
          </small>
        </button>
      )}
      {!next && (
        <a class="act act-main" href={to("others")}>
          {t("way.shut")}
          <small>{t("go.others")}</small>
        </a>
      )}
    </div>
  );
}
