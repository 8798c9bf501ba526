/**
 * Keys of one letter. Who registered last is asked first, so that an open question takes the digits before the menu
 * does. Nothing happens while somebody types, with Ctrl, Alt or Meta held, or where shortcuts are switched off.
 */
import { useLayoutEffect, useRef } from "preact/hooks";

export type Keys = Readonly<Record<string, (() => void) | undefined>>;

const layers: { keys: Keys }[] = [];
let on = true;

export function switchKeys(value: boolean): void {
  on = value;
}

export function listenToKeys(target: Pick<EventTarget, "addEventListener">): void {
  target.addEventListener("keydown", (event) => {
    const pressed = event as KeyboardEvent;
    if (!on || pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.isComposing || pressed.defaultPrevented) return;
    const at = pressed.target;
    if (at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) && !/^(checkbox|radio|button)$/.test((at as HTMLInputElement).type)) return;
    // Where letters of another script are set, the key's own place still tells which one it is.
    const name = pressed.key.length === 1 && pressed.key > "\u007f" ? pressed.code.replace(/^Key/, "").toLowerCase() : pressed.key.toLowerCase();
    for (let k = layers.length - 1; k >= 0; k--) {
      const act = layers[k]?.keys[name];
      if (!act) continue;
      pressed.preventDefault();
      act();
      return;
    }
  });
}

/** These keys, as long as this part is on the screen. */
export function useKeys(keys: Keys): void {
  const layer = useRef({ keys });
  layer.current.keys = keys;
  // Before the next key: a digit typed at once after a letter must find its question.
  useLayoutEffect(() => {
    const mine = layer.current;
    layers.push(mine);
    return () => void layers.splice(layers.indexOf(mine), 1);
  }, []);
}
