import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { RecommendResponse } from "../../lib/api";
import { call } from "../../lib/firebase";
import { queue } from "../../lib/queue";
import { useSignals } from "../../lib/signals";

const MOST_EXCLUDED = 200;

/** The cards that were seen: slot key -> how many strong signals there had been by then. */
const seen = new Map<string, number>();

/**
 * The card of a slot. Until it is seen, every strong signal makes it out of date, so that the
 * next card always answers the last search or click; once seen, it stays as it is.
 */
export function useCard(slotKey: string, current: boolean) {
  const client = useQueryClient();
  const signals = useSignals();
  const version = seen.get(slotKey) ?? signals;
  useEffect(() => {
    if (current && !seen.has(slotKey)) seen.set(slotKey, version);
  }, [current, slotKey, version]);

  return useQuery({
    queryKey: ["card", slotKey, version],
    queryFn: async () => {
      // What was done must be known to the server before it is asked.
      await queue.flush();
      const shown = [...seen]
        .filter(([key, at]) => key !== slotKey && at === version)
        .map((key) => client.getQueryData<RecommendResponse>(["card", ...key]))
        .flatMap((response) => response?.cards.flatMap((card) => card.products) ?? [])
        .map(({ product }) => product.product_id);
      const exclude = [...new Set(shown)].slice(-MOST_EXCLUDED);
      return call<RecommendResponse>("recommend", { exclude });
    },
  });
}
