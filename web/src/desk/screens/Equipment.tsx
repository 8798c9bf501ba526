/** 6. Equipment: promised, ready, on the road, standing, down; in whose hands; until when the running costs are paid. */
import { useEffect, useState } from "preact/hooks";
import * as acts from "../acts.ts";
import { moment, money, nameIn, placeName, say, shownDay } from "../format.ts";
import type { Equipment, PointRef } from "../model.ts";
import { to } from "../route.ts";
import { AddPhoto } from "./Photos.tsx";
import { PointChoice } from "./PointChoice.tsx";
import { Coming, Heading, type Props, sayAll, tongue, useAct, useAsked } from "./parts.tsx";

type Row = Readonly<Record<string, unknown>>;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const COLUMNS = ["promised", "ready", "road", "standing", "down"] as const;

export function EquipmentScreen({ state, desk }: Props) {
  const on = tongue(state);
  const { t } = on;
  const asked = useAsked<Equipment>(desk, "desk/equipment");
  const proposals = useAsked<readonly Row[]>(desk, "desk/proposals");
  const gear = asked.data;
  useEffect(() => {
    const look = (): void => void desk.places().catch(() => undefined);
    look();
    return desk.hear(look);
  }, []);
  const taken = (proposals.data ?? []).filter((one) => one.decided === "taken");
  const column = (which: (typeof COLUMNS)[number]): readonly Row[] => {
    if (!gear) return [];
    if (which === "promised") return gear.promises.filter((one) => one.state === "promised" || one.state === "part");
    if (which === "ready") return gear.kits.filter((one) => one.state === "described" || one.state === "assembled");
    if (which === "road") return [...gear.kits.filter((one) => one.state === "on_the_road"), ...gear.deliveries.filter((one) => one.state === "on_the_way")];
    return gear.kits.filter((one) => one.state === which);
  };
  return (
    <section class="page-wide stack">
      <Heading>{t("screen.equipment")}</Heading>
      <Coming t={t} asked={asked} />
      {gear && (
        <>
          <div class="board">
            {COLUMNS.map((which) => (
              <section key={which} class={`board-column board-${which}`} aria-labelledby={`column-${which}`}>
                <h2 id={`column-${which}`}>
                  {t(`gear.${which}`)} <span class="quiet">{t.number(column(which).length)}</span>
                </h2>
                <ul>
                  {column(which).map((one) =>
                    which === "promised" ? (
                      <Promised key={text(one.id)} state={state} desk={desk} one={one} />
                    ) : "loads" in one ? (
                      <Delivery key={text(one.id)} state={state} desk={desk} one={one} />
                    ) : (
                      <Kit key={text(one.id)} state={state} desk={desk} one={one} which={which} />
                    ),
                  )}
                </ul>
                {column(which).length === 0 && <p class="quiet">{t("gear.none")}</p>}
              </section>
            ))}
          </div>
          <div class="columns">
            <section class="card" aria-labelledby="costs">
              <h2 id="costs">{t("gear.costs")}</h2>
              {gear.costs.length === 0 && <p class="quiet">{t("gear.no_costs")}</p>}
              <ul class="plain-rows">
                {gear.costs.slice(0, 100).map((one) => {
                  const days = one.ends_in_days;
                  return (
                    <li key={(one.point as PointRef).id}>
                      <a class="place-link" href={to("place", (one.point as PointRef).id)}>
                        {placeName(t, one.point as PointRef)}
                      </a>
                      <span class={typeof days === "number" && days < 14 ? "fault" : undefined}>{text(one.paid_until) === "" ? t("gear.unpaid") : t("gear.paid", { day: shownDay(text(one.paid_until)) })}</span>
                    </li>
                  );
                })}
              </ul>
            </section>
            <section class="card stack" aria-labelledby="decided">
              <h2 id="decided">{t("gear.decided")}</h2>
              {taken.length === 0 && <p class="quiet">{t("gear.no_decided")}</p>}
              <ul class="plain-rows">
                {taken.map((one) => (
                  <Decided key={text(one.place)} state={state} desk={desk} one={one} />
                ))}
              </ul>
            </section>
            <NewPromise state={state} desk={desk} />
            <NewKit state={state} desk={desk} promises={gear.promises} />
          </div>
        </>
      )}
    </section>
  );
}

const nameOf = (t: Props["state"]["t"], one: Row): string => nameIn(t.language, (one.names as Record<string, string> | undefined) ?? {});

function pointName(state: Props["state"], id: string): string {
  const row = state.places?.rowOf.get(id);
  if (row === undefined) return "";
  return placeName(state.t, { names: state.places?.table.name[row] ?? {}, kind: state.places?.table.kind[row] ?? "" });
}

function Where({ state, id }: { state: Props["state"]; id: string }) {
  const name = pointName(state, id);
  return name === "" ? null : (
    <a class="place-link" href={to("place", id)}>
      {name}
    </a>
  );
}

function Promised({ state, desk, one }: Props & { one: Row }) {
  const on = tongue(state);
  const { t } = on;
  const act = useAct(desk, t);
  const net = desk.device.member?.net ?? "";
  return (
    <li class="gear" data-promise={text(one.id)} data-state={text(one.state)}>
      <b>
        {typeof one.count === "number" && one.count > 1 ? `${t.number(one.count)} × ` : ""}
        {say(t, `help.${text(one.what)}`)}
      </b>
      {typeof one.amount_minor === "number" && <span>{money(t, one.amount_minor, one.currency)}</span>}
      <small>
        {[text(one.giver), moment(on, Number(one.made_at_min)), text(one.deliver_by) !== "" ? t("gear.by", { day: shownDay(text(one.deliver_by)) }) : ""].filter(Boolean).join(" · ")}
      </small>
      <Where state={state} id={text(one.point)} />
      {["yurt", "tent", "kit", "generator", "stove"].includes(text(one.what)) && (
        <button type="button" class="choice" disabled={act.busy} onClick={() => void act.run(() => kitOf(desk, t, text(one.what), { [t.language]: say(t, `help.${text(one.what)}`) }, [text(one.id)], net))}>
          {t("gear.is_ready")}
        </button>
      )}
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </li>
  );
}

/** Equipment that is complete: it comes into being, and it is said what it is. */
async function kitOf(desk: Props["desk"], t: Props["state"]["t"], kind: string, names: Record<string, string>, pledges: readonly string[], net: string): Promise<void> {
  const [kit] = await sayAll(desk, t, [acts.assembled(names, pledges, net)]);
  if (kit !== undefined && (acts.KITS as readonly string[]).includes(kind)) await sayAll(desk, t, [acts.describedKit(kit, kind, net)]);
}

function Kit({ state, desk, one, which }: Props & { one: Row; which: (typeof COLUMNS)[number] }) {
  const on = tongue(state);
  const { t } = on;
  const act = useAct(desk, t);
  const [point, setPoint] = useState("");
  const [holder, setHolder] = useState("");
  const [number, setNumber] = useState("");
  const net = desk.device.member?.net ?? "";
  const id = text(one.id);
  const run = (entries: acts.Entry[]) => void act.run(() => sayAll(desk, t, entries));
  return (
    <li class="gear" data-kit={id} data-state={text(one.state)}>
      <b>{nameOf(t, one) || say(t, `help.${text(one.kind)}`, t("help.kit"))}</b>
      <small>
        {[say(t, `kit.${text(one.state)}`), typeof one.seats === "number" ? t("service.seats.n", { n: one.seats }) : "", text(one.holder), text(one.act) !== "" ? `№ ${text(one.act)}` : ""].filter(Boolean).join(" · ")}
      </small>
      {Array.isArray(one.damaged) && one.damaged.length > 0 && <span class="tag tag-alert">{t("gear.damaged", { what: one.damaged.map((part) => say(t, `part.${String(part)}`)).join(", ") })}</span>}
      <Where state={state} id={text(one.point)} />
      {text(one.next_inspection) !== "" && <small>{t("inspection.next_is", { day: shownDay(text(one.next_inspection)) })}</small>}
      {text(one.paid_until) !== "" && <small>{t("gear.paid", { day: shownDay(text(one.paid_until)) })}</small>}
      <details>
        <summary>{t("gear.act")}</summary>
        <div class="stack">
          {which !== "standing" && (
            <>
              <PointChoice state={state} id={`to-${id}`} label={t("gear.where")} value={point} choose={setPoint} />
              {which !== "road" && (
                <button type="button" class="choice" disabled={act.busy || point === ""} onClick={() => run([acts.left([id], point, "", net)])}>
                  {t("gear.left")}
                </button>
              )}
              <button type="button" class="choice" disabled={act.busy || point === ""} onClick={() => run(acts.erected(id, point, net))}>
                {t("gear.stands")}
              </button>
            </>
          )}
          {which === "standing" && (
            <>
              <button type="button" class="choice" disabled={act.busy || text(one.point) === ""} onClick={() => run(acts.saidReady(text(one.point)))}>
                {t("gear.point_ready")}
              </button>
              <button type="button" class="choice" disabled={act.busy} onClick={() => run(acts.dismantled(id, net))}>
                {t("gear.take_down")}
              </button>
            </>
          )}
          <div class="fields">
            <label for={`holder-${id}`}>{t("gear.holder")}</label>
            <input id={`holder-${id}`} value={holder} maxLength={120} onInput={(event) => setHolder(event.currentTarget.value)} />
            <label for={`act-${id}`}>{t("gear.act_number")}</label>
            <input id={`act-${id}`} value={number} maxLength={80} pattern="[A-Za-z0-9_.:+\-]*" onInput={(event) => setNumber(event.currentTarget.value)} />
          </div>
          <button type="button" class="choice" disabled={act.busy || holder.trim() === ""} onClick={() => run(acts.handedOver(id, holder.trim(), number.trim(), net))}>
            {t("gear.hand_over")}
          </button>
          <AddPhoto state={state} desk={desk} type="kit" thing={id} scope={net} />
        </div>
      </details>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </li>
  );
}

function Delivery({ state, desk, one }: Props & { one: Row }) {
  const on = tongue(state);
  const { t } = on;
  const act = useAct(desk, t);
  const loads = Object.entries((one.loads as Record<string, number> | undefined) ?? {});
  return (
    <li class="gear" data-delivery={text(one.id)}>
      <b>{nameOf(t, one) || t("gear.delivery")}</b>
      <small>
        {[loads.map(([name, value]) => `${say(t, `stock.${name}`, name)} ${t.number(name.endsWith("_ml") || name.endsWith("_g") ? value / 1000 : value, 1)}`).join(", "), typeof one.left_at_min === "number" ? t("gear.left_at", { time: moment(on, one.left_at_min) }) : "", text(one.expected) !== "" ? t("gear.by", { day: shownDay(text(one.expected)) }) : ""]
          .filter(Boolean)
          .join(" · ")}
      </small>
      <Where state={state} id={text(one.to)} />
      <button type="button" class="choice" disabled={act.busy} onClick={() => void act.run(() => sayAll(desk, t, acts.arrived(text(one.id), text(one.to), desk.device.member?.net ?? "")))}>
        {t("gear.arrived")}
      </button>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </li>
  );
}

/** A place that was decided, and no warm place yet: one press makes it one that is planned. */
function Decided({ state, desk, one }: Props & { one: Row }) {
  const { t } = state;
  const act = useAct(desk, t);
  const net = desk.device.member?.net ?? "";
  const spot: acts.Spot = { names: (one.names as Record<string, string> | undefined) ?? {}, address: text(one.address), lonE7: typeof one.lon_e7 === "number" ? one.lon_e7 : null, latE7: typeof one.lat_e7 === "number" ? one.lat_e7 : null, area: text(one.area) };
  const there = spot.address !== "" ? (state.places?.table.address.findIndex((address) => address === spot.address) ?? -1) : -1;
  return (
    <li data-decided={text(one.place)}>
      <span>
        <b>{nameIn(t.language, spot.names) || spot.address || t("point")}</b>
        <small>{spot.address}</small>
      </span>
      {there >= 0 ? (
        <a class="choice" href={to("place", state.places?.table.id[there] ?? "")}>
          {t("gear.is_point")}
        </a>
      ) : (
        <button
          type="button"
          class="choice"
          disabled={act.busy}
          onClick={() =>
            void act.run(async () => {
              const [point] = await sayAll(desk, t, [acts.describedPoint(spot, one.indoors === true ? "hall" : "yurt", "", net)]);
              if (point !== undefined) await sayAll(desk, t, [acts.plannedPoint(point, text(one.place))]);
            })
          }
        >
          {t("gear.make_point")}
        </button>
      )}
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </li>
  );
}

function NewPromise({ state, desk }: Props) {
  const { t } = state;
  const act = useAct(desk, t);
  const [what, setWhat] = useState<(typeof acts.HELP)[number]>("yurt");
  const [count, setCount] = useState("1");
  const [giver, setGiver] = useState("");
  const [publish, setPublish] = useState(false);
  return (
    <details class="card fold-card">
      <summary>{t("promise.title")}</summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(async () => {
            await sayAll(desk, t, [acts.promised({ what, count: count.trim() === "" ? null : Number(count), giver: giver.trim(), publish: publish ? "name" : "nothing", point: "" }, desk.device.member?.net ?? "")]);
            setGiver("");
          });
        }}
      >
        <div class="fields">
          <label for="promise-what">{t("promise.what")}</label>
          <select id="promise-what" value={what} onChange={(event) => setWhat(event.currentTarget.value as (typeof acts.HELP)[number])}>
            {acts.HELP.map((one) => (
              <option key={one} value={one}>
                {t(`help.${one}`)}
              </option>
            ))}
          </select>
          <label for="promise-count">{t("promise.count")}</label>
          <input id="promise-count" type="number" min={1} max={10000} value={count} onInput={(event) => setCount(event.currentTarget.value)} />
          <label for="promise-giver">{t("promise.giver")}</label>
          <input id="promise-giver" value={giver} maxLength={120} autocomplete="off" onInput={(event) => setGiver(event.currentTarget.value)} />
        </div>
        <label class="tick-row">
          <input type="checkbox" checked={publish} onChange={(event) => setPublish(event.currentTarget.checked)} />
          <span>{t("promise.publish")}</span>
        </label>
        <button type="submit" class="choice choice-strong" disabled={act.busy}>
          {t("promise.write")}
        </button>
        {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      </form>
    </details>
  );
}

function NewKit({ state, desk, promises }: Props & { promises: readonly Row[] }) {
  const { t } = state;
  const act = useAct(desk, t);
  const [kind, setKind] = useState<(typeof acts.KITS)[number]>("yurt");
  const [name, setName] = useState("");
  const [pledge, setPledge] = useState("");
  return (
    <details class="card fold-card">
      <summary>{t("kit.title")}</summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(async () => {
            await kitOf(desk, t, kind, name.trim() === "" ? {} : { [t.language]: name.trim() }, pledge === "" ? [] : [pledge], desk.device.member?.net ?? "");
            setName("");
          });
        }}
      >
        <div class="fields">
          <label for="kit-kind">{t("kit.kind")}</label>
          <select id="kit-kind" value={kind} onChange={(event) => setKind(event.currentTarget.value as (typeof acts.KITS)[number])}>
            {acts.KITS.map((one) => (
              <option key={one} value={one}>
                {t(`help.${one}`)}
              </option>
            ))}
          </select>
          <label for="kit-name">{t("kit.name")}</label>
          <input id="kit-name" value={name} maxLength={120} onInput={(event) => setName(event.currentTarget.value)} />
          <label for="kit-pledge">{t("kit.pledge")}</label>
          <select id="kit-pledge" value={pledge} onChange={(event) => setPledge(event.currentTarget.value)}>
            <option value="">{t("kit.no_pledge")}</option>
            {promises
              .filter((one) => one.state !== "withdrawn")
              .map((one) => (
                <option key={text(one.id)} value={text(one.id)}>
                  {[say(t, `help.${text(one.what)}`), text(one.giver)].filter(Boolean).join(", ")}
                </option>
              ))}
          </select>
        </div>
        <button type="submit" class="choice choice-strong" disabled={act.busy}>
          {t("kit.write")}
        </button>
        {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      </form>
    </details>
  );
}
