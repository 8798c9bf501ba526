import { useEffect, useRef } from "preact/hooks";
import type { Existing, Plan, Site } from "../../core/plan.ts";
import type { Texts } from "../../core/texts.ts";
import { adds, asked, kind, minutes, people, placeName, reasons } from "../../core/words.ts";

interface Props {
  readonly t: Texts;
  readonly plan: Plan;
  readonly chosen: string | null;
  /** Opens a place; closes it if it is open already. */
  readonly toggle: (id: string) => void;
}

/** The list of places: one at a time opens its reasons. */
export function Places({ t, plan, chosen, toggle }: Props) {
  const { sites } = plan.summary;
  return (
    <section class="places" id="places" aria-labelledby="places-title" tabIndex={-1}>
      <h2 id="places-title">{t("plan.sites.title")}</h2>
      {sites.length > 0 && <p class="hint">{t("plan.sites.hint")}</p>}
      <ol class="place-list">
        {sites.map((site) => (
          <NewPlace key={site.id} t={t} plan={plan} site={site} open={site.id === chosen} toggle={toggle} />
        ))}
      </ol>
      {plan.existing.length > 0 && (
        <>
          <h2>{t("plan.sites.existing_title")}</h2>
          <ul class="place-list">
            {plan.existing.map((point) => (
              <ExistingPlace key={point.id} t={t} plan={plan} point={point} open={point.id === chosen} toggle={toggle} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface RowProps {
  readonly t: Texts;
  readonly plan: Plan;
  readonly open: boolean;
  readonly toggle: (id: string) => void;
}

/** A row that opens comes into view, head first; one that is wholly in view stays where it is. */
function useShown(open: boolean) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const element = row.current;
    if (!open || !element) return;
    const { top, bottom } = element.getBoundingClientRect();
    const covered = Number.parseFloat(getComputedStyle(element).scrollMarginTop);
    if (top >= covered && bottom <= innerHeight) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }, [open]);
  return row;
}

function NewPlace({ t, plan, site, open, toggle }: RowProps & { site: Site }) {
  const row = useShown(open);
  const body = `place-${site.rank}`;
  const reach = plan.summary.minutes;
  return (
    <li ref={row} class={open ? "place place-open" : "place"} data-place-row={site.id}>
      <h3>
        <button type="button" class="place-head" aria-expanded={open} aria-controls={body} onClick={() => toggle(site.id)}>
          <span class="marker-new place-face">{site.rank}</span>
          <span class="place-text">
          <span class="place-words">
            <span class="place-name">{placeName(t, site)}</span>
            <span class="place-what">
              {kind(t, site)}, <span class={`asked asked-${site.asked.replaceAll(" ", "-")}`}>{asked(t, site).toLocaleLowerCase(t.language)}</span>
            </span>
          </span>
          <span class="place-adds">{adds(t, site.adds_persons)}</span>
          </span>
        </button>
      </h3>
      <div id={body} class="place-body" hidden={!open}>
        <h4>{t("plan.site.why")}</h4>
        <ul class="why">
          {reasons(t, site, reach).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
        <dl class="facts">
          {site.covers_persons !== undefined && <Fact label={t("plan.site.covers_label")} value={people(t, site.covers_persons)} />}
          <Fact label={t("plan.site.backup_label")} value={people(t, site.backup_persons)} />
          {site.farthest_walk_min != null && <Fact label={t("plan.site.farthest_label")} value={t("plan.minutes_short", { n: Math.ceil(site.farthest_walk_min) })} />}
          <Fact label={t("plan.asked.title")} value={asked(t, site)} />
          <Fact label={t("plan.site.position")} value={position(site)} />
        </dl>
        {site.asked === "not asked" && <p class="quiet">{t("plan.site.not_asked_note")}</p>}
      </div>
    </li>
  );
}

function ExistingPlace({ t, plan, point, open, toggle }: RowProps & { point: Existing }) {
  const row = useShown(open);
  const body = `existing-${point.id}`;
  return (
    <li ref={row} class={open ? "place place-open" : "place"} data-place-row={point.id}>
      <h3>
        <button type="button" class="place-head" aria-expanded={open} aria-controls={body} onClick={() => toggle(point.id)}>
          <span class="marker-existing place-face" />
          <span class="place-words">
            <span class="place-name">{placeName(t, point)}</span>
            <span class="place-what">{t("plan.kind.existing")}</span>
          </span>
        </button>
      </h3>
      <div id={body} class="place-body" hidden={!open}>
        <dl class="facts">
          {point.covers_persons !== undefined && (
            <Fact label={t("plan.site.covers_label")} value={`${people(t, point.covers_persons)} (${minutes(t, plan.summary.minutes)})`} />
          )}
          <Fact label={t("plan.site.position")} value={position(point)} />
        </dl>
      </div>
    </li>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Latitude first, as people, phones and cars write it; files of ours are lon, lat. */
const position = (place: { lon: number; lat: number }): string => `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`;
