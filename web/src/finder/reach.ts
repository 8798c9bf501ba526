/** What it takes to search names and to tell walks: a chunk of its own, on its way together with their data. */
import { type Cells, inflateRaw, makeTable, readCells, readPack } from "../core/walk/table.ts";
import { makeWalks, type Walks } from "./walks.ts";

export { makeNames } from "./names.ts";

/** Walks of one profile out of its files; points are counted as in `pointIds`. */
export async function walksOf(cellsFile: Uint8Array, packFiles: readonly Uint8Array[], pointIds: readonly string[]): Promise<Walks> {
  const cells: Cells = await readCells(cellsFile, inflateRaw);
  const packs = await Promise.all(packFiles.map((pack) => readPack(pack, inflateRaw)));
  return makeWalks(makeTable(cells, packs, pointIds));
}
