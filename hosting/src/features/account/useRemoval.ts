import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { call, callAndLeave } from "../../lib/firebase";
import { forgetCards } from "../../lib/last-cards";
import { signals } from "../../lib/signals";

export const UNDO_MS = 6000;

interface Forgetting {
  item_id: string;
  at: string;
}

/**
 * Removes items after a time in which that can be undone, or at once when the page is left: the
 * server keeps no words of what was removed, so that it could not bring them back.
 */
export function useRemoval() {
  const client = useQueryClient();
  const waiting = useRef(new Map<string, { timer: number; at: string }>());
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const shownAgain = (item_id: string) => {
    setRemoved((before) => before.filter((other) => other !== item_id));
  };
  const { mutate, isError } = useMutation({
    mutationFn: (forgetting: Forgetting) => call("forget_interest", forgetting),
    onSuccess: async () => {
      forgetCards(); // they may be about what was removed
      signals.raise();
      await client.invalidateQueries({ queryKey: ["interests"] });
    },
    onError: (_, { item_id }) => {
      shownAgain(item_id);
    },
  });

  /** Take an item out of those that wait; nothing when it was sent. */
  const taken = (item_id: string) => {
    const entry = waiting.current.get(item_id);
    clearTimeout(entry?.timer);
    waiting.current.delete(item_id);
    return entry && { item_id, at: entry.at };
  };
  const remove = (item_id: string) => {
    const timer = window.setTimeout(() => {
      const forgetting = taken(item_id);
      if (forgetting) mutate(forgetting);
    }, UNDO_MS);
    waiting.current.set(item_id, { timer, at: new Date().toISOString() });
    setRemoved((before) => [...before, item_id]);
  };
  const undo = (item_id: string) => {
    if (taken(item_id)) shownAgain(item_id);
  };

  useEffect(() => {
    const entries = waiting.current;
    const all = () => {
      const forgettings = [...entries].map(([item_id, { at, timer }]) => {
        clearTimeout(timer);
        return { item_id, at };
      });
      entries.clear();
      return forgettings;
    };
    const leave = () => {
      for (const forgetting of all()) {
        // Nobody is left to be told.
        callAndLeave("forget_interest", forgetting).catch(() => undefined);
      }
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      for (const forgetting of all()) mutate(forgetting);
    };
  }, [mutate]);

  return { removed, remove, undo, failed: isError };
}
