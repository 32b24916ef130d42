import { useQuery } from "@tanstack/react-query";
import type { SuggestionsResponse } from "../../lib/api";
import { publicFile } from "../../lib/http";
import { type Index, NONE, indexOf } from "./suggestions";

/** As long as the answer's Cache-Control says; then it is asked whether there is a newer one. */
const FRESH_MS = 5 * 60_000;
const KEPT_MS = 60 * 60_000;

/** The release's suggestions, asked for when a search begins; without them typing goes on. */
export function useSuggestions(): Index {
  const { data = NONE } = useQuery({
    queryKey: ["suggestions"],
    staleTime: FRESH_MS,
    gcTime: KEPT_MS,
    queryFn: async () => indexOf(await publicFile<SuggestionsResponse>("/suggestions.json")),
  });
  return data;
}
