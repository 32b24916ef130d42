import { type Dispatch, type SetStateAction, createContext, use } from "react";
import type { Slot } from "./slots";

interface FeedValue {
  slots: Slot[];
  setSlots: Dispatch<SetStateAction<Slot[]>>;
  current: number;
  setCurrent: Dispatch<SetStateAction<number>>;
  /** How many strong signals the feed has answered with a card. */
  signals: number;
  setSignals: Dispatch<SetStateAction<number>>;
  muted: boolean;
  setMuted: Dispatch<SetStateAction<boolean>>;
}

export const FeedContext = createContext<FeedValue | null>(null);

export function useFeed(): FeedValue {
  const value = use(FeedContext);
  if (!value) throw new Error("the feed stands outside its FeedState");
  return value;
}
