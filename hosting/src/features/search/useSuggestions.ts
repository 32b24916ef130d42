import { useQuery } from "@tanstack/react-query";
import type { SuggestionsResponse } from "../../lib/api";
import { type Index, NONE, indexOf } from "./suggestions";

const KEPT_MS = 30 * 60_000;

/** The release's suggestions, asked for when a search begins; without them typing goes on. */
export function useSuggestions(): Index {
  const { data = NONE } = useQuery({
    queryKey: ["suggestions"],
    staleTime: KEPT_MS,
    gcTime: KEPT_MS,
    queryFn: async () => {
      const response = await fetch("/suggestions.json");
      if (!response.ok) throw new Error(`/suggestions.json: ${response.status}`);
      return indexOf((await response.json()) as SuggestionsResponse);
    },
  });
  return data;
}
