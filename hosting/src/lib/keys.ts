/** Keys that work wherever the focus is, but in a field. */

import { useEffect, useEffectEvent } from "react";

const FIELDS = "input, textarea, select, [contenteditable]";
const PRESSED_BY_SPACE = "button, a, summary, [role=option]";

/** Do what stands for a key (as in `KeyboardEvent.key`) while `active`. */
export function useKeys(actions: Record<string, () => void>, active = true): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const action = actions[event.key];
    const within = event.target instanceof Element ? event.target : null;
    if (!action || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A dialog has the keys to itself while it is open.
    if (within?.closest(FIELDS) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && within?.closest(PRESSED_BY_SPACE)) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    if (!active) return;
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [active]);
}
