/** The shopper's own events, read from Firestore as the rules let them be. */

import { useQuery } from "@tanstack/react-query";
import { firestoreLite, shopper } from "../../lib/firebase";
import { queue } from "../../lib/queue";

const NEWEST = 50;
/** Firestore takes so many values for `in`. */
const AT_ONCE = 30;
const TYPES = ["search", "view_item", "add_to_cart", "purchase"];

export interface Happened {
  event_id: string;
  type: string;
  at: Date;
  query?: string;
  product_id?: string;
  /** Of a product that the shop has. */
  title?: string;
}

export function useHistory(enabled: boolean) {
  return useQuery({ queryKey: ["history"], queryFn: history, enabled, staleTime: 0 });
}

async function history(): Promise<Happened[]> {
  await queue.flush().catch(() => undefined);
  const { uid } = await shopper();
  const { lite, store } = await firestoreLite();
  const events = await lite.getDocs(
    lite.query(
      lite.collection(store, "shoppers", uid, "events"),
      lite.where("type", "in", TYPES),
      lite.orderBy("at", "desc"),
      lite.limit(NEWEST),
    ),
  );
  const happened = events.docs.map((found): Happened => {
    const { at, ...fields } = found.data() as Omit<Happened, "at"> & { at: { toDate: () => Date } };
    return { ...fields, event_id: found.id, at: at.toDate() };
  });
  const titles = await titlesOf(happened.flatMap(({ product_id }) => product_id ?? []));
  return happened.map((event) => {
    const title = titles.get(event.product_id ?? "");
    return title === undefined ? event : { ...event, title };
  });
}

async function titlesOf(product_ids: string[]): Promise<Map<string, string>> {
  const { lite, store } = await firestoreLite();
  const ids = [...new Set(product_ids)];
  const batches = Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, place) =>
    ids.slice(place * AT_ONCE, (place + 1) * AT_ONCE),
  );
  const found = await Promise.all(
    batches.map((batch) =>
      lite.getDocs(
        lite.query(
          lite.collection(store, "products"),
          lite.where(lite.documentId(), "in", batch),
          // The rules let no more be listed.
          lite.limit(AT_ONCE),
        ),
      ),
    ),
  );
  return new Map(
    found.flatMap(({ docs }) => docs.map((one) => [one.id, String(one.get("title"))] as const)),
  );
}
