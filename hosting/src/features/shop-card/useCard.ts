import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useAbsences } from "../../lib/absences";
import type { RecommendResponse } from "../../lib/api";
import { call } from "../../lib/firebase";
import { keepCard, standIn } from "../../lib/last-cards";
import { noteTold } from "../../lib/personalisation";
import { queue } from "../../lib/queue";
import { ofShopper } from "../../lib/shopper";
import { useSignals } from "../../lib/signals";
import { useTimeout } from "../../lib/useTimeout";

const MOST_EXCLUDED = 200;
/** A shopper waits no longer for a card than this. */
const SLOW_MS = 4000;

/** The slots in which a kept card stood in: they keep it, as nothing changes under one's eyes. */
const stoodIn = ofShopper(new Map<string, RecommendResponse>());

/** The cards that were seen: slot key -> how many signals and absences there had been by then. */
const seen = ofShopper(new Map<string, number>());

/**
 * The card of a slot. Until it is seen, every strong signal makes it out of date, so that the
 * next card always answers the last search or click, and so does a long absence, after which it
 * may offer what is sold out; once seen, it stays as it is.
 */
export function useCard(slotKey: string, current: boolean) {
  const client = useQueryClient();
  const changes = useSignals() + useAbsences();
  const version = seen.get(slotKey) ?? changes;
  useEffect(() => {
    if (current && !seen.has(slotKey)) seen.set(slotKey, version);
  }, [current, slotKey, version]);

  const { data, isPending, isError, error, refetch } = useQuery({
    queryKey: ["card", slotKey, version],
    // However long the shopper is elsewhere; a card is small.
    gcTime: Infinity,
    queryFn: async () => {
      // What was done must be known to the server before it is asked.
      await queue.flush();
      const shown = [...seen]
        .filter(([key, at]) => key !== slotKey && at === version)
        .map((key) => client.getQueryData<RecommendResponse>(["card", ...key]))
        .flatMap((response) => response?.cards.flatMap((card) => card.products) ?? [])
        .map(({ product }) => product.product_id);
      const exclude = [...new Set(shown)].slice(-MOST_EXCLUDED);
      const response = await call<RecommendResponse>("recommend", { exclude });
      if (response.cards.length) keepCard(response);
      noteTold(response);
      return response;
    },
  });

  const slow = useTimeout(isPending && current, SLOW_MS);
  const absent = !data && (slow || isError);
  const old = stoodIn.get(slotKey) ?? (absent ? standIn(shownIn(client)) : null);
  useEffect(() => {
    if (current && old) stoodIn.set(slotKey, old);
  }, [current, old, slotKey]);
  return {
    response: old ?? data,
    isError,
    error,
    isOld: old !== null,
    isAwaited: !data,
    retry: refetch,
  };
}

/** The cards of all slots, whether they came or stand in. */
function shownIn(client: QueryClient): RecommendResponse[] {
  const came = client.getQueriesData<RecommendResponse>({ queryKey: ["card"] });
  return [...stoodIn.values(), ...came.flatMap(([, response]) => response ?? [])];
}
