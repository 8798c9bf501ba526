/** What it takes to search names and to tell walks: a chunk of its own, on its way together with their data. */
import { type Cells, inflateRaw, makeTable, type Pack, readCells, readPack } from "../core/walk/table.ts";
import type { Breathe } from "./breath.ts";
import { makeWalks, type Walks } from "./walks.ts";

export { makeNames } from "./names.ts";

/** Walks of one profile out of its files; points are counted as in `pointIds`. */
export async function walksOf(cellsFile: Uint8Array, packFiles: readonly Uint8Array[], pointIds: readonly string[], breathe: Breathe): Promise<Walks> {
  const cells: Cells = await readCells(cellsFile, inflateRaw);
  const packs: Pack[] = [];
  await breathe();
  for (const pack of packFiles) packs.push(await readPack(pack, inflateRaw, breathe));
  await breathe();
  const walks = makeWalks(makeTable(cells, packs, pointIds));
  await breathe();
  walks.from({ lon: 0, lat: 0 }); // where cells lie is sorted at the first question
  return walks;
}
