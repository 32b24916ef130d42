import { type ReactNode, useMemo, useState } from "react";
import { FeedContext } from "./feed-context";
import type { Slot } from "./slots";

/** Keeps the feed's slots and place while other pages are shown. */
export function FeedState({ children }: { children: ReactNode }) {
  const [slots, setSlots] = useState<Slot[]>([]);
  const [current, setCurrent] = useState(0);
  const [signals, setSignals] = useState(0);
  const [muted, setMuted] = useState(true);
  const value = useMemo(
    () => ({ slots, setSlots, current, setCurrent, signals, setSignals, muted, setMuted }),
    [slots, current, signals, muted],
  );
  return <FeedContext value={value}>{children}</FeedContext>;
}
