/**
 * Photos that wait on this device: kept on its disk until there is a line, sent once, then said. What is said names the
 * photo by the hash of the bytes that headquarters keeps, so it can be said only after it was sent.
 */
import { type Device, Fault } from "./device.ts";
import type { Ground } from "./shapes.ts";

export interface WaitingPhoto {
  readonly id: string;
  readonly atMs: number;
  /** Of what: a place or equipment. */
  readonly kind: "point.described" | "kit.described";
  readonly about: string;
  /** Why headquarters did not take it; "" while it waits. */
  readonly why: string;
}

const LIST = "photos";
const place = (id: string): string => `photo:${id}`;
/** Answers after which sending the same again is no use. */
const NEVER = new Set([400, 413, 415, 422]);

export class Photos {
  readonly #device: Pick<Device, "store" | "say" | "json">;
  readonly #turn: Ground["turn"];

  constructor(device: Pick<Device, "store" | "say" | "json">, turn: Ground["turn"]) {
    this.#device = device;
    this.#turn = turn;
  }

  /** All that wait here, the oldest first. */
  async list(): Promise<readonly WaitingPhoto[]> {
    return (await this.#device.store.value<readonly WaitingPhoto[]>(LIST)) ?? [];
  }

  /** On disk before this returns. */
  keep(bytes: Uint8Array, photo: Omit<WaitingPhoto, "why">): Promise<void> {
    return this.#change((all) => [...all, { ...photo, why: "" }], { [place(photo.id)]: bytes });
  }

  /** A person looked again and does not want it sent. */
  drop(id: string): Promise<void> {
    return this.#change((all) => all.filter((one) => one.id !== id), { [place(id)]: undefined });
  }

  /** Send what waits; how many went. The first that cannot be reached ends it. */
  send(): Promise<number> {
    return this.#turn("photos", async () => {
      let sent = 0;
      for (const one of await this.list()) {
        const bytes = one.why === "" ? await this.#device.store.value<Uint8Array>(place(one.id)) : undefined;
        if (!bytes) continue;
        // Asked first, so that a photo is not carried over a thin line only to hear that nobody is signed in.
        if (sent === 0) await this.#device.json("GET", "session");
        try {
          const { hash } = await this.#device.json<{ hash: string }>("POST", "photos", bytes);
          // Said and forgotten in one step: it is never said twice, and never lost between the two.
          await this.#turn("album", async () => {
            const rest = (await this.list()).filter(({ id }) => id !== one.id);
            await this.#device.say(one.kind, { photo: hash }, { about: one.about, kept: { [LIST]: rest, [place(one.id)]: undefined } });
          });
          sent += 1;
        } catch (fault) {
          if (!(fault instanceof Fault) || !NEVER.has(fault.status)) throw fault;
          await this.#change((all) => all.map((each) => (each.id === one.id ? { ...each, why: fault.message } : each)));
        }
      }
      return sent;
    });
  }

  async #change(act: (all: readonly WaitingPhoto[]) => readonly WaitingPhoto[], more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#turn("album", async () => {
      await this.#device.store.add([], false, { [LIST]: act(await this.list()), ...more });
    });
  }
}
