import { useQuery } from "@tanstack/react-query";
import { feed } from "./first-clip";

/** The clips of the release, with the products seen in them. */
export function useClips() {
  return useQuery({
    queryKey: ["feed"],
    queryFn: feed,
  });
}
