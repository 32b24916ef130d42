import { useQuery } from "@tanstack/react-query";
import type { MyInterestsResponse } from "../../lib/api";
import { call } from "../../lib/firebase";
import { queue } from "../../lib/queue";

/** What is held on the shopper; asked anew whenever the page is opened. */
export function useInterests() {
  return useQuery({
    queryKey: ["interests"],
    queryFn: async () => {
      // What was done must be known to the server before it is asked.
      await queue.flush().catch(() => undefined);
      return call<MyInterestsResponse>("my_interests", {});
    },
    staleTime: 0,
    refetchOnMount: "always",
  });
}
