/** Before anything: an invitation's link, or the person on duty hands over at the door. */
import { useState } from "preact/hooks";
import { keyCode } from "../../device/codes.ts";
import { Unreachable } from "../../device/device.ts";
import { to } from "../route.ts";
import { Heading, type Props, Scan, Series } from "./parts.tsx";

export function Join({ state, app, token }: Props & { token: string }) {
  const { t } = state;
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState("");
  const accept = async (by: string): Promise<void> => {
    setAsking(true);
    setTold("");
    try {
      await app.redeem(by);
      void app.persist(true);
    } catch (fault) {
      setTold(t(fault instanceof Unreachable ? "join.offline" : "join.failed"));
    }
    setAsking(false);
  };
  return (
    <>
      <Heading>{t(token ? "join.invited" : "join.title")}</Heading>
      {token ? (
        <button type="button" class="act act-main" disabled={asking} onClick={() => void accept(token)}>
          {t(asking ? "join.taking" : "join.accept")}
        </button>
      ) : (
        <p>{t("join.link")}</p>
      )}
      <p role="alert" class="became">
        {told}
      </p>
      <details class="fold" open={token === ""}>
        <summary>{t("join.door")}</summary>
        <p>{t("join.door_1")}</p>
        <Series t={t} codes={[keyCode(app.device.key)]} />
        <p>{t("join.door_2")}</p>
        <Scan
          t={t}
          take={async (code) => {
            if (code.is === "invitation") {
              if (app.device.root && code.address.startsWith(app.device.root.origin)) await accept(code.token);
              else location.assign(code.address); // another server's: its own app takes it up
              return null;
            }
            const left = await app.takeOver(code);
            if (left === null) void app.persist(true);
            return left;
          }}
        />
      </details>
      <a class="act act-quiet" href={to("cards")}>
        {t("now.cards")}
      </a>
    </>
  );
}

/** A page that cannot make a key leads to the plain form, which the server writes down. */
export function NoKey({ t }: { t: Props["state"]["t"] }) {
  return (
    <main class="screen">
      <Heading>{t("join.title")}</Heading>
      <p>{t("join.no_key")}</p>
      <a class="act" href="../report">
        {t("join.plain")}
      </a>
    </main>
  );
}
