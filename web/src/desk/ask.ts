/** What the desk asks its server beside JSON: the table of all places (not sent again unchanged), files in and out. */
import { type Device, Fault, Unreachable } from "../device/device.ts";
import type { ListPreview, PointChanges, PointTable } from "./model.ts";

type Asking = Pick<Device, "signIn" | "root">;

/** A request that signs in once more where the session is over. */
async function ask(device: Asking, path: string, init: RequestInit = {}): Promise<Response> {
  if (!device.root) throw new Unreachable("no server is known here");
  const address = new URL(`api/v1/${path}`, device.root);
  const send = async (): Promise<Response> => {
    try {
      return await fetch(address, { cache: "no-store", credentials: "same-origin", ...init });
    } catch (fault) {
      throw new Unreachable(fault instanceof Error ? fault.message : String(fault));
    }
  };
  let answer = await send();
  if (answer.status === 401) {
    await device.signIn();
    answer = await send();
  }
  if (answer.ok || answer.status === 304) return answer;
  const said = ((await answer.json().catch(() => null)) as { error?: { what?: string; where?: string; mend?: string } } | null)?.error;
  throw new Fault(answer.status, said?.what ?? `the server answered ${answer.status}`, said?.where, said?.mend);
}

/** The table of all places; null where it is still the one that is there. Of one that is there only what is different comes. */
export async function tableOf(device: Asking, there: { readonly table: PointTable; readonly tag: string } | null): Promise<{ readonly table: PointTable; readonly tag: string } | null> {
  const path = there ? `desk/points?${new URLSearchParams({ since: there.tag })}` : "desk/points";
  const answer = await ask(device, path, { headers: { accept: "application/json", ...(there && { "if-none-match": there.tag }) } });
  if (answer.status === 304) return null;
  const said = (await answer.json()) as PointTable | PointChanges;
  const tag = answer.headers.get("etag") ?? "";
  if (!("at" in said)) return { table: said, tag };
  if (there?.tag !== said.since) throw new Error("changes of another table came"); // never joined with the wrong one
  return { table: changed(there.table, said), tag };
}

/** A table with some of its rows as they are now. */
export function changed(table: PointTable, { at, rows }: PointChanges): PointTable {
  const column = <V>(before: readonly V[], now: readonly V[]): readonly V[] => {
    const whole = [...before];
    at.forEach((row, k) => (whole[row] = now[k] as V));
    return whole;
  };
  const columns = Object.keys(table).filter((name) => name !== "as_of_at_min") as Exclude<keyof PointTable, "as_of_at_min">[];
  return { ...Object.fromEntries(columns.map((name) => [name, column<unknown>(table[name], rows[name])])), as_of_at_min: rows.as_of_at_min } as unknown as PointTable;
}

/** Save a file that the server makes of what is asked. */
export async function save(device: Asking, path: string, name: string, body?: unknown): Promise<void> {
  const init = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const address = URL.createObjectURL(await (await ask(device, path, init)).blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Show a list to the server; nothing is taken in yet. */
export async function preview(device: Asking, file: File, name: string, area: string): Promise<ListPreview> {
  const path = `desk/lists?${new URLSearchParams({ name, area })}`;
  const headers = { "content-type": "application/octet-stream", "x-file-name": encodeURIComponent(file.name) };
  return (await ask(device, path, { method: "POST", headers, body: file })).json() as Promise<ListPreview>;
}

/** A photo's address, for an image of the page; the session's cookie opens it. */
export const photoAddress = (device: Pick<Device, "root">, hash: string): string => (device.root ? new URL(`api/v1/photos/${hash}`, device.root).href : "");
