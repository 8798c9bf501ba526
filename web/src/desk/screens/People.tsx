/** 8. People and devices: who is trusted with what, invitations, shutting out, what to do when keys are gone. */
import { useEffect, useState } from "preact/hooks";
import encodeQR from "qr";
import * as acts from "../acts.ts";
import { ago, moment, nameIn, say } from "../format.ts";
import type { DeviceRow } from "../model.ts";
import { PointChoice } from "./PointChoice.tsx";
import { Coming, Heading, type Props, sayAll, tongue, useAct, useAsked } from "./parts.tsx";

interface Invite {
  readonly id: string;
  readonly role: string;
  readonly scope_name: string;
  readonly name: string;
  readonly expires_ms: number;
}

export function People({ state, desk }: Props) {
  const { t } = state;
  const asked = useAsked<readonly DeviceRow[]>(desk, "desk/devices");
  const open = useAsked<{ readonly invites: readonly Invite[] }>(desk, "invites");
  const [sought, setSought] = useState("");
  const devices = (asked.data ?? []).filter((one) => `${one.name} ${one.key}`.toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <div class="columns columns-people">
      <div class="stack">
        <Heading>{t("screen.people")}</Heading>
        <Coming t={t} asked={asked} />
        <div class="fields">
          <label for="people-sought">{t("people.search")}</label>
          <input id="people-sought" type="search" value={sought} onInput={(event) => setSought(event.currentTarget.value)} />
        </div>
        <ul class="devices">
          {devices.slice(0, 200).map((one) => (
            <Row key={one.key} state={state} desk={desk} device={one} />
          ))}
        </ul>
        {devices.length > 200 && <p class="quiet">{t("app.and_more", { n: devices.length - 200 })}</p>}
      </div>
      <div class="stack">
        <Inviting state={state} desk={desk} made={open.again} />
        {(open.data?.invites.length ?? 0) > 0 && (
          <section class="card" aria-labelledby="open-invites">
            <h2 id="open-invites">{t("invite.open")}</h2>
            <ul class="plain-rows">
              {open.data?.invites.map((one) => (
                <li key={one.id}>
                  <span>
                    <b>{one.name || t("invite.nobody")}</b> · {say(t, `role.${one.role}`)} · {one.scope_name || t("invite.everywhere")}
                    <small>{t("invite.until", { time: moment(tongue(state), Math.floor(one.expires_ms / 60_000)) })}</small>
                  </span>
                  <button type="button" class="choice" onClick={() => void desk.device.json("DELETE", `invites/${one.id}`).then(open.again, open.again)}>
                    {t("invite.take_back")}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        <details class="card fold-card">
          <summary>{t("recovery.title")}</summary>
          <ul class="steps-list">
            {(["lost", "last_admin", "paper", "server"] as const).map((one) => (
              <li key={one}>{t(`recovery.${one}`)}</li>
            ))}
          </ul>
        </details>
      </div>
    </div>
  );
}

function Row({ state, desk, device }: Props & { device: DeviceRow }) {
  const on = tongue(state);
  const { t } = on;
  const act = useAct(desk, t);
  const [asking, setAsking] = useState(false);
  const live = device.roles.filter((role) => role.ended_at_min === null || role.ended_at_min === undefined);
  const net = desk.device.member?.net ?? "";
  const revoke = (cause: (typeof acts.REVOKED_FOR)[number]) =>
    act.run(async () => {
      const scopes = [...new Set(live.map((role) => String(role.scope ?? "") || net))];
      await sayAll(desk, t, scopes.flatMap((scope) => acts.revoked(device.key, scope, cause)));
      setAsking(false);
    });
  return (
    <li class="device" data-device={device.key} data-live={live.length}>
      <div class="device-head">
        <b>
          {device.name || t("people.no_name")}
          {device.this && <span class="tag">{t("people.this")}</span>}
        </b>
        <code>{device.key.slice(0, 8)}</code>
      </div>
      <ul class="roles">
        {device.roles.map((role, k) => (
          <li key={k} class={role.ended_at_min === null || role.ended_at_min === undefined ? undefined : "role-ended"}>
            {say(t, `role.${String(role.role)}`)} · {String(role.scope_name ?? "") || t("invite.everywhere")}
            {typeof role.until_ms === "number" && ` · ${t("people.until", { time: moment(on, Math.floor(role.until_ms / 60_000)) })}`}
            {typeof role.ended_at_min === "number" && ` · ${t("people.ended", { time: moment(on, role.ended_at_min) })}`}
            {role.waits_for_second === true && ` · ${t("people.second")}`}
            {typeof role.given_by === "string" && role.given_by !== "" && <small>{t("people.given_by", { who: role.given_by })}</small>}
          </li>
        ))}
      </ul>
      <p class="quiet">
        {device.last_heard_at_min === null ? t("people.never_heard") : t("people.heard", { ago: ago(on, device.last_heard_at_min) })} · {t("people.records", { n: device.records })}
      </p>
      {!device.this && live.length > 0 && (
        <>
          <button type="button" class="choice" aria-expanded={asking} onClick={() => setAsking(!asking)}>
            {t("people.revoke")}
          </button>
          {asking && (
            <div class="choices choices-small" role="group" aria-label={t("people.why")}>
              {acts.REVOKED_FOR.map((cause) => (
                <button key={cause} type="button" class="choice choice-alert" disabled={act.busy} onClick={() => void revoke(cause)}>
                  {t(`revoke.${cause}`)}
                </button>
              ))}
            </div>
          )}
        </>
      )}
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </li>
  );
}

const ROLES = ["host", "driver", "inspector", "desk", "admin"] as const;

function Inviting({ state, desk, made }: Props & { made: () => void }) {
  const on = tongue(state);
  const { t, frame, session } = state;
  const act = useAct(desk, t);
  const [role, setRole] = useState<(typeof ROLES)[number]>("host");
  const [name, setName] = useState("");
  const [scope, setScope] = useState("");
  const [link, setLink] = useState<{ readonly address: string; readonly untilMin: number } | null>(null);
  useEffect(() => void (role === "host" && desk.places()), [role]);
  const may = ROLES.filter((one) => one !== "admin" || session?.roles.some((held) => held.role === "admin"));
  const invite = () =>
    act.run(async () => {
      const said = await desk.device.json<{ readonly path: string; readonly expires_ms: number }>("POST", "invites", { role, scope, name: name.trim() });
      setLink({ address: new URL(said.path, desk.device.root ?? location.href).href, untilMin: Math.floor(said.expires_ms / 60_000) });
      setName("");
      made();
    });
  return (
    <section class="card stack" aria-labelledby="invite-title">
      <h2 id="invite-title">{t("invite.title")}</h2>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void invite();
        }}
      >
        <div class="fields">
          <label for="invite-role">{t("invite.role")}</label>
          <select id="invite-role" value={role} onChange={(event) => (setRole(event.currentTarget.value as (typeof ROLES)[number]), setScope(""))}>
            {may.map((one) => (
              <option key={one} value={one}>
                {t(`role.${one}`)}
              </option>
            ))}
          </select>
          {role !== "host" && (
            <>
              <label for="invite-scope">{t("invite.where")}</label>
              <select id="invite-scope" value={scope} onChange={(event) => setScope(event.currentTarget.value)}>
                <option value="">{t("invite.everywhere")}</option>
                {role !== "admin" &&
                  frame?.areas.map((area) => (
                    <option key={area.id} value={area.id}>
                      {nameIn(t.language, area.names)}
                    </option>
                  ))}
              </select>
            </>
          )}
          <label for="invite-name">{t("invite.name")}</label>
          <input id="invite-name" value={name} maxLength={80} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
        </div>
        {role === "host" && <PointChoice state={state} id="invite-scope" label={t("invite.where")} value={scope} choose={setScope} />}
        <button type="submit" class="choice choice-strong" disabled={act.busy || (role === "host" && scope === "")}>
          {t("invite.make")}
        </button>
      </form>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
      {link && (
        <div class="invited" role="status">
          <p>{t("invite.once", { time: moment(on, link.untilMin) })}</p>
          <Qr text={link.address} label={t("invite.code")} />
          <p>
            <code data-invite={link.address}>{link.address}</code>
          </p>
          <div class="row-of">
            <button type="button" class="choice" onClick={() => void navigator.clipboard?.writeText(link.address).then(() => desk.tell(t("invite.copied")))}>
              {t("invite.copy")}
            </button>
            <button type="button" class="choice" onClick={() => setLink(null)}>
              {t("app.close")}
            </button>
          </div>
        </div>
      )}
    </section>
  );
}

/** A QR code as one path, dark on light whatever the screen is: a camera needs it so. */
function Qr({ text, label }: { text: string; label: string }) {
  const cells = encodeQR(text, "raw", { ecc: "medium", border: 3 });
  const path = cells.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${cells.length} ${cells.length}`} shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
