import { type Dispatch, type SetStateAction, createContext, use } from "react";
import type { Slot } from "./slots";

export type Tab = "for-you" | "following";

/** Where a shopper is in the feed of a tab. */
export interface Place {
  slots: Slot[];
  current: number;
  /** How many strong signals the feed has answered with a card. */
  signals: number;
}

interface FeedValue {
  places: Record<Tab, Place>;
  setPlaces: Dispatch<SetStateAction<Record<Tab, Place>>>;
  muted: boolean;
  setMuted: Dispatch<SetStateAction<boolean>>;
}

export const FeedContext = createContext<FeedValue | null>(null);

export function useFeed(): FeedValue {
  const value = use(FeedContext);
  if (!value) throw new Error("the feed stands outside its FeedState");
  return value;
}
