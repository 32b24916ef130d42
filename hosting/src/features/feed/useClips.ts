import { useQuery } from "@tanstack/react-query";
import type { FeedResponse } from "../../lib/api";
import { publicFile } from "../../lib/http";

/** The clips of the release, with the products seen in them. */
export function useClips() {
  return useQuery({
    queryKey: ["feed"],
    queryFn: () => publicFile<FeedResponse>("/feed.json"),
  });
}
