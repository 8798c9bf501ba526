/** Photos: added by the desk, looked at, released for everybody or for those who gave, or refused and erased. */
import "../style/photos.css";
import { useRef, useState } from "preact/hooks";
import { shrink } from "../../device/shrink.ts";
import * as acts from "../acts.ts";
import { photoAddress } from "../ask.ts";
import { nameIn, say } from "../format.ts";
import type { Todo as Item } from "../model.ts";
import { type Props, sayAll, Twice, useAct } from "./parts.tsx";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

interface Kit {
  readonly id: string;
  readonly names: Readonly<Record<string, string>>;
  readonly kind: string;
}

/** The pixels are gone from headquarters; who keeps the page open sees them until it is closed. */
export const erase = (desk: Props["desk"], hash: string): Promise<unknown> => desk.device.json("DELETE", `photos/${hash}`);

/** A photo that nobody decided on yet. */
export function WaitingPhoto({ state, desk, item }: Props & { item: Item }) {
  const { t } = state;
  const act = useAct(desk, t);
  const v = item.values;
  const [hash, thing, scope, record] = [text(v.hash), text(v.thing), text(v.scope), text(v.record)];
  const net = desk.device.member?.net ?? "";
  const kits = (v.kits as readonly Kit[] | undefined) ?? [];
  const run = (entries: acts.Entry[]) => void act.run(() => sayAll(desk, t, entries));
  const name = nameIn(t.language, (v.names as Record<string, string> | undefined) ?? {});
  return (
    <div class="stack">
      <img class="photo" src={photoAddress(desk.device, hash)} alt={t("photo.of", { name })} />
      <p class="fault">{t("photo.look")}</p>
      <div class="row-of">
        <Twice text={t(v.type === "kit" ? "photo.release_givers" : "photo.release")} sure={t("photo.release_sure")} disabled={act.busy} act={() => run(acts.released(thing, hash, scope))} />
        {kits.map((kit) => (
          <Twice
            key={kit.id}
            text={t("photo.give_to", { name: nameIn(t.language, kit.names) || say(t, `help.${kit.kind}`, t("help.kit")) })}
            sure={t("photo.release_sure")}
            disabled={act.busy}
            act={() => run([...acts.pictured("kit", kit.id, hash, net), ...acts.released(kit.id, hash, net)])}
          />
        ))}
        <Twice
          text={t("photo.refuse")}
          sure={t("photo.refuse_sure")}
          disabled={act.busy}
          act={() =>
            void act.run(async () => {
              await erase(desk, hash);
              if (record !== "") await sayAll(desk, t, acts.takenBack(record, thing, scope, "personal"));
            })
          }
        />
      </div>
      {kits.length > 0 && <p class="quiet">{t("photo.give_what")}</p>}
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </div>
  );
}

/** A photo of a place or of equipment, made small here before it is sent; then it waits like any other. */
export function AddPhoto({ state, desk, type, thing, scope, card = false }: Props & { type: "point" | "kit"; thing: string; scope: string; card?: boolean }) {
  const { t } = state;
  const act = useAct(desk, t);
  const input = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState("");
  const take = async (file: File): Promise<void> => {
    setTold("");
    const bytes = await shrink(file).catch(() => {
      throw new Error(t("photo.unread"));
    });
    const { hash } = await desk.device.json<{ hash: string }>("POST", "photos", bytes);
    await sayAll(desk, t, acts.pictured(type, thing, hash, scope));
    setTold(t("photo.waits"));
  };
  const form = (
    <>
      <p class="quiet">{t("photo.nobody")}</p>
      <label class="choice file-choice">
        {t("photo.add")}
        <input
          ref={input}
          type="file"
          accept="image/*"
          data-photo-of={thing}
          disabled={act.busy}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = ""; // the same file may be chosen again
            if (file) void act.run(() => take(file));
          }}
        />
      </label>
      <p role="status" class="quiet">
        {told}
      </p>
      {act.fault !== "" && <p class="fault" role="alert">{act.fault}</p>}
    </>
  );
  if (!card) return <div class="stack">{form}</div>;
  return (
    <section class="card stack" aria-labelledby="photo">
      <h2 id="photo">{t("photo.title")}</h2>
      {form}
    </section>
  );
}
