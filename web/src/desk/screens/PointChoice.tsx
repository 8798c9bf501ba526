/** A place found by typing: a list of twenty thousand is no list to choose from. */
import { useMemo, useState } from "preact/hooks";
import { EVERYTHING, fitting, type Sifted } from "../filter.ts";
import { placeName } from "../format.ts";
import type { State } from "../desk.ts";

/** So many are offered at once; one more letter brings others. */
const OFFERED = 50;

/** What a row is called in the list: the words that are typed to find it are in it. */
const named = ({ table, t }: Sifted, row: number): string =>
  [placeName(t, { names: table.name[row] ?? {}, kind: table.kind[row] ?? "" }), table.address[row], table.district[row], table.number[row]].filter(Boolean).join(", ");

export function PointChoice({ state: { places, t }, id, label, value, choose }: { state: State; id: string; label: string; value: string; choose: (id: string) => void }) {
  const [typed, setTyped] = useState("");
  const offered = useMemo(() => (places ? fitting(places, { ...EVERYTHING, text: typed.replaceAll(",", " "), sort: "name" }).slice(0, OFFERED) : []), [places, typed]);
  const type = (text: string): void => {
    setTyped(text);
    const found = places ? fitting(places, { ...EVERYTHING, text: text.replaceAll(",", " "), sort: "name" }).find((row) => named(places, row) === text) : undefined;
    choose(found === undefined ? "" : (places?.table.id[found] ?? ""));
  };
  return (
    <div class="fields">
      <label for={id}>{label}</label>
      <input id={id} list={`${id}-list`} value={typed} autocomplete="off" aria-invalid={typed !== "" && value === ""} placeholder={t("invite.choose_place")} onInput={(event) => type(event.currentTarget.value)} />
      <datalist id={`${id}-list`}>{places && Array.from(offered, (row) => <option key={row} value={named(places, row)} />)}</datalist>
    </div>
  );
}
