import { type MouseEvent, useEffect, useRef } from "react";

/** A second tap within so long makes one double tap of both. */
const DOUBLE_MS = 250;

interface Taps {
  onSingle: () => void;
  onDouble: (event: MouseEvent) => void;
}

/** A click handler that tells a tap from a double tap; a key is always a single one. */
export function useTaps({ onSingle, onDouble }: Taps) {
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const last = useRef(-Infinity);
  useEffect(
    () => () => {
      clearTimeout(waiting.current);
    },
    [],
  );
  return (event: MouseEvent) => {
    clearTimeout(waiting.current);
    if (event.detail === 0) {
      onSingle();
      return;
    }
    const since = event.timeStamp - last.current;
    last.current = event.timeStamp;
    if (since < DOUBLE_MS) onDouble(event);
    else waiting.current = setTimeout(onSingle, DOUBLE_MS);
  };
}
