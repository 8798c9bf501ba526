/** 1. To do now: everything somebody must look at, the most urgent first, and beside it what to do about the chosen one. */
import { useEffect, useRef, useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { ago, moment, nameIn, placeName, say, span, type Tongue } from "../format.ts";
import { useKeys } from "../keys.ts";
import type { PointRef, Todo as Item, TodoWhat } from "../model.ts";
import type { Lies } from "../lies.ts";
import { readRoute, to } from "../route.ts";
import type { T } from "../texts.ts";
import { Called } from "./Called.tsx";
import { Locate } from "./Locate.tsx";
import { Undertaking } from "./Undertaking.tsx";
import { WaitingPhoto } from "./Photos.tsx";
import { Choices, Heading, Kbd, Mine, PlaceLink, type Props, SaidLine, sayAll, StateMark, stateWord, tongue, Twice, useAct, useAsked, whereLine, against } from "./parts.tsx";

const ORDER: readonly TodoWhat[] = ["incident", "ordered", "contradicted", "need", "silent", "runs_out", "photo", "initiative", "proposal", "twin", "refused", "quarantine", "fork"];
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const num = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** What is the matter, in one line. */
export function line(on: Tongue, item: Item): string {
  const { t } = on;
  const v = item.values;
  switch (item.what) {
    case "ordered": {
      const by = num(v.open_by_at_min);
      if (v.answer === "refused") return t("todo.ordered.refused", { why: say(t, `cause.${text(v.because)}`) });
      if (v.order_kind === "stand_down") return t("todo.ordered.down", { time: moment(on, num(v.said_at_min) ?? item.since_at_min) });
      if (v.answer === "acknowledged") return t("todo.ordered.late", { time: by === null ? "" : moment(on, by) });
      return by !== null && by < on.nowMin ? t("todo.ordered.overdue", { time: moment(on, by) }) : t("todo.ordered.waits", { time: moment(on, by ?? item.since_at_min) });
    }
    case "contradicted":
      return t("todo.contradicted", { state: stateWord(t, text(v.said_state) as never) });
    case "silent": {
      const last = num(v.last_at_min);
      return last === null ? t("todo.silent.never") : t("todo.silent", { state: stateWord(t, text(v.state) as never), span: span(t, on.nowMin - last) });
    }
    case "need": {
      const lasts = num(v.lasts_min);
      return `${t("todo.need", { what: say(t, `short.${text(v.short_of)}`) })}${lasts === null ? "" : ` ${t("todo.need.lasts", { span: span(t, lasts) })}`}`;
    }
    case "incident":
      return say(t, `danger.${text(v.incident)}`);
    case "runs_out": {
      const out = num(v.out_at_min);
      return t("todo.runs_out", { what: say(t, `short.${text(v.what)}`), time: out === null ? "" : out <= on.nowMin ? t("time.now") : moment(on, out) });
    }
    case "proposal":
      return [text(v.address), v.owner_agrees === true ? t("todo.proposal.agrees") : ""].filter(Boolean).join(" · ");
    case "photo":
      return t(v.type === "kit" ? "photo.of_equipment" : "photo.of_place", { who: text(v.device) });
    case "initiative":
      return v.support ? t("initiative.supports", { who: text(v.organisation) || text(v.who) }) : t("initiative.new");
    case "twin":
      return t("todo.twin", { percent: num(v.likeness_percent) ?? 0, distance: v.distance_m === null ? t("app.unknown") : t("unit.m", { k: t.number(num(v.distance_m) ?? 0) }) });
    case "refused":
    case "quarantine":
      return `${say(t, `entry.${text(v.kind)}`, t("entry.other"))} · ${text(v.device)}`;
    case "fork":
      return text(v.device);
  }
}

export function titleOf(t: T, item: Item): string {
  if (item.point) return placeName(t, item.point);
  if (item.what === "proposal") return nameIn(t.language, (item.values.names as Record<string, string> | undefined) ?? {}) || text(item.values.address) || t("todo.what.proposal");
  if (item.what === "photo" || item.what === "initiative") return nameIn(t.language, (item.values.names as Record<string, string> | undefined) ?? {}) || t(`todo.what.${item.what}`);
  return text(item.values.scope_name) || t(`todo.what.${item.what}`);
}

export function Todo({ state, desk, id }: Props & { id: string }) {
  const on = tongue(state);
  const { t } = on;
  const [only, setOnly] = useState<TodoWhat | "">("");
  const last = useRef<Item | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const all = state.todo?.items ?? [];
  const inArea = state.area === "" ? all : all.filter((item) => !item.point || areaOf(state, item.point.id) === null || areaOf(state, item.point.id) === state.area);
  const items = only === "" ? inArea : inArea.filter((item) => item.what === only);
  const found = all.find((item) => item.key === id) ?? null;
  if (found) last.current = found;
  const chosen = found ?? (last.current?.key === id ? last.current : null);
  const open = (item: Item | undefined): void => {
    if (item) location.hash = to("todo", item.key);
  };
  const step = (by: 1 | -1): void => {
    const at = items.findIndex((item) => item.key === id);
    open(items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + by))]);
  };
  useKeys({ j: () => step(1), arrowdown: () => step(1), k: () => step(-1), arrowup: () => step(-1), escape: id === "" ? undefined : () => (location.hash = to("todo")) });
  // On a wide screen the most urgent is open at once; on a narrow one the list comes first.
  useEffect(() => {
    if (id === "" && readRoute(location.hash).id === "" && items[0] && matchMedia("(min-width: 64em)").matches) history.replaceState(null, "", to("todo", items[0].key)), dispatchEvent(new HashChangeEvent("hashchange"));
  }, [id, items[0]?.key]);
  useEffect(() => list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), [id]);
  const kinds = ORDER.map((what) => ({ what, n: inArea.filter((item) => item.what === what).length })).filter(({ n }) => n > 0);
  const groups = (["now", "soon", "later"] as const).map((urgency) => ({ urgency, items: items.filter((item) => item.urgency === urgency) })).filter((group) => group.items.length > 0);
  return (
    <div class="two two-todo" data-open={chosen ? "" : undefined}>
      <div class="two-list" ref={list}>
        <Heading>{t("screen.todo")}</Heading>
        {state.todo === null ? (
          <p class="quiet">{t("app.asking")}</p>
        ) : all.length === 0 ? (
          <p class="nothing">{t("todo.nothing", { time: moment(on, state.todo.as_of_at_min) })}</p>
        ) : (
          <>
            <div class="chips" role="group" aria-label={t("todo.only")}>
              <button type="button" class="chip" aria-pressed={only === ""} onClick={() => setOnly("")}>
                {t("todo.all")} <b>{t.number(inArea.length)}</b>
              </button>
              {kinds.map(({ what, n }) => (
                <button key={what} type="button" class="chip" aria-pressed={only === what} onClick={() => setOnly(only === what ? "" : what)}>
                  {t(`todo.what.${what}`)} <b>{t.number(n)}</b>
                </button>
              ))}
            </div>
            {groups.map(({ urgency, items: some }) => (
              <section key={urgency} class={`urgency urgency-${urgency}`} aria-labelledby={`urgency-${urgency}`}>
                <h2 id={`urgency-${urgency}`}>
                  {t(`todo.${urgency}`)} <span class="quiet">{t.number(some.length)}</span>
                </h2>
                <ul class="todos">
                  {some.map((item) => (
                    <li key={item.key}>
                      <a class={`todo todo-${item.what}`} href={to("todo", item.key)} aria-current={item.key === id ? "true" : undefined} data-todo={item.what} data-key={item.key}>
                        <Glyph what={item.what} />
                        <span class="todo-text">
                          <span class="todo-kind">{t(`todo.what.${item.what}`)}</span>
                          <b>{titleOf(t, item)}</b>
                          <span>{line(on, item)}</span>
                        </span>
                        <span class="todo-side">
                          <time>{ago(on, item.since_at_min)}</time>
                          {item.point && state.called[item.point.id] !== undefined && <small>{t("call.called", { time: moment(on, state.called[item.point.id] ?? 0) })}</small>}
                          {item.point && state.reports.some((one) => one.scope === item.point?.id && one.standing === "phone") && <small>{t("sent.way")}</small>}
                        </span>
                      </a>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </>
        )}
      </div>
      <div class="two-pane">
        {chosen ? (
          <Detail key={chosen.key} state={state} desk={desk} item={chosen} settled={!found} next={() => open(items.find((item) => item.key !== id))} />
        ) : (
          <p class="quiet pane-empty">{t("todo.choose")}</p>
        )}
      </div>
    </div>
  );
}

function areaOf(state: Props["state"], point: string): string | null {
  const row = state.places?.rowOf.get(point);
  return row === undefined ? null : (state.places?.table.area[row] ?? null);
}

const GLYPHS: Readonly<Record<TodoWhat, string>> = {
  incident: "M12 4l9 16H3zM12 10v5M12 17.6v.1",
  ordered: "M5 12h10M11 7l5 5l-5 5M20 5v14",
  contradicted: "M4 8h11l-3-3M20 16H9l3 3",
  silent: "M6 5l3 0l1.5 4l-2 1.5a11 11 0 0 0 5 5l1.5-2l4 1.5v3a1 1 0 0 1-1 1A14 14 0 0 1 5 6a1 1 0 0 1 1-1",
  need: "M12 5v14M5 12h14",
  runs_out: "M7 4h10M7 20h10M8 4c0 5 8 6 8 8s-8 3-8 8M16 4c0 5-8 6-8 8s8 3 8 8",
  photo: "M4 8h4l1.500-2.500h5L16 8h4v11H4zM12 10.500a3 3 0 1 0 0 6a3 3 0 1 0 0-6",
  initiative: "M6 20V4M6 5h11l-2.500 4L17 13H6",
  proposal: "M12 21s-6-5.5-6-10a6 6 0 0 1 12 0c0 4.500-6 10-6 10M12 8.500v5M9.500 11h5",
  twin: "M4 6h10v10H4zM10 10h10v10H10z",
  refused: "M6 4h9l4 4v12H6zM9.500 11l5 5M14.500 11l-5 5",
  quarantine: "M6 4h9l4 4v12H6zM12 10v4M12 16.600v.1",
  fork: "M12 20v-7M12 13L6 5M12 13l6-8",
};

function Glyph({ what }: { what: TodoWhat }) {
  return (
    <svg class="glyph" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
      <path d={GLYPHS[what]} />
    </svg>
  );
}

/** The chosen thing and what can be done about it. */
function Detail({ state, desk, item, settled, next }: Props & { item: Item; settled: boolean; next: () => void }) {
  const on = tongue(state);
  const { t } = on;
  useKeys({ n: next });
  return (
    <article class="detail" data-detail={item.what} data-settled={settled ? "" : undefined}>
      <a class="link back-narrow" href={to("todo")}>
        {t("todo.back")}
      </a>
      <p class="todo-kind">{t(`todo.what.${item.what}`)}</p>
      <h2 class="detail-title">{item.point ? <PlaceLink t={t} point={item.point} /> : titleOf(t, item)}</h2>
      {item.point && (
        <p class="detail-place">
          <StateMark t={t} shown={item.point.shown} /> <span class="quiet">{whereLine(item.point)}</span>
          <small>
            <SaidLine tongue={on} point={item.point} />
          </small>
        </p>
      )}
      <p class="detail-line">{line(on, item)}</p>
      {settled ? (
        <section class="settled" role="status">
          <h3>{t("todo.settled")}</h3>
          {item.point && <Mine state={state} about={item.point.id} />}
        </section>
      ) : (
        <Doing state={state} desk={desk} item={item} />
      )}
      <p class="next">
        <button type="button" class="choice" onClick={next} aria-keyshortcuts="n">
          <span>{t("todo.next")}</span> <Kbd keys="n" />
        </button>
      </p>
    </article>
  );
}

function Doing({ state, desk, item }: Props & { item: Item }) {
  const on = tongue(state);
  const { t } = on;
  const v = item.values;
  const point = item.point;
  switch (item.what) {
    case "ordered":
      return (
        <>
          <p class="quiet">{t("todo.ordered.not_open")}</p>
          {point && <Called state={state} desk={desk} point={point} phone={item.phone} order={{ id: text(v.order), open: v.order_kind !== "stand_down" }} />}
          <a class="link" href={to("orders", text(v.order))}>
            {t("todo.ordered.see")}
          </a>
        </>
      );
    case "contradicted":
      return (
        <>
          <ul class="against">
            <li>
              <b>{say(t, `who.${text(v.by)}`, t("app.unknown"))}</b>: {stateWord(t, text(v.said_state) as never)}, {moment(on, num(v.said_at_min) ?? item.since_at_min)}
            </li>
            {((v.against as readonly Record<string, unknown>[] | undefined) ?? []).map((one) => (
              <li key={`${text(one.who)}${text(one.state)}`}>
                {against(t, one)}{" "}
                <span class="quiet">{moment(on, num(one.last_at_min) ?? item.since_at_min)}</span>
              </li>
            ))}
          </ul>
          {point && <Called state={state} desk={desk} point={point} phone={item.phone} />}
        </>
      );
    case "silent":
      return point ? <Called state={state} desk={desk} point={point} phone={item.phone} /> : null;
    case "incident":
      return (
        <>
          <p class="steps">{t.find(`danger.do.${text(v.incident)}`) ?? t("danger.do.other")}</p>
          {point && <Called state={state} desk={desk} point={point} phone={item.phone} />}
          <p class="quiet">{t("todo.incident.never_alone")}</p>
        </>
      );
    case "need":
      return <Need state={state} desk={desk} item={item} />;
    case "runs_out":
      return <RunsOut state={state} desk={desk} item={item} />;
    case "proposal":
      return <Proposal state={state} desk={desk} item={item} />;
    case "photo":
      return <WaitingPhoto state={state} desk={desk} item={item} />;
    case "initiative":
      return <Undertaking state={state} desk={desk} item={item} />;
    case "twin":
      return <Twin state={state} desk={desk} item={item} />;
    case "refused":
    case "quarantine":
      return <Odd state={state} desk={desk} item={item} />;
    case "fork":
      return (
        <>
          <p>{t("todo.fork.what", { device: text(v.device), place: text(v.scope_name) })}</p>
          <a class="choice" href={to("people")}>
            {t("todo.fork.devices")}
          </a>
        </>
      );
  }
}

function Need({ state, desk, item }: Props & { item: Item }) {
  const { t } = state;
  const act = useAct(desk, t);
  const point = item.point;
  if (!point) return null;
  return (
    <>
      <h3>{t("need.settle")}</h3>
      <Choices
        label={t("need.settle")}
        disabled={act.busy}
        choices={acts.MET_BY.map((one, k) => ({ value: one, text: t(`need.met.${one}`), key: String(k + 1) }))}
        choose={(how) => void act.run(() => sayAll(desk, t, acts.met(text(item.values.need), point.id, how)))}
      />
      <Choices
        small
        label={t("need.send")}
        disabled={act.busy}
        choices={[{ value: "send", text: t("need.send"), key: "d" }]}
        choose={() => void act.run(() => sayAll(desk, t, [acts.left([], point.id, text(item.values.need), desk.device.member?.net ?? "")]))}
      />
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      <Called state={state} desk={desk} point={point} phone={item.phone} />
    </>
  );
}

function RunsOut({ state, desk, item }: Props & { item: Item }) {
  const { t } = state;
  const act = useAct(desk, t);
  const [amount, setAmount] = useState("");
  const point = item.point;
  if (!point) return null;
  const what = text(item.values.what);
  const field = what === "fuel" ? "fuelL" : what === "wood" ? "woodKg" : what === "water" ? "waterL" : "";
  const value = amount.trim() === "" ? null : Number(amount.replace(",", "."));
  return (
    <>
      {field !== "" && (
        <form
          class="inline"
          onSubmit={(event) => {
            event.preventDefault();
            if (value !== null && value >= 0) void act.run(() => sayAll(desk, t, acts.saidCounted(point.id, { [field]: value })));
          }}
        >
          <label for="counted">{t(`count.${field}`)}</label>
          <input id="counted" inputMode="decimal" value={amount} onInput={(event) => setAmount(event.currentTarget.value)} />
          <button type="submit" class="choice" disabled={act.busy || value === null || !(value >= 0)}>
            {t("count.say")}
          </button>
        </form>
      )}
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      <Called state={state} desk={desk} point={point} phone={item.phone} />
    </>
  );
}

/** Two that may be one, settled side by side. */
function Twin({ state, desk, item }: Props & { item: Item }) {
  const on = tongue(state);
  const { t } = on;
  const act = useAct(desk, t);
  const point = item.point;
  const other = item.values.other as PointRef | undefined;
  if (!point || !other) return null;
  return (
    <>
      <div class="twins">
        {[point, other].map((one) => (
          <TwinCard key={one.id} on={on} point={one} beside={one === point ? other : point} />
        ))}
      </div>
      <Choices
        label={t("twin.ask")}
        disabled={act.busy}
        choices={[
          { value: "same", text: t("twin.same"), key: "s" },
          { value: "two", text: t("twin.two"), key: "t" },
        ]}
        choose={(value) => void act.run(() => sayAll(desk, t, acts.samePlace(point.id, other.id, value === "same")))}
      />
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      <Mine state={state} about={point.id} />
    </>
  );
}

export function TwinCard({ on, point, beside }: { on: Tongue; point: PointRef; beside: PointRef }) {
  const { t } = on;
  const row = (label: string, mine: string, theirs: string) => (
    <>
      <dt>{label}</dt>
      <dd class={mine === theirs ? "same" : "differs"}>{mine || t("app.unknown")}</dd>
    </>
  );
  return (
    <div class="twin">
      <h3>
        <PlaceLink t={t} point={point} />
      </h3>
      <StateMark t={t} shown={point.shown} />
      <dl>
        {row(t("place.address"), point.address, beside.address)}
        {row(t("place.district"), point.district, beside.district)}
        {row(t("place.kind"), say(t, `kind.${point.kind}`, ""), say(t, `kind.${beside.kind}`, ""))}
        {row(t("place.said"), point.said_at_min === null ? "" : moment(on, point.said_at_min), beside.said_at_min === null ? "" : moment(on, beside.said_at_min))}
      </dl>
    </div>
  );
}

/** A proposal, decided on. What is decided can be equipped afterwards. */
function Proposal({ state, desk, item }: Props & { item: Item }) {
  const { t } = state;
  const act = useAct(desk, t);
  const place = text(item.values.place);
  const asked = useAsked<readonly Readonly<Record<string, unknown>>[]>(desk, "desk/proposals");
  const v = asked.data?.find((one) => one.place === place) ?? item.values;
  const said = num(v.lon_e7) === null || num(v.lat_e7) === null ? null : { lonE7: num(v.lon_e7) ?? 0, latE7: num(v.lat_e7) ?? 0 };
  const [put, setPut] = useState<Lies | null>(null);
  const lies = said ?? put;
  const spot: acts.Spot = {
    names: (v.names as Record<string, string> | undefined) ?? {},
    address: text(v.address),
    lonE7: lies?.lonE7 ?? null,
    latE7: lies?.latE7 ?? null,
    area: text(v.area),
  };
  const scope = text(v.area) || (desk.device.member?.net ?? "");
  return (
    <>
      <dl class="pairs">
        <dt>{t("place.address")}</dt>
        <dd>{spot.address || t("app.unknown")}</dd>
        <dt>{t("proposal.indoors")}</dt>
        <dd>{v.indoors === true ? t("app.yes") : v.indoors === false ? t("app.no") : t("app.unknown")}</dd>
        <dt>{t("proposal.agrees")}</dt>
        <dd>{v.owner_agrees === true ? t("app.yes") : v.owner_agrees === false ? t("app.no") : t("app.unknown")}</dd>
        {typeof v.why === "object" && v.why !== null && nameIn(t.language, v.why as Record<string, string>) !== "" && (
          <>
            <dt>{t("proposal.why")}</dt>
            <dd>{nameIn(t.language, v.why as Record<string, string>)}</dd>
          </>
        )}
        {text(v.contact) !== "" && (
          <>
            <dt>{t("proposal.contact")}</dt>
            <dd>{[text(v.who), text(v.contact)].filter(Boolean).join(", ")}</dd>
          </>
        )}
      </dl>
      {said === null && (
        <>
          <h3>{t("locate.title")}</h3>
          <Locate state={state} desk={desk} area={text(v.area)} value={put} choose={setPut} />
        </>
      )}
      <Choices
        label={t("proposal.ask")}
        disabled={act.busy || asked.data === undefined}
        choices={[
          { value: "yes", text: t("proposal.yes"), key: "y" },
          { value: "no", text: t("proposal.no"), key: "d" },
        ]}
        choose={(value) => void act.run(() => sayAll(desk, t, acts.decided(place, scope, spot, value === "no")))}
      />
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      <p class="quiet">{t("proposal.then")}</p>
      <Mine state={state} about={place} />
    </>
  );
}

/** A report that does not count as it stands: who said it, why it does not count, and it is settled. */
function Odd({ state, desk, item }: Props & { item: Item }) {
  const { t } = state;
  const act = useAct(desk, t);
  const v = item.values;
  const about = item.point?.id ?? desk.device.member?.net ?? "";
  return (
    <>
      <dl class="pairs">
        <dt>{t("odd.what")}</dt>
        <dd>{say(t, `entry.${text(v.kind)}`, t("entry.other"))}</dd>
        <dt>{t("odd.who")}</dt>
        <dd>{text(v.device)}</dd>
        <dt>{t("odd.why")}</dt>
        <dd>{say(t, `odd.because.${text(v.reason).replaceAll(/[^a-z]+/gi, "_").toLowerCase()}`, text(v.reason))}</dd>
      </dl>
      <p>{t(`odd.help.${item.what as "refused" | "quarantine"}`)}</p>
      <div class="row-of">
        <Twice text={t("odd.set_aside")} sure={t("odd.set_aside_sure")} disabled={act.busy} act={() => void act.run(() => sayAll(desk, t, acts.wrong(text(v.record), about)))} />
        <a class="choice" href={to("people")}>
          {t("todo.fork.devices")}
        </a>
      </div>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      {item.point && <Called state={state} desk={desk} point={item.point} phone={item.phone} />}
    </>
  );
}
