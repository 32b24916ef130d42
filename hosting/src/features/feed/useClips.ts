import { useQuery } from "@tanstack/react-query";
import { LONG_MS } from "../../lib/absences";
import { feed } from "./first-clip";

/** The clips of the release, with the products seen in them, of which some are sold out later. */
export function useClips() {
  return useQuery({
    queryKey: ["feed"],
    queryFn: feed,
    staleTime: LONG_MS,
    refetchOnWindowFocus: true,
  });
}
