import type { Actions } from "../actions.ts";
import type { State } from "../state.ts";

/** What every screen gets: what is known, and what one can do. */
export interface Props {
  readonly state: State;
  readonly act: Actions;
}
