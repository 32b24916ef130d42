import { type ReactNode, useMemo, useState } from "react";
import { FeedContext, type Place } from "./feed-context";

const START: Place = { slots: [], current: 0, signals: 0 };

/** Keeps each tab's slots and place while other pages are shown. */
export function FeedState({ children }: { children: ReactNode }) {
  const [places, setPlaces] = useState({ "for-you": START, following: START });
  const [muted, setMuted] = useState(true);
  const value = useMemo(() => ({ places, setPlaces, muted, setMuted }), [places, muted]);
  return <FeedContext value={value}>{children}</FeedContext>;
}
