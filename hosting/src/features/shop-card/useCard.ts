import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { RecommendResponse } from "../../lib/api";
import { call } from "../../lib/firebase";
import { queue } from "../../lib/queue";
import { useSignals } from "../../lib/signals";

const MOST_EXCLUDED = 200;

/**
 * The card of a slot. Until it is seen, every strong signal makes it out of date, so that the
 * next card always answers the last search or click; once seen, it stays as it is.
 */
export function useCard(slotKey: string, current: boolean) {
  const client = useQueryClient();
  const signals = useSignals();
  const [seenAt, setSeenAt] = useState<number>();
  if (current && seenAt === undefined) setSeenAt(signals);
  return useQuery({
    queryKey: ["card", slotKey, seenAt ?? signals],
    queryFn: async () => {
      // What was done must be known to the server before it is asked.
      await queue.flush();
      const shown = client
        .getQueriesData<RecommendResponse>({ queryKey: ["card"] })
        .filter(([key]) => key[1] !== slotKey && key[2] === (seenAt ?? signals))
        .flatMap(([, response]) => response?.cards.flatMap((card) => card.products) ?? [])
        .map(({ product }) => product.product_id);
      const exclude = [...new Set(shown)].slice(-MOST_EXCLUDED);
      return call<RecommendResponse>("recommend", { exclude });
    },
  });
}
